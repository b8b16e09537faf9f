package org.zkc.tests.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.tests.Repository;

/** The example of docs/circuits.md compiles and runs. */
final class CircuitsDocumentTest {
  @TempDir Path folder;

  private static String example() throws Exception {
    List<String> lines = Files.readAllLines(Repository.root().resolve("docs/circuits.md"));
    int from = lines.indexOf("```java");
    int to = from + lines.subList(from, lines.size()).indexOf("```");
    return String.join("\n", lines.subList(from + 1, to));
  }

  @Test
  void theExampleProvesItself() throws Exception {
    Path source = folder.resolve("Example.java");
    Files.writeString(source, example());
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    int result =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                errors,
                errors,
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                folder.toString(),
                source.toString());
    assertEquals(0, result, errors.toString(StandardCharsets.UTF_8));
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      loader
          .loadClass("Example")
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(before);
    }
    // Copy 1 has 2 and 3: (3 * 32 - 2 + 7 + 3 * 243 - 3 + 7) * 1001.
    String text = printed.toString(StandardCharsets.UTF_8);
    assertTrue(text.startsWith("834834, "), text);
  }
}
