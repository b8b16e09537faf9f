package org.zkc.runtime.compile;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.UserException;

/**
 * Splits arrays of several inputs into samples. An array of the input's shape is one sample; one
 * whose leading axis is k times the input's is k samples; one of shape [N] + input is N samples;
 * the first reading that fits holds.
 */
final class SampleArrays {
  private SampleArrays() {}

  /**
   * @param arrays one for each input
   * @param what the arrays are, for errors: {@code calibration data}
   * @return samples, each with one tensor for each input, of the input's type
   * @throws UserException when an array fits no reading, or inputs have different numbers of
   *     samples
   */
  static List<List<TensorData>> split(
      List<TensorData> arrays, List<TensorType> types, List<String> names, String what) {
    List<List<TensorData>> byInput = new ArrayList<>();
    for (int i = 0; i < arrays.size(); i++) {
      byInput.add(split(arrays.get(i), types.get(i), names.get(i), what));
      if (byInput.get(i).size() != byInput.get(0).size()) {
        throw new UserException(
            "%s has %d samples for input %s and %d for input %s; give as many for each"
                .formatted(
                    what,
                    byInput.get(0).size(),
                    names.get(0),
                    byInput.get(i).size(),
                    names.get(i)));
      }
    }
    List<List<TensorData>> samples = new ArrayList<>();
    for (int s = 0; s < byInput.get(0).size(); s++) {
      int sample = s;
      samples.add(byInput.stream().map(list -> list.get(sample)).toList());
    }
    return samples;
  }

  private static List<TensorData> split(
      TensorData array, TensorType type, String name, String what) {
    Shape shape = type.shape();
    Shape given = array.shape();
    int count = count(given, shape);
    if (count == 0) {
      throw new UserException(
          "%s for input %s has shape %s; give %s (one sample), k times its first axis, or [N] + that shape"
              .formatted(what, name, given, shape));
    }
    for (long i = 0; array.dtype().isFloating() && i < array.elementCount(); i++) {
      if (!Double.isFinite(array.getDouble(i))) {
        throw new UserException(
            "%s for input %s holds %s at element %d; give finite numbers, in a mask the least one of float32"
                .formatted(what, name, array.getDouble(i), i));
      }
    }
    long size = shape.elementCount() * array.dtype().bytes();
    List<TensorData> samples = new ArrayList<>();
    for (int s = 0; s < count; s++) {
      MemorySegment slice = array.bytes().asSlice(s * size, size);
      samples.add(convert(new TensorData(array.dtype(), shape, slice), type.dtype(), name, what));
    }
    return samples;
  }

  private static int count(Shape given, Shape shape) {
    if (given.equals(shape)) {
      return 1;
    }
    if (given.rank() == shape.rank()
        && shape.rank() > 0
        && given.extents().subList(1, given.rank()).equals(shape.extents().subList(1, shape.rank()))
        && given.extent(0) % shape.extent(0) == 0) {
      return given.extent(0) / shape.extent(0);
    }
    boolean stacked =
        given.rank() == shape.rank() + 1
            && given.extents().subList(1, given.rank()).equals(shape.extents());
    return stacked ? given.extent(0) : 0;
  }

  private static TensorData convert(TensorData sample, DType dtype, String name, String what) {
    if (sample.dtype() == dtype) {
      return sample;
    }
    if (dtype.isFloating()) {
      return TensorData.ofReals(dtype, sample.shape(), sample.toDoubles());
    }
    if (sample.dtype().isFloating()) {
      throw new UserException(
          "%s for input %s holds %s, the model takes %s"
              .formatted(what, name, sample.dtype().text(), dtype.text()));
    }
    return TensorData.ofLongs(dtype, sample.shape(), sample.toLongs());
  }
}
