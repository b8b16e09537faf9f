package org.zkc.gkr.field;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The laws that every field of the backend obeys; one subclass per field. */
abstract class FieldLaws<T> {
  private static final long SEED = 20260301;

  abstract T zero();

  abstract T one();

  abstract T random(Random random);

  /** Elements at the edges of the representation. */
  abstract List<T> corners();

  abstract T add(T a, T b);

  abstract T sub(T a, T b);

  abstract T mul(T a, T b);

  abstract T inv(T a);

  private void forTriples(TripleCheck<T> check) {
    Random random = new Random(SEED);
    List<T> corners = corners();
    for (T a : corners) {
      for (T b : corners) {
        for (T c : corners) {
          check.accept(a, b, c, "corners " + a + ", " + b + ", " + c);
        }
      }
    }
    for (int k = 0; k < 500; k++) {
      T a = random(random);
      T b = random(random);
      T c = random(random);
      check.accept(a, b, c, "seed " + SEED + ": " + a + ", " + b + ", " + c);
    }
  }

  private interface TripleCheck<T> {
    void accept(T a, T b, T c, String message);
  }

  @Test
  void additionIsAnAbelianGroup() {
    forTriples((a, b, c, message) -> {
      assertEquals(add(a, b), add(b, a), message);
      assertEquals(add(add(a, b), c), add(a, add(b, c)), message);
      assertEquals(a, add(a, zero()), message);
      assertEquals(zero(), sub(a, a), message);
      assertEquals(a, add(sub(a, b), b), message);
    });
  }

  @Test
  void multiplicationIsCommutativeAssociativeAndDistributes() {
    forTriples((a, b, c, message) -> {
      assertEquals(mul(a, b), mul(b, a), message);
      assertEquals(mul(mul(a, b), c), mul(a, mul(b, c)), message);
      assertEquals(mul(a, add(b, c)), add(mul(a, b), mul(a, c)), message);
      assertEquals(a, mul(a, one()), message);
      assertEquals(zero(), mul(a, zero()), message);
    });
  }

  @Test
  void everyNonzeroElementHasAnInverse() {
    forTriples((a, b, c, message) -> {
      if (!a.equals(zero())) {
        assertEquals(one(), mul(a, inv(a)), message);
      }
    });
    assertThrows(ArithmeticException.class, () -> inv(zero()));
  }
}
