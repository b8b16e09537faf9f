package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;

/**
 * Convolutions of [N, C, ...] over one, two or three axes, and their transposes, as Conv over one
 * or two axes.
 *
 * @param strides per axis, as all other lists
 * @param low padding before the first element, as {@code high} after the last; may be negative,
 *     which cuts
 */
record ConvolutionEmitter(
    OperatorCall call,
    List<Integer> strides,
    List<Integer> low,
    List<Integer> high,
    List<Integer> dilations,
    int groups) {

  /** The convolution with zero padding. */
  Value of(Value input, Value weight, Optional<Value> bias) {
    TensorEmitter emit = call.emit();
    Value x = input;
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    for (int k = 0; k < strides.size(); k++) {
      int end = x.shape().extent(2 + k) + Math.min(0, high.get(k));
      x = emit.slice(x, 2 + k, Math.max(0, -low.get(k)), end, 1);
      before.add(Math.max(0, low.get(k)));
      after.add(Math.max(0, high.get(k)));
    }
    ConvolutionEmitter padded =
        new ConvolutionEmitter(call, strides, before, after, dilations, groups);
    return strides.size() == 3
        ? padded.overVolume(x, weight, bias)
        : emit.conv(x, weight, bias, strides, before, after, dilations, groups);
  }

  /**
   * A convolution over three axes is one over two, of as many images as the result is deep. The
   * slices that one position of the kernel meets are channels: [N, C, D, H, W] is read as [N depth,
   * C taps, H, W].
   */
  private Value overVolume(Value input, Value weight, Optional<Value> bias) {
    TensorEmitter emit = call.emit();
    Shape kernel = weight.shape();
    int taps = kernel.extent(2);
    Value x =
        emit.pad(
            input, List.of(0, 0, low.getFirst(), 0, 0), List.of(0, 0, high.getFirst(), 0, 0), 0.0);
    if (strides.getFirst() < 1 || dilations.getFirst() < 1) {
      throw call.refuse("strides %s, dilations %s".formatted(strides, dilations));
    }
    int room = x.shape().extent(2) - dilations.getFirst() * (taps - 1) - 1;
    if (room < 0) {
      throw call.refuse(
          "a kernel of shape %s does not fit an input of shape %s".formatted(kernel, x.shape()));
    }
    int depth = room / strides.getFirst() + 1;
    int[] sources = new int[depth * taps];
    for (int i = 0; i < sources.length; i++) {
      sources[i] = i / taps * strides.getFirst() + i % taps * dilations.getFirst();
    }
    int n = x.shape().extent(0);
    int channels = x.shape().extent(1);
    int height = x.shape().extent(3);
    int width = x.shape().extent(4);
    x =
        emit.reshape(
            Picks.along(emit, x, 2, sources), Shape.of(n, channels, depth, taps, height, width));
    x = emit.transpose(x, List.of(0, 2, 1, 3, 4, 5));
    x = emit.reshape(x, Shape.of(n * depth, channels * taps, height, width));
    Value flat =
        emit.reshape(
            weight,
            Shape.of(
                kernel.extent(0), kernel.extent(1) * taps, kernel.extent(3), kernel.extent(4)));
    Value y =
        emit.conv(
            x,
            flat,
            bias,
            strides.subList(1, 3),
            low.subList(1, 3),
            high.subList(1, 3),
            dilations.subList(1, 3),
            groups);
    Shape out = y.shape();
    y = emit.reshape(y, Shape.of(n, depth, out.extent(1), out.extent(2), out.extent(3)));
    return emit.transpose(y, List.of(0, 2, 1, 3, 4));
  }
}
