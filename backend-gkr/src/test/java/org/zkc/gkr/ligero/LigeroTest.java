package org.zkc.gkr.ligero;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.field.RandomElements;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.prove.commitment.CodewordFile;
import org.zkc.gkr.prove.commitment.ModelCommitment;
import org.zkc.gkr.prove.commitment.RowSource;
import org.zkc.gkr.prove.commitment.WitnessCommitment;

class LigeroTest {
  private static final int WIDTH = 64;
  private static final int ROWS = 37;

  @TempDir Path folder;

  private final RandomElements random = new RandomElements(23);
  private final int[][] matrix = new int[ROWS][];
  private final ExtVector coefficients;
  private final int[] indices = Columns.distinct(new int[] {200, 3, 3, 77, 0, 255, 128});

  LigeroTest() {
    for (int r = 0; r < ROWS; r++) {
      // Rows may be shorter than the width: the rest is zero.
      matrix[r] = random.residues(r % 3 == 0 ? WIDTH : WIDTH - 5);
    }
    coefficients = random.vector(ROWS);
  }

  private void row(int row, int[] target, int at) {
    System.arraycopy(matrix[row], 0, target, at, matrix[row].length);
  }

  private ExtVector combination() {
    ExtVector u = new ExtVector(WIDTH);
    for (int r = 0; r < ROWS; r++) {
      Kernels.best().addScaledBase(u, coefficients.get(r), matrix[r], 0, matrix[r].length);
    }
    return u;
  }

  private WitnessCommitment committed() {
    return WitnessCommitment.commit(WIDTH, ROWS, this::row, Workers.callerOnly());
  }

  private void check(byte[] root, ExtVector u, ColumnOpening opening) {
    LigeroVerifier.check("test", root, WIDTH, ROWS, coefficients, u, indices, opening);
  }

  @Test
  void anHonestOpeningIsAccepted() {
    WitnessCommitment commitment = committed();
    check(commitment.root(), combination(), commitment.open(indices));
    assertArrayEquals(new int[] {0, 3, 77, 128, 200, 255}, indices);
  }

  @Test
  void alteredOpeningsAreRejected() {
    WitnessCommitment commitment = committed();
    ColumnOpening honest = commitment.open(indices);
    byte[] root = commitment.root();
    ExtVector u = combination();
    for (int k = 0; k < WIDTH; k += 7) {
      ExtVector altered = u.copy();
      altered.set(k, altered.get(k).add(new Ext(0, 0, 1, 0)));
      assertThrows(
          VerificationFailure.class, () -> check(root, altered, honest), "combination " + k);
    }
    for (int at = 0; at < honest.columns().length; at += 11) {
      int[] columns = honest.columns().clone();
      columns[at] = M31.add(columns[at], 1);
      assertRejected(
          root, u, new ColumnOpening(columns, honest.multiproof()), "column element " + at);
    }
    int[] swapped = honest.columns().clone();
    int first = swapped[0];
    swapped[0] = swapped[ROWS];
    swapped[ROWS] = first;
    assertRejected(
        root, u, new ColumnOpening(swapped, honest.multiproof()), "elements moved between columns");
    int length = honest.columns().length;
    assertRejected(
        root,
        u,
        new ColumnOpening(Arrays.copyOf(honest.columns(), length - ROWS), honest.multiproof()),
        "a column less");
    assertRejected(
        root,
        u,
        new ColumnOpening(Arrays.copyOf(honest.columns(), length + 1), honest.multiproof()),
        "an element more");
    assertRejected(root, u, new ColumnOpening(new int[0], honest.multiproof()), "no columns");
    byte[] other = root.clone();
    other[5] ^= 1;
    assertRejected(other, u, honest, "another root");
    assertThrows(VerificationFailure.class, () -> check(root, u.slice(0, WIDTH - 1), honest));
  }

  private void assertRejected(byte[] root, ExtVector u, ColumnOpening opening, String change) {
    assertThrows(VerificationFailure.class, () -> check(root, u, opening), change);
  }

