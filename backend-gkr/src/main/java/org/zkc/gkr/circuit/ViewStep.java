package org.zkc.gkr.circuit;

import java.util.List;

/**
 * One step of a linear view; each maps a tensor to a tensor, and a weight on the outcome to a
 * weight on the source.
 */
public sealed interface ViewStep {

  /** outcome axis k is source axis permutation[k]. */
  record Permute(List<Integer> permutation) implements ViewStep {
    public Permute {
      permutation = List.copyOf(permutation);
    }
  }

  /** The same elements in row-major order under another shape. */
  record Reshape(List<Integer> shape) implements ViewStep {
    public Reshape {
      shape = List.copyOf(shape);
    }
  }

  /**
   * outcome[j] = sum over t < taps of source[j * stride + t * dilation + offset] along {@code
   * axis}, terms outside the source being 0; the outcome's extent is {@code extent}. Slices (taps
   * 1), zero padding (negative offset), broadcast (stride 0, taps 1 on extent 1), sums (extent 1,
   * stride 0) and sum pooling are all of this form.
   */
  record Window(int axis, int extent, int stride, int dilation, int offset, int taps)
      implements ViewStep {}

  /**
   * outcome[j] = factors[j] * sum of source[starts[j] .. starts[j] + lengths[j]) along {@code
   * axis}; ranges lie inside.
   */
  record Ranges(int axis, List<Integer> starts, List<Integer> lengths, List<Integer> factors)
      implements ViewStep {
    public Ranges {
      starts = List.copyOf(starts);
      lengths = List.copyOf(lengths);
      factors = List.copyOf(factors);
    }

    /** The elements of all ranges together, along the axis. */
    public long elements() {
      long sum = 0;
      for (int length : lengths) {
        sum += length;
      }
      return sum;
    }
  }

  /**
   * Axis of extent n becomes two, [positions, taps]: outcome[p, t] = source[p * stride + t *
   * dilation + offset], 0 outside.
   */
  record Unfold(int axis, int positions, int taps, int stride, int dilation, int offset)
      implements ViewStep {}
}
