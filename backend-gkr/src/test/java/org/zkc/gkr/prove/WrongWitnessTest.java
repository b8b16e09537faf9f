package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.layout.LeafLayout;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Holder;
import org.zkc.gkr.weight.TensorLayout;

/** For every relation, provers that adapt everything else to one wrong value. */
class WrongWitnessTest {
  @TempDir Path directory;

  private static int[] plus(int[] elements, int at, int delta) {
    int[] out = elements.clone();
    out[at] += delta;
    return out;
  }

  private static int named(ConstraintSystem system, String part) {
    for (int t = 0; t < system.tensors().size(); t++) {
      if (system.tensor(t).name().contains(part)) {
        return t;
      }
    }
    throw new IllegalArgumentException(part);
  }

  /** A wrong element of {@code tensor}, and all that follows from it. */
  private void wrongElement(
      CircuitBuilder builder, int tensor, UnaryOperator<int[]> change, String rejection)
      throws Exception {
    try (WeakProof weak = new WeakProof(builder, directory)) {
      assertNull(weak.rejection(weak.statement(weak.honest), weak.prove()), "the honest proof");
      int[][] elements = weak.withTensor(tensor, change.apply(weak.honest[tensor]));
      byte[] forged = weak.prove(weak.statement(elements), new ForgedValues(weak, elements));
      String why = weak.rejection(weak.statement(elements), forged);
      assertNotNull(why, "a wrong element of tensor " + tensor + " was accepted");
      assertTrue(why.contains(rejection), why);
    }
  }

  // 3 x 5 inputs, matmul to 3 x 7, requantised to 3 x 7, matmul to 3 x 2.
  private static final class Layers {
    final CircuitBuilder b = new CircuitBuilder(11);
    final int x = b.input(-100, 100, 3, 5);
    final int acc = b.matMul(x, b.model(-20, 20, 7, 5));
    final int activation = b.requantize(acc, 6, 2, 0, 60);
    final int out = b.matMul(activation, b.model(-20, 20, 2, 7));

    Layers() {
      b.output(out);
    }
  }

  @Test
  void wrongMatrixProduct() throws Exception {
    Layers l = new Layers();
    wrongElement(l.b, l.acc, v -> plus(v, 4, 1), "MatMul");
  }

  @Test
  void wrongOutput() throws Exception {
    Layers l = new Layers();
    wrongElement(l.b, l.out, v -> plus(v, 1, 1), "MatMul");
  }

  @Test
  void wrongActivation() throws Exception {
    Layers l = new Layers();
    wrongElement(l.b, l.activation, v -> plus(v, 9, v[9] > 0 ? -1 : 1), "lookup");
  }

  @Test
  void quotientOffByOneWithARemainderOutsideItsRange() throws Exception {
    Layers l = new Layers();
    try (WeakProof weak = new WeakProof(l.b, directory)) {
      ConstraintSystem system = weak.key.verifierKey().arithmetization().system();
      int high = named(system, "remainder limb 1");
      // The highest limb takes one more unit of 2^3, up to 2^3 units beyond its range: h falls by
      // one.
      ForgedValues honest = new ForgedValues(weak, weak.honest);
      int at = 0;
      while (weak.honest[l.activation][at] <= 0 || weak.honest[l.activation][at] >= 60) {
        at++;
      }
      int[][] elements = weak.withTensor(l.activation, plus(weak.honest[l.activation], at, -1));
      ForgedValues values =
          new ForgedValues(weak, elements).forge(high, plus(honest.signed(high), at, 8));
      String why = weak.rejection(elements, values);
      assertNotNull(why);
      assertTrue(why.contains("lookup"), why);
    }
  }

  @Test
  void limbsThatAddUpWithOneOutsideItsRange() throws Exception {
    Layers l = new Layers();
    try (WeakProof weak = new WeakProof(l.b, directory)) {
      ConstraintSystem system = weak.key.verifierKey().arithmetization().system();
      int low = named(system, "remainder limb 0");
      int high = named(system, "remainder limb 1");
      ForgedValues honest = new ForgedValues(weak, weak.honest);
      ForgedValues values =
          new ForgedValues(weak, weak.honest)
              .forge(low, plus(honest.signed(low), 2, -8))
              .forge(high, plus(honest.signed(high), 2, 1));
      String why = weak.rejection(weak.honest, values);
      assertNotNull(why);
      assertTrue(why.contains("lookup"), why);
    }
  }

