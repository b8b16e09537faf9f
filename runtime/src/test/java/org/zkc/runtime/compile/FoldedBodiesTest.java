package org.zkc.runtime.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bodies that no operator is, windows of them, bits and powers of integers, and padding by computed
 * values.
 */
final class FoldedBodiesTest {
  @TempDir Path folder;

  private static final String LINE = "dense<[3, -1, 4, 1, -5]> : tensor<5xi32>";
  private static final String GRID =
      "dense<[[3.0, 1.0, 4.0], [1.0, 5.0, 9.0], [2.0, 6.0, 5.0]]> : tensor<3x3xf32>";

  /** A reduction of %a over its first dimension by operations on %x and %y with the result %z. */
  private static String reduce(String init, String body) {
    return """
    %%i = stablehlo.constant dense<%1$s> : tensor<i32>
    %%r = stablehlo.reduce(%%a init: %%i) across dimensions = [0] : (tensor<5xi32>, tensor<i32>) -> tensor<i32>
     reducer(%%x: tensor<i32>, %%y: tensor<i32>) {
      %2$s
      stablehlo.return %%z : tensor<i32>
    }
    """
        .formatted(init, body);
  }

  private static String windows(String init, String operation, String attributes, String to) {
    return """
    %%i = stablehlo.constant dense<%1$s> : tensor<i32>
    %%r = "stablehlo.reduce_window"(%%a, %%i) <{%3$s}> ({
    ^bb0(%%x: tensor<i32>, %%y: tensor<i32>):
      %%z = stablehlo.%2$s %%x, %%y : tensor<i32>
      stablehlo.return %%z : tensor<i32>
    }) : (tensor<5xi32>, tensor<i32>) -> %4$s
    """
        .formatted(init, operation, attributes, to);
  }

  private static String scatter(String padding, String source, String to) {
    return """
    %%s = stablehlo.constant %2$s
    %%i = stablehlo.constant dense<1.0> : tensor<f32>
    %%r = "stablehlo.select_and_scatter"(%%a, %%s, %%i) <{%1$s}> ({
    ^bb0(%%x: tensor<f32>, %%y: tensor<f32>):
      %%z = stablehlo.compare GE, %%x, %%y, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %%z : tensor<i1>
    }, {
    ^bb0(%%x: tensor<f32>, %%y: tensor<f32>):
      %%z = stablehlo.add %%x, %%y : tensor<f32>
      stablehlo.return %%z : tensor<f32>
    }) : (tensor<3x3xf32>, %3$s, tensor<f32>) -> tensor<3x3xf32>
    """
        .formatted(padding, source, to);
  }

