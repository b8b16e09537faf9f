package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.KnownTensor;

/** Other shapes and axis orders of the same elements: Reshape, Transpose, Broadcast. */
final class ViewOperators {
  /** Known tensors are expanded on the host up to this size. */
  private static final long SMALL = 1 << 20;

  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "aten.view", "reshape", "not to another dtype", c -> reshape(c, c.integers(1))),
          new TorchOperator("aten.reshape", "reshape", c -> reshape(c, c.integers(1))),
          new TorchOperator(
              "aten.view_as", "reshape", c -> reshape(c, c.tensor(1).shape().extents())),
          new TorchOperator(
              "aten.reshape_as", "reshape", c -> reshape(c, c.tensor(1).shape().extents())),
          new TorchOperator("aten.flatten", "reshape", ViewOperators::flatten),
          new TorchOperator("aten.ravel", "reshape", c -> reshape(c, List.of(-1))),
          new TorchOperator("aten.unflatten", "reshape", ViewOperators::unflatten),
          new TorchOperator("aten.squeeze", "reshape", ViewOperators::squeeze),
          new TorchOperator("aten.unsqueeze", "reshape", ViewOperators::unsqueeze),
          new TorchOperator("aten.permute", "transpose", ViewOperators::permute),
          new TorchOperator(
              "aten.transpose", "transpose", c -> swap(c, c.integer(1), c.integer(2))),
          new TorchOperator("aten.swapaxes", "transpose", c -> swap(c, c.integer(1), c.integer(2))),
          new TorchOperator("aten.swapdims", "transpose", c -> swap(c, c.integer(1), c.integer(2))),
          new TorchOperator("aten.movedim", "transpose", ViewOperators::moveAxes),
          new TorchOperator("aten.moveaxis", "transpose", ViewOperators::moveAxes),
          new TorchOperator("aten.t", "transpose", ViewOperators::matrixTranspose),
          new TorchOperator("aten.numpy_T", "transpose", ViewOperators::reversed),
          new TorchOperator("aten.mT", "transpose", c -> swap(c, -2, -1)),
          new TorchOperator("aten.mH", "transpose", c -> swap(c, -2, -1)),
          new TorchOperator("aten.adjoint", "transpose", c -> swap(c, -2, -1)),
          new TorchOperator("aten.matrix_H", "transpose", c -> swap(c, -2, -1)),
          new TorchOperator("aten.expand", "broadcast", c -> expand(c, c.integers(1))),
          new TorchOperator(
              "aten.expand_as", "broadcast", c -> expand(c, c.tensor(1).shape().extents())),
          new TorchOperator("aten.broadcast_to", "broadcast", c -> expand(c, c.integers(1))),
          new TorchOperator(
              "aten.pixel_shuffle", "reshape, transpose", ViewOperators::pixelShuffle),
          new TorchOperator(
              "aten.channel_shuffle", "reshape, transpose", ViewOperators::channelShuffle),
          new TorchOperator(
              "aten.native_channel_shuffle", "reshape, transpose", ViewOperators::channelShuffle));

  private ViewOperators() {}

  /** The identity permutation of {@code rank} axes with two of them swapped. */
  static List<Integer> swapped(int rank, int a, int b) {
    return IntStream.range(0, rank).mapToObj(k -> k == a ? b : k == b ? a : k).toList();
  }

  /** Reshapes; at most one extent is -1 and follows from the others. */
  private static TorchValue reshape(OperatorCall call, List<Integer> wanted) {
    if (call.overload().equals("dtype")) {
      throw call.refuse("reading the bits as another type");
    }
    long count = call.tensor(0).shape().elementCount();
    List<Integer> extents = new ArrayList<>(wanted);
    int open = extents.indexOf(-1);
    if (open >= 0) {
      long others = 1;
      for (int k = 0; k < extents.size(); k++) {
        others *= k == open ? 1 : extents.get(k);
      }
      if (others <= 0 || count % others != 0) {
        throw call.refuse("shape %s does not fit %d elements".formatted(wanted, count));
      }
      extents.set(open, call.narrow(count / others));
    }
    if (extents.stream().anyMatch(e -> e < 0)) {
      throw call.refuse("shape %s".formatted(wanted));
    }
    return reshaped(call, extents);
  }

  private static TorchValue reshaped(OperatorCall call, List<Integer> extents) {
    return call.result(call.emit().reshape(call.held(0), new Shape(extents)));
  }

  /** (input, start_dim, end_dim). */
  private static TorchValue flatten(OperatorCall call) {
    List<Integer> extents = new ArrayList<>(call.tensor(0).shape().extents());
    if (extents.isEmpty()) {
      return reshaped(call, List.of(1));
    }
    int first = call.axis(1, extents.size());
    int last = call.axis(2, extents.size());
    if (first > last) {
      throw call.refuse("its first axis %d comes after its last, %d".formatted(first, last));
    }
    int count = 1;
    for (int k = first; k <= last; k++) {
      count = Math.multiplyExact(count, extents.get(k));
    }
    extents.subList(first + 1, last + 1).clear();
    extents.set(first, count);
    return reshaped(call, extents);
  }

  /** (input, dim, sizes). */
  private static TorchValue unflatten(OperatorCall call) {
    List<Integer> extents = new ArrayList<>(call.tensor(0).shape().extents());
    int axis = call.axis(1, extents.size());
    List<Integer> sizes = new ArrayList<>(call.integers(2));
    int open = sizes.indexOf(-1);
    if (open >= 0) {
      int others = -sizes.stream().reduce(1, Math::multiplyExact);
      if (others <= 0) {
        throw call.refuse("sizes %s".formatted(sizes));
      }
      sizes.set(open, extents.get(axis) / others);
    }
    extents.subList(axis, axis + 1).clear();
    extents.addAll(axis, sizes);
    return reshaped(call, extents);
  }

  /** (input), (input, dim) or (input, dims): axes of extent 1 go. */
  private static TorchValue squeeze(OperatorCall call) {
    List<Integer> extents = call.tensor(0).shape().extents();
    List<Integer> chosen =
        call.arguments().size() < 2
            ? IntStream.range(0, extents.size()).boxed().toList()
            : call.integers(1).stream().map(a -> call.resolveAxis(a, extents.size())).toList();
    List<Integer> out = new ArrayList<>();
    for (int k = 0; k < extents.size(); k++) {
      if (extents.get(k) != 1 || !chosen.contains(k)) {
        out.add(extents.get(k));
      }
    }
    return reshaped(call, out);
  }

  private static TorchValue unsqueeze(OperatorCall call) {
    List<Integer> extents = new ArrayList<>(call.tensor(0).shape().extents());
    extents.add(call.axis(1, extents.size() + 1), 1);
    return reshaped(call, extents);
  }

  private static TorchValue transposed(OperatorCall call, List<Integer> permutation) {
    return call.result(call.emit().transpose(call.held(0), permutation));
  }

  private static TorchValue permute(OperatorCall call) {
    int rank = call.tensor(0).shape().rank();
    return transposed(call, call.integers(1).stream().map(a -> call.resolveAxis(a, rank)).toList());
  }

  private static TorchValue swap(OperatorCall call, long a, long b) {
    int rank = call.tensor(0).shape().rank();
    return transposed(call, swapped(rank, call.resolveAxis(a, rank), call.resolveAxis(b, rank)));
  }

  /** (input, source, destination), axes or lists of axes; the others keep their order. */
  private static TorchValue moveAxes(OperatorCall call) {
    int rank = call.tensor(0).shape().rank();
    List<Integer> from = call.integers(1).stream().map(a -> call.resolveAxis(a, rank)).toList();
    List<Integer> to = call.integers(2).stream().map(a -> call.resolveAxis(a, rank)).toList();
    if (from.size() != to.size()) {
      throw call.refuse("%d axes to %d places".formatted(from.size(), to.size()));
    }
    List<Integer> others =
        IntStream.range(0, rank).boxed().filter(axis -> !from.contains(axis)).toList();
    List<Integer> permutation = new ArrayList<>();
    int next = 0;
    for (int axis = 0; axis < rank; axis++) {
      int given = to.indexOf(axis);
      permutation.add(given >= 0 ? from.get(given) : others.get(next++));
    }
    return transposed(call, permutation);
  }

  private static TorchValue matrixTranspose(OperatorCall call) {
    int rank = call.tensor(0).shape().rank();
    if (rank > 2) {
      throw call.refuse("the tensor has %d axes".formatted(rank));
    }
    return rank < 2 ? call.argument(0) : transposed(call, List.of(1, 0));
  }

  private static TorchValue reversed(OperatorCall call) {
    int rank = call.tensor(0).shape().rank();
    return transposed(call, IntStream.range(0, rank).mapToObj(k -> rank - 1 - k).toList());
  }

  /** -1 keeps the extent of an existing axis. */
  private static TorchValue expand(OperatorCall call, List<Integer> sizes) {
    Shape from = call.tensor(0).shape();
    List<Integer> out = new ArrayList<>(sizes);
    int added = sizes.size() - from.rank();
    if (added < 0) {
      throw call.refuse("sizes %s for a tensor of shape %s".formatted(sizes, from));
    }
    for (int k = 0; k < out.size(); k++) {
      if (out.get(k) < 0) {
        if (out.get(k) != -1 || k < added) {
          throw call.refuse("sizes %s for a tensor of shape %s".formatted(sizes, from));
        }
        out.set(k, from.extent(k - added));
      }
    }
    Shape to = new Shape(out);
    if (call.tensor(0) instanceof KnownTensor known && to.elementCount() <= SMALL) {
      try {
        Shapes.broadcastTo(from, to);
      } catch (IllegalArgumentException e) {
        throw call.refuse(String.valueOf(e.getMessage()));
      }
      return new KnownTensor(HostTensors.broadcast(known.data(), to), "");
    }
    return call.result(call.emit().broadcast(call.held(0), to));
  }

  /** [..., C r^2, H, W] becomes [..., C, H r, W r]. */
  private static TorchValue pixelShuffle(OperatorCall call) {
    int factor = call.extent(1);
    List<Integer> extents = call.tensor(0).shape().extents();
    int rank = extents.size();
    if (rank < 3 || factor < 1 || extents.get(rank - 3) % (factor * factor) != 0) {
      throw call.refuse(
          "factor %d for a tensor of shape %s".formatted(factor, call.tensor(0).shape()));
    }
    List<Integer> outer = extents.subList(0, rank - 3);
    int channels = extents.get(rank - 3) / (factor * factor);
    int height = extents.get(rank - 2);
    int width = extents.get(rank - 1);
    int o = outer.size();
    Value split =
        call.emit()
            .reshape(call.held(0), joined(outer, List.of(channels, factor, factor, height, width)));
    List<Integer> permutation = new ArrayList<>(IntStream.range(0, o).boxed().toList());
    permutation.addAll(List.of(o, o + 3, o + 1, o + 4, o + 2));
    Value moved = call.emit().transpose(split, permutation);
    return call.result(
        call.emit()
            .reshape(moved, joined(outer, List.of(channels, height * factor, width * factor))));
  }

  /** [N, g c, ...] read as [N, g, c, ...], transposed to [N, c, g, ...]. */
  private static TorchValue channelShuffle(OperatorCall call) {
    Value input = call.held(0);
    List<Integer> extents = input.shape().extents();
    int groups = call.extent(1);
    if (extents.size() < 2 || groups < 1 || extents.get(1) % groups != 0) {
      throw call.refuse("%d groups for a tensor of shape %s".formatted(groups, input.shape()));
    }
    List<Integer> split = new ArrayList<>(extents);
    split.set(1, extents.get(1) / groups);
    split.add(1, groups);
    Value moved =
        call.emit()
            .transpose(call.emit().reshape(input, new Shape(split)), swapped(split.size(), 1, 2));
    return call.result(call.emit().reshape(moved, input.shape()));
  }

  private static Shape joined(List<Integer> first, List<Integer> second) {
    List<Integer> out = new ArrayList<>(first);
    out.addAll(second);
    return new Shape(out);
  }
}
