package org.zkc.passes.tensor;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.DType;
import org.zkc.ir.DeadOps;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Rewriter;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.integer.NormRules;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.kernel.TaskRunner;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.LayerNorm;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.RmsNorm;
import org.zkc.ir.tensor.Standardization;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Gather;
import org.zkc.passes.PassContext;

/**
 * Divides the channels of a residual stream by powers of two, so that a channel of massive
 * activations leaves the others their bits.
 *
 * <pre>
 *   %x = gather E, %i                         %x = gather E / s, %i
 *   %y = rms_norm %x                          %m = multiply %x, s     %y = rms_norm %m
 *   %r = add %x, (linear %y, W, b)            %r = add %x, (linear %y, W / s, b / s)
 * </pre>
 *
 * Rows of the maps that write into the stream and columns of those that read it absorb the factors;
 * norms read the stream times them, which quantisation takes into the squares that it sums. Each
 * site between two sums has factors of its own, which follow what samples show; the sum takes its
 * other operand times their quotient. Factors are powers of two, so that the program computes the
 * same floats but for their exponents.
 */
public final class ScaleResidual {
  private static final String CHANNELS = "scale-residual.channels";

  /** A site whose greatest channel is below so many median channels is left as it is. */
  private static final double ALIKE = 4;

  /** Channels are brought down to so many times what the median channel reaches, if possible. */
  private static final double ROOM = 2;

  /** The greatest integers that norms read. */
  private static final long INTEGERS = (1 << 13) - 1;

  private ScaleResidual() {}

  /**
   * The program with factors moved; the same program where there are none to move.
   *
   * @param samples each with one tensor per parameter of main
   */
  public static Program apply(
      Program program, List<List<TensorData>> samples, PassContext context, TaskRunner tasks) {
    Function main = program.main();
    ResidualSites sites = ResidualSites.of(main);
    if (sites.sites().isEmpty() || samples.isEmpty()) {
      return program;
    }
    int[][] exponents =
        Arrays.stream(greatest(program, sites, samples, tasks))
            .map(ScaleResidual::exponents)
            .toArray(int[][]::new);
    long moved = Arrays.stream(exponents).flatMapToInt(Arrays::stream).filter(e -> e > 0).count();
    if (moved == 0) {
      return program;
    }
    context.count(CHANNELS, moved);
    Function scaled =
        Rewriter.rewrite(
            main,
            (op, rewriter) -> new Site(sites, exponents, (TensorOp) op, rewriter).rewritten());
    return Program.of(Level.TENSOR, DeadOps.remove(scaled));
  }

  /** The greatest magnitude in each channel, site by site. */
  private static double[][] greatest(
      Program program, ResidualSites sites, List<List<TensorData>> samples, TaskRunner tasks) {
    double[][] greatest = new double[sites.sites().size()][];
    Map<Value, double[]> byValue = new IdentityHashMap<>();
    for (int s = 0; s < greatest.length; s++) {
      List<Value> values = sites.sites().get(s);
      Shape shape = values.getFirst().shape();
      double[] own = new double[shape.extent(shape.rank() - 1)];
      greatest[s] = own;
      values.forEach(v -> byValue.put(v, own));
    }
    TensorInterpreter interpreter = new TensorInterpreter(program, tasks);
    for (List<TensorData> sample : samples) {
      interpreter.run(
          sample,
          (value, elements) -> {
            double[] most = byValue.get(value);
            for (int i = 0; most != null && i < elements.length; i++) {
              int channel = i % most.length;
              most[channel] = Math.max(most[channel], Math.abs(elements[i]));
            }
          });
    }
    return greatest;
  }

  /**
   * Per channel e, which is divided by 2^e: the least threshold that channels are brought below for
   * which a norm of such exponents can be proved.
   */
  static int[] exponents(double[] greatest) {
    double[] sorted = greatest.clone();
    Arrays.sort(sorted);
    double median = sorted[sorted.length / 2];
    double most = sorted[sorted.length - 1];
    int[] best = new int[greatest.length];
    if (most < ALIKE * median || median == 0) {
      return best;
    }
    for (int k = 1; k <= NormRules.MOST_EXPONENT; k++) {
      double threshold = Math.scalb(most, -k);
      if (threshold < ROOM * median) {
        break;
      }
      int[] candidate = below(greatest, threshold);
      if (isProvable(candidate)) {
        best = candidate;
      }
    }
    return best;
  }

  /** Per channel the least e for which it is below the threshold times 2^e. */
  private static int[] below(double[] greatest, double threshold) {
    return Arrays.stream(greatest)
        .mapToInt(m -> {
          int e = 0;
          while (m > Math.scalb(threshold, e) * (1 + 1e-9)) {
            e++;
          }
          return e;
        })
        .toArray();
  }

  private static boolean isProvable(int[] exponents) {
    return NormRules.fits(INTEGERS, exponents.length, 1, Arrays.stream(exponents).boxed().toList());
  }

  /** Rewrites one op so that it reads and writes in units of the sites. */
  private record Site(ResidualSites sites, int[][] exponents, TensorOp op, Rewriter rewriter) {

    void rewritten() {
      switch (op) {
        case Linear l -> rewriter.append(linear(l));
        case Gather g when of(g.result()) != null -> rewriter.append(gather(g));
        case Multiply m when sites.constantOperand(m) != null -> rewriter.append(product(m));
        case Add a when changesOperand() ->
            rewriter.append(
                new Add(a.result(), operand(a.left()), operand(a.right()), a.location()));
        case Subtract s when changesOperand() ->
            rewriter.append(
                new Subtract(s.result(), operand(s.left()), operand(s.right()), s.location()));
        case Standardization n when of(n.input()) != null -> rewriter.append(norm(n));
        default -> rewriter.keep(op);
      }
    }

