package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.DType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Scale;
import org.zkc.ir.interpret.CircuitInterpreter;
import org.zkc.ir.interpret.IntegerInterpreter;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.tensor.Sigmoid;
import org.zkc.ir.tensor.TensorBuilder;
import org.zkc.ir.view.Concatenate;
import org.zkc.passes.PassContext;
import org.zkc.passes.circuit.IntegerToCircuit;

/**
 * Parts of a concatenation that outputs alone read are as precise as they would be by themselves.
 */
class JoinedPartsTest {
  private static final int ROWS = 6;
  private static final int BOXES = 4;
  private static final int SCORES = 2;
  private static final int WIDTH = BOXES + SCORES;

  /** Whoever makes a result of the joined parts. */
  private interface Reader {
    Value of(TensorBuilder b, Value joined);
  }

  /** Boxes as large as {@code size} beside scores between 0 and 1. */
  private static Program detector(double size, Reader reader) {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Random random = new Random(5);
    Value x = b.parameter("x", new TensorType(DType.F32, Shape.of(ROWS, 8)));
    float[] weights = new float[WIDTH * 8];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (0.3 * random.nextGaussian());
    }
    Value all =
        b.linear(
            x,
            b.constant(TensorData.ofFloats(Shape.of(WIDTH, 8), weights), "weight"),
            Optional.empty());
    Value boxes = b.multiply(b.slice(all, 1, 0, BOXES, 1), b.scalar(size));
    Value logits = b.slice(all, 1, BOXES, WIDTH, 1);
    Value scores = b.op(r -> new Sigmoid(r, logits, Location.UNKNOWN));
    return Program.of(
        Level.TENSOR, b.build(List.of(reader.of(b, b.concatenate(List.of(boxes, scores), 1)))));
  }

  private static List<List<TensorData>> samples(long seed) {
    Random random = new Random(seed);
    List<List<TensorData>> samples = new ArrayList<>();
    for (int s = 0; s < 20; s++) {
      float[] x = new float[ROWS * 8];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) random.nextGaussian();
      }
      samples.add(List.of(TensorData.ofFloats(Shape.of(ROWS, 8), x)));
    }
    return samples;
  }

  private static Program lowered(Program tensor) {
    return TensorToInteger.lower(
            tensor,
            Calibrate.run(tensor, samples(1)),
            QuantizationOptions.DEFAULT,
            new PassContext())
        .program();
  }

  /** The greatest error of the columns from {@code first} to {@code limit}, over all samples. */
  private static double error(Program tensor, Program integer, int first, int limit) {
    double scale = integer.main().results().getFirst().integerType().scale();
    Program circuit = IntegerToCircuit.lower(integer, new PassContext());
    double worst = 0;
    for (List<TensorData> sample : samples(2)) {
      float[] expected = TensorInterpreter.run(tensor, sample).getFirst().toFloats();
      long[] x = FidelityReport.quantize(integer, sample).getFirst();
      long[] found = IntegerInterpreter.run(integer, List.of(x)).getFirst();
      assertArrayEquals(found, CircuitInterpreter.run(circuit, List.of(x)).getFirst());
      for (int i = 0; i < expected.length; i++) {
        if (i % WIDTH >= first && i % WIDTH < limit) {
          worst = Math.max(worst, Math.abs(expected[i] - found[i] * scale));
        }
      }
    }
    return worst;
  }

  /** The parts that are multiplied before they are joined. */
  private static long multiplied(Program integer) {
    Uses uses = Uses.of(integer.main());
    return integer.main().body().stream()
        .filter(Concatenate.class::isInstance)
        .flatMap(op -> op.operands().stream())
        .filter(v -> uses.definition(v).orElse(null) instanceof Scale)
        .count();
  }

  /** The last ratio is beyond what integers of one scale have room for. */
  @ParameterizedTest
  @ValueSource(doubles = {30, 1000, 1e5, 1e8})
  void boxesBesideScores(double size) {
    Program tensor = detector(size, (b, joined) -> joined);
    Program integer = lowered(tensor);
    assertTrue(error(tensor, integer, 0, BOXES) < 0.1 * size);
    assertTrue(error(tensor, integer, BOXES, WIDTH) < Math.max(0.015, size * 4e-6));
  }

  @Test
  void throughViews() {
    Program tensor = detector(300, (b, joined) -> b.reshape(joined, Shape.of(1, ROWS, WIDTH)));
    Program integer = lowered(tensor);
    assertTrue(error(tensor, integer, BOXES, WIDTH) < 0.015);
  }

  @Test
  void partsOfLikeRangesShareAScale() {
    assertEquals(0, multiplied(lowered(detector(0.3, (b, joined) -> joined))));
    assertEquals(2, multiplied(lowered(detector(30, (b, joined) -> joined))));
  }

  @Test
  void partsThatAnotherOpReadsTogetherShareAScale() {
    assertEquals(0, multiplied(lowered(detector(30, (b, joined) -> b.clamp(joined, -1, 20)))));
  }
}
