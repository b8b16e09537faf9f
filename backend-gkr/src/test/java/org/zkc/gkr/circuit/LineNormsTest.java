package org.zkc.gkr.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.TensorDeclaration.Role;

/** Sums of products with a line of bounded 2-norm: what the loader derives, and from what alone. */
class LineNormsTest {
  private static final int WIDTH = 64;
  private static final int SHIFT = 18;

  private static int normalized(CircuitBuilder b, long constant) {
    int x = b.input(-100, 100, 3, WIDTH);
    return b.normalize(x, b.reciprocal(b.euclideanNorm(x, constant), 28));
  }

  private static int cut(CircuitBuilder b, int source) {
    return b.requantize(source, SHIFT, 2, -1023, 1023);
  }

  /** The interval of a product with 2 rows of ones, each of 2-norm 8. */
  private static Interval product(CircuitBuilder b, int left) {
    int w = b.model(-1, 1, 2, WIDTH);
    b.setModel(w, k -> 1);
    b.boundNorms(w, 8);
    b.output(b.matMul(left, w));
    return CircuitCheck.stateOf(b.circuit()).intervals().getLast();
  }

  private static Interval behind(ToIntFunction<CircuitBuilder> left) {
    CircuitBuilder b = new CircuitBuilder(1);
    return product(b, left.applyAsInt(b));
  }

  /** The norm of 64 elements up to 100, and a constant of 10^4: at most 806. */
  @Test
  void boundByNorms() {
    long line = (long) Math.ceil(((1 << 28) + 404) * Math.sqrt(1 + 1e-4)) + 1;
    long rounded = (line + (1L << SHIFT) - 1 >> SHIFT) + 5;
    assertEquals(
        new Interval(-8 * rounded, 8 * rounded), behind(b -> cut(b, normalized(b, 10_000))));
    assertEquals(1030, rounded);
  }

  /** The lesser bound counts: of 64 elements up to 3 the sum is 192 at most. */
  @Test
  void boundBySums() {
    Interval sums = behind(b -> b.requantize(normalized(b, 10_000), SHIFT, 2, -3, 3));
    assertEquals(new Interval(-192, 192), sums);
  }

  @Test
  void linesThatMoveKeepTheirNorm() {
    Interval wanted = behind(b -> cut(b, normalized(b, 10_000)));
    assertEquals(
        wanted,
        behind(b ->
            b.view(
                cut(b, normalized(b, 10_000)),
                new ViewStep.Reshape(List.of(3, 1, WIDTH)),
                new ViewStep.Permute(List.of(1, 0, 2)),
                new ViewStep.Window(1, 2, 1, 1, 1, 1))));
  }

  /**
   * What is no clamp around 0, or not moved line by line, has no bound but that of its elements.
   */
  @Test
  void noBoundForAnythingElse() {
    long most = 1023L * WIDTH;
    assertEquals(most, behind(b -> b.requantize(normalized(b, 10_000), SHIFT, 2, 1, 1023)).high());
    CircuitBuilder entries = new CircuitBuilder(1);
    int[] values = new int[2051];
    Arrays.fill(values, 1023);
    int table = entries.table(new Table.Entries(-1025, values));
    assertEquals(
        most,
        product(entries, entries.requantize(normalized(entries, 10_000), SHIFT, 2, table)).high());
    assertEquals(
        most,
        behind(
                b -> {
                  int y = cut(b, normalized(b, 10_000));
                  return b.view(
                      b.view(y, new ViewStep.Permute(List.of(1, 0))),
                      new ViewStep.Reshape(List.of(3, WIDTH)));
                })
            .high());
    assertEquals(
        2 * most,
        behind(
                b -> {
                  int y = cut(b, normalized(b, 10_000));
                  return b.view(y, new ViewStep.Window(0, 2, 1, 1, 0, 2));
                })
            .high());
    assertEquals(
        most + WIDTH,
        behind(
                b -> {
                  int y = cut(b, normalized(b, 10_000));
                  return b.affine(
                      List.of(3, WIDTH),
                      List.of(new Affine.Term(y, 1, List.of())),
                      new Affine.Box(1, List.of(0, 0), List.of(3, WIDTH)));
                })
            .high());
  }

