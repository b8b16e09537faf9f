package org.zkc.passes.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.zkc.ir.DeadOps;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Program;
import org.zkc.ir.Rewriter;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.kernel.TaskRunner;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Linear;
import org.zkc.passes.PassContext;

/**
 * Moves factors between the maps around attention and gates, so that the channels that meet there
 * have similar ranges: from the rows of queries to those of keys, from values to the columns behind
 * attention, from a gated map to the columns of the map behind the gate.
 *
 * <pre>
 *   %q = linear %x, Q   %k = linear %x, K   %s = mat_mul %q, %k      Q[i] / s[i], K[i] s[i]
 *   %v = linear %x, V   %a = attention %s, %v   %y = linear %a, O    V[i] / s[i], O[:, i] s[i]
 *   %u = linear %x, U   %g = multiply %u, silu %h   %y = linear %g, D    U[i] / s[i], D[:, i] s[i]
 * </pre>
 *
 * The method is that of {@link EqualizeChannels}, with three differences. Factors follow the ranges
 * that samples have, since a few channels of a trained transformer reach a thousand times what its
 * weights let expect. Channels are followed on any axis, through heads, groups of heads and
 * rotations. Only channels that meet in a product of two computed values take part. Factors are
 * powers of two, so that the program computes the same floats but for their exponents.
 */
public final class BalanceChannels {
  private static final String CHANNELS = "balance-channels.channels";

  /** A channel may reach so many times what samples show. */
  private static final double MARGIN = 4;

  /** The margin for products of two computed values, whose tails are heavier. */
  private static final double MARGIN_OF_PRODUCT = 16;

  /** Factors beyond 2^±this would stem from channels that are all but dead. */
  private static final int LARGEST_EXPONENT = 6;

  private BalanceChannels() {}

  /**
   * The program with factors moved; the same program where there are none to move.
   *
   * @param samples each with one tensor per parameter of main
   */
  public static Program apply(
      Program program, List<List<TensorData>> samples, PassContext context, TaskRunner tasks) {
    Function main = program.main();
    BilinearChannels channels = BilinearChannels.of(main);
    if (channels.readings().isEmpty() || samples.isEmpty()) {
      return program;
    }
    int[] exponents = exponents(channels, greatest(program, channels, samples, tasks));
    long moved = Arrays.stream(exponents).filter(e -> e != 0).count();
    if (moved == 0) {
      return program;
    }
    context.count(CHANNELS, moved);
    Function balanced =
        Rewriter.rewrite(
            main,
            (op, rewriter) -> {
              if (op instanceof Linear l && channels.isMap(l)) {
                rewriter.append(scaled(l, channels, exponents, rewriter));
              } else {
                rewriter.keep(op);
              }
            });
    return Program.of(Level.TENSOR, DeadOps.remove(balanced));
  }

  /** The greatest magnitude in each group, reading by reading. */
  private static double[][] greatest(
      Program program,
      BilinearChannels channels,
      List<List<TensorData>> samples,
      TaskRunner tasks) {
    List<BilinearChannels.Reading> readings = channels.readings();
    double[][] greatest = new double[readings.size()][];
    Map<Value, List<Integer>> byValue = channels.readingsByValue();
    TensorInterpreter interpreter = new TensorInterpreter(program, tasks);
    for (List<TensorData> sample : samples) {
      interpreter.run(
          sample,
          (value, elements) -> {
            for (int r : byValue.getOrDefault(value, List.of())) {
              ChannelLabels labels = readings.get(r).places();
              if (greatest[r] == null) {
                greatest[r] = new double[readings.get(r).groups().length];
              }
              double[] most = greatest[r];
              labels.forEach(
                  value.shape(),
                  (element, place) ->
                      most[place] = Math.max(most[place], Math.abs(elements[element])));
            }
          });
    }
    return greatest;
  }

  /** Per group e: its channels are divided by 2^e. */
  private static int[] exponents(BilinearChannels channels, double[][] greatest) {
    SignedGroups groups = channels.groups();
    double[] sums = new double[groups.count()];
    int[] counts = new int[groups.count()];
    for (int r = 0; r < greatest.length; r++) {
      BilinearChannels.Reading reading = channels.readings().get(r);
      double margin = reading.isProduct() ? MARGIN_OF_PRODUCT : MARGIN;
      double whole = Arrays.stream(greatest[r]).max().orElse(0);
      for (int place = 0; place < greatest[r].length && whole > 0; place++) {
        int group = reading.groups()[place];
        if (groups.isBalanced(group)) {
          double ratio = Math.min(1, margin * greatest[r][place] / whole);
          double log = StrictMath.log(Math.max(ratio, Math.scalb(1.0, -LARGEST_EXPONENT)));
          sums[groups.root(group)] += groups.sign(group) * log / StrictMath.log(2);
          counts[groups.root(group)]++;
        }
      }
    }
    int[] out = new int[groups.count()];
    for (int g = 0; g < out.length; g++) {
      int root = groups.root(g);
      if (groups.isBalanced(g) && counts[root] > 0) {
        out[g] = groups.sign(g) * (int) Math.rint(sums[root] / counts[root]);
      }
    }
    return out;
  }

  private static Linear scaled(
      Linear op, BilinearChannels channels, int[] exponents, Rewriter rewriter) {
    int[] rows = exponentsOf(channels.rows(op), exponents);
    int[] columns = exponentsOf(channels.columns(op), exponents);
    if (Arrays.stream(rows).allMatch(e -> e == 0) && Arrays.stream(columns).allMatch(e -> e == 0)) {
      return op;
    }
    Constant weight = channels.constant(op.weight());
    ScaledWeights scaled = new ScaledWeights(weight.data(), rows, columns, 1);
    return new Linear(
        op.result(),
        op.input(),
        constant(weight, TensorData.computed(weight.data().shape(), scaled), op, rewriter),
        op.bias()
            .map(channels::constant)
            .map(b -> constant(b, divided(b.data(), rows), op, rewriter)),
        op.location());
  }

  private static int[] exponentsOf(int[] groups, int[] exponents) {
    return Arrays.stream(groups).map(g -> exponents[g]).toArray();
  }

  private static TensorData divided(TensorData bias, int[] exponents) {
    float[] elements = bias.toFloats();
    for (int i = 0; i < elements.length; i++) {
      elements[i] = Math.scalb(elements[i], -exponents[i]);
    }
    return TensorData.ofFloats(bias.shape(), elements);
  }

  private static Value constant(Constant like, TensorData data, Linear op, Rewriter rewriter) {
    String hint = like.name().isEmpty() ? "constant" : like.name();
    Value value =
        rewriter.fresh(hint, new TensorType(like.result().tensorType().dtype(), data.shape()));
    return rewriter.value(new Constant(value, like.name(), data, op.location()));
  }
}
