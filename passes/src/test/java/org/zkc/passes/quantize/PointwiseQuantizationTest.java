package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.ir.Checker;
import org.zkc.ir.DType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Table;
import org.zkc.ir.tensor.ScalarFunction;
import org.zkc.ir.tensor.Sigmoid;
import org.zkc.ir.tensor.Tanh;
import org.zkc.ir.tensor.TensorBuilder;
import org.zkc.passes.PassContext;

/** Tables of functions of one number: how precise they are, how large, and where they end. */
class PointwiseQuantizationTest {
  private static final Location LINE = new Location("model.py", 7, "y = f(x)");
  private static final int ROWS = 4;
  private static final int COLUMNS = 40;

  /** Functions whose steps are found on the accumulator, without a table. */
  private static final Set<ScalarFunction> STEPS =
      EnumSet.of(
          ScalarFunction.CEIL,
          ScalarFunction.FLOOR,
          ScalarFunction.ROUND,
          ScalarFunction.SIGN,
          ScalarFunction.TRUNC);

  /** Other functions that jump: an input next to a jump may fall on the other side. */
  private static final Set<ScalarFunction> JUMPING =
      EnumSet.of(
          ScalarFunction.FMOD,
          ScalarFunction.FRAC,
          ScalarFunction.HARDSHRINK,
          ScalarFunction.REMAINDER,
          ScalarFunction.THRESHOLD);

  private static final Map<ScalarFunction, List<Double>> PARAMETERS =
      Map.of(
          ScalarFunction.EXPONENTIAL, List.of(1.5),
          ScalarFunction.FMOD, List.of(0.8),
          ScalarFunction.HARDSHRINK, List.of(0.5),
          ScalarFunction.POWER, List.of(-1.5),
          ScalarFunction.REMAINDER, List.of(0.8),
          ScalarFunction.SOFTPLUS, List.of(1.0, 20.0),
          ScalarFunction.SOFTSHRINK, List.of(0.5),
          ScalarFunction.THRESHOLD, List.of(0.1, -1.0));

  private final TensorBuilder b = new TensorBuilder(LINE);
  private final Random random = new Random(1);

  @ParameterizedTest
  @EnumSource
  void integersFollowFloats(ScalarFunction function) {
    Program program = network(function);
    Program integers = fidelity(program, JUMPING.contains(function) ? 0.97 : 0.99);
    List<Op> tables = tables(integers);
    assertEquals(STEPS.contains(function), tables.isEmpty());
    for (Op table : tables) {
      assertTrue(((Table) table).entries().elementCount() <= 1 << 15, table::toString);
    }
  }

  /** The function between two linear maps, of numbers that it takes. */
  private Program network(ScalarFunction function) {
    b.at(LINE, "y");
    Value inside = into(function, linear(input()));
    Double[] parameters = PARAMETERS.getOrDefault(function, List.of()).toArray(Double[]::new);
    return program(linear(b.pointwise(inside, function, parameters)));
  }

  private Value into(ScalarFunction function, Value x) {
    UnaryOperator<Value> positive = v -> affine(b.pointwise(v, Sigmoid::new), 3, 0.1);
    UnaryOperator<Value> inner = v -> affine(b.pointwise(v, Tanh::new), 0.9, 0);
    UnaryOperator<Value> share = v -> b.pointwise(v, Sigmoid::new);
    return Map.of(
            ScalarFunction.ACOS, inner,
            ScalarFunction.ASIN, inner,
            ScalarFunction.ATANH, inner,
            ScalarFunction.ERFINV, inner,
            ScalarFunction.LOG1P, inner,
            ScalarFunction.LOGIT, share,
            ScalarFunction.NDTRI, share,
            ScalarFunction.TAN, inner)
        .getOrDefault(
            function,
            Map.<ScalarFunction, UnaryOperator<Value>>ofEntries(
                    Map.entry(ScalarFunction.ACOSH, v -> affine(positive.apply(v), 1, 0.95)),
                    Map.entry(ScalarFunction.DIGAMMA, positive),
                    Map.entry(ScalarFunction.ENTR, positive),
                    Map.entry(ScalarFunction.ERFCX, positive),
                    Map.entry(ScalarFunction.LGAMMA, positive),
                    Map.entry(ScalarFunction.LOG, positive),
                    Map.entry(ScalarFunction.LOG10, positive),
                    Map.entry(ScalarFunction.LOG2, positive),
                    Map.entry(ScalarFunction.POWER, positive),
                    Map.entry(ScalarFunction.RECIPROCAL, positive),
                    Map.entry(ScalarFunction.RSQRT, positive),
                    Map.entry(ScalarFunction.SQRT, positive))
                .getOrDefault(function, UnaryOperator.identity()))
        .apply(x);
  }

