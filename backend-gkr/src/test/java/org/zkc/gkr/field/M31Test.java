package org.zkc.gkr.field;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class M31Test extends FieldLaws<Integer> {
  private static final BigInteger P = BigInteger.valueOf(M31.P);

  @Override
  Integer zero() {
    return 0;
  }

  @Override
  Integer one() {
    return 1;
  }

  @Override
  Integer random(Random random) {
    return random.nextInt(M31.P);
  }

  @Override
  List<Integer> corners() {
    return List.of(0, 1, 2, 1 << 30, M31.P - 2, M31.P - 1);
  }

  @Override
  Integer add(Integer a, Integer b) {
    return M31.add(a, b);
  }

  @Override
  Integer sub(Integer a, Integer b) {
    return M31.sub(a, b);
  }

  @Override
  Integer mul(Integer a, Integer b) {
    return M31.mul(a, b);
  }

  @Override
  Integer inv(Integer a) {
    return M31.inv(a);
  }

  @Test
  void agreesWithBigIntegers() {
    Random random = new Random(5);
    for (int k = 0; k < 2000; k++) {
      long x = k == 0 ? Long.MAX_VALUE : random.nextLong() >>> 1;
      assertEquals(
          BigInteger.valueOf(x).mod(P).intValueExact(), M31.reduce(x), () -> "reduce " + x);
      long y = k == 1 ? Long.MIN_VALUE : random.nextLong();
      assertEquals(
          BigInteger.valueOf(y).mod(P).intValueExact(), M31.fromSigned(y), () -> "fromSigned " + y);
      int a = random.nextInt(M31.P);
      int b = random.nextInt(M31.P);
      assertEquals(
          BigInteger.valueOf(a).multiply(BigInteger.valueOf(b)).mod(P).intValueExact(),
          M31.mul(a, b));
    }
  }

  @Test
  void signedRepresentativesRoundTrip() {
    for (int v : new int[] {0, 1, -1, 127, -128, (1 << 30) - 1, -(1 << 30) + 1}) {
      assertEquals(v, M31.toSigned(M31.fromSigned(v)));
    }
  }

  @Test
  void onlyResiduesAreCanonical() {
    assertTrue(M31.isCanonical(0));
    assertTrue(M31.isCanonical(M31.P - 1));
    assertFalse(M31.isCanonical(M31.P));
    assertFalse(M31.isCanonical(-1));
  }
}
