package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.torchscript.lower.Binding;

/** Padding of windows, and of what stands between elements. */
final class Padding {
  private Padding() {}

  /** Reads the attribute {@code padding} of shape [axes, 2]; 0 where it is left out. */
  static void read(HloCall call, int axes, List<Long> low, List<Long> high) {
    if (call.attribute("padding").isEmpty()) {
      low.addAll(Collections.nCopies(axes, 0L));
      high.addAll(Collections.nCopies(axes, 0L));
      return;
    }
    if (!(call.required("padding") instanceof HloAttribute.Dense dense)
        || dense.type().elementCount() != 2L * axes) {
      throw call.refused("its padding is none of %d axes".formatted(axes));
    }
    for (int k = 0; k < axes; k++) {
      low.add(dense.data().getLong(2L * k));
      high.add(dense.data().getLong(2L * k + 1));
    }
  }

  /**
   * Puts {@code gap} times a value between neighbours along a dimension.
   *
   * @param extents the tensor's, which are changed
   * @param value a number or a literal
   */
  static Binding between(
      HloCall call, Binding x, List<Long> extents, int dimension, long gap, Object value) {
    long extent = extents.get(dimension);
    if (extent < 2) {
      return x;
    }
    // Each element becomes a run of the element and its gap; the gap after the last goes.
    List<Long> apart = new ArrayList<>(extents);
    apart.add(dimension + 1, 1L);
    List<Long> sides =
        new ArrayList<>(Collections.nCopies(2 * (extents.size() - dimension - 1), 0L));
    sides.add(0L);
    sides.add(gap);
    Binding runs = call.aten("constant_pad_nd", call.aten("reshape", x, apart), sides, value);
    long spread = Math.multiplyExact(extent, gap + 1);
    extents.set(dimension, spread);
    Binding line = call.aten("reshape", runs, extents);
    extents.set(dimension, spread - gap);
    return call.aten("slice", line, (long) dimension, 0L, spread - gap, 1L);
  }

  /**
   * Pads at the ends, by numbers that may be negative.
   *
   * @param extents those of x
   * @param value a scalar; where the text does not know its value, it is chosen by a mask
   */
  static Binding around(
      HloCall call, Binding x, List<Long> extents, List<Long> low, List<Long> high, Held value) {
    List<Long> sides = new ArrayList<>();
    for (int d = extents.size() - 1; d >= 0; d--) {
      sides.add(low.get(d));
      sides.add(high.get(d));
    }
    if (sides.stream().allMatch(s -> s == 0)) {
      return x;
    }
    if (value.number().isPresent()) {
      return call.aten("constant_pad_nd", x, sides, value.number().orElseThrow());
    }
    Binding filled = call.aten("constant_pad_nd", x, sides, 0L);
    return chosen(
        call, filled, call.aten("constant_pad_nd", ones(call, extents), sides, 0L), value);
  }

  /** The tensor where a mask of 0 and 1 is 1, elsewhere the value. */
  static Binding chosen(HloCall call, Binding x, Binding mask, Held value) {
    return call.aten("where", call.aten("ne", mask, 0L), x, value.binding());
  }

  /** A constant of ones. */
  static Binding ones(HloCall call, List<Long> extents) {
    long[] values = new long[Math.toIntExact(call.shape(extents).elementCount())];
    Arrays.fill(values, 1);
    return call.constant(extents, values);
  }
}
