package org.zkc.tests.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.runtime.numpy.NpyReader;
import org.zkc.runtime.numpy.NpyWriter;
import org.zkc.tests.Repository;

/**
 * Accuracy on real data: the networks that {@code tests/training/train_digits.py} trained, over the
 * whole test split.
 */
final class DigitsAccuracyTest {
  private static final Path FOLDER = Repository.root().resolve("tests/src/test/resources/digits");

  /** In percentage points of test accuracy. */
  private static final double LARGEST_LOSS = 0.5;

  private static final double LOWEST_FP32_ACCURACY = 95;

  @ParameterizedTest
  @CsvSource({"digits_mlp, 1x64", "digits_cnn, 1x1x8x8"})
  void theIntegerProgramIsAsAccurateAsFp32(String name, String shape) {
    IntegerModel model = IntegerModel.of(FOLDER.resolve(name + ".pt"), List.of());
    Shape inputShape = model.compiled().tensor().main().parameters().getFirst().shape();
    assertEquals(shape, inputShape.toString());
    List<TensorData> images = SampleArchive.unstack(NpyReader.read(FOLDER.resolve("images.npy")));
    long[] labels = NpyReader.read(FOLDER.resolve("labels.npy")).toLongs();
    List<TensorData> logits =
        SampleArchive.unstack(NpyReader.read(FOLDER.resolve(name + ".logits.npy")));
    assertEquals(labels.length, images.size());

    int correctInFloats = 0;
    int correctInIntegers = 0;
    for (int i = 0; i < labels.length; i++) {
      TensorData output = model.run(List.of(input(images.get(i), inputShape))).getFirst();
      correctInIntegers += argmax(output) == labels[i] ? 1 : 0;
      correctInFloats += argmax(logits.get(i)) == labels[i] ? 1 : 0;
    }
    double floats = 100.0 * correctInFloats / labels.length;
    double integers = 100.0 * correctInIntegers / labels.length;
    assertTrue(
        floats >= LOWEST_FP32_ACCURACY,
        "fp32 accuracy " + floats + " %: the recorded logits are not of this split");
    assertTrue(
        integers >= floats - LARGEST_LOSS,
        "fp32 %.2f %%, integers %.2f %%".formatted(floats, integers));
  }

  /**
   * The program whose accuracy counts is the one that is proved: a few images of the split, through
   * files and back.
   */
  @ParameterizedTest
  @CsvSource({"digits_mlp", "digits_cnn"})
  void itsOutputsAreProved(String name, @TempDir Path folder) throws IOException {
    IntegerModel model = IntegerModel.of(FOLDER.resolve(name + ".pt"), List.of());
    Shape inputShape = model.compiled().tensor().main().parameters().getFirst().shape();
    List<TensorData> images = SampleArchive.unstack(NpyReader.read(FOLDER.resolve("images.npy")));
    Path compiled = folder.resolve("model.zkc");
    Cli.run("compile", FOLDER.resolve(name + ".pt"), "-o", compiled).succeeded();
    for (int i = 0; i < images.size(); i += images.size() / 3) {
      TensorData image = input(images.get(i), inputShape);
      Path x = folder.resolve("x.npy");
      Path y = folder.resolve("y.npy");
      Path proof = folder.resolve("image.zkp");
      Files.write(x, NpyWriter.encode(image));
      Cli.run("prove", compiled, "--input", x, "-o", proof, "--output", y).succeeded();
      Cli.run("verify", proof, "--key", folder.resolve("model.vk"), "--input", x, "--output", y)
          .succeeded();
      assertArrayEquals(
          model.run(List.of(image)).getFirst().toFloats(),
          NpyReader.read(y).toFloats(),
          "image " + i);
    }
  }

  private static TensorData input(TensorData pixels, Shape shape) {
    float[] elements = new float[Math.toIntExact(shape.elementCount())];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = pixels.getLong(i) / 16f;
    }
    return TensorData.ofFloats(shape, elements);
  }

  private static int argmax(TensorData tensor) {
    double[] y = tensor.toDoubles();
    int best = 0;
    for (int i = 1; i < y.length; i++) {
      best = y[i] > y[best] ? i : best;
    }
    return best;
  }
}
