package org.zkc.runtime.artifact;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.encoding.Envelope;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.file.ElementType;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.file.Port;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.ir.Programs;
import org.zkc.ir.UserException;
import org.zkc.runtime.bench.TinyModel;
import org.zkc.runtime.compile.CompiledModel;
import org.zkc.runtime.cost.CostEstimate;
import org.zkc.runtime.emit.ModelTensor;
import org.zkc.runtime.wire.ModelManifestMessage;

/**
 * Model and key files: what is written is read back, the bytes are reproducible, and damage is
 * always noticed.
 */
final class ModelFilesTest {
  /** The first byte of the table of sections. */
  private static final int TABLE = 24;

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
  void theLauncherFindsTheEstimateAtByte16() {
    long expected =
        Math.round(1000 * CostEstimate.of(written.file().keyFile().key()).proveSeconds());
    assertEquals(expected, written.file().proofMilliseconds());
    assertTrue(expected > 0);
    ByteBuffer bytes = ByteBuffer.wrap(modelBytes).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(expected, bytes.getLong(16));
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
    boolean inside = at < TABLE + 4 * 24;
    for (int s = 0; s < 4; s++) {
      long offset = b.getLong(TABLE + s * 24);
      long length = b.getLong(TABLE + s * 24 + 8);
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
    assertEquals(
        "%s has version 9 of the file format, which a newer zkc wrote; this one, %s, reads version 3: compile the model again"
            .formatted(file, ZkcVersion.text()),
        e.getMessage());
  }

  /** A program with an op that this version does not have, in a file without damage. */
  @Test
  void anotherVersionsFileNamesItsWriter() throws IOException {
    Path file = folder.resolve("older.zkc");
    ModelManifestMessage manifest = ModelManifestMessage.parseFrom(section(modelBytes, 0));
    assertEquals(ZkcVersion.text(), manifest.getWriter());
    byte[] program = section(modelBytes, 2);
    byte[] older = replaced(program, "requantize", "refinalize");
    Files.write(file, withSections(manifest.toBuilder().setWriter("zkc 0.0.7").build(), older));
    UserException e = assertThrows(UserException.class, () -> ModelFile.open(file));
    assertTrue(
        e.getMessage()
                .startsWith(
                    file + " was written by zkc 0.0.7, in a form that this zkc does not read (")
            && e.getMessage().contains("refinalize")
            && e.getMessage().endsWith("); compile the model again"),
        e.getMessage());
    Files.write(file, withSections(manifest.toBuilder().clearWriter().build(), older));
    e = assertThrows(UserException.class, () -> ModelFile.open(file));
    assertTrue(
        e.getMessage().contains("was written by a zkc that recorded no version yet, in a form"),
        e.getMessage());
    Files.write(file, withSections(manifest.toBuilder().setWriter("zkc 0.0.7").build(), program));
    assertTrue(Programs.equal(written.file().program(), ModelFile.open(file).program()));
  }

  private static byte[] section(byte[] file, int number) {
    ByteBuffer b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int offset = (int) b.getLong(TABLE + number * 24);
    return Arrays.copyOfRange(file, offset, offset + (int) b.getLong(TABLE + number * 24 + 8));
  }

  /** The file with another manifest and program, and the checksums of these. */
  private static byte[] withSections(ModelManifestMessage manifest, byte[] program) {
    List<byte[]> sections =
        List.of(manifest.toByteArray(), section(modelBytes, 1), program, section(modelBytes, 3));
    ByteBuffer file = ByteBuffer.allocate(2 * modelBytes.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put(modelBytes, 0, TABLE);
    int offset = 128;
    for (int s = 0; s < sections.size(); s++) {
      byte[] content = sections.get(s);
      CRC32C sum = new CRC32C();
      sum.update(content);
      file.putLong(TABLE + s * 24, offset).putLong(TABLE + s * 24 + 8, content.length);
      file.putLong(TABLE + s * 24 + 16, sum.getValue());
      file.put(offset, content);
      offset = (offset + content.length + 63) / 64 * 64;
    }
    return Arrays.copyOf(file.array(), offset);
  }

  private static byte[] replaced(byte[] bytes, String from, String to) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    assertTrue(text.contains(from) && from.length() == to.length(), from);
    return text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
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

  @Test
  void anotherVersionsKeySaysWhoWroteItAndWhatToDo() {
    byte[] other = keyBytes.clone();
    other[8] = 0;
    VerificationFailure e = assertThrows(VerificationFailure.class, () -> KeyFile.decode(other));
    assertEquals(
        "key file: expected format version 1, as this zkc reads, got version 0, which an older zkc"
            + " wrote: compile the model again",
        e.getMessage());
    other[8] = 2;
    e = assertThrows(VerificationFailure.class, () -> KeyFile.decode(other));
    assertTrue(
        e.getMessage().endsWith("version 2, which a newer zkc wrote: take that one"),
        e.getMessage());
    byte[] proof = Envelope.PROOF.wrap(new byte[0]);
    proof[4] = 1;
    e = assertThrows(VerificationFailure.class, () -> Envelope.PROOF.payload(proof));
    assertEquals(
        "file, proof: expected format version 4, as this zkc reads, got version 1, which an older"
            + " zkc wrote: prove again",
        e.getMessage());
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
