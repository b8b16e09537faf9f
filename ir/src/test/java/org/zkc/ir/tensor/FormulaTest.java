package org.zkc.ir.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;

final class FormulaTest {
  private static Formula formula(String... steps) {
    return Formula.parse(List.of(steps));
  }

  @Test
  void stepsAreComputedInOrder() {
    Formula quotient = formula("exp x", "add s0 1", "divide s0 s1");
    for (double x : new double[] {-3, 0, 2.5}) {
      assertEquals(1 / (1 + Math.exp(-x)), quotient.apply(x), 1e-12);
    }
    assertEquals(-2, formula("clamp x -2.0 Infinity", "subtract 0 s0", "multiply -1 s1").apply(-9));
    assertEquals(0.75, formula("leaky_relu x 0.25", "power s0 2.0", "subtract s1 1.5").apply(1.5));
  }

  @Test
  void intervalsOfValues() {
    assertEquals(
        Optional.of(new Range(1, Double.POSITIVE_INFINITY)),
        formula("multiply x x", "add s0 1").range(Range.UNBOUNDED));
    assertEquals(Optional.of(new Range(-1, 1)), formula("exp x", "sin s0").range(Range.UNBOUNDED));
    assertEquals(
        Optional.of(new Range(0, 2)), formula("tanh x", "add s0 1").range(Range.UNBOUNDED));
  }

  @Test
  void whatLeavesADomainHasNone() {
    assertTrue(formula("sqrt x").range(Range.UNBOUNDED).isEmpty());
    assertTrue(formula("sqrt x").range(Range.NOT_NEGATIVE).isPresent());
    assertTrue(formula("divide 1 x").range(Range.NOT_NEGATIVE).isEmpty());
    assertTrue(formula("exp x", "log s0").range(Range.UNBOUNDED).isEmpty());
    assertTrue(formula("exp x", "add s0 1", "log s1").range(Range.UNBOUNDED).isPresent());
  }

  /**
   * Whoever adds an activation adds its step: the name is the record's, the numbers are its
   * attributes.
   */
  @Test
  void everyActivationIsAStep() {
    Value v = new Value("x", new TensorType(DType.F32, Shape.of(1)));
    Location at = Location.UNKNOWN;
    Map<String, Elementwise> steps =
        Map.of(
            "elu x 1.0 2.0 0.5", new Elu(v, v, 1, 2, 0.5, at),
            "gelu x", new Gelu(v, v, false, at),
            "gelu_tanh x", new Gelu(v, v, true, at),
            "hardswish x", new Hardswish(v, v, at),
            "leaky_relu x 0.1", new LeakyRelu(v, v, 0.1, at),
            "sigmoid x", new Sigmoid(v, v, at),
            "silu x", new Silu(v, v, at),
            "tanh x", new Tanh(v, v, at),
            "relu x", new Relu(v, v, at),
            "clamp x -1.0 Infinity", new Clamp(v, v, -1, Double.POSITIVE_INFINITY, at));
    Set<Class<?>> seen = new HashSet<>(Set.of(Composition.class, Pointwise.class));
    steps.forEach((text, op) -> {
      assertEquals(Optional.of(text), Formula.stepOf(op, "x"));
      for (double x : new double[] {-2.25, 0, 0.75}) {
        assertEquals(op.apply(x), formula(text).apply(x), text);
      }
      seen.add(op.getClass());
    });
    assertEquals(Set.of(), missing(seen));
  }

  private static Set<Class<?>> missing(Set<Class<?>> seen) {
    Set<Class<?>> all = new HashSet<>(Set.of(Activation.class.getPermittedSubclasses()));
    all.removeAll(seen);
    return all;
  }

  @Test
  void whatIsNoFormulaIsRefused() {
    for (String step :
        List.of(
            "",
            "x",
            "tanh",
            "tanh s0",
            "tanh y",
            "add x",
            "add x 1 2",
            "power x",
            "tanh x 1",
            "tanh_tanh x",
            "gelu_ x",
            "elu x 1 2",
            "composition x",
            "pointwise x",
            "clamp x 2 1",
            "clamp x NaN 1",
            "nothing x",
            "add x s-1",
            "add x s99999999999")) {
      assertThrows(IllegalArgumentException.class, () -> formula(step), step);
    }
    assertThrows(IllegalArgumentException.class, () -> Formula.parse(List.of()));
    assertThrows(
        IllegalArgumentException.class,
        () -> Formula.parse(Collections.nCopies(Formula.MOST_STEPS + 1, "tanh x")));
  }

  @Test
  void aLongerFormulaIsThatOfAllSteps() {
    Formula longer = formula("exp x").with("add s0 1").with("divide x s1");
    for (double x : new double[] {-3, 0, 0.25, 8}) {
      assertEquals(formula("exp x", "add s0 1", "divide x s1").apply(x), longer.apply(x));
    }
    assertThrows(IllegalArgumentException.class, () -> longer.with("tanh s3"));
    Formula longest = formula("tanh x");
    for (int k = 1; k < Formula.MOST_STEPS; k++) {
      longest = longest.with("tanh s" + (k - 1));
    }
    Formula full = longest;
    assertThrows(IllegalArgumentException.class, () -> full.with("tanh x"));
  }
}
