package org.zkc.runtime.artifact;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.file.ElementType;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.file.Port;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.ir.Programs;
import org.zkc.ir.UserException;
import org.zkc.runtime.bench.TinyModel;
import org.zkc.runtime.compile.CompiledModel;
import org.zkc.runtime.emit.ModelTensor;

/**
 * Model and key files: what is written is read back, the bytes are reproducible, and damage is
 * always noticed.
 */
final class ModelFilesTest {
  @TempDir private static Path folder;
  private static Path modelPath;
  private static Path keyPath;
  private static CompiledModel.WithKeys written;
  private static byte[] modelBytes;
  private static byte[] keyBytes;

  @BeforeAll
  static void compile() throws IOException {
    modelPath = folder.resolve("tiny.zkc");
    written = TinyModel.write(modelPath);
    keyPath = folder.resolve("tiny.vk");
    modelBytes = Files.readAllBytes(modelPath);
    keyBytes = Files.readAllBytes(keyPath);
  }

  @Test
  void modelFilesReadBack() throws IOException {
    ModelFile read = ModelFile.open(modelPath);
    assertArrayEquals(keyBytes, read.keyFile().encode());
    assertTrue(Programs.equal(written.file().program(), read.program()));
    assertEquals(written.file().summary(), read.summary());
    assertEquals(written.file().origins(), read.origins());
    assertEquals(written.file().weights().tensors().size(), read.weights().tensors().size());
    for (int i = 0; i < read.weights().tensors().size(); i++) {
      ModelTensor expected = written.file().weights().tensors().get(i);
      ModelTensor actual = read.weights().tensors().get(i);
      assertEquals(expected.name(), actual.name());
      assertArrayEquals(expected.elements(), actual.elements(), actual.name());
    }
    Path again = folder.resolve("again.zkc");
    read.write(again);
    assertArrayEquals(modelBytes, Files.readAllBytes(again));
  }

  @Test
  void compilationIsReproducible() throws IOException {
    Path other = Files.createDirectories(folder.resolve("elsewhere")).resolve("other.zkc");
    TinyModel.compile().write(other, 2);
    assertArrayEquals(modelBytes, Files.readAllBytes(other));
    assertArrayEquals(
        keyBytes, Files.readAllBytes(folder.resolve("elsewhere").resolve("other.vk")));
    assertArrayEquals(
        Files.readAllBytes(ModelFile.codeFile(modelPath)),
        Files.readAllBytes(ModelFile.codeFile(other)));
  }

