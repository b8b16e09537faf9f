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
import org.zkc.gkr.mle.EqTable;

/** Provers that lie about a product of two data tensors, each adapting what follows to its lie. */
class MatMulAttackTest {
  @TempDir Path directory;

  /** Two committed factors, or one on both sides, whose product is put out. */
  private static final class Layer {
    final CircuitBuilder b = new CircuitBuilder(23);
    final int left;
    final int right;
    final int result;

    Layer(List<Integer> leftShape, List<Integer> rightShape) {
      left = committed(leftShape);
      right = rightShape.isEmpty() ? left : committed(rightShape);
      result = b.matMul(left, right);
      b.output(result);
    }

    private int committed(List<Integer> shape) {
      return b.requantize(b.input(-100, 100, shape.toArray(Integer[]::new)), 2, 1, -20, 20);
    }

    static List<Layer> all() {
      return List.of(
          new Layer(List.of(3, 5), List.of(6, 5)),
          new Layer(List.of(2, 3, 5), List.of(6, 5)),
          new Layer(List.of(3, 5, 7), List.of(3, 6, 7)),
          new Layer(List.of(3, 2, 5, 4), List.of(3, 2, 1, 4)),
          new Layer(List.of(1, 3, 5), List.of(1, 2, 5)),
          new Layer(List.of(6, 5), List.of()),
          new Layer(List.of(3, 5, 7), List.of()));
    }
  }

  private static int[] oneOff(int[] elements, int at) {
    int[] out = elements.clone();
    out[at] += out[at] > 0 ? -1 : 1;
    return out;
  }

  @Test
  void aWrongElementOfTheResult() throws Exception {
    for (Layer layer : Layer.all()) {
      try (WeakProof weak = new WeakProof(layer.b, directory)) {
        assertNull(weak.rejection(weak.statement(weak.honest), weak.prove()), "the honest proof");
        for (int at : new int[] {0, 4, weak.honest[layer.result].length - 1}) {
          int[][] elements = weak.withTensor(layer.result, oneOff(weak.honest[layer.result], at));
          String why = weak.rejection(elements, new ForgedValues(weak, elements));
          assertNotNull(why);
          assertTrue(why.contains("MatMul ending"), why);
        }
      }
    }
  }

  /** Two wrong elements whose errors cancel in the sum of all, and a row for another. */
  @Test
  void errorsThatCancel() throws Exception {
    for (Layer layer : Layer.all()) {
      try (WeakProof weak = new WeakProof(layer.b, directory)) {
        int[] honest = weak.honest[layer.result];
        int[] cancelling = honest.clone();
        cancelling[0] += honest[0] > 0 ? -1 : 1;
        cancelling[3] -= honest[0] > 0 ? -1 : 1;
        int[] exchanged = honest.clone();
        exchanged[1] = honest[2];
        exchanged[2] = honest[1];
        for (int[] wrong : List.of(cancelling, exchanged)) {
          if (Arrays.equals(wrong, honest)) {
            continue;
          }
          int[][] elements = weak.withTensor(layer.result, wrong);
          String why = weak.rejection(elements, new ForgedValues(weak, elements));
          assertNotNull(why);
          assertTrue(why.contains("MatMul ending"), why);
        }
      }
    }
  }

  /**
   * Changes a folded factor so that the sum is what is claimed. Every round is then consistent, and
   * so is the ending, with a wrong claim on that factor.
   */
  private static final class Balanced extends ForgedValues {
    private final boolean rightSide;

    Balanced(WeakProof proof, int[][] elements, boolean rightSide) {
      super(proof, elements);
      this.rightSide = rightSide;
    }

