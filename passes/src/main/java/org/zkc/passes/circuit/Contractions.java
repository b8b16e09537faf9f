package org.zkc.passes.circuit;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.zkc.ir.Interval;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.Contract;
import org.zkc.ir.circuit.Contraction;

/** Linear maps and convolutions as {@link Contract} ops: which indices they have. */
final class Contractions {
  private final CircuitBuilder out;

  Contractions(CircuitBuilder out) {
    this.out = out;
  }

  /** y[..., o] = sum_i x[..., i] w[o, i]. */
  Value linear(Value x, Value weight, Interval sums) {
    int rows = x.shape().rank() - 1;
    String before = String.join("", IntStream.range(0, rows).mapToObj(k -> "b" + k + " ").toList());
    List<Integer> extents = new ArrayList<>(x.shape().extents());
    extents.add(weight.shape().extent(0));
    return out.contract(x, weight, "%si, o i -> %so".formatted(before, before), extents, sums);
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
