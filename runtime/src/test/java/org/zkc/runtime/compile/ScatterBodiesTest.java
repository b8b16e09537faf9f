package org.zkc.runtime.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Scatters by each body, at places that the input names: one twice, one out of range. */
final class ScatterBodiesTest {
  @TempDir Path folder;

  private static SelfCheckCase of(String body, String element, String result, String another) {
    String into = element.equals("i1") ? "[true, false, true, false]" : "[1, -2, 3, 4]";
    String updates = element.equals("i1") ? "[true, false, true, true]" : "[5, -7, 2, 9]";
    String type = "tensor<4x%s>".formatted(element);
    return new SelfCheckCase(
        body + " of " + element,
        "dense<[[1], [3], [1], [4]]> : tensor<4x1xi32>",
        """
        %%x = stablehlo.constant dense<%1$s> : %3$s
        %%u = stablehlo.constant dense<%2$s> : %3$s
        %%r = "stablehlo.scatter"(%%x, %%a, %%u) <{scatter_dimension_numbers = #stablehlo.scatter<inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}> ({
        ^bb0(%%p: tensor<%4$s>, %%q: tensor<%4$s>):
          %%s = stablehlo.%5$s %%p, %%q : tensor<%4$s>
          stablehlo.return %%s : tensor<%4$s>
        }) : (%3$s, tensor<4x1xi32>, %3$s) -> %3$s
        """
            .formatted(into, updates, type, element, body),
        "dense<%s> : %s".formatted(result, type),
        "dense<%s> : %s".formatted(another, type));
  }

  static List<SelfCheckCase> cases() {
    return List.of(
        of("add", "i32", "[1, 5, 3, -3]", "[1, 5, 3, 6]"),
        of("add", "i8", "[1, 5, 3, -3]", "[1, 3, 3, -3]"),
        of("multiply", "i64", "[1, -20, 3, -28]", "[1, -10, 3, -28]"),
        of("maximum", "i32", "[1, 5, 3, 4]", "[1, 5, 3, 9]"),
        of("minimum", "i16", "[1, -2, 3, -7]", "[1, 2, 3, -7]"),
        of("or", "i1", "[true, true, true, false]", "[true, true, true, true]"),
        of("and", "i1", "[true, false, true, false]", "[true, true, true, false]"));
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
}
