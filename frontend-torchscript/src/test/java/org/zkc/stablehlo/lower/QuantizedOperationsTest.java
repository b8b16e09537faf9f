package org.zkc.stablehlo.lower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.zkc.ir.UserException;
import org.zkc.ir.torch.Operator;
import org.zkc.stablehlo.StablehloReader;
import org.zkc.stablehlo.weights.BoundProgram;

/** Where quantised tensors are rounded, and where they are not. */
final class QuantizedOperationsTest {
  private static final String GRID = "!quant.uniform<i8:f32, 0.5:3>";

  private static List<String> operators(String body) {
    return lowered(
        "func.func public @main(%x: tensor<4xf32>) -> tensor<4xf32> {\n"
            + body.replace("GRID", GRID)
            + "return %r : tensor<4xf32>\n}\n");
  }

  private static List<String> lowered(String text) {
    MemorySegment bytes = MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8));
    return StablehloReader.read(BoundProgram.open("model.mlir", bytes, Map.of()))
        .program()
        .main()
        .body()
        .stream()
        .flatMap(op -> op instanceof Operator o ? Stream.of(o.operator()) : Stream.empty())
        .toList();
  }

  private static long roundings(List<String> operators) {
    return operators.stream().filter(o -> o.startsWith("aten.fake_quantize")).count();
  }

  @Test
  void whatOnlyMovesIsNotRoundedAgain() {
    List<String> all =
        operators(
            """
            %0 = stablehlo.uniform_quantize %x : (tensor<4xf32>) -> tensor<4xGRID>
            %1 = stablehlo.reshape %0 : (tensor<4xGRID>) -> tensor<2x2xGRID>
            %2 = stablehlo.transpose %1, dims = [1, 0] : (tensor<2x2xGRID>) -> tensor<2x2xGRID>
            %3 = stablehlo.reshape %2 : (tensor<2x2xGRID>) -> tensor<4xGRID>
            %r = stablehlo.uniform_dequantize %3 : (tensor<4xGRID>) -> tensor<4xf32>
            """);
    assertEquals(1, roundings(all));
  }

  /** x times the sigmoid of x, with a rounding between: no SiLU. */
  @Test
  void noFunctionIsRecognisedAcrossARounding() {
    List<String> all =
        operators(
            """
            %0 = stablehlo.uniform_quantize %x : (tensor<4xf32>) -> tensor<4xGRID>
            %1 = stablehlo.logistic %0 : (tensor<4xGRID>) -> tensor<4xGRID>
            %2 = stablehlo.multiply %0, %1 : tensor<4xGRID>
            %r = stablehlo.uniform_dequantize %2 : (tensor<4xGRID>) -> tensor<4xf32>
            """);
    assertEquals(3, roundings(all));
    assertTrue(all.contains("aten.sigmoid") && all.contains("aten.mul"), all::toString);
  }

  @Test
  void quantisedInputsAreRefused() {
    UserException e =
        assertThrows(
            UserException.class,
            () ->
                lowered(
                    "func.func public @main(%%x: tensor<4x%1$s>) -> tensor<4x%1$s> {\n"
                            .formatted(GRID)
                        + "return %%x : tensor<4x%1$s>\n}\n".formatted(GRID)));
    assertTrue(e.getMessage().contains("uniform_quantize"), e.getMessage());
  }
}
