package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;

/** Provers that lie about rows of a table, each adapting what follows to its lie. */
class GatherAttackTest {
  @TempDir Path directory;

  /** Rows of a table of 11 rows, which are put out. */
  private static final class Rows {
    final CircuitBuilder b = new CircuitBuilder(31);
    final boolean isModel;
    final int ids;
    final int table;
    final int result;

    Rows(boolean isModel) {
      this.isModel = isModel;
      ids = b.input(0, 10, 4, 2);
      table =
          isModel
              ? b.model(-20, 20, 11, 5)
              : b.requantize(b.input(-100, 100, 11, 5), 2, 1, -20, 20);
      result = b.gather(table, ids);
      b.output(result);
    }

    static List<Rows> all() {
      return List.of(new Rows(true), new Rows(false));
    }

    /** The rejection at the opening of the table's commitment. */
    String opening() {
      return isModel ? "model merge ending" : "witness batch ending";
    }
  }

  private static int[] oneOff(int[] elements, int at) {
    int[] out = elements.clone();
    out[at] += out[at] > 0 ? -1 : 1;
    return out;
  }

  @Test
  void aWrongElementOfTheResult() throws Exception {
    for (Rows rows : Rows.all()) {
      try (WeakProof weak = new WeakProof(rows.b, directory)) {
        assertNull(weak.rejection(weak.statement(weak.honest), weak.prove()), "the honest proof");
        for (int at : new int[] {0, 17, weak.honest[rows.result].length - 1}) {
          int[][] elements = weak.withTensor(rows.result, oneOff(weak.honest[rows.result], at));
          String why = weak.rejection(elements, new ForgedValues(weak, elements));
          assertNotNull(why);
          assertTrue(why.contains("Gather ending"), why);
        }
      }
    }
  }

  /** The rows of other indices than those of the statement, in the result and in the sumcheck. */
  @Test
  void rowsOfOtherIndices() throws Exception {
    for (Rows rows : Rows.all()) {
      try (WeakProof weak = new WeakProof(rows.b, directory)) {
        int[] other = weak.honest[rows.ids].clone();
        other[3] = (other[3] + 1) % 11;
        int[][] claimed = weak.withTensor(rows.ids, other);
        assertTrue(!Arrays.equals(claimed[rows.result], weak.honest[rows.result]));
        // The statement has the honest indices and the other rows.
        int[][] statement = claimed.clone();
        statement[rows.ids] = weak.honest[rows.ids];
        byte[] proof = weak.prove(weak.statement(statement), new ForgedValues(weak, claimed));
        String why = weak.rejection(weak.statement(statement), proof);
        assertNotNull(why);
        assertTrue(why.contains("Gather ending"), why);
        // A proof of the other statement is none of this one.
        assertNotNull(
            weak.rejection(
                weak.statement(weak.honest),
                weak.prove(weak.statement(claimed), new ForgedValues(weak, claimed))));
      }
    }
  }

  /** Changes one of the folded rows so that the sum is what is claimed, and every round agrees. */
  private static final class Balanced extends ForgedValues {
    Balanced(WeakProof proof, int[][] elements) {
      super(proof, elements);
    }

    @Override
    public void seeFactors(Ext claim, Ext[] sharedPoint, ExtVector weights, ExtVector rows) {
      int used = 0;
      while (weights.get(used).isZero()) {
        used++;
      }
      Ext lacking = claim.sub(Kernels.best().dot(weights, rows));
      rows.set(used, rows.get(used).add(lacking.mul(weights.get(used).inv())));
    }
  }

  @Test
  void roundsThatAgreeWithAWrongElement() throws Exception {
    for (Rows rows : Rows.all()) {
      try (WeakProof weak = new WeakProof(rows.b, directory)) {
        assertNull(weak.rejection(weak.honest, new Balanced(weak, weak.honest)), "unchanged");
        int[][] elements = weak.withTensor(rows.result, oneOff(weak.honest[rows.result], 2));
        String why = weak.rejection(elements, new Balanced(weak, elements));
        assertNotNull(why);
        assertTrue(why.contains(rows.opening()), why);
      }
    }
  }

  /** Another parameter in a row that is read, and one that is not: both are seen at the opening. */
  @Test
  void anotherParameter() throws Exception {
    Rows rows = new Rows(true);
    try (WeakProof weak = new WeakProof(rows.b, directory)) {
      for (int at : new int[] {0, 27, 54}) {
        TreeMap<Integer, int[]> other = new TreeMap<>(rows.b.given());
        other.put(rows.table, oneOff(other.get(rows.table), at));
        String why = weak.rejectionOfModel(other);
        assertNotNull(why);
        assertTrue(why.startsWith("model column"), why);
      }
    }
  }

  /** Indices outside the table are refused before anything is computed from them. */
  @Test
  void indicesOutsideTheTable() throws Exception {
    Rows rows = new Rows(true);
    try (WeakProof weak = new WeakProof(rows.b, directory)) {
      byte[] proof = weak.prove();
      for (int index : new int[] {-1, 11, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
        int[][] elements = weak.honest.clone();
        elements[rows.ids] = weak.honest[rows.ids].clone();
        elements[rows.ids][5] = index;
        String why = weak.rejection(weak.statement(elements), proof);
        assertNotNull(why);
        assertTrue(why.contains("an integer in [0, 10]"), why);
      }
    }
  }
}
