package org.zkc.ir.storage;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import org.zkc.ir.TensorData;
import org.zkc.ir.integer.IntegerWeights;

/** The bytes of a large tensor, which are stored as they are read. */
public sealed interface Blob {
  /** Elements in memory. */
  record Elements(TensorData data) implements Blob {}

  /** Mantissas that are made when they are read. */
  record Mantissas(IntegerWeights weights) implements Blob {}

  static Blob of(TensorData data) {
    return new Elements(data);
  }

  static Blob of(IntegerWeights weights) {
    return weights.isStored() ? new Elements(weights.mantissas()) : new Mantissas(weights);
  }

  default long byteSize() {
    return switch (this) {
      case Elements e -> e.data().bytes().byteSize();
      case Mantissas m -> m.weights().byteSize();
    };
  }

  default void writeTo(WritableByteChannel channel) throws IOException {
    switch (this) {
      case Elements e -> {
        MemorySegment bytes = e.data().bytes();
        for (long at = 0; at < bytes.byteSize(); at += PART) {
          ByteBuffer part = bytes.asSlice(at, Math.min(PART, bytes.byteSize() - at)).asByteBuffer();
          while (part.hasRemaining()) {
            channel.write(part);
          }
        }
      }
      case Mantissas m -> m.weights().writeMantissas(channel);
    }
  }

  /** The first {@code count} bytes, or all where there are fewer. */
  default MemorySegment beginning(int count) {
    int bytes = (int) Math.min(count, byteSize());
    return switch (this) {
      case Elements e -> e.data().bytes().asSlice(0, bytes);
      case Mantissas m -> m.weights().beginning(bytes);
    };
  }

  /** Whether the bytes are the other's. */
  default boolean hasBytesOf(Blob other) {
    return this instanceof Mantissas a && other instanceof Mantissas b
        ? a.weights().hasMantissasOf(b.weights())
        : all().mismatch(other.all()) < 0;
  }

  private MemorySegment all() {
    return switch (this) {
      case Elements e -> e.data().bytes();
      case Mantissas m -> m.weights().mantissas().bytes();
    };
  }

  /** A ByteBuffer holds at most 2^31 - 1 bytes. */
  long PART = 1 << 26;
}
