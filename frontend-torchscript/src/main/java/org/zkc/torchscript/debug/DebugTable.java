package org.zkc.torchscript.debug;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
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
  public static final DebugTable EMPTY = new DebugTable(new int[0], List.of());

  private record Span(Source source, int start) {}

  /** One text that spans point into: thousands of rows share the text of one function. */
  private static final class Source {
    private static final int LONGEST = 1 << 22;

    private final List<String> parts;
    private final String file;
    private final int firstLine;
    private @Nullable Joined text;

    /**
     * The joined text.
     *
     * @param frame the user's frame where it is a call stack
     * @param lineStarts where lines begin, in bytes of UTF-8
     */
    private record Joined(byte[] bytes, Optional<Location> frame, int[] lineStarts) {}

    Source(List<String> parts, String file, int firstLine) {
      this.parts = parts;
      this.file = file;
      this.firstLine = firstLine;
    }

    boolean isOf(List<PickleValue> source, List<String> strings) {
      return firstLine == integer(source.get(2))
          && strings.get(integer(source.get(1))).equals(file);
    }

    Location locate(int offset) {
      if (text == null) {
        text = text();
      }
      if (text.frame().isPresent()) {
        return text.frame().get();
      }
      int start = Math.clamp(offset, 0, text.bytes().length);
      int line = Arrays.binarySearch(text.lineStarts(), start);
      line = line < 0 ? -line - 2 : line;
      int from = text.lineStarts()[line];
      int to =
          line + 1 < text.lineStarts().length
              ? text.lineStarts()[line + 1] - 1
              : text.bytes().length;
      String shown = new String(text.bytes(), from, to - from, StandardCharsets.UTF_8);
      return new Location(baseName(file), firstLine + line, shown.strip());
    }

    private Joined text() {
      StringBuilder builder = new StringBuilder();
      for (String part : parts) {
        builder.append(part);
        if (builder.length() > LONGEST) {
          return known(Location.UNKNOWN);
        }
      }
      String joined = builder.toString();
      if (FRAME.matcher(joined.lines().findFirst().orElse("")).matches()) {
        return known(firstUserFrame(joined));
      }
      if (file.isEmpty() || LIBRARY.matcher(file).matches()) {
        return known(Location.UNKNOWN);
      }
      byte[] bytes = joined.getBytes(StandardCharsets.UTF_8);
      int[] starts = new int[bytes.length + 1];
      int lines = 1;
      for (int i = 0; i < bytes.length; i++) {
        if (bytes[i] == '\n') {
          starts[lines++] = i + 1;
        }
      }
      return new Joined(bytes, Optional.empty(), Arrays.copyOf(starts, lines));
    }

    private static Joined known(Location location) {
      return new Joined(new byte[0], Optional.of(location), new int[1]);
    }
  }

  private final int[] offsets;
  private final List<Optional<Span>> spans;
  private final Location[] located;

  private DebugTable(int[] offsets, List<Optional<Span>> spans) {
    this.offsets = offsets;
    this.spans = spans;
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
      Map<PickleValue, Optional<Source>> sources = new IdentityHashMap<>();
      for (int i = 0; i < offsets.length; i++) {
        List<PickleValue> row = ((Tuple) rows.elements().get(i)).elements();
        offsets[i] = integer(row.get(0));
        List<PickleValue> range = ((Tuple) row.get(1)).elements();
        int start = integer(range.get(1));
        List<PickleValue> source = ((Tuple) range.get(0)).elements();
        Optional<Source> known = sources.get(source.get(0));
        if (known == null || known.filter(k -> !k.isOf(source, strings)).isPresent()) {
          known = source(source, strings);
          sources.put(source.get(0), known);
        }
        spans.add(known.map(k -> new Span(k, start)));
      }
      return new DebugTable(offsets, spans);
    } catch (ClassCastException | IndexOutOfBoundsException | ArithmeticException e) {
      return EMPTY;
    }
  }

  private static Optional<Source> source(List<PickleValue> source, List<String> strings) {
    List<String> parts = new ArrayList<>();
    for (PickleValue part : ((ListValue) source.get(0)).elements()) {
      int index = integer(part);
      if (index < 0 || index >= strings.size()) {
        return Optional.empty();
      }
      parts.add(strings.get(index));
    }
    int file = integer(source.get(1));
    if (parts.isEmpty() || file < 0 || file >= strings.size()) {
      return Optional.empty();
    }
    return Optional.of(new Source(parts, strings.get(file), integer(source.get(2))));
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
      located[row] = spans.get(row).map(s -> s.source().locate(s.start())).orElse(Location.UNKNOWN);
    }
    return located[row];
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