  @Test
  void wrongMultiplicities() throws Exception {
    Layers l = new Layers();
    try (WeakProof weak = new WeakProof(l.b, directory)) {
      ConstraintSystem system = weak.key.verifierKey().arithmetization().system();
      int m = system.multiplicities(0);
      ForgedValues counted = new ForgedValues(weak, weak.honest);
      counted.countLookups(null);
      ForgedValues values =
          new ForgedValues(weak, weak.honest).forge(m, plus(counted.signed(m), 0, 1));
      String why = weak.rejection(weak.honest, values);
      assertNotNull(why);
      assertTrue(why.contains("lookup"), why);
    }
  }

  @Test
  void fractionInThePaddingOrNumeratorThatBalancesTheSum() throws Exception {
    Layers l = new Layers();
    try (WeakProof weak = new WeakProof(l.b, directory)) {
      LeafLayout leaves = weak.key.verifierKey().arithmetization().leaves();
      LeafLayout.Block block =
          leaves.lookups().blocks().stream()
              .filter(b -> b.tuple().contains(l.activation))
              .findFirst()
              .orElseThrow();
      int[] wrong = plus(weak.honest[l.activation], 9, weak.honest[l.activation][9] > 0 ? -1 : 1);
      int[][] elements = weak.withTensor(l.activation, wrong);
      // Index 7 of an axis of 7 in 8 is padding; index 0 a real lookup; the last are not live.
      int last = (1 << leaves.lookups().variables()) - 1;
      int lastRow = (1 << leaves.tables().variables()) - 1;
      LeafLayout.Block least = leaves.lookups().blocks().getLast();
      assertTrue(least.offset() + least.live() <= last, "leaves that are not live");
      for (int leaf :
          new int[] {block.offset() + 7, block.offset(), last, ForgedValues.ofTables(lastRow)}) {
        ForgedValues values = new ForgedValues(weak, elements).balanceAt(leaf);
        String why = weak.rejection(elements, values);
        assertNotNull(why);
        String tree = leaf < 0 ? "lookup tables" : "lookup";
        assertTrue(why.contains(tree + " leaves, numerator"), why);
      }
    }
  }

  @Test
  void denominatorOfARowThatWasNotLookedUp() throws Exception {
    Layers l = new Layers();
    try (WeakProof weak = new WeakProof(l.b, directory)) {
      LeafLayout.Block block =
          weak.key.verifierKey().arithmetization().leaves().lookups().blocks().stream()
              .filter(b -> b.tuple().contains(l.activation))
              .findFirst()
              .orElseThrow();
      int[] wrong = plus(weak.honest[l.activation], 1, weak.honest[l.activation][1] > 0 ? -1 : 1);
      int[][] elements = weak.withTensor(l.activation, wrong);
      // Element 1 is wrong, its fraction is that of element 0, and so it is counted.
      ConstraintSystem system = weak.key.verifierKey().arithmetization().system();
      ForgedValues counted = new ForgedValues(weak, elements);
      counted.countLookups(null);
      int m = system.multiplicities(block.table());
      int[] first = counted.real(block.tuple().get(0));
      int base = system.tables().get(block.table()).column(0)[0];
      int[] multiplicities = counted.signed(m);
      multiplicities[M31.sub(first[1], base)]--;
      multiplicities[M31.sub(first[0], base)]++;
      ForgedValues values =
          new ForgedValues(weak, elements)
              .copyDenominator(block.offset(), block.offset() + 1)
              .forge(m, multiplicities);
      String why = weak.rejection(elements, values);
      assertNotNull(why);
      assertTrue(why.contains("lookup leaves, denominator"), why);
    }
  }

  @Test
  void junkInThePaddingChangesNothing() throws Exception {
    Layers l = new Layers();
    try (WeakProof weak = new WeakProof(l.b, directory)) {
      ForgedValues values = new ForgedValues(weak, weak.honest);
      TensorLayout layout = new TensorLayout(List.of(3, 7));
      int[] stored = layout.pad(values.real(l.activation));
      // Index 7 of the padded axis of 8, in the first row.
      stored[7] = 1234567;
      values.forgeStored(l.activation, stored);
      byte[] proof = weak.prove(weak.statement(weak.honest), values);
      assertNull(weak.rejection(weak.statement(weak.honest), proof), "the padding has no meaning");
      // A prover that lets the next layer read it: the output moves by junk times any weight it
      // likes.
      int[][] elements = weak.withTensor(l.out, plus(weak.honest[l.out], 0, 5));
      ForgedValues reading = new ForgedValues(weak, elements).forgeStored(l.activation, stored);
      assertNotNull(
          weak.rejection(weak.statement(elements), weak.prove(weak.statement(elements), reading)));
    }
  }

