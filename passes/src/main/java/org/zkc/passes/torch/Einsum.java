package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.Tensor;

/**
 * {@code torch.einsum}, one tensor after the other. Diagonals are taken and indices that one tensor
 * alone has are summed over first; of two tensors the axes are brought to [batch, own, summed], and
 * one product of matrices remains.
 */
final class Einsum {
  /** Names of the axes under an ellipsis, counted from the last. */
  private static final String HIDDEN = "123456789";

  private static final String ELLIPSIS = "...";

  private final OperatorCall call;
  private final Map<Integer, Integer> extents = new HashMap<>();

  private Einsum(OperatorCall call) {
    this.call = call;
  }

  /** (equation, tensors). */
  static TorchValue lower(OperatorCall call) {
    if (call.overload().equals("sublist")) {
      throw call.refuse("its indices are lists; write them as a string");
    }
    return of(call, call.text(0), call.tensors(1));
  }

  /**
   * The call, as a permutation of axes where the equation is one, so that a known mask stays known.
   */
  static OperatorCall simplified(OperatorCall call) {
    if (!call.operator().equals("aten.einsum")
        || !(call.argument(0) instanceof TorchValue.Text equation)
        || !(call.argument(1) instanceof TorchValue.ListOf list)
        || list.elements().size() != 1) {
      return call;
    }
    String[] sides = equation.value().replace(" ", "").split("->", -1);
    boolean isPermutation =
        sides.length == 2
            && sides[0].length() == sides[1].length()
            && sides[0].chars().allMatch(Character::isLetter)
            && sides[0].chars().distinct().count() == sides[0].length()
            && sides[1].chars().distinct().count() == sides[1].length()
            && sides[1].chars().allMatch(c -> isIn(sides[0], c));
    if (!isPermutation) {
      return call;
    }
    List<TorchValue> axes = new ArrayList<>();
    places(sides[1], sides[0]).forEach(axis -> axes.add(new TorchValue.Int(axis)));
    return new OperatorCall(
        "aten.permute",
        "",
        List.of(list.elements().getFirst(), new TorchValue.ListOf(axes)),
        call.location(),
        call.emit());
  }

  static TorchValue of(OperatorCall call, String equation, List<Tensor> tensors) {
    return call.result(
        new Einsum(call).sum(equation, tensors), Promotion.ofTensors(List.copyOf(tensors)));
  }

  /** A tensor and the names of its axes, each once. */
  private record Factor(String names, Value value) {}

  private Value sum(String equation, List<Tensor> tensors) {
    String[] sides = equation.replace(" ", "").split("->", -1);
    String[] operands = sides[0].split(",", -1);
    if (operands.length != tensors.size() || tensors.isEmpty()) {
      throw call.refuse("%d operands for %d tensors".formatted(operands.length, tensors.size()));
    }
    int hidden = 0;
    List<String> names = new ArrayList<>();
    for (int k = 0; k < operands.length; k++) {
      Shape shape = tensors.get(k).shape();
      int more = shape.rank() - operands[k].replace(ELLIPSIS, "").length();
      if (more < 0 || (more > 0 && !operands[k].contains(ELLIPSIS))) {
        throw call.refuse("indices %s for a tensor of shape %s".formatted(operands[k], shape));
      }
      hidden = Math.max(hidden, more);
      names.add(named(operands[k], more));
      measure(names.get(k), shape);
    }
    String result = sides.length == 1 ? implied(names, hidden) : named(sides[1], hidden);
    requireResult(result);
    List<Factor> factors = new ArrayList<>();
    for (int k = 0; k < names.size(); k++) {
      factors.add(withoutRepeats(names.get(k), call.value(tensors.get(k))));
    }
    Factor out = reduced(factors.getFirst(), result + namesOf(factors.subList(1, factors.size())));
    for (int k = 1; k < factors.size(); k++) {
      String later = result + namesOf(factors.subList(k + 1, factors.size()));
      Factor next = reduced(factors.get(k), later + out.names);
      String kept = select(distinct(out.names + next.names), c -> isIn(later, c));
      out = new Factor(kept, product(out, next, kept));
    }
    return call.emit().transpose(whole(out), places(result, out.names));
  }

  private static String namesOf(List<Factor> factors) {
    return String.join("", factors.stream().map(Factor::names).toList());
  }

  private static String distinct(String names) {
    return names
        .chars()
        .distinct()
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** The diagonal over axes of one name. */
  private Factor withoutRepeats(String names, Value value) {
    String left = names;
    Value at = value;
    for (int axis = left.length() - 1; axis > 0; axis--) {
      int first = left.indexOf(left.charAt(axis));
      if (first < axis) {
        at = diagonal(at, first, axis);
        left = left.substring(0, axis) + left.substring(axis + 1);
      }
    }
    return new Factor(left, at);
  }

  /** The elements whose indices on two axes are equal, on the first of them. */
  private Value diagonal(Value value, int first, int second) {
    TensorEmitter out = call.emit();
    Shape shape = value.shape();
    int n = shape.extent(first);
    if (n != shape.extent(second)) {
      throw call.refuse("a diagonal of extents %d and %d".formatted(n, shape.extent(second)));
    }
    List<Value> parts = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Value row = out.slice(value, first, i, i + 1, 1);
      parts.add(out.slice(row, second, i, i + 1, 1));
    }
    Value joined = parts.size() == 1 ? parts.getFirst() : out.concatenate(parts, first);
    List<Integer> extents = new ArrayList<>(joined.shape().extents());
    extents.remove(second);
    return out.reshape(joined, new Shape(extents));
  }

