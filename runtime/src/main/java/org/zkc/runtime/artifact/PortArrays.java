package org.zkc.runtime.artifact;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.file.ElementType;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.file.Port;
import org.zkc.gkr.statement.Statement;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.runtime.numpy.SampleFiles;

/** People's arrays against the integers that a statement lists, by the ports of a key. */
public final class PortArrays {
  private PortArrays() {}

  /**
   * The form in which a tensor of the model's element type is exchanged: unsigned integers as
   * signed ones that hold them.
   */
  public static ElementType elementType(DType dtype) {
    return switch (dtype) {
      case F32, F64, F16, BF16 -> ElementType.F32;
      case I64, U32, U64 -> ElementType.I64;
      case I32, U16 -> ElementType.I32;
      case I16 -> ElementType.I16;
      case I8 -> ElementType.I8;
      case U8 -> ElementType.U8;
      case I1 -> ElementType.I1;
    };
  }

  /** The type of arrays given out. */
  private static DType dtype(ElementType type) {
    return switch (type) {
      case F32 -> DType.F32;
      case I64 -> DType.I64;
      case I32 -> DType.I32;
      case I16 -> DType.I16;
      case I8 -> DType.I8;
      case U8 -> DType.U8;
      case I1 -> DType.I1;
    };
  }

  /** The arrays that stand for a statement's outputs, by name. */
  public static SequencedMap<String, TensorData> outputs(KeyFile key, Statement statement) {
    return arrays(key, key.outputs(), statement.outputs(), key.circuit().circuit().outputs());
  }

  /** The arrays that stand for a statement's inputs, by name: what the model saw after rounding. */
  public static SequencedMap<String, TensorData> inputs(KeyFile key, Statement statement) {
    return arrays(key, key.inputs(), statement.inputs(), key.circuit().circuit().inputs());
  }

  /**
   * The arrays of several samples that a flag names.
   *
   * @param ports the inputs or the outputs
   * @param tensors theirs in the circuit of one sample
   */
  public static List<List<TensorData>> readSamples(
      KeyFile key, List<String> files, List<Port> ports, List<Integer> tensors, String flag) {
    return SampleFiles.read(
        files,
        ports.stream().map(Port::name).toList(),
        tensors.stream().map(t -> new Shape(key.circuit().tensor(t).shape())).toList(),
        flag);
  }

  private static SequencedMap<String, TensorData> arrays(
      KeyFile key, List<Port> ports, List<int[]> elements, List<Integer> tensors) {
    SequencedMap<String, TensorData> out = new LinkedHashMap<>();
    for (int i = 0; i < ports.size(); i++) {
      out.put(
          ports.get(i).name(),
          dequantize(ports.get(i), elements.get(i), key.circuit().tensor(tensors.get(i)).shape()));
    }
    return out;
  }

  /**
   * The integers that the statement lists for an array. A real element x becomes
   * clamp(roundHalfEven(x / scale)), computed in double; where there are units, the scale is
   * multiplied by the column's unit. Integers and booleans stay as they are.
   *
   * @throws UserException when the shape differs, an element is NaN or infinite, or an integer is
   *     outside the declared interval
   */
  public static int[] quantize(Port port, TensorData array, TensorDeclaration declaration) {
    Shape expected = new Shape(declaration.shape());
    if (!array.shape().equals(expected)) {
      throw new UserException(
          "input %s has shape %s, the model takes %s"
              .formatted(port.name(), array.shape(), expected));
    }
    int[] out = new int[Math.toIntExact(declaration.elementCount())];
    if (port.elementType() == ElementType.F32) {
      for (int i = 0; i < out.length; i++) {
        double x = array.getDouble(i);
        if (!Double.isFinite(x)) {
          throw new UserException(
              "input %s has %s at element %d; a proof is about numbers"
                  .formatted(port.name(), Double.isNaN(x) ? "a NaN" : "an infinity", i));
        }
        out[i] = port.integer(i, x, declaration);
      }
      return out;
    }
    if (array.dtype().isFloating()) {
      throw new UserException(
          "input %s takes %s, the file holds %s"
              .formatted(port.name(), port.elementType().text(), array.dtype().text()));
    }
    for (int i = 0; i < out.length; i++) {
      long x = array.getLong(i);
      if (x < declaration.low() || x > declaration.high()) {
        throw new UserException(
            "input %s has %d at element %d, the model takes values in [%d, %d]"
                .formatted(port.name(), x, i, declaration.low(), declaration.high()));
      }
      out[i] = (int) x;
    }
    return out;
  }

  /**
   * The number of real elements that lie further outside the interval than rounding explains, and
   * are cut to it.
   */
  public static long cut(Port port, TensorData array, TensorDeclaration declaration) {
    return port.elementType() != ElementType.F32
        ? 0
        : IntStream.range(0, Math.toIntExact(declaration.elementCount()))
            .mapToDouble(i -> array.getDouble(i) / port.scaleOf(i))
            .filter(x -> x < declaration.low() - 1.0 || x > declaration.high() + 1.0)
            .count();
  }

  /** A warning about the elements that {@link #cut} counts; empty where there are none. */
  public static Optional<String> warning(
      Port port, TensorData array, TensorDeclaration declaration) {
    long cut = cut(port, array, declaration);
    return cut == 0
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "%d of %d elements of input %s lie outside [%.4g, %.4g]%s and are cut to it; was"
                    + " the model calibrated with inputs of another scale?",
                cut,
                declaration.elementCount(),
                port.name(),
                declaration.low() * port.scale(),
                declaration.high() * port.scale(),
                port.units().isEmpty() ? "" : " times their column's unit"));
  }

  /**
   * The array that stands for the statement's integers: float32 of integer * scale; integers and
   * booleans in the port's own type.
   */
  public static TensorData dequantize(Port port, int[] elements, List<Integer> extents) {
    Shape shape = new Shape(extents);
    if (port.elementType() == ElementType.F32) {
      return TensorData.ofFloats(shape, port.reals(elements));
    }
    return TensorData.ofLongs(
        dtype(port.elementType()), shape, Arrays.stream(elements).asLongStream().toArray());
  }
}
