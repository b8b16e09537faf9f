package org.zkc.runtime.numpy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;

final class NumpyFilesTest {
  @TempDir private Path folder;

  private Path file(byte[] bytes) throws IOException {
    Path file = Files.createTempFile(folder, "array", ".npy");
    return Files.write(file, bytes);
  }

  private TensorData read(byte[] bytes) throws IOException {
    return NpyReader.read(file(bytes));
  }

  private void refused(String expected, byte[] bytes) throws IOException {
    Path file = file(bytes);
    UserException e = assertThrows(UserException.class, () -> NpyReader.read(file));
    assertTrue(e.getMessage().contains(expected), e.getMessage());
  }

  /** A file of version {@code major} with this header text. */
  private static byte[] npy(int major, String dictionary, byte[] elements) {
    byte[] text = (dictionary + "\n").getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer out =
        ByteBuffer.allocate(12 + text.length + elements.length).order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) major, 0});
    if (major == 1) {
      out.putShort((short) text.length);
    } else {
      out.putInt(text.length);
    }
    out.put(text).put(elements);
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  private static String header(String descr, boolean fortran, String shape) {
    return "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }"
        .formatted(descr, fortran ? "True" : "False", shape);
  }

  private static TensorData random(DType dtype, Shape shape, long seed) {
    Random random = new Random(seed);
    int n = (int) shape.elementCount();
    return switch (dtype) {
      case F32 -> {
        float[] e = new float[n];
        for (int i = 0; i < n; i++) {
          e[i] = Float.intBitsToFloat(random.nextInt());
        }
        yield TensorData.ofFloats(shape, e);
      }
      case F64, F16, BF16 -> TensorData.ofReals(dtype, shape, random.doubles(n).toArray());
      case I64 -> TensorData.ofLongs(dtype, shape, random.longs(n).toArray());
      case I32 ->
          TensorData.ofLongs(
              dtype, shape, random.longs(n, Integer.MIN_VALUE, Integer.MAX_VALUE).toArray());
      case I16 -> TensorData.ofLongs(dtype, shape, random.longs(n, -32768, 32768).toArray());
      case I8 -> TensorData.ofLongs(dtype, shape, random.longs(n, -128, 128).toArray());
      case U8 -> TensorData.ofLongs(dtype, shape, random.longs(n, 0, 256).toArray());
      case I1 -> TensorData.ofLongs(dtype, shape, random.longs(n, 0, 2).toArray());
      case U16 -> TensorData.ofLongs(dtype, shape, random.longs(n, 0, 1 << 16).toArray());
      case U32 -> TensorData.ofLongs(dtype, shape, random.longs(n, 0, 1L << 32).toArray());
      case U64 -> TensorData.ofLongs(dtype, shape, random.longs(n, 0, Long.MAX_VALUE).toArray());
    };
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"F16", "BF16", "U16", "U32", "U64"})
  void writtenArraysReadBackEqual(DType dtype) throws IOException {
    for (Shape shape :
        List.of(
            Shape.of(),
            Shape.of(1),
            Shape.of(0),
            Shape.of(7),
            Shape.of(2, 3, 4),
            Shape.of(3, 0, 2))) {
      TensorData array = random(dtype, shape, shape.hashCode());
      assertEquals(array, read(NpyWriter.encode(array)), dtype + " " + shape);
    }
  }

  /** The expected file is what numpy.save(np.array([1.5, -2], '<f4')) wrote, byte for byte. */
  @Test
  void writerAgreesWithNumpy() {
    String expected =
        "934e554d5059010076007b276465736372273a20273c6634272c2027666f727472616e5f6f72646572273a2046616c73652c20277368617065273a2028322c292c207d"
            + "20".repeat(60)
            + "0a0000c03f000000c0";
    byte[] bytes = NpyWriter.encode(TensorData.ofFloats(Shape.of(2), new float[] {1.5f, -2f}));
    assertEquals(expected, HexFormat.of().formatHex(bytes));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void everyVersionIsRead(int major) throws IOException {
    byte[] elements = {1, 0, 2, 0};
    assertArrayEquals(
        new long[] {1, 2}, read(npy(major, header("<i2", false, "(2,)"), elements)).toLongs());
  }

  @Test
  void bothByteOrdersAndBothLayouts() throws IOException {
    ByteBuffer big = ByteBuffer.allocate(24).order(ByteOrder.BIG_ENDIAN);
    for (int v : new int[] {0, 3, 1, 4, 2, 5}) {
      big.putInt(v);
    }
    TensorData array = read(npy(1, header(">i4", true, "(2, 3)"), big.array()));
    assertEquals(Shape.of(2, 3), array.shape());
    assertArrayEquals(new long[] {0, 1, 2, 3, 4, 5}, array.toLongs());
  }

  @Test
  void fortranOrderOfThreeAxes() throws IOException {
    // numpy.arange(24).reshape(2, 3, 4) in Fortran order.
    byte[] elements = new byte[24];
    int at = 0;
    for (int c = 0; c < 4; c++) {
      for (int b = 0; b < 3; b++) {
        for (int a = 0; a < 2; a++) {
          elements[at++] = (byte) (12 * a + 4 * b + c);
        }
      }
    }
    long[] expected = new long[24];
    for (int i = 0; i < 24; i++) {
      expected[i] = i;
    }
    assertArrayEquals(expected, read(npy(1, header("|i1", true, "(2, 3, 4)"), elements)).toLongs());
  }

  @Test
  void narrowTypesAreWidenedExactly() throws IOException {
    byte[] half = {0x00, 0x3e, 0x00, (byte) 0xc0, 0x00, 0x7c};
    assertArrayEquals(
        new float[] {1.5f, -2f, Float.POSITIVE_INFINITY},
        read(npy(1, header("<f2", false, "(3,)"), half)).toFloats());
    byte[] ones = {-1, -1, -1, -1};
    assertArrayEquals(
        new long[] {65535, 65535}, read(npy(1, header("<u2", false, "(2,)"), ones)).toLongs());
    assertArrayEquals(
        new long[] {4294967295L}, read(npy(1, header("<u4", false, "(1,)"), ones)).toLongs());
  }

  @Test
  void badFilesAreRefusedInOneSentence() throws IOException {
    byte[] good = NpyWriter.encode(random(DType.F32, Shape.of(3, 4), 1));
    refused("truncated", Arrays.copyOf(good, good.length - 1));
    refused("truncated", Arrays.copyOf(good, 50));
    refused("bytes after its array", Arrays.copyOf(good, good.length + 1));
    refused("not a NumPy file", new byte[0]);
    refused("not a NumPy file", "PK\3\4 something else".getBytes(StandardCharsets.UTF_8));
    refused("pickled Python objects", npy(1, header("|O", false, "(1,)"), new byte[8]));
    refused(
        "structured",
        npy(1, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", new byte[4]));
    refused("type '<c8'", npy(1, header("<c8", false, "(1,)"), new byte[8]));
    refused("type '<f16'", npy(1, header("<f16", false, "(1,)"), new byte[16]));
    refused("damaged NumPy header", npy(1, header("<f4", false, "(1, -2)"), new byte[4]));
    refused("damaged NumPy header", npy(1, header("<f4", false, "(1)(2)"), new byte[4]));
    refused(
        "damaged NumPy header",
        npy(1, "{'descr': __import__('os'), 'fortran_order': False, 'shape': ()}", new byte[4]));
    refused("version 4.0", npy(4, header("<f4", false, "(1,)"), new byte[4]));
    refused("neither 0 nor 1", npy(1, header("|b1", false, "(1,)"), new byte[] {2}));
    refused(
        "2^63", npy(1, header("<u8", false, "(1,)"), new byte[] {-1, -1, -1, -1, -1, -1, -1, -1}));
    UserException e =
        assertThrows(UserException.class, () -> NpyReader.read(folder.resolve("none.npy")));
    assertTrue(e.getMessage().startsWith("there is no file"), e.getMessage());
  }

  /** A header may claim any size; memory follows what the file really holds. */
  @Test
  void hugeClaimsCostNothing() throws IOException {
    refused("truncated", npy(1, header("<f4", false, "(200000000,)"), new byte[64]));
    refused("too large", npy(1, header("<f8", false, "(2000000000, 3)"), new byte[64]));
    refused(
        "out of range",
        npy(1, header("<f8", false, "(2000000000, 2000000000, 2000000000)"), new byte[64]));
    refused("out of range", npy(1, header("<f8", false, "(99999999999,)"), new byte[64]));
    byte[] longHeader = npy(2, header("<f4", false, "(1,)"), new byte[4]);
    ByteBuffer.wrap(longHeader).order(ByteOrder.LITTLE_ENDIAN).putInt(8, 0x7fffffff);
    refused("header of", longHeader);
  }

  /** Whatever a byte is changed to, the outcome is an array or a UserException. */
  @Test
  void mutatedFilesNeverCrash() throws IOException {
    byte[] good = NpyWriter.encode(random(DType.I16, Shape.of(2, 3), 1));
    Random random = new Random(11);
    for (int round = 0; round < 3000; round++) {
      byte[] bytes = good.clone();
      for (int k = 0; k <= random.nextInt(3); k++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        NpyReader.read(new ByteArrayInputStream(bytes), "array.npy");
      } catch (UserException e) {
        assertTrue(!e.getMessage().contains("\n"), e.getMessage());
      }
    }
  }

  @Test
  void npzRoundTripsInOrderAndDeterministically() throws IOException {
    SequencedMap<String, TensorData> arrays = new LinkedHashMap<>();
    arrays.put("second", random(DType.F32, Shape.of(3), 1));
    arrays.put("first", random(DType.I64, Shape.of(2, 2), 2));
    byte[] bytes = NpzWriter.encode(arrays);
    assertArrayEquals(bytes, NpzWriter.encode(arrays));
    assertEquals(
        List.copyOf(arrays.entrySet()), List.copyOf(NpzReader.read(bytes, "memory").entrySet()));
    Path file = folder.resolve("a.npz");
    Files.write(file, bytes);
    assertEquals(List.copyOf(arrays.entrySet()), List.copyOf(NpzReader.read(file).entrySet()));
    // Each array alone is small enough; both together are not.
    assertEquals(2, NpzReader.read(file, bytes.length).size());
    UserException e = assertThrows(UserException.class, () -> NpzReader.read(file, 200));
    assertTrue(e.getMessage().contains("take more than"), e.getMessage());
  }

  @Test
  void deflatedNpzIsRead() throws IOException {
    TensorData array = random(DType.F32, Shape.of(100), 5);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("x.npy"));
      zip.write(NpyWriter.encode(array));
    }
    Path file = folder.resolve("deflated.npz");
    Files.write(file, out.toByteArray());
    assertEquals(array, NpzReader.read(file).get("x"));
    assertEquals(array, NpzReader.read(out.toByteArray(), "memory").get("x"));
  }

  /** Half a megabyte inside an archive may not take half a gigabyte. */
  @Test
  void arraysInsideAnArchiveAreInProportionToTheirBytes() throws IOException {
    int rows = 17_000_000;
    String text = "{'descr': '<f4', 'fortran_order': False, 'shape': (%d,), }".formatted(rows);
    String header = text + " ".repeat(117 - text.length()) + "\n";
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("x.npy"));
      zip.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0});
      zip.write(header.getBytes(StandardCharsets.US_ASCII));
      for (int k = 0; k < 4 * 17; k++) {
        zip.write(new byte[1_000_000]);
      }
      zip.closeEntry();
    }
    assertTrue(out.size() < 1 << 17, out.size() + " bytes");
    UserException e =
        assertThrows(UserException.class, () -> NpzReader.read(out.toByteArray(), "samples"));
    assertTrue(
        e.getMessage().startsWith("the arrays of samples take more than 64 MB"), e.getMessage());
    // A file of the user's own may be so.
    Path file = folder.resolve("zeros.npz");
    Files.write(file, out.toByteArray());
    assertEquals(rows, NpzReader.read(file).get("x").elementCount());
  }

  @Test
  void badNpzIsRefused() throws IOException {
    Path file = folder.resolve("bad.npz");
    Files.write(file, new byte[100]);
    assertThrows(UserException.class, () -> NpzReader.read(file));
    SequencedMap<String, TensorData> arrays = new LinkedHashMap<>();
    arrays.put("x", random(DType.F32, Shape.of(1000), 1));
    byte[] bytes = NpzWriter.encode(arrays);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    assertThrows(UserException.class, () -> NpzReader.read(file));
    assertThrows(
        UserException.class,
        () -> NpzReader.read(Arrays.copyOf(bytes, bytes.length / 2), "memory"));
    bytes[300] ^= 1;
    Files.write(file, bytes);
    assertThrows(UserException.class, () -> NpzReader.read(file), "the checksum of a stored entry");
  }

  @Test
  void argumentsAreAssignedInOrderAndByName() {
    List<String> names = List.of("x", "mask");
    assertEquals(
        List.of("a.npy", "b.npy"),
        NamedArguments.assign(List.of("a.npy", "b.npy"), names, "--input"));
    assertEquals(
        List.of("a.npy", "b.npy"),
        NamedArguments.assign(List.of("mask=b.npy", "a.npy"), names, "--input"));
    assertThrows(
        UserException.class, () -> NamedArguments.assign(List.of("a", "b", "c"), names, "--input"));
    assertThrows(
        UserException.class, () -> NamedArguments.assign(List.of("y=a.npy"), names, "--input"));
    assertThrows(
        UserException.class, () -> NamedArguments.assign(List.of("x=a", "x=b"), names, "--input"));
  }
}
