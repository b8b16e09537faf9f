package org.zkc.torchscript.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.zkc.ir.TorchType;
import org.zkc.torchscript.schema.OverloadResolution.Conversion;
import org.zkc.torchscript.schema.OverloadResolution.Resolved;
import org.zkc.torchscript.schema.OverloadResolution.Source;

class OverloadResolutionTest {
  private static final TorchType T = StaticTypes.TENSOR;
  private static final TorchType I = StaticTypes.INT;
  private static final TorchType F = StaticTypes.FLOAT;

  private static Optional<Resolved> resolve(String name, TorchType... types) {
    return OverloadResolution.resolve(OperatorTable.overloads(name), List.of(types), Map.of());
  }

  private static String overload(String name, TorchType... types) {
    return resolve(name, types).orElseThrow().schema().overload();
  }

  @Test
  void everySchemaOfTheResourceParses() {
    assertTrue(OperatorTable.names().size() > 350, "operators: " + OperatorTable.names().size());
    for (String name : OperatorTable.names()) {
      for (OperatorSchema schema : OperatorTable.overloads(name)) {
        assertEquals(name, schema.name());
      }
    }
  }

  @Test
  void aliasAnnotationsAndDefaults() {
    OperatorSchema add =
        SchemaParser.parse(
            "aten::add_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)");
    assertTrue(add.writes());
    assertTrue(add.arguments().get(2).keywordOnly());
    assertEquals(Optional.of("1"), add.arguments().get(2).defaultText());
    OperatorSchema conv = OperatorTable.overloads("aten.conv2d").get(0);
    assertEquals(2, conv.arguments().get(3).replication());
    assertEquals(Optional.of("[1, 1]"), conv.arguments().get(3).defaultText());
    assertEquals(
        2,
        OperatorTable.overloads("aten.max").stream()
            .filter(s -> s.overload().equals("dim"))
            .findFirst()
            .orElseThrow()
            .results()
            .size());
    assertEquals(0, OperatorTable.overloads("aten.insert").get(0).results().size());
  }

  @Test
  void malformedSchemas() {
    for (String line :
        List.of(
            "", "aten::f", "f(Tensor x) -> Tensor", "aten::f(Tensor x) -> Tensor extra stuff!")) {
      assertThrows(RuntimeException.class, () -> SchemaParser.parse(line), line);
    }
  }

  @Test
  void orderOfTheRegistryDecides() {
    assertEquals("Tensor", overload("aten.mul", T, T));
    assertEquals("Scalar", overload("aten.mul", T, F));
    assertEquals("int", overload("aten.mul", I, I));
    assertEquals("int_float", overload("aten.mul", I, F));
    assertEquals("int_list", overload("aten.eq", StaticTypes.list(I), StaticTypes.list(I)));
    assertEquals("str", overload("aten.eq", StaticTypes.STRING, StaticTypes.STRING));
    assertEquals("int", overload("aten.size", T, I));
    assertEquals("", overload("aten.size", T));
    assertEquals("t", overload("aten.append", StaticTypes.list(T), T));
    assertEquals(
        "padding",
        overload("aten.conv2d", T, T, StaticTypes.NONE, StaticTypes.list(I), StaticTypes.STRING));
  }

  @Test
  void exactMatchPrecedesConversion() {
    assertEquals("Tensor", overload("aten.clamp", T, T, T));
    assertEquals("", overload("aten.clamp", T, I, F));
    assertEquals("int", overload("aten.select", T, I, T));
  }

  @Test
  void conversions() {
    Resolved select = resolve("aten.select", T, I, T).orElseThrow();
    assertEquals(new Source.Actual(2, Conversion.TENSOR_TO_INT), select.sources().get(2));
    Resolved pool = resolve("aten.max_pool2d", T, I).orElseThrow();
    assertEquals(new Source.Actual(1, Conversion.REPLICATE), pool.sources().get(1));
    Resolved view = resolve("aten.view", T, StaticTypes.tuple(List.of(I, I))).orElseThrow();
    assertEquals(new Source.Actual(1, Conversion.TUPLE_TO_LIST), view.sources().get(1));
    Resolved dropout = resolve("aten.dropout", T, I, StaticTypes.BOOL).orElseThrow();
    assertEquals(new Source.Actual(1, Conversion.INT_TO_FLOAT), dropout.sources().get(1));
  }

  @Test
  void typeVariablesReachTheResult() {
    assertEquals(
        List.of(I),
        resolve("aten.__getitem__", StaticTypes.list(I), I).orElseThrow().resultTypes());
    assertEquals(
        List.of(StaticTypes.list(StaticTypes.STRING)),
        resolve("aten.slice", StaticTypes.list(StaticTypes.STRING), I, I)
            .orElseThrow()
            .resultTypes());
  }

  @Test
  void listsAreInvariantAndTuplesAreNot() {
    assertTrue(resolve("aten.append", StaticTypes.list(I), T).isEmpty());
    assertEquals(StaticTypes.optional(T), StaticTypes.join(T, StaticTypes.NONE));
    assertEquals(StaticTypes.ANY, StaticTypes.join(T, I));
    assertEquals(
        StaticTypes.tuple(List.of(T, StaticTypes.optional(T))),
        StaticTypes.join(
            StaticTypes.tuple(List.of(T, StaticTypes.NONE)), StaticTypes.tuple(List.of(T, T))));
  }

  @Test
  void noMatch() {
    assertTrue(resolve("aten.relu", I).isEmpty());
    assertTrue(resolve("aten.relu").isEmpty());
    assertTrue(
        OverloadResolution.resolve(
                OperatorTable.overloads("aten.relu"), List.of(T), Map.of("nothing", I))
            .isEmpty());
  }
}
