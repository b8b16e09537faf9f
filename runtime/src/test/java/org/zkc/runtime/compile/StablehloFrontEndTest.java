package org.zkc.runtime.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.ir.DType;
import org.zkc.ir.ImportedModel;
import org.zkc.ir.ModelInput;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.runtime.numpy.NpzWriter;

/** StableHLO text by the front door: with weights as arguments, and options that are not for it. */
final class StablehloFrontEndTest {
  @TempDir private Path folder;
  private Path text;
  private Path weights;

  @BeforeEach
  void writeFiles() throws IOException {
    text = folder.resolve("m.mlir");
    Files.writeString(
        text,
        """
        module @m {
          func.func public @main(%arg0: tensor<3xf32> loc("p['b']"), %arg1: tensor<2x3xf32> loc("p['w']"), %arg2: tensor<1x2xf32> loc("x")) -> tensor<1x3xf32> {
            %0 = stablehlo.dot_general %arg2, %arg1, contracting_dims = [1] x [0] : (tensor<1x2xf32>, tensor<2x3xf32>) -> tensor<1x3xf32>
            %1 = stablehlo.broadcast_in_dim %arg0, dims = [1] : (tensor<3xf32>) -> tensor<1x3xf32>
            %2 = stablehlo.add %0, %1 : tensor<1x3xf32>
            return %2 : tensor<1x3xf32>
          }
        }
        """);
    SequencedMap<String, TensorData> arrays = new LinkedHashMap<>();
    arrays.put("w", TensorData.ofFloats(Shape.of(2, 3), new float[] {1, 2, 3, 4, 5, 6}));
    arrays.put("b", TensorData.ofFloats(Shape.of(3), new float[] {1, 2, 3}));
    weights = folder.resolve("w.npz");
    Files.write(weights, NpzWriter.encode(arrays));
  }

  private ImportedModel read(CompileOptions options) {
    return FrontEnd.of(text, options).read();
  }

  @Test
  void weightsAreConstantsOfTheModel() {
    ImportedModel model = read(CompileOptions.DEFAULT.withWeights(List.of(weights)));
    assertEquals(
        List.of(new ModelInput("x", Optional.of(Shape.of(1, 2)), Optional.of(DType.F32))),
        model.inputs());
  }

  @Test
  void withoutWeightsEachArgumentIsAnInput() {
    assertEquals(3, read(CompileOptions.DEFAULT).inputs().size());
  }

  private void refused(String sentence, Path file, CompileOptions options) {
    UserException e = assertThrows(UserException.class, () -> FrontEnd.of(file, options));
    assertTrue(e.getMessage().contains(sentence), e.getMessage());
  }

  @Test
  void optionsOfOtherFiles() throws IOException {
    refused("leave --method out", text, CompileOptions.DEFAULT.withMethod("other"));
    refused("fixed shapes", text, CompileOptions.DEFAULT.withDimensions(List.of("b=1")));
    Path archive = folder.resolve("m.pt");
    Files.writeString(archive, "module @m {}");
    refused(
        "--weights is for StableHLO text",
        archive,
        CompileOptions.DEFAULT.withWeights(List.of(weights)));
    refused("is a folder", folder, CompileOptions.DEFAULT);
  }

  @Test
  void textUnderAnotherName() throws IOException {
    Path archive = folder.resolve("m.pt");
    Files.writeString(archive, "module @m {}");
    UserException e =
        assertThrows(
            UserException.class, () -> FrontEnd.of(archive, CompileOptions.DEFAULT).read());
    assertEquals("m.pt is MLIR text; give the file a name that ends in .mlir.", e.getMessage());
  }
}
