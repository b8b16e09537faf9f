package org.zkc.stablehlo.weights;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.zkc.ir.DType;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.stablehlo.program.FloatFormat;
import org.zkc.stablehlo.program.HloElementType;
import org.zkc.stablehlo.program.HloElementType.IntegerElement;
import org.zkc.stablehlo.program.HloElementType.Signedness;
import org.zkc.stablehlo.program.HloFunction;
import org.zkc.stablehlo.program.HloProgram;
import org.zkc.stablehlo.program.HloType;

/**
 * Binds weights to the arguments of {@code main} by name. An exporter that keeps weights beside the
 * text makes them arguments and calls each by a location, {@code loc("params['w']")}; their order
 * is the exporter's business and is never relied on.
 */
public final class WeightBinding {
  private static final String NAMES =
      "print the text with names (as_text(debug_info=True), or jax.export's mlir_module()) and save"
          + " the weights by these names";

  private static final int MOST_DROPPED = 2;

  private final HloProgram program;
  private final HloFunction main;
  private final Map<ArgumentPath, String> paths = new HashMap<>();
  private final Map<String, TensorData> weights;

  private WeightBinding(HloProgram program, HloFunction main, Map<String, TensorData> weights) {
    this.program = program;
    this.main = main;
    this.weights = weights;
    for (String name : weights.keySet()) {
      String other = paths.put(ArgumentPath.of(name), name);
      if (other != null) {
        throw new UserException(
            "the weights %s and %s have the same name; rename one".formatted(other, name));
      }
    }
  }

  /** Every argument an input, under the name that its location gives or the text has. */
  public static List<ArgumentBinding> inputs(HloFunction main) {
    List<ArgumentBinding> out = new ArrayList<>();
    for (HloFunction.Argument argument : main.arguments()) {
      out.add(new ArgumentBinding.Input(name(argument), out.size()));
    }
    return out;
  }

  /**
   * Arguments by their names. A weight is called as the argument is, or as the argument without the
   * first or the first two steps of its path, which name the exported function's argument and a
   * collection in it: {@code Dense_0.kernel} for {@code params['params']['Dense_0']['kernel']}.
   *
   * @param weights by name; those that no argument has are left over, as exporters drop arguments
   *     that are not used
   * @throws UserException when an argument is called like its neighbours that are weights and has
   *     none, when a name fits two weights, or when shapes or element types differ
   */
  public static List<ArgumentBinding> byName(
      HloProgram program, HloFunction main, Map<String, TensorData> weights) {
    return new WeightBinding(program, main, weights).bind();
  }

  private List<ArgumentBinding> bind() {
    List<Optional<String>> found = new ArrayList<>();
    Set<String> roots = new HashSet<>();
    Set<String> taken = new HashSet<>();
    for (HloFunction.Argument argument : main.arguments()) {
      Optional<String> weight = weightOf(argument);
      found.add(weight);
      if (weight.isPresent()) {
        roots.add(path(argument).root());
        if (!taken.add(weight.orElseThrow())) {
          throw fault(
              argument,
              "the weight %s is the value of two arguments".formatted(weight.orElseThrow()),
              "save the weights by the arguments' whole names");
        }
      }
    }
    if (taken.isEmpty()) {
      throw new UserException(
          "no argument of @%s is called as one of the weights (%s; the arguments are %s); %s"
              .formatted(
                  main.symbol(),
                  shortened(weights.keySet().stream().sorted().toList()),
                  shortened(main.arguments().stream().map(WeightBinding::name).toList()),
                  NAMES));
    }
    List<ArgumentBinding> out = new ArrayList<>();
    int inputs = 0;
    for (int i = 0; i < found.size(); i++) {
      HloFunction.Argument argument = main.arguments().get(i);
      if (found.get(i).isPresent()) {
        out.add(weight(argument, found.get(i).orElseThrow()));
      } else if (path(argument).steps().size() > 1 && roots.contains(path(argument).root())) {
        throw fault(
            argument,
            "the weights have no %s".formatted(name(argument)),
            "add it to the file, or give the file that has it");
      } else {
        out.add(new ArgumentBinding.Input(name(argument), inputs++));
      }
    }
    return out;
  }

