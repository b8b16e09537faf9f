package org.zkc.ir.kernel;

/**
 * Convolution in single precision, equal bit for bit on every machine and for every number of
 * threads: each output is the sum of blocks of 256 products, each block summed from its first
 * product to its last, without fused operations.
 */
public final class FloatConvolution {
  private FloatConvolution() {}

  /**
   * @param input [N, C, H, W]
   * @param weight [O, C / groups, kernelHeight, kernelWidth]
   * @return [N, O, outHeight, outWidth]
   */
  public static float[] run(
      ConvolutionGeometry geometry, float[] input, float[] weight, TaskRunner tasks) {
    MatrixLoops<float[]> loops = LoopChoice.floats(geometry.multiplications());
    return new BlockedConvolution<>(geometry, loops).run(input, weight, tasks);
  }
}
