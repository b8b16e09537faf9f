package org.zkc.stablehlo.text;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.zkc.stablehlo.program.DenseData;
import org.zkc.stablehlo.program.HloElementType;
import org.zkc.stablehlo.program.HloType;

/**
 * Reads what stands in {@code dense<...>}: nothing, one number for all elements, nested lists, or
 * the bytes of the elements in hexadecimal. Lists are read at once; of bytes, number and digits are
 * checked at once, and the elements are decoded when they are asked for.
 */
final class DenseReader {
  /** More characters than any number has. */
  private static final int MAX_NUMBER = 400;

  private static final int ON_HEAP = 1 << 16;

  private final SourceText source;
  private final MemorySegment file;
  private final HloType.TensorOf type;
  private final HloElementType element;
  private final long end;
  private final byte[] number = new byte[MAX_NUMBER];
  private long at;

  private DenseReader(SourceText source, SourceText.Range range, HloType.TensorOf type) {
    this.source = source;
    this.file = source.file();
    this.type = type;
    this.element = type.element();
    this.at = range.start();
    this.end = range.end();
  }

  /**
   * The elements of a literal.
   *
   * @param range of the file, between the angle brackets
   * @param type static, of elements that literals exist of
   */
  static DenseData read(SourceText source, SourceText.Range range, HloType.TensorOf type) {
    return new DenseReader(source, range, type).read();
  }

  private DenseData read() {
    long count = type.elementCount();
    skipBlanks();
    if (at == end) {
      if (count != 0) {
        throw fault(at, "the literal is empty, %s has %d elements".formatted(type.text(), count));
      }
      return new DenseData(element, 0, false, () -> MemorySegment.ofArray(new byte[0]));
    }
    byte first = peek();
    if (first == '"') {
      return blob(count);
    }
    if (first == '[') {
      return list(count);
    }
    MemorySegment one = MemorySegment.ofArray(new byte[element.bytes()]);
    element(one, 0);
    requireEnd();
    return new DenseData(element, count, true, () -> one);
  }

  private HloSyntaxException fault(long place, String why) {
    return source.faultAt(place, why, "write the literal again as its type says");
  }

  private byte peek() {
    return at < end ? file.get(ValueLayout.JAVA_BYTE, at) : 0;
  }

