package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Text;

/** Convolutions over one to three axes, plain and transposed: Conv. */
final class ConvolutionOperators {
  private static final String CONV = "conv; or matmul";
  private static final String VIEWS = "conv, reshape, transpose; or matmul";

  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator("aten.conv1d", CONV, c -> convolution(c, 1)),
          new TorchOperator("aten.conv2d", CONV, c -> convolution(c, 2)),
          new TorchOperator("aten.conv3d", "window_mean, " + VIEWS, c -> convolution(c, 3)),
          new TorchOperator(
              "aten._convolution_mode", CONV, "padding by name", c -> convolution(c, axes(c))),
          new TorchOperator("aten.conv_transpose1d", VIEWS, c -> transposed(c, 1)),
          new TorchOperator("aten.conv_transpose2d", VIEWS, c -> transposed(c, 2)),
          new TorchOperator("aten.conv_transpose3d", VIEWS, c -> transposed(c, 3)),
          new TorchOperator("aten.convolution", VIEWS, ConvolutionOperators::general),
          new TorchOperator("aten._convolution", VIEWS, ConvolutionOperators::general));

  private ConvolutionOperators() {}

  /** (input, weight, bias, stride, padding, dilation, groups). */
  private static TorchValue convolution(OperatorCall call, int axes) {
    return plain(call, axes, call.extent(6));
  }

  /** (input, weight, bias, stride, padding, dilation, transposed, output_padding, groups, ...). */
  private static TorchValue general(OperatorCall call) {
    int axes = axes(call);
    return call.flag(6)
        ? transposed(call, axes, call.perAxis(7, axes), call.extent(8), call.perAxis(5, axes))
        : plain(call, axes, call.extent(8));
  }

  /** (input, weight, bias, stride, padding, output_padding, groups, dilation). */
  private static TorchValue transposed(OperatorCall call, int axes) {
    return transposed(call, axes, call.perAxis(5, axes), call.extent(6), call.perAxis(7, axes));
  }

  private static int axes(OperatorCall call) {
    int axes = call.tensor(1).shape().rank() - 2;
    if (axes < 1 || axes > 3) {
      throw call.refuse("convolution over %d axes; one to three are supported".formatted(axes));
    }
    return axes;
  }

  private static void requireAxes(OperatorCall call, int axes) {
    Shape weight = call.tensor(1).shape();
    if (weight.rank() != axes + 2) {
      throw call.refuse(
          "a weight of shape %s does not fit a convolution over %d axes".formatted(weight, axes));
    }
    int rank = call.tensor(0).shape().rank();
    if (rank != axes + 1 && rank != axes + 2) {
      throw call.refuse(
          "an input of shape %s does not fit a convolution over %d axes"
              .formatted(call.tensor(0).shape(), axes));
    }
  }

  private static TorchValue plain(OperatorCall call, int axes, int groups) {
    Shape weight = call.tensor(1).shape();
    requireAxes(call, axes);
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
    if (!(call.tensor(1) instanceof KnownTensor)) {
      ComputedConvolution product =
          new ComputedConvolution(call, strides, low, high, dilations, groups);
      return inBatch(call, axes, x -> shifted(call, product.of(x, call.value(1))));
    }
    ConvolutionEmitter convolution =
        new ConvolutionEmitter(call, strides, low, high, dilations, groups);
    if (!call.isNone(2) && !(call.tensor(2) instanceof KnownTensor)) {
      return inBatch(
          call, axes, x -> shifted(call, convolution.of(x, call.value(1), Optional.empty())));
    }
    return inBatch(call, axes, x -> convolution.of(x, call.value(1), call.optionalValue(2)));
  }

  private static TorchValue transposed(
      OperatorCall call,
      int axes,
      List<Integer> outputPadding,
      int groups,
      List<Integer> dilations) {
    requireAxes(call, axes);
    List<Integer> strides = call.perAxis(3, axes);
    List<Integer> padding = call.perAxis(4, axes);
    if (!(call.tensor(1) instanceof KnownTensor weight)) {
      ComputedConvolution product =
          new ComputedConvolution(call, strides, padding, padding, dilations, groups);
      return inBatch(
          call, axes, x -> shifted(call, product.transposed(x, call.value(1), outputPadding)));
    }
    TransposedConvolution convolution =
        new TransposedConvolution(call, strides, padding, outputPadding, dilations, groups);
    if (call.isNone(2)) {
      return inBatch(call, axes, x -> convolution.of(x, weight, Optional.empty()));
    }
    return call.tensor(2) instanceof KnownTensor bias
        ? inBatch(call, axes, x -> convolution.of(x, weight, Optional.of(bias)))
        : inBatch(call, axes, x -> shifted(call, convolution.of(x, weight, Optional.empty())));
  }

  /** A result [N, O, ...] with the bias [O], which may be computed from the input, added. */
  private static Value shifted(OperatorCall call, Value y) {
    if (call.isNone(2)) {
      return y;
    }
    Value bias = call.value(2);
    int channels = y.shape().extent(1);
    if (!bias.shape().equals(Shape.of(channels))) {
      throw call.refuse("a bias of shape %s for %d channels".formatted(bias.shape(), channels));
    }
    List<Integer> extents = new ArrayList<>(List.of(channels));
    extents.addAll(Collections.nCopies(y.shape().rank() - 2, 1));
    return call.emit().add(y, call.emit().reshape(bias, new Shape(extents)));
  }

  /** An input without an axis of images is one image. */
  private static TorchValue inBatch(OperatorCall call, int axes, UnaryOperator<Value> convolution) {
    Value input = call.value(0);
    if (input.shape().rank() != axes + 1) {
      return call.result(convolution.apply(input));
    }
    Value out = convolution.apply(call.emit().reshape(input, withBatch(input.shape())));
    List<Integer> extents = out.shape().extents();
    return call.result(call.emit().reshape(out, new Shape(extents.subList(1, extents.size()))));
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
