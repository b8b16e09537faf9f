package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import org.zkc.passes.torch.TorchValue.DictOf;
import org.zkc.passes.torch.TorchValue.ListOf;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/** Lists, on the host. Operators that change a list in Python return the new list. */
final class ListOperators {
  /** A hostile archive could name any length; each append copies. */
  static final long MAXIMAL_LENGTH = 1 << 16;

  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator("aten.__getitem__", "host", ListOperators::item),
          new TorchOperator("prim.TupleIndex", "host", ListOperators::item),
          new TorchOperator("aten.append", "host", ListOperators::append),
          new TorchOperator("aten.extend", "host", ListOperators::extend),
          new TorchOperator("aten.insert", "host", ListOperators::insert),
          new TorchOperator("aten._set_item", "host", ListOperators::setItem),
          new TorchOperator("aten.reverse", "host", c -> new ListOf(c.elements(0).reversed())),
          new TorchOperator("aten.list", "host", c -> new ListOf(c.elements(0))),
          new TorchOperator(
              "aten.copy",
              "broadcast",
              "into a tensor; also lists and dictionaries",
              ListOperators::copy));

  private ListOperators() {}

  private static int index(OperatorCall call, int argument, int size) {
    long index = call.integer(argument);
    long at = index < 0 ? index + size : index;
    if (at < 0 || at >= size) {
      throw call.refuse("index %d of a list of %d elements".formatted(index, size));
    }
    return (int) at;
  }

  private static TorchValue item(OperatorCall call) {
    if (call.argument(0) instanceof DictOf dict) {
      return DictOperators.item(call, dict);
    }
    List<TorchValue> elements = call.elements(0);
    return elements.get(index(call, 1, elements.size()));
  }

  /** A container's copy; (self, src, non_blocking) of tensors is src in self's shape. */
  private static TorchValue copy(OperatorCall call) {
    return switch (call.argument(0)) {
      case Tensor t -> WriteOperators.written(call, t, 1);
      case DictOf dict -> dict;
      default -> new ListOf(call.elements(0));
    };
  }

  private static TorchValue append(OperatorCall call) {
    return inserted(call, call.elements(0).size(), List.of(call.arguments().get(1)));
  }

  private static TorchValue extend(OperatorCall call) {
    return inserted(call, call.elements(0).size(), call.elements(1));
  }

  private static TorchValue insert(OperatorCall call) {
    int size = call.elements(0).size();
    long index = call.integer(1);
    long at = Math.max(0, Math.min(index < 0 ? index + size : index, size));
    return inserted(call, (int) at, List.of(call.arguments().get(2)));
  }

  private static TorchValue inserted(OperatorCall call, int at, List<TorchValue> added) {
    List<TorchValue> out = new ArrayList<>(call.elements(0));
    out.addAll(at, added);
    if (out.size() > MAXIMAL_LENGTH) {
      throw call.refuse("a list of more than %d elements".formatted(MAXIMAL_LENGTH));
    }
    return call.argument(0) instanceof Tuple ? new Tuple(out) : new ListOf(out);
  }

  private static TorchValue setItem(OperatorCall call) {
    if (call.argument(0) instanceof DictOf dict) {
      return DictOperators.setItem(call, dict);
    }
    List<TorchValue> out = new ArrayList<>(call.elements(0));
    out.set(index(call, 1, out.size()), call.arguments().get(2));
    return new ListOf(out);
  }
}
