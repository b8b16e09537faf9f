package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.ComplexTensor;
import org.zkc.passes.torch.TorchValue.Int;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.ListOf;
import org.zkc.passes.torch.TorchValue.None;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.Text;

/**
 * Short-time Fourier transforms: a convolution whose kernels are the rows of a {@link
 * FourierMatrix} under the window, and its inverse, a transposed convolution over the length of
 * what windows add up to.
 */
final class ShortTimeFourier {
  /** The sum of squared windows up to which PyTorch refuses to divide by it. */
  private static final double LEAST_SUM = 1e-11;

  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "aten.stft", "conv", "constant window of real numbers", ShortTimeFourier::forward),
          new TorchOperator(
              "aten.istft",
              "conv, multiply",
              "constant window of real numbers; to real numbers",
              ShortTimeFourier::inverse));

  private ShortTimeFourier() {}

  /**
   * (self, n_fft, hop_length, win_length, window, [center, pad_mode,] normalized, onesided,
   * return_complex, align_to_window).
   */
  private static TorchValue forward(OperatorCall call) {
    int n = call.extent(1);
    int hop = call.narrow(call.integer(2, n / 4));
    int more = call.overload().equals("center") ? 2 : 0;
    Tensor signal = call.tensor(0);
    boolean isSingle = signal.shape().rank() == 1;
    if (signal.shape().rank() > 2) {
      throw call.refuse("a signal of shape %s".formatted(signal.shape()));
    }
    int length = signal.shape().extent(signal.shape().rank() - 1);
    int batch = isSingle ? 1 : signal.shape().extent(0);
    Tensor x = reshaped(call, signal, List.of(batch, 1, length));
    if (more > 0 && call.flag(5)) {
      x =
          tensor(
              call,
              "pad",
              x,
              TorchValue.ints(List.of(n / 2, n / 2)),
              new Text(call.text(6)),
              None.NONE);
    }
    boolean isHalf = call.isNone(6 + more) || call.flag(6 + more);
    int count = isHalf ? n / 2 + 1 : n;
    double scale = call.flag(5 + more) ? 1 / Math.sqrt(n) : 1;
    double[] window = window(call, n);
    FourierMatrix matrix = new FourierMatrix(call, n, 2 * count, n, scale);
    TensorData rows =
        FourierMatrix.of(
            2 * count,
            n,
            (k, t) -> window[t] * (k < count ? matrix.cosine(k, t) : -matrix.sine(k - count, t)));
    Tensor kernel = new KnownTensor(rows.reshape(Shape.of(2 * count, 1, n)), "");
    Tensor y =
        tensor(
            call,
            "conv1d",
            x,
            kernel,
            None.NONE,
            TorchValue.ints(List.of(hop)),
            TorchValue.ints(List.of(0)),
            TorchValue.ints(List.of(1)),
            new Int(1));
    int frames = y.shape().extent(2);
    List<Integer> extents = isSingle ? List.of(count, frames) : List.of(batch, count, frames);
    Tensor real = reshaped(call, part(call, y, 0, count), extents);
    Tensor imaginary = reshaped(call, part(call, y, count, 2 * count), extents);
    return call.isNone(7 + more) || call.flag(7 + more)
        ? new ComplexTensor(real, imaginary)
        : tensor(call, "stack", new ListOf(List.of(real, imaginary)), new Int(-1));
  }

  /**
   * (self, n_fft, hop_length, win_length, window, center, normalized, onesided, length,
   * return_complex).
   */
  private static TorchValue inverse(OperatorCall call) {
    if (!(call.argument(0) instanceof ComplexTensor z)) {
      throw call.refuse("its spectrum is real");
    }
    int n = call.extent(1);
    int hop = call.narrow(call.integer(2, n / 4));
    boolean isHalf = call.isNone(7) || call.flag(7);
    int count = n / 2 + 1;
    boolean isSingle = z.shape().rank() == 2;
    List<Integer> extents = new ArrayList<>(z.shape().extents());
    if (isSingle) {
      extents.addFirst(1);
    }
    if (extents.size() != 3 || !isHalf || extents.get(1) != count || call.flag(9)) {
      throw call.refuse(
          "a spectrum of shape %s for n_fft=%d; onesided ones of real signals are supported"
              .formatted(z.shape(), n));
    }
    double[] window = window(call, n);
    double scale = (call.flag(6) ? Math.sqrt(n) : 1) / n;
    FourierMatrix matrix = new FourierMatrix(call, n, 2 * count, n, scale);
    TensorData rows =
        FourierMatrix.of(
            2 * count,
            n,
            (k, t) ->
                window[t]
                    * matrix.share(k % count)
                    * (k < count ? matrix.cosine(k, t) : -matrix.sine(k - count, t)));
    Tensor parts =
        tensor(
            call,
            "cat",
            new ListOf(
                List.of(reshaped(call, z.real(), extents), reshaped(call, z.imaginary(), extents))),
            new Int(1));
    Tensor kernel = new KnownTensor(rows.reshape(Shape.of(2 * count, 1, n)), "");
    Tensor sums =
        tensor(
            call,
            "conv_transpose1d",
            parts,
            kernel,
            None.NONE,
            TorchValue.ints(List.of(hop)),
            TorchValue.ints(List.of(0)),
            TorchValue.ints(List.of(0)),
            new Int(1),
            TorchValue.ints(List.of(1)));
    int total = sums.shape().extent(2);
    int start = call.flag(5) ? n / 2 : 0;
    int end = call.isNone(8) ? total - start : Math.min(total, start + call.extent(8));
    float[] inverses = inverses(call, window, hop, extents.get(2), start, end);
    TensorEmitter emit = call.emit();
    Value cut = emit.slice(call.value(sums), 2, start, end, 1);
    Value y =
        emit.multiply(
            cut, emit.constant(TensorData.ofFloats(Shape.of(inverses.length), inverses), ""));
    int missing = call.isNone(8) ? 0 : call.extent(8) - (end - start);
    y = emit.pad(y, List.of(0, 0, 0), List.of(0, 0, missing), 0.0);
    int length = y.shape().extent(2);
    return call.result(
        emit.reshape(y, isSingle ? Shape.of(length) : Shape.of(extents.getFirst(), length)),
        DType.F32);
  }

  /** One over what the squares of the windows add up to, from one position to another. */
  private static float[] inverses(
      OperatorCall call, double[] window, int hop, int frames, int start, int end) {
    if (end <= start) {
      throw call.refuse("its result would have %d elements".formatted(end - start));
    }
    double[] sums = new double[Math.addExact(window.length, Math.multiplyExact(hop, frames - 1))];
    for (int frame = 0; frame < frames; frame++) {
      for (int t = 0; t < window.length; t++) {
        sums[frame * hop + t] += window[t] * window[t];
      }
    }
    float[] out = new float[end - start];
    for (int i = 0; i < out.length; i++) {
      if (!(sums[start + i] > LEAST_SUM)) {
        throw call.refuse("its windows leave positions that none of them covers");
      }
      out[i] = (float) (1 / sums[start + i]);
    }
    return out;
  }

  /** The window of n elements; one that is shorter stands in the middle. */
  private static double[] window(OperatorCall call, int n) {
    int length = call.narrow(call.integer(3, n));
    if (n < 1 || length < 1 || length > n) {
      throw call.refuse("windows of %d elements of %d".formatted(length, n));
    }
    double[] given = new double[length];
    if (call.isNone(4)) {
      Arrays.fill(given, 1);
    } else {
      given = call.knownTensor(4, "window").data().toDoubles();
      if (given.length != length) {
        throw call.refuse(
            "a window of %d elements where %d are named".formatted(given.length, length));
      }
    }
    double[] out = new double[n];
    System.arraycopy(given, 0, out, (n - length) / 2, length);
    return out;
  }

  private static Tensor part(OperatorCall call, Tensor y, int from, int to) {
    return call.result(call.emit().slice(call.value(y), 1, from, to, 1), DType.F32);
  }

  private static Tensor reshaped(OperatorCall call, Tensor tensor, List<Integer> extents) {
    return call.result(call.emit().reshape(call.value(tensor), new Shape(extents)), DType.F32);
  }

  private static Tensor tensor(OperatorCall call, String operator, TorchValue... arguments) {
    return (Tensor)
        PartialEvaluation.evaluate(
            new OperatorCall(
                "aten." + operator, "", List.of(arguments), call.location(), call.emit()));
  }
}
