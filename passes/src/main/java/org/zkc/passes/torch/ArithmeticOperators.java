package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.DivisionPart;
import org.zkc.ir.tensor.Pointwise;
import org.zkc.ir.tensor.ScalarFunction;
import org.zkc.ir.view.Broadcast;
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
              "also numbers; rounded quotients: divide, pointwise",
              ArithmeticOperators::divide),
          new TorchOperator("aten.addcmul", "multiply, add", c -> addTerm(c, false)),
          new TorchOperator("aten.addcdiv", "divide, multiply, add", c -> addTerm(c, true)),
          new TorchOperator(
              "aten.lerp", "subtract, multiply, add", ArithmeticOperators::interpolate),
          new TorchOperator("aten.true_divide", "divide", "", ArithmeticOperators::divide),
          new TorchOperator(
              "aten.floor_divide", "divide, pointwise", c -> floored(c, Math::floorDiv)),
          new TorchOperator("aten.floordiv", "host", "numbers", c -> floored(c, Math::floorDiv)),
          new TorchOperator(
              "aten.remainder",
              "pointwise; divide, multiply, subtract",
              "of real numbers; by tensors of one sign",
              c ->
                  byNumber(
                      c, ScalarFunction.REMAINDER, Math::floorMod, ArithmeticOperators::remainder)),
          new TorchOperator(
              "aten.pow",
              "multiply, pointwise",
              "base or exponent a number, whole known exponents, or a positive base",
              ArithmeticOperators::pow),
          new TorchOperator(
              "aten.float_power",
              "multiply, pointwise",
              "base or exponent a number, whole known exponents, or a positive base",
              ArithmeticOperators::floatPower),
          new TorchOperator(
              "aten.square", "multiply", c -> c.result(c.emit().multiply(c.value(0), c.value(0)))),
          new TorchOperator("aten.neg", "multiply", "by -1", ArithmeticOperators::negate),
          new TorchOperator(
              "aten.fmod",
              "pointwise; divide, multiply, subtract",
              "of real numbers; by tensors of one sign",
              c -> byNumber(c, ScalarFunction.FMOD, (x, y) -> x % y, (x, y) -> x % y)));

  private ArithmeticOperators() {}

  @FunctionalInterface
  private interface Emission {
    Value emit(Value left, Value right);
  }

  /** Tensors of which at least one depends on the input. */
  private static TorchValue elementwise(OperatorCall call, Emission emission) {
    return elementwise(call, Promotion.of(call.arguments().subList(0, 2)), emission);
  }

  /** The same, computed in an element type. */
  private static TorchValue elementwise(OperatorCall call, DType dtype, Emission emission) {
    return call.result(
        emission.emit(call.in(dtype, call.argument(0)), call.in(dtype, call.argument(1))), dtype);
  }

  /** The same for sums, which PyTorch does not define on booleans alone as integers have them. */
  private static TorchValue sum(OperatorCall call, Emission emission) {
    if (Promotion.of(call.arguments().subList(0, 2)) == DType.I1) {
      throw call.refuse("a sum of booleans; use | or convert them to integers first");
    }
    return elementwise(call, emission);
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
    return data(call, call.argument(index));
  }

  static TensorData data(OperatorCall call, TorchValue value) {
    return switch (value) {
      case KnownTensor k -> k.data();
      case TorchValue.Int i -> HostTensors.scalar(i.value());
      case TorchValue.Bool b -> HostTensors.scalar(b.value() ? 1 : 0);
      default ->
          HostTensors.scalar(
              value
                  .number()
                  .orElseThrow(() -> call.refuse("%s is no number".formatted(value.kind()))));
    };
  }

  private static TorchValue add(OperatorCall call) {
    if (call.argument(0) instanceof ListOf left && call.argument(1) instanceof ListOf right) {
      List<TorchValue> joined = new ArrayList<>(left.elements());
      joined.addAll(right.elements());
      if (joined.size() > ListOperators.MAXIMAL_LENGTH) {
        throw call.refuse(
            "a list of more than %d elements".formatted(ListOperators.MAXIMAL_LENGTH));
      }
      return new ListOf(joined);
    }
    if (call.argument(0) instanceof Text left && call.argument(1) instanceof Text right) {
      return StringFunctions.bounded(call, new Text(left.value() + right.value()));
    }
    double alpha = call.number(2, 1);
    if (traced(call)) {
      List<TorchValue> finite =
          call.arguments().stream()
              .map(a -> a instanceof KnownTensor k ? SelectionOperators.finite(k) : a)
              .toList();
      OperatorCall sum =
          new OperatorCall(call.operator(), call.overload(), finite, call.location(), call.emit());
      return sum(sum, (x, y) -> sum.emit().add(x, scaled(sum, y, alpha)));
    }
    return known(
        call, (x, y) -> x + ((long) alpha) * y, (x, y) -> x + alpha * y, alpha != Math.rint(alpha));
  }

  private static TorchValue subtract(OperatorCall call) {
    double alpha = call.number(2, 1);
    if (traced(call)) {
      return sum(call, (x, y) -> call.emit().subtract(x, scaled(call, y, alpha)));
    }
    return known(
        call, (x, y) -> x - ((long) alpha) * y, (x, y) -> x - alpha * y, alpha != Math.rint(alpha));
  }

  private static TorchValue reverseSubtract(OperatorCall call) {
    double alpha = call.number(2, 1);
    if (traced(call)) {
      return sum(call, (x, y) -> call.emit().subtract(y, scaled(call, x, alpha)));
    }
    return known(
        call, (x, y) -> y - ((long) alpha) * x, (x, y) -> y - alpha * x, alpha != Math.rint(alpha));
  }

  private static Value scaled(OperatorCall call, Value value, double factor) {
    DType dtype = value.tensorType().dtype();
    return factor == 1
        ? value
        : call.emit().multiply(value, call.in(dtype, new TorchValue.Float(factor)));
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
        ? elementwise(call, call.emit()::multiply)
        : known(call, (x, y) -> x * y, (x, y) -> x * y, false);
  }

  /** (input, other) or (input, other, rounding_mode). */
  private static TorchValue divide(OperatorCall call) {
    if (!call.isNone(2)) {
      return switch (call.text(2)) {
        case "floor" -> floored(call, Math::floorDiv);
        case "trunc" ->
            traced(call)
                ? quotient(call, ScalarFunction.TRUNC)
                : known(call, (x, y) -> x / y, (x, y) -> truncated(x / y), false);
        default -> throw call.refuse("rounding mode '%s'".formatted(call.text(2)));
      };
    }
    DType promoted = Promotion.of(call.arguments().subList(0, 2));
    return traced(call)
        ? elementwise(
            call, promoted.isFloating() ? promoted : DType.F32, (x, y) -> divided(call, x, y))
        : known(call, (x, y) -> x / y, (x, y) -> x / y, true);
  }

  /**
   * x / y; where y is 1 + |x|, as PyTorch writes softsign, one function of x, and where x is
   * constant a product with the reciprocal.
   */
  private static Value divided(OperatorCall call, Value x, Value y) {
    TensorEmitter emit = call.emit();
    if (emit.isConstant(x) && !emit.isConstant(y)) {
      return emit.multiply(x, emit.pointwise(y, ScalarFunction.RECIPROCAL));
    }
    if (emit.definition(y).orElse(null) instanceof Add sum
        && (isOneMore(emit, sum.left(), sum.right(), x)
            || isOneMore(emit, sum.right(), sum.left(), x))) {
      return emit.pointwise(x, ScalarFunction.SOFTSIGN);
    }
    return emit.divide(x, y);
  }

  private static boolean isOneMore(TensorEmitter emit, Value one, Value size, Value x) {
    Value number = emit.definition(one).orElse(null) instanceof Broadcast b ? b.input() : one;
    return emit.known(number)
            .filter(c -> Arrays.stream(c.data().toDoubles()).allMatch(e -> e == 1))
            .isPresent()
        && emit.definition(size).orElse(null) instanceof Pointwise p
        && p.function() == ScalarFunction.ABS
        && p.input() == x;
  }

  /** (input, tensor1, tensor2, value): input plus value times the product, or quotient, of two. */
  private static TorchValue addTerm(OperatorCall call, boolean quotient) {
    TensorEmitter emit = call.emit();
    Value left = call.value(1);
    Value right = call.value(2);
    Value term = quotient ? divided(call, left, right) : emit.multiply(left, right);
    return call.result(emit.add(call.value(0), scaled(call, term, call.number(3, 1))));
  }

  /** (input, end, weight): input + weight (end - input). */
  private static TorchValue interpolate(OperatorCall call) {
    TensorEmitter emit = call.emit();
    Value way = emit.subtract(call.value(1), call.value(0));
    Value part =
        call.argument(2) instanceof Tensor
            ? emit.multiply(way, call.value(2))
            : scaled(call, way, call.number(2));
    return call.result(emit.add(call.value(0), part));
  }

  private static double truncated(double x) {
    return x < 0 ? Math.ceil(x) : Math.floor(x);
  }

  /** The quotient, rounded by the function. */
  private static TorchValue quotient(OperatorCall call, ScalarFunction rounding) {
    DType dtype = Promotion.of(call.arguments().subList(0, 2));
    if (!dtype.isFloating()) {
      return IntegerOperators.division(
          call,
          rounding == ScalarFunction.FLOOR
              ? DivisionPart.FLOOR_QUOTIENT
              : DivisionPart.TRUNCATED_QUOTIENT);
    }
    return elementwise(
        call, (x, y) -> WholeNumbers.rounded(call.emit(), divided(call, x, y), rounding));
  }

  private static TorchValue floored(OperatorCall call, LongBinaryOperator onLongs) {
    return traced(call)
        ? quotient(call, ScalarFunction.FLOOR)
        : known(call, onLongs, ArithmeticOperators::floorQuotient, false);
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

  /** A power whose result PyTorch keeps in double precision. */
  private static TorchValue floatPower(OperatorCall call) {
    List<TorchValue> floats =
        call.arguments().stream()
            .map(a ->
                a instanceof TracedTensor t ? call.result(call.in(DType.F64, t), DType.F64) : a)
            .toList();
    return pow(new OperatorCall("aten.pow", call.overload(), floats, call.location(), call.emit()));
  }

  static TorchValue pow(OperatorCall call) {
    if (traced(call) && PairOperators.areTensors(call)) {
      return KnownExponents.power(call).orElseGet(() -> PairOperators.power(call));
    }
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
      return power(call, exponent);
    }
    if (call.argument(1) instanceof TracedTensor exponent) {
      double base = call.number(0);
      if (!(base > 0)) {
        throw call.refuse("base %s; only a positive one can be proved".formatted(base));
      }
      return call.result(
          call.emit().pointwise(call.value(exponent), ScalarFunction.EXPONENTIAL, base));
    }
    boolean floating =
        call.overload().equals("int"); // pow(int, int) is a float unless the overload is int_to_int
    return known(call, ArithmeticOperators::power, StrictMath::pow, floating);
  }

  /** x^exponent of a computed x, for exponents that are not 1, 2 or 3. */
  private static TorchValue power(OperatorCall call, double exponent) {
    if (exponent == 0) {
      Shape shape = call.tensor(0).shape();
      float[] ones = new float[Math.toIntExact(shape.elementCount())];
      Arrays.fill(ones, 1);
      return new KnownTensor(TensorData.ofFloats(shape, ones), "");
    }
    if (exponent == 0.5) {
      return PointwiseOperators.apply(call, ScalarFunction.SQRT);
    }
    if (exponent == -0.5) {
      return PointwiseOperators.apply(call, ScalarFunction.RSQRT);
    }
    return exponent == -1
        ? PointwiseOperators.apply(call, ScalarFunction.RECIPROCAL)
        : PointwiseOperators.apply(call, ScalarFunction.POWER, exponent);
  }

  private static boolean isNumber(TorchValue value) {
    return value.number().isPresent();
  }

  /** A function of the first argument with the second as its parameter. */
  private static TorchValue byNumber(
      OperatorCall call,
      ScalarFunction function,
      LongBinaryOperator onLongs,
      DoubleBinaryOperator onDoubles) {
    if (traced(call) && !Promotion.of(call.arguments().subList(0, 2)).isFloating()) {
      return IntegerOperators.division(
          call,
          function == ScalarFunction.FMOD
              ? DivisionPart.TRUNCATED_REMAINDER
              : DivisionPart.FLOOR_REMAINDER);
    }
    if (traced(call) && !isNumber(call.argument(1))) {
      return PairOperators.remainder(
          call, function == ScalarFunction.FMOD ? ScalarFunction.TRUNC : ScalarFunction.FLOOR);
    }
    return call.argument(0) instanceof TracedTensor
        ? PointwiseOperators.apply(call, function, call.number(1))
        : known(call, onLongs, onDoubles, false);
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
      case TracedTensor t -> call.result(scaled(call, t.value(), -1));
      case KnownTensor k ->
          new KnownTensor(HostTensors.map(k.data(), k.dtype(), x -> -x, x -> -x), "");
      case TorchValue.Float f -> new TorchValue.Float(-f.value());
      default -> new TorchValue.Int(-call.integer(0));
    };
  }
}
