package org.zkc.torchscript.debug;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.zkc.ir.Location;
import org.zkc.torchscript.pickle.PickleValue;
import org.zkc.torchscript.pickle.PickleValue.ListValue;
import org.zkc.torchscript.pickle.PickleValue.Text;
import org.zkc.torchscript.pickle.PickleValue.Tuple;

/**
 * The way from a code record back to the user's Python: a {@code .debug_pkl} record. Each row names
 * a byte offset in the code and a span of source text; the last row at or before an expression's
 * offset holds for it.
 *
 * <p>Scripted code carries the function's own text. Traced code carries the Python call stack,
 * innermost frame first, one {@code file(line): function} a line; the first frame outside torch and
 * zkpytorch is the user's. Only base names of files leave this class: an archive holds absolute
 * paths of the machine that made it.
 */
public final class DebugTable {
  private static final Pattern FRAME = Pattern.compile("(.+)\\((\\d{1,9})\\): [^\\n]*");
  private static final Pattern LIBRARY =
      Pattern.compile(
          "(.*[/\\\\](site-packages|dist-packages|pytorch)[/\\\\])?torch[/\\\\].*"
              + "|(.*[/\\\\])?zkpytorch[/\\\\]\\w+\\.py"
              + "|<eval_with_key>.*"); // code that a program wrote, as torch.fx does, is in no file

  // of the user's

  /** A table that knows nothing. */
  public static final DebugTable EMPTY = new DebugTable(new int[0], List.of(), List.of());

  private record Span(List<Integer> strings, int file, int firstLine, int start) {}

  private final int[] offsets;
  private final List<Optional<Span>> spans;
  private final List<String> strings;
  private final Location[] located;

  private DebugTable(int[] offsets, List<Optional<Span>> spans, List<String> strings) {
    this.offsets = offsets;
    this.spans = spans;
    this.strings = strings;
    this.located = new Location[offsets.length];
  }

  /**
   * Reads a table; one in a form that is not known (before torch 1.10), or malformed, gives {@link
   * #EMPTY}: locations serve messages only.
   */
  public static DebugTable of(PickleValue value) {
    if (!(value instanceof Tuple top)
        || top.elements().size() != 3
        || !top.elements().get(0).equals(new Text("FORMAT_WITH_STRING_TABLE"))
        || !(top.elements().get(1) instanceof Tuple texts)
        || !(top.elements().get(2) instanceof Tuple rows)) {
      return EMPTY;
    }
    try {
      List<String> strings = texts.elements().stream().map(t -> ((Text) t).value()).toList();
      int[] offsets = new int[rows.elements().size()];
      List<Optional<Span>> spans = new ArrayList<>();
      for (int i = 0; i < offsets.length; i++) {
        List<PickleValue> row = ((Tuple) rows.elements().get(i)).elements();
        offsets[i] = integer(row.get(0));
        spans.add(span(((Tuple) row.get(1)).elements(), strings.size()));
      }
      return new DebugTable(offsets, spans, strings);
    } catch (ClassCastException | IndexOutOfBoundsException | ArithmeticException e) {
      return EMPTY;
    }
  }

  private static Optional<Span> span(List<PickleValue> range, int stringCount) {
    List<PickleValue> source = ((Tuple) range.get(0)).elements();
    List<Integer> parts = new ArrayList<>();
    for (PickleValue part : ((ListValue) source.get(0)).elements()) {
      parts.add(integer(part));
    }
    int file = integer(source.get(1));
    if (parts.isEmpty()
        || file < 0
        || file >= stringCount
        || parts.stream().anyMatch(p -> p < 0 || p >= stringCount)) {
      return Optional.empty();
    }
    return Optional.of(new Span(parts, file, integer(source.get(2)), integer(range.get(1))));
  }

  private static int integer(PickleValue value) {
    return Math.toIntExact(((PickleValue.Int) value).value());
  }

  /**
   * The user's line for the code at a byte offset; {@link Location#UNKNOWN} where only torch's own
   * frames are known.
   */
  public Location locate(int offset) {
    int row = Arrays.binarySearch(offsets, offset);
    if (row < 0) {
      row = -row - 2;
    } else {
      while (row + 1 < offsets.length && offsets[row + 1] == offset) {
        row++;
      }
    }
    if (row < 0) {
      return Location.UNKNOWN;
    }
    if (located[row] == null) {
      located[row] = spans.get(row).map(this::location).orElse(Location.UNKNOWN);
    }
    return located[row];
  }

  private Location location(Span span) {
    StringBuilder joined = new StringBuilder();
    for (int part : span.strings) {
      joined.append(strings.get(part));
      if (joined.length() > 1 << 22) {
        return Location.UNKNOWN;
      }
    }
    String text = joined.toString();
    if (FRAME.matcher(text.lines().findFirst().orElse("")).matches()) {
      return firstUserFrame(text);
    }
    String file = strings.get(span.file);
    if (file.isEmpty() || LIBRARY.matcher(file).matches()) {
      return Location.UNKNOWN;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int start = Math.clamp(span.start, 0, bytes.length);
    String before = new String(bytes, 0, start, StandardCharsets.UTF_8);
    int newlines = (int) before.chars().filter(c -> c == '\n').count();
    int lineStart = before.lastIndexOf('\n') + 1;
    int lineEnd = text.indexOf('\n', lineStart);
    String line = text.substring(lineStart, lineEnd < 0 ? text.length() : lineEnd);
    return new Location(baseName(file), span.firstLine + newlines, line.strip());
  }

  private static Location firstUserFrame(String stack) {
    for (String line : stack.lines().toList()) {
      Matcher frame = FRAME.matcher(line);
      if (frame.matches() && !LIBRARY.matcher(frame.group(1)).matches()) {
        return new Location(baseName(frame.group(1)), Integer.parseInt(frame.group(2)), "");
      }
    }
    return Location.UNKNOWN;
  }

  private static String baseName(String path) {
    return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  }
}
