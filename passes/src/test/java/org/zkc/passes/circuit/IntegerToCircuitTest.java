package org.zkc.passes.circuit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.Checker;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Level;
import org.zkc.ir.Program;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.Contract;
import org.zkc.ir.circuit.Conv;
import org.zkc.ir.circuit.MatMul;
import org.zkc.ir.circuit.Product;
import org.zkc.ir.interpret.CircuitInterpreter;
import org.zkc.ir.interpret.IntegerInterpreter;
import org.zkc.passes.Pass;
import org.zkc.passes.PassCatalogue;
import org.zkc.passes.PassContext;
import org.zkc.passes.quantize.Calibrate;
import org.zkc.passes.quantize.QuantizationOptions;
import org.zkc.passes.quantize.SampleNetworks;
import org.zkc.passes.quantize.TensorToInteger;

/**
 * Integer programs and their circuits compute the same integers, with and without optimisations, at
 * every input.
 */
class IntegerToCircuitTest {

  @ParameterizedTest
  @ValueSource(longs = {11, 12})
  void circuitsComputeTheProgramsIntegers(long seed) {
    for (Map.Entry<String, Program> network : SampleNetworks.small(seed).entrySet()) {
      Program integer = quantize(network.getValue());
      for (boolean optimised : new boolean[] {true, false}) {
        Program fused = optimised ? run(integer, Level.INTEGER, true) : integer;
        Program circuit =
            run(IntegerToCircuit.lower(fused, new PassContext()), Level.CIRCUIT, optimised);
        Random random = new Random(seed);
        for (int kind = 0; kind < 4; kind++) {
          List<long[]> inputs = inputs(integer, random, kind);
          List<long[]> expected = IntegerInterpreter.run(integer, inputs);
          assertEqual(
              expected, IntegerInterpreter.run(fused, inputs), network.getKey(), seed, kind);
          assertEqual(
              expected, CircuitInterpreter.run(circuit, inputs), network.getKey(), seed, kind);
        }
      }
    }
  }

  @Test
  void matmulChecksReplaceAllContractionsWithWeights() {
    Program integer = quantize(SampleNetworks.leNet(5));
    Program lowered = IntegerToCircuit.lower(integer, new PassContext());
    assertEquals(5, count(lowered, Contract.class));
    Program rewritten = new RewriteMatmulChecks().run(lowered, new PassContext());
    assertEquals(0, count(rewritten, Contract.class));
    assertEquals(2, count(rewritten, Conv.class));
    assertEquals(3, count(rewritten, MatMul.class));
  }

  @Test
  void withoutMatmulChecksEveryMultiplicationIsAProduct() {
    Program circuit =
        run(
            IntegerToCircuit.lower(quantize(SampleNetworks.leNet(5)), new PassContext()),
            Level.CIRCUIT,
            false);
    long products =
        circuit.main().body().stream()
            .filter(Product.class::isInstance)
            .mapToLong(op -> ((Product) op).result().shape().elementCount())
            .sum();
    assertEquals(28 * 28 * 6 * 25 + 10 * 10 * 16 * 150 + 400 * 120 + 120 * 84 + 84 * 10, products);
  }

  @Test
  void productsOfActivationsStayProducts() {
    Program circuit =
        run(
            IntegerToCircuit.lower(quantize(SampleNetworks.concatenation(3)), new PassContext()),
            Level.CIRCUIT,
            true);
    assertEquals(1, count(circuit, Product.class));
    assertFalse(circuit.main().body().isEmpty());
  }

  static Program quantize(Program tensor) {
    Program integer =
        TensorToInteger.lower(
                tensor,
                Calibrate.runDefault(tensor),
                QuantizationOptions.DEFAULT,
                new PassContext())
            .program();
    assertEquals(List.of(), Checker.check(integer));
    return integer;
  }

  /** All passes of the level, or only those that are not optimisations; each result is checked. */
  static Program run(Program program, Level level, boolean optimised) {
    Program current = program;
    assertEquals(List.of(), Checker.check(current));
    for (Pass pass : PassCatalogue.all()) {
      if (pass.level() == level && (optimised || !pass.isOptimisation())) {
        current = pass.run(current, new PassContext());
        assertEquals(List.of(), Checker.check(current), pass.name());
      }
    }
    return current;
  }

  /**
   * 0: uniform over the interval; 1: all at the upper end; 2: all at the lower; 3: each at one of
   * the ends.
   */
  private static List<long[]> inputs(Program integer, Random random, int kind) {
    List<long[]> inputs = new ArrayList<>();
    for (Value parameter : integer.main().parameters()) {
      IntegerType type = parameter.integerType();
      long[] elements = new long[Math.toIntExact(type.shape().elementCount())];
      for (int i = 0; i < elements.length; i++) {
        elements[i] =
            switch (kind) {
              case 0 -> random.nextLong(type.low(), type.high() + 1);
              case 1 -> type.high();
              case 2 -> type.low();
              default -> random.nextBoolean() ? type.low() : type.high();
            };
      }
      inputs.add(elements);
    }
    return inputs;
  }

  private static void assertEqual(
      List<long[]> expected, List<long[]> found, String name, long seed, int kind) {
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(
          expected.get(i),
          found.get(i),
          "%s, seed %d, inputs of kind %d".formatted(name, seed, kind));
      assertTrue(expected.get(i).length > 0);
    }
  }

  private static long count(Program program, Class<?> type) {
    return program.main().body().stream().filter(type::isInstance).count();
  }
}
