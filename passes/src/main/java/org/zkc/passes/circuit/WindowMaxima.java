package org.zkc.passes.circuit;

import java.util.ArrayList;
import java.util.List;
import org.zkc.ir.Value;
import org.zkc.ir.integer.WindowMax;

/**
 * Maxima over windows as maxima of strided slices, at most four at a time: one slice per tap, of
 * the input padded with its interval's lower end, which never exceeds an element. A long axis that
 * is one window, as before a softmax, is cut into four parts instead, and their maximum again.
 */
final class WindowMaxima {
  /** Most columns of one Max relation. */
  static final int MOST = 4;

  /**
   * The longest axis that is taken tap by tap. Parts need a relation for each factor of four, taps
   * one for each four elements; parts need a few more lookups, since the last overlaps the one
   * before.
   */
  private static final int LONGEST_BY_TAPS = 16;

  private final CircuitBuilder out;

  WindowMaxima(CircuitBuilder out) {
    this.out = out;
  }

  /**
   * The maxima over several axes at once ({@code windows}, one per axis), as of a pooling window of
   * few taps.
   */
  Value max(Value x, List<WindowMax> windows) {
    if (windows.size() == 1 && isWhole(x, windows.getFirst())) {
      return byParts(x, windows.getFirst().axis());
    }
    List<Value> taps = List.of(x);
    for (WindowMax window : windows) {
      List<Value> next = new ArrayList<>();
      for (Value each : taps) {
        next.addAll(taps(each, window));
      }
      taps = next;
    }
    return reduce(taps);
  }

  private static boolean isWhole(Value x, WindowMax window) {
    return window.result().shape().extent(window.axis()) == 1
        && window.size() == x.shape().extent(window.axis())
        && window.size() > LONGEST_BY_TAPS
        && window.dilation() == 1
        && window.paddingLow() == 0;
  }

  /** The maximum along a whole axis. */
  private Value byParts(Value x, int axis) {
    Value left = x;
    int extent = x.shape().extent(axis);
    while (extent > 1) {
      int part = (extent + MOST - 1) / MOST;
      List<Value> parts = new ArrayList<>();
      for (int from = 0; from < extent; from += part) {
        int start = Math.min(from, extent - part);
        List<Integer> starts = CircuitBuilder.repeat(x.shape().rank(), 0);
        List<Integer> limits = new ArrayList<>(left.shape().extents());
        starts.set(axis, start);
        limits.set(axis, start + part);
        parts.add(out.slice(left, starts, limits, CircuitBuilder.repeat(x.shape().rank(), 1)));
      }
      left = out.max(parts);
      extent = part;
    }
    return left;
  }

  private List<Value> taps(Value x, WindowMax window) {
    int axis = window.axis();
    int rank = x.shape().rank();
    int extent = x.shape().extent(axis);
    int positions = window.result().shape().extent(axis);
    int reach = (positions - 1) * window.stride() + (window.size() - 1) * window.dilation() + 1;
    List<Integer> low = CircuitBuilder.repeat(rank, 0);
    List<Integer> high = CircuitBuilder.repeat(rank, 0);
    low.set(axis, window.paddingLow());
    high.set(axis, Math.max(0, reach - window.paddingLow() - extent));
    Value padded = out.pad(x, low, high, CircuitBuilder.interval(x).low());
    List<Value> taps = new ArrayList<>();
    for (int t = 0; t < window.size(); t++) {
      List<Integer> starts = CircuitBuilder.repeat(rank, 0);
      List<Integer> limits = new ArrayList<>(padded.shape().extents());
      List<Integer> strides = CircuitBuilder.repeat(rank, 1);
      int start = t * window.dilation();
      starts.set(axis, start);
      limits.set(axis, start + (positions - 1) * window.stride() + 1);
      strides.set(axis, window.stride());
      taps.add(out.slice(padded, starts, limits, strides));
    }
    return taps;
  }

  /** Maxima in stages of up to four. */
  private Value reduce(List<Value> columns) {
    List<Value> left = columns;
    while (left.size() > 1) {
      List<Value> next = new ArrayList<>();
      for (int i = 0; i < left.size(); i += MOST) {
        List<Value> group = left.subList(i, Math.min(i + MOST, left.size()));
        next.add(group.size() == 1 ? group.getFirst() : out.max(List.copyOf(group)));
      }
      left = next;
    }
    return left.getFirst();
  }
}