  @Test
  void residuesPastPAreRejectedBeforeAnythingIsHashed() {
    WitnessCommitment commitment = committed();
    ColumnOpening honest = commitment.open(indices);
    int[] columns = honest.columns().clone();
    columns[ROWS + 2] = M31.P;
    VerificationFailure failure =
        assertThrows(
            VerificationFailure.class,
            () ->
                check(
                    commitment.root(),
                    combination(),
                    new ColumnOpening(columns, honest.multiproof())));
    assertEquals("test column 3 row 2", failure.where());
  }

  @Test
  void aWrongCombinationFailsWhereverTheCodewordsDiffer() {
    // Rows changed after committing: the true combination of other rows, with columns of the
    // committed ones.
    WitnessCommitment commitment = committed();
    ColumnOpening honest = commitment.open(indices);
    matrix[4][9] = M31.add(matrix[4][9], 1);
    VerificationFailure combined =
        assertThrows(
            VerificationFailure.class, () -> check(commitment.root(), combination(), honest));
    assertEquals("test column 0", combined.where());
  }

  @Test
  void rowsThatChangedBetweenTwoEncodingsDoNotLeadToTheRoot() {
    WitnessCommitment commitment =
        WitnessCommitment.commit(WIDTH, ROWS, this::row, Workers.callerOnly(), 0);
    matrix[4][9] = M31.add(matrix[4][9], 1);
    VerificationFailure opened =
        assertThrows(
            VerificationFailure.class,
            () -> check(commitment.root(), combination(), commitment.open(indices)));
    assertEquals("test Merkle root", opened.where());
  }

  @Test
  void keptCodewordsOpenLikeThoseThatAreMadeAgain() {
    WitnessCommitment kept = committed();
    WitnessCommitment made =
        WitnessCommitment.commit(WIDTH, ROWS, this::row, Workers.callerOnly(), 0);
    assertArrayEquals(made.root(), kept.root());
    assertArrayEquals(made.open(indices).columns(), kept.open(indices).columns());
    assertArrayEquals(made.open(indices).multiproof(), kept.open(indices).multiproof());
  }

  @Test
  void theModelFileOpensLikeTheHeap() throws IOException {
    WitnessCommitment heap = committed();
    Path file = folder.resolve("model.zkc.code");
    try (ModelCommitment model =
        ModelCommitment.create(file, WIDTH, ROWS, this::row, Workers.callerOnly())) {
      assertArrayEquals(heap.root(), model.root());
      assertArrayEquals(heap.open(indices).columns(), model.open(indices).columns());
      assertArrayEquals(heap.open(indices).multiproof(), model.open(indices).multiproof());
    }
    try (ModelCommitment model = ModelCommitment.open(file)) {
      check(model.root(), combination(), model.open(indices));
    }
  }

  @Test
  void theFileIsTheSameForEveryThreadCount() throws IOException {
    // More rows than one buffer, several chunks of the hash.
    int rows = 300;
    RowSource source =
        (row, target, at) -> {
          for (int k = 0; k < WIDTH; k++) {
            target[at + k] = M31.mul(row + 1, 1_000_003 * (k + 1) % M31.P);
          }
        };
    Path one = folder.resolve("one");
    Path three = folder.resolve("three");
    byte[] root;
    try (ModelCommitment model =
        ModelCommitment.create(one, WIDTH, rows, source, Workers.callerOnly())) {
      root = model.root();
    }
    try (Workers workers = Workers.of(3)) {
      ModelCommitment.create(three, WIDTH, rows, source, workers).close();
      assertArrayEquals(root, WitnessCommitment.commit(WIDTH, rows, source, workers).root());
    }
    assertEquals(-1, Files.mismatch(one, three));
  }

