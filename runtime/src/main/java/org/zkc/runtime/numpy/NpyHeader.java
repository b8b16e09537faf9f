package org.zkc.runtime.numpy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.zkc.ir.Shape;
import org.zkc.ir.UserException;

/**
 * The header of a {@code .npy} file, versions 1 to 3: magic, version, length, and a Python
 * dictionary literal with exactly the keys {@code descr}, {@code fortran_order} and {@code shape}
 * (numpy.lib.format, NEP 1). The literal is parsed as data; nothing is evaluated.
 *
 * @param kind the type letter of the element: one of {@code f i u b}
 * @param width bytes per element
 * @param length bytes of the whole header; the elements begin there
 */
record NpyHeader(
    char kind, int width, boolean littleEndian, boolean fortranOrder, Shape shape, int length) {
  static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** Bytes that decide how long the header is. */
  static final int PREFIX = 12;

  /** A header longer than this is refused; NumPy writes 64 to 128 bytes. */
  private static final int LIMIT = 1 << 16;

  /**
   * The length of the header that begins with {@code prefix} ({@link #PREFIX} bytes, fewer at the
   * end of a file).
   */
  static int lengthOf(byte[] prefix, String name) {
    if (prefix.length < PREFIX || !startsWithMagic(prefix)) {
      throw new UserException(name + " is not a NumPy file; save it with numpy.save");
    }
    int major = prefix[6];
    if (major < 1 || major > 3 || prefix[7] != 0) {
      throw new UserException(
          "%s has NumPy format version %d.%d; versions 1.0 to 3.0 are read"
              .formatted(name, prefix[6] & 0xff, prefix[7] & 0xff));
    }
    int start = major == 1 ? 10 : 12;
    long length = (prefix[8] & 0xffL) | (prefix[9] & 0xffL) << 8;
    if (major > 1) {
      length |= (prefix[10] & 0xffL) << 16 | (prefix[11] & 0xffL) << 24;
    }
    if (length > LIMIT) {
      throw new UserException(
          "%s has a header of %d bytes; it is damaged or not a NumPy file".formatted(name, length));
    }
    return (int) (start + length);
  }

  static boolean startsWithMagic(byte[] bytes) {
    for (int i = 0; i < MAGIC.length; i++) {
      if (i >= bytes.length || bytes[i] != MAGIC[i]) {
        return false;
      }
    }
    return true;
  }

  /** Parses a whole header, {@link #lengthOf} bytes long. */
  static NpyHeader parse(byte[] header, String name) {
    int start = header[6] == 1 ? 10 : 12;
    if (header.length < start) {
      throw new UserException(name + " ends inside its NumPy header; the file is truncated");
    }
    String text =
        new String(
            header,
            start,
            header.length - start,
            header[6] == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    Map<String, Object> fields = new Literal(text, name).dictionary();
    if (fields.size() != 3
        || !(fields.get("descr") instanceof String descr)
        || !(fields.get("fortran_order") instanceof Boolean fortran)
        || !(fields.get("shape") instanceof List<?> extents)) {
      throw new UserException(
          name
              + " does not hold a plain array of numbers (structured and object arrays are not"
              + " read)");
    }
    List<Integer> shape = new ArrayList<>();
    for (Object extent : extents) {
      if (!(extent instanceof Long e) || e < 0 || e > Integer.MAX_VALUE) {
        throw new UserException(
            "%s has an array of shape %s, which is out of range".formatted(name, extents));
      }
      shape.add(e.intValue());
    }
    return of(descr, fortran, shape, header.length, name);
  }

  private static NpyHeader of(
      String descr, boolean fortran, List<Integer> extents, int length, String name) {
    Shape shape;
    try {
      shape = new Shape(extents);
    } catch (ArithmeticException e) {
      throw new UserException(
          "%s has an array of shape %s, which is out of range".formatted(name, extents));
    }
    if (descr.matches("[<>=|]O.*")) {
      throw new UserException(
          name
              + " holds pickled Python objects, which are never loaded; save a plain array of"
              + " numbers");
    }
    if (!descr.matches("[<>]f[248]|[<>][iu][248]|[|<>][iub]1")) {
      throw new UserException(
          "%s has elements of type '%s'; use float16/32/64, integers or booleans"
              .formatted(name, descr));
    }
    return new NpyHeader(
        descr.charAt(1), descr.charAt(2) - '0', descr.charAt(0) != '>', fortran, shape, length);
  }

  /** Parser of the subset of Python literals that a header may hold. */
  private static final class Literal {
    private final String text;
    private final String name;
    private int at;

    Literal(String text, String name) {
      this.text = text;
      this.name = name;
    }

    Map<String, Object> dictionary() {
      Map<String, Object> out = new HashMap<>();
      expect('{');
      while (!accept('}')) {
        String key = string();
        expect(':');
        if (out.put(key, value()) != null) {
          throw damaged();
        }
        if (!accept(',')) {
          expect('}');
          break;
        }
      }
      if (peek() != 0) {
        throw damaged();
      }
      return out;
    }

    private Object value() {
      char c = peek();
      if (c == '\'' || c == '"') {
        return string();
      }
      if (c == '(') {
        return tuple();
      }
      if (text.startsWith("True", at)) {
        at += 4;
        return true;
      }
      if (text.startsWith("False", at)) {
        at += 5;
        return false;
      }
      if (c == '[') {
        throw new UserException(name + " holds a structured array; save a plain array of numbers");
      }
      throw damaged();
    }

    private String string() {
      char quote = peek();
      int end = quote == '\'' || quote == '"' ? text.indexOf(quote, at + 1) : -1;
      if (end < 0) {
        throw damaged();
      }
      String out = text.substring(at + 1, end);
      at = end + 1;
      return out;
    }

    private List<Long> tuple() {
      List<Long> out = new ArrayList<>();
      expect('(');
      while (!accept(')')) {
        peek();
        int start = at;
        while (at < text.length() && Character.isDigit(text.charAt(at))) {
          at++;
        }
        if (start == at || at - start > 18 || out.size() == 32) {
          throw damaged();
        }
        out.add(Long.parseLong(text, start, at, 10));
        accept('L'); // Python 2 wrote long extents as 3L
        if (!accept(',')) {
          expect(')');
          break;
        }
      }
      return out;
    }

    /** The next character after white space; 0 at the end. */
    private char peek() {
      while (at < text.length()
          && (text.charAt(at) == ' ' || text.charAt(at) == '\n' || text.charAt(at) == '\t')) {
        at++;
      }
      return at < text.length() ? text.charAt(at) : 0;
    }

    private boolean accept(char c) {
      if (peek() != c) {
        return false;
      }
      at++;
      return true;
    }

    private void expect(char c) {
      if (!accept(c)) {
        throw damaged();
      }
    }

    private UserException damaged() {
      return new UserException(
          name + " has a damaged NumPy header; save the array again with numpy.save");
    }
  }
}
