package org.zkc.tests.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.runtime.compile.CompilePipeline;

/**
 * The tensor level, as read from each archive, computes what PyTorch computed on the recorded
 * inputs.
 */
final class PyTorchOracleTest {
  /** Relative to the largest element of the output: both sides round in single precision. */
  private static final double TOLERANCE = 1e-4;

  /**
   * The same of quantised archives: PyTorch rounds biases, and inputs of dynamic layers, to steps
   * of their own, so that elements may be a step off, a tenth of the largest of a sample of low
   * contrast.
   */
  private static final double QUANTISED_TOLERANCE = 0.11;

  static Stream<SampleArchive> archives() {
    return SampleArchive.all().stream();
  }

  @Test
  void thereAreArchives() {
    assertTrue(SampleArchive.all().size() >= 20, "archives: " + SampleArchive.all());
  }

  @ParameterizedTest
  @MethodSource("archives")
  void tensorLevelEqualsPyTorch(SampleArchive archive) {
    var pipeline = new CompilePipeline(IntegerModel.options(archive.inputShapes()));
    Program tensor = pipeline.toTensor(pipeline.read(archive.path())).tensor();
    List<List<TensorData>> inputs = archive.inputs();
    List<List<TensorData>> expected = archive.outputs();
    for (int s = 0; s < inputs.size(); s++) {
      List<TensorData> outputs = TensorInterpreter.run(tensor, inputs.get(s));
      assertEquals(expected.get(s).size(), outputs.size(), "number of outputs");
      for (int k = 0; k < outputs.size(); k++) {
        assertClose(
            expected.get(s).get(k),
            outputs.get(k),
            archive.name().startsWith("quantized") ? QUANTISED_TOLERANCE : TOLERANCE,
            "sample " + s + ", output " + k);
      }
    }
  }

  private static void assertClose(
      TensorData expected, TensorData actual, double tolerance, String where) {
    assertEquals(expected.shape(), actual.shape(), where);
    double largest = 0;
    for (double e : expected.toDoubles()) {
      largest = Math.max(largest, Math.abs(e));
    }
    double[] wanted = expected.toDoubles();
    double[] found = actual.toDoubles();
    for (int i = 0; i < wanted.length; i++) {
      assertEquals(wanted[i], found[i], tolerance * largest, where + ", element " + i);
    }
  }
}
