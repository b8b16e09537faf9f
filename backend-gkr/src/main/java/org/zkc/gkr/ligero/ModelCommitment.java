package org.zkc.gkr.ligero;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.zkc.gkr.code.CircleCode;
import org.zkc.gkr.hash.ColumnHasher;
import org.zkc.gkr.hash.Digests;
import org.zkc.gkr.hash.MerkleTree;
import org.zkc.gkr.kernel.Workers;

/**
 * A commitment whose codewords lie in a memory-mapped file, column-major, so that opening a column
 * reads one run.
 *
 * <p>File, little-endian: magic (8 bytes), format version, width, rows, zero (4 bytes each), root
 * (32), zeros up to {@link #HEADER_BYTES}; the digests of the 4 * width leaves, 32 bytes each; then
 * the columns, 4 * rows bytes each. It is a cache: everything in it follows from the model, and
 * {@link #openOrCreate} rebuilds it where it does not match.
 */
public final class ModelCommitment implements Commitment, AutoCloseable {
  static final int HEADER_BYTES = 4096;

  private static final long MAGIC = 0x65646f632e6b7a01L;
  private static final int VERSION = 1;
  private static final int ROOT_AT = 24;
  // Rows encoded before they are scattered to the columns: long enough runs, within this many
  // residues.
  private static final int BUFFER_BLOCKS = 4;
  private static final int BUFFER_RESIDUES = 1 << 24;
  private static final int TILE_COLUMNS = 16;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int width;
  private final int rows;
  private final MerkleTree tree;
  private final Path file;
  private final Arena arena;
  private final MemorySegment columns;

  private ModelCommitment(
      int width, int rows, MerkleTree tree, Path file, Arena arena, MemorySegment mapped) {
    this.width = width;
    this.rows = rows;
    this.tree = tree;
    this.file = file;
    this.arena = arena;
    this.columns = mapped.asSlice(columnsAt(width));
  }

  private static long columnsAt(int width) {
    return HEADER_BYTES + (long) Digests.BYTES * Commitment.columns(width);
  }

  private static long fileBytes(int width, int rows) {
    return columnsAt(width) + 4L * rows * Commitment.columns(width);
  }

