package org.zkc.ir.kernel;

/**
 * Convolution of integers. Sums wrap modulo 2^32, so a result within 32 bits is exact whatever the
 * partial sums are. No interval of inputs or weights needs another method. (Products of floats are
 * a sixth faster where both were measured, but exact only while sums stay below 2^24.)
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
    int depth = geometry.depth();
    return run(
        geometry, input, (o, row) -> System.arraycopy(weight, o * depth, row, 0, depth), tasks);
  }

  /**
   * A convolution whose weights are read output by output.
   *
   * @param weights row o has the weights of output o, [C / groups, kernelHeight, kernelWidth]
   */
  public static int[] run(
      ConvolutionGeometry geometry, int[] input, IntLinear.Weights weights, TaskRunner tasks) {
    MatrixLoops<int[]> loops = LoopChoice.ints(geometry.multiplications());
    return geometry.positions() <= DotConvolution.MOST_POSITIONS
        ? new DotConvolution(geometry).run(input, weights, loops, tasks)
        : new BlockedConvolution<>(geometry, loops)
            .run(input, all(geometry, weights, tasks), tasks);
  }

  private static int[] all(
      ConvolutionGeometry geometry, IntLinear.Weights weights, TaskRunner tasks) {
    int depth = geometry.depth();
    int outputs = geometry.outputs();
    int[] out = new int[Math.multiplyExact(outputs, depth)];
    int pieces = IntLinear.pieces(outputs, depth, tasks);
    tasks.forEach(
        pieces,
        piece -> {
          int[] row = new int[depth];
          int end = (int) ((long) outputs * (piece + 1) / pieces);
          for (int o = (int) ((long) outputs * piece / pieces); o < end; o++) {
            weights.read(o, row);
            System.arraycopy(row, 0, out, o * depth, depth);
          }
        });
    return out;
  }
}
