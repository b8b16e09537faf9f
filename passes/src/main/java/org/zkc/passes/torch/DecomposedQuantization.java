package org.zkc.passes.torch;

import java.util.Arrays;
import java.util.List;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.passes.torch.QuantizedTensors.Grid;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.QuantizedTensor;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/**
 * The operators in which the pt2e flow writes quantisation between operators of real numbers: to
 * integers of a scale and zero point, and back.
 */
final class DecomposedQuantization {
  private static final String PREFIX = "quantized_decomposed.";
  private static final String DYNAMIC =
      "constant scale and zero point; where they depend on the input, it is not rounded";

  static final List<TorchOperator> ALL =
      List.of(
          row("quantize_per_tensor", "fake_quantize", DYNAMIC, c -> quantize(c)),
          row("dequantize_per_tensor", "identity", "", c -> dequantize(c)),
          row(
              "dequantize_per_channel",
              "host",
              "of constants, and of what was quantised per channel",
              c -> dequantizePerChannel(c)),
          row(
              "quantize_per_channel",
              "multiply, fake_quantize, pointwise, clamp",
              "constant scales and zero points",
              c -> quantizePerChannel(c)),
          row(
              "fake_quant_per_channel",
              "multiply, fake_quantize, pointwise, clamp",
              "constant scales and zero points",
              c -> perChannel(c, c.tensor(0))),
          row("choose_qparams", "nothing", "the input is not rounded", c -> chosen(c)),
          row("choose_qparams_symmetric", "nothing", "the input is not rounded", c -> chosen(c)));

  private DecomposedQuantization() {}

  private static TorchOperator row(
      String name, String becomes, String remarks, OperatorLowering lowering) {
    return new TorchOperator(PREFIX + name, becomes, remarks, lowering);
  }

  /** Whether scale and zero point are chosen by the input's own range. */
  private static boolean isDynamic(OperatorCall call) {
    return call.arguments().get(1) instanceof TorchValue.DataDependent;
  }

  /** (input, scale, zero_point, quant_min, quant_max, dtype). */
  private static TorchValue quantize(OperatorCall call) {
    if (isDynamic(call)) {
      return call.tensor(0);
    }
    Grid grid =
        new Grid(call.number(1), Math.round(call.number(2)), call.integer(3), call.integer(4));
    if (call.tensor(0) instanceof KnownTensor k) {
      int[] steps = new int[call.narrow(k.data().elementCount())];
      for (int i = 0; i < steps.length; i++) {
        double step = Math.rint((float) k.data().getDouble(i) / (float) grid.scale());
        steps[i] = (int) Math.clamp(step + grid.zero(), grid.low(), grid.high());
      }
      return integers(k.shape(), steps);
    }
    return QuantizedTensors.rounded(call, call.tensor(0), grid);
  }

  private static KnownTensor integers(Shape shape, int[] steps) {
    long[] wide = Arrays.stream(steps).asLongStream().toArray();
    return new KnownTensor(TensorData.ofLongs(DType.I32, shape, wide), "");
  }

  /** (input, scale, zero_point, quant_min, quant_max, dtype, out_dtype). */
  private static TorchValue dequantize(OperatorCall call) {
    if (call.argument(0) instanceof KnownTensor k) {
      return numbers(call, k, 1, 0);
    }
    boolean isReal = call.argument(0) instanceof TracedTensor t && t.dtype().isFloating();
    return isReal && isDynamic(call) ? call.tensor(0) : quantised(call);
  }

  /** The numbers that the integers of the first argument stand for. */
  private static Tensor quantised(OperatorCall call) {
    if (call.argument(0) instanceof QuantizedTensor q) {
      return q.tensor();
    }
    throw call.refuse("integers that no quantisation made; quantise them in the model");
  }

  /** Integers as the numbers that they stand for, in single precision. */
  private static KnownTensor numbers(
      OperatorCall call, KnownTensor integers, int scaleAt, int axis) {
    TensorData scales = ArithmeticOperators.data(call, scaleAt);
    TensorData zeros =
        call.isNone(scaleAt + 1)
            ? TensorData.ofDoubles(scales.shape(), new double[(int) scales.elementCount()])
            : ArithmeticOperators.data(call, scaleAt + 1);
    Shape shape = integers.shape();
    long channels = scales.elementCount();
    if (channels != zeros.elementCount() || (channels != 1 && channels != shape.extent(axis))) {
      throw call.refuse(
          "%d scales and %d zero points for shape %s"
              .formatted(channels, zeros.elementCount(), shape));
    }
    long run = 1;
    for (int a = shape.rank() - 1; a > axis; a--) {
      run *= shape.extent(a);
    }
    float[] out = new float[call.narrow(shape.elementCount())];
    for (int i = 0; i < out.length; i++) {
      long channel = i / run % channels;
      out[i] =
          (float) (integers.data().getLong(i) - zeros.getDouble(channel))
              * (float) scales.getDouble(channel);
    }
    return new KnownTensor(TensorData.ofFloats(shape, out), integers.name());
  }

  /** (input, scales, zero_points, axis, quant_min, quant_max, dtype, out_dtype). */
  private static TorchValue dequantizePerChannel(OperatorCall call) {
    if (call.argument(0) instanceof KnownTensor k && !k.dtype().isFloating()) {
      return numbers(call, k, 1, call.axis(3, k.shape().rank()));
    }
    boolean isReal = call.argument(0) instanceof Tensor t && t.dtype().isFloating();
    return isReal ? call.tensor(0) : quantised(call);
  }

  /**
   * (input, scales, zero_points, axis, quant_min, quant_max, dtype): the numbers that the integers
   * stand for, which is all that dequantize_per_channel makes of them.
   */
  private static TorchValue quantizePerChannel(OperatorCall call) {
    return perChannel(call, call.tensor(0));
  }

  private static TorchValue perChannel(OperatorCall call, Tensor x) {
    return PartialEvaluation.evaluate(
        new OperatorCall(
            "aten.fake_quantize_per_channel_affine",
            "",
            List.of(
                x,
                call.argument(1),
                call.argument(2),
                call.argument(3),
                call.argument(4),
                call.argument(5)),
            call.location(),
            call.emit()));
  }

  /** Scale and zero point of a range that depends on the input. */
  private static TorchValue chosen(OperatorCall call) {
    TorchValue unknown =
        new TorchValue.DataDependent("the range of a dynamic quantisation", call.location());
    return new Tuple(List.of(unknown, unknown));
  }
}
