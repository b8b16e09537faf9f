package org.zkc.runtime.compile;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One operation each, with values worked out by hand, as inputs. */
final class SelfCheckRunTest {
  @TempDir Path folder;

  /**
   * One program: the text of main's operations on {@code %a} and {@code %b}, whose result is {@code
   * %r}.
   */
  record Case(String name, String a, String b, String operations, String result) {
    @Override
    public String toString() {
      return name;
    }

    private String text(String expected) {
      String typeA = type(a);
      String typeB = type(b);
      String typeR = type(result);
      return """
      module @m {
        func.func public @main() -> (%3$s) {
          %%in:2 = call @inputs() : () -> (%1$s, %2$s)
          %%want = call @expected() : () -> %3$s
          %%got = call @f(%%in#0, %%in#1) : (%1$s, %2$s) -> %3$s
          stablehlo.custom_call @check.expect_close(%%got, %%want) {has_side_effect = true} : (%3$s, %3$s) -> ()
          return %%got : %3$s
        }
        func.func private @inputs() -> (%1$s, %2$s) {
          %%0 = stablehlo.constant %4$s
          %%1 = stablehlo.constant %5$s
          return %%0, %%1 : %1$s, %2$s
        }
        func.func private @expected() -> (%3$s) {
          %%0 = stablehlo.constant %6$s
          return %%0 : %3$s
        }
        func.func private @f(%%a: %1$s, %%b: %2$s) -> %3$s {
          %7$s
          return %%r : %3$s
        }
      }
      """
          .formatted(typeA, typeB, typeR, a, b, expected, operations);
    }

    private static String type(String constant) {
      return constant.substring(constant.lastIndexOf("tensor<"));
    }
  }

  private static final String PAIR = "dense<[1.0, -2.0]> : tensor<2xf32>";
  private static final String OTHER = "dense<[3.0, 0.5]> : tensor<2xf32>";
  private static final String MATRIX =
      "dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>";
  private static final String INTEGERS = "dense<[7, -7, 5]> : tensor<3xi32>";
  private static final String DIVISORS = "dense<[2, 2, -3]> : tensor<3xi32>";

