package org.zkc.torchexport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.ir.Checker;
import org.zkc.ir.DType;
import org.zkc.ir.ImportedModel;
import org.zkc.ir.Location;
import org.zkc.ir.ModelInput;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.UserException;
import org.zkc.ir.torch.If;
import org.zkc.ir.torch.Operator;
import org.zkc.ir.torch.TensorConstant;
import org.zkc.ir.torch.While;
import org.zkc.torchscript.archive.ZipBytes;

final class TorchExportReaderTest {

  private static ImportedModel read(String name) {
    ImportedModel model = TorchExportReader.read(SampleExports.path(name), Map.of());
    assertEquals(List.of(), Checker.check(model.program()), name);
    return model;
  }

  private static List<Operator> operators(ImportedModel model) {
    return model.program().main().body().stream()
        .filter(Operator.class::isInstance)
        .map(Operator.class::cast)
        .toList();
  }

  @Test
  void inputsAreNamedByTheirPaths() {
    List<ModelInput> inputs = read("nested_values").inputs();
    assertEquals(
        List.of("batch.ids", "batch.parts.0", "batch.parts.1", "shift"),
        inputs.stream().map(ModelInput::name).toList());
    assertEquals(Shape.of(2, 6), inputs.getFirst().shape().orElseThrow());
    assertEquals(DType.F32, inputs.getFirst().dtype().orElseThrow());
  }

  @Test
  void aSharedWeightHasOneName() {
    Set<String> names =
        read("nested_values").program().main().body().stream()
            .filter(TensorConstant.class::isInstance)
            .map(op -> ((TensorConstant) op).name())
            .collect(Collectors.toSet());
    assertEquals(Set.of("first.weight", "second.bias", "calls", "scale"), names);
  }

  @Test
  void operatorsInPlaceBecomeFunctional() {
    assertTrue(
        operators(read("in_place_plain")).stream().noneMatch(o -> o.operator().endsWith("_")));
  }

  @Test
  void nodesHaveTheUsersOwnLines() {
    Operator softmax =
        operators(read("softmax_head_plain")).stream()
            .filter(o -> o.operator().equals("aten.softmax"))
            .findFirst()
            .orElseThrow();
    Location line = softmax.location();
    assertEquals("model.py", line.file());
    assertTrue(line.text().contains("softmax"), line.text());
  }

  @Test
  void conditionsAndLoopsAreThoseOfTheTorchLevel() {
    List<Op> body = read("control_flow").program().main().body();
    assertEquals(1, body.stream().filter(While.class::isInstance).count());
    assertTrue(body.stream().anyMatch(op -> op instanceof If i && i.results().size() == 1));
  }

  @Test
  void symbolicDimensionsHaveTheExamplesExtentUnlessTheUserSaysOtherwise() {
    assertEquals(
        Shape.of(4, 2, 4), read("dynamic_batch").inputs().getFirst().shape().orElseThrow());
    for (String name : List.of("batch", "s17", "x.0", "y.0")) {
      ImportedModel model =
          TorchExportReader.read(SampleExports.path("dynamic_batch"), Map.of(name, 1L));
      assertEquals(
          List.of(Shape.of(1, 2, 4), Shape.of(1, 6)),
          model.inputs().stream().map(i -> i.shape().orElseThrow()).toList());
    }
  }

  @Test
  void anExtentNamedByItsPlaceMayBeAnExpression(@TempDir Path folder) throws IOException {
    String symbol = "Symbol('s17', positive=True, integer=True)";
    Map<String, byte[]> doubled =
        changed("dynamic_batch", symbol, "Mul(Integer(2), " + symbol + ")");
    Path archive =
        Files.write(
            folder.resolve("m.pt2"), SampleExports.archive(doubled).toArray(ValueLayout.JAVA_BYTE));
    ImportedModel model = TorchExportReader.read(archive, Map.of("x.0", 6L));
    assertEquals(Shape.of(6, 2, 4), model.inputs().getFirst().shape().orElseThrow());
    model = TorchExportReader.read(archive, Map.of("s17", 6L));
    assertEquals(Shape.of(12, 2, 4), model.inputs().getFirst().shape().orElseThrow());
    assertRefused(
        "--dim x.0=7: the model was exported for no such extent there",
        () -> TorchExportReader.read(archive, Map.of("x.0", 7L)));
    assertRefused("1 to 8", () -> TorchExportReader.read(archive, Map.of("x.0", 18L)));
  }

  @Test
  void dimensionsThatAreNoneOrOutOfRangeAreRefused() {
    assertRefused("1 to 8", () -> dimension("dynamic_batch", 9));
    assertRefused("dynamic_shapes", () -> dimension("softmax_head_plain", 2));
  }

