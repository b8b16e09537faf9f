package org.zkc.runtime.compile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.zkc.ir.DType;
import org.zkc.ir.ModelInput;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorType;
import org.zkc.ir.UserException;
import org.zkc.runtime.numpy.NamedArguments;

/**
 * Shape and element type of each input: from {@code --input-shape} (1x3x32x32), else from the
 * archive; the element type also from the calibration data, and f32 where nothing says otherwise.
 */
final class InputTypes {
  private static final Pattern SHAPE = Pattern.compile("(scalar|\\d+(?:x\\d+)*)(?::(\\w+))?");

  /** A shape as Python prints one. */
  private static final Pattern LIST = Pattern.compile("[\\[(]?\\d+(, *\\d+)*,?[\\])]?");

  private InputTypes() {}

  /**
   * @param calibrationTypes element types of the calibration arrays, empty when there are none
   * @throws UserException when a shape is unknown or malformed
   */
  static List<TensorType> resolve(
      List<ModelInput> inputs, List<String> inputShapes, Optional<List<DType>> calibrationTypes) {
    List<String> names = inputs.stream().map(ModelInput::name).toList();
    List<String> given = NamedArguments.assign(inputShapes, names, "--input-shape");
    List<TensorType> out = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      ModelInput input = inputs.get(i);
      Optional<TensorSpec> spec = Optional.ofNullable(given.get(i)).map(InputTypes::parse);
      Shape shape =
          spec.map(TensorSpec::shape)
              .or(input::shape)
              .orElseThrow(() ->
                  new UserException(
                      "the archive does not record the shape of input %s; give it with --input-shape, for example --input-shape %s1x3x32x32"
                          .formatted(input.name(), inputs.size() > 1 ? input.name() + "=" : "")));
      int index = i;
      DType dtype =
          spec.flatMap(TensorSpec::dtype)
              .or(input::dtype)
              .or(() -> calibrationTypes.map(types -> floatAsF32(types.get(index))))
              .orElse(DType.F32);
      if (shape.elementCount() == 0) {
        throw new UserException(
            "input %s has shape %s, which holds no elements".formatted(input.name(), shape));
      }
      out.add(new TensorType(dtype, shape));
    }
    return out;
  }

  private record TensorSpec(Shape shape, Optional<DType> dtype) {}

  private static DType floatAsF32(DType dtype) {
    return dtype.isFloating() ? DType.F32 : dtype;
  }

  private static DType dtype(String named, String text) {
    return Arrays.stream(DType.values())
        .filter(d -> d.text().equals(named))
        .findFirst()
        .orElseThrow(() ->
            new UserException(
                "--input-shape %s: there is no element type %s; the types are %s"
                    .formatted(
                        text,
                        named,
                        Arrays.stream(DType.values())
                            .map(DType::text)
                            .collect(Collectors.joining(", ")))));
  }

  private static TensorSpec parse(String text) {
    Matcher m = SHAPE.matcher(text);
    if (!m.matches()) {
      String likely =
          LIST.matcher(text).matches()
              ? text.replaceAll("[\\[\\]() ]", "").replace(',', 'x')
              : "1x3x32x32";
      throw new UserException(
          "--input-shape %s: write the extents with an x between them, as %s"
              .formatted(text, likely));
    }
    Optional<DType> dtype = Optional.ofNullable(m.group(2)).map(named -> dtype(named, text));
    try {
      List<Integer> extents = new ArrayList<>();
      if (!m.group(1).equals("scalar")) {
        for (String extent : m.group(1).split("x", -1)) {
          extents.add(Integer.parseInt(extent));
        }
      }
      return new TensorSpec(new Shape(extents), dtype);
    } catch (NumberFormatException | ArithmeticException e) {
      throw new UserException("--input-shape %s: the extents are too large".formatted(text));
    }
  }
}
