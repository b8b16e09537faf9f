package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.FakeQuantize;
import org.zkc.ir.tensor.ScalarFunction;

/**
 * Simulated quantisation, with one scale or one for each index of an axis: the grid that it rounds
 * to is that of the integers which are proved.
 */
final class QuantizationOperators {
  private static final String CHANNELS = "multiply, fake_quantize, pointwise, clamp";

  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "aten.fake_quantize_per_tensor_affine",
              "fake_quantize",
              "constant scale and zero point",
              QuantizationOperators::perTensor),
          new TorchOperator(
              "aten._fake_quantize_learnable_per_tensor_affine",
              "fake_quantize",
              "constant scale and zero point",
              QuantizationOperators::perTensor),
          new TorchOperator(
              "aten.fake_quantize_per_channel_affine",
              CHANNELS,
              "constant scales and zero points",
              QuantizationOperators::perChannel),
          new TorchOperator(
              "aten._fake_quantize_learnable_per_channel_affine",
              CHANNELS,
              "constant scales and zero points",
              QuantizationOperators::perChannel));

  private QuantizationOperators() {}

  /** (input, scale, zero_point, quant_min, quant_max); numbers or tensors of one element. */
  private static TorchValue perTensor(OperatorCall call) {
    long zero = Math.round(call.number(2));
    return call.result(
        onGrid(
            call,
            call.value(0),
            (float) call.number(1),
            call.integer(3) - zero,
            call.integer(4) - zero));
  }

  private static Value onGrid(OperatorCall call, Value x, float scale, long low, long high) {
    if (!(scale > 0 && Float.isFinite(scale)) || low > high) {
      throw call.refuse("a scale of %s with steps from %d to %d".formatted(scale, low, high));
    }
    return call.emit()
        .pointwise(
            x,
            (r, of, at) -> new FakeQuantize(r, of, scale, call.narrow(low), call.narrow(high), at));
  }

  /** (input, scale, zero_point, axis, quant_min, quant_max). */
  private static TorchValue perChannel(OperatorCall call) {
    Value x = call.value(0);
    TensorData scales = call.knownTensor(1, "scale").data();
    TensorData zeros = call.knownTensor(2, "zero point").data();
    int axis = call.axis(3, x.shape().rank());
    int channels = IndexOperators.extent(call, x.shape(), axis);
    if (scales.elementCount() != channels || zeros.elementCount() != channels) {
      throw call.refuse(
          "%d scales and %d zero points of %d channels"
              .formatted(scales.elementCount(), zeros.elementCount(), channels));
    }
    float[] factors = new float[channels];
    float[] inverses = new float[channels];
    float[] offsets = new float[channels];
    boolean shared = true;
    for (int c = 0; c < channels; c++) {
      factors[c] = (float) scales.getDouble(c);
      if (!(factors[c] > 0 && Float.isFinite(factors[c]))) {
        throw call.refuse("a scale of %s".formatted(factors[c]));
      }
      inverses[c] = 1 / factors[c];
      offsets[c] = Math.round(zeros.getDouble(c));
      shared &= offsets[c] == offsets[0];
    }
    long low = call.integer(4);
    long high = call.integer(5);
    TensorEmitter emit = call.emit();
    List<Integer> extents = new ArrayList<>(Collections.nCopies(x.shape().rank(), 1));
    extents.set(axis, channels);
    Shape shape = new Shape(extents);
    Value steps = emit.multiply(x, emit.constant(TensorData.ofFloats(shape, inverses), ""));
    Value rounded;
    if (shared) {
      rounded = onGrid(call, steps, 1, low - (long) offsets[0], high - (long) offsets[0]);
    } else {
      Value zero = emit.constant(TensorData.ofFloats(shape, offsets), "");
      Value moved = emit.add(emit.pointwise(steps, ScalarFunction.ROUND), zero);
      rounded = emit.subtract(emit.clamp(moved, low, high), zero);
    }
    return call.result(
        emit.multiply(rounded, emit.constant(TensorData.ofFloats(shape, factors), "")));
  }
}