  private static void dimension(String name, long extent) {
    TorchExportReader.read(SampleExports.path(name), Map.of("batch", extent));
  }

  private static void assertRefused(String says, Runnable reading) {
    UserException e = assertThrows(UserException.class, reading::run);
    assertTrue(e.getMessage().contains(says), e.getMessage());
  }

  private static void assertRefused(String says, ZipBytes archive) {
    assertRefused(says, () -> TorchExportReader.read("m.pt2", archive.segment()));
  }

  @Test
  void otherArchivesAreRecognised() {
    assertTrue(TorchExportReader.isExport(SampleExports.path("control_flow")));
    // Layouts of files that torch 2.5.1, 2.6.0 and 2.8.0 wrote.
    assertRefused("2.7", new ZipBytes().put("serialized_exported_program.json", "{}"));
    assertRefused(
        "torch 2.8",
        new ZipBytes()
            .put("m/models/model.json", "{}")
            .put("m/data/weights/model.pt", "x")
            .put("m/data/constants/model.pt", "x")
            .put("m/data/sample_inputs/model.pt", "x")
            .put("m/archive_format", "pt2")
            .put("m/archive_version", "0"));
    assertRefused(
        "AOTInductor",
        new ZipBytes()
            .put("m/archive_format", "pt2")
            .put("m/archive_version", "0")
            .put("m/data/aotinductor/model/a.so", "x"));
    assertRefused(
        "version '1'", new ZipBytes().put("m/archive_format", "pt2").put("m/archive_version", "1"));
    assertRefused(
        "big-endian",
        new ZipBytes()
            .put("m/archive_format", "pt2")
            .put("m/archive_version", "0")
            .put("m/byteorder", "big"));
  }

  /** A sample with its program's text changed. */
  private static void readChanged(String name, String from, String to) throws IOException {
    TorchExportReader.read("m.pt2", SampleExports.archive(changed(name, from, to)));
  }

  private static Map<String, byte[]> changed(String name, String from, String to)
      throws IOException {
    Map<String, byte[]> records = new LinkedHashMap<>(SampleExports.records(name));
    for (Map.Entry<String, byte[]> record : records.entrySet()) {
      if (record.getKey().endsWith(".json")) {
        String text = new String(record.getValue(), StandardCharsets.UTF_8);
        record.setValue(text.replace(from, to).getBytes(StandardCharsets.UTF_8));
      }
    }
    return records;
  }

  private static void assertRefused(String says, String name, String from, String to) {
    assertRefused(
        says,
        () -> {
          try {
            readChanged(name, from, to);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void batchesOfVmapAreRefusedWithTheRemedy() {
    assertRefused(
        "run_decompositions",
        "softmax_head_plain",
        "\"target\": \"torch.ops.aten.softmax.int\"",
        "\"target\": \"torch._functorch.predispatch._add_batch_dim\"");
  }

  @Test
  void otherMajorVersionsAreRefused() {
    assertRefused("version 7", "softmax_head_plain", "\"major\": 8", "\"major\": 7");
    assertRefused("version 9", "softmax_head_plain", "\"major\": 8", "\"major\": 9");
  }

  @Test
  void fieldsThatAreNotKnownAreIgnored() throws IOException {
    readChanged(
        "softmax_head_plain", "\"target\": ", "\"added\": {\"in\": [\"later\"]}, \"target\": ");
    assertRefused(
        "as_later",
        "softmax_head_plain",
        "\"name\": \"dim\", \"arg\": {\"as_int\": 1}",
        "\"name\": \"dim\", \"arg\": {\"as_later\": {\"a\": 1}}");
  }

  @Test
  void numbersOfTheProgramAreNotTrusted() {
    assertRefused(
        "outside its storage",
        "two_outputs_plain",
        "\"sizes\": [{\"as_int\": 16}",
        "\"sizes\": [{\"as_int\": 17}");
    assertRefused(
        "no fixed extents",
        "two_outputs_plain",
        "\"storage_offset\": {\"as_int\": 0}",
        "\"storage_offset\": {\"as_int\": -1}");
    assertRefused(
        "64 bits",
        "two_outputs_plain",
        "\"storage_offset\": {\"as_int\": 0}",
        "\"storage_offset\": {\"as_int\": 99999999999999999999}");
    assertRefused("missing", "two_outputs_plain", "weight_0", "../weight_0");
  }

  @Test
  void faultsAreCollectedAndTheReadingGoesOn() {
    TorchExportReader.Checked checked =
        TorchExportReader.check(SampleExports.path("control_flow"), Map.of());
    assertTrue(checked.faults().isEmpty());
    assertFalse(checked.model().isEmpty());
  }
}
