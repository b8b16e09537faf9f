package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongToDoubleFunction;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.stablehlo.program.DenseData;
import org.zkc.stablehlo.program.HloElementType;
import org.zkc.stablehlo.program.HloType;
import org.zkc.torchscript.lower.Binding;

/**
 * Complex numbers and Fourier transforms (StableHLO specification, "complex", "fft", "imag",
 * "real"). A complex tensor is one of the operator level's, whose operators work on both parts;
 * inputs and results of a model are real.
 */
final class ComplexOperations {
  static final Map<String, HloOperator> TABLE =
      Map.of(
          "stablehlo.complex", HloOperator.one(ComplexOperations::complex),
          "stablehlo.real", HloOperator.one(c -> part(c, "real")),
          "stablehlo.imag", HloOperator.one(c -> part(c, "imag")),
          "chlo.conj", HloOperator.one(ComplexOperations::conjugate),
          "stablehlo.fft", HloOperator.one(ComplexOperations::transform));

  /** ATen's normalisations: none, and by the number of elements. */
  private static final long PLAIN = 0;

  private static final long BY_COUNT = 2;

  private ComplexOperations() {}

  static boolean isComplex(HloType.TensorOf type) {
    return type.element() instanceof HloElementType.ComplexElement;
  }

  private static Held complex(HloCall call) {
    return call.result(call.aten("complex", call.whole(0), call.whole(1)));
  }

  private static Held part(HloCall call, String operator) {
    if (!isComplex(call.type(0))) { // the specification takes real numbers too
      return operator.equals("real") ? call.result(call.whole(0)) : call.result(zeros(call));
    }
    return call.result(call.aten(operator, call.whole(0)));
  }

  private static Held conjugate(HloCall call) {
    Binding x = call.whole(0);
    return call.result(isComplex(call.type(0)) ? call.aten("conj", x) : x);
  }

  /** Real numbers as complex ones. */
  static Held widened(HloCall call) {
    Binding x = call.whole(0);
    return call.result(isComplex(call.type(0)) ? x : call.aten("complex", x, zeros(call)));
  }

  /** Zeros of the operand's shape and type. */
  private static Binding zeros(HloCall call) {
    HloType.TensorOf type = call.type(0);
    DType dtype = call.dtype(type);
    TensorData zero =
        dtype.isFloating()
            ? TensorData.ofReals(dtype, Shape.of(), new double[1])
            : TensorData.ofLongs(dtype, Shape.of(), new long[1]);
    return call.aten("expand", call.constant(zero), type.extents());
  }

  /** A complex constant, in its whole shape. */
  static Held constant(HloCall call, HloType.TensorOf type, DenseData data) {
    return call.result(
        call.aten(
            "complex",
            part(call, type, data, data::getDouble),
            part(call, type, data, data::getImaginary)));
  }

  private static Binding part(
      HloCall call, HloType.TensorOf type, DenseData data, LongToDoubleFunction element) {
    boolean isOne = data.isSplat() && data.count() > 0;
    double[] values = new double[Math.toIntExact(isOne ? 1 : data.count())];
    for (int i = 0; i < values.length; i++) {
      values[i] = element.applyAsDouble(i);
    }
    List<Long> extents = isOne ? List.of() : type.extents();
    Binding stored = call.constant(TensorData.ofReals(DType.F32, call.shape(extents), values));
    return isOne ? call.aten("expand", stored, type.extents()) : stored;
  }

  /** Over the last dimensions, as many as there are lengths. */
  private static Held transform(HloCall call) {
    List<Long> lengths = call.integers("fft_length");
    HloType.TensorOf type = call.type(0);
    if (lengths.isEmpty() || lengths.size() > type.rank()) {
      throw call.refused("%d lengths for %s".formatted(lengths.size(), type.text()));
    }
    List<Long> axes = new ArrayList<>();
    for (long d = type.rank() - lengths.size(); d < type.rank(); d++) {
      axes.add(d);
    }
    String kind = call.word("fft_type").orElseThrow(() -> call.refused("it names no transform"));
    Binding x = call.whole(0);
    Binding out =
        switch (kind) {
          case "FFT" -> call.aten("_fft_c2c", x, axes, PLAIN, true);
          case "IFFT" -> call.aten("_fft_c2c", x, axes, BY_COUNT, false);
          case "RFFT" -> call.aten("_fft_r2c", x, axes, PLAIN, true);
          case "IRFFT" -> call.aten("_fft_c2r", x, axes, BY_COUNT, lengths.getLast());
          default -> throw call.refused("there is no transform " + kind);
        };
    return call.result(out);
  }
}
