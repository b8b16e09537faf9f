package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.ComplexTensor;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tensor;

/**
 * Discrete Fourier transforms, along each axis a linear map by the matrices of cosines and sines
 * ({@link FourierMatrix}).
 */
final class FourierOperators {
  private static final String LENGTHS = "up to 4,096 elements along an axis";

  static final List<TorchOperator> ALL =
      Stream.concat(
              Stream.of(
                      "fft_fft",
                      "fft_ifft",
                      "fft_rfft",
                      "fft_irfft",
                      "fft_fft2",
                      "fft_ifft2",
                      "fft_rfft2",
                      "fft_irfft2",
                      "fft_fftn",
                      "fft_ifftn",
                      "fft_rfftn",
                      "fft_irfftn",
                      "_fft_c2c",
                      "_fft_r2c",
                      "_fft_c2r")
                  .map(name -> row(name, FourierOperators::transform)),
              Stream.of(
                  row("fft_fftshift", c -> shifted(c, false)),
                  row("fft_ifftshift", c -> shifted(c, true)),
                  row("fft_fftfreq", c -> frequencies(c, false)),
                  row("fft_rfftfreq", c -> frequencies(c, true))))
          .toList();

  private FourierOperators() {}

  private static TorchOperator row(String name, OperatorLowering lowering) {
    return new TorchOperator("aten." + name, "linear", LENGTHS, lowering);
  }

  /**
   * A transform that a call asks for.
   *
   * @param axes in the order in which they are transformed; the last of a transform to or from half
   *     a spectrum is that of the half
   * @param lengths one for each axis
   */
  private record Request(
      boolean isInverse,
      boolean fromReal,
      boolean toReal,
      List<Integer> axes,
      List<Integer> lengths,
      double scale) {}

  static TorchValue transform(OperatorCall call) {
    ComplexTensor given;
    if (call.argument(0) instanceof ComplexTensor z) {
      given = z;
    } else {
      Tensor real = call.result(call.in(DType.F32, call.tensor(0)), DType.F32);
      given = new ComplexTensor(real, ComplexTensors.zerosLike(real));
    }
    Request request = request(call, given.shape());
    int last = request.axes.size() - 1;
    double scale = request.scale;
    if (request.fromReal) {
      if (!isZero(given.imaginary())) {
        throw call.refuse("half a spectrum of complex numbers");
      }
      int n = request.lengths.get(last);
      given = along(call, given, request.axes.get(last), n, n / 2 + 1, false, scale);
      scale = 1;
    }
    int whole = request.fromReal || request.toReal ? last : last + 1;
    for (int k = 0; k < whole; k++) {
      int n = request.lengths.get(k);
      given = along(call, given, request.axes.get(k), n, n, request.isInverse, scale);
      scale = 1;
    }
    return request.toReal
        ? real(call, given, request.axes.get(last), request.lengths.get(last), scale)
        : given;
  }

  private static boolean isZero(Tensor tensor) {
    if (!(tensor instanceof KnownTensor k)) {
      return false;
    }
    for (double each : k.data().toDoubles()) {
      if (each != 0) {
        return false;
      }
    }
    return true;
  }

  private static Request request(OperatorCall call, Shape shape) {
    String name = call.operator().substring("aten.".length());
    return name.startsWith("_") ? plain(call, name, shape) : named(call, name, shape);
  }

  /** _fft_r2c(self, dim, normalization, onesided), _fft_c2r(..., last_dim_size), _fft_c2c(...). */
  private static Request plain(OperatorCall call, String name, Shape shape) {
    List<Integer> axes =
        call.integers(1).stream().map(a -> call.resolveAxis(a, shape.rank())).toList();
    boolean toReal = name.endsWith("c2r");
    boolean fromReal = name.endsWith("r2c") && call.flag(3);
    List<Integer> lengths = new ArrayList<>(axes.stream().map(shape::extent).toList());
    if (toReal) {
      lengths.set(lengths.size() - 1, call.extent(3));
    }
    boolean isInverse = toReal || (name.endsWith("c2c") && !call.flag(3));
    double count = lengths.stream().mapToDouble(n -> n).reduce(1, (a, b) -> a * b);
    double scale =
        switch ((int) call.integer(2)) {
          case 0 -> 1;
          case 1 -> 1 / Math.sqrt(count);
          case 2 -> 1 / count;
          default -> throw call.refuse("normalisation " + call.integer(2));
        };
    return new Request(isInverse, fromReal, toReal, axes, lengths, scale);
  }