    @Override
    public void seeFactors(Ext claim, Ext[] sharedPoint, ExtVector right, ExtVector left) {
      ExtVector eq = EqTable.of(sharedPoint);
      int inner = Integer.highestOneBit(2 * right.length() - 1) / eq.length();
      Ext lacking = claim;
      for (int x = 0; x * inner < right.length(); x++) {
        int count = Math.min(inner, right.length() - x * inner);
        Ext sum = Kernels.best().dot(right.slice(x * inner, count), left.slice(x * inner, count));
        lacking = lacking.sub(eq.get(x).mul(sum));
      }
      ExtVector changed = rightSide ? right : left;
      ExtVector other = rightSide ? left : right;
      changed.set(0, changed.get(0).add(lacking.mul(eq.get(0).mul(other.get(0)).inv())));
    }
  }

  @Test
  void roundsThatAgreeWithAWrongElement() throws Exception {
    for (Layer layer : Layer.all()) {
      try (WeakProof weak = new WeakProof(layer.b, directory)) {
        // With right values the change is none.
        for (boolean rightSide : new boolean[] {true, false}) {
          assertNull(
              weak.rejection(weak.honest, new Balanced(weak, weak.honest, rightSide)), "unchanged");
          int[][] elements = weak.withTensor(layer.result, oneOff(weak.honest[layer.result], 2));
          String why = weak.rejection(elements, new Balanced(weak, elements, rightSide));
          assertNotNull(why);
          assertTrue(why.contains("witness batch ending"), why);
        }
      }
    }
  }

  /** Another element of a factor and the product that follows, on either side. */
  @Test
  void anotherFactor() throws Exception {
    for (Layer layer : Layer.all()) {
      try (WeakProof weak = new WeakProof(layer.b, directory)) {
        for (int factor : new int[] {layer.left, layer.right}) {
          int[][] elements = weak.honest.clone();
          elements[factor] = oneOff(weak.honest[factor], 3);
          int[] product = weak.withTensor(factor, elements[factor])[layer.result];
          elements[layer.result] = product;
          // The factor's own relation sees it.
          String why = weak.rejection(elements, new ForgedValues(weak, elements));
          assertNotNull(why);
          assertTrue(why.contains("lookup"), why);
        }
      }
    }
  }

  /** A parameter as either factor: another one is seen where the model is opened. */
  @Test
  void anotherParameterOnEitherSide() throws Exception {
    for (boolean onTheLeft : new boolean[] {true, false}) {
      for (List<Integer> shape : List.of(List.of(3, 4, 5), List.of(4, 5))) {
        CircuitBuilder b = new CircuitBuilder(25);
        Integer[] s = shape.toArray(Integer[]::new);
        int data = b.requantize(b.input(-100, 100, s), 2, 1, -20, 20);
        int model = b.model(-9, 9, s);
        b.output(onTheLeft ? b.matMul(model, data) : b.matMul(data, model));
        try (WeakProof weak = new WeakProof(b, directory)) {
          assertNull(weak.rejection(weak.statement(weak.honest), weak.prove()));
          TreeMap<Integer, int[]> other = new TreeMap<>(b.given());
          other.put(model, oneOff(other.get(model), 7));
          String why = weak.rejectionOfModel(other);
          assertNotNull(why);
          assertTrue(why.startsWith("model column"), why);
        }
      }
    }
  }

  /** The matrices of one factor in another order along the shared axis. */
  @Test
  void anotherMatrixOfTheSharedAxes() throws Exception {
    CircuitBuilder b = new CircuitBuilder(24);
    int left = b.requantize(b.input(-100, 100, 3, 4, 5), 2, 1, -20, 20);
    int right = b.requantize(b.input(-100, 100, 3, 4, 5), 2, 1, -20, 20);
    int result = b.matMul(left, right);
    b.output(result);
    try (WeakProof weak = new WeakProof(b, directory)) {
      int[] rotated = new int[60];
      System.arraycopy(weak.honest[right], 20, rotated, 0, 40);
      System.arraycopy(weak.honest[right], 0, rotated, 40, 20);
      int[][] elements = weak.honest.clone();
      elements[result] = weak.withTensor(right, rotated)[result];
      String why = weak.rejection(elements, new ForgedValues(weak, elements));
      assertNotNull(why);
      assertTrue(why.contains("MatMul ending"), why);
    }
  }
}
