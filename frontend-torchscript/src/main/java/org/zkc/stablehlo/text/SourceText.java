package org.zkc.stablehlo.text;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.Location;
import org.zkc.stablehlo.program.HloLocation;

/**
 * A text without its literals, and where a place in it stands in the file. Characters of the short
 * text are bytes of the file.
 */
final class SourceText {
  /** Bytes of a line that are shown before and after a place. */
  private static final int SHOWN = 60;

  private static final int LINE_SHOWN = 160;

  /**
   * Bytes that the short text leaves out.
   *
   * @param at the place in the short text, before the character that follows the cut
   * @param start the first byte in the file
   * @param before bytes that earlier cuts leave out
   * @param linesBefore line ends that earlier cuts leave out
   * @param lines line ends in this cut
   * @param tail bytes of this cut after its last line end; all where it has none
   * @param lastBreak index of the last cut up to this one that has a line end; -1 for none
   */
  record Cut(
      int at,
      long start,
      long length,
      long before,
      int linesBefore,
      int lines,
      long tail,
      int lastBreak) {}

  private final String name;
  private final MemorySegment file;
  private final String text;
  private final List<Cut> cuts;

  /** Made when a line is first asked for. */
  private int @Nullable [] lineStarts;

  SourceText(String name, MemorySegment file, String text, List<Cut> cuts) {
    this.name = name;
    this.file = file;
    this.text = text;
    this.cuts = cuts;
  }

  String name() {
    return name;
  }

  /** The text without literals, a character a byte. */
  String text() {
    return text;
  }

  MemorySegment file() {
    return file;
  }

  /** A range of the file. */
  record Range(long start, long length) {
    long end() {
      return start + length;
    }
  }

  /** The range that was cut out at a place of the short text; empty where there is no cut. */
  Range cutAt(int at) {
    int index = countUpTo(at) - 1;
    if (index >= 0 && cuts.get(index).at() == at) {
      Cut cut = cuts.get(index);
      return new Range(cut.start(), cut.length());
    }
    return new Range(offset(at), 0);
  }

  /** The place in the file of a character of the short text. */
  long offset(int at) {
    int cut = countUpTo(at);
    return at + removed(cut);
  }

