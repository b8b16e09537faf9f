package org.zkc.torchscript.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.zkc.ir.Location;
import org.zkc.ir.Value;
import org.zkc.ir.torch.Operator;
import org.zkc.torchscript.schema.StaticTypes;

/** Operators whose results are views of their first argument, and their inverses. */
final class Views {

  /** Views whose result has the same elements in the same order as their first argument. */
  private static final Set<String> SAME_ELEMENTS =
      Set.of(
          "aten.view",
          "aten.view_as",
          "aten.unsqueeze",
          "aten.squeeze",
          "aten.detach",
          "aten.alias");

  /** Views that are their own inverse. */
  private static final Set<String> INVOLUTIONS =
      Set.of("aten.transpose", "aten.t", "aten.swapaxes", "aten.swapdims");

  /**
   * Views that always share memory, so that they can be taken again; others (reshape) may have
   * copied.
   */
  private static final Set<String> ALWAYS_VIEWS =
      Set.of(
          "aten.view",
          "aten.view_as",
          "aten.unsqueeze",
          "aten.squeeze",
          "aten.detach",
          "aten.alias",
          "aten.transpose",
          "aten.t",
          "aten.swapaxes",
          "aten.swapdims",
          "aten.permute",
          "aten.select",
          "aten.slice",
          "aten.narrow",
          "aten.expand",
          "aten.expand_as");

  /**
   * Operators whose result is the list of all parts of their first argument, with the place of the
   * axis among their arguments. A part is a view of the list, the list one of the whole.
   */
  private static final Map<String, Integer> SPLITS =
      Map.of(
          "aten.chunk", 2,
          "aten.unsafe_chunk", 2,
          "aten.split", 2,
          "aten.split_with_sizes", 2,
          "aten.tensor_split", 2,
          "aten.unsafe_split", 2,
          "aten.unsafe_split_with_sizes", 2,
          "aten.unbind", 1);

  private Views() {}

  /**
   * Whether the operator's result is a view that can be taken again; bits as another type are not.
   */
  static boolean isView(Operator operator) {
    return (ALWAYS_VIEWS.contains(operator.operator()) || isSplit(operator))
        && !operator.overload().equals("dtype");
  }

  /** Whether the result is the list of all parts of a tensor. */
  static boolean isSplit(Operator operator) {
    return SPLITS.containsKey(operator.operator());
  }

  /**
   * The operator that makes of a view's new value that of its base.
   *
   * @param emit takes operators that are needed before
   */
  static Optional<Operator> inverse(
      Operator operator, Value base, Value now, Consumer<Operator> emit) {
    Value result = new Value(base.name(), base.type());
    List<Value> arguments = new ArrayList<>(operator.arguments());
    arguments.add(1, now);
    switch (operator.operator()) {
      case "aten.select" -> {
        return scatter("aten.select_scatter", arguments, result, operator.location());
      }
      case "aten.slice" -> {
        return scatter("aten.slice_scatter", arguments, result, operator.location());
      }
      case "aten.narrow" -> { // (self, dim, start, length)
        Value end = new Value("end", StaticTypes.INT);
        List<Value> sum = List.of(operator.arguments().get(2), operator.arguments().get(3));
        emit.accept(new Operator(List.of(end), "aten.add", "int", sum, operator.location()));
        arguments.set(4, end);
        return scatter("aten.slice_scatter", arguments, result, operator.location());
      }
      case "aten.__getitem__" -> { // a part of a tensor that was split, or an attribute
        List<Value> item = List.of(base, operator.arguments().get(1), now);
        return scatter("aten._set_item", item, result, operator.location());
      }
      case "aten.permute" -> {
        return Optional.of(unpermuted(operator, now, result, emit));
      }
      default -> {}
    }
    Integer axis = SPLITS.get(operator.operator());
    if (axis != null) {
      String join = operator.operator().equals("aten.unbind") ? "aten.stack" : "aten.cat";
      List<Value> parts = List.of(now, operator.arguments().get(axis));
      return scatter(join, parts, result, operator.location());
    }
    if (SAME_ELEMENTS.contains(operator.operator())) {
      return Optional.of(
          new Operator(
              List.of(result), "aten.reshape_as", "", List.of(now, base), operator.location()));
    }
    return INVOLUTIONS.contains(operator.operator())
        ? Optional.of(over(operator, now, result))
        : Optional.empty();
  }

  /** Axis i of {@code now} back to where the permutation took it from. */
  private static Operator unpermuted(
      Operator permute, Value now, Value result, Consumer<Operator> emit) {
    Value order = permute.arguments().get(1);
    Value rank = new Value("rank", StaticTypes.INT);
    Value axes = new Value("axes", StaticTypes.list(StaticTypes.INT));
    Location at = permute.location();
    emit.accept(new Operator(List.of(rank), "aten.len", "t", List.of(order), at));
    emit.accept(new Operator(List.of(axes), "prim.rangelist", "", List.of(rank), at));
    return new Operator(List.of(result), "aten.movedim", "intlist", List.of(now, axes, order), at);
  }

  private static Optional<Operator> scatter(
      String name, List<Value> arguments, Value result, Location at) {
    return Optional.of(new Operator(List.of(result), name, "", arguments, at));
  }

  /** The same operator with another first argument and result. */
  static Operator over(Operator operator, Value first, Value result) {
    List<Value> arguments = new ArrayList<>(operator.arguments());
    arguments.set(0, first);
    return new Operator(
        List.of(result), operator.operator(), operator.overload(), arguments, operator.location());
  }
}
