package org.zkc.passes.torch;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.zkc.ir.DType;
import org.zkc.passes.torch.TorchValue.Bool;
import org.zkc.passes.torch.TorchValue.DataDependent;
import org.zkc.passes.torch.TorchValue.Int;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.ListOf;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.Text;
import org.zkc.passes.torch.TorchValue.TracedTensor;

/**
 * Conversions between numbers and tensors of one element, and functions of numbers: all on the
 * host.
 */
final class ScalarOperators {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator("prim.NumToTensor", "host", ScalarOperators::numToTensor),
          new TorchOperator("aten.scalar_tensor", "host", ScalarOperators::scalarTensor),
          new TorchOperator("aten.Int", "host", "constants only", ScalarOperators::toInt),
          new TorchOperator("aten.IntImplicit", "host", "constants only", ScalarOperators::toInt),
          new TorchOperator("aten.Float", "host", "constants only", ScalarOperators::toFloat),
          new TorchOperator(
              "aten.FloatImplicit", "host", "constants only", ScalarOperators::toFloat),
          new TorchOperator("aten.Bool", "host", "constants only", c -> new Bool(truth(c, 0))),
          new TorchOperator("aten.ScalarImplicit", "host", "constants only", ScalarOperators::item),
          new TorchOperator("aten.item", "host", "constants only", ScalarOperators::item),
          new TorchOperator("aten.str", "host", c -> new Text(StringFunctions.text(c.argument(0)))),
          new TorchOperator("aten.__range_length", "host", ScalarOperators::rangeLength),
          new TorchOperator(
              "aten.__derive_index",
              "host",
              c -> new Int(c.integer(1) + c.integer(0) * c.integer(2))),
          new TorchOperator("prim.min", "host", "numbers", c -> extreme(c, true)),
          new TorchOperator("prim.max", "host", "numbers", c -> extreme(c, false)),
          new TorchOperator("prim.abs", "host", "numbers", ScalarOperators::absolute));

  private ScalarOperators() {}

  private static TorchValue numToTensor(OperatorCall call) {
    return switch (call.argument(0)) {
      case KnownTensor k -> k;
      case Int i -> new KnownTensor(HostTensors.scalar(i.value()), "");
      case Bool b ->
          new KnownTensor(HostTensors.cast(HostTensors.scalar(b.value() ? 1 : 0), DType.I1), "");
      default -> new KnownTensor(HostTensors.scalar(call.number(0)), "");
    };
  }

  /** (number, dtype, ...): f32 unless a type is given. */
  private static TorchValue scalarTensor(OperatorCall call) {
    DType dtype = call.isNone(1) ? DType.F32 : CastOperators.dtype(call, call.integer(1));
    return new KnownTensor(HostTensors.cast(ArithmeticOperators.data(call, 0), dtype), "");
  }

  private static TorchValue toInt(OperatorCall call) {
    return switch (call.argument(0)) {
      case Int i -> i;
      case KnownTensor k when !k.dtype().isFloating() && k.data().elementCount() == 1 ->
          new Int(k.data().getLong(0));
      case Text t -> {
        try {
          yield new Int(Long.parseLong(t.value().strip()));
        } catch (NumberFormatException e) {
          throw call.refuse("the text \"%s\" is not an int".formatted(t.value()));
        }
      }
      default -> new Int((long) call.number(0));
    };
  }

  private static TorchValue toFloat(OperatorCall call) {
    if (call.argument(0) instanceof Text t) {
      try {
        return new TorchValue.Float(Double.parseDouble(t.value().strip()));
      } catch (NumberFormatException e) {
        throw call.refuse("the text \"%s\" is not a float".formatted(t.value()));
      }
    }
    return new TorchValue.Float(call.number(0));
  }

  /** The truth of a number or of a known tensor of one element. */
  static boolean truth(OperatorCall call, int index) {
    return call.argument(index) instanceof Bool b ? b.value() : call.number(index) != 0;
  }

  private static TorchValue item(OperatorCall call) {
    return switch (call.argument(0)) {
      case TracedTensor t -> new DataDependent(call.operator(), call.location());
      case KnownTensor k when k.data().elementCount() != 1 ->
          throw call.refuse("a tensor of shape %s is not a number".formatted(k.shape()));
      case KnownTensor k when k.dtype() == DType.I1 -> new Bool(k.data().getLong(0) != 0);
      case KnownTensor k when k.dtype().isFloating() -> new TorchValue.Float(k.data().getDouble(0));
      case KnownTensor k -> new Int(k.data().getLong(0));
      case Tensor t -> throw new AssertionError(t);
      case TorchValue other -> other;
    };
  }

  /** ceil, floor and round of a number are ints; round keeps a float one. */
  static TorchValue rounded(OperatorCall call, DoubleUnaryOperator function) {
    if (call.argument(0) instanceof Int i) {
      return i;
    }
    double value = function.applyAsDouble(call.number(0));
    return call.operator().equals("aten.round")
        ? new TorchValue.Float(value)
        : new Int((long) value);
  }

  private static TorchValue absolute(OperatorCall call) {
    return call.argument(0) instanceof Int i
        ? new Int(Math.abs(i.value()))
        : new TorchValue.Float(Math.abs(call.number(0)));
  }

  /** The number of elements of {@code range(start, end, step)}. */
  private static TorchValue rangeLength(OperatorCall call) {
    long start = call.integer(0);
    long end = call.integer(1);
    long step = call.integer(2);
    if (step == 0) {
      throw call.refuse("a range with step 0");
    }
    return new Int(
        Math.max(0, step > 0 ? Math.ceilDiv(end - start, step) : Math.ceilDiv(start - end, -step)));
  }

  /** The extreme of two numbers, or of a list of them. */
  private static TorchValue extreme(OperatorCall call, boolean minimum) {
    List<TorchValue> candidates =
        call.argument(0) instanceof ListOf l
            ? l.elements()
            : List.of(call.argument(0), call.argument(1));
    if (candidates.isEmpty()) {
      throw call.refuse("the list is empty");
    }
    if (candidates.stream().allMatch(Int.class::isInstance)) {
      var values = candidates.stream().mapToLong(v -> ((Int) v).value());
      return new Int(minimum ? values.min().getAsLong() : values.max().getAsLong());
    }
    var values =
        candidates.stream()
            .mapToDouble(
                v -> v.number().orElseThrow(() -> call.refuse("an element is " + v.kind())));
    return new TorchValue.Float(minimum ? values.min().getAsDouble() : values.max().getAsDouble());
  }
}
