package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zkc.ir.DType;
import org.zkc.ir.FunctionBuilder;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.IntegerInterpreter;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.passes.PassContext;

/** The integer mean is the mean, over windows of whatever lengths. */
class MeanFactorsTest {
  /** Windows of adaptive pooling, as PyTorch cuts them: floor(i n / m) to ceil((i + 1) n / m). */
  private record Windows(List<Integer> starts, List<Integer> lengths) {
    static Windows adaptive(int extent, int results) {
      List<Integer> starts = new ArrayList<>();
      List<Integer> lengths = new ArrayList<>();
      for (long i = 0; i < results; i++) {
        int start = (int) (i * extent / results);
        starts.add(start);
        lengths.add((int) (((i + 1) * extent + results - 1) / results) - start);
      }
      return new Windows(starts, lengths);
    }

    /** Windows of {@code 2 reach + 1} around every element, cut at the ends. */
    static Windows centred(int extent, int reach) {
      List<Integer> starts = new ArrayList<>();
      List<Integer> lengths = new ArrayList<>();
      for (int i = 0; i < extent; i++) {
        int start = Math.max(0, i - reach);
        starts.add(start);
        lengths.add(Math.min(extent, i + reach + 1) - start);
      }
      return new Windows(starts, lengths);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2000, 7",
    "20000, 3",
    "20000, 9",
    "25001, 1",
    "25001, 2",
    "13, 5",
    "17, 6",
    "224, 7",
    "225, 7",
    "1000, 999",
    "16383, 31",
    "100000, 7"
  })
  void adaptivePools(int extent, int results) {
    check(extent, Windows.adaptive(extent, results));
  }

  @ParameterizedTest
  @CsvSource({"9, 1", "64, 15", "200, 40", "600, 299"})
  void poolsThatDoNotCountPadding(int extent, int reach) {
    check(extent, Windows.centred(extent, reach));
  }

  /** Inputs with a mean that is large beside their deviation, so that a wrong factor shows. */
  private static void check(int extent, Windows windows) {
    Program tensor = mean(extent, windows);
    List<List<TensorData>> samples = new ArrayList<>();
    Random random = new Random(extent);
    for (int s = 0; s < 4; s++) {
      float[] x = new float[extent];
      for (int i = 0; i < extent; i++) {
        x[i] = (float) (5 + random.nextGaussian());
      }
      samples.add(List.of(TensorData.ofFloats(Shape.of(1, extent), x)));
    }
    Program integer =
        TensorToInteger.lower(
                tensor,
                Calibrate.run(tensor, samples),
                QuantizationOptions.DEFAULT,
                new PassContext())
            .program();
    long[] found =
        IntegerInterpreter.run(integer, FidelityReport.quantize(integer, samples.getFirst()))
            .getFirst();
    double scale = integer.main().results().getFirst().integerType().scale();
    double[] x = samples.getFirst().getFirst().toDoubles();
    for (int j = 0; j < windows.starts.size(); j++) {
      double sum = 0;
      for (int i = 0; i < windows.lengths.get(j); i++) {
        sum += x[windows.starts.get(j) + i];
      }
      double exact = sum / windows.lengths.get(j);
      assertEquals(exact, found[j] * scale, 0.003 * exact, "window " + j);
    }
  }

  private static Program mean(int extent, Windows windows) {
    FunctionBuilder builder = new FunctionBuilder("main", Location.UNKNOWN);
    Value x = builder.parameter("x", new TensorType(DType.F32, Shape.of(1, extent)));
    Shape shape = Shape.of(1, windows.starts.size());
    Value mean =
        builder.value(
            new WindowMean(
                builder.fresh("m", new TensorType(DType.F32, shape)),
                x,
                1,
                windows.starts,
                windows.lengths,
                windows.lengths,
                Location.UNKNOWN));
    return Program.of(Level.TENSOR, builder.build(List.of(mean)));
  }

  /** Random divisors: the stated error is the greatest one, and no sum leaves the field's limit. */
  @Test
  void theStatedErrorHolds() {
    Random random = new Random(17);
    for (int k = 0; k < 2000; k++) {
      int most = 1 + random.nextInt(1 << 1 + random.nextInt(15));
      List<Integer> divisors = new ArrayList<>();
      for (int j = 0; j <= random.nextInt(6); j++) {
        divisors.add(1 + random.nextInt(most));
      }
      long magnitude = 1L << random.nextInt(13);
      Optional<MeanFactors> found = MeanFactors.of(divisors, divisors, magnitude);
      assertTrue(found.isPresent(), divisors + " at " + magnitude);
      double worst = 0;
      for (int j = 0; j < divisors.size(); j++) {
        int factor = found.get().factors().get(j);
        worst = Math.max(worst, Math.abs(factor * divisors.get(j) / found.get().unit() - 1));
        assertTrue((long) factor * divisors.get(j) * magnitude < 1L << 30);
      }
      assertEquals(worst, found.get().error(), 1e-12);
    }
  }

  @Test
  void integersThatLeaveNoRoomHaveNoFactors() {
    assertEquals(Optional.empty(), MeanFactors.of(List.of(2000), List.of(2000), 1 << 20));
  }

  /** The squares of integers of 14 bits, four in a window: their sums would not be rounded. */
  @Test
  void sumsLeaveRoomToRoundThem() {
    assertTrue(MeanFactors.of(List.of(4), List.of(4), 16383L * 16383).isEmpty());
    assertTrue(MeanFactors.of(List.of(4), List.of(4), 16000L * 16000).isPresent());
  }
}
