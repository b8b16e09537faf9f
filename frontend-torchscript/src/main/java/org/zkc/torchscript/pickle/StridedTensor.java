package org.zkc.torchscript.pickle;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;

/**
 * A tensor as archives keep it: a view of a storage. Offset and strides count elements and are not
 * negative. Two are equal when they view the same elements of the same storage in the same way,
 * which is what tied weights do.
 */
public record StridedTensor(
    TensorStorage storage, long offset, List<Long> sizes, List<Long> strides) {

  /**
   * Copies made of views that repeat elements are bounded by this many elements, or by the storage
   * if larger.
   */
  private static final long MAX_EXPANDED = 1 << 22;

  public StridedTensor {
    sizes = List.copyOf(sizes);
    strides = List.copyOf(strides);
  }

  public StorageType type() {
    return storage.type();
  }

  /**
   * The extents.
   *
   * @throws UserException when one does not fit in an int
   */
  public Shape shape() {
    try {
      return new Shape(sizes.stream().map(Math::toIntExact).toList());
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw new UserException(
          "A tensor of the archive has the impossible shape "
              + sizes
              + "; export the model again.");
    }
  }

  /**
   * The elements, contiguous: a slice of the archive where the view is contiguous, else a copy.
   * Those of a complex tensor are pairs along a last axis of two.
   *
   * @param name stands in messages
   * @throws UserException when the view leaves its storage, or it repeats elements beyond reason
   */
  public TensorData data(String name) {
    if (type().isComplex()) {
      return parts().data(name);
    }
    Shape shape = shape();
    DType dtype = type().dtype();
    long count = shape.elementCount();
    if (storage.bytes().byteSize() < storage.elements() * dtype.bytes()) {
      throw new UserException(
          "The record %s is shorter than the tensor %s needs; the archive is damaged, export the model again."
              .formatted(storage.record(), name));
    }
    if (count == 0) {
      return new TensorData(dtype, shape, MemorySegment.ofArray(new byte[0]));
    }
    requireInside(name);
    if (isContiguous()) {
      return new TensorData(
          dtype, shape, storage.bytes().asSlice(offset * dtype.bytes(), count * dtype.bytes()));
    }
    if (count > Math.max(storage.elements(), MAX_EXPANDED)) {
      throw new UserException(
          "The tensor %s repeats %d stored elements to %d; call .contiguous() on it before exporting."
              .formatted(name, storage.elements(), count));
    }
    return new TensorData(dtype, shape, gathered(dtype, count));
  }

  /** A complex tensor as one of real numbers, with a last axis of real and imaginary part. */
  private StridedTensor parts() {
    List<Long> extents = new ArrayList<>(sizes);
    extents.add(2L);
    List<Long> steps = new ArrayList<>();
    strides.forEach(stride -> steps.add(twice(stride)));
    steps.add(1L);
    StorageType part = type().dtype() == DType.F32 ? StorageType.FLOAT : StorageType.DOUBLE;
    return new StridedTensor(
        new TensorStorage(storage.record(), part, twice(storage.elements()), storage.bytes()),
        twice(offset),
        extents,
        steps);
  }

  /** Beyond any storage where the number is too large. */
  private static long twice(long count) {
    return count > Long.MAX_VALUE / 4 ? Long.MAX_VALUE / 2 : 2 * count;
  }

  private void requireInside(String name) {
    long last = offset;
    try {
      for (int axis = 0; axis < sizes.size(); axis++) {
        last = Math.addExact(last, Math.multiplyExact(sizes.get(axis) - 1, strides.get(axis)));
      }
    } catch (ArithmeticException e) {
      last = Long.MAX_VALUE;
    }
    if (last >= storage.elements()) {
      throw new UserException(
          "The tensor "
              + name
              + " reaches outside its storage; the archive is damaged, export the model again.");
    }
  }

  private boolean isContiguous() {
    long expected = 1;
    for (int axis = sizes.size() - 1; axis >= 0; axis--) {
      if (sizes.get(axis) != 1 && strides.get(axis) != expected) {
        return false;
      }
      expected *= sizes.get(axis);
    }
    return true;
  }

  private MemorySegment gathered(DType dtype, long count) {
    int width = dtype.bytes();
    MemorySegment out = Arena.ofAuto().allocate(Math.multiplyExact(count, (long) width), width);
    int rank = sizes.size();
    long[] index = new long[rank];
    long from = offset;
    for (long to = 0; to < count; to++) {
      MemorySegment.copy(storage.bytes(), from * width, out, to * width, width);
      for (int axis = rank - 1; axis >= 0; axis--) {
        from += strides.get(axis);
        if (++index[axis] < sizes.get(axis)) {
          break;
        }
        from -= strides.get(axis) * sizes.get(axis);
        index[axis] = 0;
      }
    }
    return out;
  }
}
