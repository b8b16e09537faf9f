package org.zkc.tests.filetests;

import java.util.List;
import java.util.regex.Pattern;

/**
 * One CHECK line. CHECK finds its text on a line after the last match; CHECK-NEXT on the very next
 * one; CHECK-NOT on no line between the matches around it; CHECK-COUNT-n on exactly n lines of the
 * whole output. Runs of blanks are one blank, {@code {{...}}} is a regular expression.
 */
record CheckLine(Kind kind, int count, Pattern pattern, String text, int line) {
  enum Kind {
    CHECK,
    NEXT,
    NOT,
    COUNT
  }

  static CheckLine of(String directive, String text, int line) {
    StringBuilder regex = new StringBuilder();
    String rest = text.strip().replaceAll("\\s+", " ");
    while (!rest.isEmpty()) {
      int open = rest.indexOf("{{");
      int close = open < 0 ? -1 : rest.indexOf("}}", open);
      if (close < 0) {
        regex.append(Pattern.quote(rest));
        rest = "";
      } else {
        regex
            .append(Pattern.quote(rest.substring(0, open)))
            .append("(?:")
            .append(rest, open + 2, close)
            .append(")");
        rest = rest.substring(close + 2);
      }
    }
    Kind kind =
        switch (directive) {
          case "CHECK" -> Kind.CHECK;
          case "CHECK-NEXT" -> Kind.NEXT;
          case "CHECK-NOT" -> Kind.NOT;
          default -> Kind.COUNT;
        };
    int count =
        kind == Kind.COUNT ? Integer.parseInt(directive.substring("CHECK-COUNT-".length())) : 0;
    return new CheckLine(kind, count, Pattern.compile(regex.toString()), text, line);
  }

  boolean matches(String outputLine) {
    return pattern.matcher(outputLine.strip().replaceAll("\\s+", " ")).find();
  }

  /** Checks all lines against the output. */
  static void verify(List<CheckLine> checks, String output, FileTestCase source) {
    List<String> lines = output.lines().toList();
    int next = 0; // first output line after the last match
    for (int i = 0; i < checks.size(); i++) {
      CheckLine check = checks.get(i);
      int from = next;
      switch (check.kind) {
        case CHECK -> {
          while (next < lines.size() && !check.matches(lines.get(next))) {
            next++;
          }
          check.require(next < lines.size(), "not found", source, output);
          check.forbidBefore(checks.subList(0, i), lines.subList(from, next), source, output);
          next++;
        }
        case NEXT -> {
          check.require(
              next < lines.size() && check.matches(lines.get(next)),
              "not on the next line",
              source,
              output);
          next++;
        }
        case NOT -> {}
        case COUNT -> {
          long found = lines.stream().filter(check::matches).count();
          check.require(found == check.count, "found on " + found + " lines", source, output);
        }
      }
    }
    if (!checks.isEmpty()) {
      checks
          .getLast()
          .forbidBefore(
              checks, lines.subList(Math.min(next, lines.size()), lines.size()), source, output);
    }
  }

  /** The CHECK-NOTs at the end of {@code before} must match none of the lines. */
  private void forbidBefore(
      List<CheckLine> before, List<String> lines, FileTestCase source, String output) {
    for (CheckLine each : before.reversed()) {
      if (each.kind == Kind.CHECK || each.kind == Kind.NEXT) {
        return;
      }
      if (each.kind == Kind.NOT) {
        each.require(lines.stream().noneMatch(each::matches), "found", source, output);
      }
    }
  }

  private void require(boolean condition, String what, FileTestCase source, String output) {
    if (!condition) {
      throw new AssertionError(
          source.where(line) + ": " + kind + " '" + text + "' " + what + " in\n" + output);
    }
  }
}
