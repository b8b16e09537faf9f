package org.zkc.runtime.artifact;

import java.util.ArrayList;
import java.util.List;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.file.Port;
import org.zkc.ir.AxisParts;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.runtime.numpy.ArrayFiles;
import org.zkc.runtime.numpy.SampleFiles;

/**
 * The arrays that users give for a key's inputs. Consecutive inputs that are parts of one array are
 * given as that array.
 */
public final class InputArrays {
  private static final String FLAG = "--input";

  /**
   * An array that users give.
   *
   * @param parts those that are inputs of the circuit
   */
  private record Given(String name, Shape shape, AxisParts parts) {}

  private final List<Given> arrays;

  private InputArrays(List<Given> arrays) {
    this.arrays = arrays;
  }

  /** The arrays for the inputs of a key. */
  public static InputArrays of(KeyFile key) {
    List<Given> arrays = new ArrayList<>();
    int next = 0;
    while (next < key.inputs().size()) {
      Port port = key.inputs().get(next);
      Shape shape = shape(key, next);
      List<Integer> extents = new ArrayList<>();
      int axis = port.part().map(Port.Part::axis).orElse(0);
      do {
        extents.add(shape(key, next).rank() == 0 ? 1 : shape(key, next).extent(axis));
        next++;
      } while (port.part().isPresent()
          && next < key.inputs().size()
          && key.inputs().get(next).part().equals(port.part()));
      AxisParts parts = new AxisParts(axis, extents);
      Shape whole =
          parts.isWhole() ? shape : shape.with(axis, extents.stream().mapToInt(e -> e).sum());
      arrays.add(new Given(port.array(), whole, parts));
    }
    return new InputArrays(arrays);
  }

  private static Shape shape(KeyFile key, int input) {
    return new Shape(key.circuit().tensor(key.circuit().circuit().inputs().get(input)).shape());
  }

  private List<String> names() {
    return arrays.stream().map(Given::name).toList();
  }

  /**
   * Reads the arrays that {@code --input} names.
   *
   * @return one for each input of the circuit, in order
   * @throws UserException when one is missing or unreadable, or has another shape and several parts
   */
  public List<TensorData> read(List<String> files) {
    return split(ArrayFiles.read(files, names(), FLAG));
  }

  /**
   * Reads several samples of the arrays that {@code --input} names.
   *
   * @return samples, each with one array for each input of the circuit, in order
   * @throws UserException as {@link SampleFiles#read}
   */
  public List<List<TensorData>> readSamples(List<String> files) {
    return SampleFiles.read(files, names(), arrays.stream().map(Given::shape).toList(), FLAG)
        .stream()
        .map(this::split)
        .toList();
  }

  private List<TensorData> split(List<TensorData> given) {
    List<TensorData> out = new ArrayList<>();
    for (int i = 0; i < arrays.size(); i++) {
      Given array = arrays.get(i);
      Shape shape = given.get(i).shape();
      // Arrays of one part are compared where they become integers.
      if (!array.parts.isWhole() && !shape.equals(array.shape)) {
        throw new UserException(
            "input %s has shape %s, the model takes %s".formatted(array.name, shape, array.shape));
      }
      out.addAll(array.parts.split(given.get(i)));
    }
    return out;
  }
}
