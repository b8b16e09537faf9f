package org.zkc.passes.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.DType;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.text.Parser;
import org.zkc.ir.text.SidecarReader;
import org.zkc.passes.PassContext;

/** What the analysis promises, held to what the interpreter computes, and what the pass makes. */
final class PrefillReuseTest {
  private static final int TOKENS = 5;
  private static final int LENGTH = 4;

  /** Ops of every kind that mix or move tokens, not causal as a whole. */
  private static final String MIXED =
      """
      program tensor {
        func @main(%ids: tensor<1x4:i64>) {
          %e = tensor.constant() {name = "e", data = dense<5x3:f32 [1.0, 2.0, 3.0, -4.0, 0.5, 6.0, -7.0, 8.0, 0.0, 0.25, -1.0, 1.5, 2.5, -0.5, 0.75]>} : tensor<5x3:f32>
          %mask = tensor.constant() {name = "", data = dense<1x4x4:i1 [1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1]>} : tensor<1x4x4:i1>
          %tri = tensor.constant() {name = "", data = dense<4x4:f32 [1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 0.0, 0.5, 1.0]>} : tensor<4x4:f32>
          %k = tensor.constant() {name = "k", data = dense<2x3x2:f32 [1.0, 0.0, -2.0, 0.0, 3.0, 0.0, 4.0, 0.0, 0.5, 0.0, 1.0, 0.0]>} : tensor<2x3x2:f32>
          %one = tensor.constant() {name = "", data = dense<3:f32 [1.0, 2.0, 0.5]>} : tensor<3:f32>
          %zero = tensor.constant() {name = "", data = dense<3:f32 [0.0, 1.0, 0.0]>} : tensor<3:f32>
          %x = tensor.gather(%e, %ids) : tensor<1x4x3:f32>
          %ln = tensor.layer_norm(%x) {axis = 2, epsilon = 0.01} : tensor<1x4x3:f32>
          %lt = tensor.layer_norm(%x) {axis = 1, epsilon = 0.01} : tensor<1x4x3:f32>
          %zb = tensor.broadcast(%zero) : tensor<1x4x3:f32>
          %ob = tensor.broadcast(%one) : tensor<1x4x3:f32>
          %gated = tensor.multiply(%x, %zb) : tensor<1x4x3:f32>
          %half = tensor.divide(%gated, %ob) : tensor<1x4x3:f32>
          %sum = tensor.add(%half, %ln) : tensor<1x4x3:f32>
          %difference = tensor.subtract(%gated, %lt) : tensor<1x4x3:f32>
          %relu = tensor.relu(%gated) : tensor<1x4x3:f32>
          %gate = tensor.sigmoid(%gated) : tensor<1x4x3:f32>
          %is = tensor.compare_zero(%gated) {comparison = greater} : tensor<1x4x3:i1>
          %isnt = tensor.compare_zero(%gated) {comparison = less_equal} : tensor<1x4x3:i1>
          %number = tensor.cast(%is) {dtype = f32} : tensor<1x4x3:f32>
          %xt = tensor.transpose(%x) {permutation = [0, 2, 1]} : tensor<1x3x4:f32>
          %cumulated = tensor.linear(%xt, %tri) : tensor<1x3x4:f32>
          %scores = tensor.mat_mul(%x, %sum) : tensor<1x4x4:f32>
          %masked = tensor.softmax(%scores, mask = %mask) {axis = 2} : tensor<1x4x4:f32>
          %seen = tensor.mat_mul(%masked, %xt) : tensor<1x4x3:f32>
          %attended = tensor.attention(%scores, mask = %mask, %xt) : tensor<1x4x3:f32>
          %down = tensor.softmax(%scores, mask = %mask) {axis = 1} : tensor<1x4x4:f32>
          %conv = tensor.conv(%xt, %k) {strides = [1], paddingLow = [1], paddingHigh = [1], dilations = [1], groups = 1} : tensor<1x2x5:f32>
          %pool = tensor.max_pool(%xt) {kernel = [2], strides = [1], paddingLow = [1], paddingHigh = [0], dilations = [1]} : tensor<1x3x4:f32>
          %mean = tensor.window_mean(%xt) {axis = 2, starts = [0, 0, 1], lengths = [1, 2, 2], divisors = [1, 2, 2]} : tensor<1x3x3:f32>
          %top = tensor.top_indices(%xt) {axis = 2, k = 2} : tensor<1x3x2:i64>
          %best = tensor.top_values(%mean) {axis = 1, k = 1} : tensor<1x1x3:f32>
          %padded = tensor.pad(%mean) {low = [0, 0, 0], high = [0, 0, 1], value = 2.0} : tensor<1x3x4:f32>
          %joined = tensor.concatenate(%padded, %cumulated) {axis = 1} : tensor<1x6x4:f32>
          %later = tensor.slice(%joined) {starts = [0, 1, 0], limits = [1, 6, 4], strides = [1, 2, 3]} : tensor<1x3x2:f32>
          %normed = tensor.batch_norm(%xt, weight = %one, bias = %zero, %zero, %one) {epsilon = 0.001} : tensor<1x3x4:f32>
          %rows = tensor.reshape(%x) : tensor<4x3:f32>
          %own = tensor.slice(%ids) {starts = [0, 0], limits = [1, 2], strides = [1, 1]} : tensor<1x2:i64>
          %low = tensor.clamp(%own) {low = 0.0, high = 3.0} : tensor<1x2:i64>
          %picked = tensor.gather(%rows, %low) : tensor<1x2x3:f32>
          %fixed = tensor.constant() {name = "", data = dense<2:i64 [0, 2]>} : tensor<2:i64>
          %chosen = tensor.gather(%rows, %fixed) : tensor<2x3:f32>
          return %picked
        }
      }
      """;

