package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.ir.DType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.UserException;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.tensor.CompareZero;
import org.zkc.ir.tensor.Comparison;
import org.zkc.ir.tensor.TensorBuilder;
import org.zkc.ir.tensor.TopIndices;
import org.zkc.passes.PassContext;

/**
 * Indices and truth values agree with floats, and the share that is expected is the share that
 * does.
 */
class OrderAgreementTest {
  private static final int ROWS = 64;
  private static final int WIDTH = 16;
  private static final int CLASSES = 10;

  private enum Decision {
    LARGEST((b, x) -> b.op(r -> new TopIndices(r, x, 1, 1, Location.UNKNOWN))),
    THREE_LARGEST((b, x) -> b.op(r -> new TopIndices(r, x, 1, 3, Location.UNKNOWN))),
    ALL_IN_ORDER((b, x) -> b.op(r -> new TopIndices(r, x, 1, CLASSES, Location.UNKNOWN))),
    ABOVE_A_NUMBER((b, x) -> positive(b, b.subtract(x, b.scalar(0.1)))),
    ABOVE_ANOTHER((b, x) -> {
      Value rows = b.parameter("y", new TensorType(DType.F32, Shape.of(ROWS, CLASSES)));
      return positive(b, b.subtract(x, rows));
    });

    private final BiFunction<TensorBuilder, Value, Value> of;

    Decision(BiFunction<TensorBuilder, Value, Value> of) {
      this.of = of;
    }
  }

  private static Value positive(TensorBuilder b, Value x) {
    return b.op(r -> new CompareZero(r, x, Comparison.GREATER, Location.UNKNOWN));
  }

  @ParameterizedTest
  @EnumSource
  void byInputs(Decision decision) {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value x = b.parameter("x", new TensorType(DType.F32, Shape.of(ROWS, CLASSES)));
    agrees(Program.of(Level.TENSOR, b.build(List.of(decision.of.apply(b, x)))));
  }

  @ParameterizedTest
  @EnumSource
  void byLinearMaps(Decision decision) {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value x = b.parameter("x", new TensorType(DType.F32, Shape.of(ROWS, WIDTH)));
    Value scores = linear(b, x, WIDTH, CLASSES);
    agrees(Program.of(Level.TENSOR, b.build(List.of(decision.of.apply(b, scores)))));
  }

  @ParameterizedTest
  @EnumSource
  void byNetworksOfTwoLayers(Decision decision) {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value x = b.parameter("x", new TensorType(DType.F32, Shape.of(ROWS, WIDTH)));
    Value hidden = b.relu(linear(b, x, WIDTH, 2 * WIDTH));
    Value scores = linear(b, hidden, 2 * WIDTH, CLASSES);
    agrees(Program.of(Level.TENSOR, b.build(List.of(decision.of.apply(b, scores)))));
  }

