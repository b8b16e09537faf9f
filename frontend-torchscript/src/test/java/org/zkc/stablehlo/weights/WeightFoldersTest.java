package org.zkc.stablehlo.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.stablehlo.program.HloFunction;
import org.zkc.stablehlo.program.HloProgram;
import org.zkc.stablehlo.text.StablehloText;

/** Weights beside the text: the folder of torch_xla and the safetensors file. */
final class WeightFoldersTest {
  private static final String TEXT =
      "module @m { func.func @main(%arg0: tensor<3xf32>, %arg1: tensor<1x2xf32>, %arg2:"
          + " tensor<f32>, %arg3: tensor<2xf32>) { return } }";
  private static final String META =
      """
      {"name": "forward", "input_locations": [
        {"type_": "parameter", "position": -1, "name": "fc.bias"},
        {"type_": "input_arg", "position": 2, "name": ""},
        {"type_": "constant", "position": 0, "name": ""},
        {"type_": "input_arg", "position": 0, "name": ""}]}
      """;

  @TempDir private Path folder;

  private Path folder(String meta, String text) throws IOException {
    for (String name : List.of("functions", "data", "constants")) {
      Files.createDirectories(folder.resolve(name));
    }
    Files.writeString(folder.resolve("functions/forward.meta"), meta);
    Files.writeString(folder.resolve("functions/forward.mlir"), text);
    Files.writeString(folder.resolve("data/fc.bias"), "3");
    Files.writeString(folder.resolve("constants/0"), "scalar");
    return folder;
  }

  /** A tensor of zeros of the shape that a file names, in place of a reader of .npy files. */
  private static TensorData zeros(Path file) {
    try {
      Shape shape = Shape.parse(Files.readString(file));
      return TensorData.ofFloats(shape, new float[(int) shape.elementCount()]);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> bind(Path path) {
    TorchXlaFolder opened = TorchXlaFolder.open(path);
    HloProgram program = StablehloText.read(opened.text());
    HloFunction main = program.modules().getFirst().function("main").orElseThrow();
    List<String> out = new ArrayList<>();
    for (ArgumentBinding binding : opened.bind(program, main, WeightFoldersTest::zeros)) {
      out.add(
          switch (binding) {
            case ArgumentBinding.Weight weight -> weight.name() + ":" + weight.data().shape();
            case ArgumentBinding.Input input -> input.name() + "@" + input.position();
          });
    }
    return out;
  }

  private static void refused(String sentence, Path path) {
    UserException e = assertThrows(UserException.class, () -> bind(path));
    assertTrue(e.getMessage().contains(sentence), e.getMessage());
  }

  @Test
  void theDescriptionSaysWhatEachArgumentIs() throws IOException {
    Path path = folder(META, TEXT);
    assertTrue(TorchXlaFolder.isFolder(path));
    assertFalse(TorchXlaFolder.isFolder(path.resolve("data")));
    assertEquals(List.of("fc.bias:3", "input_2@1", "constant 0:scalar", "input_0@0"), bind(path));
  }

  @Test
  void damagedFolders() throws IOException {
    refused(
        "the text has 4 arguments, the description 1", folder("{\"input_locations\": [{}]}", TEXT));
    refused("says nothing of the arguments", folder("{}", TEXT));
    refused("cannot be read", folder("{", TEXT));
    refused("is of no known kind", folder(META.replace("constant", "other"), TEXT));
    refused("has no weight fc.weight", folder(META.replace("fc.bias", "fc.weight"), TEXT));
    refused(
        "is no name of a weight",
        folder(META.replace("fc.bias", "../functions/forward.meta"), TEXT));
    refused("is no name of a weight", folder(META.replace("fc.bias", ""), TEXT));
    refused(
        "no place of its own", folder(META.replace("\"position\": 2", "\"position\": 0"), TEXT));
    refused("the weight fc.bias is 3:f32", folder(META, TEXT.replace("tensor<3x", "tensor<4x")));
    Files.delete(folder.resolve("functions/forward.mlir"));
    refused("as bytecode alone", folder);
    Files.delete(folder.resolve("functions/forward.meta"));
    refused("has no functions", folder);
  }

  private static byte[] safetensors(String header, int bytes) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .putFloat(1.5f)
        .array();
  }

  private static final String HEADER =
      """
      {"__metadata__": {"format": "pt"}, "a.weight": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
       "b": {"dtype": "BOOL", "shape": [], "data_offsets": [24, 25]}}\
      """;

  @Test
  void tensorsOfASafetensorsFile() {
    Map<String, TensorData> tensors =
        SafetensorsFile.read("w.safetensors", MemorySegment.ofArray(safetensors(HEADER, 25)));
    assertEquals(List.of("a.weight", "b"), List.copyOf(tensors.keySet()));
    assertEquals(1.5, tensors.get("a.weight").getDouble(0));
    assertEquals(Shape.of(2, 3), tensors.get("a.weight").shape());
  }

  @Test
  void changedSafetensorsFiles() {
    byte[] file = safetensors(HEADER, 25);
    for (long seed = 0; seed < 3000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] changed = file.clone();
      for (int i = random.nextInt(3); i >= 0; i--) {
        changed[random.nextInt(file.length - 25)] = (byte) (32 + random.nextInt(96));
      }
      try {
        SafetensorsFile.read("w.safetensors", MemorySegment.ofArray(changed));
      } catch (UserException e) {
        assertTrue(e.getMessage().endsWith(".") || e.getMessage().contains(";"), e.getMessage());
      }
    }
    for (int length = 0; length < file.length; length++) {
      MemorySegment part = MemorySegment.ofArray(Arrays.copyOf(file, length));
      assertThrows(UserException.class, () -> SafetensorsFile.read("w.safetensors", part));
    }
  }
}
