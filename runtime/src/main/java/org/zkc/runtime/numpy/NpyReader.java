package org.zkc.runtime.numpy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.runtime.artifact.FileErrors;

/**
 * Reads {@code .npy} files: float16/32/64, signed and unsigned integers, booleans, either byte
 * order, C and Fortran order. float16 becomes f32, uint16 i32, uint32 and uint64 i64, all exactly.
 * A file must end where its array ends.
 */
public final class NpyReader {
  private NpyReader() {}

  /**
   * Reads one array.
   *
   * @throws UserException when the file is missing, damaged, truncated, has bytes left over, or
   *     holds no numbers
   */
  public static TensorData read(Path file) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return read(in, file.toString());
    } catch (IOException e) {
      throw FileErrors.unreadable(file, e);
    }
  }

  /** Reads one array from a stream to its end; {@code name} is how errors call it. */
  static TensorData read(InputStream in, String name) throws IOException {
    byte[] prefix = in.readNBytes(NpyHeader.PREFIX);
    int length = NpyHeader.lengthOf(prefix, name);
    byte[] header = new byte[length];
    System.arraycopy(prefix, 0, header, 0, Math.min(prefix.length, length));
    int missing = Math.max(0, length - prefix.length);
    if (in.readNBytes(header, length - missing, missing) < missing || length < prefix.length) {
      throw truncated(name);
    }
    NpyHeader parsed = NpyHeader.parse(header, name);
    long size = parsed.shape().elementCount() * parsed.width();
    if (parsed.shape().elementCount() > Integer.MAX_VALUE / 8) {
      throw new UserException(
          "%s has an array of shape %s, which is too large".formatted(name, parsed.shape()));
    }
    // readNBytes grows as data arrives: a header that claims more than the file holds costs
    // nothing.
    byte[] elements = in.readNBytes((int) size);
    if (elements.length < size) {
      throw truncated(name);
    }
    if (in.read() >= 0) {
      throw new UserException(name + " has bytes after its array; the file is damaged");
    }
    return decode(parsed, elements, name);
  }

  private static UserException truncated(String name) {
    return new UserException(name + " ends before its array does; the file is truncated");
  }

  private static TensorData decode(NpyHeader header, byte[] elements, String name) {
    int count = (int) header.shape().elementCount();
    int width = header.width();
    ByteBuffer in =
        ByteBuffer.wrap(elements)
            .order(header.littleEndian() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    DType dtype = dtypeOf(header);
    byte[] bytes = new byte[count * dtype.bytes()];
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int[] order = header.fortranOrder() ? fortranOffsets(header.shape()) : null;
    for (int i = 0; i < count; i++) {
      int at = (order == null ? i : order[i]) * width;
      switch (dtype) {
        case F32 -> out.putInt(width == 2 ? floatBits(in.getShort(at)) : in.getInt(at));
        case F64 -> out.putLong(in.getLong(at));
        case I64 ->
            out.putLong(header.kind() == 'u' ? unsigned(in, at, width, name) : in.getLong(at));
        case I32 -> out.putInt(width == 2 ? in.getShort(at) & 0xffff : in.getInt(at));
        case I16 -> out.putShort(in.getShort(at));
        case I8, U8 -> out.put(in.get(at));
        case I1 -> {
          byte b = in.get(at);
          if (b != 0 && b != 1) {
            throw new UserException(
                name + " has a boolean that is neither 0 nor 1; the file is damaged");
          }
          out.put(b);
        }
      }
    }
    return new TensorData(dtype, header.shape(), MemorySegment.ofArray(bytes));
  }

  private static int floatBits(short half) {
    return Float.floatToRawIntBits(Float.float16ToFloat(half));
  }

  private static long unsigned(ByteBuffer in, int at, int width, String name) {
    long v = width == 4 ? in.getInt(at) & 0xffff_ffffL : in.getLong(at);
    if (v < 0) {
      throw new UserException(name + " has an unsigned integer beyond 2^63 - 1");
    }
    return v;
  }

  private static DType dtypeOf(NpyHeader header) {
    return switch (header.kind()) {
      case 'f' -> header.width() == 8 ? DType.F64 : DType.F32;
      case 'b' -> DType.I1;
      case 'i' ->
          switch (header.width()) {
            case 1 -> DType.I8;
            case 2 -> DType.I16;
            case 4 -> DType.I32;
            default -> DType.I64;
          };
      default ->
          switch (header.width()) {
            case 1 -> DType.U8;
            case 2 -> DType.I32;
            default -> DType.I64;
          };
    };
  }

  /** Offset in first-axis-fastest order of each element in row-major order. */
  private static int[] fortranOffsets(Shape shape) {
    int[] offsets = new int[(int) shape.elementCount()];
    int[] index = new int[shape.rank()];
    int[] strides = new int[shape.rank()];
    int stride = 1;
    for (int axis = 0; axis < shape.rank(); axis++) {
      strides[axis] = stride;
      stride *= shape.extent(axis);
    }
    int offset = 0;
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = offset;
      for (int axis = shape.rank() - 1; axis >= 0; axis--) {
        offset += strides[axis];
        if (++index[axis] < shape.extent(axis)) {
          break;
        }
        offset -= strides[axis] * shape.extent(axis);
        index[axis] = 0;
      }
    }
    return offsets;
  }
}
