package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.passes.torch.TorchValue.Bool;
import org.zkc.passes.torch.TorchValue.DictOf;
import org.zkc.passes.torch.TorchValue.Int;
import org.zkc.passes.torch.TorchValue.ListOf;
import org.zkc.passes.torch.TorchValue.Text;
import org.zkc.passes.torch.TorchValue.Tuple;

/**
 * Operators of lists and dictionaries. One that changes its operand in Python returns the changed
 * one, after its result where it has one.
 */
final class ContainerFunctions {
  static final Map<String, HostFunction> ALL =
      Map.ofEntries(
          Map.entry("aten.pop", ContainerFunctions::pop),
          Map.entry("aten.Delete", ContainerFunctions::delete),
          Map.entry("aten.clear", ContainerFunctions::clear),
          Map.entry("aten.remove", ContainerFunctions::remove),
          Map.entry("aten.setdefault", ContainerFunctions::setDefault),
          Map.entry("aten.sort", call -> ofList(call, list -> sorted(call, list))),
          Map.entry("aten.sorted", call -> ofList(call, list -> sorted(call, list))),
          Map.entry("aten.index", call -> ofValues(call, l -> new Int(found(call, l)))),
          Map.entry("aten.count", call -> ofValues(call, l -> new Int(count(call, l)))),
          Map.entry("aten.sum", call -> ofValues(call, list -> sum(call, list))),
          Map.entry("aten.any", call -> ofValues(call, l -> new Bool(some(call, l, true)))),
          Map.entry("aten.all", call -> ofValues(call, l -> new Bool(!some(call, l, false)))),
          Map.entry("prim.rangelist", ContainerFunctions::range));

  private ContainerFunctions() {}

  private interface OfList {
    TorchValue apply(ListOf list);
  }

  private static Optional<TorchValue> ofList(OperatorCall call, OfList function) {
    return call.argument(0) instanceof ListOf list
        ? Optional.of(function.apply(list))
        : Optional.empty();
  }

  /** The method for lists of numbers, truth values and strings, which are compared by value. */
  private static Optional<TorchValue> ofValues(OperatorCall call, OfList function) {
    boolean plain =
        call.argument(0) instanceof ListOf list
            && list.elements().stream()
                .allMatch(e -> e instanceof Text || isNumber(e) || e instanceof Bool);
    return plain ? ofList(call, function) : Optional.empty();
  }

  private static boolean isNumber(TorchValue value) {
    return value instanceof Int || value instanceof TorchValue.Float;
  }

  private static int position(OperatorCall call, ListOf list, long index) {
    int size = list.elements().size();
    long at = index < 0 ? index + size : index;
    if (at < 0 || at >= size) {
      throw call.refuse("index %d of a list of %d elements".formatted(index, size));
    }
    return (int) at;
  }

  /**
   * (list, index), (dict, key) or (dict, key, default): the element, and the rest of the container.
   */
  private static Optional<TorchValue> pop(OperatorCall call) {
    return switch (call.argument(0)) {
      case ListOf list -> {
        int at = position(call, list, call.integer(1, -1));
        yield Optional.of(new Tuple(List.of(list.elements().get(at), without(list, at))));
      }
      case DictOf dict -> {
        Map<TorchValue, TorchValue> entries = new LinkedHashMap<>(dict.entries());
        TorchValue found = entries.remove(call.argument(1));
        if (found == null) {
          if (call.arguments().size() < 3) {
            throw call.refuse("the dictionary has no such key");
          }
          found = call.arguments().get(2);
        }
        yield Optional.of(new Tuple(List.of(found, new DictOf(entries))));
      }
      default -> Optional.empty();
    };
  }

  private static ListOf without(ListOf list, int at) {
    List<TorchValue> left = new ArrayList<>(list.elements());
    left.remove(at);
    return new ListOf(left);
  }

  /** (list, index) or (dict, key). */
  private static Optional<TorchValue> delete(OperatorCall call) {
    return switch (call.argument(0)) {
      case ListOf list -> Optional.of(without(list, position(call, list, call.integer(1))));
      case DictOf dict -> {
        Map<TorchValue, TorchValue> entries = new LinkedHashMap<>(dict.entries());
        if (entries.remove(call.argument(1)) == null) {
          throw call.refuse("the dictionary has no such key");
        }
        yield Optional.of(new DictOf(entries));
      }
      default -> Optional.empty();
    };
  }

