package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.FakeQuantize;
import org.zkc.ir.tensor.MaxPool;
import org.zkc.ir.tensor.Relu;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.view.UnaryView;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.ListOf;
import org.zkc.passes.torch.TorchValue.QuantizedTensor;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/**
 * Operators of real numbers on PyTorch's quantised tensors. The operator is computed on the numbers
 * that the integers stand for, and its result is rounded to the grid that PyTorch gives it: that of
 * the operand, or a fixed one where the function has bounds.
 */
final class QuantizedTensors {

  /**
   * Integers and the numbers that they stand for: scale (integer - zero).
   *
   * @param low the least integer of the element type
   * @param high the greatest
   */
  record Grid(double scale, long zero, long low, long high) {

    /** The grid of a result of the same element type. */
    Grid with(double newScale, long newZero) {
      return new Grid(newScale, newZero, low, high);
    }

    /**
     * @param scalarType PyTorch's number of the element type
     */
    static Grid of(OperatorCall call, double scale, long zero, long scalarType) {
      return switch ((int) scalarType) {
        case 12 -> new Grid(scale, zero, -128, 127);
        case 13 -> new Grid(scale, zero, 0, 255);
        case 14 -> new Grid(scale, zero, Integer.MIN_VALUE, Integer.MAX_VALUE);
        default ->
            throw call.refuse("element type number %d; use qint8 or quint8".formatted(scalarType));
      };
    }

    /** The grid of a function with values from 0 to 1. */
    private Grid ofShares() {
      return with(1.0 / 256, low);
    }

    /** The grid of a function with values from -1 to 1. */
    private Grid ofSigns() {
      return with(1.0 / 128, low + 128);
    }
  }

  private QuantizedTensors() {}

  /** The result of an operator with quantised operands; empty where there are none. */
  static Optional<TorchValue> apply(
      OperatorCall call, Function<OperatorCall, TorchValue> evaluate) {
    Optional<QuantizedTensor> first = first(call.arguments());
    boolean isOwn =
        call.operator().startsWith("quantized.")
            || call.operator().startsWith("quantized_decomposed.")
            || call.operator().equals("aten.dequantize");
    if (first.isEmpty() || isOwn) {
      return Optional.empty();
    }
    QuantizedTensor operand = first.get();
    Grid grid = operand.grid();
    return switch (call.operator()) {
      case "prim.is_quantized" -> Optional.of(new TorchValue.Bool(true));
      case "aten.q_scale" -> Optional.of(new TorchValue.Float(grid.scale));
      case "aten.q_zero_point" -> Optional.of(new TorchValue.Int(grid.zero));
      case "aten.int_repr" ->
          throw call.refuse("the integers of a quantised tensor; compute with what they stand for");
      default -> {
        TorchValue result = evaluate.apply(plain(call));
        Grid of =
            switch (call.operator()) {
              case "aten.sigmoid", "aten.hardsigmoid", "aten.softmax" -> grid.ofShares();
              case "aten.tanh" -> grid.ofSigns();
              default -> grid;
            };
        yield Optional.of(wrapped(call, result, operand.tensor().value(), grid, of));
      }
    };
  }

  private static Optional<QuantizedTensor> first(List<TorchValue> values) {
    for (TorchValue value : values) {
      if (value instanceof QuantizedTensor q) {
        return Optional.of(q);
      }
      Optional<QuantizedTensor> inside = value.sequence().flatMap(QuantizedTensors::first);
      if (inside.isPresent()) {
        return inside;
      }
    }
    return Optional.empty();
  }

  /** The call with the numbers in place of the integers that stand for them. */
  static OperatorCall plain(OperatorCall call) {
    return new OperatorCall(
        call.operator(),
        call.overload(),
        call.arguments().stream().map(QuantizedTensors::plain).toList(),
        call.location(),
        call.emit());
  }

  private static TorchValue plain(TorchValue value) {
    return switch (value) {
      case QuantizedTensor q -> q.tensor();
      case ListOf l -> new ListOf(l.elements().stream().map(QuantizedTensors::plain).toList());
      case Tuple t -> new Tuple(t.elements().stream().map(QuantizedTensors::plain).toList());
      default -> value;
    };
  }

  private static TorchValue wrapped(
      OperatorCall call, TorchValue result, Value operand, Grid grid, Grid of) {
    return switch (result) {
      case TracedTensor t when !t.dtype().isFloating() -> t;
      case TracedTensor t ->
          of.equals(grid) && isMoved(call.emit(), t.value(), operand)
              ? new QuantizedTensor(t, of)
              : rounded(call, t, of);
      case ListOf l -> new ListOf(wrapped(call, l.elements(), operand, grid, of));
      case Tuple t -> new Tuple(wrapped(call, t.elements(), operand, grid, of));
      default -> result;
    };
  }

  private static List<TorchValue> wrapped(
      OperatorCall call, List<TorchValue> results, Value operand, Grid grid, Grid of) {
    List<TorchValue> out = new ArrayList<>();
    for (TorchValue each : results) {
      out.add(wrapped(call, each, operand, grid, of));
    }
    return out;
  }

  /** Whether all elements of a value are elements of another, or 0, which every grid has. */
  private static boolean isMoved(TensorEmitter emit, Value result, Value source) {
    Value at = result;
    while (at != source) {
      TensorOp op = emit.definition(at).orElse(null);
      if (op instanceof UnaryView || op instanceof MaxPool || op instanceof Relu) {
        at = op.operands().getFirst();
      } else {
        return false;
      }
    }
    return true;
  }

  /** Numbers rounded to a grid. */
  static TorchValue rounded(OperatorCall call, Tensor numbers, Grid grid) {
    return rounded(call, numbers, grid, grid.low - grid.zero);
  }

  /**
   * The same, of steps that are not below the given one.
   *
   * @throws UserException where the grid is none
   */
  static TorchValue rounded(OperatorCall call, Tensor numbers, Grid grid, long least) {
    float scale = (float) grid.scale;
    long high = grid.high - grid.zero;
    if (!(scale > 0 && Float.isFinite(scale)) || least > high) {
      throw call.refuse(
          "a scale of %s with steps from %d to %d".formatted(grid.scale, least, high));
    }
    if (grid.high > Short.MAX_VALUE) {
      throw call.refuse("elements of type qint32; use qint8 or quint8");
    }
    Value x = call.value(numbers);
    Value steps =
        call.emit()
            .pointwise(
                x,
                (r, of, at) ->
                    new FakeQuantize(r, of, scale, call.narrow(least), call.narrow(high), at));
    return switch (call.result(steps)) {
      case KnownTensor k -> k;
      case TracedTensor t -> new QuantizedTensor(t, grid);
    };
  }
}
