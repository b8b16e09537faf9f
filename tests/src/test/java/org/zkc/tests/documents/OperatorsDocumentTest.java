package org.zkc.tests.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.zkc.runtime.cli.Main;
import org.zkc.tests.Repository;

/** docs/operators.md is what {@code zkc ops} prints. */
final class OperatorsDocumentTest {
  @Test
  void thePageIsWhatTheCommandPrints() throws IOException {
    var out = new ByteArrayOutputStream();
    int code;
    try (var stream = new PrintStream(out, true, StandardCharsets.UTF_8)) {
      code = Main.execute(new String[] {"ops"}, stream, stream);
    }
    assertEquals(0, code);
    assertEquals(
        Files.readString(Repository.root().resolve("docs/operators.md")).lines().toList(),
        out.toString(StandardCharsets.UTF_8).lines().toList(),
        "write the page again: ./zkc ops > docs/operators.md");
  }
}
