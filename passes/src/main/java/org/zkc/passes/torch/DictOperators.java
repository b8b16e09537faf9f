package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.zkc.passes.torch.TorchValue.Bool;
import org.zkc.passes.torch.TorchValue.DictOf;
import org.zkc.passes.torch.TorchValue.Int;
import org.zkc.passes.torch.TorchValue.ListOf;
import org.zkc.passes.torch.TorchValue.Text;
import org.zkc.passes.torch.TorchValue.Tuple;

/**
 * Dictionaries with known keys, on the host. Operators that change a dictionary in Python return
 * the new one. Operators that lists have too are in {@link ListOperators}, which asks here.
 */
final class DictOperators {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "prim.DictConstruct", "host", "constant keys", DictOperators::construct),
          new TorchOperator("aten.dict", "host", DictOperators::copy),
          new TorchOperator("aten.keys", "host", c -> new ListOf(keys(c))),
          new TorchOperator("aten.values", "host", c -> new ListOf(List.copyOf(values(c)))),
          new TorchOperator("aten.items", "host", DictOperators::items),
          new TorchOperator("aten.get", "host", DictOperators::get),
          new TorchOperator("aten.update", "host", DictOperators::update));

  private DictOperators() {}

  /** key, value, key, value, ... */
  private static TorchValue construct(OperatorCall call) {
    Map<TorchValue, TorchValue> entries = new LinkedHashMap<>();
    for (int i = 0; i + 1 < call.arguments().size(); i += 2) {
      entries.put(key(call, i), call.arguments().get(i + 1));
    }
    return new DictOf(entries);
  }

  /** (): empty; (a dictionary): it; (pairs): of keys and values. */
  private static TorchValue copy(OperatorCall call) {
    if (call.arguments().isEmpty()) {
      return new DictOf(Map.of());
    }
    if (call.argument(0) instanceof DictOf d) {
      return d;
    }
    Map<TorchValue, TorchValue> entries = new LinkedHashMap<>();
    for (TorchValue pair : call.argument(0).sequence().orElseThrow(call::unsupported)) {
      List<TorchValue> both = pair.sequence().orElseThrow(call::unsupported);
      if (both.size() != 2) {
        throw call.unsupported();
      }
      entries.put(key(call, both.getFirst()), both.getLast());
    }
    return new DictOf(entries);
  }

  /** A key: a string, a number or a truth value that is known. */
  private static TorchValue key(OperatorCall call, int index) {
    return key(call, call.argument(index));
  }

  private static TorchValue key(OperatorCall call, TorchValue key) {
    if (key instanceof Text
        || key instanceof Int
        || key instanceof TorchValue.Float
        || key instanceof Bool) {
      return key;
    }
    throw call.refuse("a key of a dictionary is %s; use constant keys".formatted(key.kind()));
  }

  private static DictOf dict(OperatorCall call, int index) {
    if (call.argument(index) instanceof DictOf d) {
      return d;
    }
    throw call.refuse(
        "argument %d is %s where a dict is needed"
            .formatted(index + 1, call.argument(index).kind()));
  }

  private static List<TorchValue> keys(OperatorCall call) {
    return List.copyOf(dict(call, 0).entries().keySet());
  }

  private static List<TorchValue> values(OperatorCall call) {
    return List.copyOf(dict(call, 0).entries().values());
  }

  private static TorchValue items(OperatorCall call) {
    List<TorchValue> out = new ArrayList<>();
    dict(call, 0).entries().forEach((k, v) -> out.add(new Tuple(List.of(k, v))));
    return new ListOf(out);
  }

  /** (self, key) or (self, key, default). */
  private static TorchValue get(OperatorCall call) {
    TorchValue found = dict(call, 0).entries().get(key(call, 1));
    if (found != null) {
      return found;
    }
    return call.arguments().size() > 2 ? call.arguments().get(2) : TorchValue.None.NONE;
  }

  private static TorchValue update(OperatorCall call) {
    Map<TorchValue, TorchValue> entries = new LinkedHashMap<>(dict(call, 0).entries());
    entries.putAll(dict(call, 1).entries());
    return new DictOf(entries);
  }

  /** self[key] of a dictionary. */
  static TorchValue item(OperatorCall call, DictOf dict) {
    TorchValue found = dict.entries().get(key(call, 1));
    if (found == null) {
      throw call.refuse("the dictionary has no such key");
    }
    return found;
  }

  /** self[key] = value of a dictionary. */
  static TorchValue setItem(OperatorCall call, DictOf dict) {
    Map<TorchValue, TorchValue> entries = new LinkedHashMap<>(dict.entries());
    entries.put(key(call, 1), call.arguments().get(2));
    if (entries.size() > ListOperators.MAXIMAL_LENGTH) {
      throw call.refuse(
          "a dictionary of more than %d elements".formatted(ListOperators.MAXIMAL_LENGTH));
    }
    return new DictOf(entries);
  }

  /** key in self of a dictionary. */
  static TorchValue contains(OperatorCall call, DictOf dict) {
    return new Bool(dict.entries().containsKey(key(call, 1)));
  }
}
