package org.zkc.passes.torch;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntPredicate;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;

/**
 * Arithmetic on tensors whose elements are known. Operands are first converted to the type that the
 * operator computes in, as PyTorch does: 0.1 that meets an f32 tensor is the f32 next to it.
 * Integers are computed exactly and wrapped, floating types in double and then rounded, which for
 * the four operations and the square root on f32 operands gives the f32 result.
 */
final class HostTensors {
  private static final long MOST_ELEMENTS = 1L << 28;

  private HostTensors() {}

  static TensorData scalar(long value) {
    return TensorData.ofLongs(DType.I64, Shape.of(), new long[] {value});
  }

  /** A number as a 0-dim tensor, f64 so that nothing is lost. */
  static TensorData scalar(double value) {
    return TensorData.ofDoubles(Shape.of(), new double[] {value});
  }

  /**
   * Elements in another type, towards zero from floating to integer; wraps as two's complement
   * does.
   */
  static TensorData cast(TensorData data, DType dtype) {
    if (data.dtype() == dtype) {
      return data;
    }
    if (dtype == DType.F32) {
      return TensorData.ofFloats(data.shape(), data.toFloats());
    }
    if (dtype.isFloating()) {
      return TensorData.ofReals(dtype, data.shape(), data.toDoubles());
    }
    long[] out = new long[Math.toIntExact(data.elementCount())];
    for (int i = 0; i < out.length; i++) {
      long e = data.dtype().isFloating() ? (long) data.getDouble(i) : data.getLong(i);
      boolean nonZero = data.dtype().isFloating() ? data.getDouble(i) != 0 : e != 0;
      out[i] =
          switch (dtype) {
            case I64 -> e;
            case I32 -> (int) e;
            case I16 -> (short) e;
            case I8 -> (byte) e;
            case U8 -> e & 0xff;
            case U16 -> e & 0xffff;
            case U32 -> e & 0xffff_ffffL;
            case U64 -> small(e);
            case I1 -> nonZero ? 1 : 0;
            case F32, F64, F16, BF16 -> throw new AssertionError();
          };
    }
    return TensorData.ofLongs(dtype, data.shape(), out);
  }

  /** A number of 64 bits without a sign, which longs hold below 2^63. */
  private static long small(long value) {
    if (value < 0) {
      throw new UserException(
          "a number of u64 is 2^63 or more, which is not computed; use u32 or i64");
    }
    return value;
  }

  /** Elementwise, the result in {@code dtype}; the operator of the type's category is used. */
  static TensorData map(
      TensorData data, DType dtype, LongUnaryOperator onLongs, DoubleUnaryOperator onDoubles) {
    int count = Math.toIntExact(data.elementCount());
    if (dtype.isFloating()) {
      double[] out = new double[count];
      for (int i = 0; i < count; i++) {
        out[i] = onDoubles.applyAsDouble(data.getDouble(i));
      }
      return cast(TensorData.ofDoubles(data.shape(), out), dtype);
    }
    long[] out = new long[count];
    for (int i = 0; i < count; i++) {
      out[i] = onLongs.applyAsLong(data.getLong(i));
    }
    return cast(TensorData.ofLongs(DType.I64, data.shape(), out), dtype);
  }

  /**
   * Elementwise with broadcasting: both operands are converted to {@code dtype}, which the result
   * has too; the operator of the type's category is used.
   */
  static TensorData zip(
      TensorData first,
      TensorData second,
      DType dtype,
      LongBinaryOperator onLongs,
      DoubleBinaryOperator onDoubles) {
    TensorData left = cast(first, dtype);
    TensorData right = cast(second, dtype);
    Shape shape = Shapes.broadcast(left.shape(), right.shape());
    int[] l = indices(left.shape(), shape);
    int[] r = indices(right.shape(), shape);
    int count = l.length;
    if (dtype.isFloating()) {
      double[] out = new double[count];
      for (int i = 0; i < count; i++) {
        out[i] = onDoubles.applyAsDouble(left.getDouble(l[i]), right.getDouble(r[i]));
      }
      return cast(TensorData.ofDoubles(shape, out), dtype);
    }
    long[] out = new long[count];
    for (int i = 0; i < count; i++) {
      out[i] = onLongs.applyAsLong(left.getLong(l[i]), right.getLong(r[i]));
    }
    return cast(TensorData.ofLongs(DType.I64, shape, out), dtype);
  }

