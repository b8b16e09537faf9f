package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.Interval;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.CircuitInterpreter;
import org.zkc.ir.interpret.IntegerInterpreter;
import org.zkc.ir.tensor.TensorBuilder;
import org.zkc.ir.tensor.TopIndices;
import org.zkc.ir.view.Gather;
import org.zkc.passes.PassContext;
import org.zkc.passes.circuit.IntegerToCircuit;
import org.zkc.passes.integer.IntegerBuilder;

/** Rows by computed indices are those rows, exactly, on all levels. */
class ComputedGathersTest {
  /** Two of them out of range: indices that are all in range would be the input's. */
  private static final long[] INDICES = {0, 3, 2, 9, 1, -4};

  private static TensorData integers(Shape shape, long... elements) {
    return TensorData.ofLongs(DType.I64, shape, elements);
  }

  /** Computed indices from 0 to {@code most}. */
  private static Value index(TensorBuilder b, int most) {
    Value input = b.parameter("i", new TensorType(DType.I64, Shape.of(2, 3)));
    return b.clamp(input, 0, most);
  }

  private static void constant(TensorData table) {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value index = index(b, 3);
    ExactLevels.agree(
        b, b.gather(b.constant(table, ""), index), List.of(integers(Shape.of(2, 3), INDICES)));
  }

  @Test
  void ofConstants() {
    constant(integers(Shape.of(4), 7, -200, 0, 100000));
    constant(integers(Shape.of(5, 2), 7, -2, 0, 1, 2, 3, -7, -8, 9, 9));
  }

  @Test
  void ofTheUnitMatrix() {
    constant(integers(Shape.of(4, 4), 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1));
  }

  @Test
  void ofConstantsOfManyElements() {
    long[] elements = LongStream.range(0, 4 * 20000).map(k -> k % 1013 - 500).toArray();
    constant(integers(Shape.of(4, 20000), elements));
  }

  @Test
  void ofComputedIntegers() {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value index = index(b, 3);
    Value table = b.parameter("t", new TensorType(DType.I64, Shape.of(4, 2)));
    ExactLevels.agree(
        b,
        b.gather(table, index),
        List.of(
            integers(Shape.of(2, 3), INDICES),
            integers(Shape.of(4, 2), 5, -6, 7, 8, 63, -64, 0, 1)));
  }

  @Test
  void clampedInputsThatAreAllInRangeAreTakenAsTheyAre() {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value rows = b.gather(b.constant(integers(Shape.of(4), 7, -200, 0, 100000), ""), index(b, 3));
    Program integer =
        ExactLevels.agree(b, rows, List.of(integers(Shape.of(2, 3), 0, 3, 2, 3, 1, 0)));
    assertEquals(
        new Interval(0, 3), IntegerBuilder.interval(integer.main().parameters().getFirst()));
    assertTrue(integer.main().body().stream().anyMatch(Gather.class::isInstance));
  }

  @Test
  void byPositionsInOrder() {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value x = b.parameter("x", new TensorType(DType.I64, Shape.of(4)));
    Value order = b.op(r -> new TopIndices(r, x, 0, 4, Location.UNKNOWN));
    ExactLevels.agree(b, b.gather(x, order), List.of(integers(Shape.of(4), 5, -6, 7, 1)));
  }

  @Test
  void ofIndicesThatMayBeNegative() {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value input = b.parameter("i", new TensorType(DType.I64, Shape.of(2, 3)));
    Value index = b.wrapped(b.clamp(input, -4, 3), 4);
    Value table = b.constant(integers(Shape.of(4), 7, -200, 0, 100), "");
    ExactLevels.agree(
        b, b.gather(table, index), List.of(integers(Shape.of(2, 3), 0, -1, -4, 3, -2, 2)));
  }

  @Test
  void ofIndicesInAWiderInterval() {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value i = b.clamp(b.parameter("i", new TensorType(DType.I64, Shape.of(3))), 0, 3);
    Value j = b.clamp(b.parameter("j", new TensorType(DType.I64, Shape.of(3))), 0, 3);
    Value table = b.parameter("t", new TensorType(DType.I64, Shape.of(4)));
    List<TensorData> inputs =
        List.of(
            integers(Shape.of(3), 3, 2, 2),
            integers(Shape.of(3), 0, 1, 2),
            integers(Shape.of(4), 5, -6, 7, 9));
    Program integer = ExactLevels.agree(b, b.gather(table, b.subtract(i, j)), inputs);
    List<long[]> outside = List.of(new long[] {3, 2, 0}, new long[] {0, 1, 1}, new long[4]);
    assertThrows(ArithmeticException.class, () -> IntegerInterpreter.run(integer, outside));
    Program circuit = IntegerToCircuit.lower(integer, new PassContext());
    assertThrows(ArithmeticException.class, () -> CircuitInterpreter.run(circuit, outside));
  }

  @Test
  void anIndexThatIsOutOfRangeInTheSamplesIsRefused() {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value index = b.wrapped(index(b, 3), 3);
    Value rows = b.gather(b.constant(integers(Shape.of(4), 1, 2, 3, 4), ""), index);
    UserException e =
        assertThrows(
            UserException.class,
            () -> ExactLevels.agree(b, rows, List.of(integers(Shape.of(2, 3), INDICES))));
    assertTrue(e.getMessage().contains("asks for index 3 of an axis of 3"), e.getMessage());
  }
}
