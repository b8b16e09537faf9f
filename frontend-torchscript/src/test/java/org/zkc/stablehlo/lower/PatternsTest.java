package org.zkc.stablehlo.lower;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.zkc.ir.torch.Operator;
import org.zkc.stablehlo.StablehloReader;
import org.zkc.stablehlo.weights.BoundProgram;

/** Functions that exporters write out, and their near misses. */
final class PatternsTest {
  private static final String SOFTMAX =
      """
      %%low = stablehlo.constant dense<0xFF800000> : tensor<f32>
      %%zero = stablehlo.constant dense<0.0> : tensor<f32>
      %%0 = stablehlo.reduce(%%x init: %%low) applies stablehlo.maximum across dimensions = [%1$d] : (tensor<4x4xf32>, tensor<f32>) -> tensor<4xf32>
      %%1 = stablehlo.broadcast_in_dim %%0, dims = [%3$d] : (tensor<4xf32>) -> tensor<4x4xf32>
      %%2 = stablehlo.subtract %%x, %%1 : tensor<4x4xf32>
      %%3 = stablehlo.exponential %%2 : tensor<4x4xf32>
      %%4 = stablehlo.reduce(%%3 init: %%zero) applies stablehlo.add across dimensions = [%2$d] : (tensor<4x4xf32>, tensor<f32>) -> tensor<4xf32>
      %%5 = stablehlo.broadcast_in_dim %%4, dims = [%4$d] : (tensor<4xf32>) -> tensor<4x4xf32>
      %%r = stablehlo.divide %%3, %%5 : tensor<4x4xf32>
      """;

  private static final String LOG_SOFTMAX =
      """
      %low = stablehlo.constant dense<0xFF800000> : tensor<f32>
      %zero = stablehlo.constant dense<0.0> : tensor<f32>
      %0 = stablehlo.reduce(%x init: %low) applies stablehlo.maximum across dimensions = [1] : (tensor<4x4xf32>, tensor<f32>) -> tensor<4xf32>
      %1 = stablehlo.broadcast_in_dim %0, dims = [0] : (tensor<4xf32>) -> tensor<4x4xf32>
      %2 = stablehlo.subtract %x, %1 : tensor<4x4xf32>
      %3 = stablehlo.exponential %2 : tensor<4x4xf32>
      %4 = stablehlo.reduce(%3 init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<4x4xf32>, tensor<f32>) -> tensor<4xf32>
      %5 = stablehlo.log %4 : tensor<4xf32>
      %6 = stablehlo.broadcast_in_dim %5, dims = [0] : (tensor<4xf32>) -> tensor<4x4xf32>
      %r = stablehlo.subtract %2, %6 : tensor<4x4xf32>
      """;

  private static final String GELU =
      """
      %%a = stablehlo.constant dense<%s> : tensor<4x4xf32>
      %%b = stablehlo.constant dense<0.797884583> : tensor<4x4xf32>
      %%one = stablehlo.constant dense<1.0> : tensor<4x4xf32>
      %%half = stablehlo.constant dense<0.5> : tensor<4x4xf32>
      %%0 = stablehlo.multiply %%x, %%x : tensor<4x4xf32>
      %%1 = stablehlo.multiply %%0, %%x : tensor<4x4xf32>
      %%2 = stablehlo.multiply %%a, %%1 : tensor<4x4xf32>
      %%3 = stablehlo.add %%x, %%2 : tensor<4x4xf32>
      %%4 = stablehlo.multiply %%b, %%3 : tensor<4x4xf32>
      %%5 = stablehlo.tanh %%4 : tensor<4x4xf32>
      %%6 = stablehlo.add %%one, %%5 : tensor<4x4xf32>
      %%7 = stablehlo.multiply %%half, %%6 : tensor<4x4xf32>
      %%r = stablehlo.multiply %%x, %%7 : tensor<4x4xf32>
      """;

  private static final String MEAN =
      """
      %%zero = stablehlo.constant dense<0.0> : tensor<f32>
      %%n = stablehlo.constant dense<%s> : tensor<4x1xf32>
      %%0 = stablehlo.reduce(%%x init: %%zero) applies stablehlo.add across dimensions = [1] : (tensor<4x4xf32>, tensor<f32>) -> tensor<4xf32>
      %%1 = stablehlo.broadcast_in_dim %%0, dims = [0] : (tensor<4xf32>) -> tensor<4x1xf32>
      %%2 = stablehlo.divide %%1, %%n : tensor<4x1xf32>
      %%3 = stablehlo.broadcast_in_dim %%2, dims = [0, 1] : (tensor<4x1xf32>) -> tensor<4x4xf32>
      %%r = stablehlo.subtract %%x, %%3 : tensor<4x4xf32>
      """;

