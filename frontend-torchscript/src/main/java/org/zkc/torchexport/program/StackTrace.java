package org.zkc.torchexport.program;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.zkc.ir.Location;

/**
 * The Python stack of a node, outermost frame first: {@code File "model.py", line 15, in forward}
 * and below each its line of source.
 */
final class StackTrace {
  private static final Pattern FRAME =
      Pattern.compile(
          "^ *File \"([^\"\n]*)\", line (\\d{1,9}), in [^\n]*(?:\n    ([^\n]*))?",
          Pattern.MULTILINE);

  /** Files of torch itself and of the exporter, and generated code, which is in no file. */
  private static final Pattern LIBRARY =
      Pattern.compile(
          "(.*[/\\\\](site-packages|dist-packages|pytorch)[/\\\\])?torch[/\\\\].*"
              + "|(.*[/\\\\])?zkpytorch[/\\\\]\\w+\\.py"
              + "|<.*>.*");

  private static final int MAX_TEXT = 200;

  private StackTrace() {}

  /**
   * The innermost line outside torch, with the file's base name alone; {@link Location#UNKNOWN}
   * where there is none.
   */
  static Location userLine(String stack) {
    Location found = Location.UNKNOWN;
    Matcher frame = FRAME.matcher(stack);
    while (frame.find()) {
      if (!LIBRARY.matcher(frame.group(1)).matches()) {
        String path = frame.group(1);
        String file = path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
        String text = frame.group(3) == null ? "" : shortened(frame.group(3).strip());
        found = new Location(file, Integer.parseInt(frame.group(2)), text);
      }
    }
    return found;
  }

  private static String shortened(String line) {
    return line.length() <= MAX_TEXT ? line : line.substring(0, MAX_TEXT);
  }
}
