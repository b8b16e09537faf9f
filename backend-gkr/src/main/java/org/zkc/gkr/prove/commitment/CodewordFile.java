package org.zkc.gkr.prove.commitment;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.UUID;
import org.zkc.gkr.code.CircleCode;
import org.zkc.gkr.hash.ColumnHasher;
import org.zkc.gkr.hash.Digests;
import org.zkc.gkr.hash.MerkleTree;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.ligero.ColumnOpening;
import org.zkc.gkr.ligero.Columns;

/**
 * The file of a model's codewords: written front to back while the rows are encoded, read by
 * column. Neither side ever holds more of it than one block of rows.
 *
 * <p>File, little-endian: magic (8 bytes), format version, width, rows, rows of a block (4 bytes
 * each), root (32), zeros up to {@link #HEADER_BYTES}; the digests of the 4 * width leaves, 32
 * bytes each; then blocks of rows, the last one perhaps shorter, each column-major in residues of 4
 * bytes. A column is one run in each block: long enough that reading it costs few accesses, while a
 * block still fits in the buffer that turns rows into columns.
 */
public final class CodewordFile implements AutoCloseable {
  public static final int HEADER_BYTES = 4096;

  private static final long MAGIC = 0x65646f632e6b7a01L;
  private static final int VERSION = 2;
  private static final int ROOT_AT = 24;

  /** Residues of a block: 128 MiB outside the heap while the file is written. */
  private static final int BLOCK_RESIDUES = 1 << 25;

  /** Hash blocks encoded before they are turned into columns, within this many residues. */
  private static final int STAGED_BLOCKS = 4;

  private static final int STAGED_RESIDUES = 1 << 24;

  /** The stage takes at most one part of the heap in so many, as far as one block fits. */
  private static final int STAGED_SHARE = 16;

  private static final int TILE_COLUMNS = 16;
  private static final int TASK_COLUMNS = 1024;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path path;
  private final FileChannel channel;
  private final int width;
  private final int rows;
  private final int blockRows;
  private final MerkleTree tree;

  private CodewordFile(
      Path path, FileChannel channel, int width, int rows, int blockRows, MerkleTree tree) {
    this.path = path;
    this.channel = channel;
    this.width = width;
    this.rows = rows;
    this.blockRows = blockRows;
    this.tree = tree;
  }

  Path path() {
    return path;
  }

  int width() {
    return width;
  }

  int rows() {
    return rows;
  }

  /** The tree over the digests that the file holds. */
  MerkleTree tree() {
    return tree;
  }

  /** Rows of a block: a multiple of what the hasher takes at a time. */
  private static int blockRows(int width) {
    int rows = BLOCK_RESIDUES / Columns.count(width);
    return Math.max(ColumnHasher.BLOCK_ROWS, rows - rows % ColumnHasher.BLOCK_ROWS);
  }

  private static long columnsAt(int width) {
    return HEADER_BYTES + (long) Digests.BYTES * Columns.count(width);
  }

  private static long fileBytes(int width, int rows) {
    return columnsAt(width) + 4L * rows * Columns.count(width);
  }

  /** Encodes the rows into {@code path}, which is replaced at the end in one step. */
  public static void write(Path path, int width, int rows, RowSource source, Workers workers)
      throws IOException {
    write(path, width, rows, blockRows(width), source, workers);
  }

