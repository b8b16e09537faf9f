package org.zkc.stablehlo.text;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.zkc.stablehlo.program.Block;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloProgram;
import org.zkc.stablehlo.program.Operation;

/** Texts changed at random are read or refused with a sentence; nothing else, and soon. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class MutatedTextTest {
  private static final String TEXT =
      """
      #loc1 = loc("x")
      !t = tensor<2x!quant.uniform<i8:f32:0, {0.1:3, 0.2:-1}>>
      module @m attributes {mhlo.num_partitions = 1 : i32, s = #sdy.sharding<@mesh, [{"x"}]>} {
        func.func public @main(%arg0: tensor<2x3xf32> loc("states[0]"), %arg1: tensor<i32>, %q: !t) -> (tensor<2xf32> {jax.result_info = "r"}, tensor<i32>) {
          %c = stablehlo.constant dense<[[1.0, -2.5e-1, 0x7F800000], [4.0, 5.0, 6.0]]> : tensor<2x3xf32> loc(#loc1)
          %cst = stablehlo.constant dense<"0x0000803F000000400000404000008040"> : tensor<2x2xf32>
          %z = stablehlo.constant dense<0xFF800000> : tensor<f32>
          %0 = stablehlo.dot_general %cst, %arg0, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<2x2xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
          %1 = stablehlo.add %0, %c : tensor<2x3xf32> loc(callsite(#loc2 at #loc1))
          %2 = stablehlo.reduce(%1 init: %z) applies stablehlo.maximum across dimensions = [1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<2xf32>
          %3:2 = stablehlo.while(%i = %arg1, %v = %2) : tensor<i32>, tensor<2xf32> cond {
            %t = stablehlo.compare LT, %i, %arg1, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
            stablehlo.return %t : tensor<i1>
          } do {
            %w = func.call @f(%v) : (tensor<2xf32>) -> tensor<2xf32>
            stablehlo.return %i, %w : tensor<i32>, tensor<2xf32>
          }
          %c5 = stablehlo.constant dense<0> : tensor<2x1xi32>
          %4 = "stablehlo.gather"(%arg0, %c5) <{dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 1, 3>}> : (tensor<2x3xf32>, tensor<2x1xi32>) -> tensor<2x3xf32>
          return %3#1, %3#0 : tensor<2xf32>, tensor<i32>
        }
        func.func private @f(%arg0: tensor<2xf32>) -> tensor<2xf32> {
          return %arg0 : tensor<2xf32>
        }
      }
      #loc2 = loc("model.py":3:4)
      """;

  private static final List<String> PIECES =
      List.of(
          "(",
          ")",
          "[",
          "]",
          "{",
          "}",
          "<",
          ">",
          ",",
          ":",
          "=",
          "->",
          "\"",
          "\\",
          "%0",
          "%0#9",
          "@f",
          "#loc1",
          "!t",
          "dense<",
          "dense<1>",
          "tensor<",
          "tensor<2xf32>",
          "x",
          "-1",
          "99999999999999999999",
          "0x",
          "loc(",
          "//",
          "// -----\n",
          "{-#",
          "#-}",
          "stablehlo.",
          "^bb0",
          "\n",
          "\u00e9",
          "\0");

  private static boolean accepted(byte[] text, String what) {
    try {
      HloProgram program = StablehloText.read("m.mlir", MemorySegment.ofArray(text));
      program
          .modules()
          .forEach(m -> m.functions().forEach(f -> f.body().ifPresent(MutatedTextTest::decode)));
      return true;
    } catch (HloSyntaxException e) {
      assertTrue(
          e.getMessage().length() > 10 && e.getMessage().length() < 700,
          what + ": " + e.getMessage());
      assertTrue(e.describe().contains("^"), e.describe());
      return false;
    } catch (RuntimeException | Error e) {
      return fail(
          what + " makes the reader fail on\n" + new String(text, StandardCharsets.UTF_8), e);
    }
  }

  private static void decode(Block block) {
    for (Operation operation : block.operations()) {
      for (HloAttribute attribute : operation.attributes().values()) {
        if (attribute instanceof HloAttribute.Dense dense) {
          dense.data().stored();
        }
      }
      operation.regions().forEach(MutatedTextTest::decode);
    }
  }

  @Test
  void theTextItselfIsRead() {
    assertTrue(accepted(TEXT.getBytes(StandardCharsets.UTF_8), "the text"));
  }

  @Test
  void changedBytes() {
    byte[] text = TEXT.getBytes(StandardCharsets.UTF_8);
    for (long seed = 0; seed < 3000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] changed = text.clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        changed[random.nextInt(changed.length)] =
            (byte) (random.nextBoolean() ? random.nextInt(256) : text[random.nextInt(text.length)]);
      }
      accepted(changed, "seed " + seed);
    }
  }

  @Test
  void movedPieces() {
    for (long seed = 0; seed < 3000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      StringBuilder changed = new StringBuilder(TEXT);
      for (int i = random.nextInt(3); i >= 0; i--) {
        int at = random.nextInt(changed.length());
        int end = Math.min(changed.length(), at + random.nextInt(30));
        switch (random.nextInt(4)) {
          case 0 -> changed.delete(at, end);
          case 1 -> changed.insert(at, PIECES.get(random.nextInt(PIECES.size())));
          case 2 -> changed.insert(random.nextInt(changed.length()), changed.substring(at, end));
          default -> changed.replace(at, end, PIECES.get(random.nextInt(PIECES.size())));
        }
      }
      accepted(changed.toString().getBytes(StandardCharsets.UTF_8), "seed " + seed);
    }
  }

  @Test
  void truncatedTexts() {
    byte[] text = TEXT.getBytes(StandardCharsets.UTF_8);
    for (int length = 0; length < text.length; length += 3) {
      accepted(Arrays.copyOf(text, length), "length " + length);
    }
  }
}