  static List<SelfCheckCase> cases() {
    return List.of(
        new SelfCheckCase(
            "reduce by a body of two operations",
            LINE,
            reduce(
                "0",
                "%0 = stablehlo.abs %y : tensor<i32>\n%1 = stablehlo.abs %x : tensor<i32>\n"
                    + "%z = stablehlo.maximum %0, %1 : tensor<i32>"),
            "dense<5> : tensor<i32>",
            "dense<4> : tensor<i32>"),
        new SelfCheckCase(
            "reduce the bits of integers, with an initial value that takes part",
            LINE,
            reduce("16", "%z = stablehlo.xor %x, %y : tensor<i32>"),
            "dense<18> : tensor<i32>",
            "dense<2> : tensor<i32>"),
        new SelfCheckCase(
            "reduce by or",
            "dense<[1, 2, 0, 8, 2]> : tensor<5xi32>",
            reduce("0", "%z = stablehlo.or %x, %y : tensor<i32>"),
            "dense<11> : tensor<i32>",
            "dense<8> : tensor<i32>"),
        new SelfCheckCase(
            "maxima of windows of integers, padded by what takes part",
            LINE,
            windows(
                "2",
                "maximum",
                "padding = dense<[[1, 1]]> : tensor<1x2xi64>, window_dimensions = array<i64: 2>,"
                    + " window_strides = array<i64: 2>",
                "tensor<3xi32>"),
            "dense<[3, 4, 2]> : tensor<3xi32>",
            "dense<[3, 4, 1]> : tensor<3xi32>"),
        new SelfCheckCase(
            "products of windows with gaps",
            LINE,
            windows(
                "1",
                "multiply",
                "window_dimensions = array<i64: 2>, window_dilations = array<i64: 3>",
                "tensor<2xi32>"),
            "dense<[3, 5]> : tensor<2xi32>",
            "dense<[3, -5]> : tensor<2xi32>"),
        new SelfCheckCase(
            "sums of windows of a dilated tensor",
            LINE,
            windows(
                "0",
                "add",
                "base_dilations = array<i64: 2>, window_dimensions = array<i64: 3>, window_strides"
                    + " = array<i64: 2>",
                "tensor<4xi32>"),
            "dense<[2, 3, 5, -4]> : tensor<4xi32>",
            "dense<[3, -1, 4, 1]> : tensor<4xi32>"),
        new SelfCheckCase(
            "running minimum of integers",
            LINE,
            windows(
                "2147483647",
                "minimum",
                "padding = dense<[[4, 0]]> : tensor<1x2xi64>, window_dimensions = array<i64: 5>",
                "tensor<5xi32>"),
            "dense<[3, -1, -1, -1, -5]> : tensor<5xi32>",
            "dense<[3, -1, 4, 1, -5]> : tensor<5xi32>"),
        new SelfCheckCase(
            "running maximum of integers from the last",
            LINE,
            windows(
                "-2147483648",
                "maximum",
                "padding = dense<[[0, 4]]> : tensor<1x2xi64>, window_dimensions = array<i64: 5>",
                "tensor<5xi32>"),
            "dense<[4, 4, 4, 1, -5]> : tensor<5xi32>",
            "dense<[3, 3, 4, 4, 4]> : tensor<5xi32>"),
        new SelfCheckCase(
            "popcnt",
            "dense<[0, 7, -1, -256]> : tensor<4xi32>",
            "%r = stablehlo.popcnt %a : tensor<4xi32>",
            "dense<[0, 3, 32, 24]> : tensor<4xi32>",
            "dense<[0, 3, 32, 25]> : tensor<4xi32>"),
        new SelfCheckCase(
            "popcnt of bytes",
            "dense<[-128, 127, -1]> : tensor<3xi8>",
            "%r = stablehlo.popcnt %a : tensor<3xi8>",
            "dense<[1, 7, 8]> : tensor<3xi8>",
            "dense<[1, 7, 7]> : tensor<3xi8>"),
        new SelfCheckCase(
            "count_leading_zeros",
            "dense<[0, 1, 4097, -3]> : tensor<4xi64>",
            "%r = stablehlo.count_leading_zeros %a : tensor<4xi64>",
            "dense<[64, 63, 51, 0]> : tensor<4xi64>",
            "dense<[64, 63, 51, 64]> : tensor<4xi64>"),
        new SelfCheckCase(
            "count_leading_zeros of unsigned bytes",
            "dense<[0, 1, 200]> : tensor<3xui8>",
            "%r = stablehlo.count_leading_zeros %a : tensor<3xui8>",
            "dense<[8, 7, 0]> : tensor<3xui8>",
            "dense<[8, 7, 1]> : tensor<3xui8>"),
        new SelfCheckCase(
            "shift_left of bytes drops what leaves them",
            "dense<[127, -1, 3, 64, 1]> : tensor<5xi8>",
            "%0 = stablehlo.constant dense<[1, 7, 8, 2, -1]> : tensor<5xi8>\n"
                + "%r = stablehlo.shift_left %a, %0 : tensor<5xi8>",
            "dense<[-2, -128, 0, 0, 0]> : tensor<5xi8>",
            "dense<[-2, -128, 0, 0, 1]> : tensor<5xi8>"),
        new SelfCheckCase(
            "shift_left of 16 bits in several steps",
            "dense<[1, 3, 5]> : tensor<3xi16>",
            "%0 = stablehlo.constant dense<[15, 14, 16]> : tensor<3xi16>\n"
                + "%r = stablehlo.shift_left %a, %0 : tensor<3xi16>",
            "dense<[-32768, -16384, 0]> : tensor<3xi16>",
            "dense<[-32768, -16384, 5]> : tensor<3xi16>"),
        new SelfCheckCase(
            "shift_right_logical of unsigned bytes",
            "dense<[255, 200, 3]> : tensor<3xui8>",
            "%0 = stablehlo.constant dense<[1, 7, 8]> : tensor<3xui8>\n"
                + "%r = stablehlo.shift_right_logical %a, %0 : tensor<3xui8>",
            "dense<[127, 1, 0]> : tensor<3xui8>",
            "dense<[127, 1, 3]> : tensor<3xui8>"),
        new SelfCheckCase(
            "shift_right_arithmetic of unsigned bytes repeats the highest bit",
            "dense<[255, 200, 3]> : tensor<3xui8>",
            "%0 = stablehlo.constant dense<[1, 2, 8]> : tensor<3xui8>\n"
                + "%r = stablehlo.shift_right_arithmetic %a, %0 : tensor<3xui8>",
            "dense<[255, 242, 0]> : tensor<3xui8>",
            "dense<[127, 50, 0]> : tensor<3xui8>"),
        new SelfCheckCase(
            "integer powers, of negative exponents too",
            "dense<[3, -2, -1, -1, 1, 2, 9, 0, -1]> : tensor<9xi32>",
            "%0 = stablehlo.constant dense<[5, 3, 101, -3, -7, -1, 7, 0, 100]> : tensor<9xi32>\n"
                + "%r = stablehlo.power %a, %0 : tensor<9xi32>",
            "dense<[243, -8, -1, -1, 1, 0, 4782969, 1, 1]> : tensor<9xi32>",
            "dense<[243, -8, -1, -1, 1, 0, 4782969, 0, 1]> : tensor<9xi32>"),
        new SelfCheckCase(
            "pad by a computed value, between elements too",
            "dense<7> : tensor<i32>",
            "%0 = stablehlo.constant dense<[1, 2]> : tensor<2xi32>\n"
                + "%r = stablehlo.pad %0, %a, low = [1], high = [-1], interior = [2] :"
                + " (tensor<2xi32>, tensor<i32>) -> tensor<4xi32>",
            "dense<[7, 1, 7, 7]> : tensor<4xi32>",
            "dense<[0, 1, 0, 0]> : tensor<4xi32>"),
        new SelfCheckCase(
            "select_and_scatter where windows overlap",
            GRID,
            scatter(
                "window_dimensions = array<i64: 2, 2>",
                "dense<[[10.0, 20.0], [30.0, 40.0]]> : tensor<2x2xf32>",
                "tensor<2x2xf32>"),
            "dense<[[1.0, 1.0, 1.0], [1.0, 11.0, 61.0], [1.0, 31.0, 1.0]]> : tensor<3x3xf32>",
            "dense<[[1.0, 1.0, 1.0], [1.0, 41.0, 61.0], [1.0, 1.0, 1.0]]> : tensor<3x3xf32>"),
        new SelfCheckCase(
            "select_and_scatter never selects its padding",
            "dense<[[-3.0, -1.0, -4.0], [-1.0, -5.0, -9.0], [-2.0, -6.0, -4.5]]> : tensor<3x3xf32>",
            scatter(
                "padding = dense<[[1, 0], [1, 0]]> : tensor<2x2xi64>, window_dimensions ="
                    + " array<i64: 2, 2>, window_strides = array<i64: 2, 2>",
                "dense<[[10.0, 20.0], [30.0, 40.0]]> : tensor<2x2xf32>",
                "tensor<2x2xf32>"),
            "dense<[[11.0, 21.0, 1.0], [31.0, 1.0, 1.0], [1.0, 1.0, 41.0]]> : tensor<3x3xf32>",
            "dense<[[11.0, 21.0, 1.0], [31.0, 41.0, 1.0], [1.0, 1.0, 1.0]]> : tensor<3x3xf32>"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithValuesWorkedOutByHand(SelfCheckCase each) throws IOException {
    assertEquals("agrees", each.run(folder).text());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anotherExpectationDiffers(SelfCheckCase each) throws IOException {
    SelfCheckRun.Outcome outcome = each.runWrong(folder);
    assertTrue(outcome instanceof SelfCheckRun.Outcome.Differs, outcome::text);
  }

  @Test
  void aResultThatNoInputChangesIsComputedByTheCompiler() throws IOException {
    SelfCheckCase each =
        new SelfCheckCase(
            "is_finite",
            "dense<[1.0, 0x7F800000]> : tensor<2xf32>",
            "%r = stablehlo.is_finite %a : (tensor<2xf32>) -> tensor<2xi1>",
            "dense<[true, false]> : tensor<2xi1>",
            "dense<[true, true]> : tensor<2xi1>");
    SelfCheckRun.Outcome outcome = each.run(folder);
    assertTrue(
        outcome instanceof SelfCheckRun.Outcome.Agrees agrees && agrees.constants() == 1,
        outcome::text);
    outcome = each.runWrong(folder);
    assertTrue(outcome instanceof SelfCheckRun.Outcome.Differs, outcome::text);
  }
}
