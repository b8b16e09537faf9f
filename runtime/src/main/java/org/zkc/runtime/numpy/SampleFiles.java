package org.zkc.runtime.numpy;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;

/**
 * Arrays that hold several samples. An array of the input's shape is one sample; one whose leading
 * axis is k times the input's is k samples; one of shape [N] + input is N samples; the first
 * reading that fits holds.
 */
public final class SampleFiles {
  private SampleFiles() {}

  /**
   * Reads as many samples of every array as there are.
   *
   * @param arguments as for {@link ArrayFiles#read}; where the model takes one array, files without
   *     a name may be repeated, and their samples are put together
   * @param names of the arrays of one sample
   * @param shapes of the arrays of one sample
   * @return samples, each with one array for each name
   * @throws UserException when an array is missing, unreadable or of another shape, or there are
   *     more samples of one than of another
   */
  public static List<List<TensorData>> read(
      List<String> arguments, List<String> names, List<Shape> shapes, String flag) {
    List<List<TensorData>> byName = new ArrayList<>();
    if (names.size() == 1 && arguments.size() > 1) {
      List<TensorData> all = new ArrayList<>();
      for (String file : arguments) {
        all.addAll(split(NpyReader.read(Path.of(file)), shapes.getFirst(), names.getFirst(), flag));
      }
      byName.add(all);
    } else {
      List<TensorData> arrays = ArrayFiles.read(arguments, names, flag);
      for (int i = 0; i < arrays.size(); i++) {
        byName.add(split(arrays.get(i), shapes.get(i), names.get(i), flag));
      }
    }
    return bySample(byName, names, flag);
  }

  /**
   * The arrays of each sample.
   *
   * @param byName for each name as many arrays as there are samples
   * @param what the arrays are, for errors
   * @throws UserException when there are more for one name than for another
   */
  public static List<List<TensorData>> bySample(
      List<List<TensorData>> byName, List<String> names, String what) {
    for (int i = 0; i < byName.size(); i++) {
      if (byName.get(i).size() != byName.getFirst().size()) {
        throw new UserException(
            "%s has %d samples for input %s and %d for input %s; give as many for each"
                .formatted(
                    what,
                    byName.getFirst().size(),
                    names.getFirst(),
                    byName.get(i).size(),
                    names.get(i)));
      }
    }
    List<List<TensorData>> samples = new ArrayList<>();
    for (int s = 0; s < byName.getFirst().size(); s++) {
      int sample = s;
      samples.add(byName.stream().map(list -> list.get(sample)).toList());
    }
    return samples;
  }

  /**
   * The samples of an array, in its element type.
   *
   * @param what the array is, for errors: {@code calibration data}
   * @throws UserException when the array fits no reading
   */
  public static List<TensorData> split(TensorData array, Shape shape, String name, String what) {
    Shape given = array.shape();
    int count = count(given, shape);
    if (count == 0) {
      throw new UserException(
          "%s for input %s has shape %s; give %s (one sample), k times its first axis, or [N] + that shape"
              .formatted(what, name, given, shape));
    }
    long size = shape.elementCount() * array.dtype().bytes();
    List<TensorData> samples = new ArrayList<>();
    for (int s = 0; s < count; s++) {
      MemorySegment slice = array.bytes().asSlice(s * size, size);
      samples.add(new TensorData(array.dtype(), shape, slice));
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

  /**
   * Arrays of one shape and element type as one array with a first axis for them.
   *
   * @param samples at least one
   */
  public static TensorData stack(List<TensorData> samples) {
    TensorData first = samples.getFirst();
    List<Integer> extents = new ArrayList<>();
    extents.add(samples.size());
    extents.addAll(first.shape().extents());
    long size = first.bytes().byteSize();
    byte[] bytes = new byte[Math.toIntExact(size * samples.size())];
    MemorySegment all = MemorySegment.ofArray(bytes);
    for (int k = 0; k < samples.size(); k++) {
      all.asSlice(k * size, size).copyFrom(samples.get(k).bytes());
    }
    return new TensorData(first.dtype(), new Shape(extents), all);
  }
}