  private static Value linear(TensorBuilder b, Value x, int in, int out) {
    Random random = new Random(in);
    float[] weights = new float[in * out];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (random.nextGaussian() / Math.sqrt(in));
    }
    return b.linear(
        x, b.constant(TensorData.ofFloats(Shape.of(out, in), weights), ""), Optional.empty());
  }

  private static void agrees(Program tensor) {
    QuantizedProgram quantized =
        TensorToInteger.lower(
            tensor,
            Calibrate.run(tensor, samples(tensor, 1, 16)),
            QuantizationOptions.DEFAULT,
            new PassContext());
    FidelityReport report = FidelityReport.measure(tensor, quantized, samples(tensor, 2, 16));
    assertTrue(report.score() >= 0.99, report.outputs()::toString);
    assertEquals(report.outputs().getFirst().agreement(), report.score());
  }

  private static List<List<TensorData>> samples(Program tensor, long seed, int count) {
    Random random = new Random(seed);
    List<List<TensorData>> samples = new ArrayList<>();
    for (int s = 0; s < count; s++) {
      List<TensorData> sample = new ArrayList<>();
      for (Value parameter : tensor.main().parameters()) {
        float[] x = new float[Math.toIntExact(parameter.shape().elementCount())];
        for (int i = 0; i < x.length; i++) {
          x[i] = (float) random.nextGaussian();
        }
        sample.add(TensorData.ofFloats(parameter.shape(), x));
      }
      samples.add(sample);
    }
    return samples;
  }

  /** The interval that a number lies in: an element is wrong where one of nine comparisons is. */
  @Test
  void countsOfComparisons() {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value x = b.parameter("x", new TensorType(DType.F32, Shape.of(ROWS, WIDTH)));
    Value hidden = b.relu(linear(b, x, WIDTH, 2 * WIDTH));
    Value scores = linear(b, hidden, 2 * WIDTH, CLASSES);
    float[] limits = new float[9];
    for (int i = 0; i < limits.length; i++) {
      limits[i] = (i - 4) / 4f;
    }
    Value above = null;
    for (float limit : limits) {
      Value one = b.cast(positive(b, b.subtract(scores, b.scalar(limit))), DType.I64);
      above = above == null ? one : b.add(above, one);
    }
    agrees(Program.of(Level.TENSOR, b.build(List.of(above))));
  }

  @Test
  void aTargetThatIsNotReachedSaysHowFarItIs() {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value x = b.parameter("x", new TensorType(DType.F32, Shape.of(ROWS, WIDTH)));
    Value hidden = b.relu(linear(b, x, WIDTH, 2 * WIDTH));
    Value scores = linear(b, hidden, 2 * WIDTH, CLASSES);
    Program tensor =
        Program.of(Level.TENSOR, b.build(List.of(Decision.ALL_IN_ORDER.of.apply(b, scores))));
    FidelityTarget target = new FidelityTarget(0.9, "16 samples", samples(tensor, 2, 16));
    Ranges ranges = Calibrate.run(tensor, samples(tensor, 1, 16));
    QuantizedProgram reached =
        TensorToInteger.lower(
            tensor, ranges, QuantizationOptions.DEFAULT, Optional.of(target), new PassContext());
    assertTrue(FidelityReport.measure(tensor, reached, target.inputs()).score() >= 0.9);
    UserException e =
        assertThrows(
            UserException.class,
            () ->
                TensorToInteger.lower(
                    tensor,
                    ranges,
                    QuantizationOptions.fixed(4, Map.of()),
                    Optional.of(target),
                    new PassContext()));
    assertTrue(
        e.getMessage().startsWith("the integer program reaches agreement = 0."), e.getMessage());
    assertTrue(e.getMessage().contains("most is lost in"), e.getMessage());
  }

  /** Errors of known deviation: as many elements change as are expected to. */
  @Test
  void whatIsExpectedIsWhatIsCounted() {
    for (Decision decision : Decision.values()) {
      if (decision == Decision.ABOVE_ANOTHER) {
        continue;
      }
      TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
      Value x = b.parameter("x", new TensorType(DType.F32, Shape.of(ROWS, CLASSES)));
      Program tensor = Program.of(Level.TENSOR, b.build(List.of(decision.of.apply(b, x))));
      OrderAgreement agreement =
          OrderAgreement.of(tensor.main().results().getFirst(), Uses.of(tensor.main())).getFirst();
      Random random = new Random(3);
      List<double[]> found = new ArrayList<>();
      List<List<TensorData>> exact = samples(tensor, 4, 100);
      List<List<TensorData>> moved = new ArrayList<>();
      double sign = decision == Decision.ABOVE_A_NUMBER ? 0.1 : 0;
      for (List<TensorData> sample : exact) {
        float[] elements = sample.getFirst().toFloats();
        float[] decisive = new float[elements.length];
        float[] others = new float[elements.length];
        double[] reals = new double[elements.length];
        for (int i = 0; i < elements.length; i++) {
          double error = 0.02 * random.nextGaussian();
          decisive[i] = (float) (elements[i] - sign);
          reals[i] = decisive[i] + error;
          others[i] = (float) (elements[i] + error);
        }
        agreement.add(found.size(), decisive);
        found.add(reals);
        moved.add(List.of(TensorData.ofFloats(sample.getFirst().shape(), others)));
      }
      long equal = 0;
      long all = 0;
      for (int s = 0; s < exact.size(); s++) {
        long[] first = run(tensor, exact.get(s));
        long[] second = run(tensor, moved.get(s));
        for (int i = 0; i < first.length; i++) {
          equal += first[i] == second[i] ? 1 : 0;
        }
        all += first.length;
      }
      double missing = 1 - agreement.expected(found);
      double counted = 1 - (double) equal / all;
      assertEquals(counted, missing, 0.15 * counted, decision + ": " + counted + ", " + missing);
    }
  }

  private static long[] run(Program tensor, List<TensorData> sample) {
    return TensorInterpreter.run(tensor, sample).getFirst().toLongs();
  }
}
