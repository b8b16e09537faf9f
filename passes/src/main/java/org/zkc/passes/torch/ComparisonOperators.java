package org.zkc.passes.torch;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.IntPredicate;
import java.util.function.LongBinaryOperator;
import org.zkc.ir.DType;
import org.zkc.ir.TensorData;
import org.zkc.passes.torch.TorchValue.Bool;
import org.zkc.passes.torch.TorchValue.DataDependent;
import org.zkc.passes.torch.TorchValue.DictOf;
import org.zkc.passes.torch.TorchValue.Int;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.ListOf;
import org.zkc.passes.torch.TorchValue.None;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;

/**
 * Comparisons and logic, on the host; a comparison of traced tensors is a value that nothing may
 * depend on.
 */
final class ComparisonOperators {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator("aten.eq", "host", "constants only", c -> compare(c, r -> r == 0)),
          new TorchOperator("aten.ne", "host", "constants only", c -> compare(c, r -> r != 0)),
          new TorchOperator("aten.lt", "host", "constants only", c -> compare(c, r -> r == -1)),
          new TorchOperator(
              "aten.le", "host", "constants only", c -> compare(c, r -> r == -1 || r == 0)),
          new TorchOperator("aten.gt", "host", "constants only", c -> compare(c, r -> r == 1)),
          new TorchOperator(
              "aten.ge", "host", "constants only", c -> compare(c, r -> r == 1 || r == 0)),
          new TorchOperator("aten.all", "host", "constants only", c -> quantified(c, true)),
          new TorchOperator("aten.any", "host", "constants only", c -> quantified(c, false)),
          new TorchOperator("aten.__is__", "host", c -> new Bool(identical(c))),
          new TorchOperator("aten.__isnot__", "host", c -> new Bool(!identical(c))),
          new TorchOperator("aten.__not__", "host", c -> new Bool(!ScalarOperators.truth(c, 0))),
          new TorchOperator(
              "aten.__and__", "host", "bools and ints", c -> logic(c, (x, y) -> x & y)),
          new TorchOperator(
              "aten.__or__", "host", "bools and ints", c -> logic(c, (x, y) -> x | y)),
          new TorchOperator(
              "aten.__xor__", "host", "bools and ints", c -> logic(c, (x, y) -> x ^ y)),
          new TorchOperator(
              "aten.bitwise_and", "host", "constants only", c -> logic(c, (x, y) -> x & y)),
          new TorchOperator(
              "aten.bitwise_or", "host", "constants only", c -> logic(c, (x, y) -> x | y)),
          new TorchOperator(
              "aten.bitwise_xor", "host", "constants only", c -> logic(c, (x, y) -> x ^ y)),
          new TorchOperator(
              "aten.bitwise_not", "host", "constants only", ComparisonOperators::complement),
          new TorchOperator("aten.__contains__", "host", ComparisonOperators::contains));

  private ComparisonOperators() {}

  private static TorchValue compare(OperatorCall call, IntPredicate wanted) {
    TorchValue left = call.argument(0);
    TorchValue right = call.argument(1);
    if (left instanceof TracedTensor || right instanceof TracedTensor) {
      return new DataDependent(call.operator(), call.location());
    }
    if (left instanceof Tensor || right instanceof Tensor) {
      TensorData l = ArithmeticOperators.data(call, 0);
      TensorData r = ArithmeticOperators.data(call, 1);
      DType common = Promotion.of(List.of(left, right));
      return new KnownTensor(HostTensors.compare(l, r, common, wanted), "");
    }
    return new Bool(wanted.test(order(call, left, right)));
  }

  /** Whether all, or any, of a tensor's elements are true; (input) only. */
  private static TorchValue quantified(OperatorCall call, boolean all) {
    if (call.argument(0) instanceof TracedTensor) {
      return new DataDependent(call.operator(), call.location());
    }
    if (call.arguments().size() > 1) {
      throw call.refuse("over one axis");
    }
    TensorData data = call.knownTensor(0, "operand").data();
    boolean result = all;
    for (long i = 0; i < data.elementCount(); i++) {
      boolean element = data.getDouble(i) != 0;
      result = all ? result && element : result || element;
    }
    return new KnownTensor(HostTensors.cast(HostTensors.scalar(result ? 1 : 0), DType.I1), "");
  }

  private static int order(OperatorCall call, TorchValue left, TorchValue right) {
    if (left instanceof Int l && right instanceof Int r) {
      return Long.compare(l.value(), r.value());
    }
    if (left instanceof TorchValue.Text l && right instanceof TorchValue.Text r) {
      return Integer.signum(l.value().compareTo(r.value()));
    }
    if (left instanceof ListOf l && right instanceof ListOf r) {
      return equal(call, l, r) ? 0 : 2;
    }
    OptionalDouble l = left.number();
    OptionalDouble r = right.number();
    if (l.isEmpty() || r.isEmpty()) {
      throw call.refuse("comparing %s with %s".formatted(left.kind(), right.kind()));
    }
    return HostTensors.order(l.getAsDouble(), r.getAsDouble());
  }

  private static boolean equal(OperatorCall call, ListOf left, ListOf right) {
    if (left.elements().size() != right.elements().size()) {
      return false;
    }
    for (int i = 0; i < left.elements().size(); i++) {
      if (left.elements().get(i) instanceof ListOf) {
        throw call.refuse("comparing lists of lists");
      }
      if (order(call, left.elements().get(i), right.elements().get(i)) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Only comparisons with None occur in archives. */
  private static boolean identical(OperatorCall call) {
    TorchValue left = call.arguments().get(0);
    TorchValue right = call.arguments().get(1);
    if (left instanceof None || right instanceof None) {
      return left instanceof None && right instanceof None;
    }
    if (left instanceof Bool && right instanceof Bool) {
      return left.equals(right);
    }
    throw call.refuse("identity of %s and %s".formatted(left.kind(), right.kind()));
  }

  private static TorchValue logic(OperatorCall call, LongBinaryOperator operator) {
    if (call.argument(0) instanceof Bool l && call.argument(1) instanceof Bool r) {
      return new Bool(operator.applyAsLong(l.value() ? 1 : 0, r.value() ? 1 : 0) != 0);
    }
    return ArithmeticOperators.known(call, operator, (x, y) -> Double.NaN, false);
  }

  private static TorchValue complement(OperatorCall call) {
    KnownTensor operand = call.knownTensor(0, "operand");
    if (operand.dtype().isFloating()) {
      throw call.refuse("the complement of a floating-point tensor");
    }
    boolean truth = operand.dtype() == DType.I1;
    return new KnownTensor(
        HostTensors.map(operand.data(), operand.dtype(), x -> truth ? 1 - x : ~x, x -> x), "");
  }

  private static TorchValue contains(OperatorCall call) {
    if (call.argument(0) instanceof DictOf dict) {
      return DictOperators.contains(call, dict);
    }
    for (TorchValue each : call.elements(0)) {
      if (!(each instanceof ListOf) && each.equals(call.argument(1))) {
        return new Bool(true);
      }
    }
    return new Bool(false);
  }
}
