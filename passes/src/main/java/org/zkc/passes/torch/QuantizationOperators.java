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
              QuantizationOperators::perChannel),
          new TorchOperator(
              "aten.fused_moving_avg_obs_fake_quant",
              CHANNELS,
              "observer off; constant scales and zero points",
              QuantizationOperators::observed));

  private QuantizationOperators() {}

  /** (input, scale, zero_point, quant_min, quant_max); numbers or tensors of one element. */
  private static TorchValue perTensor(OperatorCall call) {
    return perTensor(call, 1, 3);
  }

  /** Scale and zero point are the arguments from {@code scale} on, the bounds from {@code low}. */
  private static TorchValue perTensor(OperatorCall call, int scale, int low) {
    long zero = Math.round(call.number(scale + 1));
    return call.result(
        onGrid(
            call,
            call.value(0),
            (float) call.number(scale),
            call.integer(low) - zero,
            call.integer(low + 1) - zero));
  }

  /**
   * (input, observer_on, fake_quant_on, running_min, running_max, scale, zero_point,
   * averaging_const, quant_min, quant_max, ch_axis, per_row_fake_quant, symmetric_quant), as
   * quantisation-aware training leaves it in a model. Where it observes, it changes its scale.
   */
  private static TorchValue observed(OperatorCall call) {
    if (call.number(1) != 0) {
      throw call.refuse(
          "its observer is on and changes the scale with every input; call"
              + " model.apply(torch.ao.quantization.disable_observer) before exporting the model");
    }
    if (call.number(2) == 0) {
      return call.result(call.value(0));
    }
    return call.flag(11) ? perChannel(call, 5, 10, 8) : perTensor(call, 5, 8);
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
    return perChannel(call, 1, 3, 4);
  }

  private static TorchValue perChannel(
      OperatorCall call, int scale, int alongAxis, int firstBound) {
    Value x = call.value(0);
    TensorData scales = call.knownTensor(scale, "scale").data();
    TensorData zeros = call.knownTensor(scale + 1, "zero point").data();
    int axis = call.axis(alongAxis, x.shape().rank());
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
    long low = call.integer(firstBound);
    long high = call.integer(firstBound + 1);
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
