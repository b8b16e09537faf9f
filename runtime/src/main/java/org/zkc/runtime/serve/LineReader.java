package org.zkc.runtime.serve;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Reads lines of bytes, each in bounded memory however long it is. */
final class LineReader {
  private static final int BUFFER = 1 << 16;

  private final InputStream in;
  private final int mostBytes;
  private final byte[] buffer = new byte[BUFFER];
  private int at;
  private int end;

  LineReader(InputStream in, int mostBytes) {
    this.in = in;
    this.mostBytes = mostBytes;
  }

  /**
   * One line without its end.
   *
   * @param bytes the first bytes of it, at most as many as the reader takes
   * @param whole false where the line had more
   */
  record Line(byte[] bytes, boolean whole) {}

  /** The next line; empty at the end of the stream. A last line without an end is a line too. */
  Optional<Line> next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    boolean any = false;
    boolean whole = true;
    while (fill()) {
      any = true;
      int newline = at;
      while (newline < end && buffer[newline] != '\n') {
        newline++;
      }
      int taken = Math.min(newline - at, mostBytes - line.size());
      whole &= taken == newline - at;
      line.write(buffer, at, taken);
      boolean ended = newline < end;
      at = ended ? newline + 1 : newline;
      if (ended) {
        break;
      }
    }
    return any ? Optional.of(new Line(line.toByteArray(), whole)) : Optional.empty();
  }

  private boolean fill() throws IOException {
    if (at == end) {
      at = 0;
      end = Math.max(0, in.read(buffer));
    }
    return at < end;
  }
}
