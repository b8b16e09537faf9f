package org.zkc.passes.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.zkc.ir.Checker;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.tensor.Constant;
import org.zkc.passes.PassContext;
import org.zkc.passes.quantize.HostileNetworks;
import org.zkc.passes.quantize.SampleNetworks;
import org.zkc.passes.quantize.VariedInputs;

final class EqualizeChannelsTest {
  /** Powers of two change no mantissa: every network computes the very same floats. */
  @Test
  void everyNetworkComputesTheSameFloats() {
    int fired = 0;
    for (long seed = 1; seed <= 2; seed++) {
      Map<String, Program> networks = new TreeMap<>(SampleNetworks.all(seed));
      networks.putAll(HostileNetworks.all(seed));
      for (Map.Entry<String, Program> network : networks.entrySet()) {
        Program before = network.getValue();
        Program after = new EqualizeChannels().run(before, new PassContext());
        assertEquals(List.of(), Checker.check(after), network.getKey());
        fired += after == before ? 0 : 1;
        for (List<TensorData> sample :
            new VariedInputs(seed).samples(before.main().parameters(), 2)) {
          List<TensorData> expected = TensorInterpreter.run(before, sample);
          List<TensorData> actual = TensorInterpreter.run(after, sample);
          for (int k = 0; k < expected.size(); k++) {
            assertArrayEquals(
                expected.get(k).toFloats(),
                actual.get(k).toFloats(),
                network.getKey() + ", seed " + seed);
          }
        }
      }
    }
    assertTrue(fired >= 8, "fired on " + fired + " networks");
  }

  /** A tensor that doubles line by line costs no memory for each of its channels. */
  @Test
  void channelsThatDoubleAreBounded() {
    StringBuilder doubling = new StringBuilder();
    int width = 64;
    for (int k = 0; k < 22; k++) {
      width *= 2;
      doubling.append(
          "%%y%d = tensor.concatenate(%%y%d, %%y%d) {axis = 1} : tensor<1x%d:f32>%n"
              .formatted(k + 1, k, k, width));
    }
    Program before =
        RewriteCase.of(
                "%x: tensor<1x64:f32>",
                """
                %w = tensor.constant() {name = "w", data = dense<64x64:f32 [ROWS]>} : tensor<64x64:f32>
                %y0 = tensor.linear(%x, %w) : tensor<1x64:f32>
                DOUBLING
                %r = tensor.slice(%y22) {starts = [0, 0], limits = [1, 1], strides = [1, 1]} : tensor<1x1:f32>
                return %r
                """
                    .replaceFirst("ROWS", "1.0" + ", 1.0".repeat(64 * 64 - 1))
                    .replaceFirst("DOUBLING", doubling.toString()))
            .program();
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadAllocatedBytes();
    Program after = new EqualizeChannels().run(before, new PassContext());
    assertTrue(threads.getCurrentThreadAllocatedBytes() - start < 1L << 28);
    assertSame(before, after);
  }

  /**
   * Rows take half of what is unequal, columns the other half; factors are rounded to powers of 2.
   */
  @Test
  void rangesOfChannelsAreEqualised() {
    Random random = new Random(5);
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 64; i++) {
      rows.append(i == 0 ? "" : ", ")
          .append((float) Math.scalb(1 + random.nextDouble(), i % 13 - 6));
    }
    Program before =
        RewriteCase.of(
                "%x: tensor<1x1:f32>",
                """
                %w = tensor.constant() {name = "w", data = dense<64x1:f32 [ROWS]>} : tensor<64x1:f32>
                %v = tensor.constant() {name = "v", data = dense<1x64:f32 [ROWS]>} : tensor<1x64:f32>
                %y = tensor.linear(%x, %w) : tensor<1x64:f32>
                %r = tensor.linear(%y, %v) : tensor<1x1:f32>
                return %r
                """
                    .replaceFirst("ROWS", rows.toString())
                    .replaceFirst("ROWS", rows.toString().replaceAll("[0-9.E-]+", "1.0")))
            .program();
    double spread = spread(new EqualizeChannels().run(before, new PassContext()));
    double unequal = spread(before);
    assertTrue(unequal > 4000, "rows spread over " + unequal);
    assertTrue(spread < 2 * Math.sqrt(unequal), "rows spread over " + spread);
  }

  private static double spread(Program program) {
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (float w : constant(program, "w").data().toFloats()) {
      least = Math.min(least, Math.abs(w));
      most = Math.max(most, Math.abs(w));
    }
    return most / least;
  }

  private static Constant constant(Program program, String name) {
    return program.main().body().stream()
        .filter(Constant.class::isInstance)
        .map(Constant.class::cast)
        .filter(c -> c.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