  /**
   * {@link #write(Path, int, int, RowSource, Workers)} in blocks of {@code blockRows} rows, a
   * multiple of {@link ColumnHasher#BLOCK_ROWS}.
   */
  public static void write(
      Path path, int width, int rows, int blockRows, RowSource source, Workers workers)
      throws IOException {
    CircleCode code = CircleCode.ofDimension(width);
    // The JDK's temporary files are readable by their owner alone. This file is not one of them,
    // because every user who may read the model may read its codeword.
    Path building =
        path.resolveSibling("%s.%s.building".formatted(path.getFileName(), UUID.randomUUID()));
    try {
      // Ctrl-C runs no finally block.
      building.toFile().deleteOnExit();
      try (NewFile file = NewFile.create(building, fileBytes(width, rows));
          Arena arena = Arena.ofShared()) {
        Digests leaves = encode(code, rows, blockRows, source, workers, file, arena);
        MemorySegment head = arena.allocate(columnsAt(width), NewFile.ALIGNMENT);
        ByteBuffer header = head.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(MAGIC).putInt(VERSION).putInt(width).putInt(rows).putInt(blockRows);
        header.put(ROOT_AT, MerkleTree.of(leaves).root());
        header.position(HEADER_BYTES).asIntBuffer().put(leaves.words());
        file.write(head, 0);
      }
      Files.move(
          building, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(building);
    }
  }

  private static Digests encode(
      CircleCode code,
      int rows,
      int blockRows,
      RowSource source,
      Workers workers,
      NewFile file,
      Arena arena)
      throws IOException {
    RowEncoder encoder = new RowEncoder(code, rows, source, workers);
    int n = code.length();
    int stageResidues = ColumnHasher.BLOCK_ROWS * n;
    // A small heap stages less; the file is the same.
    long room = Runtime.getRuntime().maxMemory() / (STAGED_SHARE * Integer.BYTES);
    long residues = Math.min(STAGED_RESIDUES, room);
    int staged = (int) Math.clamp(residues / stageResidues, 1, STAGED_BLOCKS);
    int[] stage = new int[Math.min(staged, encoder.blocks()) * stageResidues];
    ColumnHasher hasher = new ColumnHasher(n, rows);
    code.expect(rows);
    hasher.expectAll();
    MemorySegment columns = arena.allocate(4L * Math.min(rows, blockRows) * n, NewFile.ALIGNMENT);
    try (BackgroundWriter writer = new BackgroundWriter(file)) {
      for (int blockAt = 0; blockAt < rows; blockAt += blockRows) {
        int count = Math.min(blockRows, rows - blockAt);
        int done = 0;
        while (done < count) {
          int run = 0;
          for (int b = 0; b < staged && done + run < count; b++) {
            int block = (blockAt + done + run) / ColumnHasher.BLOCK_ROWS;
            encoder.encode(
                block * ColumnHasher.BLOCK_ROWS, encoder.rowsOf(block), stage, b * stageResidues);
            hasher.absorb(stage, b * stageResidues, encoder.rowsOf(block), workers);
            run += encoder.rowsOf(block);
          }
          int turned = run;
          int firstRow = done;
          // The disk works while rows are encoded, and has the block before these are turned into
          // it.
          writer.await();
          workers.forEach(
              (n + TASK_COLUMNS - 1) / TASK_COLUMNS,
              task -> turn(stage, n, task * TASK_COLUMNS, turned, columns, count, firstRow));
          done += run;
        }
        writer.write(
            columns.asSlice(0, 4L * count * n), columnsAt(code.dimension()) + 4L * blockAt * n);
      }
      writer.await();
    }
    return hasher.finish();
  }

  // Writes TASK_COLUMNS columns of `run` staged rows to rows [firstRow, firstRow + run) of a block
  // of `rows` rows.
  private static void turn(
      int[] stage, int n, int first, int run, MemorySegment columns, int rows, int firstRow) {
    int end = Math.min(n, first + TASK_COLUMNS);
    int tileColumns = Math.min(TILE_COLUMNS, n);
    int[] tile = new int[tileColumns * run];
    for (int c = first; c < end; c += tileColumns) {
      for (int r = 0; r < run; r++) {
        for (int j = 0; j < tileColumns; j++) {
          tile[j * run + r] = stage[r * n + c + j];
        }
      }
      for (int j = 0; j < tileColumns; j++) {
        MemorySegment.copy(
            tile, j * run, columns, INT, 4 * ((long) (c + j) * rows + firstRow), run);
      }
    }
  }

  private static void readFully(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
    long position = at;
    while (bytes.hasRemaining()) {
      int count = channel.read(bytes, position);
      if (count < 0) {
        throw new EOFException("the file ends at byte " + position);
      }
      position += count;
    }
  }

  /**
   * Opens a file that {@link #write} wrote.
   *
   * @throws IOException when it cannot be read or is not such a file; its leaves must lead to the
   *     root it names
   */
  static CodewordFile open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    boolean opened = false;
    try {
      CodewordFile file = decode(path, channel);
      opened = true;
      return file;
    } finally {
      if (!opened) {
        channel.close();
      }
    }
  }

  private static CodewordFile decode(Path path, FileChannel channel) throws IOException {
    if (channel.size() < HEADER_BYTES) {
      throw new IOException(path + " is not a code file: it has " + channel.size() + " bytes");
    }
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    readFully(channel, header, 0);
    header.flip();
    if (header.getLong() != MAGIC || header.getInt() != VERSION) {
      throw new IOException(path + " is not a code file of format version " + VERSION);
    }
    int width = header.getInt();
    int rows = header.getInt();
    int blockRows = header.getInt();
    if (width < 2
        || Integer.bitCount(width) != 1
        || width > 1 << 20
        || rows < 1
        || blockRows < 1
        || channel.size() != fileBytes(width, rows)) {
      throw new IOException(
          path + " is damaged: its size does not fit " + rows + " rows of " + width);
    }
    Digests leaves = new Digests(Columns.count(width));
    ByteBuffer digests =
        ByteBuffer.allocate(4 * leaves.words().length).order(ByteOrder.LITTLE_ENDIAN);
    readFully(channel, digests, HEADER_BYTES);
    digests.flip().asIntBuffer().get(leaves.words());
    MerkleTree tree = MerkleTree.of(leaves);
    byte[] root = new byte[Digests.BYTES];
    header.get(ROOT_AT, root);
    if (!Arrays.equals(root, tree.root())) {
      throw new IOException(path + " is damaged: its digests do not lead to its root");
    }
    return new CodewordFile(path, channel, width, rows, blockRows, tree);
  }

  /** Columns one after the other, as {@link ColumnOpening} holds them. */
  int[] columns(int[] indices) throws IOException {
    int[] out = new int[Math.multiplyExact(rows, indices.length)];
    int n = Columns.count(width);
    ByteBuffer bytes =
        ByteBuffer.allocate(4 * Math.min(rows, blockRows)).order(ByteOrder.LITTLE_ENDIAN);
    for (int blockAt = 0, count; blockAt < rows; blockAt += count) {
      count = Math.min(blockRows, rows - blockAt);
      for (int q = 0; q < indices.length; q++) {
        bytes.clear().limit(4 * count);
        readFully(
            channel,
            bytes,
            columnsAt(width) + 4 * ((long) blockAt * n + (long) indices[q] * count));
        bytes.flip().asIntBuffer().get(out, q * rows + blockAt, count);
      }
    }
    return out;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