  @Test
  void wrongConvolution() throws Exception {
    for (int groups : new int[] {1, 2}) {
      CircuitBuilder b = new CircuitBuilder(12);
      int x = b.input(-100, 100, 1, 4, 5, 6);
      int y = b.conv(x, b.model(-9, 9, 6, 4 / groups, 3, 2), 2, 1, 1, groups);
      int a = b.requantize(y, 5, 1, -20, 20);
      b.output(a);
      wrongElement(b, y, v -> plus(v, 5, -1), "Conv");
    }
  }

  @Test
  void wrongAffine() throws Exception {
    CircuitBuilder b = new CircuitBuilder(13);
    int x = b.input(-100, 100, 3, 5);
    int a = b.requantize(x, 2, 1, -20, 20);
    int sum =
        b.affine(
            List.of(3, 5),
            List.of(
                CircuitBuilder.term(a, 3),
                CircuitBuilder.term(x, -2, new ViewStep.Window(1, 5, 1, 1, -1, 2))),
            new Affine.Box(7, List.of(1, 2), List.of(3, 4)));
    b.output(b.requantize(sum, 3, 1, -30, 30));
    wrongElement(b, sum, v -> plus(v, 7, 8), "");
  }

  @Test
  void wrongAffineOfPublicTensors() throws Exception {
    CircuitBuilder b = new CircuitBuilder(17);
    int x = b.input(-100, 100, 3, 5);
    int y =
        b.affine(
            List.of(3, 5),
            List.of(CircuitBuilder.term(x, 3)),
            new Affine.Box(1, List.of(0, 0), List.of(3, 5)));
    b.output(y);
    wrongElement(b, y, v -> plus(v, 7, v[7] > 0 ? -1 : 1), "Linear sum");
  }

  @Test
  void wrongSumThatOnlyTheModelCanContradict() throws Exception {
    CircuitBuilder b = new CircuitBuilder(18);
    int x = b.input(-100, 100, 3, 5);
    int y = b.addBias(x, b.model(-50, 50, 5));
    b.output(y);
    wrongElement(b, y, v -> plus(v, 7, v[7] > 0 ? -1 : 1), "model merge ending");
  }

  @Test
  void wrongViewOfACommittedTensor() throws Exception {
    CircuitBuilder b = new CircuitBuilder(19);
    int x = b.input(-100, 100, 3, 5);
    int a = b.requantize(x, 2, 1, -20, 20);
    int y = b.view(a, new ViewStep.Window(1, 4, 1, 1, 0, 2));
    b.output(y);
    wrongElement(b, y, v -> plus(v, 7, v[7] > 0 ? -1 : 1), "witness batch ending");
  }

  @Test
  void proofAboutOtherValuesThanTheCommittedOnes() throws Exception {
    Layers l = new Layers();
    try (WeakProof weak = new WeakProof(l.b, directory)) {
      for (boolean combineCommitted : new boolean[] {true, false}) {
        ForgedValues values = new ForgedValues(weak, weak.honest);
        int[] other = new TensorLayout(List.of(3, 7)).pad(values.real(l.activation));
        other[2]++;
        values.commitTo(l.activation, other, combineCommitted);
        String why = weak.rejection(weak.honest, values);
        assertNotNull(why);
        assertTrue(
            why.startsWith(combineCommitted ? "witness combination" : "witness column"), why);
      }
    }
  }

  @Test
  void anotherModel() throws Exception {
    Layers l = new Layers();
    try (WeakProof weak = new WeakProof(l.b, directory)) {
      TreeMap<Integer, int[]> other = new TreeMap<>(l.b.given());
      int weight = other.lastKey();
      other.put(weight, plus(other.get(weight), 3, other.get(weight)[3] > 0 ? -1 : 1));
      String why = weak.rejectionOfModel(other);
      assertNotNull(why);
      assertTrue(why.startsWith("model column"), why);
    }
  }

  @Test
  void wrongProduct() throws Exception {
    CircuitBuilder b = new CircuitBuilder(14);
    int x = b.input(-100, 100, 3, 5);
    int a = b.requantize(x, 2, 1, -20, 20);
    int p = b.product(a, x);
    b.output(b.requantize(p, 3, 1, -300, 300));
    wrongElement(b, p, v -> plus(v, 7, 8), "Product");
  }

  private static CircuitBuilder maximum(ArrayList<Integer> tensors) {
    CircuitBuilder b = new CircuitBuilder(15);
    int x = b.input(-100, 100, 3, 5);
    int y = b.input(-100, 100, 3, 5);
    int z = b.input(-100, 100, 3, 5);
    int m = b.max(8, x, y, z);
    int out = b.requantize(m, 1, 1, -90, 90);
    tensors.addAll(List.of(x, y, z, m));
    return b.output(out);
  }

