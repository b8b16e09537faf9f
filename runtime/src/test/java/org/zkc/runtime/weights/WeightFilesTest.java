package org.zkc.runtime.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.runtime.numpy.NpyReader;
import org.zkc.runtime.numpy.NpyWriter;
import org.zkc.runtime.numpy.NpzWriter;
import org.zkc.stablehlo.weights.ArgumentBinding;
import org.zkc.stablehlo.weights.BoundProgram;

/** Files of weights, and the same text with weights from each kind. */
final class WeightFilesTest {
  private static final String TEXT =
      """
      module @m {
        func.func public @main(%arg0: tensor<3xf32> loc("p['b']"), %arg1: tensor<2x3xf32> loc("p['w']"), %arg2: tensor<1x2xf32> loc("x")) -> tensor<1x3xf32> {
          %0 = stablehlo.dot_general %arg2, %arg1, contracting_dims = [1] x [0] : (tensor<1x2xf32>, tensor<2x3xf32>) -> tensor<1x3xf32>
          return %0 : tensor<1x3xf32>
        }
      }
      """;
  private static final TensorData BIAS = TensorData.ofFloats(Shape.of(3), new float[] {1, 2, 3});
  private static final TensorData KERNEL =
      TensorData.ofFloats(Shape.of(2, 3), new float[] {1, 2, 3, 4, 5, 6});

  @TempDir private Path folder;

  private Path npz(String name, Map<String, TensorData> arrays) throws IOException {
    SequencedMap<String, TensorData> ordered = new LinkedHashMap<>(arrays);
    Path file = folder.resolve(name);
    Files.write(file, NpzWriter.encode(ordered));
    return file;
  }

  private BoundProgram open(List<Path> weights) throws IOException {
    Path text = folder.resolve("m.mlir");
    Files.writeString(text, TEXT);
    return BoundProgram.open(text, WeightFiles.read(weights), NpyReader::read);
  }

  private static final List<ArgumentBinding> EXPECTED =
      List.of(
          new ArgumentBinding.Weight("p.b", BIAS),
          new ArgumentBinding.Weight("p.w", KERNEL),
          new ArgumentBinding.Input("x", 0));

  @Test
  void weightsOfAnNpzFileInAnyOrder() throws IOException {
    assertEquals(
        EXPECTED, open(List.of(npz("w.npz", Map.of("p.w", KERNEL, "p.b", BIAS)))).bindings());
  }

  @Test
  void weightsOfTwoFilesOfTwoKinds() throws IOException {
    byte[] header =
        "{\"p.b\": {\"dtype\": \"F32\", \"shape\": [3], \"data_offsets\": [0, 12]}}"
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + header.length + 12)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .put(header)
            .putFloat(1)
            .putFloat(2)
            .putFloat(3);
    Path safetensors = folder.resolve("b.safetensors");
    Files.write(safetensors, bytes.array());
    assertEquals(
        EXPECTED, open(List.of(safetensors, npz("w.npz", Map.of("p.w", KERNEL)))).bindings());
  }

  @Test
  void withoutWeightsAllArgumentsAreInputs() throws IOException {
    assertEquals(
        List.of(
            new ArgumentBinding.Input("p['b']", 0),
            new ArgumentBinding.Input("p['w']", 1),
            new ArgumentBinding.Input("x", 2)),
        open(List.of()).bindings());
  }

  @Test
  void theDigestIsOfTextAndWeights() throws IOException {
    Path one = npz("w.npz", Map.of("p.w", KERNEL, "p.b", BIAS));
    Path other =
        npz(
            "v.npz",
            Map.of("p.w", KERNEL, "p.b", TensorData.ofFloats(Shape.of(3), new float[] {1, 2, 4})));
    assertEquals(open(List.of(one)).digest(), open(List.of(one)).digest());
    assertNotEquals(open(List.of(one)).digest(), open(List.of(other)).digest());
    assertNotEquals(open(List.of(one)).digest(), open(List.of()).digest());
  }

  @Test
  void aFolderOfTorchXla() throws IOException {
    Path saved = folder.resolve("saved");
    for (String name : List.of("functions", "data", "constants")) {
      Files.createDirectories(saved.resolve(name));
    }
    Files.writeString(saved.resolve("functions/forward.mlir"), TEXT);
    Files.writeString(
        saved.resolve("functions/forward.meta"),
        """
        {"input_locations": [
          {"type_": "parameter", "position": -1, "name": "fc.bias"},
          {"type_": "constant", "position": 0, "name": ""},
          {"type_": "input_arg", "position": 0, "name": ""}]}
        """);
    Files.write(saved.resolve("data/fc.bias"), NpyWriter.encode(BIAS));
    Files.write(saved.resolve("constants/0"), NpyWriter.encode(KERNEL));
    assertEquals(
        List.of(
            new ArgumentBinding.Weight("fc.bias", BIAS),
            new ArgumentBinding.Weight("constant 0", KERNEL),
            new ArgumentBinding.Input("input_0", 0)),
        BoundProgram.open(saved, Map.of(), NpyReader::read).bindings());
  }

  @Test
  void filesThatDoNotDo() throws IOException {
    Path one = npz("w.npz", Map.of("p.w", KERNEL));
    Path two = npz("v.npz", Map.of("p.w", KERNEL));
    assertSentence("another file has a weight p.w as well", List.of(one, two));
    assertSentence("there is no file", List.of(folder.resolve("absent.npz")));
    Path other = folder.resolve("w.pth");
    Files.write(other, NpyWriter.encode(KERNEL));
    assertSentence("weights are read from .npz and .safetensors", List.of(other));
  }

  private static void assertSentence(String sentence, List<Path> files) {
    UserException e = assertThrows(UserException.class, () -> WeightFiles.read(files));
    assertTrue(e.getMessage().contains(sentence), e.getMessage());
  }
}