  @Test
  void exactIntegersAreReadAtAStepOfTheFunctionsOwn() {
    b.at(LINE, "y");
    Value x = linear(input());
    Value squares = b.multiply(x, x);
    fidelity(program(linear(b.pointwise(squares, ScalarFunction.SQRT))), 0.99);
  }

  /** Sums of 40 numbers below 1 are beyond 1. */
  @Test
  void aSumIsNotCutAtTheBoundOfItsTerms() {
    b.at(LINE, "y");
    Value shares = b.pointwise(linear(input()), Sigmoid::new);
    Value sums = b.windowMean(shares, 1, List.of(0), List.of(COLUMNS), List.of(1));
    fidelity(program(b.pointwise(sums, ScalarFunction.LOG)), 0.99);
  }

  @Test
  void aTableHoldsNoNumberOutsideTheDomain() {
    b.at(LINE, "y");
    Value y = b.pointwise(affine(linear(input()), 0.01, 1), ScalarFunction.LOG);
    Table table = last(fidelity(program(linear(y)), 0.99));
    assertTrue(table.first() >= 1, () -> table.toString());
  }

  @Test
  void whatLeavesTheDomainIsRefusedAtItsLine() {
    b.at(LINE, "y");
    Program program = program(b.pointwise(linear(input()), ScalarFunction.LOG));
    UserException e = assertThrows(UserException.class, () -> Calibrate.runDefault(program));
    assertEquals(LINE, e.location());
    assertTrue(e.getMessage().contains("takes numbers in (0, inf)"), e.getMessage());
  }

  @Test
  void aReciprocalTakesNumbersOfOneSignOnly() {
    b.at(LINE, "y");
    Value x = linear(input());
    Program both = program(b.pointwise(x, ScalarFunction.RECIPROCAL));
    assertThrows(UserException.class, () -> Calibrate.runDefault(both));

    PointwiseQuantizationTest other = new PointwiseQuantizationTest();
    Value negative =
        other.affine(other.b.pointwise(other.linear(other.input()), Sigmoid::new), -2, -0.5);
    Value y = other.linear(other.b.pointwise(negative, ScalarFunction.RECIPROCAL));
    other.fidelity(other.program(y), 0.99);
  }

  private Value input() {
    return b.parameter("x", new TensorType(DType.F32, Shape.of(ROWS, COLUMNS)));
  }

  private Program program(Value result) {
    return Program.of(Level.TENSOR, b.build(List.of(result)));
  }

  private Value linear(Value x) {
    float[] weights = new float[COLUMNS * COLUMNS];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (random.nextGaussian() / Math.sqrt(COLUMNS));
    }
    TensorData data = TensorData.ofFloats(Shape.of(COLUMNS, COLUMNS), weights);
    return b.linear(x, b.constant(data, ""), Optional.empty());
  }

  private Value affine(Value x, double factor, double shift) {
    return b.add(b.multiply(x, b.scalar(factor)), b.scalar(shift));
  }

  /** The integer program, once it was found to follow the floats. */
  private static Program fidelity(Program program, double wanted) {
    QuantizedProgram quantized =
        TensorToInteger.lower(
            program, Calibrate.runDefault(program), QuantizationOptions.DEFAULT, new PassContext());
    assertEquals(List.of(), Checker.check(quantized.program()));
    List<List<TensorData>> samples = new VariedInputs(5).samples(program.main().parameters(), 32);
    double rSquared = FidelityReport.measure(program, quantized, samples).rSquared();
    assertTrue(rSquared >= wanted, "R^2 = " + rSquared);
    return quantized.program();
  }

  private static List<Op> tables(Program integers) {
    return integers.main().body().stream().filter(Table.class::isInstance).toList();
  }

  /** The last table, that of the function. */
  private static Table last(Program integers) {
    return (Table) tables(integers).getLast();
  }
}