  private void skipBlanks() {
    while (at < end) {
      byte b = file.get(ValueLayout.JAVA_BYTE, at);
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return;
      }
      at++;
    }
  }

  private void requireEnd() {
    skipBlanks();
    if (at != end) {
      throw fault(at, "something follows the elements of the literal");
    }
  }

  // Blobs.

  private DenseData blob(long count) {
    long quote = at;
    long digits = quote + 3;
    long close = end - 1;
    while (close > quote && file.get(ValueLayout.JAVA_BYTE, close) != '"') {
      close--;
    }
    boolean isHex =
        close >= digits
            && file.get(ValueLayout.JAVA_BYTE, quote + 1) == '0'
            && file.get(ValueLayout.JAVA_BYTE, quote + 2) == 'x';
    if (!isHex) {
      throw fault(quote, "zkc reads no tensors of strings");
    }
    return of(source, new SourceText.Range(digits, close - digits), type, 0);
  }

  /**
   * The elements whose bytes a range of the file has in hexadecimal.
   *
   * @param skipped bytes at the front that are no elements
   */
  static DenseData of(
      SourceText source, SourceText.Range digits, HloType.TensorOf type, int skipped) {
    MemorySegment file = source.file();
    for (long i = digits.start(); i < digits.end(); i++) {
      if (digit(file.get(ValueLayout.JAVA_BYTE, i)) < 0) {
        throw source.faultAt(
            i, "this is no hexadecimal digit", "write the literal again as its type says");
      }
    }
    HloElementType element = type.element();
    long bytes = digits.length() / 2 - skipped;
    long count = type.elementCount();
    boolean odd = digits.length() % 2 != 0;
    boolean all = !odd && bytes >= 0 && isProduct(bytes, count, element.bytes());
    boolean splat = !odd && !all && count > 0 && bytes == element.bytes();
    if (!all && !splat) {
      throw source.faultAt(
          digits.start(),
          "the literal has %s bytes, %d elements of %s are %d bytes each"
              .formatted(
                  odd ? "half" : Long.toString(bytes), count, element.text(), element.bytes()),
          "write the literal again as its type says");
    }
    SourceText.Range kept =
        new SourceText.Range(digits.start() + 2L * skipped, digits.length() - 2L * skipped);
    return new DenseData(element, count, splat, () -> decode(file, kept, element));
  }

  private static boolean isProduct(long bytes, long count, int each) {
    return bytes % each == 0 && bytes / each == count;
  }

  private static MemorySegment decode(
      MemorySegment file, SourceText.Range digits, HloElementType element) {
    long size = digits.length() / 2;
    MemorySegment out = allocate(size);
    boolean isBoolean =
        element instanceof HloElementType.IntegerElement integer && integer.isBoolean();
    for (long i = 0; i < size; i++) {
      int high = digit(file.get(ValueLayout.JAVA_BYTE, digits.start() + 2 * i));
      int low = digit(file.get(ValueLayout.JAVA_BYTE, digits.start() + 2 * i + 1));
      int value = high << 4 | low;
      // True may be any byte but 0.
      out.set(ValueLayout.JAVA_BYTE, i, (byte) (isBoolean && value != 0 ? 1 : value));
    }
    return out;
  }

  private static MemorySegment allocate(long bytes) {
    return bytes <= ON_HEAP
        ? MemorySegment.ofArray(new byte[(int) bytes])
        : Arena.ofAuto().allocate(bytes);
  }

  private static int digit(byte b) {
    if (b >= '0' && b <= '9') {
      return b - '0';
    }
    if (b >= 'a' && b <= 'f') {
      return b - 'a' + 10;
    }
    return b >= 'A' && b <= 'F' ? b - 'A' + 10 : -1;
  }

  // Lists.

  private DenseData list(long count) {
    // An element takes a character and a comma at least, so a text cannot ask for much memory.
    if (count > (end - at) / 2 + 1 || count > TextLimits.MAX_LISTED) {
      throw fault(at, "the literal has fewer elements than %s".formatted(type.text()));
    }
    int size = element.bytes();
    MemorySegment out = allocate(count * size);
    int rank = type.rank();
    long[] seen = new long[rank + 1];
    int depth = 0;
    long written = 0;
    boolean expectsElement = true;
    do {
      skipBlanks();
      byte b = peek();
      if (expectsElement && b == '[') {
        if (depth == rank) {
          throw fault(at, "the lists are nested deeper than %s".formatted(type.text()));
        }
        seen[depth++] = 0;
        at++;
      } else if (b == ']' && (!expectsElement || seen[depth - 1] == 0)) {
        depth--;
        if (seen[depth] != type.extents().get(depth)) {
          throw fault(
              at,
              "the list has %d elements, %s has %d along dimension %d"
                  .formatted(seen[depth], type.text(), type.extents().get(depth), depth));
        }
        at++;
        if (depth > 0) {
          seen[depth - 1]++;
        }
        expectsElement = false;
      } else if (!expectsElement && b == ',') {
        at++;
        expectsElement = true;
      } else if (expectsElement && at < end) {
        if (depth != rank) {
          throw fault(at, "a list stands here in a literal of %s".formatted(type.text()));
        }
        if (written == count || seen[depth - 1] == type.extents().get(depth - 1)) {
          throw fault(at, "the literal has more elements than %s".formatted(type.text()));
        }
        element(out, size * written++);
        seen[depth - 1]++;
        expectsElement = false;
      } else {
        throw fault(at, "the literal is no list of elements");
      }
    } while (depth > 0);
    requireEnd();
    return new DenseData(element, count, false, () -> out);
  }

  private void element(MemorySegment out, long place) {
    if (element instanceof HloElementType.ComplexElement complex) {
      expect('(');
      scalar(complex.part(), out, place);
      skipBlanks();
      expect(',');
      skipBlanks();
      scalar(complex.part(), out, place + complex.part().bytes());
      skipBlanks();
      expect(')');
    } else {
      scalar(element, out, place);
    }
  }

  private void expect(char c) {
    if (peek() != c) {
      throw fault(at, "'%c' is expected in a literal of %s".formatted(c, type.text()));
    }
    at++;
  }

  private void scalar(HloElementType part, MemorySegment out, long place) {
    long start = at;
    int length = 0;
    while (at < end) {
      byte b = file.get(ValueLayout.JAVA_BYTE, at);
      if (b == ',' || b == ']' || b == ')' || b == ' ' || b == '\n' || b == '\r' || b == '\t') {
        break;
      }
      if (length == MAX_NUMBER) {
        throw fault(start, "this is longer than any number");
      }
      number[length++] = b;
      at++;
    }
    try {
      NumberText.write(number, length, part, out, place);
    } catch (NumberText.NotOfType e) {
      throw fault(start, String.valueOf(e.getMessage()));
    }
  }
}