  private static Program program(String text) {
    return Parser.parse(text, "test", SidecarReader.NONE);
  }

  @Test
  void whatDependsOnNoLaterTokenDoesNotChangeWithIt() {
    Program program = program(MIXED);
    TokenDependence found =
        TokenDependence.run(program.main(), program.main().parameters().getFirst(), true);
    Random random = new Random(1);
    int changes = 0;
    for (int round = 0; round < 200; round++) {
      long[] tokens = random.longs(LENGTH, 0, TOKENS).toArray();
      Map<Value, float[]> before = values(program, tokens);
      int from = random.nextInt(LENGTH);
      for (int t = from; t < LENGTH; t++) {
        tokens[t] = random.nextInt(TOKENS);
      }
      Map<Value, float[]> after = values(program, tokens);
      for (Op op : program.main().body()) {
        Value value = op.definitions().getFirst();
        if (op instanceof Constant) {
          continue;
        }
        int[] latest = found.of(value);
        for (int i = 0; i < latest.length; i++) {
          String where = value + " at " + i;
          if (latest[i] == TokenDependence.ZERO) {
            assertTrue(before.get(value)[i] == 0, where);
          } else if (latest[i] == TokenDependence.NONZERO) {
            assertTrue(before.get(value)[i] != 0, where);
          }
          if (latest[i] < from) {
            assertTrue(before.get(value)[i] == after.get(value)[i], where);
          } else if (before.get(value)[i] != after.get(value)[i]) {
            changes++;
          }
        }
      }
    }
    assertTrue(changes > 10_000, "changes of tokens show: " + changes);
  }

  private static Map<Value, float[]> values(Program program, long[] tokens) {
    Map<Value, float[]> out = new IdentityHashMap<>();
    TensorInterpreter.run(
        program, List.of(tokens(program, tokens)), (value, elements) -> out.put(value, elements));
    return out;
  }

  private static TensorData tokens(Program program, long[] tokens) {
    return TensorData.ofLongs(DType.I64, program.main().parameters().getFirst().shape(), tokens);
  }

  /**
   * The bounds are not all "everything": what a masked line and a causal kernel leave out shows.
   */
  @Test
  void knownZerosAreMadeUseOf() {
    Program program = program(MIXED);
    TokenDependence found =
        TokenDependence.run(program.main(), program.main().parameters().getFirst(), true);
    Map<String, int[]> byName = new HashMap<>();
    program.main().body().stream()
        .map(op -> op.definitions().getFirst())
        .forEach(v -> byName.put(v.name(), found.of(v)));
    int zero = TokenDependence.ZERO;
    assertEquals("[0, 0, 0, 1, 1, 1, 3, 3, 3, 3, 3, 3]", text(byName, "attended"));
    assertEquals("[0, 0, 0, 1, 1, 1, 3, 3, 3, 3, 3, 3]", text(byName, "seen"));
    assertEquals(
        Arrays.toString(new int[] {0, 1, zero, 3, 0, 1, zero, 3, 0, 1, zero, 3}),
        text(byName, "cumulated"));
    assertEquals("[-1, 0, 1, 2, 3, -1, 0, 1, 2, 3]", text(byName, "conv"));
    assertEquals("[0, 0, 0, 2, 2, 2]", text(byName, "chosen"));
    assertEquals(
        Arrays.toString(new int[] {zero, 0, zero, zero, 1, zero, zero, 2, zero, zero, 3, zero}),
        text(byName, "relu"));
  }

  private static String text(Map<String, int[]> byName, String name) {
    return Arrays.toString(byName.get(name));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void theNextTokenIsTheLowestIndexOfTheGreatestLogits(int seed) {
    // Equal rows 1 and 3 make ties.
    Program program =
        program(
            """
            program tensor {
              func @main(%ids: tensor<1x4:i64>) {
                %e = tensor.constant() {name = "e", data = dense<5x2:f32 [1.0, 2.0, 3.0, -4.0, 0.5, 6.0, 3.0, -4.0, -1.0, -1.0]>} : tensor<5x2:f32>
                %x = tensor.gather(%e, %ids) : tensor<1x4x2:f32>
                %logits = tensor.linear(%x, %e) : tensor<1x4x5:f32>
                return %logits
              }
            }
            """);
    Program after = PrefillReuse.LOWERING.with(List.of()).run(program, new PassContext());
    long[] tokens = new Random(seed).longs(LENGTH, 0, TOKENS).toArray();
    List<TensorData> inputs = List.of(tokens(program, tokens));
    float[] logits = TensorInterpreter.run(program, inputs).getFirst().toFloats();
    List<Long> expected = new ArrayList<>();
    for (int t = 0; t < LENGTH; t++) {
      int best = 0;
      for (int j = 1; j < TOKENS; j++) {
        best = logits[t * TOKENS + j] > logits[t * TOKENS + best] ? j : best;
      }
      expected.add((long) best);
    }
    TensorData next = TensorInterpreter.run(after, inputs).getFirst();
    assertEquals(expected, Arrays.stream(next.toLongs()).boxed().toList());
    assertEquals(inputs.getFirst().shape(), next.shape());
    assertTrue(expected.stream().noneMatch(j -> j == 3), "a tie is the lowest index's");
  }
}
