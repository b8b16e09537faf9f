package org.zkc.tests.filetests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.zkc.ir.Checker;
import org.zkc.ir.Program;
import org.zkc.ir.text.Diagnostics;
import org.zkc.ir.text.Parser;
import org.zkc.ir.text.Printer;
import org.zkc.ir.text.SidecarReader;
import org.zkc.tests.Repository;

/** The programs in the documentation are well formed and printed as the printer prints them. */
final class DocumentedProgramsTest {
  private static final Pattern BLOCK = Pattern.compile("```zkir\n(.*?)```", Pattern.DOTALL);

  @TestFactory
  List<DynamicTest> programs() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Repository.root().resolve("docs"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".md")).sorted().toList()) {
        Matcher blocks = BLOCK.matcher(Files.readString(file));
        while (blocks.find()) {
          String text = blocks.group(1);
          String name = file.getFileName() + " at " + blocks.start();
          tests.add(DynamicTest.dynamicTest(name, () -> requireWellFormed(text, name)));
        }
      }
    }
    assertFalse(tests.isEmpty(), "docs/ir.md shows programs");
    return tests;
  }

  private static void requireWellFormed(String text, String name) {
    Program program = Parser.parse(text, name, SidecarReader.NONE);
    assertTrue(
        Checker.check(program).isEmpty(),
        () -> Diagnostics.render(Checker.check(program), program));
    assertEquals(text, Printer.print(program));
  }
}
