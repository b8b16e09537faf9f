package org.zkc.stablehlo.lower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.zkc.ir.UserException;
import org.zkc.ir.torch.Operator;
import org.zkc.stablehlo.StablehloReader;
import org.zkc.stablehlo.weights.BoundProgram;

/** Programs that ask for much with few words. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HostileProgramTest {
  private static List<String> operators(String body, String further) {
    String text =
        "func.func public @main(%x: tensor<4xf32>) -> tensor<4xf32> {\n"
            + body
            + "return %r : tensor<4xf32>\n}\n"
            + further;
    MemorySegment bytes = MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8));
    return StablehloReader.read(BoundProgram.open("model.mlir", bytes, Map.of()))
        .program()
        .main()
        .body()
        .stream()
        .flatMap(op -> op instanceof Operator o ? Stream.of(o.operator()) : Stream.empty())
        .toList();
  }

  private static void refused(String sentence, String body, String further) {
    UserException e = assertThrows(UserException.class, () -> operators(body, further));
    assertTrue(e.getMessage().contains(sentence), e.getMessage());
  }

  @Test
  void callsThatUnfoldExponentially() {
    StringBuilder functions = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      functions.append(
          """
          func.func private @f%1$d(%%x: tensor<4xf32>) -> tensor<4xf32> {
            %%0 = call @f%2$d(%%x) : (tensor<4xf32>) -> tensor<4xf32>
            %%1 = call @f%2$d(%%0) : (tensor<4xf32>) -> tensor<4xf32>
            return %%1 : tensor<4xf32>
          }
          """
              .formatted(i, i + 1));
    }
    functions.append(
        """
        func.func private @f60(%x: tensor<4xf32>) -> tensor<4xf32> {
          %0 = stablehlo.add %x, %x : tensor<4xf32>
          return %0 : tensor<4xf32>
        }
        """);
    refused(
        "with its calls written out",
        "%r = call @f0(%x) : (tensor<4xf32>) -> tensor<4xf32>\n",
        functions.toString());
  }

  /** Each operation of a chain ends a candidate for an activation that is as long as the chain. */
  @Test
  void chainsOfElementwiseOperationsAreNotSearchedForActivationsWithoutEnd() {
    StringBuilder body =
        new StringBuilder(
            """
            %z = stablehlo.constant dense<0.5> : tensor<4xf32>
            %a0 = stablehlo.maximum %x, %z : tensor<4xf32>
            """);
    int length = 20_000;
    for (int i = 1; i < length; i++) {
      body.append("%%a%d = stablehlo.maximum %%a%d, %%z : tensor<4xf32>\n".formatted(i, i - 1));
    }
    body.append("%%r = stablehlo.maximum %%a%d, %%z : tensor<4xf32>\n".formatted(length - 1));
    assertEquals(length + 1, operators(body.toString(), "").size());
  }

  /** Regions become functions, whose names are made without a look at all before them. */
  @Test
  void manyBranches() {
    StringBuilder functions = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      functions.append(
          """
          func.func private @f%d(%%p: tensor<i1>, %%x: tensor<4xf32>) -> tensor<4xf32> {
            %%r = "stablehlo.if"(%%p) ({
              %%0 = func.call @f%d(%%p, %%x) : (tensor<i1>, tensor<4xf32>) -> tensor<4xf32>
              stablehlo.return %%0 : tensor<4xf32>
            }, {
              %%1 = func.call @f%d(%%p, %%x) : (tensor<i1>, tensor<4xf32>) -> tensor<4xf32>
              stablehlo.return %%1 : tensor<4xf32>
            }) : (tensor<i1>) -> tensor<4xf32>
            return %%r : tensor<4xf32>
          }
          """
              .formatted(i, i + 1, i + 1));
    }
    functions.append(
        """
        func.func private @f40(%p: tensor<i1>, %x: tensor<4xf32>) -> tensor<4xf32> {
          return %x : tensor<4xf32>
        }
        """);
    refused(
        "with its calls written out",
        """
        %z = stablehlo.constant dense<0.0> : tensor<f32>
        %s = stablehlo.reduce(%x init: %z) applies stablehlo.add across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
        %p = stablehlo.compare GT, %s, %z : (tensor<f32>, tensor<f32>) -> tensor<i1>
        %r = call @f0(%p, %x) : (tensor<i1>, tensor<4xf32>) -> tensor<4xf32>
        """,
        functions.toString());
  }

  @Test
  void manyCountsTogether() {
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < 5; i++) {
      body.append("%%i%d = stablehlo.iota dim = 0 : tensor<1000000xi32>\n".formatted(i));
    }
    refused("it counts to more than", body + "%r = stablehlo.add %x, %x : tensor<4xf32>\n", "");
  }

  @Test
  void countsAndPaddingThatNoMemoryHolds() {
    refused(
        "it counts to more than",
        "%i = stablehlo.iota dim = 0 : tensor<2000000000xi32>\n"
            + "%r = stablehlo.add %x, %x : tensor<4xf32>\n",
        "");
    for (String window :
        List.of(
            "pad = [[500000000, 500000000]], rhs_dilate = [1000000000]",
            "pad = [[9000000000000000000, 9000000000000000000]]")) {
      refused(
          "more than 2^26 places",
          """
          %k = stablehlo.constant dense<1.0> : tensor<2x1x1xf32>
          %y = stablehlo.reshape %x : (tensor<4xf32>) -> tensor<1x4x1xf32>
          %0 = stablehlo.convolution(%y, %k) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, f], window = {WINDOW} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x4x1xf32>, tensor<2x1x1xf32>) -> tensor<1x3x1xf32>
          %r = stablehlo.add %x, %x : tensor<4xf32>
          """
              .replace("WINDOW", window),
          "");
    }
  }

  @Test
  void windowsThatReachFarBeyondTheTensor() {
    for (String reach : List.of("1073741823", "9000000000000000000")) {
      refused(
          "reaches over more than",
          """
          %z = stablehlo.constant dense<0.0> : tensor<f32>
          %r = "stablehlo.reduce_window"(%x, %z) <{padding = dense<[[REACH, 0]]> : tensor<1x2xi64>, window_dimensions = array<i64: REACH>}> ({
            ^bb0(%a: tensor<f32>, %b: tensor<f32>):
              %s = stablehlo.add %a, %b : tensor<f32>
              stablehlo.return %s : tensor<f32>
          }) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
          """
              .replace("REACH", reach),
          "");
    }
  }

  /** A text of three lines would have a gigabyte written out. */
  @Test
  void repeatedNumbersThatNoMemoryHolds() {
    refused(
        "which repeats fewer elements, and more than 16777216 cannot be proved",
        """
        %c = stablehlo.constant dense<0.0> : tensor<134217728xf32>
        %i = stablehlo.constant dense<[[0], [5], [9], [77]]> : tensor<4x1xi32>
        %g = "stablehlo.scatter"(%c, %i, %x) <{scatter_dimension_numbers = #stablehlo.scatter<inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}> ({
        ^bb0(%a: tensor<f32>, %b: tensor<f32>):
          %p = stablehlo.add %a, %b : tensor<f32>
          stablehlo.return %p : tensor<f32>
        }) : (tensor<134217728xf32>, tensor<4x1xi32>, tensor<4xf32>) -> tensor<134217728xf32>
        %r = stablehlo.slice %g [0:4] : (tensor<134217728xf32>) -> tensor<4xf32>
        """,
        "");
  }

  @Test
  void moreBranchesThanAProofPaysFor() {
    String branch = "{\n stablehlo.return %x : tensor<4xf32>\n}";
    refused(
        "it has 1025 branches, more than the 1024 that are lowered",
        """
        %s = stablehlo.slice %x [0:1] : (tensor<4xf32>) -> tensor<1xf32>
        %i = stablehlo.convert %s : (tensor<1xf32>) -> tensor<1xi32>
        %k = stablehlo.reshape %i : (tensor<1xi32>) -> tensor<i32>
        %r = "stablehlo.case"(%k) (BRANCHES) : (tensor<i32>) -> tensor<4xf32>
        """
            .replace("BRANCHES", String.join(", ", Collections.nCopies(1025, branch))),
        "");
  }
}