  @Test
  void blocksOfRowsDoNotShow() throws IOException {
    // One block, several that end with the rows, several and a rest.
    int[] rowCounts = {ROWS, 32, ROWS};
    int[] blockRows = {48, 16, 16};
    for (int k = 0; k < rowCounts.length; k++) {
      int rows = rowCounts[k];
      Path file = folder.resolve("blocks");
      CodewordFile.write(file, WIDTH, rows, blockRows[k], this::row, Workers.callerOnly());
      ColumnOpening whole =
          WitnessCommitment.commit(WIDTH, rows, this::row, Workers.callerOnly()).open(indices);
      try (ModelCommitment model = ModelCommitment.open(file)) {
        ColumnOpening opened = model.open(indices);
        assertArrayEquals(whole.columns(), opened.columns(), "case " + k);
        assertArrayEquals(whole.multiproof(), opened.multiproof(), "case " + k);
      }
    }
  }

  @Test
  void anotherBlockSizeInTheHeaderOpensNothing() throws IOException {
    Path file = folder.resolve("model.zkc.code");
    CodewordFile.write(file, WIDTH, ROWS, 16, this::row, Workers.callerOnly());
    byte[] bytes = Files.readAllBytes(file);
    bytes[20] = 32;
    Files.write(file, bytes);
    try (ModelCommitment model = ModelCommitment.open(file)) {
      assertThrows(UncheckedIOException.class, () -> model.open(indices));
    }
    bytes[20] = 0;
    Files.write(file, bytes);
    assertThrows(IOException.class, () -> ModelCommitment.open(file));
  }

  @Test
  void aFileThatDoesNotMatchIsRebuilt() throws IOException {
    Path file = folder.resolve("model.zkc.code");
    byte[] root = committed().root();
    for (byte[] content :
        new byte[][] {null, new byte[3], new byte[CodewordFile.HEADER_BYTES + 10]}) {
      Files.deleteIfExists(file);
      if (content != null) {
        Files.write(file, content);
      }
      try (ModelCommitment model =
          ModelCommitment.openOrCreate(file, root, WIDTH, ROWS, this::row, Workers.callerOnly())) {
        assertArrayEquals(root, model.root());
      }
    }
    long modified = Files.getLastModifiedTime(file).toMillis();
    ModelCommitment.openOrCreate(file, root, WIDTH, ROWS, this::row, Workers.callerOnly()).close();
    assertEquals(
        modified, Files.getLastModifiedTime(file).toMillis(), "a matching file is used as it is");
    byte[] bytes = Files.readAllBytes(file);
    bytes[CodewordFile.HEADER_BYTES + 40] ^= 1;
    Files.write(file, bytes);
    assertThrows(IOException.class, () -> ModelCommitment.open(file), "damaged digests");
    matrix[0][0] = M31.add(matrix[0][0], 1);
    IOException other =
        assertThrows(
            IOException.class,
            () ->
                ModelCommitment.openOrCreate(
                    file, root, WIDTH, ROWS, this::row, Workers.callerOnly()));
    assertTrue(other.getMessage().contains("other weights"));
  }

  @Test
  void damagedColumnsAreNotOpened() throws IOException {
    Path file = folder.resolve("model.zkc.code");
    ModelCommitment.create(file, WIDTH, ROWS, this::row, Workers.callerOnly()).close();
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    int last = Columns.count(WIDTH) - 1;
    try (ModelCommitment model = ModelCommitment.open(file)) {
      model.open(new int[] {0, last - 1});
      UncheckedIOException damaged =
          assertThrows(UncheckedIOException.class, () -> model.open(new int[] {0, last}));
      assertTrue(damaged.getMessage().contains("damaged"), damaged.getMessage());
    }
  }

  @Test
  void nothingIsLeftWhenTheRowsFail() throws IOException {
    Path file = folder.resolve("model.zkc.code");
    RowSource failing =
        (row, target, at) -> {
          throw new IllegalStateException("row " + row);
        };
    assertThrows(
        IllegalStateException.class,
        () -> ModelCommitment.create(file, WIDTH, ROWS, failing, Workers.callerOnly()));
    try (var left = Files.list(folder)) {
      assertFalse(left.findAny().isPresent());
    }
  }
}