  /** The sum over axes that nothing else names. */
  private Factor reduced(Factor factor, String others) {
    String alone = select(factor.names, c -> !isIn(others, c));
    if (alone.isEmpty()) {
      return factor;
    }
    List<Integer> axes = alone.chars().mapToObj(factor.names::indexOf).sorted().toList();
    Value sum = ReductionOperators.mean(call, factor.value, axes, false, true);
    return new Factor(select(factor.names, c -> isIn(others, c)), sum);
  }

  /** The indices with names in place of an ellipsis of {@code hidden} axes. */
  private String named(String indices, int hidden) {
    if (hidden > HIDDEN.length()) {
      throw call.refuse("more than %d axes under an ellipsis".formatted(HIDDEN.length()));
    }
    return indices.replace(ELLIPSIS, HIDDEN.substring(HIDDEN.length() - hidden));
  }

  /** The result's indices where the equation names none: those that occur once, sorted. */
  private String implied(List<String> names, int hidden) {
    String all = String.join("", names);
    return named(ELLIPSIS, hidden)
        + select(
            all.chars()
                .sorted()
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString(),
            c -> Character.isLetter(c) && all.indexOf(c) == all.lastIndexOf(c));
  }

  /** Learns extents; an axis of extent 1 stretches. */
  private void measure(String names, Shape shape) {
    for (int axis = 0; axis < names.length(); axis++) {
      int index = names.charAt(axis);
      int extent = shape.extent(axis);
      int known = extents.getOrDefault(index, 1);
      if (known != 1 && extent != 1 && known != extent) {
        throw call.refuse("extents %d and %d for index %c".formatted(known, extent, index));
      }
      extents.put(index, known == 1 ? extent : known);
    }
  }

  private void requireResult(String result) {
    for (int axis = 0; axis < result.length(); axis++) {
      int index = result.charAt(axis);
      if (!extents.containsKey(index) || result.indexOf(index) != axis) {
        throw call.refuse("index %c of the result".formatted(index));
      }
    }
  }

  private Value whole(Factor factor) {
    return call.emit().broadcast(factor.value, shape(factor.names));
  }

  private Value product(Factor first, Factor second, String result) {
    TensorEmitter out = call.emit();
    String left = first.names;
    String right = second.names;
    Value a = whole(first);
    Value b = whole(second);
    String batch = select(left, c -> isIn(right, c) && isIn(result, c));
    String summed = select(left, c -> isIn(right, c) && !isIn(result, c));
    String rows = select(left, c -> !isIn(right, c));
    String columns = select(right, c -> !isIn(left, c));
    Value x = out.transpose(a, places(batch + rows + summed, left));
    Value w = out.transpose(b, places(batch + columns + summed, right));
    Value y;
    if (summed.isEmpty()) {
      List<Integer> spread = new ArrayList<>(shape(batch + rows).extents());
      spread.addAll(Collections.nCopies(columns.length(), 1));
      List<Integer> other = new ArrayList<>(shape(batch).extents());
      other.addAll(Collections.nCopies(rows.length(), 1));
      other.addAll(shape(columns).extents());
      y = out.multiply(out.reshape(x, new Shape(spread)), out.reshape(w, new Shape(other)));
    } else {
      y =
          LinearOperators.timesTransposed(
              call,
              out.reshape(x, matrices(batch, rows, summed)),
              out.reshape(w, matrices(batch, columns, summed)));
    }
    String order = batch + rows + columns;
    return out.transpose(out.reshape(y, shape(order)), places(result, order));
  }

  private Shape shape(String names) {
    return new Shape(names.chars().mapToObj(c -> extents.getOrDefault(c, 1)).toList());
  }

  /** [batch..., own, summed]. */
  private Shape matrices(String batch, String own, String summed) {
    List<Integer> out = new ArrayList<>(shape(batch).extents());
    out.add(call.narrow(shape(own).elementCount()));
    out.add(call.narrow(shape(summed).elementCount()));
    return new Shape(out);
  }

  private static List<Integer> places(String wanted, String names) {
    return wanted.chars().mapToObj(names::indexOf).toList();
  }

  private static String select(String names, IntPredicate condition) {
    StringBuilder out = new StringBuilder();
    names.chars().filter(condition).forEach(out::appendCodePoint);
    return out.toString();
  }

  private static boolean isIn(String names, int index) {
    return names.indexOf(index) >= 0;
  }
}
