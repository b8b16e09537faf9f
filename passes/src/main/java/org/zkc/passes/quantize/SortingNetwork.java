package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * Integers along an axis of n in descending order, by a network of comparators: Batcher's odd-even
 * merging (Batcher 1968, "Sorting networks and their applications", section "odd-even merging").
 * With N the power of two from n on and t = log2 N there are t (t + 1) / 2 stages. In each of them
 * disjoint pairs of elements become (max, min), a maximum of a slice and one of its negation, so
 * that all intervals stay as they are. The N - n elements behind the axis are the least integers.
 */
final class SortingNetwork {
  private final IntegerBuilder out;

  SortingNetwork(IntegerBuilder out) {
    this.out = out;
  }

  /** The logarithm of the extent that the network sorts. */
  static int levels(int extent) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(extent - 1);
  }

  /** The stages of a network that sorts 2^levels elements. */
  static int stages(int levels) {
    return levels * (levels + 1) / 2;
  }

  /**
   * The largest {@code k} of the integers, in descending order; the shape is that of the input but
   * along the axis.
   */
  Value largest(Value input, int axis, int k) {
    Shape shape = input.shape();
    int extent = shape.extent(axis);
    int count = 1 << levels(extent);
    int lead = product(shape.extents().subList(0, axis));
    int trail = product(shape.extents().subList(axis + 1, shape.rank()));
    Value x = out.reshape(input, Shape.of(lead, extent, trail));
    x =
        out.pad(
            x,
            List.of(0, 0, 0),
            List.of(0, count - extent, 0),
            IntegerBuilder.interval(input).low());
    for (int run = 1; run < count; run *= 2) {
      // Two runs in order become one: each pair at this distance, then at all smaller ones.
      Value pairs = out.reshape(x, Shape.of(lead * (count / (2 * run)), 2, run * trail));
      x = out.reshape(ordered(pairs), Shape.of(lead * (count / (2 * run)), 2 * run, trail));
      for (int distance = run / 2; distance > 0; distance /= 2) {
        x = inner(x, distance, trail);
      }
    }
    x = out.reshape(x, Shape.of(lead, count, trail));
    return out.reshape(part(x, 0, k), shape.with(axis, k));
  }

  /**
   * Lines of the second axis, whose elements but the first and last {@code distance} are paired.
   */
  private Value inner(Value lines, int distance, int trail) {
    int count = lines.shape().extent(0);
    int length = lines.shape().extent(1);
    Value middle = part(lines, distance, length - distance);
    int pairs = count * ((length - 2 * distance) / (2 * distance));
    Value paired = out.reshape(middle, Shape.of(pairs, 2, distance * trail));
    Value merged = out.reshape(ordered(paired), middle.shape());
    return out.concatenate(
        List.of(part(lines, 0, distance), merged, part(lines, length - distance, length)), 1);
  }

  /** The second axis holds two elements: they become the greater and the lesser. */
  private Value ordered(Value pairs) {
    double scale = pairs.integerType().scale();
    Value greater = out.windowMax(pairs, 1, 1, 2, 1, 1, 0);
    Value negated = out.windowMax(out.scale(pairs, -1, scale), 1, 1, 2, 1, 1, 0);
    return out.concatenate(List.of(greater, out.scale(negated, -1, scale)), 1);
  }

  private Value part(Value x, int from, int to) {
    List<Integer> starts = new ArrayList<>(Collections.nCopies(x.shape().rank(), 0));
    List<Integer> limits = new ArrayList<>(x.shape().extents());
    starts.set(1, from);
    limits.set(1, to);
    return out.slice(x, starts, limits, Collections.nCopies(x.shape().rank(), 1));
  }

  private static int product(List<Integer> extents) {
    return extents.stream().reduce(1, Math::multiplyExact);
  }
}
