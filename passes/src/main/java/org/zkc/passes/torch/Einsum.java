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
 * {@code torch.einsum} of two tensors. The axes of each are brought to [batch, own, summed]; one
 * product of matrices remains.
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
    return call.result(new Einsum(call).product());
  }

  private Value product() {
    if (call.overload().equals("sublist")) {
      throw call.refuse("its indices are lists; write them as a string");
    }
    String[] sides = call.text(0).replace(" ", "").split("->", -1);
    String[] operands = sides[0].split(",", -1);
    List<Tensor> tensors = call.tensors(1);
    if (operands.length != 2 || tensors.size() != 2) {
      throw call.refuse(
          "a sum over %d tensors; write it as products of two tensors each"
              .formatted(tensors.size()));
    }
    int hidden = 0;
    List<String> names = new ArrayList<>();
    for (int k = 0; k < 2; k++) {
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
    return product(
        names.get(0),
        whole(call.value(tensors.get(0)), names.get(0)),
        names.get(1),
        whole(call.value(tensors.get(1)), names.get(1)),
        result);
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
    String all = names.get(0) + names.get(1);
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
      if (names.indexOf(index) != axis) {
        throw call.refuse("index %c twice in one tensor".formatted(index));
      }
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

  private Value whole(Value value, String names) {
    return call.emit().broadcast(value, shape(names));
  }

  private Value product(String left, Value a, String right, Value b, String result) {
    TensorEmitter out = call.emit();
    String batch = select(left, c -> isIn(right, c) && isIn(result, c));
    String summed = select(left, c -> isIn(right, c) && !isIn(result, c));
    String rows = select(left, c -> !isIn(right, c));
    String columns = select(right, c -> !isIn(left, c));
    String alone = select(rows + columns, c -> !isIn(result, c));
    if (!alone.isEmpty()) {
      throw call.refuse(
          "index %c is summed over in one tensor alone; sum over it before"
              .formatted((int) alone.charAt(0)));
    }
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
