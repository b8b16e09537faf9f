package org.zkc.stablehlo.text;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts literals out of a text in one pass over its bytes, so that a literal of 100 MB costs the
 * parser a token: what stands in {@code dense<...>}, and long hexadecimal strings, which are the
 * blobs of {@code dialect_resources}.
 */
final class LiteralCutter {
  private static final byte[] DENSE = "dense".getBytes(StandardCharsets.US_ASCII);

  private final String name;
  private final MemorySegment file;
  private final long size;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final List<SourceText.Cut> cuts = new ArrayList<>();
  private long removed;
  private int removedLines;

  private LiteralCutter(String name, MemorySegment file) {
    this.name = name;
    this.file = file;
    this.size = file.byteSize();
  }

  /**
   * The text of a file.
   *
   * @param name stands in messages
   * @throws HloSyntaxException when a literal does not end, or the text without literals is longer
   *     than zkc reads
   */
  static SourceText cut(String name, MemorySegment file) {
    LiteralCutter cutter = new LiteralCutter(name, file);
    cutter.run();
    return cutter.result();
  }

  private SourceText result() {
    return new SourceText(name, file, out.toString(StandardCharsets.ISO_8859_1), List.copyOf(cuts));
  }

  private void run() {
    long at = 0;
    byte previous = ' ';
    while (at < size) {
      byte b = file.get(ValueLayout.JAVA_BYTE, at);
      if (b == '"') {
        at = string(at);
        previous = '"';
      } else if (b == '/' && at + 1 < size && file.get(ValueLayout.JAVA_BYTE, at + 1) == '/') {
        at = comment(at);
        previous = ' ';
      } else if (b == 'd' && !isWord(previous) && isDense(at)) {
        at = dense(at);
        previous = '>';
      } else {
        keep(b, at);
        previous = b;
        at++;
      }
    }
  }

  private void keep(byte b, long at) {
    if (out.size() == TextLimits.MAX_TEXT) {
      throw result()
          .faultAt(
              at,
              "the text without its literals is longer than zkc reads (%d MiB)"
                  .formatted(TextLimits.MAX_TEXT >> 20),
              "export the model in parts");
    }
    out.write(b);
  }

  private void keep(long from, long to) {
    for (long i = from; i < to; i++) {
      keep(file.get(ValueLayout.JAVA_BYTE, i), i);
    }
  }

  private void cut(long from, long to) {
    if (from == to) {
      return;
    }
    int lines = 0;
    long tail = to - from;
    for (long i = from; i < to; i++) {
      if (file.get(ValueLayout.JAVA_BYTE, i) == '\n') {
        lines++;
        tail = to - i - 1;
      }
    }
    int index = cuts.size();
    int lastBreak = lines > 0 ? index : index == 0 ? -1 : cuts.get(index - 1).lastBreak();
    cuts.add(
        new SourceText.Cut(
            out.size(), from, to - from, removed, removedLines, lines, tail, lastBreak));
    removed += to - from;
    removedLines += lines;
  }

  private static boolean isWord(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || "_$.-%#!@^".indexOf(b) >= 0;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t' || b == '\r' || b == '\n';
  }

  /** Whether {@code dense} and an opening angle bracket stand here. */
  private boolean isDense(long at) {
    for (int i = 0; i < DENSE.length; i++) {
      if (at + i >= size || file.get(ValueLayout.JAVA_BYTE, at + i) != DENSE[i]) {
        return false;
      }
    }
    long open = afterBlanks(at + DENSE.length);
    return open < size && file.get(ValueLayout.JAVA_BYTE, open) == '<';
  }

  private long afterBlanks(long at) {
    long i = at;
    while (i < size && isBlank(file.get(ValueLayout.JAVA_BYTE, i))) {
      i++;
    }
    return i;
  }

  private long dense(long at) {
    long word = at + DENSE.length;
    long open = afterBlanks(word);
    long close = open + 1;
    while (close < size && file.get(ValueLayout.JAVA_BYTE, close) != '>') {
      close = file.get(ValueLayout.JAVA_BYTE, close) == '"' ? stringEnd(close) : close + 1;
    }
    if (close >= size) {
      throw result()
          .faultAt(at, "this literal does not end", "the file is incomplete: write it again");
    }
    keep(at, word);
    cut(word, open);
    keep((byte) '<', open);
    cut(open + 1, close);
    keep((byte) '>', close);
    return close + 1;
  }

  /**
   * The place after a string.
   *
   * @throws HloSyntaxException when the string does not end in its line
   */
  private long stringEnd(long quote) {
    long i = quote + 1;
    while (i < size) {
      byte b = file.get(ValueLayout.JAVA_BYTE, i);
      if (b == '"') {
        return i + 1;
      }
      if (b == '\n') {
        break;
      }
      i += b == '\\' ? 2 : 1;
    }
    throw result().faultAt(quote, "this string does not end in its line", "close it with a quote");
  }

  private long string(long quote) {
    long end = stringEnd(quote);
    boolean isLongHex =
        end - quote > TextLimits.LONG_STRING
            && file.get(ValueLayout.JAVA_BYTE, quote + 1) == '0'
            && file.get(ValueLayout.JAVA_BYTE, quote + 2) == 'x';
    if (isLongHex) {
      keep((byte) '"', quote);
      cut(quote + 1, end - 1);
      keep((byte) '"', end - 1);
    } else {
      keep(quote, end);
    }
    return end;
  }

  private long comment(long at) {
    long end = at;
    while (end < size && file.get(ValueLayout.JAVA_BYTE, end) != '\n') {
      end++;
    }
    keep(at, end);
    return end;
  }
}
