package org.zkc.torchscript.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.zkc.ir.UserException;

class ZipArchiveTest {
  private static final byte[] CONTENT =
      "weights and more weights, weights".getBytes(StandardCharsets.US_ASCII);

  private static byte[] read(byte[] file, String name) {
    return ZipArchive.of("m.pt", MemorySegment.ofArray(file))
        .read(name)
        .orElseThrow()
        .toArray(ValueLayout.JAVA_BYTE);
  }

  private static String refusal(byte[] file, String name) {
    return assertThrows(UserException.class, () -> read(file, name)).getMessage();
  }

  private static int find(byte[] bytes, int signature, int from) {
    ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = from; i + 4 <= bytes.length; i++) {
      if (b.getInt(i) == signature) {
        return i;
      }
    }
    throw new AssertionError("signature not found");
  }

  private static int central(byte[] file) {
    return find(file, 0x02014b50, 0);
  }

  @Test
  void storedEntryIsASliceOfTheFile() {
    byte[] file = new ZipBytes().put("m/data/0", CONTENT).bytes();
    MemorySegment content =
        ZipArchive.of("m.pt", MemorySegment.ofArray(file)).read("m/data/0").orElseThrow();
    assertArrayEquals(CONTENT, content.toArray(ValueLayout.JAVA_BYTE));
    assertTrue(content.heapBase().isEmpty(), "read-only slices do not show their array");
    int at = new String(file, StandardCharsets.ISO_8859_1).indexOf("weights");
    assertEquals(at, content.address());
  }

  @Test
  void deflatedEntry() {
    assertArrayEquals(CONTENT, read(new ZipBytes().deflated().put("a", CONTENT).bytes(), "a"));
    assertArrayEquals(
        new byte[0], read(new ZipBytes().deflated().put("a", new byte[0]).bytes(), "a"));
  }

  @Test
  void missingEntryIsEmpty() {
    byte[] file = new ZipBytes().put("a", CONTENT).bytes();
    assertTrue(ZipArchive.of("m.pt", MemorySegment.ofArray(file)).read("b").isEmpty());
  }

  @Test
  void everyTruncationIsRefused() {
    byte[] file = new ZipBytes().put("a", CONTENT).put("b", CONTENT).bytes();
    for (int length = 0; length < file.length; length++) {
      byte[] part = Arrays.copyOf(file, length);
      assertTrue(refusal(part, "a").contains("damaged"), "length " + length);
    }
  }

  @Test
  void changedContentFailsTheChecksum() {
    byte[] file = new ZipBytes().put("a", CONTENT).bytes();
    file[new String(file, StandardCharsets.ISO_8859_1).indexOf("weights")] ^= 1;
    assertTrue(refusal(file, "a").contains("checksum"));
  }

  @Test
  void encryptedEntry() {
    byte[] file = new ZipBytes().put("a", CONTENT).bytes();
    file[central(file) + 8] |= 1;
    assertTrue(refusal(file, "a").contains("encrypted"));
  }

  @Test
  void otherCompressionMethod() {
    byte[] file = new ZipBytes().put("a", CONTENT).bytes();
    file[central(file) + 10] = 12;
    assertTrue(refusal(file, "a").contains("method 12"));
  }

  @Test
  void claimToInflateBeyondWhatDeflateCan() {
    byte[] file = new ZipBytes().deflated().put("a", CONTENT).bytes();
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(central(file) + 24, 200 << 20);
    assertTrue(refusal(file, "a").contains("claims to inflate"));
  }

  @Test
  void inflationStopsAtTheRecordedSize() {
    byte[] file = new ZipBytes().deflated().put("a", new byte[100_000]).bytes();
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(central(file) + 24, 50);
    assertTrue(refusal(file, "a").contains("recorded size"));
  }

  @Test
  void duplicateNames() {
    byte[] file = new ZipBytes().put("a", CONTENT).put("b", CONTENT).bytes();
    int second = find(file, 0x04034b50, 1);
    file[second + 30] = 'a';
    file[find(file, 0x02014b50, central(file) + 1) + 46] = 'a';
    assertTrue(refusal(file, "a").contains("two records named a"));
  }

  @Test
  void overlappingEntries() {
    byte[] file = new ZipBytes().put("a", CONTENT).put("b", CONTENT).bytes();
    ByteBuffer b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int first = central(file);
    int longer = CONTENT.length + 5;
    b.putInt(first + 20, longer).putInt(first + 24, longer);
    assertTrue(refusal(file, "a").contains("overlap"));
  }

  @Test
  void nameInLocalHeaderMustAgree() {
    byte[] file = new ZipBytes().put("abc", CONTENT).bytes();
    file[31] = 'x';
    assertTrue(refusal(file, "abc").contains("another name"));
  }

  @Test
  void zip64SizesAndDirectory() {
    byte[] content = {1, 2, 3, 4, 5};
    byte[] file = Zip64Bytes.of("m/data/0", content);
    assertArrayEquals(content, read(file, "m/data/0"));
  }
}
