package org.zkc.ir.kernel;

import java.util.List;
import org.zkc.ir.Shape;

/**
 * The extents of a convolution over [N, C, H, W] with weights [O, C / groups, kernelHeight,
 * kernelWidth]: output (y, x) reads input row {@code y strideY + dy dilationY - padY} and column
 * {@code x strideX + dx dilationX - padX}, zero outside the input.
 */
public record ConvolutionGeometry(
    int batch,
    int channels,
    int height,
    int width,
    int outputs,
    int outHeight,
    int outWidth,
    int kernelHeight,
    int kernelWidth,
    int strideY,
    int strideX,
    int padY,
    int padX,
    int dilationY,
    int dilationX,
    int groups) {

  /**
   * The geometry of an op over one or two spatial axes. One spatial axis is taken as two, the first
   * of extent 1.
   *
   * @param input [N, C, spatial...]
   * @param weight [O, C / groups, spatial...]
   * @param result [N, O, spatial...]
   */
  public static ConvolutionGeometry of(
      Shape input,
      Shape weight,
      Shape result,
      List<Integer> strides,
      List<Integer> paddingLow,
      List<Integer> dilations,
      int groups) {
    boolean plane = strides.size() == 2;
    int last = strides.size() + 1;
    return new ConvolutionGeometry(
        input.extent(0),
        input.extent(1),
        plane ? input.extent(2) : 1,
        input.extent(last),
        weight.extent(0),
        plane ? result.extent(2) : 1,
        result.extent(last),
        plane ? weight.extent(2) : 1,
        weight.extent(last),
        plane ? strides.getFirst() : 1,
        strides.getLast(),
        plane ? paddingLow.getFirst() : 0,
        paddingLow.getLast(),
        plane ? dilations.getFirst() : 1,
        dilations.getLast(),
        groups);
  }

  /** Output positions of one channel of one image. */
  public int positions() {
    return outHeight * outWidth;
  }

  public int groupInputs() {
    return channels / groups;
  }

  public int groupOutputs() {
    return outputs / groups;
  }

  /** Terms of the sum that is one output element, those outside the input included. */
  public int depth() {
    return groupInputs() * kernelHeight * kernelWidth;
  }

  public int resultSize() {
    return Math.multiplyExact(Math.multiplyExact(batch, outputs), positions());
  }

  /** Multiplications, those with padding included. */
  public long multiplications() {
    return (long) resultSize() * depth();
  }
}
