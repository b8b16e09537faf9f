package org.zkc.runtime.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Unsigned integers of 16, 32 and 64 bits: exact where they hold the results. */
final class UnsignedIntegersTest {
  @TempDir Path folder;

  private static SelfCheckCase of(
      String name, String a, String operations, String result, String another) {
    return new SelfCheckCase(name, a, operations, result, another);
  }

  static List<SelfCheckCase> cases() {
    return List.of(
        of(
            "sums and products",
            "dense<[40000, 3]> : tensor<2xui16>",
            "%0 = stablehlo.constant dense<[25000, 1]> : tensor<2xui16>\n"
                + "%1 = stablehlo.constant dense<[1, 2]> : tensor<2xui16>\n"
                + "%2 = stablehlo.add %a, %0 : tensor<2xui16>\n"
                + "%r = stablehlo.multiply %2, %1 : tensor<2xui16>",
            "dense<[65000, 8]> : tensor<2xui16>",
            "dense<[65000, 9]> : tensor<2xui16>"),
        of(
            "the complement",
            "dense<[0, 65535, 3]> : tensor<3xui16>",
            "%r = stablehlo.not %a : tensor<3xui16>",
            "dense<[65535, 0, 65532]> : tensor<3xui16>",
            "dense<[65535, 0, 65533]> : tensor<3xui16>"),
        of(
            "conversions",
            "dense<[70000, 3]> : tensor<2xui32>",
            "%0 = stablehlo.convert %a : (tensor<2xui32>) -> tensor<2xui64>\n"
                + "%r = stablehlo.convert %0 : (tensor<2xui64>) -> tensor<2xf32>",
            "dense<[70000.0, 3.0]> : tensor<2xf32>",
            "dense<[70000.0, 4.0]> : tensor<2xf32>"),
        of(
            "shift_right_logical",
            "dense<[65535, 4096, 7]> : tensor<3xui16>",
            "%0 = stablehlo.constant dense<[1, 12, 16]> : tensor<3xui16>\n"
                + "%r = stablehlo.shift_right_logical %a, %0 : tensor<3xui16>",
            "dense<[32767, 1, 0]> : tensor<3xui16>",
            "dense<[32767, 1, 7]> : tensor<3xui16>"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agrees(SelfCheckCase each) throws IOException {
    assertEquals("agrees", each.run(folder).text());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anotherExpectationDiffers(SelfCheckCase each) throws IOException {
    SelfCheckRun.Outcome outcome = each.runWrong(folder);
    assertTrue(outcome instanceof SelfCheckRun.Outcome.Differs, outcome::text);
  }

  /** Results below zero, or that the type does not hold, wrap around in constants alone. */
  @ParameterizedTest
  @CsvSource({
    "ui16,subtract,3,5,65534",
    "ui32,subtract,3,5,4294967294",
    "ui16,add,65535,1,0",
    "ui32,multiply,65536,65537,65536"
  })
  void whatWouldWrapAroundIsNotProved(String type, String operation, long a, long b, long wrapped)
      throws IOException {
    SelfCheckCase each =
        of(
            "wraps",
            "dense<[%d]> : tensor<1x%s>".formatted(a, type),
            """
            %%0 = stablehlo.constant dense<[%1$d]> : tensor<1x%2$s>
            %%1 = stablehlo.%3$s %%a, %%0 : tensor<1x%2$s>
            %%2 = stablehlo.constant dense<[%4$d]> : tensor<1x%2$s>
            %%r = stablehlo.compare EQ, %%1, %%2 : (tensor<1x%2$s>, tensor<1x%2$s>) -> tensor<1xi1>
            """
                .formatted(b, type, operation, wrapped),
            "dense<[true]> : tensor<1xi1>",
            "dense<[false]> : tensor<1xi1>");
    SelfCheckRun.Outcome outcome = each.run(folder);
    assertTrue(
        outcome instanceof SelfCheckRun.Outcome.Agrees agrees && agrees.constants() == 1,
        outcome::text);
    assertTrue(each.runWrong(folder) instanceof SelfCheckRun.Outcome.Differs, type);
  }
}