  /** (self, n, dim, norm) of one axis, (self, s, dim, norm) of several. */
  private static Request named(OperatorCall call, String name, Shape shape) {
    boolean fromReal = name.startsWith("fft_r");
    boolean toReal = name.startsWith("fft_ir");
    boolean isInverse = name.startsWith("fft_i");
    boolean isSingle = name.endsWith("fft");
    List<Integer> axes;
    if (isSingle) {
      axes = List.of(call.resolveAxis(call.integer(2, -1), shape.rank()));
    } else if (!call.isNone(2)) {
      axes = call.integers(2).stream().map(a -> call.resolveAxis(a, shape.rank())).toList();
    } else if (name.endsWith("2")) {
      axes = Stream.of(-2, -1).map(a -> call.resolveAxis(a, shape.rank())).toList();
    } else {
      int count = call.isNone(1) ? shape.rank() : call.integers(1).size();
      axes = IntStream.range(shape.rank() - count, shape.rank()).boxed().toList();
    }
    List<Integer> lengths = new ArrayList<>();
    for (int k = 0; k < axes.size(); k++) {
      int extent = shape.extent(axes.get(k));
      int whole = toReal && k == axes.size() - 1 ? 2 * (extent - 1) : extent;
      int asked = call.isNone(1) ? -1 : call.integers(1).get(k);
      lengths.add(asked == -1 ? whole : asked);
    }
    double count = lengths.stream().mapToDouble(n -> n).reduce(1, (a, b) -> a * b);
    String norm = call.isNone(3) ? "backward" : call.text(3);
    double scale =
        switch (norm) {
          case "backward" -> isInverse ? 1 / count : 1;
          case "forward" -> isInverse ? 1 : 1 / count;
          case "ortho" -> 1 / Math.sqrt(count);
          default -> throw call.refuse("norm '%s'".formatted(norm));
        };
    return new Request(isInverse, fromReal, toReal, axes, lengths, scale);
  }

  /** One axis of n elements, cut or continued by zeros, becomes the first {@code count} results. */
  private static ComplexTensor along(
      OperatorCall call,
      ComplexTensor z,
      int axis,
      int n,
      int count,
      boolean isInverse,
      double scale) {
    int columns = Math.min(n, z.shape().extent(axis));
    FourierMatrix matrix = new FourierMatrix(call, n, count, columns, scale);
    int sign = isInverse ? 1 : -1;
    TensorData cosines = FourierMatrix.of(count, columns, matrix::cosine);
    TensorData sines = FourierMatrix.of(count, columns, (k, t) -> sign * matrix.sine(k, t));
    Value real = mapped(call, z.real(), axis, cosines);
    Value crossed = mapped(call, z.real(), axis, sines);
    if (isZero(z.imaginary())) {
      return new ComplexTensor(call.result(real, DType.F32), call.result(crossed, DType.F32));
    }
    TensorEmitter emit = call.emit();
    Value left = emit.subtract(real, mapped(call, z.imaginary(), axis, sines));
    Value right = emit.add(crossed, mapped(call, z.imaginary(), axis, cosines));
    return new ComplexTensor(call.result(left, DType.F32), call.result(right, DType.F32));
  }

  /** The n real numbers of which an axis holds half the spectrum, cut or continued by zeros. */
  private static Tensor real(OperatorCall call, ComplexTensor z, int axis, int n, double scale) {
    int columns = Math.min(n / 2 + 1, z.shape().extent(axis));
    FourierMatrix matrix = new FourierMatrix(call, n, n, columns, scale);
    Value even =
        mapped(
            call,
            z.real(),
            axis,
            FourierMatrix.of(n, columns, (t, k) -> matrix.share(k) * matrix.cosine(t, k)));
    if (isZero(z.imaginary())) {
      return call.result(even, DType.F32);
    }
    Value odd =
        mapped(
            call,
            z.imaginary(),
            axis,
            FourierMatrix.of(n, columns, (t, k) -> matrix.share(k) * matrix.sine(t, k)));
    return call.result(call.emit().subtract(even, odd), DType.F32);
  }

  /** The axis times the matrix [results, elements], of as many elements as the matrix takes. */
  private static Value mapped(OperatorCall call, Tensor tensor, int axis, TensorData matrix) {
    TensorEmitter emit = call.emit();
    Value x = emit.slice(call.value(tensor), axis, 0, matrix.shape().extent(1), 1);
    int rank = x.shape().rank();
    List<Integer> swapped = ViewOperators.swapped(rank, axis, rank - 1);
    Value y = emit.linear(emit.transpose(x, swapped), emit.constant(matrix, ""), Optional.empty());
    return emit.transpose(y, swapped);
  }

  /** (self, dim): half of each axis, rounded down, is moved to its other end; or back. */
  private static TorchValue shifted(OperatorCall call, boolean isInverse) {
    Value x = call.value(0);
    List<Integer> axes =
        call.isNone(1)
            ? IntStream.range(0, x.shape().rank()).boxed().toList()
            : call.integers(1).stream().map(a -> call.resolveAxis(a, x.shape().rank())).toList();
    Value y = x;
    for (int axis : axes) {
      int n = x.shape().extent(axis);
      int by = isInverse ? n - n / 2 : n / 2;
      y =
          Picks.along(
              call.emit(), y, axis, IntStream.range(0, n).map(i -> (i + n - by) % n).toArray());
    }
    return call.result(y);
  }

  /** (n, d): the frequencies of a transform of n samples that are d apart. */
  private static TorchValue frequencies(OperatorCall call, boolean isHalf) {
    int n = call.extent(0);
    double spacing = call.number(1, 1);
    int count = isHalf ? n / 2 + 1 : n;
    IntFunction<Integer> index = i -> isHalf || i < (n + 1) / 2 ? i : i - n;
    float[] out = new float[count];
    for (int i = 0; i < count; i++) {
      out[i] = (float) (index.apply(i) / (n * spacing));
    }
    return new KnownTensor(TensorData.ofFloats(Shape.of(count), out), "");
  }
}
