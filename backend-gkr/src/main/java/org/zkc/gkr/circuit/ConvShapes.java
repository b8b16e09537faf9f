package org.zkc.gkr.circuit;

/** The conditions on the shapes and attributes of convolutions, for {@link CircuitCheck}. */
final class ConvShapes {
  private ConvShapes() {}

  /**
   * Requires that source, weight and result fit the convolution, and that no source index
   * overflows.
   *
   * @throws InvalidCircuit naming the condition that fails
   */
  static void require(
      Conv c, TensorDeclaration source, TensorDeclaration weight, TensorDeclaration result) {
    require(
        source.rank() == 4 && weight.rank() == 4 && result.rank() == 4,
        "source, weight and result must have 4 axes");
    require(
        c.strides().size() == 2 && c.paddingLow().size() == 2 && c.dilations().size() == 2,
        "two numbers per attribute");
    int g = c.groups();
    require(
        g >= 1 && source.extent(1) % g == 0 && weight.extent(0) % g == 0,
        "groups do not divide the channels");
    require(
        weight.extent(1) == source.extent(1) / g,
        "the weight has " + weight.extent(1) + " input channels per group");
    require(
        result.extent(0) == source.extent(0) && result.extent(1) == weight.extent(0),
        "batch or output channels of the result differ");
    for (int a = 0; a < 2; a++) {
      require(c.strides().get(a) >= 1 && c.strides().get(a) < 1 << 20, "stride out of range");
      require(c.dilations().get(a) >= 1 && c.dilations().get(a) < 1 << 20, "dilation out of range");
      require(Math.abs((long) c.paddingLow().get(a)) < 1 << 20, "padding out of range");
      long last =
          (long) result.extent(2 + a) * c.strides().get(a)
              + (long) weight.extent(2 + a) * c.dilations().get(a);
      require(last < Interval.BOUND, "source indices out of range");
    }
  }

  /**
   * Requires that the transforms have enough points for no index to stand for another.
   *
   * @throws InvalidCircuit naming the condition that fails
   */
  static void requirePoints(
      FftConv c, TensorDeclaration source, TensorDeclaration weight, TensorDeclaration result) {
    require(c.sizes().size() == 2, "two numbers of points");
    long points = 1;
    for (int a = 0; a < 2; a++) {
      int n = c.sizes().get(a);
      require(
          n >= 1 && Integer.bitCount(n) == 1 && n <= 1 << FftConv.MAX_LOG_POINTS,
          n + " points: not a power of two up to 2^" + FftConv.MAX_LOG_POINTS);
      points *= n;
      long least =
          FftConv.leastPoints(
              c.conv(), a, source.extent(2 + a), weight.extent(2 + a), result.extent(2 + a));
      require(
          n >= least,
          "aliasing: a transform of " + n + " points along axis " + a + ", at least " + least);
    }
    require(points <= CircuitLimits.ELEMENTS, "transforms of " + points + " points");
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new InvalidCircuit(message);
    }
  }
}
