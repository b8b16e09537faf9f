package org.zkc.runtime.execute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.CircuitEvaluator;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.circuit.FftConv;
import org.zkc.gkr.circuit.Interval;
import org.zkc.gkr.circuit.MatMul;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.runtime.artifact.CircuitStatistics;
import org.zkc.runtime.emit.ModelTensor;
import org.zkc.runtime.emit.ModelWeights;

/**
 * Products of matrices and convolutions with factors of any role, against the backend's meaning.
 */
final class ContractionExecutorTest {
  private final Random random = new Random(71);

  /** left and right are tensors 0 and 1, the result is 2. */
  private void agrees(
      List<Integer> left, List<Integer> right, List<Integer> result, Relation relation) {
    for (int roles = 0; roles < 4; roles++) {
      List<TensorDeclaration> tensors = new ArrayList<>();
      List<Integer> inputs = new ArrayList<>();
      List<int[]> given = new ArrayList<>();
      List<ModelTensor> model = new ArrayList<>();
      Map<Integer, int[]> elements = new TreeMap<>();
      for (int t = 0; t < 2; t++) {
        Shape shape = new Shape(t == 0 ? left : right);
        int count = Math.toIntExact(shape.elementCount());
        int[] values = random.ints(count, -20, 21).toArray();
        elements.put(t, values);
        if ((roles >> t & 1) == 0) {
          tensors.add(TensorDeclaration.input(shape.extents(), -20, 20));
          inputs.add(t);
          given.add(values);
        } else {
          tensors.add(
              new TensorDeclaration(
                  TensorDeclaration.Role.MODEL,
                  shape.extents(),
                  -20,
                  20,
                  20L * count,
                  20L * count));
          long[] longs = new long[count];
          for (int k = 0; k < count; k++) {
            longs[k] = values[k];
          }
          model.add(
              new ModelTensor(
                  t, "p" + t, IntegerWeights.of(TensorData.ofLongs(DType.I32, shape, longs))));
        }
      }
      tensors.add(TensorDeclaration.virtual(result, -Interval.BOUND + 1, Interval.BOUND - 1));
      CheckedCircuit circuit =
          CircuitCheck.check(
              new Circuit(tensors, List.of(), List.of(relation), inputs, List.of(2)));
      int[] expected = CircuitEvaluator.evaluate(circuit, elements)[2];
      IntegerExecutor executor = new IntegerExecutor(circuit.circuit(), new ModelWeights(model));
      for (int threads = 1; threads <= 3; threads += 2) {
        assertArrayEquals(
            expected, executor.runForOutputs(given, threads).getFirst(), relation + " " + roles);
      }
    }
  }

  @Test
  void productsOfMatrices() {
    MatMul m = new MatMul(2, 0, 1);
    agrees(List.of(7), List.of(5, 7), List.of(5), m);
    agrees(List.of(2, 3, 7), List.of(5, 7), List.of(2, 3, 5), m);
    agrees(List.of(4, 3, 7), List.of(4, 5, 7), List.of(4, 3, 5), m);
    agrees(List.of(2, 3, 1, 6), List.of(2, 3, 5, 6), List.of(2, 3, 1, 5), m);
    agrees(List.of(1, 6, 6), List.of(1, 6, 6), List.of(1, 6, 6), m);
  }

  @Test
  void convolutions() {
    for (int groups : new int[] {1, 2}) {
      Conv c = new Conv(2, 0, 1, List.of(2, 1), List.of(1, 0), List.of(1, 2), groups);
      List<Integer> kernel = List.of(6, 4 / groups, 3, 2);
      agrees(List.of(2, 4, 6, 5), kernel, List.of(2, 6, 3, 3), c);
      FftConv fft = new FftConv(c, List.of(16, 16));
      agrees(List.of(2, 4, 6, 5), kernel, List.of(2, 6, 3, 3), fft);
    }
  }

  @Test
  void multiplicationsOfAProductOfTensors() {
    Circuit circuit =
        new Circuit(
            List.of(
                TensorDeclaration.input(List.of(4, 3, 7), -1, 1),
                TensorDeclaration.input(List.of(4, 5, 7), -1, 1),
                TensorDeclaration.virtual(List.of(4, 3, 5), -7, 7)),
            List.of(),
            List.of(new MatMul(2, 0, 1)),
            List.of(0, 1),
            List.of(2));
    assertEquals(
        4 * 3 * 5 * 7,
        CircuitStatistics.of(ConstraintSystem.of(CircuitCheck.check(circuit))).multiplications());
  }
}
