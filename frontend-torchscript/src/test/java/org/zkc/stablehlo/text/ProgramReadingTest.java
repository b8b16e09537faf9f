package org.zkc.stablehlo.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.Location;
import org.zkc.stablehlo.program.FloatFormat;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloElementType;
import org.zkc.stablehlo.program.HloElementType.IntegerElement;
import org.zkc.stablehlo.program.HloElementType.Signedness;
import org.zkc.stablehlo.program.HloFunction;
import org.zkc.stablehlo.program.HloLocation;
import org.zkc.stablehlo.program.HloModule;
import org.zkc.stablehlo.program.HloProgram;
import org.zkc.stablehlo.program.HloType;
import org.zkc.stablehlo.program.Operation;

/** Modules, functions, values, types, attributes and locations. */
final class ProgramReadingTest {

  @Test
  void aModuleOfTwoFunctions() {
    HloModule module =
        ProgramText.read(
                """
                #loc1 = loc("states[0]")
                module @m attributes {mhlo.num_partitions = 1 : i32} {
                  func.func public @main(%arg0: tensor<2xf32> {mhlo.sharding = "{replicated}"} loc("states[0]"), %arg1: tensor<2xf32> loc(#loc1)) -> (tensor<2xf32> {jax.result_info = "result"}, tensor<2xf32>) {
                    %0:2 = call @two(%arg0) : (tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>)
                    return %0#1, %0#0 : tensor<2xf32>, tensor<2xf32>
                  }
                  func.func private @two(%arg0: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
                    return %arg0, %arg0 : tensor<2xf32>, tensor<2xf32>
                  }
                }
                """)
            .modules()
            .getFirst();
    assertEquals(Optional.of("m"), module.symbol());
    HloFunction main = module.function("main").orElseThrow();
    assertEquals(Optional.of("states[0]"), main.arguments().get(0).location().name());
    assertEquals(Optional.of("states[0]"), main.arguments().get(1).location().name());
    assertEquals(
        Map.of("mhlo.sharding", new HloAttribute.StringValue("{replicated}")),
        main.arguments().get(0).attributes());
    assertEquals(2, main.results().size());
    List<Operation> body = main.body().orElseThrow().operations();
    assertEquals("func.call", body.get(0).name());
    assertSame(body.get(0).results().get(1), body.get(1).operands().get(0));
    assertEquals("0#1", body.get(0).results().get(1).name());
    assertEquals("func.return", body.get(1).name());
    assertTrue(module.function("two").orElseThrow().isPrivate());
  }

  @Test
  void theGenericFormOfModulesAndFunctionsIsTheSame() {
    String pretty =
        """
        module @m attributes {x = 1 : i64} {
          func.func private @f(%a: tensor<2xf32> {k = "v"}) -> (tensor<2xf32> {r}) {
            return %a : tensor<2xf32>
          }
          func.func private @g(tensor<2xf32>)
        }
        """;
    String generic =
        """
        "builtin.module"() <{sym_name = "m"}> ({
          "func.func"() <{arg_attrs = [{k = "v"}], function_type = (tensor<2xf32>) -> tensor<2xf32>, res_attrs = [{r}], sym_name = "f", sym_visibility = "private"}> ({
          ^bb0(%a: tensor<2xf32>):
            "func.return"(%a) : (tensor<2xf32>) -> ()
          }) : () -> ()
          "func.func"() <{function_type = (tensor<2xf32>) -> (), sym_name = "g", sym_visibility = "private"}> ({
          }) : () -> ()
        }) {x = 1 : i64} : () -> ()
        """;
    assertEquals(
        ProgramText.of(ProgramText.read(pretty)), ProgramText.of(ProgramText.read(generic)));
  }

  @Test
  void separatorsCutAFileBetweenModules() {
    HloProgram program =
        ProgramText.read(
            """
            #a = 1 : i64
            module @x attributes {v = #a} {}
            // -----
            #a = 2 : i64
            module @y attributes {v = #a} {
              // ----- a comment here
            }
            """);
    assertEquals(2, program.modules().size());
    assertEquals(
        List.of(1L, 2L),
        program.modules().stream()
            .map(m -> ((HloAttribute.IntegerValue) m.attributes().get("v")).value())
            .toList());
  }

