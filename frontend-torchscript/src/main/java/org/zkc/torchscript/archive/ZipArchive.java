package org.zkc.torchscript.archive;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.zkc.ir.UserException;

/**
 * A zip file read by its central directory over one memory mapping (APPNOTE.TXT 6.3 sections 4.3
 * and 4.5.3). PyTorch writes tensors as stored entries with data descriptors, which a streaming
 * reader cannot take and {@code ZipFile} does not give offsets for; here a stored entry is a slice
 * of the mapping, without a copy.
 *
 * <p>Refused, because no writer of models makes them: encryption, several disks, methods other than
 * stored and deflate, duplicate names, entries that overlap or leave the file, inflation beyond the
 * bounds below.
 */
public final class ZipArchive {
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
  private static final int ZIP64_END_SIGNATURE = 0x06064b50;
  private static final int CENTRAL_SIGNATURE = 0x02014b50;
  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int END_SIZE = 22;
  private static final int ZIP64_LOCATOR_SIZE = 20;
  private static final int ZIP64_END_SIZE = 56;
  private static final int CENTRAL_SIZE = 46;
  private static final int LOCAL_SIZE = 30;
  private static final int ENCRYPTED_FLAGS = 0x2041;
  private static final int STORED = 0;
  private static final int DEFLATED = 8;

  /** More than any archive seen by two orders of magnitude (ResNet-18 traced has 330). */
  private static final int MAX_ENTRIES = 200_000;

  /** Only code, debug records and small pickles are deflated; the largest seen has 3 MB. */
  private static final long MAX_INFLATED_ENTRY = 256L << 20;

  /** Deflate cannot expand further than this factor (RFC 1951: 258 bytes from 2 bits). */
  private static final long MAX_DEFLATE_RATIO = 1032;

  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private record Entry(String name, int method, int crc, long offset, long compressed, long size) {}

  private final String displayName;
  private final MemorySegment file;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private ZipArchive(String displayName, MemorySegment file) {
    this.displayName = displayName;
    this.file = file;
  }

  /** Reads the directory of a zip file in memory; {@code displayName} stands in messages. */
  public static ZipArchive of(String displayName, MemorySegment file) {
    ZipArchive archive = new ZipArchive(displayName, file);
    try {
      archive.readDirectory();
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      throw archive.damaged("its directory points outside the file");
    }
    return archive;
  }

