package org.zkc.passes.torch;

import java.util.List;
import java.util.function.DoubleBinaryOperator;
import org.zkc.ir.DType;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Comparison;
import org.zkc.ir.tensor.ScalarFunction;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;

/** Functions of two numbers, elementwise on tensors that are broadcast, as functions of one. */
final class PairOperators {
  static final List<TorchOperator> ALL =
      List.of(
          operator(
              "atan2",
              "pointwise, divide, compare_zero, multiply",
              "",
              StrictMath::atan2,
              PairOperators::angle),
          operator(
              "copysign",
              "pointwise, compare_zero, multiply",
              "",
              Math::copySign,
              PairOperators::signed),
          operator(
              "ldexp",
              "pointwise, multiply",
              "",
              (x, y) -> x * StrictMath.pow(2, y),
              (call, x, y) ->
                  call.emit()
                      .multiply(x, call.emit().pointwise(y, ScalarFunction.EXPONENTIAL, 2.0))),
          operator(
              "logaddexp2",
              "subtract, pointwise, multiply, add",
              "",
              (x, y) -> Math.max(x, y) + log2OfSum(-Math.abs(x - y)),
              PairOperators::logarithmOfSum),
          new TorchOperator(
              "aten.isclose",
              "subtract, pointwise, compare_zero",
              "of real numbers",
              PairOperators::isClose),
          operator(
              "special_xlog1py",
              "pointwise, multiply",
              "on its domain",
              (x, y) -> x == 0 ? 0 : x * StrictMath.log1p(y),
              (call, x, y) ->
                  call.emit().multiply(x, call.emit().pointwise(y, ScalarFunction.LOG1P))));

  private PairOperators() {}

  /** The values that an operator becomes where one of its operands depends on the input. */
  @FunctionalInterface
  private interface Emission {
    Value of(OperatorCall call, Value x, Value y);
  }

  private static TorchOperator operator(
      String name, String becomes, String remarks, DoubleBinaryOperator onHost, Emission emission) {
    return new TorchOperator(
        "aten." + name,
        becomes,
        remarks,
        call ->
            LogicOperators.isTraced(call)
                ? traced(call, emission)
                : ArithmeticOperators.known(call, (x, y) -> 0, onHost, true));
  }

  private static TorchValue traced(OperatorCall call, Emission emission) {
    DType promoted = Promotion.of(call.arguments().subList(0, 2));
    DType dtype = promoted.isFloating() ? promoted : DType.F32;
    Value x = call.in(dtype, call.argument(0));
    Value y = call.in(dtype, call.argument(1));
    return call.result(emission.of(call, x, y), dtype);
  }

  /** Whether a number that both operands could have is asked for by tensors of several elements. */
  static boolean areTensors(OperatorCall call) {
    return isMany(call.argument(0)) && isMany(call.argument(1));
  }

  private static boolean isMany(TorchValue value) {
    return value instanceof TracedTensor
        || (value instanceof KnownTensor k && k.shape().elementCount() != 1);
  }

  /** x^y as exp(y log(x)), of positive x. */
  static TorchValue power(OperatorCall call) {
    if (call.argument(0) instanceof KnownTensor base) {
      requirePositive(call, base.data());
    }
    return traced(
        call,
        (c, x, y) -> {
          TensorEmitter emit = c.emit();
          Value exponent = emit.multiply(y, emit.pointwise(x, ScalarFunction.LOG));
          return emit.pointwise(exponent, ScalarFunction.EXP);
        });
  }

  /** Calibration sees no logarithm of a known base, so that its sign is looked at here. */
  private static void requirePositive(OperatorCall call, TensorData base) {
    for (long i = 0; i < base.elementCount(); i++) {
      if (!(base.getDouble(i) > 0)) {
        throw call.refuse(
            "base %s; only a positive one can be proved".formatted(base.getDouble(i)));
      }
    }
  }