  @Test
  void nothingTemporaryIsLeft() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(
          List.of("tiny.vk", "tiny.zkc", "tiny.zkc.code"),
          files
              .filter(Files::isRegularFile)
              .map(f -> f.getFileName().toString())
              .filter(n -> n.startsWith("tiny") || n.endsWith(".part"))
              .sorted()
              .toList());
    }
  }

  /** Every byte of the file is under a checksum or is checked itself. */
  @Test
  void everyChangedByteOfAModelFileIsNoticed() throws IOException {
    Path damaged = folder.resolve("damaged.zkc");
    Random random = new Random(4);
    for (int round = 0; round < 400; round++) {
      byte[] bytes = modelBytes.clone();
      int at = round < 120 ? round : random.nextInt(bytes.length);
      bytes[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(damaged, bytes);
      boolean padding = isPadding(at);
      try {
        ModelFile.open(damaged);
        assertTrue(padding, "byte " + at);
      } catch (UserException e) {
        assertTrue(
            e.getMessage().contains("damaged.zkc") && !e.getMessage().contains("\n"),
            e.getMessage());
      }
    }
  }

  /** Whether the byte is one of the zeros between sections. */
  private static boolean isPadding(int at) {
    ByteBuffer b = ByteBuffer.wrap(modelBytes).order(ByteOrder.LITTLE_ENDIAN);
    boolean inside = at < 16 + 4 * 24;
    for (int s = 0; s < 4; s++) {
      long offset = b.getLong(16 + s * 24);
      long length = b.getLong(16 + s * 24 + 8);
      inside |= at >= offset && at < offset + length;
    }
    return !inside;
  }

  @Test
  void truncatedAndForeignModelFilesAreRefused() throws IOException {
    Path file = folder.resolve("bad.zkc");
    for (int length :
        new int[] {0, 1, 8, 15, 16, 111, 112, 200, modelBytes.length / 2, modelBytes.length - 1}) {
      Files.write(file, Arrays.copyOf(modelBytes, length));
      assertThrows(UserException.class, () -> ModelFile.open(file), "length " + length);
    }
    Files.write(file, Arrays.copyOf(modelBytes, modelBytes.length + 64));
    assertThrows(UserException.class, () -> ModelFile.open(file));
    byte[] other = modelBytes.clone();
    other[8] = 9;
    Files.write(file, other);
    UserException e = assertThrows(UserException.class, () -> ModelFile.open(file));
    assertTrue(e.getMessage().contains("version 9"), e.getMessage());
  }

  /**
   * No byte of a key can change without the key being refused or being another key: its digest
   * changes, its proofs fail.
   */
  @Test
  void everyChangedByteOfAKeyIsNoticed() {
    KeyFile key = KeyFile.decode(keyBytes);
    byte[] context = key.boundContext(new byte[0]);
    Random random = new Random(5);
    for (int at = 0; at < keyBytes.length; at++) {
      byte[] bytes = keyBytes.clone();
      bytes[at] ^= (byte) (1 << random.nextInt(8));
      try {
        KeyFile changed = KeyFile.decode(bytes);
        assertTrue(!changed.digest().equals(key.digest()), "byte " + at);
        boolean otherPorts = !Arrays.equals(context, changed.boundContext(new byte[0]));
        boolean otherKey = !Arrays.equals(key.key().digest(), changed.key().digest());
        assertTrue(otherPorts || otherKey, "byte " + at + " is bound to nothing");
      } catch (VerificationFailure e) {
        assertTrue(!e.getMessage().isEmpty());
      }
    }
  }

  /**
   * The subject of a proof must be printable without doubt: one name each, on one line, and
   * booleans that are booleans.
   */
  @Test
  void portsThatCannotBeShownAreRefused() {
    VerifierKey key =
        VerifierKey.of(
            CircuitCheck.check(
                new Circuit(
                    List.of(
                        TensorDeclaration.input(List.of(2), 0, 2),
                        TensorDeclaration.input(List.of(2), 0, 1),
                        TensorDeclaration.virtual(List.of(2), 0, 3)),
                    List.of(),
                    List.of(
                        new Affine(
                            2,
                            List.of(
                                new Affine.Term(0, 1, List.of()), new Affine.Term(1, 1, List.of())),
                            List.of())),
                    List.of(0, 1),
                    List.of(2))),
            new byte[0]);
    Port a = new Port("a", ElementType.I64, 1);
    Port flag = new Port("flag", ElementType.I1, 1);
    KeyFile.decode(new KeyFile(key, List.of(a, flag), List.of(a)).encode());
    Port accented = new Port("Gro\u0308\u00dfe 1_\u6570", ElementType.I64, 1);
    KeyFile.decode(new KeyFile(key, List.of(a, accented), List.of(a)).encode());
    for (List<Port> inputs :
        List.of(
            List.of(a, a),
            List.of(flag, a),
            List.of(a, new Port("x\n  model        0000", ElementType.I64, 1)),
            List.of(a, new Port("\u001b[2J", ElementType.I64, 1)),
            List.of(a, new Port("x\u2028model", ElementType.I64, 1)),
            List.of(a, new Port("x\u2029model", ElementType.I64, 1)),
            List.of(a, new Port("a\u3164", ElementType.I64, 1)),
            List.of(a, new Port("a\u115f", ElementType.I64, 1)),
            List.of(a, new Port("a\u2800", ElementType.I64, 1)),
            List.of(a, new Port("a\ufe0f", ElementType.I64, 1)),
            List.of(a, new Port("a\u00a0", ElementType.I64, 1)),
            List.of(a, new Port("a\u200d", ElementType.I64, 1)))) {
      byte[] bytes = new KeyFile(key, inputs, List.of(a)).encode();
      VerificationFailure f =
          assertThrows(VerificationFailure.class, () -> KeyFile.decode(bytes), inputs.toString());
      assertEquals(1, f.getMessage().lines().count(), f.getMessage());
    }
  }

  @Test
  void contextsDoNotCollide() {
    KeyFile key = KeyFile.decode(keyBytes);
    assertTrue(
        !Arrays.equals(key.boundContext(new byte[] {1}), key.boundContext(new byte[] {1, 0})));
  }
}