  @Test
  void aKeyWithAWrongBoundIsRefused() {
    CircuitBuilder b = new CircuitBuilder(1);
    Interval reached = product(b, cut(b, normalized(b, 10_000)));
    Circuit honest = b.circuit();
    CircuitCheck.check(honest);
    int last = honest.tensors().size() - 1;
    TensorDeclaration d = honest.tensors().get(last);
    TensorDeclaration narrow =
        TensorDeclaration.virtual(d.shape(), reached.low() + 1, reached.high());
    refused("declared is", with(honest, last, narrow));
    int model = last - 1;
    TensorDeclaration w = honest.tensors().get(model);
    assertEquals(Role.MODEL, w.role());
    refused("declared is", with(honest, model, withNorm(w, 9)));
    // Without a declared norm sums alone count, which reach further.
    refused("declared is", with(honest, model, withNorm(w, 0)));
    refused("bound of the norms out of range", with(honest, model, withNorm(w, -1)));
    refused("bound of the norms out of range", with(honest, model, withNorm(w, 1L << 30)));
    refused("only MODEL tensors", with(honest, 0, withNorm(honest.tensors().getFirst(), 8)));
  }

  private static TensorDeclaration withNorm(TensorDeclaration d, long norm) {
    return new TensorDeclaration(
        d.role(), d.shape(), d.low(), d.high(), d.positive(), d.negative(), norm);
  }

  private static Circuit with(Circuit circuit, int tensor, TensorDeclaration declaration) {
    List<TensorDeclaration> tensors = new ArrayList<>(circuit.tensors());
    tensors.set(tensor, declaration);
    return new Circuit(
        tensors, circuit.tables(), circuit.relations(), circuit.inputs(), circuit.outputs());
  }

  private static void refused(String part, Circuit circuit) {
    InvalidCircuit e = assertThrows(InvalidCircuit.class, () -> CircuitCheck.check(circuit));
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  /** No line of any size exceeds the bound, least constants and one large element included. */
  @Test
  void boundsHold() {
    Random random = new Random(5);
    for (long constant : new long[] {1, 2, 3, 17, 1000, 1 << 20}) {
      CircuitBuilder b = new CircuitBuilder(1);
      int z = normalized(b, constant);
      int y = cut(b, z);
      product(b, y);
      Circuit circuit = b.circuit();
      CheckedCircuit checked = CircuitCheck.check(circuit);
      long line = bound(circuit, z);
      long rounded = bound(circuit, y);
      for (int most : new int[] {0, 1, 2, 5, 100}) {
        for (int run = 0; run < 20; run++) {
          int[] x = random.ints(3L * WIDTH, -most, most + 1).toArray();
          if (run % 2 == 0) {
            x = new int[x.length];
            x[random.nextInt(x.length)] = most;
          }
          TreeMap<Integer, int[]> given = new TreeMap<>(b.given());
          given.put(0, x);
          int[][] values = CircuitEvaluator.evaluate(checked, given);
          assertTrue(norm(values[z]) <= line, constant + " " + most);
          assertTrue(norm(values[y]) <= rounded, constant + " " + most);
        }
      }
    }
  }

  /** The bound that the check has for a tensor. */
  private static long bound(Circuit circuit, int tensor) {
    return CircuitCheck.stateOf(circuit).lineNorm(tensor);
  }

  private static double norm(int[] values) {
    double most = 0;
    for (int k = 0; k < values.length; k += WIDTH) {
      double sum = 0;
      for (int i = k; i < k + WIDTH; i++) {
        sum += (double) values[i] * values[i];
      }
      most = Math.max(most, Math.sqrt(sum));
    }
    return most;
  }
}
