package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.Text;

/** Convolutions over one and two axes: Conv. */
final class ConvolutionOperators {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "aten.conv1d", "conv", "constant weight and bias", c -> convolution(c, 1)),
          new TorchOperator(
              "aten.conv2d", "conv", "constant weight and bias", c -> convolution(c, 2)),
          new TorchOperator(
              "aten._convolution_mode",
              "conv",
              "padding by name; one or two axes; constant weight and bias",
              c -> convolution(c, axes(c))),
          new TorchOperator(
              "aten._convolution",
              "conv",
              "not transposed; one or two axes; constant weight and bias",
              ConvolutionOperators::general));

  private ConvolutionOperators() {}

  /** (input, weight, bias, stride, padding, dilation, groups). */
  private static TorchValue convolution(OperatorCall call, int axes) {
    return lower(call, axes, call.extent(6));
  }

  /** (input, weight, bias, stride, padding, dilation, transposed, output_padding, groups, ...). */
  private static TorchValue general(OperatorCall call) {
    if (call.flag(6)) {
      throw call.refuse(Remedies.TRANSPOSED);
    }
    return lower(call, axes(call), call.extent(8));
  }

  private static int axes(OperatorCall call) {
    int axes = call.tensor(1).shape().rank() - 2;
    if (axes != 1 && axes != 2) {
      throw call.refuse("convolution over %d axes; one or two are supported".formatted(axes));
    }
    return axes;
  }

  private static TorchValue lower(OperatorCall call, int axes, int groups) {
    call.knownTensor(1, "weight");
    if (!call.isNone(2)) {
      call.knownTensor(2, "bias");
    }
    Shape weight = call.tensor(1).shape();
    if (weight.rank() != axes + 2) {
      throw call.refuse(
          "a weight of shape %s does not fit a convolution over %d axes".formatted(weight, axes));
    }
    List<Integer> strides = call.perAxis(3, axes);
    List<Integer> dilations = call.perAxis(5, axes);
    List<Integer> low = new ArrayList<>();
    List<Integer> high = new ArrayList<>();
    if (call.argument(4) instanceof Text padding) {
      namedPadding(call, padding.value(), weight, strides, dilations, low, high);
    } else {
      low.addAll(call.perAxis(4, axes));
      high.addAll(low);
    }
    Value input = call.value(0);
    boolean unbatched = input.shape().rank() == axes + 1;
    if (unbatched) {
      input = call.emit().reshape(input, withBatch(input.shape()));
    }
    Value out =
        call.emit()
            .conv(
                input, call.value(1), call.optionalValue(2), strides, low, high, dilations, groups);
    if (unbatched) {
      List<Integer> extents = out.shape().extents();
      out = call.emit().reshape(out, new Shape(extents.subList(1, extents.size())));
    }
    return call.result(out);
  }

  /** "valid" pads nothing; "same" keeps the extents, the odd element of padding at the end. */
  private static void namedPadding(
      OperatorCall call,
      String name,
      Shape weight,
      List<Integer> strides,
      List<Integer> dilations,
      List<Integer> low,
      List<Integer> high) {
    switch (name) {
      case "valid" -> {
        low.addAll(Collections.nCopies(strides.size(), 0));
        high.addAll(low);
      }
      case "same" -> {
        if (strides.stream().anyMatch(s -> s != 1)) {
          throw call.refuse("padding='same' needs stride 1");
        }
        for (int k = 0; k < strides.size(); k++) {
          int total = dilations.get(k) * (weight.extent(k + 2) - 1);
          low.add(total / 2);
          high.add(total - total / 2);
        }
      }
      default -> throw call.refuse("padding '%s' is neither 'valid' nor 'same'".formatted(name));
    }
  }

  static Shape withBatch(Shape shape) {
    List<Integer> extents = new ArrayList<>(shape.extents());
    extents.addFirst(1);
    return new Shape(extents);
  }
}
