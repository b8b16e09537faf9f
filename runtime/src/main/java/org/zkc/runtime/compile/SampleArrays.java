package org.zkc.runtime.compile;

import java.util.ArrayList;
import java.util.List;
import org.zkc.ir.DType;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.UserException;
import org.zkc.runtime.numpy.SampleFiles;

/**
 * Splits arrays of several inputs into samples as {@link SampleFiles} does, of finite elements of
 * the inputs' types.
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
    }
    return SampleFiles.bySample(byInput, names, what);
  }

  private static List<TensorData> split(
      TensorData array, TensorType type, String name, String what) {
    List<TensorData> samples = SampleFiles.split(array, type.shape(), name, what);
    for (long i = 0; array.dtype().isFloating() && i < array.elementCount(); i++) {
      if (!Double.isFinite(array.getDouble(i))) {
        throw new UserException(
            "%s for input %s holds %s at element %d; give finite numbers, in a mask the least one of float32"
                .formatted(what, name, array.getDouble(i), i));
      }
    }
    return samples.stream().map(s -> convert(s, type.dtype(), name, what)).toList();
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
