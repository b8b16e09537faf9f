package org.zkc.passes.torch;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.IntPredicate;
import java.util.function.LongBinaryOperator;
import java.util.stream.IntStream;
import org.zkc.ir.DType;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.BitOperation;
import org.zkc.ir.tensor.Comparison;
import org.zkc.passes.torch.TorchValue.Bool;
import org.zkc.passes.torch.TorchValue.DictOf;
import org.zkc.passes.torch.TorchValue.Int;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.ListOf;
import org.zkc.passes.torch.TorchValue.None;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;

/** Comparisons and logic: on the host when all is known, otherwise a difference's relation to 0. */
final class ComparisonOperators {
  static final List<TorchOperator> ALL =
      List.of(
          comparison("eq", Comparison.EQUAL, r -> r == 0),
          comparison("ne", Comparison.NOT_EQUAL, r -> r != 0),
          comparison("lt", Comparison.LESS, r -> r == -1),
          comparison("le", Comparison.LESS_EQUAL, r -> r == -1 || r == 0),
          comparison("gt", Comparison.GREATER, r -> r == 1),
          comparison("ge", Comparison.GREATER_EQUAL, r -> r == 1 || r == 0),
          new TorchOperator("aten.all", "window_mean, compare_zero", "", c -> quantified(c, true)),
          new TorchOperator("aten.any", "window_mean, compare_zero", "", c -> quantified(c, false)),
          new TorchOperator("aten.__is__", "host", c -> new Bool(identical(c))),
          new TorchOperator("aten.__isnot__", "host", c -> new Bool(!identical(c))),
          new TorchOperator("aten.__not__", "host", c -> new Bool(!ScalarOperators.truth(c, 0))),
          new TorchOperator(
              "aten.__and__",
              "multiply, subtract; bitwise",
              "",
              c -> bitwise(c, BitOperation.AND, LogicOperators::and)),
          new TorchOperator(
              "aten.__or__",
              "multiply, subtract; bitwise",
              "",
              c -> bitwise(c, BitOperation.OR, LogicOperators::or)),
          new TorchOperator(
              "aten.__xor__",
              "multiply, subtract; bitwise",
              "",
              c -> bitwise(c, BitOperation.XOR, LogicOperators::xor)),
          new TorchOperator(
              "aten.bitwise_and",
              "multiply, subtract; bitwise",
              "",
              c -> bitwise(c, BitOperation.AND, LogicOperators::and)),
          new TorchOperator(
              "aten.bitwise_or",
              "multiply, subtract; bitwise",
              "",
              c -> bitwise(c, BitOperation.OR, LogicOperators::or)),
          new TorchOperator(
              "aten.bitwise_xor",
              "multiply, subtract; bitwise",
              "",
              c -> bitwise(c, BitOperation.XOR, LogicOperators::xor)),
          new TorchOperator("aten.bitwise_not", "subtract", "", ComparisonOperators::complement),
          new TorchOperator("aten.__contains__", "host", ComparisonOperators::contains));

  private ComparisonOperators() {}

  private static TorchOperator comparison(String name, Comparison comparison, IntPredicate wanted) {
    return new TorchOperator(
        "aten." + name,
        "subtract, compare_zero",
        "also numbers",
        call ->
            LogicOperators.isTraced(call)
                ? InfinityComparison.of(call, wanted).orElseGet(() -> traced(call, comparison))
                : compare(call, wanted));
  }

  /** The difference's relation to 0, booleans and integers as 64-bit integers. */
  private static TorchValue traced(OperatorCall call, Comparison comparison) {
    DType promoted = Promotion.of(call.arguments().subList(0, 2));
    DType dtype = promoted.isFloating() ? promoted : DType.I64;
    Value difference =
        call.emit().subtract(call.in(dtype, call.argument(0)), call.in(dtype, call.argument(1)));
    return call.result(call.emit().compareZero(difference, comparison), DType.I1);
  }

  private static TorchValue compare(OperatorCall call, IntPredicate wanted) {
    TorchValue left = call.argument(0);
    TorchValue right = call.argument(1);
    if (left instanceof Tensor || right instanceof Tensor) {
      TensorData l = ArithmeticOperators.data(call, 0);
      TensorData r = ArithmeticOperators.data(call, 1);
      DType common = Promotion.of(List.of(left, right));
      return new KnownTensor(HostTensors.compare(l, r, common, wanted), "");
    }
    return new Bool(wanted.test(order(call, left, right)));
  }

  /**
   * Whether all, or any, of a tensor's elements are true: (input), and of computed ones also
   * (input, dim, keepdim).
   */
  private static TorchValue quantified(OperatorCall call, boolean all) {
    if (call.argument(0) instanceof TracedTensor t) {
      return counted(call, t, all);
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

  /** None is true where the count of the true ones, or of the others, is 0. */
  private static TorchValue counted(OperatorCall call, TracedTensor input, boolean all) {
    TorchValue truth = LogicOperators.truth(call, input);
    Value counted = call.in(DType.F32, all ? LogicOperators.not(call, truth) : truth);
    int rank = input.shape().rank();
    List<Integer> axes =
        call.isNone(1)
            ? IntStream.range(0, rank).boxed().toList()
            : call.integers(1).stream().map(a -> call.resolveAxis(a, rank)).sorted().toList();
    Value count =
        rank == 0
            ? counted
            : ReductionOperators.mean(call, counted, axes, !call.isNone(1) && call.flag(2), true);
    return call.result(
        call.emit().compareZero(count, all ? Comparison.EQUAL : Comparison.GREATER), DType.I1);
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

  /**
   * Identity with None, of booleans, and of tensors as far as it is known: what is one value here
   * through several operators may be one tensor or a view in PyTorch.
   */
  private static boolean identical(OperatorCall call) {
    TorchValue left = call.arguments().get(0);
    TorchValue right = call.arguments().get(1);
    if (left instanceof None || right instanceof None) {
      return left instanceof None && right instanceof None;
    }
    if (left instanceof Bool && right instanceof Bool) {
      return left.equals(right);
    }
    if (left == right) {
      return true;
    }
    if (left instanceof TracedTensor l
        && right instanceof TracedTensor r
        && l.value() != r.value()) {
      return false;
    }
    throw call.refuse("identity of %s and %s".formatted(left.kind(), right.kind()));
  }

  private static TorchValue bitwise(
      OperatorCall call, BitOperation operation, LogicOperators.Connective connective) {
    if (!LogicOperators.isTraced(call)) {
      return logic(call, operation::of);
    }
    if (!LogicOperators.areBooleans(call, 2)) {
      return IntegerOperators.bitwise(call, operation);
    }
    return connective.of(
        call,
        LogicOperators.truth(call, call.argument(0)),
        LogicOperators.truth(call, call.argument(1)));
  }

  private static TorchValue logic(OperatorCall call, LongBinaryOperator operator) {
    if (call.argument(0) instanceof Bool l && call.argument(1) instanceof Bool r) {
      return new Bool(operator.applyAsLong(l.value() ? 1 : 0, r.value() ? 1 : 0) != 0);
    }
    return ArithmeticOperators.known(call, operator, (x, y) -> Double.NaN, false);
  }

  private static TorchValue complement(OperatorCall call) {
    if (call.argument(0) instanceof TracedTensor t) {
      if (t.dtype().isFloating()) {
        throw call.refuse("the complement of a floating-point tensor");
      }
      return t.dtype() == DType.I1
          ? LogicOperators.not(call, t)
          : IntegerOperators.complement(call, t);
    }
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
