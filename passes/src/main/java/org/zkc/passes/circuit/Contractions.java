package org.zkc.passes.circuit;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.zkc.ir.Interval;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.Contract;
import org.zkc.ir.circuit.Contraction;

/** Matrix products and convolutions as {@link Contract} ops: which indices they have. */
final class Contractions {
  private final CircuitBuilder out;

  Contractions(CircuitBuilder out) {
    this.out = out;
  }

  /**
   * y[..., t, o] = sum_i left[..., t, i] right[..., o, i], right with the leading axes of left or
   * none.
   */
  Value matMul(Value left, Value right, Interval sums) {
    int rows = left.shape().rank() - 1;
    String batch = batch(right.shape().rank() - 2);
    String before = batch(rows);
    List<Integer> extents = new ArrayList<>(left.shape().extents());
    extents.add(right.shape().extent(right.shape().rank() - 2));
    return out.contract(
        left, right, "%si, %so i -> %so".formatted(before, batch, before), extents, sums);
  }

  private static String batch(int axes) {
    return String.join("", IntStream.range(0, axes).mapToObj(k -> "b" + k + " ").toList());
  }

  /** Input [N, C, H, W], weight [O, C / g, kh, kw]; result [N, O, Ho, Wo]. */
  Value conv(Value x, Value weight, ConvolutionForm.Geometry g, Interval sums) {
    boolean isGrouped = g.groups() > 1;
    String indices =
        "n %s %s %s, %s c u v -> n %s y x"
            .formatted(
                isGrouped ? "(g c)" : "c",
                window("y", "u", g, 0),
                window("x", "v", g, 1),
                isGrouped ? "(g o)" : "o",
                isGrouped ? "(g o)" : "o");
    List<Integer> extents = new ArrayList<>(List.of(x.shape().extent(0)));
    if (isGrouped) {
      extents.add(g.groups());
    }
    extents.addAll(
        List.of(
            weight.shape().extent(1),
            g.result().extent(2),
            weight.shape().extent(2),
            g.result().extent(3),
            weight.shape().extent(3),
            weight.shape().extent(0) / g.groups()));
    return out.contract(x, weight, indices, extents, sums);
  }

  private static Contraction.Window window(
      String position, String tap, ConvolutionForm.Geometry g, int axis) {
    return new Contraction.Window(
        position, tap, g.strides().get(axis), g.dilations().get(axis), g.paddingLow().get(axis));
  }
}