  private static Optional<TorchValue> clear(OperatorCall call) {
    return switch (call.argument(0)) {
      case ListOf list -> Optional.of(new ListOf(List.of()));
      case DictOf dict -> Optional.of(new DictOf(Map.of()));
      default -> Optional.empty();
    };
  }

  /** (list, element). */
  private static Optional<TorchValue> remove(OperatorCall call) {
    return ofValues(call, list -> without(list, found(call, list)));
  }

  /** (dict, key, default): the element, and the dictionary that has it. */
  private static Optional<TorchValue> setDefault(OperatorCall call) {
    if (!(call.argument(0) instanceof DictOf dict)) {
      return Optional.empty();
    }
    Map<TorchValue, TorchValue> entries = new LinkedHashMap<>(dict.entries());
    entries.putIfAbsent(call.argument(1), call.arguments().get(2));
    if (entries.size() > ListOperators.MAXIMAL_LENGTH) {
      throw call.refuse(
          "a dictionary of more than %d elements".formatted(ListOperators.MAXIMAL_LENGTH));
    }
    return Optional.of(new Tuple(List.of(entries.get(call.argument(1)), new DictOf(entries))));
  }

  /** (list, reverse); equal elements keep their order. */
  private static TorchValue sorted(OperatorCall call, ListOf list) {
    List<TorchValue> elements = new ArrayList<>(list.elements());
    Comparator<TorchValue> order;
    if (elements.stream().allMatch(Text.class::isInstance)) {
      order = Comparator.comparing(e -> ((Text) e).value());
    } else if (elements.stream().allMatch(Int.class::isInstance)) {
      order = Comparator.comparingLong(e -> ((Int) e).value());
    } else if (elements.stream().allMatch(e -> isNumber(e) || e instanceof Bool)) {
      order = Comparator.comparingDouble(e -> e.number().orElseThrow());
    } else {
      throw call.refuse("sorting a list of other things than numbers and strings");
    }
    elements.sort(call.flag(1) ? order.reversed() : order);
    return new ListOf(elements);
  }

  private static boolean equal(TorchValue a, TorchValue b) {
    boolean numbers = a.number().isPresent() && b.number().isPresent();
    return a.equals(b) || (numbers && a.number().getAsDouble() == b.number().getAsDouble());
  }

  private static int found(OperatorCall call, ListOf list) {
    for (int i = 0; i < list.elements().size(); i++) {
      if (equal(list.elements().get(i), call.argument(1))) {
        return i;
      }
    }
    throw call.refuse("the list does not hold this element");
  }

  private static int count(OperatorCall call, ListOf list) {
    return (int) list.elements().stream().filter(e -> equal(e, call.argument(1))).count();
  }

  private static TorchValue sum(OperatorCall call, ListOf list) {
    if (list.elements().stream().anyMatch(Text.class::isInstance)) {
      throw call.refuse("a sum of strings");
    }
    return list.elements().stream().anyMatch(TorchValue.Float.class::isInstance)
        ? new TorchValue.Float(
            list.elements().stream().mapToDouble(e -> e.number().orElseThrow()).sum())
        : new Int(list.elements().stream().mapToLong(e -> e.integer().orElseThrow()).sum());
  }

  /** Whether an element has this truth value. */
  private static boolean some(OperatorCall call, ListOf list, boolean truth) {
    return list.elements().stream()
        .anyMatch(e ->
            truth
                == (e instanceof Text t
                    ? !t.value().isEmpty()
                    : e.number().orElseThrow(() -> call.refuse("an element is " + e.kind())) != 0));
  }

  private static Optional<TorchValue> range(OperatorCall call) {
    long count = call.integer(0);
    if (count > ListOperators.MAXIMAL_LENGTH) {
      throw call.refuse("a list of %d elements".formatted(count));
    }
    List<TorchValue> out = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      out.add(new Int(i));
    }
    return Optional.of(new ListOf(out));
  }
}
