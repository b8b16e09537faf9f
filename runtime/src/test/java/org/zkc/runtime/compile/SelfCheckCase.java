package org.zkc.runtime.compile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Operations on the input {@code %a}, with the result {@code %r}.
 *
 * @param result what {@code %r} must be
 * @param another a value of the result that is wrong
 */
record SelfCheckCase(String name, String a, String operations, String result, String another) {
  @Override
  public String toString() {
    return name;
  }

  private static String type(String constant) {
    return constant.substring(constant.lastIndexOf("tensor<"));
  }

  private String text(String expected) {
    return """
    func.func @main() {
      %%a = call @inputs() : () -> %1$s
      %%want = stablehlo.constant %2$s
      %3$s
      stablehlo.custom_call @check.expect_eq(%%r, %%want) {has_side_effect = true} : (%4$s, %4$s) -> ()
      return
    }
    func.func private @inputs() -> %1$s {
      %%0 = stablehlo.constant %5$s
      return %%0 : %1$s
    }
    """
        .formatted(type(a), expected, operations, type(expected), a);
  }

  /** What comes of the program, with the input as an argument where that can be proved. */
  SelfCheckRun.Outcome run(Path folder) throws IOException {
    return run(folder, result);
  }

  /** What comes of the program that expects another result. */
  SelfCheckRun.Outcome runWrong(Path folder) throws IOException {
    return run(folder, another);
  }

  private SelfCheckRun.Outcome run(Path folder, String expected) throws IOException {
    Path file = folder.resolve("m.mlir");
    Files.writeString(file, text(expected));
    return SelfCheckRun.of(file);
  }
}
