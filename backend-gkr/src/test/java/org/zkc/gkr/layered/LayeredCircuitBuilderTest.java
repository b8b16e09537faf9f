package org.zkc.gkr.layered;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.zkc.gkr.circuit.CircuitTooLarge;
import org.zkc.gkr.layered.LayeredCircuit.Visibility;
import org.zkc.gkr.security.SoundnessBudget;

/** What a builder refuses, with which words; and the parameters of what it makes. */
class LayeredCircuitBuilderTest {
  private final LayeredCircuitBuilder builder = new LayeredCircuitBuilder();

  private static void refused(String why, Executable work) {
    String message = assertThrows(RuntimeException.class, work).getMessage();
    assertTrue(message.contains(why), message);
  }

  @Test
  void registersOfOtherLayersAndBuilders() {
    Wires x = builder.publicInput("x", 3);
    Wires foreign = new LayeredCircuitBuilder().publicInput("x", 3);
    refused("another builder", () -> builder.add(x, foreign));
    List<Wires> next = builder.layer(builder.multiply(x, x));
    refused("pass it through layer()", () -> builder.add(next.getFirst(), x));
    refused("inputs come before", () -> builder.publicInput("y", 1));
    builder.outputs(next.getFirst());
    refused("closed", () -> builder.constant(1));
  }

  @Test
  void widthsAndWires() {
    Wires x = builder.publicInput("x", 3);
    Wires y = builder.publicInput("y", 2);
    refused("of 3 and of 2 wires", () -> builder.multiply(x, y));
    refused("of 3 and of 2 wires", () -> builder.add(x, y));
    refused("no wire 3 among 3", () -> builder.select(x, 3));
    refused("no wire -1", () -> builder.select(x, -1));
    refused("1 to 65536 wires, not 0", () -> builder.select(x));
    refused("1 to 65536 wires, not 0", () -> builder.publicInput("z", 0));
    refused("2 coefficients of 1 terms", () -> builder.sum(new long[2], x));
  }

  /** Degree 8 is possible in one layer, 9 is not. */
  @Test
  void degrees() {
    Wires x = builder.publicInput("x", 1);
    Wires square = builder.multiply(x, x);
    Wires fourth = builder.multiply(square, square);
    Wires eighth = builder.multiply(fourth, fourth);
    Wires ninth = builder.multiply(eighth, x);
    refused("at most 8, not 9", () -> builder.layer(ninth));
    assertEquals(8, new LayeredCircuitBuilderTest().eighthPower().layers().getFirst().degree());
  }

  private LayeredCircuit eighthPower() {
    Wires x = builder.publicInput("x", 1);
    Wires square = builder.multiply(x, x);
    Wires fourth = builder.multiply(square, square);
    return builder.outputs(builder.multiply(fourth, fourth));
  }

  @Test
  void layersByHandAreChecked() {
    Gate below = new Gate.Below(0);
    refused("no register 1", () -> new Layer(List.of(2), List.of(new Gate.Below(1)), List.of(0)));
    refused(
        "gate 0 names gate 0",
        () -> new Layer(List.of(2), List.of(new Gate.Product(0, 0)), List.of(0)));
    refused("no gate 1", () -> new Layer(List.of(2), List.of(below), List.of(1)));
    refused("at least one register", () -> new Layer(List.of(2), List.of(below), List.of()));
    refused(
        "no residue",
        () ->
            new Layer(
                List.of(2),
                List.of(below, new Gate.Sum(List.of(new Gate.Term(-1, 0)))),
                List.of(0)));
    refused(
        "a sum of nothing",
        () -> new Layer(List.of(2), List.of(new Gate.Sum(List.of())), List.of(0)));
    Layer layer = new Layer(List.of(2), List.of(below), List.of(0));
    refused(
        "registers of [2] wires where there are [3]",
        () ->
            new LayeredCircuit(
                List.of(new LayeredCircuit.Input("x", 3, Visibility.PUBLIC)), List.of(layer)));
  }

  /** Circuits that differ in anything have other digests. */
  @Test
  void digests() {
    List<LayeredCircuit> all =
        List.of(
            one(Visibility.PUBLIC, "x", 2, 0),
            one(Visibility.COMMITTED, "x", 2, 0),
            one(Visibility.PUBLIC, "y", 2, 0),
            one(Visibility.PUBLIC, "x", 3, 0),
            one(Visibility.PUBLIC, "x", 2, 1));
    for (int a = 0; a < all.size(); a++) {
      for (int b = 0; b < a; b++) {
        assertFalse(Arrays.equals(all.get(a).digest(), all.get(b).digest()), a + " and " + b);
      }
    }
    assertArrayEquals(all.get(0).digest(), one(Visibility.PUBLIC, "x", 2, 0).digest());
  }

  private static LayeredCircuit one(Visibility visibility, String name, int width, long constant) {
    LayeredCircuitBuilder b = new LayeredCircuitBuilder();
    Wires x =
        visibility == Visibility.PUBLIC
            ? b.publicInput(name, width)
            : b.committedInput(name, width);
    return b.outputs(b.add(b.multiply(x, x), b.constants(constant, width)));
  }

  /** The terms of Poseidon2 over 2^10 copies, counted by hand. */
  @Test
  void soundness() {
    LayeredCircuit circuit = Poseidon2.circuit(Visibility.COMMITTED);
    LayeredParameters p = LayeredParameters.of(circuit, 1000);
    assertEquals(10, p.copyVariables());
    SoundnessBudget budget = p.budget();
    assertTrue(budget.totalBits() >= 100, budget.totalBits() + " bits");
    double field = 123.999999;
    // 10 rounds of 22 layers of degree 5 and one of degree 1, each with a factor eq.
    assertEquals(field - log2(22 * 60 + 20 + 1), bits(budget, "layer rounds"), 1e-9);
    // 22 layers of 16 wires below, and the inputs' 16.
    assertEquals(field - log2(23 * 4 + 1), bits(budget, "wires of layers"), 1e-9);
    assertEquals(field - log2(10 + 4 + 1), bits(budget, "output point"), 1e-9);
    int rowVariables = 14 - Integer.numberOfTrailingZeros(p.width());
    assertEquals(
        field - log2(rowVariables * 4.0 * p.width()), bits(budget, "input proximity"), 1e-9);
    assertEquals(1 << 14, p.rows() * p.width());
  }

  @Test
  void whatIsTooLargeIsRefused() {
    LayeredCircuit circuit = KeccakF1600.circuit(Visibility.COMMITTED);
    assertThrows(CircuitTooLarge.class, () -> LayeredParameters.of(circuit, 1 << 20));
  }

  private static double log2(double x) {
    return Math.log(x) / Math.log(2);
  }

  private static double bits(SoundnessBudget budget, String step) {
    return budget.terms().stream()
        .filter(t -> t.step().equals(step))
        .mapToDouble(SoundnessBudget.Term::bits)
        .findFirst()
        .orElseThrow();
  }
}