  @Test
  void maximumThatIsNotAttained() throws Exception {
    ArrayList<Integer> t = new ArrayList<>();
    CircuitBuilder b = maximum(t);
    int m = t.get(3);
    wrongElement(b, m, v -> plus(v, 3, v[3] < 100 ? 1 : 0), "Max");
  }

  @Test
  void maximumThatIsAnotherSource() throws Exception {
    ArrayList<Integer> t = new ArrayList<>();
    CircuitBuilder b = maximum(t);
    try (WeakProof weak = new WeakProof(b, directory)) {
      int m = t.get(3);
      int at = 0;
      while (weak.honest[t.get(0)][at] == weak.honest[m][at]) {
        at++;
      }
      int[] wrong = weak.honest[m].clone();
      wrong[at] = weak.honest[t.get(0)][at];
      int[][] elements = weak.withTensor(m, wrong);
      String why = weak.rejection(elements, new ForgedValues(weak, elements));
      assertNotNull(why);
      assertTrue(why.contains("lookup"), why);
    }
  }

  @Test
  void wrongRoundedQuotient() throws Exception {
    for (int delta : new int[] {1, -1}) {
      CircuitBuilder b = new CircuitBuilder(16);
      int n = b.input(0, 400, 3, 5);
      int d = b.input(401, 900, 3, 5);
      int q = b.quotient(n, d, 7);
      b.output(b.requantize(q, 1, 1, 0, 100));
      wrongElement(b, q, v -> plus(v, 3, v[3] + delta < 0 ? 1 : delta), "lookup");
    }
  }

  /** A quotient of either sign, each off by one, and by one more than its range. */
  @Test
  void wrongSignedQuotient() throws Exception {
    for (int delta : new int[] {1, -1}) {
      for (long high : new long[] {511, 600}) {
        CircuitBuilder b = new CircuitBuilder(20);
        int n = b.input(-4000, 4000, 3, 5);
        int d = b.input(1000, 9000, 3, 5);
        int q = b.quotient(n, d, 7, -512, high);
        b.output(b.requantize(q, 1, 1, -300, 300));
        wrongElement(b, q, v -> plus(v, 3, delta), "lookup");
      }
    }
  }

  /** Remainders of 11 bits, looked up whole since 1080 elements share their table. */
  @Test
  void wrongQuotientOfManyElements() throws Exception {
    for (int delta : new int[] {1, -1}) {
      CircuitBuilder b = new CircuitBuilder(20);
      int n = b.input(-900, 900, 24, 45);
      int d = b.input(600, 1000, 24, 45);
      int q = b.quotient(n, d, 4, -40, 40);
      b.output(b.requantize(q, 1, 1, -30, 30));
      wrongElement(b, q, v -> plus(v, 700, delta), "lookup");
    }
  }

  /** No quotient by 0, or by a negative number, has a proof. */
  @Test
  void quotientByZero() throws Exception {
    for (int divisor : new int[] {0, -5}) {
      CircuitBuilder b = new CircuitBuilder(20);
      int n = b.input(0, 400, 3, 5);
      int d = b.input(-9, 900, 3, 5);
      int q = b.quotient(n, d, 7, -300, 1000);
      b.output(q);
      int[] denominators = new int[15];
      Arrays.fill(denominators, 400);
      b.given().put(d, denominators);
      try (WeakProof weak = new WeakProof(b, directory)) {
        int[][] elements = weak.honest.clone();
        elements[d] = plus(denominators, 7, divisor - 400);
        for (int quotient : new int[] {0, 1, -1, 128, 900}) {
          elements[q] = weak.honest[q].clone();
          elements[q][7] = quotient;
          String why = weak.rejection(elements, new ForgedValues(weak, elements));
          assertNotNull(why, "a quotient by " + divisor + " was accepted");
        }
      }
    }
  }

  @Test
  void publicResiduesAreNotIntegers() throws Exception {
    Layers l = new Layers();
    try (WeakProof weak = new WeakProof(l.b, directory)) {
      byte[] proof = weak.prove();
      int[][] shifted = weak.honest.clone();
      shifted[l.x] = weak.honest[l.x].clone();
      for (int k = 0; k < shifted[l.x].length; k++) {
        if (shifted[l.x][k] < 0) {
          shifted[l.x][k] += M31.P;
        }
      }
      String why = weak.rejection(weak.statement(shifted), proof);
      assertNotNull(why);
      assertTrue(why.contains("an integer in"), why);
      assertTrue(
          weak.key.verifierKey().arithmetization().system().tensor(l.x).holder() == Holder.PUBLIC);
    }
  }
}