  private static String shortened(List<String> names) {
    int shown = 4;
    return names.size() <= shown
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, shown)) + ", ...";
  }

  private static ArgumentPath path(HloFunction.Argument argument) {
    return ArgumentPath.of(argument.location().name().orElse(""));
  }

  static String name(HloFunction.Argument argument) {
    return argument.location().name().orElse(argument.value().name());
  }

  private Optional<String> weightOf(HloFunction.Argument argument) {
    ArgumentPath path = path(argument);
    List<String> found = new ArrayList<>();
    for (int dropped = 0; dropped <= MOST_DROPPED && dropped < path.steps().size(); dropped++) {
      String weight = paths.get(path.below(dropped));
      if (weight != null) {
        found.add(weight);
      }
    }
    if (found.size() > 1) {
      throw fault(
          argument,
          "%s may be the weight %s or %s".formatted(name(argument), found.get(0), found.get(1)),
          "leave one out");
    }
    return found.stream().findFirst();
  }

  private UserException fault(HloFunction.Argument argument, String why, String remedy) {
    Location origin = program.origin(argument.location());
    return new UserException(origin, why, remedy);
  }

  private ArgumentBinding.Weight weight(HloFunction.Argument argument, String name) {
    return checked(program, argument, name, Objects.requireNonNull(weights.get(name)));
  }

  /** A weight, when its shape and element type are the argument's. */
  static ArgumentBinding.Weight checked(
      HloProgram program, HloFunction.Argument argument, String name, TensorData data) {
    HloType type = argument.value().type();
    boolean fits =
        type instanceof HloType.TensorOf tensor
            && tensor.extents().equals(extents(data.shape()))
            && dtype(tensor.element()).filter(d -> d == data.dtype()).isPresent();
    if (!fits) {
      throw new UserException(
          program.origin(argument.location()),
          "the weight %s is %s:%s, the argument %s"
              .formatted(name, data.shape(), data.dtype().text(), type.text()),
          "give the weights that the text was exported with");
    }
    return new ArgumentBinding.Weight(name, data);
  }

  private static List<Long> extents(Shape shape) {
    List<Long> out = new ArrayList<>();
    for (int i = 0; i < shape.rank(); i++) {
      out.add((long) shape.extent(i));
    }
    return out;
  }

  /** The type of stored tensors that has the elements of a type of the text. */
  public static Optional<DType> dtype(HloElementType element) {
    return switch (element) {
      case HloElementType.FloatElement real -> dtype(real.format());
      case IntegerElement integer -> dtype(integer);
      case HloElementType.IndexElement _,
          HloElementType.ComplexElement _,
          HloElementType.Quantized _,
          HloElementType.Opaque _ ->
          Optional.empty();
    };
  }

  private static Optional<DType> dtype(FloatFormat format) {
    return switch (format) {
      case F32 -> Optional.of(DType.F32);
      case F64 -> Optional.of(DType.F64);
      case F16 -> Optional.of(DType.F16);
      case BF16 -> Optional.of(DType.BF16);
      case F4E2M1FN,
          F6E2M3FN,
          F6E3M2FN,
          F8E3M4,
          F8E4M3,
          F8E4M3FN,
          F8E4M3FNUZ,
          F8E4M3B11FNUZ,
          F8E5M2,
          F8E5M2FNUZ,
          F8E8M0FNU,
          TF32 ->
          Optional.empty();
    };
  }

  private static Optional<DType> dtype(IntegerElement integer) {
    boolean unsigned = integer.signedness() == Signedness.UNSIGNED;
    return switch (integer.bits()) {
      case 1 -> Optional.of(DType.I1);
      case 8 -> Optional.of(unsigned ? DType.U8 : DType.I8);
      case 16 -> unsigned ? Optional.empty() : Optional.of(DType.I16);
      case 32 -> unsigned ? Optional.empty() : Optional.of(DType.I32);
      case 64 -> unsigned ? Optional.empty() : Optional.of(DType.I64);
      default -> Optional.empty();
    };
  }
}
