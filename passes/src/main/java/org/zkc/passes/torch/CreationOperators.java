package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.passes.torch.TorchValue.Int;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.ListOf;
import org.zkc.passes.torch.TorchValue.Tensor;

/** New constant tensors, on the host. */
final class CreationOperators {
  private static final long MAXIMAL_ELEMENTS = 1 << 24;

  private static final String UNINITIALISED = "zeros: what is read must be written before";

  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "aten.zeros", "host", c -> filled(c, c.integers(0), 0, dtype(c, 1, DType.F32))),
          new TorchOperator(
              "aten.ones", "host", c -> filled(c, c.integers(0), 1, dtype(c, 1, DType.F32))),
          new TorchOperator(
              "aten.full",
              "host",
              c -> filled(c, c.integers(0), c.number(1), dtype(c, 2, ofNumber(c, 1)))),
          new TorchOperator("aten.zeros_like", "host", c -> like(c, 0, 1)),
          new TorchOperator("aten.ones_like", "host", c -> like(c, 1, 1)),
          new TorchOperator("aten.full_like", "host", c -> like(c, c.number(1), 2)),
          new TorchOperator(
              "aten.new_zeros",
              "host",
              c -> filled(c, c.integers(1), 0, dtype(c, 2, c.tensor(0).dtype()))),
          new TorchOperator(
              "aten.new_ones",
              "host",
              c -> filled(c, c.integers(1), 1, dtype(c, 2, c.tensor(0).dtype()))),
          new TorchOperator(
              "aten.new_full",
              "host",
              c -> filled(c, c.integers(1), c.number(2), dtype(c, 3, c.tensor(0).dtype()))),
          new TorchOperator(
              "aten.empty",
              "host",
              UNINITIALISED,
              c -> filled(c, c.integers(0), 0, dtype(c, 1, DType.F32))),
          new TorchOperator("aten.empty_like", "host", UNINITIALISED, c -> like(c, 0, 1)),
          new TorchOperator(
              "aten.new_empty",
              "host",
              UNINITIALISED,
              c -> filled(c, c.integers(1), 0, dtype(c, 2, c.tensor(0).dtype()))),
          new TorchOperator("aten.linspace", "host", CreationOperators::linspace),
          new TorchOperator("aten.logspace", "host", CreationOperators::logspace),
          new TorchOperator("aten.range", "host", CreationOperators::range),
          new TorchOperator("aten.eye", "host", CreationOperators::eye),
          new TorchOperator("aten.arange", "host", CreationOperators::arange),
          new TorchOperator("aten.tril_indices", "host", c -> triangle(c, false)),
          new TorchOperator("aten.triu_indices", "host", c -> triangle(c, true)),
          new TorchOperator(
              "aten.tensor", "host", "from known numbers", CreationOperators::fromNumbers));

  private CreationOperators() {}

  private static DType dtype(OperatorCall call, int index, DType otherwise) {
    return call.isNone(index) ? otherwise : CastOperators.dtype(call, call.integer(index));
  }

  private static DType ofNumber(OperatorCall call, int index) {
    return switch (call.argument(index)) {
      case Int i -> DType.I64;
      case TorchValue.Bool b -> DType.I1;
      default -> DType.F32;
    };
  }

  private static TorchValue like(OperatorCall call, double value, int dtypeAt) {
    Tensor tensor = call.tensor(0);
    return filled(call, tensor.shape().extents(), value, dtype(call, dtypeAt, tensor.dtype()));
  }

  private static TorchValue filled(
      OperatorCall call, List<Integer> extents, double value, DType dtype) {
    if (extents.stream().anyMatch(e -> e < 0)) {
      throw call.refuse("shape %s".formatted(extents));
    }
    long count = 1;
    for (int extent : extents) {
      count *= extent;
      if (count > MAXIMAL_ELEMENTS) {
        throw call.refuse("a constant of shape %s is too large".formatted(extents));
      }
    }
    double[] elements = new double[(int) count];
    Arrays.fill(elements, value);
    return new KnownTensor(
        HostTensors.cast(TensorData.ofDoubles(new Shape(extents), elements), dtype), "");
  }

  /** (start, end, steps, dtype, ..), in f32 or f64 from both ends to the middle. */
  private static TorchValue linspace(OperatorCall call) {
    double start = call.number(0);
    double end = call.number(1);
    long steps = call.integer(2);
    if (steps < 0 || steps > MAXIMAL_ELEMENTS) {
      throw call.refuse("%d steps".formatted(steps));
    }
    return new KnownTensor(series(call, start, end, (int) steps, dtype(call, 3, DType.F32)), "");
  }

  /** (start, end, steps, base, dtype, ..): powers of the base. */
  private static TorchValue logspace(OperatorCall call) {
    long steps = call.integer(2);
    if (steps < 0 || steps > MAXIMAL_ELEMENTS) {
      throw call.refuse("%d steps".formatted(steps));
    }
    double base = call.number(3, 10);
    DType dtype = dtype(call, 4, DType.F32);
    TensorData exponents = series(call, call.number(0), call.number(1), (int) steps, DType.F64);
    TensorData powers = HostTensors.map(exponents, DType.F64, x -> x, x -> StrictMath.pow(base, x));
    return new KnownTensor(HostTensors.cast(powers, dtype), "");
  }

  /** (start, end, dtype, ..), with a step in overload step: both ends belong to it. */
  private static TorchValue range(OperatorCall call) {
    boolean hasStep = call.overload().equals("step");
    double start = call.number(0);
    double step = hasStep ? call.number(2) : 1;
    double count = Math.floor((call.number(1) - start) / step) + 1;
    if (!(count >= 1) || count > MAXIMAL_ELEMENTS) {
      throw call.refuse("from %s to %s by %s".formatted(start, call.number(1), step));
    }
    double[] elements = new double[(int) count];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = start + i * step;
    }
    TensorData data = TensorData.ofDoubles(Shape.of(elements.length), elements);
    return new KnownTensor(HostTensors.cast(data, dtype(call, hasStep ? 3 : 2, DType.F32)), "");
  }

  /** Numbers at even distances, from both ends to the middle. */
  private static TensorData series(
      OperatorCall call, double start, double end, int steps, DType dtype) {
    if (!dtype.isFloating()) {
      throw call.refuse("an integer result; use torch.arange");
    }
    double[] elements = new double[steps];
    double step = rounded(dtype, (rounded(dtype, end) - rounded(dtype, start)) / (steps - 1));
    for (int i = 0; i < elements.length; i++) {
      elements[i] =
          i < elements.length / 2 || elements.length == 1
              ? rounded(dtype, start) + step * i
              : rounded(dtype, end) - step * (elements.length - 1 - i);
    }
    if (elements.length == 1) {
      elements[0] = start;
    }
    return HostTensors.cast(TensorData.ofDoubles(Shape.of(steps), elements), dtype);
  }

  private static double rounded(DType dtype, double x) {
    return dtype == DType.F32 ? (float) x : x;
  }

  /** Overloads (n, dtype, ..) and m (n, m, dtype, ..). */
  private static TorchValue eye(OperatorCall call) {
    boolean square = !call.overload().equals("m");
    long rows = call.integer(0);
    long columns = square ? rows : call.integer(1);
    if (rows < 0 || columns < 0 || rows > MAXIMAL_ELEMENTS || rows * columns > MAXIMAL_ELEMENTS) {
      throw call.refuse("shape %dx%d".formatted(rows, columns));
    }
    double[] elements = new double[(int) (rows * columns)];
    for (int i = 0; i < Math.min(rows, columns); i++) {
      elements[(int) (i * columns) + i] = 1;
    }
    TensorData data = TensorData.ofDoubles(Shape.of((int) rows, (int) columns), elements);
    return new KnownTensor(HostTensors.cast(data, dtype(call, square ? 1 : 2, DType.F32)), "");
  }

  /** (rows, columns, offset, dtype, ...): the places of a triangle, row by row: [2, places]. */
  private static TorchValue triangle(OperatorCall call, boolean upper) {
    int rows = call.extent(0);
    int columns = call.extent(1);
    long offset = call.integer(2, 0);
    if (rows < 0 || columns < 0 || (long) rows * columns > MAXIMAL_ELEMENTS) {
      throw call.refuse("a triangle of %d by %d".formatted(rows, columns));
    }
    long[] places =
        LongStream.range(0, (long) rows * columns)
            .filter(i -> {
              long apart = i % columns - i / columns;
              return upper ? apart >= offset : apart <= offset;
            })
            .toArray();
    long[] both =
        LongStream.concat(
                Arrays.stream(places).map(i -> i / columns),
                Arrays.stream(places).map(i -> i % columns))
            .toArray();
    TensorData data = TensorData.ofLongs(DType.I64, Shape.of(2, places.length), both);
    return new KnownTensor(HostTensors.cast(data, dtype(call, 3, DType.I64)), "");
  }

  /**
   * Overloads (end, dtype, ..), start (start, end, dtype, ..) and start_step (start, end, step,
   * dtype, ..).
   */
  private static TorchValue arange(OperatorCall call) {
    int numbers =
        switch (call.overload()) {
          case "start" -> 2;
          case "start_step" -> 3;
          default -> 1;
        };
    double start = numbers == 1 ? 0 : call.number(0);
    double end = call.number(numbers == 1 ? 0 : 1);
    double step = numbers == 3 ? call.number(2) : 1;
    DType natural = DType.I64;
    for (int i = 0; i < numbers; i++) {
      natural = call.argument(i) instanceof Int ? natural : DType.F32;
    }
    double count = Math.ceil((end - start) / step);
    if (!(count >= 0) || count > MAXIMAL_ELEMENTS) {
      throw call.refuse("from %s to %s by %s".formatted(start, end, step));
    }
    double[] elements = new double[(int) count];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = start + i * step;
    }
    TensorData data = TensorData.ofDoubles(Shape.of(elements.length), elements);
    return new KnownTensor(HostTensors.cast(data, dtype(call, numbers, natural)), "");
  }

  /** (data, dtype, device, requires_grad): numbers, or lists of them, of lists of them, ... */
  private static TorchValue fromNumbers(OperatorCall call) {
    List<Integer> extents = new ArrayList<>();
    for (TorchValue v = call.argument(0); v instanceof ListOf l; v = l.elements().getFirst()) {
      extents.add(l.elements().size());
      if (l.elements().isEmpty()) {
        break;
      }
    }
    long count = 1;
    for (int extent : extents) {
      count *= extent;
      if (count > MAXIMAL_ELEMENTS || extents.size() > 64) {
        throw call.refuse("a constant of shape %s is too large".formatted(extents));
      }
    }
    List<TorchValue> numbers = new ArrayList<>();
    collect(call, call.argument(0), extents, 0, numbers);
    OperatorCall each =
        new OperatorCall(call.operator(), "", numbers, call.location(), call.emit());
    double[] elements = new double[numbers.size()];
    DType natural = numbers.isEmpty() ? DType.F32 : DType.I1;
    for (int i = 0; i < elements.length; i++) {
      elements[i] = each.number(i);
      DType own = ofNumber(each, i);
      natural =
          own == DType.F32 || natural == DType.F32
              ? DType.F32
              : own == DType.I64 ? DType.I64 : natural;
    }
    TensorData data = TensorData.ofDoubles(new Shape(extents), elements);
    return new KnownTensor(HostTensors.cast(data, dtype(call, 1, natural)), "");
  }

  private static void collect(
      OperatorCall call,
      TorchValue value,
      List<Integer> extents,
      int depth,
      List<TorchValue> into) {
    if (value instanceof ListOf l) {
      if (depth >= extents.size() || l.elements().size() != extents.get(depth)) {
        throw call.refuse("its lists differ in length");
      }
      l.elements().forEach(e -> collect(call, e, extents, depth + 1, into));
    } else if (depth != extents.size()) {
      throw call.refuse("its lists differ in depth");
    } else {
      into.add(value);
    }
  }
}
