package org.zkc.ir.text;

import java.util.List;
import java.util.stream.Collectors;
import org.zkc.ir.Diagnostic;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Program;
import org.zkc.ir.torch.Operator;

/** The checker's findings for people. */
public final class Diagnostics {
  private Diagnostics() {}

  /**
   * One paragraph for each finding: the user's line, the message, the op as printed, a caret below
   * its name.
   */
  public static String render(List<Diagnostic> diagnostics, Program program) {
    Printer.Printed printed = Printer.printWithLines(program, SidecarWriter.DIGESTS);
    List<String> lines = printed.text().lines().toList();
    return diagnostics.stream()
        .map(d -> render(d, program, printed, lines))
        .collect(Collectors.joining("\n"));
  }

  private static String render(
      Diagnostic diagnostic, Program program, Printer.Printed printed, List<String> lines) {
    String where = diagnostic.location().isKnown() ? diagnostic.location() + ": " : "";
    String head = where + diagnostic.message();
    return diagnostic
        .op()
        .map(op -> {
          int number = printed.lines().getOrDefault(op, 1);
          String line = lines.get(number - 1);
          String name =
              program.level().text()
                  + "."
                  + (op instanceof Operator o ? o.operator() : OpSpec.of(op).mnemonic());
          int column = line.indexOf(name + "(") + 1;
          Span span = new Span(number, Math.max(1, column), name.length());
          return head + "\n" + span.underlineLine(line);
        })
        .orElse(head);
  }
}
