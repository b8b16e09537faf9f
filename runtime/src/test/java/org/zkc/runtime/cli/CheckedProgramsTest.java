package org.zkc.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.zkc.runtime.cli.Ended.zkc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code zkc opt --check} on several files: a line each, their counts, and the exit code. */
final class CheckedProgramsTest {
  @TempDir Path folder;
  private Path agreeing;
  private Path differing;
  private Path refused;

  @BeforeEach
  void write() throws IOException {
    agreeing = program("a", "abs", "dense<[1.0, 2.0]>");
    differing = program("b", "abs", "dense<[1.0, 3.0]>");
    refused = program("c", "no_such_operation", "dense<[1.0, 2.0]>");
  }

  private Path program(String name, String operation, String expected) throws IOException {
    return Files.writeString(
        folder.resolve(name + ".mlir"),
        """
        func.func @main() {
          %%0 = stablehlo.constant dense<[1.0, -2.0]> : tensor<2xf32>
          %%1 = stablehlo.constant %s : tensor<2xf32>
          %%2 = "stablehlo.%s"(%%0) : (tensor<2xf32>) -> tensor<2xf32>
          stablehlo.custom_call @check.expect_close(%%2, %%1) : (tensor<2xf32>, tensor<2xf32>) -> ()
          return
        }
        """
            .formatted(expected, operation));
  }

  @Test
  void aFolderEndsInCounts() {
    Ended ended = zkc("opt", "--check", folder.toString());
    assertTrue(ended.out().contains("a.mlir: agrees\n"), ended.out());
    assertTrue(ended.out().contains("b.mlir: differs: "), ended.out());
    assertTrue(ended.out().contains("c.mlir: refused: "), ended.out());
    assertTrue(ended.out().contains("stablehlo.no_such_operation"), ended.out());
    assertTrue(ended.out().endsWith("1 agree, 1 refused, 1 differ\n"), ended.out());
    assertEquals(ExitCode.INVALID, ended.code());
  }

  @Test
  void theExitCodeTellsWhatDiffersFromWhatIsRefused() {
    assertEquals(ExitCode.OK, zkc("opt", "--check", agreeing.toString()).code());
    assertEquals(ExitCode.INVALID, zkc("opt", "--check", differing.toString()).code());
    assertEquals(ExitCode.USER, zkc("opt", "--check", refused.toString()).code());
    assertEquals(
        ExitCode.USER, zkc("opt", "--check", agreeing.toString(), refused.toString()).code());
  }

  @Test
  void passesTakeOneProgram() {
    Ended ended = zkc("opt", agreeing.toString(), refused.toString(), "--passes", "fold-constants");
    assertEquals(ExitCode.USER, ended.code());
    assertTrue(ended.err().contains("passes run on one program"), ended.err());
  }
}
