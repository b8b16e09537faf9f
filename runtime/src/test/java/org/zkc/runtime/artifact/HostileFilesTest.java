package org.zkc.runtime.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.file.ElementType;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.file.Port;
import org.zkc.gkr.statement.Statement;
import org.zkc.ir.UserException;
import org.zkc.runtime.bench.TinyModel;

/**
 * Key and model files made by somebody with bad intentions, who also knows how to write a checksum.
 */
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HostileFilesTest {
  private static final long SEED = 12;
  private static final int TABLE = 24;

  @TempDir private static Path folder;
  private static byte[] model;
  private static KeyFile key;

  @BeforeAll
  static void compile() throws IOException {
    TinyModel.write(folder.resolve("tiny.zkc"));
    model = Files.readAllBytes(folder.resolve("tiny.zkc"));
    key = KeyFile.decode(Files.readAllBytes(folder.resolve("tiny.vk")));
  }

  /** Key files are refused, or are other keys whose statements can be shown. */
  @Test
  void keyFiles() {
    byte[] bytes = key.encode();
    Random random = new Random(SEED);
    for (int trial = 0; trial < 1500; trial++) {
      byte[] altered = damaged(bytes, random);
      try {
        KeyFile other = KeyFile.decode(altered);
        assertTrue(Arrays.equals(altered, other.encode()), "seed " + SEED + " trial " + trial);
        show(other);
      } catch (VerificationFailure refused) {
        assertFalse(refused.getMessage().isEmpty());
      }
    }
  }

  /** Prints what the ends of every interval stand for, as verify does with a statement. */
  private static void show(KeyFile file) {
    for (boolean high : new boolean[] {false, true}) {
      Statement s =
          new Statement(
              ends(file, file.circuit().circuit().inputs(), high),
              ends(file, file.circuit().circuit().outputs(), high));
      PortArrays.inputs(file, s);
      PortArrays.outputs(file, s);
    }
  }

  private static List<int[]> ends(KeyFile file, List<Integer> tensors, boolean high) {
    List<int[]> out = new ArrayList<>();
    for (int t : tensors) {
      int[] elements = new int[(int) file.circuit().tensor(t).elementCount()];
      var interval = file.circuit().interval(t);
      Arrays.fill(elements, (int) (high ? interval.high() : interval.low()));
      out.add(elements);
    }
    return out;
  }

  @Test
  void aBooleanPortOfATensorThatIsNotBoolean() {
    Port honest = key.outputs().get(0);
    Port other = new Port(honest.name(), ElementType.I1, 1);
    byte[] bytes = new KeyFile(key.key(), key.inputs(), List.of(other)).encode();
    VerificationFailure e = assertThrows(VerificationFailure.class, () -> KeyFile.decode(bytes));
    assertTrue(e.getMessage().contains("i1 holds"), e.getMessage());
  }

  /** An axis that the tensor does not have, and a second array of one name. */
  @Test
  void portsThatArePartsOfNothing() {
    Port honest = key.inputs().getFirst();
    int rank = key.circuit().tensor(key.circuit().circuit().inputs().getFirst()).shape().size();
    KeyFile fits = key(part(honest, "x", rank - 1), key.outputs().getFirst());
    assertEquals(fits.inputs(), KeyFile.decode(fits.encode()).inputs());
    List<KeyFile> others =
        List.of(
            key(part(honest, "x", rank), key.outputs().getFirst()),
            key(part(honest, "x\u0000", 0), key.outputs().getFirst()),
            key(part(honest, "x", 0), part(key.outputs().getFirst(), "y", 1 << 20)));
    for (KeyFile other : others) {
      byte[] bytes = other.encode();
      assertThrows(VerificationFailure.class, () -> KeyFile.decode(bytes));
    }
  }

  private static KeyFile key(Port input, Port output) {
    return new KeyFile(key.key(), List.of(input), List.of(output), key.generation());
  }

  private static Port part(Port port, String whole, int axis) {
    return new Port(
        port.name(),
        port.elementType(),
        port.scale(),
        port.units(),
        port.unitRun(),
        Optional.of(new Port.Part(whole, axis)));
  }

  /** Two bytes a port, of which a parser would make an object; and fields that no key file has. */
  @Test
  void portsAndUnknownFieldsInBulk() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    byte[] honest = key.encode();
    for (byte[] unit : new byte[][] {{0x12, 0}, {0x1a, 0}, {0x0b, 8, 0, 0x0c}, {0x78, 1}}) {
      byte[] bytes = Arrays.copyOf(honest, 1 << 22);
      for (int k = honest.length; k < bytes.length; k++) {
        bytes[k] = unit[(k - honest.length) % unit.length];
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      assertThrows(VerificationFailure.class, () -> KeyFile.decode(bytes));
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertTrue(allocated < bytes.length, allocated + " bytes for units of " + unit.length);
    }
  }

  @Test
  void keyFilesLargerThanAnyKey() throws IOException {
    byte[] bytes = Arrays.copyOf(key.encode(), KeyFile.MOST_BYTES + 1);
    VerificationFailure e = assertThrows(VerificationFailure.class, () -> KeyFile.decode(bytes));
    assertTrue(e.getMessage().contains("at most"), e.getMessage());
    Path file = folder.resolve("large.vk");
    Files.write(file, bytes);
    UserException unread = assertThrows(UserException.class, () -> SmallFiles.readKey(file));
    assertTrue(unread.getMessage().contains("no key is that large"), unread.getMessage());
    assertEquals(bytes.length, SmallFiles.readProof(file).length);
  }

  /** Model files with damage in a section and its checksum made right. */
  @Test
  void modelFilesWithRightChecksums() throws IOException {
    Path file = folder.resolve("hostile.zkc");
    Random random = new Random(SEED);
    ByteBuffer table = ByteBuffer.wrap(model).order(ByteOrder.LITTLE_ENDIAN);
    int opened = 0;
    for (int trial = 0; trial < 600; trial++) {
      int entry = TABLE + 24 * (trial % 3);
      int offset = (int) table.getLong(entry);
      int length = (int) table.getLong(entry + 8);
      byte[] altered = model.clone();
      byte[] section = Arrays.copyOfRange(model, offset, offset + length);
      for (int k = 0; k < 1 + random.nextInt(3); k++) {
        section[random.nextInt(length)] = (byte) random.nextInt(256);
      }
      System.arraycopy(section, 0, altered, offset, length);
      CRC32C sum = new CRC32C();
      sum.update(section);
      ByteBuffer.wrap(altered).order(ByteOrder.LITTLE_ENDIAN).putLong(entry + 16, sum.getValue());
      Files.write(file, altered);
      try {
        ModelFile.open(file);
        opened++;
      } catch (UserException e) {
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
      }
    }
    assertTrue(opened > 0, "some damage is only another name or summary");
  }

  private static byte[] damaged(byte[] bytes, Random random) {
    byte[] values = {0, 1, 2, 0x7f, (byte) 0x80, (byte) 0xff};
    byte[] out = bytes.clone();
    if (random.nextBoolean()) {
      for (int k = 0; k < 1 + random.nextInt(3); k++) {
        out[12 + random.nextInt(out.length - 12)] = values[random.nextInt(values.length)];
      }
      return out;
    }
    // The ports lie behind the key proper.
    int at = out.length - 1 - random.nextInt(Math.min(60, out.length - 13));
    out[at] = (byte) random.nextInt(256);
    return out;
  }
}