  @Test
  void whatStandsOutsideOfFunctionsIsKept() {
    HloModule module =
        ProgramText.read(
                """
                module @m {
                  sdy.mesh @mesh = <["x"=2, "y"=4]> {stablehlo.mesh = {axes = [{name = "x", size = 2 : i64}]}}
                  func.func @f(%a: tensor<8xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"x"}]>}) -> tensor<8xf32> {
                    %0 = sdy.sharding_constraint %a <@mesh, [{"x"}]> : tensor<8xf32>
                    return %0 : tensor<8xf32>
                  }
                  module @inner {}
                }
                """)
            .modules()
            .getFirst();
    assertEquals("sdy.mesh", module.others().getFirst().name());
    assertEquals(Optional.of("inner"), module.modules().getFirst().symbol());
    assertEquals(
        "sdy.sharding_constraint",
        module.functions().getFirst().body().orElseThrow().operations().getFirst().name());
  }

  @Test
  void regionsSeeValuesAroundThem() {
    List<Operation> body =
        ProgramText.operations(
            """
            func.func @f(%i: tensor<i32>, %a: tensor<f32>) -> tensor<f32> {
              %0 = "stablehlo.case"(%i) ({
                stablehlo.return %a : tensor<f32>
              }, {
                %1 = stablehlo.negate %a : tensor<f32>
                stablehlo.return %1 : tensor<f32>
              }) : (tensor<i32>) -> tensor<f32>
              return %0 : tensor<f32>
            }
            """);
    assertEquals(2, body.getFirst().regions().size());
    assertEquals(
        "a", body.getFirst().regions().get(0).operations().getFirst().operands().getFirst().name());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tensor<f32>",
        "tensor<1x16xf32>",
        "tensor<0x4xf32>",
        "tensor<?x16xbf16>",
        "tensor<*xf32>",
        "tensor<3x6xcomplex<f32>>",
        "tensor<2xindex>",
        "tensor<2xui32>",
        "tensor<2xsi8>",
        "tensor<2xi1>",
        "tensor<f8E4M3B11FNUZ>",
        "tensor<f4E2M1FN>",
        "tuple<tensor<i32>, tuple<>>",
        "!stablehlo.token",
        "(tensor<f32>, tensor<i1>) -> (tensor<f32>)",
        "!stablehlo.future<tensor<f32>>",
        "memref<2x3xf32, strided<[?, 1]>>",
        "i32",
        "none"
      })
  void typesAreWrittenAsTheyStand(String type) {
    assertEquals(type, ProgramText.type(type).text());
  }

  @Test
  void quantisedTypes() {
    HloType.TensorOf tensor =
        (HloType.TensorOf)
            ProgramText.type(
                "tensor<2x3x!quant.uniform<i8<-127:127>:f32:1, {0.1:-3, 2.5, 1.0e-2:4}>>");
    assertEquals(
        new HloElementType.Quantized(
            new IntegerElement(Signedness.SIGNLESS, 8),
            -127,
            127,
            FloatFormat.F32,
            OptionalInt.of(1),
            List.of(0.1, 2.5, 0.01),
            List.of(-3L, 0L, 4L)),
        tensor.element());
    HloType.TensorOf plain =
        (HloType.TensorOf) ProgramText.type("tensor<!quant.uniform<ui8:f32, 0.5:128>>");
    assertEquals(
        new HloElementType.Quantized(
            new IntegerElement(Signedness.UNSIGNED, 8),
            0,
            255,
            FloatFormat.F32,
            OptionalInt.empty(),
            List.of(0.5),
            List.of(128L)),
        plain.element());
  }

  @Test
  void aliasesMayFollowTheirUses() {
    HloProgram program =
        ProgramText.read(
            """
            !t = tensor<2xf32>
            func.func @f(%a: !t) -> !t {
              %0 = "x.y"(%a) {v = #v} : (!t) -> !t loc(#loc3)
              return %0 : !t loc(#loc)
            }
            #v = [#w, 2 : i64]
            #w = "s"
            #loc = loc(unknown)
            #loc1 = loc("model.py":7:3)
            #loc2 = loc("outer.py":9:1)
            #loc3 = loc("add"(callsite(#loc1 at #loc2)))
            """);
    Operation operation =
        program
            .modules()
            .getFirst()
            .functions()
            .getFirst()
            .body()
            .orElseThrow()
            .operations()
            .getFirst();
    assertEquals("tensor<2xf32>", operation.results().getFirst().type().text());
    assertEquals(
        "[%s, %s]"
            .formatted(
                new HloAttribute.StringValue("s"),
                new HloAttribute.IntegerValue(2, AttributeReader.I64)),
        ProgramText.attribute(operation.attributes().get("v")));
    assertEquals(
        new HloLocation(
            3, 3, Optional.of("add"), Optional.of(new HloLocation.SourceLine("model.py", 7, 3))),
        operation.location());
    assertEquals(new Location("model.py", 7, ""), program.origin(operation.location()));
  }

  @Test
  void withoutALocationTheLineOfTheTextIsTheOrigin() {
    HloProgram program =
        ProgramText.read(
            """
            func.func @f() -> tensor<2xf32> {
              %0 = stablehlo.constant dense<[1.0,
                2.0]> : tensor<2xf32> %1 = stablehlo.negate %0 : tensor<2xf32>
              return %1 : tensor<2xf32>
            }
            """);
    List<Operation> body =
        program.modules().getFirst().functions().getFirst().body().orElseThrow().operations();
    assertEquals(HloLocation.at(2, 3), body.get(0).location());
    assertEquals(HloLocation.at(3, 27), body.get(1).location());
    assertEquals(HloLocation.at(4, 3), body.get(2).location());
    assertEquals(
        new Location("m.mlir", 4, "return %1 : tensor<2xf32>"),
        program.origin(body.get(2).location()));
  }

  @Test
  void attributes() {
    assertEquals(
        new HloAttribute.StringValue("a\"b\n\u00e9"),
        ProgramText.attributeOf("\"a\\22b\\0A\u00e9\""));
    assertEquals(
        new HloAttribute.IntegerValue(-1, new IntegerElement(Signedness.UNSIGNED, 64)),
        ProgramText.attributeOf("18446744073709551615 : ui64"));
    assertEquals(
        new HloAttribute.RealValue(0.1f, new HloElementType.FloatElement(FloatFormat.F32)),
        ProgramText.attributeOf("0.1 : f32"));
    assertEquals(
        new HloAttribute.RealValue(
            Double.NEGATIVE_INFINITY, new HloElementType.FloatElement(FloatFormat.F32)),
        ProgramText.attributeOf("0xFF800000 : f32"));
    assertEquals(
        new HloAttribute.IntegerArray(new IntegerElement(Signedness.SIGNLESS, 1), List.of(1L, 0L)),
        ProgramText.attributeOf("array<i1: true, false>"));
    assertEquals(
        new HloAttribute.RealArray(
            new HloElementType.FloatElement(FloatFormat.F64), List.of(0.5, -1.0)),
        ProgramText.attributeOf("array<f64: 5.0e-1, -1.0>"));
    assertEquals(
        new HloAttribute.SymbolReference("a", List.of("b c")),
        ProgramText.attributeOf("@a::@\"b c\""));
    assertEquals(
        new HloAttribute.EnumCase("chlo", "comparison_direction", "LT"),
        ProgramText.attributeOf("#chlo<comparison_direction LT>"));
    assertEquals(
        new HloAttribute.Opaque("sdy", "#sdy.sharding<@mesh, [{\"x\", ?}, {}]>"),
        ProgramText.attributeOf("#sdy.sharding<@mesh, [{\"x\", ?}, {}]>"));
    assertEquals(
        new HloAttribute.GatherDimensions(
            List.of(2L), List.of(0L), List.of(), List.of(), List.of(0L), 2),
        ProgramText.attributeOf(
            "#stablehlo.gather<offset_dims = [2], collapsed_slice_dims = [0], start_index_map ="
                + " [0], index_vector_dim = 2>"));
    assertEquals(
        new HloAttribute.ScatterDimensions(
            List.of(0L), List.of(1L), List.of(2L), List.of(3L), List.of(4L), 5),
        ProgramText.attributeOf(
            "#stablehlo.scatter<update_window_dims = [0], inserted_window_dims = [1],"
                + " input_batching_dims = [2], scatter_indices_batching_dims = [3],"
                + " scatter_dims_to_operand_dims = [4], index_vector_dim = 5>"));
    assertEquals(new HloAttribute.Unit(), ProgramText.attributeOf("unit"));
    assertEquals(
        new HloAttribute.TypeValue(new HloType.Token()),
        ProgramText.attributeOf("!stablehlo.token"));
  }
}
