package org.zkc.tests.filetests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One case of a file test: a program with directives in its comments. The forms are in docs/ir.md.
 *
 * @param file the file it stands in
 * @param firstLine its first line there, counted from 1
 * @param lines its lines
 */
record FileTestCase(Path file, int firstLine, List<String> lines) {
  static final String OUTPUT = "//>";
  private static final String SEPARATOR = "// -----";
  private static final Pattern RUN = Pattern.compile("^// RUN: (?:check|passes = (.+))$");
  private static final Pattern CHECK =
      Pattern.compile("^\\s*// (CHECK(?:-NEXT|-NOT|-COUNT-\\d+)?): (.*)$");
  private static final Pattern COUNTED = Pattern.compile("^\\s*// COUNTED: ([a-z.-]+) = (\\d+)$");
  private static final Pattern ERROR = Pattern.compile("// EXPECT-ERROR: (.*)$");

  static List<FileTestCase> read(Path file) throws IOException {
    List<FileTestCase> cases = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    int first = 1;
    int number = 0;
    for (String line : Files.readAllLines(file)) {
      number++;
      if (line.equals(SEPARATOR)) {
        cases.add(new FileTestCase(file, first, List.copyOf(lines)));
        lines.clear();
        first = number + 1;
      } else {
        lines.add(line);
      }
    }
    cases.add(new FileTestCase(file, first, List.copyOf(lines)));
    return cases;
  }

  /** Puts the cases of one file together again. */
  static void write(Path file, List<FileTestCase> cases) throws IOException {
    List<String> lines = new ArrayList<>();
    for (FileTestCase each : cases) {
      if (!lines.isEmpty()) {
        lines.add(SEPARATOR);
      }
      lines.addAll(each.lines());
    }
    Files.write(file, lines);
  }

  /**
   * The passes and lowerings to run, as {@code zkc opt --passes} takes them; none for a case that
   * is only checked.
   */
  List<String> steps() {
    for (String line : lines) {
      Matcher m = RUN.matcher(line);
      if (m.matches()) {
        return m.group(1) == null ? List.of() : List.of(m.group(1).split(", *"));
      }
    }
    throw new AssertionError(
        where(firstLine) + ": a case needs '// RUN: check' or '// RUN: passes = ...'");
  }

  /** Whether the output must be the input. */
  boolean isUnchanged() {
    return lines.contains("// UNCHANGED");
  }

  String text() {
    return String.join("\n", lines) + "\n";
  }

  /** Expected errors by line of the file. */
  Map<Integer, String> expectedErrors() {
    Map<Integer, String> out = new TreeMap<>();
    for (int i = 0; i < lines.size(); i++) {
      Matcher m = ERROR.matcher(lines.get(i));
      if (m.find()) {
        out.put(firstLine + i, m.group(1));
      }
    }
    return out;
  }

  List<CheckLine> checkLines() {
    List<CheckLine> out = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      Matcher m = CHECK.matcher(lines.get(i));
      if (m.matches()) {
        out.add(CheckLine.of(m.group(1), m.group(2), firstLine + i));
      } else if (lines.get(i).contains("// CHECK")) {
        throw new AssertionError(where(firstLine + i) + ": not a CHECK line of a known form");
      }
    }
    return out;
  }

  /** The counts that the passes must report, by name. */
  Map<String, Long> counts() {
    Map<String, Long> out = new TreeMap<>();
    for (int i = 0; i < lines.size(); i++) {
      Matcher m = COUNTED.matcher(lines.get(i));
      if (m.matches()) {
        out.put(m.group(1), Long.valueOf(m.group(2)));
      } else if (lines.get(i).contains("// COUNTED")) {
        throw new AssertionError(where(firstLine + i) + ": a count is '// COUNTED: NAME = N'");
      }
    }
    return out;
  }

  /** The recorded output, empty when the case has none. */
  List<String> recordedOutput() {
    return lines.stream()
        .filter(l -> l.startsWith(OUTPUT))
        .map(l -> l.substring(Math.min(l.length(), OUTPUT.length() + 1)))
        .toList();
  }

  /** The case with another recorded output. */
  FileTestCase withOutput(String output) {
    List<String> out = new ArrayList<>(lines.stream().filter(l -> !l.startsWith(OUTPUT)).toList());
    output.lines().forEach(l -> out.add((OUTPUT + " " + l).stripTrailing()));
    return new FileTestCase(file, firstLine, out);
  }

  String where(int line) {
    return file.getFileName() + ":" + line;
  }
}
