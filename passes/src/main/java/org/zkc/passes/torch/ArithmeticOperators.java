package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import org.zkc.ir.DType;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.ListOf;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.Text;
import org.zkc.passes.torch.TorchValue.TracedTensor;

/**
 * Arithmetic whose operands are tensors, numbers or both: on the host when all are known, otherwise
 * Add, Subtract, Multiply and Divide.
 */
final class ArithmeticOperators {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "aten.add", "add", "also numbers, lists and strings", ArithmeticOperators::add),
          new TorchOperator("aten.sub", "subtract", "also numbers", ArithmeticOperators::subtract),
          new TorchOperator("aten.rsub", "subtract", "", ArithmeticOperators::reverseSubtract),
          new TorchOperator(
              "aten.mul", "multiply", "also numbers and lists", ArithmeticOperators::multiply),
          new TorchOperator(
              "aten.div",
              "divide",
              "rounding modes on constants only; also numbers",
              ArithmeticOperators::divide),
          new TorchOperator("aten.true_divide", "divide", "", ArithmeticOperators::divide),
          new TorchOperator(
              "aten.floor_divide", "host", "constants only", c -> floored(c, Math::floorDiv)),
          new TorchOperator("aten.floordiv", "host", "numbers", c -> floored(c, Math::floorDiv)),
          new TorchOperator(
              "aten.remainder",
              "host",
              "constants only",
              c -> known(c, Math::floorMod, ArithmeticOperators::remainder, false)),
          new TorchOperator(
              "aten.pow",
              "multiply",
              "exponents 1, 2 and 3; any on constants",
              ArithmeticOperators::pow),
          new TorchOperator(
              "aten.square", "multiply", c -> c.result(c.emit().multiply(c.value(0), c.value(0)))),
          new TorchOperator("aten.neg", "multiply", "by -1", ArithmeticOperators::negate),
          function("abs", Math::abs, true),
          function("sign", Math::signum, true),
          function("trunc", ArithmeticOperators::truncated, true),
          function("sqrt", Math::sqrt, false),
          function("rsqrt", x -> 1 / Math.sqrt(x), false),
          new TorchOperator("aten.reciprocal", "divide", ArithmeticOperators::reciprocal),
          function("exp", StrictMath::exp, false),
          function("expm1", StrictMath::expm1, false),
          function("log", StrictMath::log, false),
          function("log1p", StrictMath::log1p, false),
          function("log10", StrictMath::log10, false),
          function("log2", x -> StrictMath.log(x) / StrictMath.log(2), false),
          function("sin", StrictMath::sin, false),
          function("cos", StrictMath::cos, false),
          function("tan", StrictMath::tan, false),
          function("asin", StrictMath::asin, false),
          function("acos", StrictMath::acos, false),
          function("atan", StrictMath::atan, false),
          function("sinh", StrictMath::sinh, false),
          function("cosh", StrictMath::cosh, false),
          new TorchOperator(
              "aten.fmod",
              "host",
              "constants only",
              c -> known(c, (x, y) -> x % y, (x, y) -> x % y, false)),
          new TorchOperator(
              "aten.atan2",
              "host",
              "constants only",
              c -> known(c, (x, y) -> 0, StrictMath::atan2, true)));

  private static TorchOperator function(
      String name, DoubleUnaryOperator function, boolean keepsIntegers) {
    return new TorchOperator(
        "aten." + name, "host", "constants only", c -> unary(c, function, keepsIntegers));
  }

  private ArithmeticOperators() {}

  @FunctionalInterface
  private interface Emission {
    Value emit(Value left, Value right);
  }

  /** Tensors of which at least one depends on the input. */
  private static TorchValue elementwise(OperatorCall call, int left, int right, Emission emission) {
    return call.result(
        emission.emit(operand(call, left), operand(call, right)),
        Promotion.of(List.of(call.argument(left), call.argument(right))));
  }

  private static Value operand(OperatorCall call, int index) {
    return call.argument(index) instanceof Tensor t
        ? call.value(t)
        : call.emit().scalar(call.number(index));
  }

  private static boolean traced(OperatorCall call) {
    return call.argument(0) instanceof TracedTensor || call.argument(1) instanceof TracedTensor;
  }

  /** Both operands known: tensors give a tensor, numbers a number. */
  static TorchValue known(
      OperatorCall call,
      LongBinaryOperator onLongs,
      DoubleBinaryOperator onDoubles,
      boolean alwaysFloating) {
    if (traced(call)) {
      throw call.unsupported();
    }
    TensorData left = data(call, 0);
    TensorData right = data(call, 1);
    DType dtype = Promotion.of(List.of(call.argument(0), call.argument(1)));
    boolean tensor = call.argument(0) instanceof Tensor || call.argument(1) instanceof Tensor;
    if (alwaysFloating && !dtype.isFloating()) {
      dtype = tensor ? DType.F32 : DType.F64;
    }
    if (!tensor && dtype.isFloating()) {
      dtype = DType.F64; // Python floats
    }
    try {
      TensorData out = HostTensors.zip(left, right, dtype, onLongs, onDoubles);
      if (tensor) {
        return new KnownTensor(out, "");
      }
      return dtype.isFloating()
          ? new TorchValue.Float(out.getDouble(0))
          : new TorchValue.Int(out.getLong(0));
    } catch (ArithmeticException e) {
      throw call.refuse("integer division by zero");
    } catch (IllegalArgumentException e) {
      throw call.refuse(String.valueOf(e.getMessage()));
    }
  }

  /** A known tensor, or a number as a 0-dim tensor. */
  static TensorData data(OperatorCall call, int index) {
    return switch (call.argument(index)) {
      case KnownTensor k -> k.data();
      case TorchValue.Int i -> HostTensors.scalar(i.value());
      case TorchValue.Bool b -> HostTensors.scalar(b.value() ? 1 : 0);
      default -> HostTensors.scalar(call.number(index));
    };
  }

  private static TorchValue add(OperatorCall call) {
    if (call.argument(0) instanceof ListOf left && call.argument(1) instanceof ListOf right) {
      List<TorchValue> joined = new ArrayList<>(left.elements());
      joined.addAll(right.elements());
      return new ListOf(joined);
    }
    if (call.argument(0) instanceof Text left && call.argument(1) instanceof Text right) {
      return new Text(left.value() + right.value());
    }
    double alpha = call.number(2, 1);
    if (traced(call)) {
      return elementwise(call, 0, 1, (x, y) -> call.emit().add(x, scaled(call, y, alpha)));
    }
    return known(
        call, (x, y) -> x + ((long) alpha) * y, (x, y) -> x + alpha * y, alpha != Math.rint(alpha));
  }

  private static TorchValue subtract(OperatorCall call) {
    double alpha = call.number(2, 1);
    if (traced(call)) {
      return elementwise(call, 0, 1, (x, y) -> call.emit().subtract(x, scaled(call, y, alpha)));
    }
    return known(
        call, (x, y) -> x - ((long) alpha) * y, (x, y) -> x - alpha * y, alpha != Math.rint(alpha));
  }

  private static TorchValue reverseSubtract(OperatorCall call) {
    double alpha = call.number(2, 1);
    if (traced(call)) {
      return elementwise(call, 0, 1, (x, y) -> call.emit().subtract(y, scaled(call, x, alpha)));
    }
    return known(
        call, (x, y) -> y - ((long) alpha) * x, (x, y) -> y - alpha * x, alpha != Math.rint(alpha));
  }

  private static Value scaled(OperatorCall call, Value value, double factor) {
    return factor == 1 ? value : call.emit().multiply(value, call.emit().scalar(factor));
  }

  private static TorchValue multiply(OperatorCall call) {
    int list = call.argument(0) instanceof ListOf ? 0 : 1;
    if (call.argument(list) instanceof ListOf l) {
      long count = call.integer(1 - list);
      if (count > 0 && count * l.elements().size() > ListOperators.MAXIMAL_LENGTH) {
        throw call.refuse(
            "a list of more than %d elements".formatted(ListOperators.MAXIMAL_LENGTH));
      }
      List<TorchValue> out = new ArrayList<>();
      for (long i = 0; i < count; i++) {
        out.addAll(l.elements());
      }
      return new ListOf(out);
    }
    return traced(call)
        ? elementwise(call, 0, 1, call.emit()::multiply)
        : known(call, (x, y) -> x * y, (x, y) -> x * y, false);
  }

  /** (input, other) or (input, other, rounding_mode). */
  private static TorchValue divide(OperatorCall call) {
    if (!call.isNone(2)) {
      return switch (call.text(2)) {
        case "floor" -> floored(call, Math::floorDiv);
        case "trunc" -> known(call, (x, y) -> x / y, (x, y) -> truncated(x / y), false);
        default -> throw call.refuse("rounding mode '%s'".formatted(call.text(2)));
      };
    }
    return traced(call)
        ? elementwise(call, 0, 1, call.emit()::divide)
        : known(call, (x, y) -> x / y, (x, y) -> x / y, true);
  }

  private static TorchValue reciprocal(OperatorCall call) {
    return call.argument(0) instanceof TracedTensor t
        ? call.result(call.emit().divide(call.emit().scalar(1), t.value()))
        : unary(call, x -> 1 / x, false);
  }

  private static double truncated(double x) {
    return x < 0 ? Math.ceil(x) : Math.floor(x);
  }

  private static TorchValue floored(OperatorCall call, LongBinaryOperator onLongs) {
    return known(call, onLongs, ArithmeticOperators::floorQuotient, false);
  }

  /** x - y floor(x / y), with the sign of y; exact, unlike that formula in floating point. */
  private static double remainder(double x, double y) {
    double rest = x % y;
    return rest != 0 && (y < 0) != (rest < 0) ? rest + y : rest;
  }

  /** floor of the exact quotient: x / y rounded to nearest may have reached the next integer. */
  private static double floorQuotient(double x, double y) {
    if (y == 0) {
      return x / y;
    }
    double quotient = (x - remainder(x, y)) / y;
    double floor = Math.floor(quotient);
    return quotient - floor > 0.5 ? floor + 1 : floor;
  }

  private static TorchValue pow(OperatorCall call) {
    if (call.argument(0) instanceof TracedTensor base) {
      double exponent = call.number(1);
      Value x = base.value();
      if (exponent == 1) {
        return base;
      }
      if (exponent == 2 || exponent == 3) {
        Value square = call.emit().multiply(x, x);
        return call.result(exponent == 2 ? square : call.emit().multiply(square, x));
      }
      throw call.refuse("exponent %s; 1, 2 and 3 are supported".formatted(exponent));
    }
    boolean floating =
        call.overload().equals("int"); // pow(int, int) is a float unless the overload is int_to_int
    return known(call, ArithmeticOperators::power, StrictMath::pow, floating);
  }

  private static long power(long base, long exponent) {
    long out = 1;
    for (long i = 0; i < exponent && i < 64; i++) {
      out *= base;
    }
    return exponent < 64 || Math.abs(base) <= 1 && exponent % 2 == 0 ? out : base * out;
  }

  private static TorchValue negate(OperatorCall call) {
    return switch (call.argument(0)) {
      case TracedTensor t -> call.result(call.emit().multiply(t.value(), call.emit().scalar(-1)));
      case KnownTensor k ->
          new KnownTensor(HostTensors.map(k.data(), k.dtype(), x -> -x, x -> -x), "");
      case TorchValue.Float f -> new TorchValue.Float(-f.value());
      default -> new TorchValue.Int(-call.integer(0));
    };
  }

  static TorchValue unary(OperatorCall call, DoubleUnaryOperator function, boolean keepsIntegers) {
    return switch (call.argument(0)) {
      case TracedTensor t -> throw call.unsupported();
      case KnownTensor k -> {
        DType dtype = k.dtype().isFloating() || keepsIntegers ? k.dtype() : DType.F32;
        yield new KnownTensor(
            HostTensors.map(k.data(), dtype, x -> (long) function.applyAsDouble(x), function), "");
      }
      case TorchValue.Int i when keepsIntegers ->
          new TorchValue.Int((long) function.applyAsDouble(i.value()));
      default -> new TorchValue.Float(function.applyAsDouble(call.number(0)));
    };
  }
}