  /**
   * Commits and writes {@code file}, replacing it at the end in one step.
   *
   * @param width a power of two, 2 to 2^20
   * @param rows at least 1
   */
  public static ModelCommitment create(
      Path file, int width, int rows, RowSource source, Workers workers) throws IOException {
    CircleCode code = CircleCode.ofDimension(width);
    Path parent = file.toAbsolutePath().getParent();
    Path building = Files.createTempFile(parent, file.getFileName().toString(), ".building");
    try {
      // Ctrl-C runs no finally block.
      building.toFile().deleteOnExit();
      try (Arena arena = Arena.ofShared();
          FileChannel channel =
              FileChannel.open(building, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        MemorySegment mapped =
            channel.map(FileChannel.MapMode.READ_WRITE, 0, fileBytes(width, rows), arena);
        Digests leaves = encode(code, rows, source, workers, mapped.asSlice(columnsAt(width)));
        MemorySegment.copy(leaves.words(), 0, mapped, INT, HEADER_BYTES, leaves.words().length);
        mapped.set(LONG, 0, MAGIC);
        mapped.set(INT, 8, VERSION);
        mapped.set(INT, 12, width);
        mapped.set(INT, 16, rows);
        MemorySegment.copy(
            MerkleTree.of(leaves).root(), 0, mapped, ValueLayout.JAVA_BYTE, ROOT_AT, Digests.BYTES);
      }
      Files.move(
          building, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(building);
    }
    return open(file);
  }

  private static Digests encode(
      CircleCode code, int rows, RowSource source, Workers workers, MemorySegment columns) {
    RowEncoder encoder = new RowEncoder(code, rows, source, workers);
    int n = code.length();
    int blockResidues = ColumnHasher.BLOCK_ROWS * n;
    int buffered = Math.clamp(BUFFER_RESIDUES / blockResidues, 1, BUFFER_BLOCKS);
    int[] buffer = new int[buffered * blockResidues];
    ColumnHasher hasher = new ColumnHasher(n, rows);
    for (int from = 0; from < encoder.blocks(); from += buffered) {
      int count = Math.min(buffered, encoder.blocks() - from);
      int realRows = 0;
      for (int b = 0; b < count; b++) {
        encoder.encode(from + b, buffer, b * blockResidues);
        hasher.absorb(buffer, b * blockResidues, workers);
        realRows += encoder.rowsOf(from + b);
      }
      int run = realRows;
      int firstRow = from * ColumnHasher.BLOCK_ROWS;
      workers.forEach(
          Math.max(1, n / 1024),
          task -> {
            int step = Math.min(n, 1024);
            scatter(buffer, n, task * step, step, run, columns, rows, firstRow);
          });
    }
    return hasher.finish();
  }

  // Transposes columns [first, first + count) of `run` buffered rows into the file.
  private static void scatter(
      int[] buffer,
      int n,
      int first,
      int count,
      int run,
      MemorySegment columns,
      int rows,
      int firstRow) {
    int tileColumns = Math.min(TILE_COLUMNS, count);
    int[] tile = new int[tileColumns * run];
    for (int c = first; c < first + count; c += tileColumns) {
      for (int r = 0; r < run; r++) {
        for (int j = 0; j < tileColumns; j++) {
          tile[j * run + r] = buffer[r * n + c + j];
        }
      }
      for (int j = 0; j < tileColumns; j++) {
        MemorySegment.copy(
            tile, j * run, columns, INT, 4 * ((long) (c + j) * rows + firstRow), run);
      }
    }
  }

  /**
   * Opens a file that {@link #create} wrote.
   *
   * @throws IOException when it cannot be read or is not such a file; its leaves must lead to the
   *     root it names
   */
  @SuppressWarnings(
      "MustBeClosedChecker") // the commitment that is returned owns the arena and closes it
  public static ModelCommitment open(Path file) throws IOException {
    Arena arena = Arena.ofShared();
    boolean opened = false;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() < HEADER_BYTES) {
        throw new IOException(file + " is not a code file: it has " + channel.size() + " bytes");
      }
      MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      if (mapped.get(LONG, 0) != MAGIC || mapped.get(INT, 8) != VERSION) {
        throw new IOException(file + " is not a code file of format version " + VERSION);
      }
      int width = mapped.get(INT, 12);
      int rows = mapped.get(INT, 16);
      if (width < 2
          || Integer.bitCount(width) != 1
          || width > 1 << 20
          || rows < 1
          || channel.size() != fileBytes(width, rows)) {
        throw new IOException(
            file + " is damaged: its size does not fit " + rows + " rows of " + width);
      }
      Digests leaves = new Digests(Commitment.columns(width));
      MemorySegment.copy(mapped, INT, HEADER_BYTES, leaves.words(), 0, leaves.words().length);
      MerkleTree tree = MerkleTree.of(leaves);
      byte[] root = mapped.asSlice(ROOT_AT, Digests.BYTES).toArray(ValueLayout.JAVA_BYTE);
      if (!Arrays.equals(root, tree.root())) {
        throw new IOException(file + " is damaged: its digests do not lead to its root");
      }
      ModelCommitment commitment = new ModelCommitment(width, rows, tree, file, arena, mapped);
      opened = true;
      return commitment;
    } finally {
      if (!opened) {
        arena.close();
      }
    }
  }

  /**
   * The commitment with this root: from {@code file} when it is one, else made anew from the rows
   * and written there.
   *
   * @throws IOException when the file cannot be read or written, or the rows do not lead to {@code
   *     root}
   */
  public static ModelCommitment openOrCreate(
      Path file, byte[] root, int width, int rows, RowSource source, Workers workers)
      throws IOException {
    if (Files.exists(file)) {
      try {
        ModelCommitment existing = open(file);
        if (existing.width == width
            && existing.rows == rows
            && Arrays.equals(existing.root(), root)) {
          return existing;
        }
        existing.close();
      } catch (IOException notACodeFile) {
        // Falls through: a cache that does not match is replaced; what cannot be written fails
        // below.
      }
    }
    ModelCommitment made = create(file, width, rows, source, workers);
    if (!Arrays.equals(made.root(), root)) {
      made.close();
      throw new IOException(
          "the model's rows do not lead to the root of the verifier key: "
              + file
              + " was made of other weights");
    }
    return made;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public byte[] root() {
    return tree.root();
  }

  /**
   * {@inheritDoc}
   *
   * @throws UncheckedIOException when the file's columns are not those that were committed to: no
   *     proof comes of a damaged file
   */
  @Override
  public ColumnOpening open(int[] indices) {
    byte[] multiproof = tree.multiproof(indices);
    int[] opened = new int[Math.multiplyExact(rows, indices.length)];
    for (int q = 0; q < indices.length; q++) {
      MemorySegment.copy(columns, INT, 4L * rows * indices[q], opened, q * rows, rows);
    }
    ColumnOpening opening = new ColumnOpening(opened, multiproof);
    Digests leaves = opening.leaves(rows);
    for (int q = 0; q < indices.length; q++) {
      if (!Arrays.equals(leaves.get(q), tree.leaves().get(indices[q]))) {
        throw new UncheckedIOException(
            new IOException(file + " is damaged: delete it and prove again, which makes it anew"));
      }
    }
    return opening;
  }

  public Path file() {
    return file;
  }

  /** Unmaps the file; no opening afterwards. */
  @Override
  public void close() {
    arena.close();
  }
}
