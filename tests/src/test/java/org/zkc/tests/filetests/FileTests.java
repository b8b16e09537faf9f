package org.zkc.tests.filetests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.zkc.ir.Checker;
import org.zkc.ir.Diagnostic;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Programs;
import org.zkc.ir.UserException;
import org.zkc.ir.text.Diagnostics;
import org.zkc.ir.text.IrSyntaxException;
import org.zkc.ir.text.Parser;
import org.zkc.ir.text.Printer;
import org.zkc.ir.text.SidecarReader;
import org.zkc.passes.PassContext;
import org.zkc.passes.PassListener;
import org.zkc.passes.PassManager;
import org.zkc.passes.generation.PrefillReuse;
import org.zkc.passes.tensor.ScaleColumns;
import org.zkc.stablehlo.StablehloReader;
import org.zkc.stablehlo.weights.BoundProgram;

/** Discovers file tests and runs them. */
final class FileTests {
  /** {@code -Dzkc.bless=true} rewrites recorded outputs instead of comparing them. */
  private static final boolean BLESS = Boolean.getBoolean("zkc.bless");

  private FileTests() {}

  /** One container for each file below {@code root}, one test for each case. */
  static List<DynamicNode> discover(Path root) throws IOException {
    List<DynamicNode> nodes = new ArrayList<>();
    for (Path file : files(root)) {
      List<DynamicTest> tests = new ArrayList<>();
      List<FileTestCase> cases = FileTestCase.read(file);
      for (int i = 0; i < cases.size(); i++) {
        int index = i;
        FileTestCase each = cases.get(i);
        tests.add(
            DynamicTest.dynamicTest(
                each.where(each.firstLine()), file.toUri(), () -> run(each, index)));
      }
      nodes.add(
          DynamicContainer.dynamicContainer(
              root.relativize(file).toString(), file.toUri(), tests.stream()));
    }
    return nodes;
  }