    /** The exponents of a value's stream; null where it has none. */
    private int @Nullable [] of(Value value) {
      int site = sites.siteOf(value);
      return site < 0 || Arrays.stream(exponents[site]).allMatch(e -> e == 0)
          ? null
          : exponents[site];
    }

    private boolean changesOperand() {
      return sites.constantOperand(op) != null
          ? of(op.result()) != null
          : op.operands().stream().anyMatch(v -> !Arrays.equals(of(v), of(op.result())));
    }

    private Linear linear(Linear l) {
      int[] rows = of(l.result());
      int[] columns = of(l.input());
      if (rows == null && columns == null) {
        return l;
      }
      Shape shape = l.weight().shape();
      Constant weight = constantOf(l.weight());
      ScaledWeights scaled =
          new ScaledWeights(
              weight.data(),
              rows == null ? new int[shape.extent(0)] : rows,
              columns == null ? new int[shape.extent(1)] : columns,
              1);
      return new Linear(
          l.result(),
          l.input(),
          constant(weight, TensorData.computed(shape, scaled)),
          l.bias().map(b -> rows == null ? b : divided(constantOf(b), rows, -1)),
          l.location());
    }

    private Gather gather(Gather g) {
      int[] columns = Objects.requireNonNull(of(g.result()));
      Constant table = constantOf(g.table());
      Shape shape = table.data().shape();
      int[] inverse = Arrays.stream(columns).map(e -> -e).toArray();
      ScaledWeights scaled = new ScaledWeights(table.data(), new int[shape.extent(0)], inverse, 1);
      return new Gather(
          g.result(),
          constant(table, TensorData.computed(shape, scaled)),
          g.indices(),
          g.location());
    }

    private Multiply product(Multiply m) {
      int[] to = of(m.result());
      Value input = sites.isComputed(m.left()) ? m.left() : m.right();
      int[] from = of(input);
      if (to == null && from == null) {
        return m;
      }
      int[] moved = quotient(from, to);
      Constant small = Objects.requireNonNull(sites.constantOperand(m));
      Value factor = broadcast(divided(small, moved, 1), m.result().shape());
      return input == m.left()
          ? new Multiply(m.result(), input, factor, m.location())
          : new Multiply(m.result(), factor, input, m.location());
    }

    /** The operand of a sum, in units of the sum's site. */
    private Value operand(Value value) {
      int[] to = of(op.result());
      if (!sites.isComputed(value)) {
        Constant small = Objects.requireNonNull(sites.constantOperand(op));
        return broadcast(divided(small, Objects.requireNonNull(to), -1), op.result().shape());
      }
      int[] from = of(value);
      return Arrays.equals(from, to) ? value : times(value, quotient(from, to));
    }

    private static int[] quotient(int @Nullable [] from, int @Nullable [] to) {
      int[] out = new int[from == null ? Objects.requireNonNull(to).length : from.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = (from == null ? 0 : from[i]) - (to == null ? 0 : to[i]);
      }
      return out;
    }

    /** The value times 2^exponent of each channel. */
    private Value times(Value value, int[] e) {
      float[] powers = new float[e.length];
      for (int i = 0; i < e.length; i++) {
        powers[i] = Math.scalb(1f, e[i]);
      }
      Value factor =
          rewriter.value(
              new Constant(
                  rewriter.fresh("exponents", new TensorType(DType.F32, Shape.of(e.length))),
                  "",
                  TensorData.ofFloats(Shape.of(e.length), powers),
                  op.location()));
      return rewriter.value(
          new Multiply(
              rewriter.fresh(value.name(), value.type()),
              value,
              broadcast(factor, value.shape()),
              op.location()));
    }

    private Standardization norm(Standardization norm) {
      Value times = times(norm.input(), Objects.requireNonNull(of(norm.input())));
      return switch (norm) {
        case LayerNorm n -> new LayerNorm(n.result(), times, n.axis(), n.epsilon(), n.location());
        case RmsNorm n -> new RmsNorm(n.result(), times, n.axis(), n.epsilon(), n.location());
      };
    }

    /** The constant times 2^(sign e) along the last axis, which becomes as long as there are e. */
    private Value divided(Constant constant, int[] e, int sign) {
      TensorData data = constant.data();
      Shape shape = data.shape();
      int last = shape.rank() - 1;
      boolean isLong = last >= 0 && shape.extent(last) == e.length;
      Shape to = isLong ? shape : last < 0 ? Shape.of(e.length) : shape.with(last, e.length);
      float[] from = data.toFloats();
      float[] out = new float[Math.toIntExact(to.elementCount())];
      for (int i = 0; i < out.length; i++) {
        int channel = i % e.length;
        out[i] = Math.scalb(from[isLong ? i : i / e.length], sign * e[channel]);
      }
      return constant(constant, TensorData.ofFloats(to, out));
    }

    private Value broadcast(Value value, Shape shape) {
      return value.shape().equals(shape)
          ? value
          : rewriter.value(
              new Broadcast(
                  rewriter.fresh(value.name(), new TensorType(DType.F32, shape)),
                  value,
                  op.location()));
    }

    private Constant constantOf(Value value) {
      return sites.constant(value);
    }

    private Value constant(Constant like, TensorData data) {
      Location location = op.location();
      String hint = like.name().isEmpty() ? "constant" : like.name();
      return rewriter.value(
          new Constant(
              rewriter.fresh(hint, new TensorType(DType.F32, data.shape())),
              like.name(),
              data,
              location));
    }
  }
}
