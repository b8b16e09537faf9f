package org.zkc.runtime.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zkc.ir.DType;
import org.zkc.ir.ImportedModel;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.passes.PassContext;
import org.zkc.passes.torch.TorchToTensor;
import org.zkc.stablehlo.StablehloReader;
import org.zkc.stablehlo.check.SelfCheckingProgram;
import org.zkc.stablehlo.program.DenseData;
import org.zkc.stablehlo.text.StablehloText;

/**
 * Programs of StableHLO that check themselves are compiled, proved and verified, and the proof's
 * outputs compared with what the text expects: integers exactly, real numbers to 2 % of the
 * greatest.
 */
final class ProvedOperationsTest {
  private static final double NEAR = 0.02;
  private static final int SAMPLES = 12;

  @ParameterizedTest
  @CsvSource({
    "binary-search, main",
    "bitcast-computed, main",
    "cholesky, main",
    "fft2, main",
    "rfft, main",
    "known-exponents, main",
    "line-sums, main",
    "map, main",
    "running-log-sum, main",
    "segment-extremes, main",
    "sort-four, main",
    "total-order-apart, main",
    "triangular-unit, main",
    "several-functions, first_of_equal",
    "several-functions, composed_maps",
    "several-functions, body_that_calls",
    "several-functions, whole_windows",
    "several-functions, unsigned_scatter",
    "several-functions, unsigned_order",
    "named-operations, dynamic_conv",
    "named-operations, narrow_constants",
    "named-operations, conjugate",
    "named-operations, approximate_top"
  })
  void isProved(String file, String function) throws URISyntaxException {
    Path path =
        Path.of(
            Objects.requireNonNull(getClass().getResource("checked/" + file + ".mlir")).toURI());
    SelfCheckingProgram program =
        SelfCheckingProgram.of(StablehloText.read(path)).stream()
            .filter(p -> p.main().symbol().equals(function))
            .findFirst()
            .orElseThrow();
    ImportedModel model = StablehloReader.read(program.model(_ -> true));
    List<TensorType> types =
        model.inputs().stream()
            .map(i -> new TensorType(i.dtype().orElseThrow(), i.shape().orElseThrow()))
            .toList();
    List<List<TensorData>> samples = samples(program, types);
    ProvedModel proved =
        new ProvedModel(
            TorchToTensor.lower(model.program(), types, new PassContext()).program(),
            names("x", types.size()),
            names("y", program.expectations().size()),
            samples,
            CompileOptions.DEFAULT);
    List<TensorData> outputs = proved.prove(samples.getFirst());
    for (int i = 0; i < outputs.size(); i++) {
      compare(program.expectations().get(i).expected().data(), outputs.get(i));
    }
  }

  private static List<String> names(String prefix, int count) {
    List<String> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      out.add(prefix + i);
    }
    return out;
  }

  /** The inputs of the text, and such near them. */
  private static List<List<TensorData>> samples(
      SelfCheckingProgram program, List<TensorType> types) {
    Random random = new Random(5);
    List<List<TensorData>> out = new ArrayList<>();
    for (int s = 0; s < SAMPLES; s++) {
      List<TensorData> sample = new ArrayList<>();
      for (int i = 0; i < types.size(); i++) {
        sample.add(
            near(
                types.get(i), program.inputs().get(i).elements().data(), random, s == 0 ? 0 : 0.1));
      }
      out.add(sample);
    }
    return out;
  }

  private static TensorData near(
      TensorType type, DenseData elements, Random random, double distance) {
    int count = Math.toIntExact(elements.count());
    DType dtype = type.dtype();
    Shape shape = type.shape();
    if (!dtype.isFloating()) {
      long[] integers = new long[count];
      for (int i = 0; i < count; i++) {
        integers[i] = elements.getLong(i);
      }
      return TensorData.ofLongs(dtype, shape, integers);
    }
    double[] reals = new double[count];
    for (int i = 0; i < count; i++) {
      reals[i] = elements.getDouble(i) + distance * (random.nextDouble() - 0.5);
    }
    return TensorData.ofReals(dtype, shape, reals);
  }

  private static void compare(DenseData expected, TensorData found) {
    if (!found.dtype().isFloating()) {
      for (int i = 0; i < expected.count(); i++) {
        assertEquals(expected.getLong(i), found.getLong(i), "element " + i);
      }
      return;
    }
    double greatest = 0;
    for (int i = 0; i < expected.count(); i++) {
      greatest = Math.max(greatest, Math.abs(expected.getDouble(i)));
    }
    for (int i = 0; i < expected.count(); i++) {
      double distance = Math.abs(expected.getDouble(i) - found.getDouble(i));
      assertTrue(
          distance <= NEAR * greatest,
          "element %d is %s, expected is %s"
              .formatted(i, found.getDouble(i), expected.getDouble(i)));
    }
  }
}
