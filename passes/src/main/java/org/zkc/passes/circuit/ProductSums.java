package org.zkc.passes.circuit;

import java.util.ArrayList;
import java.util.List;
import org.zkc.ir.Interval;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;

/**
 * Convolutions and matrix products written out: every product of an input and a weight is one
 * element of one Product, and sums follow. This form is proved as it is when {@link
 * RewriteMatmulChecks} is switched off.
 */
final class ProductSums {
  private final CircuitBuilder out;

  ProductSums(CircuitBuilder out) {
    this.out = out;
  }

  /**
   * y[..., o] = sum_i x[..., i] w[o, i]: x as [..., 1, I] and w [O, I] broadcast to [..., O, I],
   * multiplied, summed over I.
   */
  Value linear(Value x, Value weight, Interval sums) {
    int outputs = weight.shape().extent(0);
    int inputs = weight.shape().extent(1);
    List<Integer> rows = x.shape().extents().subList(0, x.shape().rank() - 1);
    Shape full = shape(rows, List.of(outputs, inputs));
    Value left = out.broadcast(out.reshape(x, shape(rows, List.of(1, inputs))), full);
    Value product = out.product(left, out.broadcast(weight, full));
    return sumLast(product, shape(rows, List.of(outputs)), sums);
  }

  /**
   * Input [N, C, H, W], weight [O, C / g, kh, kw]: windows unfolded to [N, C, Ho, kh, Wo, kw],
   * brought to [N, g, 1, Ho, Wo, K] with K = C / g kh kw, multiplied with the weight as [g, O / g,
   * 1, 1, K] broadcast alike, summed over K.
   */
  Value conv(Value x, Value weight, ConvolutionForm.Geometry g, Interval sums) {
    Shape result = g.result();
    List<Integer> strides = g.strides();
    List<Integer> paddingLow = g.paddingLow();
    List<Integer> dilations = g.dilations();
    int groups = g.groups();
    int batch = x.shape().extent(0);
    int channels = weight.shape().extent(1);
    int outputs = weight.shape().extent(0) / groups;
    int kernelHeight = weight.shape().extent(2);
    int kernelWidth = weight.shape().extent(3);
    int height = result.extent(2);
    int width = result.extent(3);
    int taps = channels * kernelHeight * kernelWidth;
    Value rows =
        out.unfold(x, 2, height, kernelHeight, strides.get(0), dilations.get(0), paddingLow.get(0));
    Value windows =
        out.unfold(
            rows, 4, width, kernelWidth, strides.get(1), dilations.get(1), paddingLow.get(1));
    Value grouped =
        out.reshape(
            windows, Shape.of(batch, groups, channels, height, kernelHeight, width, kernelWidth));
    Value ordered = out.transpose(grouped, List.of(0, 1, 3, 5, 2, 4, 6));
    Shape full = Shape.of(batch, groups, outputs, height, width, taps);
    Value left =
        out.broadcast(out.reshape(ordered, Shape.of(batch, groups, 1, height, width, taps)), full);
    Value right = out.broadcast(out.reshape(weight, Shape.of(groups, outputs, 1, 1, taps)), full);
    return sumLast(out.product(left, right), result, sums);
  }

  private Value sumLast(Value product, Shape result, Interval sums) {
    int last = product.shape().rank() - 1;
    int extent = product.shape().extent(last);
    Value sum = out.windowSum(product, last, List.of(0), List.of(extent), List.of(1), sums);
    return out.reshape(sum, result);
  }

  private static Shape shape(List<Integer> outer, List<Integer> inner) {
    List<Integer> extents = new ArrayList<>(outer);
    extents.addAll(inner);
    return new Shape(extents);
  }
}