  static List<Case> cases() {
    return List.of(
        new Case(
            "multiply and add",
            PAIR,
            OTHER,
            "%0 = stablehlo.multiply %a, %b : tensor<2xf32>\n"
                + "%r = stablehlo.add %0, %a : tensor<2xf32>",
            "dense<[4.0, -3.0]> : tensor<2xf32>"),
        new Case(
            "divide integers towards zero",
            INTEGERS,
            DIVISORS,
            "%r = stablehlo.divide %a, %b : tensor<3xi32>",
            "dense<[3, -3, -1]> : tensor<3xi32>"),
        new Case(
            "remainder of integers has the sign of the dividend",
            INTEGERS,
            DIVISORS,
            "%r = stablehlo.remainder %a, %b : tensor<3xi32>",
            "dense<[1, -1, 2]> : tensor<3xi32>"),
        new Case(
            "select by a comparison",
            PAIR,
            OTHER,
            "%0 = stablehlo.compare LT, %a, %b, FLOAT : (tensor<2xf32>, tensor<2xf32>) ->"
                + " tensor<2xi1>\n"
                + "%r = stablehlo.select %0, %a, %b : tensor<2xi1>, tensor<2xf32>",
            "dense<[1.0, -2.0]> : tensor<2xf32>"),
        new Case(
            "clamp and convert",
            INTEGERS,
            DIVISORS,
            "%0 = stablehlo.constant dense<-6> : tensor<i32>\n"
                + "%1 = stablehlo.constant dense<6> : tensor<i32>\n"
                + "%2 = stablehlo.clamp %0, %a, %1 : (tensor<i32>, tensor<3xi32>, tensor<i32>) ->"
                + " tensor<3xi32>\n"
                + "%r = stablehlo.convert %2 : (tensor<3xi32>) -> tensor<3xf32>",
            "dense<[6.0, -6.0, 5.0]> : tensor<3xf32>"),
        new Case(
            "broadcast_in_dim, transpose and slice",
            PAIR,
            MATRIX,
            "%0 = stablehlo.broadcast_in_dim %a, dims = [0] : (tensor<2xf32>) -> tensor<2x3xf32>\n"
                + "%1 = stablehlo.add %0, %b : tensor<2x3xf32>\n"
                + "%2 = stablehlo.transpose %1, dims = [1, 0] : (tensor<2x3xf32>) ->"
                + " tensor<3x2xf32>\n"
                + "%r = stablehlo.slice %2 [0:3:2, 1:2] : (tensor<3x2xf32>) -> tensor<2x1xf32>",
            "dense<[[2.0], [4.0]]> : tensor<2x1xf32>"),
        new Case(
            "pad between elements and by less than nothing",
            PAIR,
            "dense<9.0> : tensor<f32>",
            "%r = stablehlo.pad %a, %b, low = [-1], high = [2], interior = [2] : (tensor<2xf32>,"
                + " tensor<f32>) -> tensor<5xf32>",
            "dense<[9.0, 9.0, -2.0, 9.0, 9.0]> : tensor<5xf32>"),
        new Case(
            "dot_general with a batch",
            "dense<[[[1.0, 2.0]], [[3.0, 4.0]]]> : tensor<2x1x2xf32>",
            "dense<[[1.0, 1.0], [2.0, 0.5]]> : tensor<2x2xf32>",
            "%r = stablehlo.dot_general %a, %b, batching_dims = [0] x [0], contracting_dims = [2] x"
                + " [1] : (tensor<2x1x2xf32>, tensor<2x2xf32>) -> tensor<2x1xf32>",
            "dense<[[3.0], [8.0]]> : tensor<2x1xf32>"),
        new Case(
            "reduce by the greatest, with an initial value that takes part",
            MATRIX,
            PAIR,
            "%0 = stablehlo.constant dense<4.5> : tensor<f32>\n"
                + "%r = stablehlo.reduce(%a init: %0) applies stablehlo.maximum across dimensions ="
                + " [0] : (tensor<2x3xf32>, tensor<f32>) -> tensor<3xf32>",
            "dense<[4.5, 5.0, 6.0]> : tensor<3xf32>"),
        new Case(
            "convolution with features last, a stride and a reversed window",
            "dense<[[[1.0], [2.0], [3.0], [4.0]]]> : tensor<1x4x1xf32>",
            "dense<[[[1.0]], [[10.0]]]> : tensor<2x1x1xf32>",
            "%r = stablehlo.convolution(%a, %b) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, f],"
                + " window = {stride = [2], reverse = [true]} {batch_group_count = 1 : i64,"
                + " feature_group_count = 1 : i64} : (tensor<1x4x1xf32>, tensor<2x1x1xf32>) ->"
                + " tensor<1x2x1xf32>",
            "dense<[[[12.0], [34.0]]]> : tensor<1x2x1xf32>"),
        new Case(
            "gather of rows, indices clamped",
            MATRIX,
            "dense<[[1], [7]]> : tensor<2x1xi32>",
            "%r = \"stablehlo.gather\"(%a, %b) <{dimension_numbers = #stablehlo.gather<offset_dims"
                + " = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim ="
                + " 1>, slice_sizes = array<i64: 1, 3>}> : (tensor<2x3xf32>, tensor<2x1xi32>) ->"
                + " tensor<2x3xf32>",
            "dense<[[4.0, 5.0, 6.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>"),
        new Case(
            "scatter that adds twice to one element and leaves out what is outside",
            "dense<[1.0, 2.0, 3.0]> : tensor<3xf32>",
            "dense<[10.0, 20.0, 40.0]> : tensor<3xf32>",
            "%0 = stablehlo.constant dense<[[2], [2], [5]]> : tensor<3x1xi32>\n"
                + "%r = \"stablehlo.scatter\"(%a, %0, %b) <{scatter_dimension_numbers ="
                + " #stablehlo.scatter<inserted_window_dims = [0], scatter_dims_to_operand_dims ="
                + " [0], index_vector_dim = 1>}> ({\n"
                + "^bb0(%x: tensor<f32>, %y: tensor<f32>):\n"
                + "%1 = stablehlo.add %x, %y : tensor<f32>\n"
                + "stablehlo.return %1 : tensor<f32>\n"
                + "}) : (tensor<3xf32>, tensor<3x1xi32>, tensor<3xf32>) -> tensor<3xf32>",
            "dense<[1.0, 2.0, 33.0]> : tensor<3xf32>"),
        new Case(
            "dynamic_slice at a computed start",
            MATRIX,
            "dense<2> : tensor<i32>",
            "%0 = stablehlo.constant dense<0> : tensor<i32>\n"
                + "%r = stablehlo.dynamic_slice %a, %0, %b, sizes = [2, 2] : (tensor<2x3xf32>,"
                + " tensor<i32>, tensor<i32>) -> tensor<2x2xf32>",
            "dense<[[2.0, 3.0], [5.0, 6.0]]> : tensor<2x2xf32>"),
        new Case(
            "dynamic_update_slice",
            MATRIX,
            "dense<[[9.0]]> : tensor<1x1xf32>",
            "%0 = stablehlo.constant dense<1> : tensor<i32>\n"
                + "%r = stablehlo.dynamic_update_slice %a, %b, %0, %0 : (tensor<2x3xf32>,"
                + " tensor<1x1xf32>, tensor<i32>, tensor<i32>) -> tensor<2x3xf32>",
            "dense<[[1.0, 2.0, 3.0], [4.0, 9.0, 6.0]]> : tensor<2x3xf32>"),
        new Case(
            "sort in descending order",
            "dense<[1.0, 3.0, -2.0]> : tensor<3xf32>",
            PAIR,
            "%r = \"stablehlo.sort\"(%a) <{dimension = 0 : i64, is_stable = true}> ({\n"
                + "^bb0(%x: tensor<f32>, %y: tensor<f32>):\n"
                + "%0 = stablehlo.compare GT, %x, %y, FLOAT : (tensor<f32>, tensor<f32>) ->"
                + " tensor<i1>\n"
                + "stablehlo.return %0 : tensor<i1>\n"
                + "}) : (tensor<3xf32>) -> tensor<3xf32>",
            "dense<[3.0, 1.0, -2.0]> : tensor<3xf32>"),
        new Case(
            "while with a counter",
            PAIR,
            OTHER,
            "%c = stablehlo.constant dense<0> : tensor<i32>\n"
                + "%w:2 = stablehlo.while(%i = %c, %x = %a) : tensor<i32>, tensor<2xf32>\n"
                + "cond {\n"
                + "%n = stablehlo.constant dense<3> : tensor<i32>\n"
                + "%0 = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) ->"
                + " tensor<i1>\n"
                + "stablehlo.return %0 : tensor<i1>\n"
                + "} do {\n"
                + "%n = stablehlo.constant dense<1> : tensor<i32>\n"
                + "%0 = stablehlo.add %i, %n : tensor<i32>\n"
                + "%1 = stablehlo.add %x, %b : tensor<2xf32>\n"
                + "stablehlo.return %0, %1 : tensor<i32>, tensor<2xf32>\n"
                + "}\n"
                + "%r = stablehlo.negate %w#1 : tensor<2xf32>",
            "dense<[-10.0, 0.5]> : tensor<2xf32>"),
        new Case(
            "shifts by all bits and more leave the sign",
            "dense<[-8, 5, -1, 3]> : tensor<4xi32>",
            "dense<[1, 40, 30, -1]> : tensor<4xi32>",
            "%r = stablehlo.shift_right_arithmetic %a, %b : tensor<4xi32>",
            "dense<[-4, 0, -1, 0]> : tensor<4xi32>"),
        new Case(
            "logical shift of negative numbers",
            "dense<[-1, -512, 9]> : tensor<3xi32>",
            "dense<[30, 12, 1]> : tensor<3xi32>",
            "%r = stablehlo.shift_right_logical %a, %b : tensor<3xi32>",
            "dense<[3, 1048575, 4]> : tensor<3xi32>"),
        new Case(
            "greatest integers of windows that reach over the ends",
            "dense<[3, -5, 4, -6, -7]> : tensor<5xi32>",
            DIVISORS,
            "%0 = stablehlo.constant dense<-4> : tensor<i32>\n"
                + "%r = \"stablehlo.reduce_window\"(%a, %0) <{padding = dense<[[1, 1]]> :"
                + " tensor<1x2xi64>, window_dimensions = array<i64: 3>, window_strides = array<i64:"
                + " 2>}> ({\n"
                + "^bb0(%x: tensor<i32>, %y: tensor<i32>):\n"
                + "%1 = stablehlo.maximum %x, %y : tensor<i32>\n"
                + "stablehlo.return %1 : tensor<i32>\n"
                + "}) : (tensor<5xi32>, tensor<i32>) -> tensor<3xi32>",
            "dense<[3, 4, -4]> : tensor<3xi32>"),
        new Case(
            "sums of integers with gaps",
            "dense<[1, 2, 4, 8, 16, 32, 64]> : tensor<7xi32>",
            DIVISORS,
            "%0 = stablehlo.constant dense<0> : tensor<i32>\n"
                + "%r = \"stablehlo.reduce_window\"(%a, %0) <{padding = dense<[[1, 0]]> :"
                + " tensor<1x2xi64>, window_dilations = array<i64: 2>, window_dimensions ="
                + " array<i64: 3>}> ({\n"
                + "^bb0(%x: tensor<i32>, %y: tensor<i32>):\n"
                + "%1 = stablehlo.add %x, %y : tensor<i32>\n"
                + "stablehlo.return %1 : tensor<i32>\n"
                + "}) : (tensor<7xi32>, tensor<i32>) -> tensor<4xi32>",
            "dense<[10, 21, 42, 84]> : tensor<4xi32>"),
        new Case(
            "sort by two keys",
            "dense<[2, 1, 2, 1]> : tensor<4xi32>",
            "dense<[5, 9, 4, 8]> : tensor<4xi32>",
            "%2:2 = \"stablehlo.sort\"(%a, %b) <{dimension = 0 : i64, is_stable = true}> ({\n"
                + "^bb0(%x: tensor<i32>, %y: tensor<i32>, %i: tensor<i32>, %j: tensor<i32>):\n"
                + "%3 = stablehlo.compare LT, %i, %j, SIGNED : (tensor<i32>, tensor<i32>) ->"
                + " tensor<i1>\n"
                + "%4 = stablehlo.compare LT, %x, %y, SIGNED : (tensor<i32>, tensor<i32>) ->"
                + " tensor<i1>\n"
                + "%5 = stablehlo.compare EQ, %x, %y, SIGNED : (tensor<i32>, tensor<i32>) ->"
                + " tensor<i1>\n"
                + "%6 = stablehlo.and %5, %3 : tensor<i1>\n"
                + "%7 = stablehlo.or %4, %6 : tensor<i1>\n"
                + "stablehlo.return %7 : tensor<i1>\n"
                + "}) : (tensor<4xi32>, tensor<4xi32>) -> (tensor<4xi32>, tensor<4xi32>)\n"
                + "%r = stablehlo.subtract %2#1, %2#0 : tensor<4xi32>",
            "dense<[7, 8, 2, 3]> : tensor<4xi32>"),
        new Case(
            "reverse integers",
            INTEGERS,
            DIVISORS,
            "%r = stablehlo.reverse %a, dims = [0] : tensor<3xi32>",
            "dense<[5, -7, 7]> : tensor<3xi32>"),
        new Case(
            "product of matrices of integers",
            "dense<[[1, 2], [3, -4]]> : tensor<2x2xi32>",
            "dense<[[5], [6]]> : tensor<2x1xi32>",
            "%r = stablehlo.dot_general %a, %b, contracting_dims = [1] x [0] : (tensor<2x2xi32>,"
                + " tensor<2x1xi32>) -> tensor<2x1xi32>",
            "dense<[[17], [-9]]> : tensor<2x1xi32>"),
        new Case(
            "reduce two inputs, each by itself",
            MATRIX,
            "dense<[[1, 5, 2], [7, 0, 3]]> : tensor<2x3xi32>",
            "%0 = stablehlo.constant dense<0xFF800000> : tensor<f32>\n"
                + "%1 = stablehlo.constant dense<0> : tensor<i32>\n"
                + "%2:2 = stablehlo.reduce(%a init: %0), (%b init: %1) across dimensions = [1] :"
                + " (tensor<2x3xf32>, tensor<2x3xi32>, tensor<f32>, tensor<i32>) -> (tensor<2xf32>,"
                + " tensor<2xi32>)\n"
                + " reducer(%x: tensor<f32>, %y: tensor<f32>) (%i: tensor<i32>, %j: tensor<i32>)"
                + " {\n"
                + "%3 = stablehlo.maximum %x, %y : tensor<f32>\n"
                + "%4 = stablehlo.add %i, %j : tensor<i32>\n"
                + "stablehlo.return %3, %4 : tensor<f32>, tensor<i32>\n"
                + "}\n"
                + "%5 = stablehlo.convert %2#1 : (tensor<2xi32>) -> tensor<2xf32>\n"
                + "%r = stablehlo.add %5, %2#0 : tensor<2xf32>",
            "dense<[11.0, 16.0]> : tensor<2xf32>"),
        new Case(
            "batch_norm_inference",
            MATRIX,
            "dense<[1.0, 1.0, 1.0]> : tensor<3xf32>",
            "%v = stablehlo.constant dense<[3.0, 3.0, 3.0]> : tensor<3xf32>\n"
                + "%r = \"stablehlo.batch_norm_inference\"(%a, %b, %b, %b, %v) <{epsilon = 1.0 :"
                + " f32, feature_index = 1 : i64}> : (tensor<2x3xf32>, tensor<3xf32>,"
                + " tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3xf32>",
            "dense<[[1.0, 1.5, 2.0], [2.5, 3.0, 3.5]]> : tensor<2x3xf32>"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithValuesWorkedOutByHand(Case each) throws IOException {
    SelfCheckRun.Outcome outcome = run(each.text(each.result()));
    assertTrue(outcome instanceof SelfCheckRun.Outcome.Agrees, outcome::text);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anotherExpectationDiffers(Case each) throws IOException {
    String type = Case.type(each.result());
    String zeros = "dense<%s> : %s".formatted(type.endsWith("f32>") ? "77.0" : "77", type);
    SelfCheckRun.Outcome outcome = run(each.text(zeros));
    assertTrue(outcome instanceof SelfCheckRun.Outcome.Differs, outcome::text);
  }

  @Test
  void anOperationThatCannotBeProvedIsNamedWithItsLine() throws IOException {
    Case each =
        new Case(
            "polygamma",
            "dense<[[1.0]]> : tensor<1x1xf32>",
            PAIR,
            "%r = chlo.polygamma %a, %a : tensor<1x1xf32>, tensor<1x1xf32> -> tensor<1x1xf32>",
            "dense<[[1.0]]> : tensor<1x1xf32>");
    SelfCheckRun.Outcome outcome = run(each.text(each.result()));
    assertTrue(outcome instanceof SelfCheckRun.Outcome.Refused, outcome::text);
    assertTrue(outcome.text().contains("chlo.polygamma"), outcome::text);
    assertTrue(outcome.text().contains("m.mlir:19"), outcome::text);
  }

  /** Below 5 it is the order of numbers; above, it is none. */
  @Test
  void aComparatorWithAThresholdIsNotTakenForTheOrderOfNumbers() throws IOException {
    Case each =
        new Case(
            "threshold",
            "dense<[9.0, 8.0]> : tensor<2xf32>",
            PAIR,
            "%r = \"stablehlo.sort\"(%a) <{dimension = 0 : i64, is_stable = true}> ({\n"
                + "^bb0(%x: tensor<f32>, %y: tensor<f32>):\n"
                + "%0 = stablehlo.constant dense<5.0> : tensor<f32>\n"
                + "%1 = stablehlo.minimum %x, %0 : tensor<f32>\n"
                + "%2 = stablehlo.minimum %y, %0 : tensor<f32>\n"
                + "%3 = stablehlo.compare LT, %1, %2, FLOAT : (tensor<f32>, tensor<f32>) ->"
                + " tensor<i1>\n"
                + "stablehlo.return %3 : tensor<i1>\n"
                + "}) : (tensor<2xf32>) -> tensor<2xf32>",
            "dense<[9.0, 8.0]> : tensor<2xf32>");
    SelfCheckRun.Outcome outcome = run(each.text(each.result()));
    assertTrue(outcome instanceof SelfCheckRun.Outcome.Refused, outcome::text);
    assertTrue(outcome.text().contains("stablehlo.sort"), outcome::text);
  }

  private SelfCheckRun.Outcome run(String text) throws IOException {
    Path file = folder.resolve("m.mlir");
    Files.writeString(file, text);
    return SelfCheckRun.of(file);
  }
}
