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

/** Branches whose condition is an input, and loops. */
final class BranchesTest {
  @TempDir Path folder;

  private static String branch(String condition) {
    return """
    %%x = stablehlo.constant dense<[1, -2]> : tensor<2xi32>
    %%zero = stablehlo.constant dense<0> : tensor<i32>
    %%p = stablehlo.compare %s, %%a, %%zero : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %%r = "stablehlo.if"(%%p) ({
      %%0 = stablehlo.broadcast_in_dim %%a, dims = [] : (tensor<i32>) -> tensor<2xi32>
      %%1 = stablehlo.add %%x, %%0 : tensor<2xi32>
      stablehlo.return %%1 : tensor<2xi32>
    }, {
      stablehlo.return %%x : tensor<2xi32>
    }) : (tensor<i1>) -> tensor<2xi32>
    """
        .formatted(condition);
  }

  private static final String CASE =
      """
      %x = stablehlo.constant dense<[1.0, -2.0]> : tensor<2xf32>
      %r = "stablehlo.case"(%a) ({
        %0 = stablehlo.negate %x : tensor<2xf32>
        stablehlo.return %0 : tensor<2xf32>
      }, {
        stablehlo.return %x : tensor<2xf32>
      }, {
        %0 = stablehlo.add %x, %x : tensor<2xf32>
        stablehlo.return %0 : tensor<2xf32>
      }) : (tensor<i32>) -> tensor<2xf32>
      """;

  private static SelfCheckCase choice(String index, String result, String another) {
    return new SelfCheckCase(
        "case " + index,
        "dense<%s> : tensor<i32>".formatted(index),
        CASE,
        "dense<%s> : tensor<2xf32>".formatted(result),
        "dense<%s> : tensor<2xf32>".formatted(another));
  }

  static List<SelfCheckCase> cases() {
    String five = "dense<5> : tensor<i32>";
    return List.of(
        new SelfCheckCase(
            "if, taken",
            five,
            branch("GT"),
            "dense<[6, 3]> : tensor<2xi32>",
            "dense<[1, -2]> : tensor<2xi32>"),
        new SelfCheckCase(
            "if, not taken",
            five,
            branch("LT"),
            "dense<[1, -2]> : tensor<2xi32>",
            "dense<[6, 3]> : tensor<2xi32>"),
        choice("0", "[-1.0, 2.0]", "[1.0, -2.0]"),
        choice("1", "[1.0, -2.0]", "[-1.0, 2.0]"),
        choice("2", "[2.0, -4.0]", "[1.0, -2.0]"),
        choice("7", "[2.0, -4.0]", "[1.0, -2.0]"),
        choice("-1", "[2.0, -4.0]", "[-1.0, 2.0]"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void bothSidesAreComputedAndOneIsChosen(SelfCheckCase each) throws IOException {
    assertEquals("agrees", each.run(folder).text());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theOtherSideDiffers(SelfCheckCase each) throws IOException {
    SelfCheckRun.Outcome outcome = each.runWrong(folder);
    assertTrue(outcome instanceof SelfCheckRun.Outcome.Differs, outcome::text);
  }

  @Test
  void aLoopWhosePassesTheInputCountsIsNotProved() throws IOException {
    SelfCheckCase loop =
        new SelfCheckCase(
            "while",
            "dense<3> : tensor<i32>",
            """
            %one = stablehlo.constant dense<1> : tensor<i32>
            %zero = stablehlo.constant dense<0> : tensor<i32>
            %r = stablehlo.while(%i = %zero) : tensor<i32> cond {
              %0 = stablehlo.compare LT, %i, %a : (tensor<i32>, tensor<i32>) -> tensor<i1>
              stablehlo.return %0 : tensor<i1>
            } do {
              %0 = stablehlo.add %i, %one : tensor<i32>
              stablehlo.return %0 : tensor<i32>
            }
            """,
            "dense<3> : tensor<i32>",
            "dense<4> : tensor<i32>");
    String outcome = loop.run(folder).text();
    assertTrue(outcome.contains("passes through a loop"), outcome);
  }
}
