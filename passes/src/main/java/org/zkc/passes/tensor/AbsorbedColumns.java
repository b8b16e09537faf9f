package org.zkc.passes.tensor;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import org.zkc.ir.Op;
import org.zkc.ir.Rewriter;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Conv;
import org.zkc.ir.tensor.Linear;

/**
 * A linear map or convolution of x' that gives the map's values at scale x' + shift, per column:
 * its weights times the columns' scales, its bias and what shift adds to it. Before a convolution
 * with zeros beside its input shift / scale is added to x' instead, so that these zeros stand for
 * zeros of scale x' + shift.
 */
final class AbsorbedColumns {
  private final Op op;
  private final Constant own;
  private final Optional<Constant> ownBias;
  private final float[] weight;
  private final float[] bias;
  private final double[] summands;

  private AbsorbedColumns(
      Op op,
      Constant own,
      Optional<Constant> ownBias,
      float[] weight,
      float[] bias,
      double[] summands) {
    this.op = op;
    this.own = own;
    this.ownBias = ownBias;
    this.weight = weight;
    this.bias = bias;
    this.summands = summands;
  }

  /** The number added to x' before the map, per column; empty where none is. */
  double[] summands() {
    return summands.clone();
  }

  /**
   * @param axis of the columns in the map's input
   * @param constants the constant that a value is
   * @return empty for ops other than maps with constant parameters whose columns are on that axis
   */
  static Optional<AbsorbedColumns> of(
      Op op,
      int axis,
      double[] scale,
      double[] shift,
      Function<Value, Optional<Constant>> constants) {
    return switch (op) {
      case Linear l when axis == l.input().shape().rank() - 1 ->
          of(op, l.weight(), l.bias(), 1, scale, shift, new double[0], constants);
      case Conv c when axis == 1 -> {
        boolean pads =
            c.paddingLow().stream().anyMatch(n -> n > 0)
                || c.paddingHigh().stream().anyMatch(n -> n > 0);
        boolean isShifted = Arrays.stream(shift).anyMatch(x -> x != 0);
        if (!pads || !isShifted) {
          yield of(op, c.weight(), c.bias(), c.groups(), scale, shift, new double[0], constants);
        }
        double[] summands = new double[shift.length];
        for (int i = 0; i < summands.length; i++) {
          summands[i] = shift[i] / scale[i];
        }
        yield Arrays.stream(summands).allMatch(Double::isFinite)
            ? of(
                op,
                c.weight(),
                c.bias(),
                c.groups(),
                scale,
                new double[shift.length],
                summands,
                constants)
            : Optional.empty();
      }
      default -> Optional.empty();
    };
  }

  private static Optional<AbsorbedColumns> of(
      Op op,
      Value weight,
      Optional<Value> bias,
      int groups,
      double[] scale,
      double[] shift,
      double[] summands,
      Function<Value, Optional<Constant>> constants) {
    Optional<Constant> own = constants.apply(weight);
    Optional<Constant> ownBias = bias.flatMap(constants);
    if (own.isEmpty() || (bias.isPresent() && ownBias.isEmpty())) {
      return Optional.empty();
    }
    float[] w = own.get().data().toFloats();
    int outputs = weight.shape().extent(0);
    int inputs = weight.shape().extent(1);
    int taps = w.length / outputs / inputs;
    float[] scaled = new float[w.length];
    float[] sums = new float[outputs];
    for (int o = 0; o < outputs; o++) {
      int first = o / (outputs / groups) * inputs;
      double sum = ownBias.isPresent() ? ownBias.get().data().getDouble(o) : 0;
      for (int i = 0; i < inputs; i++) {
        for (int k = 0; k < taps; k++) {
          int at = (o * inputs + i) * taps + k;
          scaled[at] = (float) (w[at] * scale[first + i]);
          sum += w[at] * shift[first + i];
        }
      }
      sums[o] = (float) sum;
    }
    return Optional.of(new AbsorbedColumns(op, own.get(), ownBias, scaled, sums, summands));
  }

  /**
   * The map for readers of signs alone: each row times a positive number, so that its greatest
   * weight is 1 or -1.
   */
  AbsorbedColumns inUnitsOfRows() {
    float[] rowWeight = weight.clone();
    float[] rowBias = bias.clone();
    int size = weight.length / bias.length;
    for (int row = 0; row < bias.length; row++) {
      double most = 0;
      for (int i = row * size; i < (row + 1) * size; i++) {
        most = Math.max(most, Math.abs(weight[i]));
      }
      if (most == 0 || Double.isInfinite(most)) {
        continue;
      }
      for (int i = row * size; i < (row + 1) * size; i++) {
        rowWeight[i] = (float) (weight[i] / most);
      }
      rowBias[row] = (float) (bias[row] / most);
    }
    return new AbsorbedColumns(op, own, ownBias, rowWeight, rowBias, summands);
  }

  /** Appends the map, of {@code x}. */
  void emit(Value x, Rewriter out) {
    String name = own.name();
    String fallback = name.isEmpty() ? "" : name + ".shift";
    Value newWeight = ScaleColumns.constant(name, own.data().shape(), weight, op.location(), out);
    Value newBias =
        ScaleColumns.constant(
            ownBias.map(Constant::name).orElse(fallback),
            Shape.of(bias.length),
            bias,
            op.location(),
            out);
    out.append(
        switch (op) {
          case Linear l -> new Linear(l.result(), x, newWeight, Optional.of(newBias), l.location());
          case Conv c ->
              new Conv(
                  c.result(),
                  x,
                  newWeight,
                  Optional.of(newBias),
                  c.strides(),
                  c.paddingLow(),
                  c.paddingHigh(),
                  c.dilations(),
                  c.groups(),
                  c.location());
          default -> throw new IllegalStateException("only maps absorb columns");
        });
  }
}
