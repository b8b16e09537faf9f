package org.zkc.torchscript;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.Function;
import org.zkc.ir.ImportedModel;
import org.zkc.ir.Location;
import org.zkc.ir.ModelInput;
import org.zkc.ir.Op;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Region;
import org.zkc.ir.Shape;
import org.zkc.ir.UserException;
import org.zkc.ir.torch.Operator;
import org.zkc.ir.torch.TensorConstant;

/** Archives that torch.jit.save wrote: traced, scripted and frozen. */
class TorchScriptReaderTest {

  private static ImportedModel read(String name) {
    return TorchScriptReader.read(SampleArchives.path(name));
  }

  private static List<Op> ops(ImportedModel model) {
    List<Op> out = new ArrayList<>();
    for (Function f : model.program().functions()) {
      collect(f.region(), out);
    }
    return out;
  }

  private static void collect(Region region, List<Op> out) {
    for (Op op : region.body()) {
      out.add(op);
      OpSpec.of(op).regions(op).forEach(r -> collect(r, out));
    }
  }

  private static List<String> operators(ImportedModel model) {
    return ops(model).stream()
        .filter(Operator.class::isInstance)
        .map(o -> ((Operator) o).operator())
        .sorted()
        .toList();
  }

  private static List<String> parameters(ImportedModel model) {
    return ops(model).stream()
        .filter(TensorConstant.class::isInstance)
        .map(o -> ((TensorConstant) o).name())
        .distinct()
        .sorted()
        .toList();
  }

  private static Location location(ImportedModel model, String operator) {
    return ops(model).stream()
        .filter(o -> o instanceof Operator p && p.operator().equals(operator))
        .findFirst()
        .orElseThrow()
        .location();
  }

  @Test
  void tracedLeNet() {
    ImportedModel model = read("lenet5");
    assertEquals(
        List.of(new ModelInput("x", Optional.of(Shape.of(1, 1, 28, 28)), Optional.of(DType.F32))),
        model.inputs());
    assertEquals(
        List.of(
            "conv1.bias",
            "conv1.weight",
            "conv2.bias",
            "conv2.weight",
            "fc1.bias",
            "fc1.weight",
            "fc2.bias",
            "fc2.weight",
            "fc3.bias",
            "fc3.weight"),
        parameters(model));
    assertEquals(2, operators(model).stream().filter("aten._convolution"::equals).count());
    assertEquals(64, model.digest().length());
  }

  @Test
  void scriptedLeNetHasTheSameParametersAndNoInputShapes() {
    ImportedModel traced = read("lenet5");
    ImportedModel scripted = read("lenet5_scripted");
    assertEquals(parameters(traced), parameters(scripted));
    assertEquals(
        List.of(new ModelInput("x", Optional.empty(), Optional.empty())), scripted.inputs());
    assertEquals(2, operators(scripted).stream().filter("aten.conv2d"::equals).count());
  }

  @Test
  void frozenLeNetIsOneFunctionOfConstants() {
    ImportedModel model = read("lenet5_frozen");
    assertEquals(1, model.program().functions().size());
    assertTrue(
        parameters(model).stream().allMatch(n -> n.startsWith("CONSTANTS.c")),
        parameters(model).toString());
  }

  @Test
  void weightsAreThoseOfEveryForm() {
    assertEquals(weights(read("lenet5")), weights(read("lenet5_scripted")));
    assertEquals(weights(read("lenet5")), weights(read("lenet5_frozen")));
  }

  private static Set<List<Float>> weights(ImportedModel model) {
    return ops(model).stream()
        .filter(TensorConstant.class::isInstance)
        .map(o -> {
          List<Float> all = new ArrayList<>();
          for (float f : ((TensorConstant) o).data().toFloats()) {
            all.add(f);
          }
          return all;
        })
        .collect(Collectors.toSet());
  }

  @Test
  void residualNetworkIsFunctional() {
    ImportedModel model = read("resnet20");
    List<String> operators = operators(model);
    assertTrue(operators.stream().noneMatch(o -> o.endsWith("_")), operators.toString());
    assertEquals(9, operators.stream().filter("aten.add"::equals).count());
    assertEquals(19, operators.stream().filter("aten.relu"::equals).count());
    assertEquals(21, operators.stream().filter("aten.batch_norm"::equals).count());
    assertTrue(parameters(model).contains("stage2.0.shortcut.1.running_var"));
  }

  @Test
  void scriptedBatchNormHasNoTrainingArm() {
    ImportedModel model = read("batch_norm_cnn_scripted");
    assertFalse(parameters(model).stream().anyMatch(n -> n.contains("num_batches_tracked")));
    assertEquals(3, parameters(model).stream().filter(n -> n.endsWith("running_var")).count());
    assertTrue(operators(model).contains("aten.batch_norm"));
    assertFalse(operators(model).contains("aten.add"), "the training arm counts batches");
  }

  @Test
  void scriptedLocationsHaveTheUsersLine() {
    Location view = location(read("lenet5_scripted"), "aten.view");
    assertEquals("model.py", view.file());
    assertEquals("x = x.view(x.size(0), -1)", view.text());
    assertTrue(view.line() > 0);
    Location pool = location(read("lenet5_scripted"), "aten.max_pool2d");
    assertEquals("x = F.max_pool2d(F.relu(self.conv1(x)), 2)", pool.text());
    assertEquals(view.line() - 2, pool.line());
  }

  @Test
  void tracedLocationsAreTheFirstFrameOutsideTorch() {
    Location traced = location(read("lenet5"), "aten.view");
    Location scripted = location(read("lenet5_scripted"), "aten.view");
    assertEquals(scripted.file(), traced.file());
    assertEquals(scripted.line(), traced.line());
    Location conv = location(read("lenet5"), "aten._convolution");
    assertEquals("model.py", conv.file());
  }

  @Test
  void noPathOfTheExportingMachineIsKept() {
    for (String name : List.of("lenet5", "lenet5_scripted", "resnet20", "scripted_blocks")) {
      for (Op op : ops(read(name))) {
        String file = op.location().file();
        assertTrue(!file.contains("/") && !file.contains("\\"), file);
      }
    }
  }

  @Test
  void severalInputsAndOutputs() {
    assertEquals(
        List.of("a", "b"), read("two_inputs").inputs().stream().map(ModelInput::name).toList());
    assertEquals(2, read("two_outputs").program().main().results().size());
  }

  @Test
  void readingIsDeterministic() {
    String first = org.zkc.ir.text.Printer.print(read("scripted_blocks").program());
    assertEquals(first, org.zkc.ir.text.Printer.print(read("scripted_blocks").program()));
    assertFalse(first.contains("torch_mangle"), "names do not depend on the exporting process");
  }

  @Test
  void hostilePickleIsNamedNotRun() {
    UserException e = assertThrows(UserException.class, () -> read("foreign_hostile_pickle"));
    assertTrue(
        e.getMessage().contains("os.system") || e.getMessage().contains("posix.system"),
        e.getMessage());
  }

  @Test
  void eagerCheckpoint() {
    UserException e = assertThrows(UserException.class, () -> read("foreign_checkpoint"));
    assertTrue(e.getMessage().contains("checkpoint written by torch.save"), e.getMessage());
  }
}
