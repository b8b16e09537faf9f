package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.List;
import org.zkc.torchscript.lower.Binding;

/** Windows along every dimension of a tensor, as attributes give them. */
record Window(
    List<Long> sizes,
    List<Long> strides,
    List<Long> baseDilations,
    List<Long> dilations,
    List<Long> low,
    List<Long> high) {

  /** Elements of a tensor with its padding. */
  private static final long MOST_PADDED = 1 << 28;

  /** Reads the attributes {@code window_dimensions} to {@code padding}. */
  static Window of(HloCall call, int rank) {
    List<Long> low = new ArrayList<>();
    List<Long> high = new ArrayList<>();
    Padding.read(call, rank, low, high);
    return new Window(
        positive(call, "window_dimensions", rank),
        positive(call, "window_strides", rank),
        positive(call, "base_dilations", rank),
        positive(call, "window_dilations", rank),
        low,
        high);
  }

  private static List<Long> positive(HloCall call, String name, int rank) {
    List<Long> values = call.integers(name, rank, 1);
    if (values.stream().anyMatch(v -> v < 1)) {
      throw call.refused("%s are %s".formatted(name, values));
    }
    return values;
  }

  /** Refuses padding and dilations that make a tensor of these extents one that nobody holds. */
  void requireHeld(HloCall call, List<Long> extents) {
    long count = 1;
    for (int d = 0; d < extents.size(); d++) {
      long extent = extents.get(d);
      long gap = baseDilations.get(d);
      long before = Math.max(0, low.get(d));
      long after = Math.max(0, high.get(d));
      long most = Math.max(Math.max(extent, gap), Math.max(before, after));
      if (most <= MOST_PADDED) {
        count *= Math.clamp(extent * gap + before + after, 1, 2 * MOST_PADDED);
      }
      if (most > MOST_PADDED || count > MOST_PADDED) {
        throw call.refused(
            "with its padding it reaches over more than %d elements".formatted(MOST_PADDED));
      }
    }
  }

  /** All places in a window, the last dimension first, each as steps along the dimensions. */
  List<List<Long>> places(HloCall call, long most) {
    long count = 1;
    for (long size : sizes) {
      if (size > most || (count *= size) > most) {
        throw call.refused("its windows have more than %d places".formatted(most));
      }
    }
    List<List<Long>> out = new ArrayList<>();
    out.add(List.of());
    for (long size : sizes) {
      List<List<Long>> next = new ArrayList<>();
      for (List<Long> before : out) {
        for (long k = 0; k < size; k++) {
          List<Long> place = new ArrayList<>(before);
          place.add(k);
          next.add(place);
        }
      }
      out = next;
    }
    return out;
  }

  /** The element of every window at one place. */
  Binding at(HloCall call, Binding padded, List<Long> place, List<Long> windows) {
    Binding out = padded;
    for (int d = 0; d < place.size(); d++) {
      long start = place.get(d) * dilations.get(d);
      long end = start + (windows.get(d) - 1) * strides.get(d) + 1;
      out = call.aten("slice", out, (long) d, start, end, strides.get(d));
    }
    return out;
  }

  /** Whether no window without gaps lies in padding alone, and none with gaps reaches into it. */
  boolean reachesElements() {
    for (int d = 0; d < sizes.size(); d++) {
      long most = Math.max(low.get(d), high.get(d));
      if (most > 0 && (most >= sizes.get(d) || dilations.get(d) != 1)) {
        return false;
      }
      if (Math.min(low.get(d), high.get(d)) < 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether windows reach along one dimension from its first element, or to its last. */
  boolean isRunning(List<Long> extents) {
    int axes = 0;
    for (int d = 0; d < extents.size(); d++) {
      long extent = extents.get(d);
      if (strides.get(d) != 1 || dilations.get(d) != 1 || baseDilations.get(d) != 1) {
        return false;
      }
      if (sizes.get(d) == 1 && low.get(d) == 0 && high.get(d) == 0) {
        continue;
      }
      boolean forward = low.get(d) == extent - 1 && high.get(d) == 0;
      boolean backward = low.get(d) == 0 && high.get(d) == extent - 1;
      if (sizes.get(d) != extent || !forward && !backward) {
        return false;
      }
      axes++;
    }
    return axes == 1;
  }
}