  private static List<String> operators(String body) {
    String text =
        "func.func public @main(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {\n"
            + body
            + "return %r : tensor<4x4xf32>\n}\n";
    MemorySegment bytes = MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8));
    List<String> out = new ArrayList<>();
    StablehloReader.read(BoundProgram.open("model.mlir", bytes, Map.of()))
        .program()
        .main()
        .body()
        .forEach(op -> {
          if (op instanceof Operator operator) {
            out.add(operator.operator());
          }
        });
    return out;
  }

  @Test
  void softmaxIsRecognised() {
    assertTrue(operators(SOFTMAX.formatted(1, 1, 0, 0)).contains("aten.softmax"));
    assertTrue(operators(SOFTMAX.formatted(0, 0, 1, 1)).contains("aten.softmax"));
    assertTrue(operators(LOG_SOFTMAX).contains("aten.log_softmax"));
  }

  /** The sum goes over columns, or is broadcast along them: the shapes of a square fit. */
  @Test
  void quotientsThatAreNoSoftmaxStayQuotients() {
    assertFalse(operators(SOFTMAX.formatted(1, 1, 0, 1)).contains("aten.softmax"));
    assertFalse(operators(SOFTMAX.formatted(1, 0, 0, 0)).contains("aten.softmax"));
  }

  @Test
  void activationsAreRecognisedByTheirValues() {
    assertTrue(operators(GELU.formatted("4.471500e-02")).contains("aten.gelu"));
    assertFalse(operators(GELU.formatted("4.571500e-02")).contains("aten.gelu"));
  }

  /** A slope is told from the values; what has a bound far away is another function. */
  @Test
  void activationsWithParametersAreRecognised() {
    String leaky =
        """
        %zero = stablehlo.constant dense<0.0> : tensor<4x4xf32>
        %slope = stablehlo.constant dense<0.2> : tensor<4x4xf32>
        %0 = stablehlo.compare GE, %x, %zero : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xi1>
        %1 = stablehlo.multiply %slope, %x : tensor<4x4xf32>
        %2 = stablehlo.select %0, %x, %1 : tensor<4x4xi1>, tensor<4x4xf32>
        %r = stablehlo.negate %2 : tensor<4x4xf32>
        """;
    assertTrue(operators(leaky).contains("aten.leaky_relu"));
    String bounded =
        """
        %zero = stablehlo.constant dense<0.0> : tensor<4x4xf32>
        %twenty = stablehlo.constant dense<20.0> : tensor<4x4xf32>
        %0 = stablehlo.maximum %x, %zero : tensor<4x4xf32>
        %r = stablehlo.minimum %0, %twenty : tensor<4x4xf32>
        """;
    assertFalse(operators(bounded).contains("aten.relu"));
    assertTrue(operators(bounded.replace("20.0", "6.0")).contains("aten.hardtanh"));
  }

  @Test
  void sumsOverTheirNumberAreMeans() {
    assertTrue(operators(MEAN.formatted("4.0")).contains("aten.mean"));
    assertFalse(operators(MEAN.formatted("3.0")).contains("aten.mean"));
  }

  /** Flax computes variances so; a sum over another dimension is none. */
  @Test
  void differencesOfSquaresAreVariances() {
    String text =
        """
        %%zero = stablehlo.constant dense<0.0> : tensor<f32>
        %%n = stablehlo.constant dense<4.0> : tensor<4xf32>
        %%none = stablehlo.constant dense<0.0> : tensor<4xf32>
        %%0 = stablehlo.multiply %%x, %%x : tensor<4x4xf32>
        %%1 = stablehlo.reduce(%%x init: %%zero) applies stablehlo.add across dimensions = [1] : (tensor<4x4xf32>, tensor<f32>) -> tensor<4xf32>
        %%2 = stablehlo.divide %%1, %%n : tensor<4xf32>
        %%3 = stablehlo.reduce(%%0 init: %%zero) applies stablehlo.add across dimensions = [%d] : (tensor<4x4xf32>, tensor<f32>) -> tensor<4xf32>
        %%4 = stablehlo.divide %%3, %%n : tensor<4xf32>
        %%5 = stablehlo.multiply %%2, %%2 : tensor<4xf32>
        %%6 = stablehlo.subtract %%4, %%5 : tensor<4xf32>
        %%7 = stablehlo.maximum %%none, %%6 : tensor<4xf32>
        %%8 = stablehlo.broadcast_in_dim %%7, dims = [0] : (tensor<4xf32>) -> tensor<4x4xf32>
        %%r = stablehlo.add %%x, %%8 : tensor<4x4xf32>
        """;
    assertFalse(operators(text.formatted(1)).contains("aten.clamp_min"));
    assertTrue(operators(text.formatted(0)).contains("aten.clamp_min"));
  }

  @Test
  void aChoiceByAKnownNumberIsNone() {
    List<String> all =
        operators(
            """
            %one = stablehlo.constant dense<1.0> : tensor<f32>
            %zero = stablehlo.constant dense<0.0> : tensor<f32>
            %nan = stablehlo.constant dense<0x7FC00000> : tensor<4x4xf32>
            %0 = stablehlo.subtract %one, %zero : tensor<f32>
            %1 = stablehlo.compare GT, %0, %zero : (tensor<f32>, tensor<f32>) -> tensor<i1>
            %2 = stablehlo.broadcast_in_dim %1, dims = [] : (tensor<i1>) -> tensor<4x4xi1>
            %3 = stablehlo.tanh %x : tensor<4x4xf32>
            %r = stablehlo.select %2, %3, %nan : tensor<4x4xi1>, tensor<4x4xf32>
            """);
    assertFalse(all.contains("aten.where"));
  }
}
