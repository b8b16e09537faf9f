package org.zkc.gkr.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each condition on norms and reciprocals refuses, and accepts at its limit. */
class NormCheckTest {
  private static void refused(String part, CircuitBuilder b) {
    InvalidCircuit e = assertThrows(InvalidCircuit.class, b::circuit);
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  private static CircuitBuilder norm(int most, long constant, Integer... shape) {
    CircuitBuilder b = new CircuitBuilder(1);
    return b.output(b.euclideanNorm(b.input(-most, most, shape), constant));
  }

  private static Interval result(CircuitBuilder b) {
    return CircuitCheck.stateOf(b.circuit()).intervals().getLast();
  }

  @Test
  void radicands() {
    assertEquals(new Interval(3, 11), result(norm(5, 15, 2, 5)));
    // 2^15 - 1 is the greatest element whose square is below 2^30.
    assertEquals(new Interval(1, 65534), result(norm((1 << 15) - 1, 1, 2, 4)));
    refused("the square of an element", norm(1 << 15, 1, 2, 4));
    refused("the constant 0", norm(5, 0, 2, 4));
    refused("the constant", norm(5, 1L << 40, 2, 4));
    assertEquals((1 << 20) - 1, result(norm(5, (1L << 40) - 101, 2, 4)).high());
    refused("the radicand reaches", norm(5, (1L << 40) - 100, 2, 4));
    TensorDeclaration scalar = TensorDeclaration.input(List.of(), -5, 5);
    TensorDeclaration root = TensorDeclaration.witness(List.of(), 1, 5);
    Circuit circuit =
        new Circuit(
            List.of(scalar, root),
            List.of(),
            List.of(new EuclideanNorm(1, 0, 1, List.of())),
            List.of(0),
            List.of(1));
    assertThrows(InvalidCircuit.class, () -> CircuitCheck.check(circuit));
  }

  @Test
  void groups() {
    assertEquals(6, EuclideanNorm.group(new Interval(-100, 3), 6));
    assertEquals(2, EuclideanNorm.group(new Interval(-20000, 3), 6));
    assertEquals(1, EuclideanNorm.group(new Interval(-20000, 3), 7));
    // One element a group: at most 2^8 of them.
    result(norm(30000, 1, 1, 256));
    refused("groups of squares", norm(30000, 1, 1, 257));
  }

  private static CircuitBuilder exponents(int most, int extent, Integer... exponents) {
    CircuitBuilder b = new CircuitBuilder(1);
    return b.output(b.euclideanNorm(b.input(-most, most, 2, extent), 1, exponents));
  }

  @Test
  void exponents() {
    // 25 (1 + 4^3 + 4^9 + 4^4) + 1 = 25 * 262465 + 1
    assertEquals(new Interval(1, 2561), result(exponents(5, 4, 0, 3, 9, 4)));
    refused("3 exponents for 4 channels", exponents(5, 4, 0, 3, 9));
    int many = CircuitLimits.CHANNELS + 1;
    Integer[] ones = Collections.nCopies(many, 1).toArray(Integer[]::new);
    refused("channels with exponents", exponents(5, many, ones));
    refused("an exponent outside [0, 9]", exponents(1, 4, 0, 10, 0, 0));
    refused("an exponent outside [0, 9]", exponents(1, 4, 0, -1, 0, 0));
    // 2^15 - 1 is the greatest element whose square is below 2^30, whatever its exponent.
    result(exponents((1 << 15) - 1, 2, 4, 0));
    refused("the square of an element", exponents(1 << 15, 2, 4, 0));
    // 2047^2 (4^9 + 1) is below 2^40, and 2048^2 4^9 is 2^40.
    result(exponents(2047, 2, 9, 0));
    refused("the radicand reaches", exponents(2048, 2, 9, 0));
    refused("the radicand reaches", exponents(2047, 2, 9, 9));
  }

  @Test
  void groupsOfRaisedChannelsCount() {
    Integer[] one = new Integer[256];
    Arrays.fill(one, 0);
    one[7] = 1;
    // One element of 30000 a group, and one group of the raised channel.
    refused("groups of squares", exponents(30000, 256, one));
    // Two elements a group.
    result(exponents(20000, 256, one));
  }

  @Test
  void degree() {
    CircuitBuilder b = new CircuitBuilder(1);
    int x = b.input(-3, 3, 2, 4);
    int eighth = b.product(b.product(b.product(x, x), b.product(x, x)), x);
    int ninth = b.product(b.product(b.product(x, x), b.product(x, x)), eighth);
    refused("multiplicative degree", b.output(b.euclideanNorm(ninth, 1)));
  }

  private static CircuitBuilder reciprocal(int low, int high, int bits, Integer... shape) {
    CircuitBuilder b = new CircuitBuilder(1);
    return b.output(b.reciprocal(b.input(low, high, shape), bits));
  }

  @Test
  void reciprocals() {
    assertEquals(new Interval(256, 1 << 28), result(reciprocal(1, (1 << 20) - 1, 28, 3, 1)));
    assertEquals(new Interval(0, 1 << 10), result(reciprocal(1, (1 << 20) - 1, 10, 3, 1)));
    refused("the source ranges over", reciprocal(0, 9, 28, 3, 1));
    refused("the source ranges over", reciprocal(1, 1 << 20, 28, 3, 1));
    refused("bits out of range", reciprocal(1, 9, 29, 3, 1));
    refused("bits out of range", reciprocal(1, 9, 9, 3, 1));
    refused("the last axis", reciprocal(1, 9, 28, 3));
    refused("the last axis", reciprocal(1, 9, 28));
  }

  @Test
  void normalised() {
    CircuitBuilder b = new CircuitBuilder(1);
    int x = b.input(-5, 5, 2, 4);
    int norm = b.euclideanNorm(x, 1);
    int r = b.reciprocal(norm, 28);
    b.output(b.normalize(x, r));
    // The root of 101 is 10.
    assertEquals(new Interval(-(1 << 28) - 5, (1 << 28) + 5), result(b));
    CircuitBuilder other = new CircuitBuilder(1);
    int z = other.input(-5, 5, 2, 4);
    int w = other.input(-5, 5, 2, 4);
    other.output(other.normalize(w, other.reciprocal(other.euclideanNorm(z, 1), 28)));
    refused("no reciprocal of the source's Euclidean norm", other);
    CircuitBuilder shifted = new CircuitBuilder(1);
    int u = shifted.input(-5, 5, 2, 2);
    int root = shifted.euclideanNorm(u, 1, 1, 0);
    shifted.output(shifted.normalize(u, shifted.reciprocal(root, 28), 0, 1));
    refused("no reciprocal of the source's Euclidean norm", shifted);
    CircuitBuilder given = new CircuitBuilder(1);
    int v = given.input(-5, 5, 2, 4);
    given.output(given.normalize(v, given.input(1, 5, 2, 1)));
    refused("no reciprocal of the source's Euclidean norm", given);
  }
}
