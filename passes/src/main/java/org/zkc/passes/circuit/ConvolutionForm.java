package org.zkc.passes.circuit;

import java.util.List;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;

/** The form in which a convolution is executed and proved. */
public enum ConvolutionForm {
  /** Sums of products: {@link org.zkc.ir.circuit.Conv}. */
  DIRECT,
  /** Products of transforms over F[i]: {@link org.zkc.ir.circuit.FftConv}. */
  FFT;

  /**
   * One convolution over planes.
   *
   * @param input [N, C, H, W]
   * @param weight [O, C / groups, kh, kw]
   * @param result [N, O, Ho, Wo]
   */
  public record Geometry(
      Shape input,
      Shape weight,
      Shape result,
      List<Integer> strides,
      List<Integer> paddingLow,
      List<Integer> dilations,
      int groups) {

    /** The least points, per axis, of transforms that compute it. */
    public List<Integer> transformSizes() {
      return Shapes.transformSizes(input, weight, result, strides, paddingLow, dilations);
    }

    /**
     * Whether the direct form can be proved: the verifier carries a weight through every tap, and
     * its work for a circuit is limited.
     */
    public boolean hasDirectForm() {
      long steps = 0;
      for (int axis = 2; axis < 4; axis++) {
        steps += (long) weight.extent(axis) * ((long) result.extent(axis) + input.extent(axis));
      }
      return steps <= MOST_DIRECT_STEPS;
    }

    /** Whether transforms of so many points can be executed and proved. */
    public boolean hasTransforms() {
      List<Integer> sizes = transformSizes();
      return sizes.get(0) <= MOST_POINTS
          && sizes.get(1) <= MOST_POINTS
          && (long) sizes.get(0) * sizes.get(1) <= MOST_PLANE_POINTS;
    }
  }

  /**
   * The most multiplications in direct form: half of what {@code CircuitCheck} allows a whole
   * circuit.
   */
  private static final long MOST_DIRECT_STEPS = 1 << 28;

  /** The most points along an axis. */
  private static final int MOST_POINTS = 1 << 20;

  /** The limit for both axes together. */
  private static final long MOST_PLANE_POINTS = 1 << 24;

  /** The choice of a convolution's form. */
  @FunctionalInterface
  public interface Choice {
    ConvolutionForm of(Geometry geometry);
  }
}
