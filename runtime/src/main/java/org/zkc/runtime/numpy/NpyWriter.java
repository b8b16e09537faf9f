package org.zkc.runtime.numpy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;

/**
 * Writes {@code .npy} files, version 1.0, little-endian, C order: byte for byte what {@code
 * numpy.save} writes.
 */
public final class NpyWriter {
  /** NumPy aligns the elements to this. */
  private static final int ALIGNMENT = 64;

  private NpyWriter() {}

  /** The whole file. */
  public static byte[] encode(TensorData array) {
    String dictionary =
        "{'descr': '%s', 'fortran_order': False, 'shape': %s, }"
            .formatted(descr(array.dtype()), tuple(array.shape()));
    int unpadded = 10 + dictionary.length() + 1;
    int start = (unpadded + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    byte[] out = new byte[Math.toIntExact(start + array.bytes().byteSize())];
    System.arraycopy(NpyHeader.MAGIC, 0, out, 0, NpyHeader.MAGIC.length);
    out[6] = 1;
    int length = start - 10;
    out[8] = (byte) length;
    out[9] = (byte) (length >> 8);
    byte[] text =
        (dictionary + " ".repeat(start - unpadded) + "\n").getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(text, 0, out, 10, text.length);
    MemorySegment.copy(array.bytes(), ValueLayout.JAVA_BYTE, 0, out, start, out.length - start);
    return out;
  }

  private static String descr(DType dtype) {
    return switch (dtype) {
      case F32 -> "<f4";
      case F64 -> "<f8";
      case F16, BF16 -> throw new IllegalArgumentException("results are never of " + dtype.text());
      case I64 -> "<i8";
      case I32 -> "<i4";
      case I16 -> "<i2";
      case I8 -> "|i1";
      case U8 -> "|u1";
      case U16 -> "<u2";
      case U32 -> "<u4";
      case U64 -> "<u8";
      case I1 -> "|b1";
    };
  }

  private static String tuple(Shape shape) {
    String inner = shape.extents().stream().map(String::valueOf).collect(Collectors.joining(", "));
    return shape.rank() == 1 ? "(" + inner + ",)" : "(" + inner + ")";
  }
}
