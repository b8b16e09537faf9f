package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;

/**
 * Elements of one axis at positions that are known, in any order and number. Slices, repetitions
 * and a few slices side by side are views; anything else is a WindowMean over windows of one
 * element. Neither computes anything.
 */
final class Picks {
  /** Slices side by side, up to this many. */
  private static final int MOST_SLICES = 4;

  /** Slices of so many elements on average take less room in a key than their positions. */
  private static final int SLICE = 16;

  private Picks() {}

  /** Element i of the axis becomes that at {@code sources[i]}; at least one source. */
  static Value along(TensorEmitter emit, Value x, int axis, int[] sources) {
    int repeats = repeats(sources);
    if (repeats > 0) {
      return repeat(emit, emit.slice(x, axis, sources[0], last(sources) + 1, 1), axis, repeats);
    }
    List<int[]> runs = runs(sources);
    if (runs.size() <= MOST_SLICES) {
      List<Value> parts = new ArrayList<>();
      for (int[] run : runs) {
        int step = run.length > 1 ? run[1] - run[0] : 1;
        parts.add(emit.slice(x, axis, run[0], last(run) + 1, step));
      }
      return emit.concatenate(parts, axis);
    }
    return oneByOne(emit, x, axis, sources);
  }

  /**
   * The same for nearest neighbours, whose sources never fall. Views of several axes multiply the
   * slices, so that short ones are not worth it.
   */
  static Value neighbours(TensorEmitter emit, Value x, int axis, int[] sources) {
    int runs = runs(sources).size();
    return repeats(sources) > 0 || runs == 1 || sources.length > SLICE * runs
        ? along(emit, x, axis, sources)
        : oneByOne(emit, x, axis, sources);
  }

  private static Value oneByOne(TensorEmitter emit, Value x, int axis, int[] sources) {
    List<Integer> ones = Collections.nCopies(sources.length, 1);
    return emit.windowMean(x, axis, IntStream.of(sources).boxed().toList(), ones, ones);
  }

  /** The axis backwards. */
  static Value flip(TensorEmitter emit, Value x, int axis) {
    int n = x.shape().extent(axis);
    return n < 2 ? x : along(emit, x, axis, IntStream.range(0, n).map(i -> n - 1 - i).toArray());
  }

  /** Every element of the axis {@code times} times in a row. */
  static Value repeat(TensorEmitter emit, Value x, int axis, int times) {
    if (times == 1) {
      return x;
    }
    List<Integer> apart = new ArrayList<>(x.shape().extents());
    apart.add(axis + 1, 1);
    List<Integer> wide = new ArrayList<>(apart);
    wide.set(axis + 1, times);
    List<Integer> joined = new ArrayList<>(x.shape().extents());
    joined.set(axis, Math.multiplyExact(joined.get(axis), times));
    Value repeated = emit.broadcast(emit.reshape(x, new Shape(apart)), new Shape(wide));
    return emit.reshape(repeated, new Shape(joined));
  }

  /** k where the sources are neighbours of which each comes k > 1 times in a row, else 0. */
  private static int repeats(int[] sources) {
    int k = 1;
    while (k < sources.length && sources[k] == sources[0]) {
      k++;
    }
    if (k == 1 || sources.length % k != 0) {
      return 0;
    }
    for (int i = 0; i < sources.length; i++) {
      if (sources[i] != sources[0] + i / k) {
        return 0;
      }
    }
    return k;
  }

  /** The sources, cut into parts that grow by one positive step each. */
  private static List<int[]> runs(int[] sources) {
    List<int[]> runs = new ArrayList<>();
    for (int from = 0; from < sources.length; ) {
      int to = from + 1;
      int step = to < sources.length ? sources[to] - sources[from] : 0;
      while (step > 0 && to < sources.length && sources[to] - sources[to - 1] == step) {
        to++;
      }
      runs.add(Arrays.copyOfRange(sources, from, to));
      from = to;
    }
    return runs;
  }

  private static int last(int[] values) {
    return values[values.length - 1];
  }
}
