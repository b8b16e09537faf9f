package org.zkc.passes.tensor;

import java.util.Arrays;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.BatchNorm;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Conv;
import org.zkc.ir.tensor.Linear;
import org.zkc.passes.PassContext;
import org.zkc.passes.Rewrite;

/**
 * Equalisation between layers (Nagel et al. 2019, <i>Data-free quantization through weight
 * equalization and bias correction</i>, section 4.1): divides channels of an activation by factors
 * that the rows of the maps before absorb, and the columns of the maps after give back, so that the
 * channels of one tensor, which have one scale, use its integers alike.
 *
 * <pre>
 *   %y = tensor.conv %x, %w, %b             %y = tensor.conv %x, w / s, b / s
 *   %z = tensor.relu %y                     %z = tensor.relu %y
 *   %r = tensor.conv %z, %v                 %r = tensor.conv %z, v s
 * </pre>
 *
 * Differs from the paper: factors are powers of two, so that the program computes the same floats;
 * they are shared along residual sums, concatenations, pools and flattening; a channel's range is
 * told from the norm of its row and its bias, not its largest weight; batch norms take part.
 * Channels that a clamp with an upper bound reads stay.
 */
public final class EqualizeChannels extends Rewrite {
  /** Factors beyond 2^±this would stem from channels that are all but dead. */
  private static final int LARGEST_EXPONENT = 6;

  public EqualizeChannels() {
    super(
        "equalize-channels",
        "Moves factors between layers, so that the channels of a tensor have similar ranges.",
        Level.TENSOR,
        Need.OPTIMISATION);
  }

  @Override
  protected Rules begin(Function function, PassContext context) {
    ChannelGroups groups = new ChannelGroups(function);
    int[] exponents = exponents(function, groups);
    long moved = Arrays.stream(exponents).filter(e -> e != 0).count();
    if (moved == 0) {
      return (op, scope) -> false;
    }
    context.count(name() + ".channels", moved);
    return (op, scope) -> groups.isMap(op) && new Scaling(groups, exponents, op, scope).fires();
  }

  /** Per group e: its channels are divided by 2^e. */
  private static int[] exponents(Function main, ChannelGroups groups) {
    Uses uses = Uses.of(main);
    double[] produced = new double[groups.count()];
    double[] consumed = new double[groups.count()];
    for (Op op : main.body()) {
      if (groups.isMap(op)) {
        MapNorms norms = MapNorms.of(op, uses);
        raise(produced, groups.of(op.definitions().getFirst()), norms.rows());
        raise(consumed, groups.of(op.operands().getFirst()), norms.columns());
      }
    }
    int[] out = new int[groups.count()];
    for (int g = 0; g < out.length; g++) {
      if (!groups.isFixed(g) && produced[g] > 0 && consumed[g] > 0) {
        double log = StrictMath.log(produced[g] / consumed[g]) / StrictMath.log(2);
        out[g] = (int) Math.clamp(Math.rint(log / 2), (double) -LARGEST_EXPONENT, LARGEST_EXPONENT);
      }
    }
    return out;
  }

  private static void raise(double[] most, int[] groups, double[] norms) {
    for (int c = 0; c < groups.length; c++) {
      most[groups[c]] = Math.max(most[groups[c]], norms[c]);
    }
  }

  /** Rewrites one map. */
  private record Scaling(ChannelGroups groups, int[] exponents, Op op, Scope scope) {
    boolean fires() {
      int[] rows = exponentsOf(op.definitions().getFirst());
      int[] columns = exponentsOf(op.operands().getFirst());
      if (Arrays.stream(rows).allMatch(e -> e == 0)
          && Arrays.stream(columns).allMatch(e -> e == 0)) {
        return false;
      }
      scope.define(scaled(rows, columns));
      return true;
    }

    private Op scaled(int[] rows, int[] columns) {
      return switch (op) {
        case Conv c ->
            new Conv(
                c.result(),
                c.input(),
                weight(c.weight(), rows, columns, c.groups()),
                c.bias().map(b -> vector(b, rows, -1)),
                c.strides(),
                c.paddingLow(),
                c.paddingHigh(),
                c.dilations(),
                c.groups(),
                c.location());
        case Linear l ->
            new Linear(
                l.result(),
                l.input(),
                weight(l.weight(), rows, columns, 1),
                l.bias().map(b -> vector(b, rows, -1)),
                l.location());
        case BatchNorm b -> batchNorm(b, rows, columns);
        default -> throw new IllegalStateException("not a map");
      };
    }

    /** The mean moves with the input; the gain takes back the input's factor. */
    private Op batchNorm(BatchNorm norm, int[] rows, int[] columns) {
      int[] gains = new int[rows.length];
      for (int c = 0; c < gains.length; c++) {
        gains[c] = columns[c] - rows[c];
      }
      TensorData gain = norm.weight().map(w -> constantOf(w).data()).orElse(ones(gains.length));
      String name = norm.weight().map(w -> constantOf(w).name()).orElse("");
      return new BatchNorm(
          norm.result(),
          norm.input(),
          Optional.of(constant(name, scaled(gain, gains, 1))),
          norm.bias().map(b -> vector(b, rows, -1)),
          vector(norm.mean(), columns, -1),
          norm.variance(),
          norm.epsilon(),
          norm.location());
    }

    private static TensorData ones(int count) {
      float[] ones = new float[count];
      Arrays.fill(ones, 1);
      return TensorData.ofFloats(Shape.of(count), ones);
    }

    private int[] exponentsOf(Value value) {
      return Arrays.stream(groups.of(value)).map(g -> exponents[g]).toArray();
    }

    /** Weights [O, C / groups, ...]: rows divided, columns multiplied. */
    private Value weight(Value weight, int[] rows, int[] columns, int convGroups) {
      Constant constant = constantOf(weight);
      TensorData data = constant.data();
      ScaledWeights scaled = new ScaledWeights(data, rows, columns, convGroups);
      return constant(constant.name(), TensorData.computed(data.shape(), scaled));
    }

    private Value vector(Value vector, int[] exponentsOfElements, int sign) {
      Constant constant = constantOf(vector);
      return constant(constant.name(), scaled(constant.data(), exponentsOfElements, sign));
    }

    /** Elements times 2^(sign e). */
    private static TensorData scaled(TensorData data, int[] exponents, int sign) {
      float[] elements = data.toFloats();
      for (int i = 0; i < elements.length; i++) {
        elements[i] = Math.scalb(elements[i], sign * exponents[i]);
      }
      return TensorData.ofFloats(data.shape(), elements);
    }

    private Constant constantOf(Value value) {
      return scope.definition(value, Constant.class).orElseThrow();
    }

    private Value constant(String name, TensorData data) {
      Value value =
          scope.fresh(name.isEmpty() ? "constant" : name, new TensorType(DType.F32, data.shape()));
      return scope.value(new Constant(value, name, data, op.location()));
    }
  }
}
