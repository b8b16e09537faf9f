package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tensor;

/** Several tensors in one: Concatenate. */
final class JoinOperators {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator("aten.cat", "concatenate", JoinOperators::concatenate),
          new TorchOperator("aten.concat", "concatenate", JoinOperators::concatenate),
          new TorchOperator("aten.concatenate", "concatenate", JoinOperators::concatenate),
          new TorchOperator("aten.stack", "reshape, concatenate", JoinOperators::stack),
          new TorchOperator("aten.hstack", "reshape, concatenate", c -> joined(c, 1)),
          new TorchOperator("aten.vstack", "reshape, concatenate", c -> joined(c, 0)),
          new TorchOperator("aten.row_stack", "reshape, concatenate", c -> joined(c, 0)),
          new TorchOperator("aten.dstack", "reshape, concatenate", c -> joined(c, 2)),
          new TorchOperator("aten.column_stack", "reshape, concatenate", JoinOperators::columns),
          new TorchOperator("aten.atleast_1d", "reshape", c -> atLeast(c, 1)),
          new TorchOperator("aten.atleast_2d", "reshape", c -> atLeast(c, 2)),
          new TorchOperator("aten.atleast_3d", "reshape", c -> atLeast(c, 3)),
          new TorchOperator("aten.repeat", "reshape, concatenate", JoinOperators::repeat),
          new TorchOperator("aten.tile", "reshape, concatenate", JoinOperators::tile));

  private JoinOperators() {}

  private static TorchValue concatenate(OperatorCall call) {
    List<Tensor> tensors = nonEmptyList(call);
    // PyTorch ignores tensors of shape [0], whatever the rank of the others.
    List<Tensor> kept = tensors.stream().filter(t -> !t.shape().equals(Shape.of(0))).toList();
    if (kept.isEmpty()) {
      return tensors.getFirst();
    }
    int rank = kept.getFirst().shape().rank();
    if (rank == 0) {
      throw call.refuse("tensors without axes; use torch.stack");
    }
    int axis = call.axis(1, rank);
    return call.result(call.emit().concatenate(inOneType(call, kept), axis));
  }

  /** The tensors in the type that PyTorch promotes them to. */
  private static List<Value> inOneType(OperatorCall call, List<Tensor> tensors) {
    if (tensors.stream().allMatch(KnownTensor.class::isInstance)) {
      return tensors.stream().map(call::held).toList();
    }
    DType dtype = Promotion.ofTensors(List.copyOf(tensors));
    return tensors.stream().map(t -> call.in(dtype, t)).toList();
  }

  private static List<Tensor> nonEmptyList(OperatorCall call) {
    List<Tensor> tensors = call.tensors(0);
    if (tensors.isEmpty()) {
      throw call.refuse("the list is empty");
    }
    return tensors;
  }

  private static TorchValue stack(OperatorCall call) {
    List<Tensor> tensors = nonEmptyList(call);
    List<Integer> extents = new ArrayList<>(tensors.getFirst().shape().extents());
    int axis = call.axis(1, extents.size() + 1);
    extents.add(axis, 1);
    Shape each = new Shape(extents);
    List<Value> parts =
        inOneType(call, tensors).stream().map(v -> call.emit().reshape(v, each)).toList();
    return call.result(call.emit().concatenate(parts, axis));
  }

  /** Along an axis that tensors without it get; hstack joins vectors along their only axis. */
  private static TorchValue joined(OperatorCall call, int axis) {
    List<Tensor> tensors = nonEmptyList(call);
    boolean vectors = axis == 1 && tensors.getFirst().shape().rank() < 2;
    int rank = vectors ? 1 : axis == 2 ? 3 : 2;
    List<Value> parts = inOneType(call, tensors).stream().map(v -> atLeast(call, v, rank)).toList();
    return call.result(call.emit().concatenate(parts, vectors ? 0 : axis));
  }

  /** Vectors are columns. */
  private static TorchValue columns(OperatorCall call) {
    List<Value> parts = new ArrayList<>();
    for (Value v : inOneType(call, nonEmptyList(call))) {
      int count = Math.toIntExact(v.shape().elementCount());
      parts.add(v.shape().rank() < 2 ? call.emit().reshape(v, Shape.of(count, 1)) : v);
    }
    return call.result(call.emit().concatenate(parts, 1));
  }

  private static TorchValue atLeast(OperatorCall call, int rank) {
    if (call.argument(0).sequence().isEmpty()) {
      return call.result(atLeast(call, call.held(0), rank), call.tensor(0).dtype());
    }
    List<TorchValue> out = new ArrayList<>();
    for (Tensor t : call.tensors(0)) {
      out.add(call.result(atLeast(call, call.held(t), rank), t.dtype()));
    }
    return new TorchValue.ListOf(out);
  }

  /** Axes of extent 1 are added: in front, and behind the second axis. */
  private static Value atLeast(OperatorCall call, Value x, int rank) {
    List<Integer> extents = new ArrayList<>(x.shape().extents());
    if (extents.isEmpty()) {
      extents.add(1);
    }
    if (extents.size() == 1 && rank > 1) {
      extents.addFirst(1);
    }
    if (extents.size() == 2 && rank > 2) {
      extents.add(1);
    }
    return call.emit().reshape(x, new Shape(extents));
  }

  /** (input, repeats): copies side by side, new axes in front. */
  private static TorchValue repeat(OperatorCall call) {
    return repeat(call, call.integers(1));
  }

  /** Repeats as repeat does, but missing repeats in front are 1. */
  private static TorchValue tile(OperatorCall call) {
    List<Integer> repeats = new ArrayList<>(call.integers(1));
    while (repeats.size() < call.tensor(0).shape().rank()) {
      repeats.addFirst(1);
    }
    return repeat(call, repeats);
  }

  private static TorchValue repeat(OperatorCall call, List<Integer> repeats) {
    Value current = call.held(0);
    int added = repeats.size() - current.shape().rank();
    if (added < 0 || repeats.stream().anyMatch(r -> r < 1)) {
      throw call.refuse("repeats %s of a tensor of shape %s".formatted(repeats, current.shape()));
    }
    List<Integer> extents = new ArrayList<>(Collections.nCopies(added, 1));
    extents.addAll(current.shape().extents());
    current = call.emit().reshape(current, new Shape(extents));
    for (int axis = 0; axis < repeats.size(); axis++) {
      current = call.emit().concatenate(Collections.nCopies(repeats.get(axis), current), axis);
    }
    return call.result(current);
  }
}
