package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.passes.PassContext;

/** Softmax and its logarithm over few and many classes, of sure and of unsure winners. */
class SoftmaxTest {
  @ParameterizedTest
  @CsvSource({
    "10, 1, 0.999",
    "10, 6, 0.999",
    "100, 3, 0.999",
    "100, 6, 0.999",
    "1000, 3, 0.998",
    "1000, 6, 0.999",
    "10000, 3, 0.96",
    "10000, 6, 0.998"
  })
  void softmaxFollows(int classes, double deviation, double target) {
    check(classes, deviation, false, target);
  }

  @ParameterizedTest
  @CsvSource({"10, 1", "10, 6", "100, 3", "1000, 1", "1000, 6", "10000, 1", "10000, 6"})
  void logSoftmaxFollows(int classes, double deviation) {
    check(classes, deviation, true, 0.999);
  }

  private static void check(int classes, double deviation, boolean logarithm, double target) {
    TensorProgramBuilder b = new TensorProgramBuilder(1);
    Value logits = b.input(1, classes);
    Program tensor = b.build(logarithm ? b.logSoftmax(logits, 1) : b.softmax(logits, 1));
    List<List<TensorData>> samples = samples(classes, deviation, 24);
    QuantizedProgram quantized =
        TensorToInteger.lower(
            tensor,
            Calibrate.run(tensor, samples.subList(0, 8)),
            QuantizationOptions.DEFAULT,
            new PassContext());
    FidelityReport report =
        FidelityReport.measure(tensor, quantized, samples.subList(8, samples.size()));
    assertTrue(report.rSquared() >= target, () -> "R^2 = " + report.rSquared());
    assertTrue(report.outputs().getFirst().top1Agreement() > 0.85, report::toString);
  }

  private static List<List<TensorData>> samples(int classes, double deviation, int count) {
    Random random = new Random(classes);
    List<List<TensorData>> samples = new ArrayList<>();
    for (int s = 0; s < count; s++) {
      float[] x = new float[classes];
      for (int i = 0; i < classes; i++) {
        x[i] = (float) (deviation * random.nextGaussian());
      }
      samples.add(List.of(TensorData.ofFloats(Shape.of(1, classes), x)));
    }
    return samples;
  }
}
