package org.zkc.ir.storage;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Large tensors one after the other, each at a multiple of 64 bytes (a cache line and the widest
 * vector), zeros between them. A blob's number is its offset in this area, so the area can be
 * memory-mapped and used in place.
 */
public final class AlignedBlobs implements BlobSink {
  public static final int ALIGNMENT = 64;

  private final List<Blob> blobs = new ArrayList<>();
  private long end;

  @Override
  public long add(Blob blob) {
    long offset = byteSize();
    blobs.add(blob);
    end = Math.addExact(offset, blob.byteSize());
    return offset;
  }

  /** Size of the area with its padding, a multiple of 64. */
  public long byteSize() {
    return aligned(end);
  }

  /** Writes the whole area. */
  public void writeTo(WritableByteChannel channel) throws IOException {
    for (Blob blob : blobs) {
      blob.writeTo(channel);
      write(channel, ByteBuffer.allocate((int) (aligned(blob.byteSize()) - blob.byteSize())));
    }
  }

  /** Reads from an area written by {@link #writeTo}, in place. */
  public static BlobSource source(MemorySegment area) {
    return (offset, byteSize) -> {
      if (offset < 0
          || offset % ALIGNMENT != 0
          || byteSize < 0
          || offset > area.byteSize() - byteSize) {
        throw new StorageException(
            "the file is damaged: %d bytes of weights at offset %d do not lie in its %d bytes of weights"
                .formatted(byteSize, offset, area.byteSize()));
      }
      return area.asSlice(offset, byteSize);
    };
  }

  private static long aligned(long size) {
    return Math.addExact(size, ALIGNMENT - 1) & -ALIGNMENT;
  }

  private static void write(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
