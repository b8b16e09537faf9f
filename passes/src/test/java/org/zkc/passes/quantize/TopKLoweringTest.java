package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.CircuitInterpreter;
import org.zkc.ir.interpret.IntegerInterpreter;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.tensor.TensorBuilder;
import org.zkc.ir.tensor.TopIndices;
import org.zkc.ir.tensor.TopK;
import org.zkc.ir.tensor.TopValues;
import org.zkc.passes.PassContext;
import org.zkc.passes.circuit.IntegerToCircuit;

/** Largest integers and their indices are exact, ties among them. */
class TopKLoweringTest {

  private static Program program(Shape shape, int axis, int k) {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value x = b.parameter("x", new TensorType(DType.I64, shape));
    Value indices = b.op(r -> new TopIndices(r, x, axis, k, Location.UNKNOWN));
    Value values = b.op(r -> new TopValues(r, x, axis, k, Location.UNKNOWN));
    return Program.of(Level.TENSOR, b.build(List.of(indices, values)));
  }

  private static void exact(Shape shape, int axis, int k, int most) {
    Program tensor = program(shape, axis, k);
    Random random = new Random(most);
    for (int trial = 0; trial < 4; trial++) {
      // Few different numbers in half of the trials: many ties.
      int numbers = trial % 2 == 0 ? 3 : most;
      long[] x = new long[Math.toIntExact(shape.elementCount())];
      for (int i = 0; i < x.length; i++) {
        x[i] = (long) (random.nextInt(2 * numbers + 1) - numbers) * (most / numbers);
      }
      x[0] = most;
      x[x.length - 1] = -most;
      List<TensorData> input = List.of(TensorData.ofLongs(DType.I64, shape, x));
      List<TensorData> expected = TensorInterpreter.run(tensor, input);
      Program integer =
          TensorToInteger.lower(
                  tensor,
                  Calibrate.run(tensor, List.of(input)),
                  QuantizationOptions.DEFAULT,
                  Optional.empty(),
                  new PassContext())
              .program();
      List<long[]> found = IntegerInterpreter.run(integer, List.of(x));
      Program circuit = IntegerToCircuit.lower(integer, new PassContext());
      List<long[]> proved = CircuitInterpreter.run(circuit, List.of(x));
      for (int i = 0; i < 2; i++) {
        assertArrayEquals(expected.get(i).toLongs(), found.get(i));
        assertArrayEquals(expected.get(i).toLongs(), proved.get(i));
      }
    }
  }

  @Test
  void oneOfManyBits() {
    exact(Shape.of(3, 7), 1, 1, 1 << 22);
    exact(Shape.of(3, 7), 1, 1, 100);
  }

  @Test
  void alongAnInnerAxis() {
    exact(Shape.of(2, 5, 3), 1, 1, 1000);
    exact(Shape.of(2, 5, 3), 1, 3, 1000);
  }

  @Test
  void allInOrder() {
    exact(Shape.of(2, 6), 1, 6, 1000);
    exact(Shape.of(1), 0, 1, 5);
  }

  /** Extents beside powers of two, and axes with others on both sides. */
  @Test
  void sortedByANetwork() {
    exact(Shape.of(2, 37), 1, 37, 1 << 14);
    exact(Shape.of(2, 33, 3), 1, 30, 1000);
    exact(Shape.of(64), 0, 64, 1 << 20);
  }

  /** Half of 3000 elements take 78 stages, where selections would take 60,000 relations. */
  @Test
  void thousandsAreSorted() {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value x = b.parameter("x", new TensorType(DType.I64, Shape.of(3000)));
    Program tensor =
        Program.of(
            Level.TENSOR,
            b.build(List.of(b.op(r -> new TopIndices(r, x, 0, 1500, Location.UNKNOWN)))));
    long[] numbers = new Random(5).longs(3000, -1000, 1000).toArray();
    List<TensorData> input = List.of(TensorData.ofLongs(DType.I64, Shape.of(3000), numbers));
    Program circuit =
        IntegerToCircuit.lower(
            TensorToInteger.lower(
                    tensor,
                    Calibrate.run(tensor, List.of(input)),
                    QuantizationOptions.DEFAULT,
                    Optional.empty(),
                    new PassContext())
                .program(),
            new PassContext());
    assertArrayEquals(
        TensorInterpreter.run(tensor, input).getFirst().toLongs(),
        CircuitInterpreter.run(circuit, List.of(numbers)).getFirst());
    assertTrue(circuit.main().body().size() < 6000);
  }

  /** What a compilation asks before calibration is never more than what the op becomes. */
  @Test
  void theLeastElementsAreThoseOfTheProgramAtMost() {
    long[] numbers = new Random(6).longs(700, -1000, 1000).toArray();
    List<TensorData> input = List.of(TensorData.ofLongs(DType.I64, Shape.of(700), numbers));
    for (int k : List.of(1, 3, 20, 700)) {
      for (boolean isIndices : List.of(false, true)) {
        TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
        Value x = b.parameter("x", new TensorType(DType.I64, Shape.of(700)));
        Value y =
            b.op(r ->
                isIndices
                    ? new TopIndices(r, x, 0, k, Location.UNKNOWN)
                    : new TopValues(r, x, 0, k, Location.UNKNOWN));
        Program tensor = Program.of(Level.TENSOR, b.build(List.of(y)));
        Program integer =
            TensorToInteger.lower(
                    tensor,
                    Calibrate.run(tensor, List.of(input)),
                    QuantizationOptions.DEFAULT,
                    Optional.empty(),
                    new PassContext())
                .program();
        double held = 700;
        for (Op op : integer.main().body()) {
          held += op.definitions().getFirst().shape().elementCount();
        }
        double least = TopKLowering.leastElements((TopK) tensor.main().body().getLast());
        assertTrue(
            least <= held && (k < 700 || held < 3 * least),
            "%d: %.0f elements, at least %.0f".formatted(k, held, least));
      }
    }
  }

  /**
   * Selecting them would take more relations than a key holds, and sorting more bits than there
   * are.
   */
  @Test
  void thousandsOfManyBitsAreRefused() {
    UserException e =
        assertThrows(UserException.class, () -> exact(Shape.of(2000), 0, 2000, 1 << 20));
    assertTrue(e.getMessage().contains("the range is too wide"), e.getMessage());
  }

  @Test
  void severalOfManyBitsAreRefused() {
    UserException e =
        assertThrows(UserException.class, () -> exact(Shape.of(1, 40), 1, 40, 1 << 23));
    assertTrue(e.getMessage().contains("the range is too wide"), e.getMessage());
  }
}
