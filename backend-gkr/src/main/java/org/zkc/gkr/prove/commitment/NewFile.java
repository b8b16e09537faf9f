package org.zkc.gkr.prove.commitment;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * A file that is written in large parts. A large file bypasses the system's page cache, where the
 * file system can do that: filling the cache with gigabytes takes longer than writing them, and
 * pushes out data that are needed sooner. A small file stays in the cache for its readers.
 */
final class NewFile implements AutoCloseable {
  /** The alignment of a part in memory with which file systems can write past the cache. */
  static final int ALIGNMENT = 1 << 12;

  /** Bytes from which a file is large. */
  private static final long LARGE = 1L << 30;

  private final Path path;
  private FileChannel channel;
  private boolean isCached;

  private NewFile(Path path, FileChannel channel, boolean isCached) {
    this.path = path;
    this.channel = channel;
    this.isCached = isCached;
  }

  /**
   * Creates a file.
   *
   * @param path where nothing may be
   * @param bytes what the file is going to have
   */
  static NewFile create(Path path, long bytes) throws IOException {
    return create(path, bytes < LARGE);
  }

  /** Creates a file that is written past the cache if it can be, unless {@code isCached}. */
  static NewFile create(Path path, boolean isCached) throws IOException {
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    NewFile file = new NewFile(path, channel, true);
    if (!isCached) {
      try {
        file.reopen(Set.of(StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT));
        file.isCached = false;
      } catch (IOException | UnsupportedOperationException notHere) {
        file.isCached = true;
      }
    }
    return file;
  }

  /** Whether parts go through the page cache. */
  boolean isCached() {
    return isCached;
  }

  private void reopen(Set<? extends OpenOption> options) throws IOException {
    FileChannel before = channel;
    channel = FileChannel.open(path, options);
    before.close();
  }

  /**
   * Writes a part.
   *
   * @param part native memory; only where its address, its size and {@code at} are multiples of
   *     what the file system asks for, mostly {@link #ALIGNMENT}, it goes past the cache
   * @param at the part's first byte in the file
   */
  void write(MemorySegment part, long at) throws IOException {
    if (!isCached) {
      try {
        writeFully(part.asByteBuffer(), at);
        return;
      } catch (IOException notSo) {
        // Not every file system reports its requirements on parts when a file is opened. Any
        // other failure will recur.
        reopen(Set.of(StandardOpenOption.WRITE));
        isCached = true;
      }
    }
    writeFully(part.asByteBuffer(), at);
  }

  private void writeFully(ByteBuffer bytes, long at) throws IOException {
    long position = at;
    while (bytes.hasRemaining()) {
      position += channel.write(bytes, position);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