  /**
   * Compares with broadcasting, after both operands were converted to {@code dtype}.
   *
   * @param wanted takes -1, 0, 1, or 2 where a NaN makes the operands unordered
   * @return booleans
   */
  static TensorData compare(TensorData left, TensorData right, DType dtype, IntPredicate wanted) {
    DType wide = dtype.isFloating() ? DType.F64 : DType.I64;
    TensorData out =
        zip(
            cast(left, dtype),
            cast(right, dtype),
            wide,
            (x, y) -> wanted.test(Long.compare(x, y)) ? 1 : 0,
            (x, y) -> wanted.test(order(x, y)) ? 1 : 0);
    return cast(out, DType.I1);
  }

  /** -1, 0, 1, or 2 when unordered. */
  static int order(double x, double y) {
    return x < y ? -1 : x > y ? 1 : x == y ? 0 : 2;
  }

  /** The elements of one axis at these indices, each inside it, in their order. */
  static TensorData select(TensorData data, int axis, int[] indices) {
    List<Integer> extents = data.shape().extents();
    long outer = count(extents.subList(0, axis));
    long run = count(extents.subList(axis + 1, extents.size())) * data.dtype().bytes();
    Shape shape = data.shape().with(axis, indices.length);
    MemorySegment out =
        MemorySegment.ofArray(
            new byte[Math.toIntExact(shape.elementCount() * data.dtype().bytes())]);
    long to = 0;
    for (long o = 0; o < outer; o++) {
      for (int index : indices) {
        long from = (o * extents.get(axis) + index) * run;
        MemorySegment.copy(data.bytes(), from, out, to, run);
        to += run;
      }
    }
    return new TensorData(data.dtype(), shape, out);
  }

  private static long count(List<Integer> extents) {
    return extents.stream().mapToLong(e -> e).reduce(1, Math::multiplyExact);
  }

  /** The same elements repeated to {@code shape}. */
  static TensorData broadcast(TensorData data, Shape shape) {
    Shapes.broadcastTo(data.shape(), shape);
    int[] from = indices(data.shape(), shape);
    if (data.dtype().isFloating()) {
      double[] out = new double[from.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = data.getDouble(from[i]);
      }
      return cast(TensorData.ofDoubles(shape, out), data.dtype());
    }
    long[] out = new long[from.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = data.getLong(from[i]);
    }
    return TensorData.ofLongs(data.dtype(), shape, out);
  }

  /**
   * The index of the element of {@code from} that broadcasts to each element of {@code to},
   * row-major.
   */
  private static int[] indices(Shape from, Shape to) {
    if (to.elementCount() > MOST_ELEMENTS) {
      throw new UserException(
          "a tensor of shape %s is too large: at most 2^28 elements can be proved".formatted(to));
    }
    long[] own = from.strides();
    int added = to.rank() - from.rank();
    int[] out = new int[Math.toIntExact(to.elementCount())];
    int[] index = new int[to.rank()];
    for (int i = 0; i < out.length; i++) {
      int at = 0;
      for (int axis = 0; axis < from.rank(); axis++) {
        at += from.extent(axis) == 1 ? 0 : (int) (index[added + axis] * own[axis]);
      }
      out[i] = at;
      for (int axis = index.length - 1; axis >= 0 && ++index[axis] == to.extent(axis); axis--) {
        index[axis] = 0;
      }
    }
    return out;
  }
}