  /** The number of cuts whose place is at most {@code at}. */
  private int countUpTo(int at) {
    int low = 0;
    int high = cuts.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (cuts.get(middle).at() <= at) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private long removed(int firstCuts) {
    if (firstCuts == 0) {
      return 0;
    }
    Cut last = cuts.get(firstCuts - 1);
    return last.before() + last.length();
  }

  private int removedLines(int firstCuts) {
    if (firstCuts == 0) {
      return 0;
    }
    Cut last = cuts.get(firstCuts - 1);
    return last.linesBefore() + last.lines();
  }

  /** The line of a token, from 1, and its column, from 1. */
  HloLocation location(Token token) {
    int start = Math.max(0, token.getStartIndex());
    int after = countUpTo(start);
    int lineStart = start - token.getCharPositionInLine();
    // A cut at the start of a line follows the line end, so it belongs to the line.
    int before = lineStart == 0 ? 0 : countUpTo(lineStart - 1);
    int line = token.getLine() + removedLines(after);
    long column;
    int lastBreak = after == 0 ? -1 : cuts.get(after - 1).lastBreak();
    if (lastBreak >= before) {
      Cut broken = cuts.get(lastBreak);
      column = start - broken.at() + broken.tail() + removed(after) - removed(lastBreak + 1);
    } else {
      column = token.getCharPositionInLine() + removed(after) - removed(before);
    }
    return HloLocation.at(line, (int) Math.min(Integer.MAX_VALUE, column + 1));
  }

  HloSyntaxException fault(ParserRuleContext at, String why, String remedy) {
    return fault(at.getStart(), why, remedy);
  }

  HloSyntaxException fault(Token token, String why, String remedy) {
    HloLocation location = location(token);
    return fault(
        location.line(),
        location.column(),
        offset(Math.max(0, token.getStartIndex())),
        why,
        remedy);
  }

  /** A fault at a place that {@link #location} gave. */
  HloSyntaxException fault(HloLocation place, String why, String remedy) {
    return fault(
        place.line(), place.column(), lineStart(place.line()) + place.column() - 1, why, remedy);
  }

  /** The first byte of a line of the file by its number from 1. */
  private long lineStart(int number) {
    int[] starts = starts();
    int low = 0;
    int high = starts.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (1 + middle + removedLines(countUpTo(starts[middle])) <= number) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    // The line of the short text that the line of the file is, or that has a cut with its start.
    int from = low == 0 ? 0 : countUpTo(starts[low] - 1);
    int to = low + 1 < starts.length ? countUpTo(starts[low + 1] - 1) : cuts.size();
    int index = from;
    int end = to;
    while (index < end) {
      int middle = (index + end) >>> 1;
      if (1 + low + removedLines(middle + 1) < number) {
        index = middle + 1;
      } else {
        end = middle;
      }
    }
    boolean startsInCut = index < to && 1 + low + removedLines(index) < number;
    return startsInCut ? startInCut(cuts.get(index), number - 1 - low) : offset(starts[low]);
  }

  /** The start of a line that lies in a cut, by the number of line ends in cuts before it. */
  private long startInCut(Cut cut, int removedBefore) {
    if (cut.linesBefore() + cut.lines() == removedBefore) {
      return cut.start() + cut.length() - cut.tail();
    }
    int left = removedBefore - cut.linesBefore();
    long at = cut.start();
    for (; left > 0 && at < cut.start() + cut.length(); at++) {
      if (file.get(ValueLayout.JAVA_BYTE, at) == '\n') {
        left--;
      }
    }
    return at;
  }

  /** The places at which lines of the short text start. */
  private synchronized int[] starts() {
    if (lineStarts == null) {
      int count = 1;
      for (int i = 0; i < text.length(); i++) {
        count += text.charAt(i) == '\n' ? 1 : 0;
      }
      int[] starts = new int[count];
      int line = 0;
      for (int i = 0; i < text.length(); i++) {
        if (text.charAt(i) == '\n') {
          starts[++line] = i + 1;
        }
      }
      lineStarts = starts;
    }
    return lineStarts;
  }

  /** A fault at a byte of the file. */
  HloSyntaxException faultAt(long offset, String why, String remedy) {
    int line = 1;
    long lineStart = 0;
    for (long i = 0; i < Math.min(offset, file.byteSize()); i++) {
      if (file.get(ValueLayout.JAVA_BYTE, i) == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    return fault(
        line, (int) Math.min(Integer.MAX_VALUE, offset - lineStart + 1), offset, why, remedy);
  }

  private HloSyntaxException fault(int line, int column, long offset, String why, String remedy) {
    long first = offset;
    while (first > 0 && offset - first < SHOWN && !isLineEnd(first - 1)) {
      first--;
    }
    long last = offset;
    while (last < file.byteSize() && last - offset < SHOWN && !isLineEnd(last)) {
      last++;
    }
    String before = printable(first, Math.min(offset, file.byteSize()));
    String shown = before + printable(Math.min(offset, file.byteSize()), last);
    String indent = before.replaceAll("[^\t]", " ");
    return new HloSyntaxException(
        new Location(name, line, shown.strip()),
        column,
        shown + "\n" + indent + "^",
        why.length() <= TextLimits.MAX_MESSAGE
            ? why
            : why.substring(0, TextLimits.MAX_MESSAGE) + "...",
        remedy);
  }

  private boolean isLineEnd(long at) {
    byte b = file.get(ValueLayout.JAVA_BYTE, at);
    return b == '\n' || b == '\r';
  }

  private String printable(long from, long to) {
    if (to <= from) {
      return "";
    }
    byte[] bytes = file.asSlice(from, to - from).toArray(ValueLayout.JAVA_BYTE);
    return new String(bytes, StandardCharsets.UTF_8).replaceAll("[^\\P{Cntrl}\t]", "?");
  }

  /** The start of a line of the file by its number from 1, for messages. */
  String line(int number) {
    long start = lineStart(number);
    long end = start;
    while (end < file.byteSize() && end - start < LINE_SHOWN && !isLineEnd(end)) {
      end++;
    }
    return printable(start, end).strip();
  }
}
