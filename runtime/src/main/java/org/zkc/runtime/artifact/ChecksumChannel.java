package org.zkc.runtime.artifact;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.zip.CRC32C;

/** Writes to another channel, whole buffers always, and sums up what was written. */
final class ChecksumChannel implements WritableByteChannel {
  private final WritableByteChannel channel;
  private final CRC32C sum = new CRC32C();

  ChecksumChannel(WritableByteChannel channel) {
    this.channel = channel;
  }

  /** CRC-32C of the bytes so far. */
  long checksum() {
    return sum.getValue();
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    int count = bytes.remaining();
    sum.update(bytes.duplicate());
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    return count;
  }

  @Override
  public boolean isOpen() {
    return channel.isOpen();
  }

  /** Closes the channel written to. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
