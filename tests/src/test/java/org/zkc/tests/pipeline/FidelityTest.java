package org.zkc.tests.pipeline;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.passes.quantize.IntegerInputs;
import org.zkc.passes.quantize.VariedInputs;

/**
 * The proved integers stay close to fp32 on inputs of varied mean and contrast that calibration has
 * not seen, for every sample archive compiled without any flag but the shapes.
 */
final class FidelityTest {
  private static final double SMALLEST_R_SQUARED = 0.95;

  /**
   * Of indices, integers and booleans. Scores of inputs of low contrast are nearly tied in some
   * rows of a hundred.
   */
  private static final double SMALLEST_AGREEMENT = 0.97;

  private static final int SAMPLES = 32;
  private static final long SEED = 4711;

  static Stream<SampleArchive> archives() {
    return SampleArchive.all().stream();
  }

  @ParameterizedTest
  @MethodSource("archives")
  void integersFollowFloats(SampleArchive archive) {
    IntegerModel model = IntegerModel.of(archive);
    Program tensor = model.compiled().tensor();
    List<List<TensorData>> inputs =
        new VariedInputs(SEED, IntegerInputs.intervals(tensor.main(), List.of()))
            .samples(tensor.main().parameters(), SAMPLES);
    var interpreter = new TensorInterpreter(tensor);
    List<List<TensorData>> expected =
        inputs.stream().map(x -> interpreter.run(x, (value, elements) -> {})).toList();
    List<List<TensorData>> actual = inputs.stream().map(model::run).toList();
    for (int k = 0; k < expected.getFirst().size(); k++) {
      double[][] floats = output(expected, k);
      double[][] integers = output(actual, k);
      if (expected.getFirst().get(k).dtype().isFloating()) {
        double rSquared = rSquared(floats, integers);
        assertTrue(
            rSquared >= SMALLEST_R_SQUARED,
            "output " + k + ": R^2 = " + rSquared + " over inputs of seed " + SEED);
      } else {
        double agreement = agreement(floats, integers);
        assertTrue(
            agreement >= SMALLEST_AGREEMENT,
            "output " + k + ": agreement = " + agreement + " over inputs of seed " + SEED);
      }
    }
  }

  private static double[][] output(List<List<TensorData>> samples, int k) {
    return samples.stream().map(outputs -> outputs.get(k).toDoubles()).toArray(double[][]::new);
  }

  /** The share of equal elements: an index near a tie says nothing by its distance. */
  private static double agreement(double[][] expected, double[][] actual) {
    long equal = 0;
    long all = 0;
    for (int s = 0; s < expected.length; s++) {
      for (int i = 0; i < expected[s].length; i++) {
        all++;
        equal += expected[s][i] == actual[s][i] ? 1 : 0;
      }
    }
    return (double) equal / all;
  }

  /**
   * 1 - sum |y' - y|^2 / sum |y - mean(y)|^2, the mean taken over the samples, element by element.
   */
  private static double rSquared(double[][] expected, double[][] actual) {
    int size = expected[0].length;
    double[] mean = new double[size];
    for (double[] y : expected) {
      for (int i = 0; i < size; i++) {
        mean[i] += y[i] / expected.length;
      }
    }
    double error = 0;
    double variance = 0;
    for (int s = 0; s < expected.length; s++) {
      for (int i = 0; i < size; i++) {
        error += Math.pow(actual[s][i] - expected[s][i], 2);
        variance += Math.pow(expected[s][i] - mean[i], 2);
      }
    }
    return 1 - error / variance;
  }
}
