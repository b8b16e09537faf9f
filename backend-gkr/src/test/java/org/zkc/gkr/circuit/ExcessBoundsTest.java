package org.zkc.gkr.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/** A column less what a table makes of its upper bits: what the loader derives, and when. */
class ExcessBoundsTest {
  private static final int SHIFT = 3;

  /** Entries for every row that an input in [-100, 90] reaches, and one more at each end. */
  private static int[] entries(Random random) {
    return random.ints((94 >> SHIFT) - (-96 >> SHIFT) + 3, -20, 21).toArray();
  }

  private static int table(CircuitBuilder b, int[] entries) {
    return b.table(new Table.Entries((-96 >> SHIFT) - 1, entries));
  }

  private static Interval last(CircuitBuilder b, int result) {
    b.output(result);
    return CircuitCheck.stateOf(b.circuit()).intervals().get(result);
  }

  /** The interval is that of all inputs one by one, for any entries and coefficients. */
  @Test
  void boundsAreExact() {
    Random random = new Random(3);
    for (int run = 0; run < 50; run++) {
      int[] entries = entries(random);
      long a = random.nextInt(1, 9) * (random.nextBoolean() ? 1 : -1);
      long c = random.nextInt(1, 9) * (random.nextBoolean() ? 1 : -1);
      CircuitBuilder b = new CircuitBuilder(1);
      int x = b.input(-100, 90, 2, 3);
      int t = b.requantize(x, SHIFT, 1, table(b, entries));
      List<Affine.Term> terms =
          run % 2 == 0
              ? List.of(CircuitBuilder.term(x, a), CircuitBuilder.term(t, c))
              : List.of(CircuitBuilder.term(t, c), CircuitBuilder.term(x, a));
      Interval found = last(b, b.affine(List.of(2, 3), terms));
      long least = Long.MAX_VALUE;
      long most = Long.MIN_VALUE;
      for (int k = -100; k <= 90; k++) {
        long value = a * k + c * entries[(k + 4 >> SHIFT) - (-96 >> SHIFT) + 1];
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
      assertEquals(new Interval(least, most), found);
    }
  }

  /** x - 8 (h - clamp(h, -2, 2)) has the three lower bits of x and an upper part in [-2, 2]. */
  private static int excess(CircuitBuilder b, int x) {
    int first = -96 >> SHIFT;
    int size = (94 >> SHIFT) - first + 1;
    return b.requantize(x, SHIFT, 1, b.table(new Table.Excess(first, size, -2, 2)));
  }

  private static Interval behind(ToIntFunction<CircuitBuilder> left) {
    CircuitBuilder b = new CircuitBuilder(1);
    return last(b, left.applyAsInt(b));
  }

  @Test
  void whatIsLeftIsNarrow() {
    Interval left =
        behind(b -> {
          int x = b.input(-100, 90, 2, 3);
          return b.affine(
              List.of(2, 3),
              List.of(CircuitBuilder.term(x, 1), CircuitBuilder.term(excess(b, x), -8)));
        });
    assertEquals(new Interval(-20, 19), left);
  }

  /** Another column, a view of the same, a constant, a third term: terms reach what they reach. */
  @Test
  void noBoundForAnythingElse() {
    Interval apart = new Interval(-100 - 8 * 9, 90 + 8 * 10);
    assertEquals(
        apart,
        behind(b -> {
          int x = b.input(-100, 90, 2, 3);
          int other = b.input(-100, 90, 2, 3);
          return b.affine(
              List.of(2, 3),
              List.of(CircuitBuilder.term(other, 1), CircuitBuilder.term(excess(b, x), -8)));
        }));
    assertEquals(
        apart,
        behind(b -> {
          int x = b.input(-100, 90, 3, 3);
          ViewStep swap = new ViewStep.Permute(List.of(1, 0));
          return b.affine(
              List.of(3, 3),
              List.of(CircuitBuilder.term(x, 1), CircuitBuilder.term(excess(b, x), -8, swap)));
        }));
    assertEquals(
        new Interval(apart.low() + 1, apart.high() + 1),
        behind(b -> {
          int x = b.input(-100, 90, 2, 3);
          return b.affine(
              List.of(2, 3),
              List.of(CircuitBuilder.term(x, 1), CircuitBuilder.term(excess(b, x), -8)),
              new Affine.Box(1, List.of(0, 0), List.of(2, 3)));
        }));
    assertEquals(
        new Interval(apart.low() - 100, apart.high() + 90),
        behind(b -> {
          int x = b.input(-100, 90, 2, 3);
          int t = excess(b, x);
          return b.affine(
              List.of(2, 3),
              List.of(
                  CircuitBuilder.term(x, 1),
                  CircuitBuilder.term(t, -8),
                  CircuitBuilder.term(b.input(-100, 90, 2, 3), 1)));
        }));
  }

  @Test
  void aKeyWithAWrongBoundIsRefused() {
    CircuitBuilder b = new CircuitBuilder(1);
    int x = b.input(-100, 90, 2, 3);
    int left =
        b.affine(
            List.of(2, 3),
            List.of(CircuitBuilder.term(x, 1), CircuitBuilder.term(excess(b, x), -8)));
    b.output(left);
    Circuit honest = b.circuit();
    CircuitCheck.check(honest);
    List<TensorDeclaration> tensors = new ArrayList<>(honest.tensors());
    TensorDeclaration d = tensors.get(left);
    tensors.set(left, TensorDeclaration.virtual(d.shape(), d.low() + 1, d.high()));
    Circuit narrow =
        new Circuit(
            tensors, honest.tables(), honest.relations(), honest.inputs(), honest.outputs());
    InvalidCircuit e = assertThrows(InvalidCircuit.class, () -> CircuitCheck.check(narrow));
    assertTrue(e.getMessage().contains("declared is"), e.getMessage());
  }
}
