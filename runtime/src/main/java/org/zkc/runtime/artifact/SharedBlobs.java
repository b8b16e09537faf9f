package org.zkc.runtime.artifact;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.zkc.ir.storage.AlignedBlobs;
import org.zkc.ir.storage.BlobSink;

/**
 * Aligned blobs in which equal content lies once: the integer program and the circuit share their
 * weights.
 */
final class SharedBlobs implements BlobSink {
  private static final long SAMPLE = 1 << 16;

  private record Blob(MemorySegment bytes, long offset) {}

  private final AlignedBlobs blobs = new AlignedBlobs();
  private final Map<Long, List<Blob>> bySample = new HashMap<>();

  @Override
  public long add(MemorySegment bytes) {
    List<Blob> candidates = bySample.computeIfAbsent(sample(bytes), k -> new ArrayList<>());
    for (Blob candidate : candidates) {
      if (candidate.bytes().mismatch(bytes) < 0) {
        return candidate.offset();
      }
    }
    long offset = blobs.add(bytes);
    candidates.add(new Blob(bytes, offset));
    return offset;
  }

  /** Size and a checksum of the beginning. */
  private static long sample(MemorySegment bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes.asSlice(0, Math.min(SAMPLE, bytes.byteSize())).asByteBuffer());
    return bytes.byteSize() << 32 ^ sum.getValue();
  }

  long byteSize() {
    return blobs.byteSize();
  }

  void writeTo(WritableByteChannel channel) throws IOException {
    blobs.writeTo(channel);
  }
}
