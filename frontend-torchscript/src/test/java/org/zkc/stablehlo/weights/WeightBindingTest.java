package org.zkc.stablehlo.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.stablehlo.program.HloProgram;
import org.zkc.stablehlo.text.StablehloText;

/** Weights become arguments by their names, whatever the order of either. */
final class WeightBindingTest {

  /** A function of a kernel 2x3, a bias 3 and an input 1x2, in an order of one's own. */
  private static HloProgram program(String... arguments) {
    return StablehloText.read(
        "m.mlir",
        MemorySegment.ofArray(
            "func.func public @main(%s) { return }"
                .formatted(String.join(", ", arguments))
                .getBytes(StandardCharsets.UTF_8)));
  }

  private static String argument(int number, String type, String name) {
    return "%%arg%d: tensor<%s> loc(\"%s\")".formatted(number, type, name);
  }

  private static TensorData floats(int... extents) {
    Shape shape = Shape.of(extents);
    return TensorData.ofFloats(shape, new float[(int) shape.elementCount()]);
  }

  private static List<String> bind(HloProgram program, Map<String, TensorData> weights) {
    List<String> out = new ArrayList<>();
    for (ArgumentBinding binding :
        WeightBinding.byName(
            program, program.modules().getFirst().function("main").orElseThrow(), weights)) {
      out.add(
          switch (binding) {
            case ArgumentBinding.Weight weight -> {
              assertEquals(weights.get(weight.name()), weight.data());
              yield weight.name();
            }
            case ArgumentBinding.Input input -> input.name() + "@" + input.position();
          });
    }
    return out;
  }

  @ParameterizedTest
  @CsvSource({
    "params['params']['Dense_0']['kernel'], params['params']['Dense_0']['bias']",
    "params.params.Dense_0.kernel, params.params.Dense_0.bias",
    "params.Dense_0.kernel, params.Dense_0.bias",
    "Dense_0/kernel, Dense_0/bias",
    "Dense_0.kernel, Dense_0.bias",
  })
  void aNameIsAPath(String kernel, String bias) {
    HloProgram program =
        program(
            argument(0, "3xf32", "params['params']['Dense_0']['bias']"),
            argument(1, "2x3xf32", "params['params']['Dense_0']['kernel']"),
            argument(2, "1x2xf32", "x"));
    Map<String, TensorData> weights = new LinkedHashMap<>();
    weights.put(kernel, floats(2, 3));
    weights.put(bias, floats(3));
    weights.put("unused", floats(7));
    assertEquals(List.of(bias, kernel, "x@0"), bind(program, weights));
  }

  @Test
  void namesOfTorchax() {
    HloProgram program =
        program(
            argument(0, "3xf32", "states[1]"),
            argument(1, "3xf32", "states[0]"),
            argument(2, "1x2xf32", "args[0]"));
    TensorData first = TensorData.ofFloats(Shape.of(3), new float[] {1, 2, 3});
    TensorData second = TensorData.ofFloats(Shape.of(3), new float[] {4, 5, 6});
    assertEquals(
        List.of("states[1]", "states[0]", "args[0]@0"),
        bind(program, Map.of("states[0]", first, "states[1]", second)));
  }

  private static void refused(
      String sentence, HloProgram program, Map<String, TensorData> weights) {
    UserException e = assertThrows(UserException.class, () -> bind(program, weights));
    assertTrue(e.getMessage().contains(sentence), e.getMessage());
  }

  @Test
  void argumentsAreNeverBoundByOrder() {
    HloProgram unnamed = program("%arg0: tensor<3xf32>", "%arg1: tensor<1x2xf32>");
    refused(
        "no argument of @main is called as one of the weights",
        unnamed,
        Map.of("arr_0", floats(3)));
    HloProgram named =
        program(argument(0, "3xf32", "states[0]"), argument(1, "1x2xf32", "args[0]"));
    refused("no argument of @main", named, Map.of("arr_0", floats(3)));
  }

  @Test
  void aMissingWeightIsNoInput() {
    HloProgram program = program(argument(0, "3xf32", "p['a']"), argument(1, "3xf32", "p['b']"));
    refused("the weights have no p['b']; add it", program, Map.of("a", floats(3)));
  }

  @Test
  void aWeightOfAnotherShapeOrType() {
    HloProgram program = program(argument(0, "2x3xf32", "p['a']"));
    refused(
        "the weight a is 3x2:f32, the argument tensor<2x3xf32>",
        program,
        Map.of("a", floats(3, 2)));
    refused(
        "the weight a is 2x3:i64",
        program,
        Map.of("a", TensorData.ofLongs(DType.I64, Shape.of(2, 3), new long[6])));
  }

  @Test
  void namesThatFitTwice() {
    HloProgram program = program(argument(0, "3xf32", "p['a']"));
    refused("may be the weight", program, Map.of("a", floats(3), "p.a", floats(3)));
    refused("have the same name", program, Map.of("p/a", floats(3), "p.a", floats(3)));
    HloProgram two = program(argument(0, "3xf32", "p['a']"), argument(1, "3xf32", "q['a']"));
    refused("is the value of two arguments", two, Map.of("a", floats(3)));
  }
}
