package org.zkc.ir.kernel;

/**
 * Convolution of integers. Sums wrap modulo 2^32, so a result that lies in 32 bits is exact
 * whatever the partial sums do: there is no interval of inputs or weights that needs another road.
 * (Products of floats are a sixth faster where both were measured, but exact only while sums stay
 * below 2^24.)
 */
public final class IntConvolution {
  private IntConvolution() {}

  /**
   * @param input [N, C, H, W]
   * @param weight [O, C / groups, kernelHeight, kernelWidth]
   * @return [N, O, outHeight, outWidth]
   */
  public static int[] run(
      ConvolutionGeometry geometry, int[] input, int[] weight, TaskRunner tasks) {
    MatrixLoops<int[]> loops = LoopChoice.ints(geometry.multiplications());
    return geometry.positions() <= DotConvolution.MOST_POSITIONS
        ? new DotConvolution(geometry).run(input, weight, loops, tasks)
        : new BlockedConvolution<>(geometry, loops).run(input, weight, tasks);
  }
}
