package org.zkc.gkr.prove.commitment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.zkc.gkr.hash.Digests;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.ligero.ColumnOpening;

/**
 * A commitment whose codewords lie in a {@link CodewordFile}. An opening reads the queried columns
 * from the file. The file is a cache: its content follows from the model, and {@link #openOrCreate}
 * rebuilds a file that does not match.
 */
public final class ModelCommitment implements Commitment, AutoCloseable {
  private final CodewordFile file;

  private ModelCommitment(CodewordFile file) {
    this.file = file;
  }

  /**
   * Commits and writes {@code file}, replacing it at the end in one step.
   *
   * @param width a power of two, 2 to 2^20
   * @param rows at least 1
   */
  public static ModelCommitment create(
      Path file, int width, int rows, RowSource source, Workers workers) throws IOException {
    CodewordFile.write(file, width, rows, source, workers);
    return open(file);
  }

  /**
   * Opens a file that {@link #create} wrote.
   *
   * @throws IOException when it cannot be read or is not such a file; its leaves must lead to the
   *     root it names
   */
  public static ModelCommitment open(Path file) throws IOException {
    return new ModelCommitment(CodewordFile.open(file));
  }

  /**
   * The commitment with this root in {@code file}; empty when the file is absent, unreadable or
   * another's.
   */
  public static Optional<ModelCommitment> find(Path file, byte[] root, int width, int rows) {
    ModelCommitment existing;
    try {
      existing = open(file);
    } catch (IOException notACodeFile) {
      return Optional.empty();
    }
    if (existing.width() == width
        && existing.rows() == rows
        && Arrays.equals(existing.root(), root)) {
      return Optional.of(existing);
    }
    existing.close();
    return Optional.empty();
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
    Optional<ModelCommitment> found = find(file, root, width, rows);
    if (found.isPresent()) {
      return found.get();
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
    return file.width();
  }

  @Override
  public int rows() {
    return file.rows();
  }

  @Override
  public byte[] root() {
    return file.tree().root();
  }

  /**
   * {@inheritDoc}
   *
   * @throws UncheckedIOException when the file cannot be read, or its columns are not those that
   *     were committed to: a damaged file yields no proof
   */
  @Override
  public ColumnOpening open(int[] indices) {
    byte[] multiproof = file.tree().multiproof(indices);
    ColumnOpening opening;
    try {
      opening = new ColumnOpening(file.columns(indices), multiproof);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Digests leaves = opening.leaves(file.rows());
    for (int q = 0; q < indices.length; q++) {
      if (!Arrays.equals(leaves.get(q), file.tree().leaves().get(indices[q]))) {
        throw new UncheckedIOException(
            new IOException(
                file.path() + " is damaged: delete it and prove again, which makes it anew"));
      }
    }
    return opening;
  }

  public Path file() {
    return file.path();
  }

  /** Closes the file; no opening afterwards. */
  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
