package org.zkc.passes.torch;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.tensor.ScalarFunction;
import org.zkc.passes.torch.TorchValue.KnownTensor;

/**
 * Windows of spectral analysis, on the host: (length, periodic, parameters, dtype, ..), of which
 * overloads have the first, the first two, or more. A periodic one is the symmetric one of an
 * element more without its last.
 */
final class ConstantWindows {
  private static final int MOST = 1 << 24;

  static final List<TorchOperator> ALL =
      List.of(
          window("hann_window", (_, _) -> t -> 0.5 - 0.5 * cosine(t)),
          window(
              "hamming_window",
              (call, given) -> {
                double alpha = given > 0 ? call.number(2) : 0.54;
                double beta = given > 1 ? call.number(3) : 0.46;
                return t -> alpha - beta * cosine(t);
              }),
          window("blackman_window", (_, _) -> t -> 0.42 - 0.5 * cosine(t) + 0.08 * cosine(2 * t)),
          window("bartlett_window", (_, _) -> t -> 1 - Math.abs(2 * t - 1)),
          window(
              "kaiser_window",
              (call, given) -> {
                double beta = given > 0 ? call.number(2) : 12;
                return t -> bessel(beta * Math.sqrt(1 - (2 * t - 1) * (2 * t - 1))) / bessel(beta);
              }));

  private ConstantWindows() {}

  /** A window over [0, 1], by how many parameters the call has. */
  @FunctionalInterface
  private interface Form {
    DoubleUnaryOperator of(OperatorCall call, int parameters);
  }

  private static TorchOperator window(String name, Form form) {
    return new TorchOperator("aten." + name, "host", call -> elements(call, form));
  }

  private static TorchValue elements(OperatorCall call, Form form) {
    int parameters =
        switch (call.overload()) {
          case "periodic_alpha", "beta" -> 1;
          case "periodic_alpha_beta" -> 2;
          default -> 0;
        };
    boolean isPlain = call.overload().isEmpty();
    int length = call.extent(0);
    if (length < 0 || length > MOST) {
      throw call.refuse("a window of %d elements".formatted(length));
    }
    int intervals = isPlain || call.flag(1) ? length : length - 1;
    DoubleUnaryOperator window = form.of(call, parameters);
    double[] out = new double[length];
    for (int i = 0; i < length; i++) {
      out[i] = length == 1 ? 1 : window.applyAsDouble((double) i / intervals);
    }
    int dtypeAt = isPlain ? 1 : 2 + parameters;
    DType dtype =
        call.isNone(dtypeAt) ? DType.F32 : CastOperators.dtype(call, call.integer(dtypeAt));
    TensorData data = TensorData.ofDoubles(Shape.of(length), out);
    return new KnownTensor(HostTensors.cast(data, dtype), "");
  }

  private static double cosine(double t) {
    return StrictMath.cos(2 * Math.PI * t);
  }

  private static double bessel(double x) {
    return ScalarFunction.I0.apply(x, List.of());
  }
}
