package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Comparison;
import org.zkc.ir.tensor.ScalarFunction;
import org.zkc.passes.torch.TorchValue.Tuple;

/** Running results along an axis, element by element: products, extremes, sums of exponentials. */
final class ScanOperators {
  /** Steps beyond this many are more operations than their results are worth. */
  private static final int MOST_STEPS = 256;

  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "aten.cumprod",
              "slice, multiply, concatenate",
              "along up to 256 elements",
              ScanOperators::products),
          new TorchOperator(
              "aten.cummax",
              "max_pool, compare_zero, multiply, concatenate",
              "along up to 256 elements",
              c -> LinesOfScalars.along(c, line -> extremes(line, true))),
          new TorchOperator(
              "aten.cummin",
              "max_pool, compare_zero, multiply, concatenate",
              "along up to 256 elements",
              c -> LinesOfScalars.along(c, line -> extremes(line, false))),
          new TorchOperator(
              "aten.logcumsumexp",
              "slice, subtract, pointwise, add, concatenate",
              "along up to 256 elements",
              ScanOperators::logarithmsOfSums));

  private ScanOperators() {}

  @FunctionalInterface
  private interface Step {
    Value of(Value before, Value element);
  }

  private static List<Value> elements(OperatorCall call, Value x, int axis) {
    int n = IndexOperators.extent(call, x.shape(), axis);
    if (n < 1 || n > MOST_STEPS) {
      throw call.refuse(
          "an axis of %d elements; from 1 to %d are supported".formatted(n, MOST_STEPS));
    }
    List<Value> out = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      out.add(call.emit().slice(x, axis, i, i + 1, 1));
    }
    return out;
  }

  private static TorchValue scan(OperatorCall call, Step step) {
    DType dtype = ReductionOperators.exactType(call.tensor(0).dtype());
    Value x = call.in(dtype, call.tensor(0));
    if (x.shape().rank() == 0) {
      return call.result(x, dtype);
    }
    int axis = call.axis(1, x.shape().rank());
    List<Value> out = new ArrayList<>();
    for (Value element : elements(call, x, axis)) {
      out.add(out.isEmpty() ? element : step.of(out.getLast(), element));
    }
    return call.result(call.emit().concatenate(out, axis), dtype);
  }

  /** (input, dim, dtype). */
  private static TorchValue products(OperatorCall call) {
    if (!call.isNone(2)) {
      CastOperators.requireFloating(call, call.integer(2));
    }
    return scan(call, call.emit()::multiply);
  }

  /** (input, dim): log(exp(a) + exp(b)) = b + softplus(a - b). */
  private static TorchValue logarithmsOfSums(OperatorCall call) {
    TensorEmitter emit = call.emit();
    return scan(
        call,
        (before, element) ->
            emit.add(
                element,
                emit.pointwise(
                    emit.subtract(before, element),
                    ScalarFunction.SOFTPLUS,
                    1.0,
                    ReductionOperators.LINEAR_FROM)));
  }

  /** (input, dim): the extremes, and the index of each: the last of equal ones. */
  private static TorchValue extremes(OperatorCall call, boolean greatest) {
    TensorEmitter emit = call.emit();
    Value x = call.in(ReductionOperators.exactType(call.tensor(0).dtype()), call.tensor(0));
    int axis = call.axis(1, x.shape().rank());
    List<Value> values = new ArrayList<>();
    List<Value> indices = new ArrayList<>();
    for (Value element : elements(call, x, axis)) {
      int i = values.size();
      if (i == 0) {
        values.add(element);
        indices.add(emit.integers(filled(element.shape(), 0), ""));
        continue;
      }
      Value before = values.getLast();
      Value more = greatest ? emit.subtract(element, before) : emit.subtract(before, element);
      Value isNew = emit.cast(emit.compareZero(more, Comparison.GREATER_EQUAL), DType.I64);
      values.add(ActivationOperators.extreme(emit, before, element, greatest));
      Value last = indices.getLast();
      Value way = emit.subtract(emit.integers(filled(element.shape(), i), ""), last);
      indices.add(emit.add(last, emit.multiply(isNew, way)));
    }
    return new Tuple(
        List.of(
            call.movedResult(emit.concatenate(values, axis)),
            call.result(emit.concatenate(indices, axis), DType.I64)));
  }

  private static TensorData filled(Shape shape, long value) {
    long[] all = new long[Math.toIntExact(shape.elementCount())];
    Arrays.fill(all, value);
    return TensorData.ofLongs(DType.I64, shape, all);
  }
}
