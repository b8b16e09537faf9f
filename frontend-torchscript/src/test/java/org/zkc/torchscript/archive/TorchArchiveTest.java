package org.zkc.torchscript.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zkc.ir.UserException;

class TorchArchiveTest {

  private static ZipBytes minimal(String root) {
    return new ZipBytes()
        .put(root + "/data.pkl", "x")
        .put(root + "/code/__torch__.py", "y")
        .put(root + "/version", "3\n");
  }

  private static String refusal(MemorySegment file) {
    return assertThrows(UserException.class, () -> TorchArchive.of("m.pt", file)).getMessage();
  }

  private static String refusal(String bytes) {
    return refusal(MemorySegment.ofArray(bytes.getBytes(StandardCharsets.ISO_8859_1)));
  }

  @Test
  void rootFolderIsDiscovered() {
    TorchArchive archive = TorchArchive.of("renamed.pt", minimal("first_name").segment());
    assertEquals("y", archive.text("code/__torch__.py").orElseThrow());
    assertEquals(64, archive.digest().length());
  }

  @ParameterizedTest
  @CsvSource({"2,newer", "11,current", "0,newer"})
  void versionOutsideTheRange(String version, String word) {
    String message = refusal(minimal("m").put("m/version", version + "\n").segment());
    assertTrue(message.contains("version " + version) && message.contains(word), message);
  }

  @Test
  void versionInTheHiddenFolder() {
    ZipBytes zip =
        new ZipBytes()
            .put("m/data.pkl", "x")
            .put("m/code/__torch__.py", "y")
            .put("m/.data/version", "10\n");
    assertEquals("x", TorchArchive.of("m.pt", zip.segment()).text("data.pkl").orElseThrow());
  }

  @Test
  void bigEndian() {
    assertTrue(refusal(minimal("m").put("m/byteorder", "big").segment()).contains("big-endian"));
  }

  @Test
  void missingVersion() {
    assertTrue(
        refusal(new ZipBytes().put("m/data.pkl", "x").put("m/code/__torch__.py", "y").segment())
            .contains("no version record"));
  }

  @Test
  void foreignFiles() {
    assertTrue(refusal("ML\u00efR bytes").contains("MLIR bytecode"));
    assertTrue(refusal("module @jit_f {}").contains("MLIR text"));
    assertTrue(refusal("\u0080\2}q\0.").contains("checkpoint"));
    assertTrue(refusal("version https://git-lfs.github.com/spec/v1\n").contains("git lfs pull"));
    assertTrue(refusal("\u0089HDF\r\n").contains("HDF5"));
    assertTrue(refusal("GGUF\3\0\0\0").contains("GGUF file"));
    assertTrue(refusal("\b\b\u0012\7pytorch").contains("ONNX model"));
    assertTrue(refusal("").contains("empty"));
    assertTrue(refusal("hello, this is a text").contains("not a zip file"));
    assertTrue(
        refusal(new ZipBytes().put("m/data.pkl", "x").put("m/version", "3").segment())
            .contains("checkpoint"));
    assertTrue(
        refusal(new ZipBytes().put("m/archive_format", "pt2").put("m/data.pkl", "x").segment())
            .contains("torch.export.save"));
    assertTrue(
        refusal(new ZipBytes().put("serialized_exported_program.json", "{}").segment())
            .contains("torch.export"));
    assertTrue(
        refusal(new ZipBytes().put("m/bytecode.pkl", "x").put("m/data.pkl", "x").segment())
            .contains("mobile"));
    assertTrue(refusal(new ZipBytes().put("x.npy", "x").segment()).contains("NumPy"));
    assertTrue(
        refusal(new ZipBytes().put("word/document.xml", "x").segment()).contains("not an archive"));
  }

  @Test
  void twoModelsInOneFile() {
    assertTrue(refusal(minimal("m").put("n/data.pkl", "x").segment()).contains("two models"));
  }

  @Test
  void missingFileAndFolder() {
    assertTrue(
        assertThrows(UserException.class, () -> TorchArchive.open(Path.of("no-such-file.pt")))
            .getMessage()
            .contains("no file"));
    assertTrue(
        assertThrows(UserException.class, () -> TorchArchive.open(Path.of("src")))
            .getMessage()
            .contains("folder"));
  }
}
