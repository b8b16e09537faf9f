package org.zkc.runtime.compile;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.TensorInterpreter;

/**
 * Holds the tensor level to the answers of the model's own framework for some inputs. Everything
 * after the tensor level is compared with the tensor level, so that a wrong reading of an operator
 * would show nowhere else.
 */
final class RecordedAnswers {
  private RecordedAnswers() {}

  /**
   * Evaluates the program on every sample and compares.
   *
   * @param outputNames one for each result of main
   * @param arrays an array for each input and then for each output, each of the shape of that value
   *     (one sample) or with a leading axis of samples
   * @param source what to call the arrays in errors: the flag or the archive's record
   * @param precision in which the framework computed them
   * @throws UserException at the user's line of the first output that differs
   */
  static void check(
      Program tensor,
      List<String> outputNames,
      List<TensorData> arrays,
      String source,
      AnswerPrecision precision) {
    List<Value> values =
        Stream.concat(tensor.main().parameters().stream(), tensor.main().results().stream())
            .toList();
    if (arrays.size() != values.size()) {
      throw new UserException(
          "%s holds %d arrays; the model has %d inputs and %d outputs"
              .formatted(
                  source,
                  arrays.size(),
                  tensor.main().parameters().size(),
                  tensor.main().results().size()));
    }
    List<List<TensorData>> samples = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      samples.add(split(arrays.get(i), values.get(i).shape(), source));
      if (samples.get(i).size() != samples.getFirst().size()) {
        throw new UserException(
            "%s has %d samples for the first input and %d for another array"
                .formatted(source, samples.getFirst().size(), samples.get(i).size()));
      }
    }
    int inputs = tensor.main().parameters().size();
    TensorInterpreter interpreter = new TensorInterpreter(tensor);
    for (int s = 0; s < samples.getFirst().size(); s++) {
      int sample = s;
      List<TensorData> found =
          interpreter.run(
              samples.subList(0, inputs).stream().map(list -> list.get(sample)).toList(),
              (value, elements) -> {});
      for (int k = 0; k < found.size(); k++) {
        compare(
            samples.get(inputs + k).get(sample),
            found.get(k),
            "output " + outputNames.get(k),
            location(tensor, tensor.main().results().get(k)),
            source,
            precision);
      }
    }
  }

  /** Whether the arrays of inputs have these shapes, with or without a leading axis of samples. */
  static boolean fit(Program tensor, List<TensorData> arrays) {
    List<Value> parameters = tensor.main().parameters();
    for (int i = 0; i < Math.min(parameters.size(), arrays.size()); i++) {
      Shape given = arrays.get(i).shape();
      Shape shape = parameters.get(i).shape();
      if (!given.equals(shape) && !isStacked(given, shape)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isStacked(Shape given, Shape shape) {
    return given.rank() == shape.rank() + 1
        && given.extent(0) > 0
        && given.extents().subList(1, given.rank()).equals(shape.extents());
  }

  private static List<TensorData> split(TensorData array, Shape shape, String source) {
    if (array.shape().equals(shape)) {
      return List.of(array);
    }
    if (!isStacked(array.shape(), shape)) {
      throw new UserException(
          "%s has an array of shape %s where the model has %s; give that shape, or [N] + that shape"
              .formatted(source, array.shape(), shape));
    }
    long bytes = shape.elementCount() * array.dtype().bytes();
    List<TensorData> out = new ArrayList<>();
    for (int s = 0; s < array.shape().extent(0); s++) {
      MemorySegment part = array.bytes().asSlice(s * bytes, bytes);
      out.add(new TensorData(array.dtype(), shape, part));
    }
    return out;
  }

  private static void compare(
      TensorData expected,
      TensorData found,
      String output,
      Location at,
      String source,
      AnswerPrecision precision) {
    double largest = 0;
    for (long i = 0; i < expected.elementCount(); i++) {
      double e = Math.abs(expected.getDouble(i));
      largest = Double.isFinite(e) ? Math.max(largest, e) : largest;
    }
    for (long i = 0; i < expected.elementCount(); i++) {
      double wanted = expected.getDouble(i);
      double got = found.getDouble(i);
      boolean close =
          Math.abs(wanted - got) <= precision.tolerance() * largest
              || Double.compare(wanted, got) == 0;
      if (!close) {
        throw new UserException(
            at,
            "%s is %s at element %d where the model answered %s (%s): zkc computes something else than this model, so nothing is compiled; check that the arrays are this model's, and report the model if they are"
                .formatted(output, (float) got, i, (float) wanted, source));
      }
    }
  }

  private static Location location(Program tensor, Value result) {
    return tensor.main().body().stream()
        .filter(op -> op.definitions().contains(result))
        .map(Op::location)
        .findFirst()
        .orElse(Location.UNKNOWN);
  }
}