  static List<Path> files(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(f -> f.toString().endsWith(".zkir") || isStablehlo(f)).sorted().toList();
    }
  }

  private static boolean isStablehlo(Path file) {
    return file.toString().endsWith(".mlir");
  }

  private static void run(FileTestCase test, int index) throws IOException {
    if (isStablehlo(test.file())) {
      runStablehlo(test, index);
      return;
    }
    Map<Integer, String> expected = test.expectedErrors();
    Parser.Parsed parsed;
    try {
      parsed =
          Parser.parseWithSpans(
              test.text(), test.file().getFileName().toString(), SidecarReader.NONE);
    } catch (IrSyntaxException e) {
      assertErrors(
          expected,
          Map.of(test.firstLine() + e.span().line() - 1, List.of(e.getMessage())),
          e.describe(),
          test);
      return;
    }
    List<Diagnostic> found = Checker.check(parsed.program());
    if (!found.isEmpty()) {
      assertErrors(
          expected, byLine(found, parsed, test), Diagnostics.render(found, parsed.program()), test);
      return;
    }
    assertRoundTrip(parsed.program());
    Program after;
    PassContext context = new PassContext();
    try {
      after = transform(test, parsed.program(), context);
    } catch (UserException e) {
      assertErrors(
          expected,
          Map.of(lineAt(e.location(), test), List.of(e.getMessage())),
          e.describe(),
          test);
      return;
    }
    assertErrors(expected, Map.of(), "nothing", test);
    Map<String, Long> counted = new TreeMap<>(context.statistics());
    counted.keySet().retainAll(test.counts().keySet());
    assertEquals(test.counts(), counted, "counts of the passes");
    String output = Printer.print(after);
    if (test.isUnchanged()) {
      assertEquals(
          Printer.print(parsed.program()), output, "the passes must not change this program");
    }
    CheckLine.verify(test.checkLines(), output, test);
    compareRecorded(test, index, output);
  }

  /** A case of StableHLO text, which its reader makes a program of the torch level. */
  private static void runStablehlo(FileTestCase test, int index) throws IOException {
    byte[] text = test.text().getBytes(StandardCharsets.UTF_8);
    Program after;
    try {
      Program read =
          StablehloReader.read(
                  BoundProgram.open(
                      String.valueOf(test.file().getFileName()),
                      MemorySegment.ofArray(text),
                      Map.of()))
              .program();
      assertEquals("", Diagnostics.render(Checker.check(read), read));
      assertRoundTrip(read);
      after = transform(test, read, new PassContext());
    } catch (UserException e) {
      assertErrors(
          test.expectedErrors(),
          Map.of(test.firstLine() + e.location().line() - 1, List.of(e.getMessage())),
          e.describe(),
          test);
      return;
    }
    assertErrors(test.expectedErrors(), Map.of(), "nothing", test);
    String output = Printer.print(after);
    CheckLine.verify(test.checkLines(), output, test);
    compareRecorded(test, index, output);
  }

  private static Program transform(FileTestCase test, Program program, PassContext context) {
    PassManager manager = new PassManager(Set.of(), PassListener.NONE, context);
    // What the torch level means shows at the tensor level.
    boolean isLowered =
        program.level() == Level.TORCH
            && !test.steps().isEmpty()
            && test.steps().getFirst().startsWith("torch-to-tensor");
    Program first = isLowered ? manager.run(program, test.steps().getFirst()) : program;
    Program after =
        manager.run(first, test.steps().stream().skip(isLowered ? 1 : 0).toArray(String[]::new));
    assertEquals("", Diagnostics.render(Checker.check(after), after));
    // In units of columns inputs say other numbers (the runtime's TableTest compares with units);
    // a prefill gives tokens for logits (PrefillReuseTest).
    boolean isOther =
        test.steps().stream()
            .anyMatch(s ->
                s.startsWith(ScaleColumns.LOWERING.name())
                    || s.equals(PrefillReuse.LOWERING.name()));
    if (!isOther) {
      SameMeaning.require(first, after);
    }
    return after;
  }

  private static Map<Integer, List<String>> byLine(
      List<Diagnostic> found, Parser.Parsed parsed, FileTestCase test) {
    Map<Integer, List<String>> out = new TreeMap<>();
    for (Diagnostic each : found) {
      // Findings on functions and the program belong to the line of the program header.
      int line = each.op().map(parsed.spans()::get).orElse(parsed.header()).line();
      out.computeIfAbsent(test.firstLine() + line - 1, k -> new ArrayList<>()).add(each.message());
    }
    return out;
  }

  /** The first line of the case that bears the location of the user's source. */
  private static int lineAt(Location location, FileTestCase test) {
    for (int i = 0; location.isKnown() && i < test.lines().size(); i++) {
      if (test.lines().get(i).contains("loc(\"" + location.file() + "\":" + location.line())) {
        return test.firstLine() + i;
      }
    }
    throw new AssertionError(
        test.where(test.firstLine()) + ": no line has the location " + location);
  }

  private static void assertErrors(
      Map<Integer, String> expected,
      Map<Integer, List<String>> found,
      String rendered,
      FileTestCase test) {
    assertEquals(
        expected.keySet(),
        found.keySet(),
        "lines of " + test.file().getFileName() + " with errors; found:\n" + rendered);
    expected.forEach((line, text) ->
        assertTrue(
            found.get(line).stream().anyMatch(m -> m.contains(text)),
            test.where(line) + ": expected '" + text + "', found\n" + rendered));
  }

  private static void assertRoundTrip(Program program) {
    String text = Printer.print(program);
    Program again = Parser.parse(text, "printed", SidecarReader.NONE);
    assertTrue(Programs.equal(program, again), "print and parse change the program\n" + text);
    assertEquals(text, Printer.print(again));
  }

  private static void compareRecorded(FileTestCase test, int index, String output)
      throws IOException {
    List<String> recorded = test.recordedOutput();
    if (recorded.isEmpty()) {
      return;
    }
    if (BLESS) {
      List<FileTestCase> cases = new ArrayList<>(FileTestCase.read(test.file()));
      cases.set(index, cases.get(index).withOutput(output));
      FileTestCase.write(test.file(), cases);
      return;
    }
    assertEquals(
        String.join("\n", recorded) + "\n",
        output,
        test.where(test.firstLine()) + ": if right, run with -Dzkc.bless=true");
  }
}
