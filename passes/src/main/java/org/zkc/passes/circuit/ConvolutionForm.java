package org.zkc.passes.circuit;

import java.util.List;
import org.zkc.ir.Shape;

/** How a convolution is executed and proved. */
public enum ConvolutionForm {
  /** As sums of products: {@link org.zkc.ir.circuit.Conv}. */
  DIRECT,
  /** As products of transforms over F[i]: {@link org.zkc.ir.circuit.FftConv}. */
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
      int groups) {}

  /** Which form a convolution gets. */
  @FunctionalInterface
  public interface Choice {
    ConvolutionForm of(Geometry geometry);
  }
}
