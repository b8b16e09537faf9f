package org.zkc.ir.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Functions against what PyTorch computes in double precision, and the facts that they state. A
 * line of scalar-functions.txt is: function | parameters | inputs | PyTorch's values.
 */
final class ScalarFunctionTest {
  private record Case(
      ScalarFunction function, List<Double> parameters, double[] inputs, double[] values) {}

  private static List<Case> cases() throws IOException {
    try (var in = ScalarFunctionTest.class.getResourceAsStream("scalar-functions.txt")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().map(ScalarFunctionTest::read).toList();
    }
  }

  private static Case read(String line) {
    String[] parts = line.split(" \\| ");
    return new Case(
        ScalarFunction.valueOf(parts[0]),
        Arrays.stream(numbers(parts[1])).boxed().toList(),
        numbers(parts[2]),
        numbers(parts[3]));
  }

  private static double[] numbers(String text) {
    return text.isBlank()
        ? new double[0]
        : Arrays.stream(text.strip().split(" +")).mapToDouble(Double::parseDouble).toArray();
  }

  @Test
  void everyFunctionIsThatOfPyTorch() throws IOException {
    Set<ScalarFunction> missing = EnumSet.allOf(ScalarFunction.class);
    for (Case c : cases()) {
      missing.remove(c.function);
      c.function.require(c.parameters);
      for (int i = 0; i < c.inputs.length; i++) {
        double found = c.function.apply(c.inputs[i], c.parameters);
        assertEquals(
            c.values[i],
            found,
            1e-11 * (1 + Math.abs(c.values[i])),
            c.function + " at " + c.inputs[i]);
      }
    }
    assertEquals(Set.of(), missing);
  }

  /** On a fine grid around 0: values on the domain are finite and in the range. */
  @Test
  void domainsAndRangesAreThoseOfTheFunction() throws IOException {
    for (Case c : cases()) {
      Range seen = new Range(c.inputs[0], c.inputs[c.inputs.length - 1]);
      Domain domain = c.function.domain(c.parameters, seen);
      Range range = c.function.range(c.parameters);
      for (int k = -700; k <= 700; k++) {
        double x = k / 100.0;
        double y = c.function.apply(x, c.parameters);
        if (domain.contains(x)) {
          assertTrue(range.low() <= y && y <= range.high(), c.function + " at " + x + ": " + y);
        }
      }
      if (domain.equals(Domain.REALS)) {
        continue;
      }
      for (double end : new double[] {domain.low(), domain.high()}) {
        double y = Double.isInfinite(end) ? 0 : c.function.apply(end, c.parameters);
        boolean isPole = c.function == ScalarFunction.TAN;
        assertTrue(
            isPole || Double.isInfinite(end) || domain.contains(end) == Double.isFinite(y),
            c.function + " at " + end + ": " + y);
      }
    }
  }

  @Test
  void functionsWithSeveralBranchesTakeThatOfTheirInputs() {
    assertEquals(Domain.NEGATIVE, ScalarFunction.RECIPROCAL.domain(List.of(), new Range(-3, -1)));
    assertEquals(Domain.POSITIVE, ScalarFunction.RECIPROCAL.domain(List.of(), new Range(-3, 1)));
    assertEquals(Domain.NEGATIVE, ScalarFunction.POWER.domain(List.of(-2.0), new Range(-3, -1)));
    assertEquals(Domain.POSITIVE, ScalarFunction.POWER.domain(List.of(-0.5), new Range(-3, -1)));
    assertEquals(Domain.REALS, ScalarFunction.POWER.domain(List.of(4.0), new Range(-3, -1)));
    Domain branch = ScalarFunction.TAN.domain(List.of(), new Range(2, 3));
    assertTrue(branch.contains(2) && branch.contains(4));
    assertFalse(branch.contains(1.5) || branch.contains(4.8));
  }

  @Test
  void parametersThatMakeNoFunctionAreRefused() {
    refused(ScalarFunction.EXP, List.of(1.0));
    refused(ScalarFunction.REMAINDER, List.of(0.0));
    refused(ScalarFunction.FMOD, List.of(0.0));
    refused(ScalarFunction.SOFTPLUS, List.of(1.0));
    refused(ScalarFunction.SOFTPLUS, List.of(0.0, 20.0));
    refused(ScalarFunction.SOFTSHRINK, List.of(-0.5));
    refused(ScalarFunction.EXPONENTIAL, List.of(-2.0));
    refused(ScalarFunction.POWER, List.of(Double.NaN));
  }

  private static void refused(ScalarFunction function, List<Double> parameters) {
    assertThrows(IllegalArgumentException.class, () -> function.require(parameters));
  }

  @Test
  void aDomainIsWrittenAsAnInterval() {
    assertEquals("[0, inf)", Domain.NOT_NEGATIVE.toString());
    assertEquals("(-inf, inf)", Domain.REALS.toString());
    assertEquals("[-1, 1]", Domain.closed(-1, 1).toString());
    assertEquals("(0.5, inf)", Domain.above(0.5).toString());
  }
}
