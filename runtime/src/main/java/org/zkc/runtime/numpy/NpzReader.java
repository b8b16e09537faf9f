package org.zkc.runtime.numpy;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.runtime.artifact.FileErrors;

/**
 * Reads {@code .npz} files (zip archives of {@code .npy} files, stored or deflated) in the order of
 * their directory.
 */
public final class NpzReader {
  private static final int ENTRY_LIMIT = 4096;

  /**
   * Bytes of all arrays together. A deflated file can stand for a thousand times its size; a
   * thousand images of 3 x 224 x 224 take 0.6 GB.
   */
  static final long MOST_BYTES = 1L << 31;

  /**
   * Bytes of all arrays of a file that came inside an archive: that many in any case, and so many
   * times its own. Samples are stored, or deflated to a fourth and more; zeros, which deflate to a
   * thousandth, would let an archive of half a megabyte take gigabytes.
   */
  private static final long FEWEST_BYTES = 1L << 26;

  private static final long MOST_INFLATION = 32;

  /** The bytes that the arrays of one file may still have. */
  private static final class Allowance {
    private final String file;
    private final long most;
    private long left;

    Allowance(String file, long most) {
      this.file = file;
      this.most = most;
      this.left = most;
    }

    private void take(long bytes) {
      left -= bytes;
      if (left < 0) {
        throw new UserException(
            "the arrays of %s take more than %d MB; use fewer samples, or one .npy file an input"
                .formatted(file, most >> 20));
      }
    }

    /** The stream, of which every byte read is taken. */
    InputStream of(InputStream in) {
      return new FilterInputStream(in) {
        @Override
        public int read() throws IOException {
          int b = in.read();
          take(b < 0 ? 0 : 1);
          return b;
        }

        @Override
        public int read(byte[] bytes, int from, int count) throws IOException {
          int n = in.read(bytes, from, count);
          take(Math.max(0, n));
          return n;
        }
      };
    }
  }

  private NpzReader() {}

  /**
   * Arrays by name, without {@code .npy}.
   *
   * @throws UserException when the file is missing or damaged, or an entry is not an array of
   *     numbers
   */
  public static SequencedMap<String, TensorData> read(Path file) {
    return read(file, MOST_BYTES);
  }

  static SequencedMap<String, TensorData> read(Path file, long most) {
    SequencedMap<String, TensorData> out = new LinkedHashMap<>();
    Allowance allowance = new Allowance(file.toString(), most);
    try (ZipFile zip = new ZipFile(file.toFile())) {
      if (zip.size() > ENTRY_LIMIT) {
        throw new UserException(
            "%s has %d entries; at most %d are read".formatted(file, zip.size(), ENTRY_LIMIT));
      }
      for (ZipEntry entry : Collections.list(zip.entries())) {
        CRC32 sum = new CRC32();
        try (InputStream in =
            new CheckedInputStream(new BufferedInputStream(zip.getInputStream(entry)), sum)) {
          add(out, entry, allowance.of(in), file.toString());
        }
        if (sum.getValue() != entry.getCrc()) {
          throw new ZipException("wrong checksum of " + entry.getName());
        }
      }
    } catch (ZipException e) {
      throw new UserException(
          "%s is not a NumPy .npz file or is damaged; save it with numpy.savez".formatted(file));
    } catch (IOException e) {
      throw FileErrors.unreadable(file, e);
    }
    return out;
  }

  /**
   * The same from bytes that came inside an archive; {@code name} is how errors call them. The
   * arrays take memory in proportion to the bytes.
   */
  public static SequencedMap<String, TensorData> read(byte[] bytes, String name) {
    SequencedMap<String, TensorData> out = new LinkedHashMap<>();
    long most = Math.max(FEWEST_BYTES, MOST_INFLATION * bytes.length);
    Allowance allowance = new Allowance(name, Math.min(MOST_BYTES, most));
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (out.size() == ENTRY_LIMIT) {
          throw new UserException("%s has more than %d entries".formatted(name, ENTRY_LIMIT));
        }
        add(out, entry, allowance.of(zip), name);
      }
    } catch (IOException e) {
      throw new UserException(
          "%s is not a NumPy .npz file or is damaged; save it with numpy.savez".formatted(name));
    }
    return out;
  }

  private static void add(Map<String, TensorData> out, ZipEntry entry, InputStream in, String file)
      throws IOException {
    String entryName = entry.getName();
    String name =
        entryName.endsWith(".npy") ? entryName.substring(0, entryName.length() - 4) : entryName;
    if (out.putIfAbsent(name, NpyReader.read(in, file + ":" + entryName)) != null) {
      throw new UserException("%s has two arrays named %s".formatted(file, name));
    }
  }
}
