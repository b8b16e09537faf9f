package org.zkc.stablehlo.weights;

import java.util.ArrayList;
import java.util.Arrays;
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
    Optional<TensorData> fitting =
        type instanceof HloType.TensorOf tensor && tensor.extents().equals(extents(data.shape()))
            ? tensor.element().dtype().flatMap(d -> as(d, data))
            : Optional.empty();
    if (fitting.isEmpty()) {
      throw new UserException(
          program.origin(argument.location()),
          "the weight %s is %s:%s, the argument %s"
              .formatted(name, data.shape(), data.dtype().text(), type.text()),
          "give the weights that the text was exported with");
    }
    return new ArgumentBinding.Weight(name, fitting.orElseThrow());
  }

  /** A weight of a type; unsigned integers may be stored as signed ones that hold them. */
  private static Optional<TensorData> as(DType dtype, TensorData data) {
    if (data.dtype() == dtype) {
      return Optional.of(data);
    }
    boolean widened =
        switch (dtype) {
          case U16 -> data.dtype() == DType.I32;
          case U32, U64 -> data.dtype() == DType.I64;
          case F32, F64, F16, BF16, I64, I32, I16, I8, U8, I1 -> false;
        };
    return widened && Arrays.stream(data.toLongs()).allMatch(dtype::holds)
        ? Optional.of(TensorData.ofLongs(dtype, data.shape(), data.toLongs()))
        : Optional.empty();
  }

  private static List<Long> extents(Shape shape) {
    List<Long> out = new ArrayList<>();
    for (int i = 0; i < shape.rank(); i++) {
      out.add((long) shape.extent(i));
    }
    return out;
  }
}
