package org.zkc.runtime.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Quantised types of StableHLO, against integers worked out by hand. */
final class QuantizedTextTest {
  private static final String ACCUMULATED =
      "tensor<1x2x!quant.uniform<i32:f32:1, {0.125:0, 0.25:0}>>";

  @TempDir Path folder;

  private static String type(String extents, String quantized) {
    return "tensor<%sx!quant.uniform<%s>>".formatted(extents, quantized);
  }

  private static String quantize(String to, String operand, String from, String type) {
    return "%%%s = stablehlo.uniform_quantize %%%s : (%s) -> %s\n"
        .formatted(to, operand, from, type);
  }

  private static String bits(String operand, String from, String to) {
    return "%%r = stablehlo.bitcast_convert %%%s : (%s) -> %s\n".formatted(operand, from, to);
  }

  private static SelfCheckCase sum() {
    String left = type("2", "i8:f32, 0.5:3");
    String right = type("2", "i8:f32, 0.25:-4");
    String result = type("2", "i8:f32, 1.0:-10");
    return new SelfCheckCase(
        "add",
        "dense<[1.3, -2.0]> : tensor<2xf32>",
        quantize("0", "a", "tensor<2xf32>", left)
            + "%%1 = stablehlo.constant() <{value = dense<[4, 100]> : tensor<2xi8>}> : () -> %s\n"
                .formatted(right)
            + "%%2 = stablehlo.add %%0, %%1 : (%s, %s) -> %s\n".formatted(left, right, result)
            + bits("2", result, "tensor<2xi8>"),
        // 1.5 + 2 = 3.5, to the even 4; -2 + 26 = 24
        "dense<[-6, 14]> : tensor<2xi8>",
        "dense<[-7, 14]> : tensor<2xi8>");
  }

  private static SelfCheckCase product() {
    String left = type("1x3", "i8:f32, 0.25:1");
    String weights = type("3x2", "i8:f32:1, {0.5:0, 1.0:0}");
    String result = type("1x2", "i8:f32, 0.5:-3");
    return new SelfCheckCase(
        "dot_general of weights with a scale per column, by sums of 32 bits",
        "dense<[[1.0, -0.5, 0.3]]> : tensor<1x3xf32>",
        quantize("0", "a", "tensor<1x3xf32>", left)
            + "%i = stablehlo.constant dense<[[3, -2], [4, 5], [-6, 7]]> : tensor<3x2xi8>\n"
            + "%%1 = stablehlo.bitcast_convert %%i : (tensor<3x2xi8>) -> %s\n".formatted(weights)
            + "%%2 = stablehlo.dot_general %%0, %%1, contracting_dims = [1] x [0] : (%s, %s) -> %s\n"
                .formatted(left, weights, ACCUMULATED)
            + quantize("3", "2", ACCUMULATED, result)
            + bits("3", result, "tensor<1x2xi8>"),
        // steps 4, -2, 1: sums -2 and -11; -0.25 is half a step, to the even 0; -2.75 is -5.5, to
        // -6
        "dense<[[-3, -9]]> : tensor<1x2xi8>",
        "dense<[[-4, -9]]> : tensor<1x2xi8>");
  }

  static List<SelfCheckCase> cases() {
    String line = "tensor<3xf32>";
    String one = type("3", "i8:f32, 0.5:3");
    String axis = type("3", "ui8:f32:0, {0.5:3, 0.25:0, 2.0:100}");
    String narrow = type("3", "i8<-8:7>:f32, 0.5:0");
    return List.of(
        new SelfCheckCase(
            "uniform_quantize",
            "dense<[0.3, -3.0, 100.0]> : tensor<3xf32>",
            quantize("0", "a", line, one) + bits("0", one, "tensor<3xi8>"),
            "dense<[4, -3, 127]> : tensor<3xi8>",
            "dense<[4, -3, -53]> : tensor<3xi8>"),
        new SelfCheckCase(
            "uniform_quantize along an axis",
            "dense<[0.3, -3.0, 100.0]> : tensor<3xf32>",
            quantize("0", "a", line, axis) + bits("0", axis, "tensor<3xui8>"),
            "dense<[4, 0, 150]> : tensor<3xui8>",
            "dense<[4, 0, 255]> : tensor<3xui8>"),
        new SelfCheckCase(
            "uniform_dequantize of a narrower range",
            "dense<[0.3, -30.0, 30.0]> : tensor<3xf32>",
            quantize("0", "a", line, narrow)
                + "%%r = stablehlo.uniform_dequantize %%0 : (%s) -> %s\n".formatted(narrow, line),
            "dense<[0.5, -4.0, 3.5]> : tensor<3xf32>",
            "dense<[0.5, -64.0, 63.5]> : tensor<3xf32>"),
        sum(),
        product());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithIntegersWorkedOutByHand(SelfCheckCase each) throws IOException {
    assertEquals("agrees", each.run(folder).text());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anotherExpectationDiffers(SelfCheckCase each) throws IOException {
    SelfCheckRun.Outcome outcome = each.runWrong(folder);
    assertTrue(outcome instanceof SelfCheckRun.Outcome.Differs, outcome::text);
  }
}
