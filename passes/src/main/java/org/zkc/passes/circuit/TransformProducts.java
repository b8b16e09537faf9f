package org.zkc.passes.circuit;

import java.util.List;
import org.zkc.ir.Interval;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;

/**
 * Convolutions in FFT form, as the definition says: each output channel transforms each of its
 * input channels and kernels, multiplies, transforms back, and the planes of its input channels are
 * summed. {@link ReduceFftSteps} brings the number of transforms down.
 */
final class TransformProducts {
  /** The axis of input channels in [N, g, O / g, C / g, ...]. */
  static final int CHANNELS = 3;

  private final CircuitBuilder out;

  TransformProducts(CircuitBuilder out) {
    this.out = out;
  }

  /**
   * Source and weight broadcast to [N, g, O / g, C / g, ...], transformed, the kernel reversed
   * since a convolution of a network is a correlation; their product transformed back, read where
   * outputs are, summed over the channels.
   *
   * @param sums holds what every sum of some products of one output can reach
   */
  Value conv(Value x, Value weight, ConvolutionForm.Geometry g, Interval sums) {
    int batch = x.shape().extent(0);
    int channels = weight.shape().extent(1);
    int outputs = weight.shape().extent(0) / g.groups();
    List<Integer> sizes = g.transformSizes();
    Value source =
        out.broadcast(
            out.reshape(x, planes(batch, g.groups(), 1, channels, x)),
            planes(batch, g.groups(), outputs, channels, x));
    Value kernel =
        out.broadcast(
            out.reshape(weight, planes(1, g.groups(), outputs, channels, weight)),
            planes(batch, g.groups(), outputs, channels, weight));
    Value product =
        out.spectralProduct(
            out.forwardTransform(source, sizes, List.of(1, 1), false),
            out.forwardTransform(kernel, sizes, g.dilations(), true),
            sums);
    List<Integer> starts = g.paddingLow().stream().map(low -> -low).toList();
    Shape result = planes(batch, g.groups(), outputs, channels, g.result());
    Value each = out.inverseTransform(product, result, starts, g.strides());
    Value sum = out.windowSum(each, CHANNELS, List.of(0), List.of(channels), List.of(1), sums);
    return out.reshape(sum, g.result());
  }

  private static Shape planes(int batch, int groups, int outputs, int channels, Value value) {
    return planes(batch, groups, outputs, channels, value.shape());
  }

  private static Shape planes(int batch, int groups, int outputs, int channels, Shape shape) {
    return Shape.of(batch, groups, outputs, channels, shape.extent(2), shape.extent(3));
  }
}
