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
      int lines = lead * (count / (2 * run));
      x = ordered(out.reshape(x, Shape.of(lines, 2, run * trail)));
      for (int distance = run / 2; distance > 0; distance /= 2) {
        x = inner(x, lines, 2 * run / distance, distance * trail);
      }
    }
    x = out.reshape(x, Shape.of(lead, count, trail));
    return out.reshape(part(x, 0, k), shape.with(axis, k));
  }

  /**
   * Lines of so many blocks, of which all but the first and the last are paired. Whole blocks are
   * taken, so that a proof's weights are vectors along the blocks and not along the elements.
   */
  private Value inner(Value elements, int lines, int blocks, int block) {
    Value x = out.reshape(elements, Shape.of(lines, blocks, block));
    Value middle = part(x, 1, blocks - 1);
    Value paired = out.reshape(middle, Shape.of(lines * (blocks - 2) / 2, 2, block));
    Value merged = out.reshape(ordered(paired), middle.shape());
    return out.concatenate(List.of(part(x, 0, 1), merged, part(x, blocks - 1, blocks)), 1);
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
