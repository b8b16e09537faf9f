package org.zkc.ir.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;

/**
 * One file with the large tensors of all dumps of a run. The file is content-addressed: equal
 * elements are stored once.
 *
 * <pre>
 * 16 bytes  "zkir tensors 1\n" and a zero byte
 * then, for each tensor: 32 bytes SHA-256 of the elements, 8 bytes length (little-endian), the elements
 * </pre>
 *
 * A file opened for reading is memory-mapped; one opened for appending keeps its content.
 */
public final class SidecarFile implements SidecarWriter, SidecarReader, AutoCloseable {
  private static final byte[] MAGIC = "zkir tensors 1\n\0".getBytes(StandardCharsets.US_ASCII);
  private static final int RECORD_HEADER = 40;
  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private record Extent(long offset, long length) {}

  private final Path path;
  private final FileChannel channel;
  private final Map<String, Extent> index = new HashMap<>();
  private final Map<TensorData, String> known = new IdentityHashMap<>();
  private MemorySegment mapped;

  private SidecarFile(Path path, FileChannel channel) throws IOException {
    this.path = path;
    this.channel = channel;
    this.mapped = map();
    readIndex();
  }

  /**
   * Opens for reading.
   *
   * @throws UserException when the file is not a sidecar
   */
  public static SidecarFile open(Path path) throws IOException {
    return opened(path, FileChannel.open(path, StandardOpenOption.READ));
  }

  /** Opens for reading and appending; makes the file when there is none. */
  public static SidecarFile append(Path path) throws IOException {
    if (!Files.exists(path)) {
      Files.write(path, MAGIC);
    }
    return opened(path, FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  private static SidecarFile opened(Path path, FileChannel channel) throws IOException {
    try {
      return new SidecarFile(path, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private MemorySegment map() throws IOException {
    return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
  }

  private void readIndex() {
    long size = mapped.byteSize();
    if (size < MAGIC.length
        || mapped.asSlice(0, MAGIC.length).mismatch(MemorySegment.ofArray(MAGIC)) != -1) {
      throw new UserException("'" + path + "' is not a file of tensors of printed programs");
    }
    long offset = MAGIC.length;
    while (offset < size) {
      long room = size - offset - RECORD_HEADER;
      long length = room < 0 ? -1 : mapped.get(LENGTH, offset + 32);
      if (length < 0 || length > room) {
        throw new UserException(
            "'" + path + "' is cut off after " + offset + " bytes; write the dump again");
      }
      byte[] digest = mapped.asSlice(offset, 32).toArray(ValueLayout.JAVA_BYTE);
      index.putIfAbsent(
          HexFormat.of().formatHex(digest), new Extent(offset + RECORD_HEADER, length));
      offset += RECORD_HEADER + length;
    }
  }

  @Override
  public String store(TensorData data) {
    String before = known.get(data);
    if (before != null) {
      return before;
    }
    byte[] digest = digest(data.bytes());
    String hex = HexFormat.of().formatHex(digest);
    known.put(data, hex);
    if (!index.containsKey(hex)) {
      try {
        long offset = channel.size();
        ByteBuffer header = ByteBuffer.allocate(RECORD_HEADER).order(ByteOrder.LITTLE_ENDIAN);
        header.put(digest).putLong(data.bytes().byteSize()).flip();
        writeAll(header, offset);
        forEachPart(data.bytes(), (part, at) -> writeAll(part, offset + RECORD_HEADER + at));
        index.put(hex, new Extent(offset + RECORD_HEADER, data.bytes().byteSize()));
      } catch (IOException e) {
        throw new UncheckedIOException("cannot write '" + path + "'", e);
      }
    }
    return hex;
  }

  /** The bytes with this digest; they are checked against it. */
  @Override
  public Optional<MemorySegment> load(String digest) {
    Extent extent = index.get(digest);
    if (extent == null) {
      return Optional.empty();
    }
    try {
      if (extent.offset() + extent.length() > mapped.byteSize()) {
        mapped = map();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read '" + path + "'", e);
    }
    MemorySegment bytes = mapped.asSlice(extent.offset(), extent.length());
    if (!hexDigest(bytes).equals(digest)) {
      throw new UserException(
          "tensor @" + digest + " in '" + path + "' is damaged; write the dump again");
    }
    return Optional.of(bytes);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void writeAll(ByteBuffer bytes, long offset) throws IOException {
    long at = offset;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  /** The digest by which a tensor's elements are named: SHA-256 of the little-endian bytes. */
  private static byte[] digest(MemorySegment bytes) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      forEachPart(bytes, (part, at) -> sha.update(part));
      return sha.digest();
    } catch (NoSuchAlgorithmException | IOException e) {
      throw new IllegalStateException("SHA-256 is part of every Java platform", e);
    }
  }

  static String hexDigest(MemorySegment bytes) {
    return HexFormat.of().formatHex(digest(bytes));
  }

  private interface PartConsumer {
    void accept(ByteBuffer part, long at) throws IOException;
  }

  /** A ByteBuffer holds at most 2^31 - 1 bytes, a tensor may hold more. */
  private static void forEachPart(MemorySegment bytes, PartConsumer consumer) throws IOException {
    long step = 1 << 26;
    for (long at = 0; at < bytes.byteSize(); at += step) {
      consumer.accept(bytes.asSlice(at, Math.min(step, bytes.byteSize() - at)).asByteBuffer(), at);
    }
  }
}