  /** Maps a file read-only for as long as the segment is reachable. */
  public static MemorySegment map(Path path) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long size = channel.size();
      return size == 0
          ? MemorySegment.ofArray(new byte[0])
          : channel.map(FileChannel.MapMode.READ_ONLY, 0, size, Arena.ofAuto());
    } catch (IOException e) {
      throw new UserException(
          "The file "
              + path.getFileName()
              + " cannot be read; check that it exists and is a file.");
    }
  }

  /** Names of all entries, in the order of the directory. */
  public Set<String> names() {
    return entries.keySet();
  }

  /** The whole file. */
  public MemorySegment file() {
    return file;
  }

  /** SHA-256 of the whole file, in lower-case hexadecimal. */
  public String digest() {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (long at = 0; at < file.byteSize(); at += 1 << 30) {
        sha.update(file.asSlice(at, Math.min(1 << 30, file.byteSize() - at)).asByteBuffer());
      }
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * The content of an entry: a slice of the mapping where it is stored, a fresh array where it is
   * deflated.
   *
   * @throws UserException when the content does not match its recorded size or CRC-32
   */
  public Optional<MemorySegment> read(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      return Optional.empty();
    }
    MemorySegment raw = file.asSlice(entry.offset, entry.compressed);
    MemorySegment content = (entry.method == STORED ? raw : inflate(entry, raw)).asReadOnly();
    if (crc(content) != entry.crc) {
      throw damaged("the record " + name + " does not match its checksum");
    }
    return Optional.of(content);
  }

  private MemorySegment inflate(Entry entry, MemorySegment raw) {
    byte[] out = new byte[Math.toIntExact(entry.size)];
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(raw.asByteBuffer());
      int filled = 0;
      while (filled < out.length && !inflater.finished()) {
        int n = inflater.inflate(out, filled, out.length - filled);
        if (n == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
          break;
        }
        filled += n;
      }
      boolean atEnd = inflater.finished() || inflater.inflate(new byte[1]) == 0;
      if (filled != out.length || !atEnd) {
        throw damaged("the record " + entry.name + " does not have its recorded size");
      }
    } catch (DataFormatException e) {
      throw damaged("the record " + entry.name + " is not valid deflate data");
    } finally {
      inflater.end();
    }
    return MemorySegment.ofArray(out);
  }

  private static int crc(MemorySegment content) {
    CRC32 crc = new CRC32();
    long size = content.byteSize();
    for (long at = 0; at < size; at += 1 << 30) {
      ByteBuffer part = content.asSlice(at, Math.min(1 << 30, size - at)).asByteBuffer();
      crc.update(part);
    }
    return (int) crc.getValue();
  }

  private void readDirectory() {
    long end = findEnd();
    long count = u16(end + 10);
    long size = u32(end + 12);
    long start = u32(end + 16);
    if (u16(end + 4) != 0 && u16(end + 4) != 0xffff) {
      throw damaged("it is one part of a file split over several");
    }
    long directoryEnd = end;
    if (end >= ZIP64_LOCATOR_SIZE
        && signature(end - ZIP64_LOCATOR_SIZE) == ZIP64_LOCATOR_SIGNATURE) {
      long zip64 = file.get(U64, end - ZIP64_LOCATOR_SIZE + 8);
      if (zip64 < 0
          || zip64 > end - ZIP64_LOCATOR_SIZE - ZIP64_END_SIZE
          || signature(zip64) != ZIP64_END_SIGNATURE) {
        throw damaged("its Zip64 directory is missing");
      }
      count = file.get(U64, zip64 + 32);
      size = file.get(U64, zip64 + 40);
      start = file.get(U64, zip64 + 48);
      directoryEnd = zip64;
    }
    if (count < 0 || count > MAX_ENTRIES) {
      throw damaged("it claims to have " + Long.toUnsignedString(count) + " records");
    }
    if (start < 0 || size < 0 || start > directoryEnd || size > directoryEnd - start) {
      throw damaged("its directory is not where the file says; the file may be truncated");
    }
    List<long[]> spans = new ArrayList<>();
    long at = start;
    for (long i = 0; i < count; i++) {
      at = readEntry(at, start, spans);
      if (at > start + size) {
        throw damaged("its directory is longer than the file says");
      }
    }
    requireDisjoint(spans);
  }

  private long findEnd() {
    long size = file.byteSize();
    for (long at = size - END_SIZE; at >= Math.max(0, size - END_SIZE - 0xffff); at--) {
      if (signature(at) == END_SIGNATURE && at + END_SIZE + u16(at + 20) == size) {
        return at;
      }
    }
    throw damaged("it has no directory at its end; the file is truncated or was not fully copied");
  }

  /**
   * Reads one directory entry and the local header it points to; returns where the next entry
   * starts.
   */
  private long readEntry(long at, long directoryStart, List<long[]> spans) {
    if (signature(at) != CENTRAL_SIGNATURE) {
      throw damaged("its directory holds something that is not an entry");
    }
    int flags = u16(at + 8);
    int method = u16(at + 10);
    int crc = file.get(U32, at + 16);
    int nameLength = u16(at + 28);
    int extraLength = u16(at + 30);
    String name = new String(bytes(at + CENTRAL_SIZE, nameLength), StandardCharsets.UTF_8);
    long[] sizes = zip64Fields(name, at, at + CENTRAL_SIZE + nameLength, extraLength);
    long size = sizes[0];
    long compressed = sizes[1];
    long local = sizes[2];
    if ((flags & ENCRYPTED_FLAGS) != 0) {
      throw new UserException(
          displayName
              + " is an encrypted zip file; zkc reads the file as torch.jit.save wrote it.");
    }
    if (method != STORED && method != DEFLATED) {
      throw damaged("the record " + name + " uses compression method " + method);
    }
    if (local < 0 || compressed < 0 || size < 0 || local > directoryStart - LOCAL_SIZE) {
      throw damaged("the record " + name + " lies outside the file");
    }
    if (signature(local) != LOCAL_SIGNATURE) {
      throw damaged("the record " + name + " is not where the directory says");
    }
    int localNameLength = u16(local + 26);
    long data = local + LOCAL_SIZE + localNameLength + u16(local + 28);
    if (data > directoryStart || compressed > directoryStart - data) {
      throw damaged("the record " + name + " lies outside the file");
    }
    if (localNameLength != nameLength
        || MemorySegment.mismatch(
                file,
                at + CENTRAL_SIZE,
                at + CENTRAL_SIZE + nameLength,
                file,
                local + LOCAL_SIZE,
                local + LOCAL_SIZE + nameLength)
            != -1) {
      throw damaged("the record " + name + " has another name in its own header");
    }
    if (method == STORED && size != compressed) {
      throw damaged("the stored record " + name + " has two sizes");
    }
    if (method == DEFLATED
        && (size > MAX_INFLATED_ENTRY || size > (compressed + 16) * MAX_DEFLATE_RATIO)) {
      throw damaged("the record " + name + " claims to inflate to " + size + " bytes");
    }
    if (entries.put(name, new Entry(name, method, crc, data, compressed, size)) != null) {
      throw damaged("it has two records named " + name);
    }
    spans.add(new long[] {local, data + compressed});
    return at + CENTRAL_SIZE + nameLength + extraLength + u16(at + 32);
  }

  /**
   * Size, compressed size and local header offset, from the Zip64 extra field where the 32-bit ones
   * are full.
   */
  private long[] zip64Fields(String name, long at, long extra, int extraLength) {
    long[] fields = {u32(at + 24), u32(at + 20), u32(at + 42)};
    boolean full = fields[0] == 0xffffffffL || fields[1] == 0xffffffffL || fields[2] == 0xffffffffL;
    if (!full) {
      return fields;
    }
    long end = extra + extraLength;
    for (long p = extra; p + 4 <= end; p += 4 + u16(p + 2)) {
      if (u16(p) != 1) {
        continue;
      }
      long q = p + 4;
      for (int i = 0; i < 3; i++) {
        if (fields[i] == 0xffffffffL) {
          if (q + 8 > Math.min(end, p + 4 + u16(p + 2))) {
            throw damaged("the record " + name + " has an incomplete Zip64 field");
          }
          fields[i] = file.get(U64, q);
          q += 8;
        }
      }
      return fields;
    }
    return fields;
  }

  private void requireDisjoint(List<long[]> spans) {
    spans.sort(Comparator.comparingLong(s -> s[0]));
    for (int i = 1; i < spans.size(); i++) {
      if (spans.get(i)[0] < spans.get(i - 1)[1]) {
        throw damaged("two of its records overlap");
      }
    }
  }

  private int signature(long at) {
    return file.get(U32, at);
  }

  private int u16(long at) {
    return file.get(U16, at) & 0xffff;
  }

  private long u32(long at) {
    return file.get(U32, at) & 0xffffffffL;
  }

  private byte[] bytes(long at, int length) {
    return file.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
  }

  private UserException damaged(String why) {
    return new UserException(
        "The archive "
            + displayName
            + " is damaged: "
            + why
            + ". Copy it again or export the model again.");
  }
}
