package org.zkc.runtime.artifact;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.zkc.ir.storage.AlignedBlobs;
import org.zkc.ir.storage.Blob;
import org.zkc.ir.storage.BlobSink;

/**
 * Aligned blobs in which equal content lies once: the integer program and the circuit share their
 * weights.
 */
final class SharedBlobs implements BlobSink {
  private static final int SAMPLE = 1 << 16;

  private record Placed(Blob blob, long offset) {}

  private final AlignedBlobs blobs = new AlignedBlobs();
  private final Map<Long, List<Placed>> bySample = new HashMap<>();

  @Override
  public long add(Blob blob) {
    List<Placed> candidates = bySample.computeIfAbsent(sample(blob), k -> new ArrayList<>());
    for (Placed candidate : candidates) {
      if (candidate.blob().hasBytesOf(blob)) {
        return candidate.offset();
      }
    }
    long offset = blobs.add(blob);
    candidates.add(new Placed(blob, offset));
    return offset;
  }

  /** Size and a checksum of the beginning. */
  private static long sample(Blob blob) {
    CRC32C sum = new CRC32C();
    sum.update(blob.beginning(SAMPLE).asByteBuffer());
    return blob.byteSize() << 32 ^ sum.getValue();
  }

  long byteSize() {
    return blobs.byteSize();
  }

  void writeTo(WritableByteChannel channel) throws IOException {
    blobs.writeTo(channel);
  }
}