  /** x - y rounded(x / y). */
  static TorchValue remainder(OperatorCall call, ScalarFunction rounding) {
    return traced(
        call,
        (c, x, y) -> {
          TensorEmitter emit = c.emit();
          Value quotient = emit.pointwise(emit.divide(x, y), rounding);
          return emit.subtract(x, emit.multiply(quotient, y));
        });
  }

  /**
   * The angle of the point (x, y): that of the first octant, from the quotient of the smaller
   * coordinate and the larger one, mirrored at the diagonal and at both axes.
   */
  private static Value angle(OperatorCall call, Value y, Value x) {
    TensorEmitter emit = call.emit();
    Value width = emit.pointwise(x, ScalarFunction.ABS);
    Value height = emit.pointwise(y, ScalarFunction.ABS);
    Value most = ActivationOperators.extreme(emit, width, height, true);
    Value least = ActivationOperators.extreme(emit, width, height, false);
    Value octant = emit.pointwise(emit.divide(least, most), ScalarFunction.ATAN);
    Value isSteep = emit.compareZero(emit.subtract(height, width), Comparison.GREATER);
    Value quadrant = mirrored(emit, octant, isSteep, Math.PI / 2);
    Value half = mirrored(emit, quadrant, emit.compareZero(x, Comparison.LESS), Math.PI);
    return emit.multiply(half, sign(emit, y));
  }

  /** The rest of {@code whole} where the condition holds, else the angle itself. */
  private static Value mirrored(TensorEmitter emit, Value angle, Value condition, double whole) {
    Value rest = emit.subtract(emit.scalar(whole), emit.multiply(angle, emit.scalar(2)));
    return emit.add(angle, emit.multiply(emit.cast(condition, DType.F32), rest));
  }

  /** -1 below 0, else 1. */
  private static Value sign(TensorEmitter emit, Value x) {
    Value isNegative = emit.cast(emit.compareZero(x, Comparison.LESS), DType.F32);
    return emit.subtract(emit.scalar(1), emit.multiply(isNegative, emit.scalar(2)));
  }

  private static Value signed(OperatorCall call, Value size, Value sign) {
    TensorEmitter emit = call.emit();
    return emit.multiply(emit.pointwise(size, ScalarFunction.ABS), sign(emit, sign));
  }

  private static double log2OfSum(double difference) {
    return StrictMath.log1p(StrictMath.pow(2, difference)) / StrictMath.log(2);
  }

  /** y + log2(1 + 2^(x - y)), the second term as a softplus. */
  private static Value logarithmOfSum(OperatorCall call, Value x, Value y) {
    TensorEmitter emit = call.emit();
    Value difference = emit.subtract(x, y);
    Value more =
        emit.pointwise(
            difference, ScalarFunction.SOFTPLUS, StrictMath.log(2), ReductionOperators.LINEAR_FROM);
    return emit.add(y, more);
  }

  /** (self, other, rtol, atol): |self - other| <= atol + rtol |other|. */
  private static TorchValue isClose(OperatorCall call) {
    double relative = call.number(2, 1e-5);
    double absolute = call.number(3, 1e-8);
    if (!LogicOperators.isTraced(call)) {
      TorchValue close =
          ArithmeticOperators.known(
              call,
              (x, y) -> 0,
              (x, y) -> Math.abs(x - y) <= absolute + relative * Math.abs(y) ? 1 : 0,
              true);
      KnownTensor known = (KnownTensor) close;
      return new KnownTensor(HostTensors.cast(known.data(), DType.I1), "");
    }
    TensorEmitter emit = call.emit();
    Value x = call.value(0);
    Value y = call.value(1);
    Value distance = emit.pointwise(emit.subtract(x, y), ScalarFunction.ABS);
    Value size = emit.multiply(emit.pointwise(y, ScalarFunction.ABS), emit.scalar(relative));
    Value beyond = emit.subtract(distance, emit.add(size, emit.scalar(absolute)));
    return call.result(emit.compareZero(beyond, Comparison.LESS_EQUAL), DType.I1);
  }
}
