package org.zkc.ir.text;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.zkc.ir.Op;
import org.zkc.ir.Program;

/**
 * The lines of a program's text, op by op, for showing: without locations, without the elements of
 * large tensors, and not meant to be parsed.
 */
public final class OpText {
  private static final String ELEMENTS = "...";

  private final Map<Op, String> lines = new IdentityHashMap<>();

  private OpText(Program program) {
    Printer.Printed printed = Printer.printWithLines(program, data -> ELEMENTS);
    List<String> text = printed.text().lines().toList();
    printed.lines().forEach((op, line) -> lines.put(op, shown(op, text.get(line - 1))));
  }

  public static OpText of(Program program) {
    return new OpText(program);
  }

  /** The line of an op; of one that holds regions, the line that opens the first. */
  public String of(Op op) {
    String line = lines.get(op);
    if (line == null) {
      throw new IllegalArgumentException("the program has no such op");
    }
    return line;
  }

  private static String shown(Op op, String line) {
    String location = Printer.text(op.location());
    String text = line.strip();
    return text.endsWith(location)
        ? text.substring(0, text.length() - location.length()).strip()
        : text;
  }
}
