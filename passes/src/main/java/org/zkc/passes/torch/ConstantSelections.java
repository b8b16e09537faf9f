package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.ListOf;
import org.zkc.passes.torch.TorchValue.Tensor;

/**
 * Elements read and written at positions that are known: masks and indices are constant, the
 * tensors themselves may depend on the input.
 */
final class ConstantSelections {
  /** Writes that add to one element of a computed tensor; each is a sum of its own. */
  private static final int MOST_ADDED = 16;

  static final Map<String, HostFunction> ALL =
      Map.ofEntries(
          Map.entry("aten.index", ConstantSelections::index),
          Map.entry("aten.index_put", ConstantSelections::indexPut),
          Map.entry("aten.gather", at(2, c -> read(c, gathered(c)))),
          Map.entry("aten.take_along_dim", at(1, ConstantSelections::takeAlong)),
          Map.entry("aten.masked_select", at(1, c -> read(c, masked(c)))),
          Map.entry("aten.index_select", at(2, c -> read(c, along(c)))),
          Map.entry("aten.masked_fill", unlessVanishing(at(1, ConstantSelections::maskedFill))),
          Map.entry("aten.where", unlessVanishing(at(0, ConstantSelections::where))),
          Map.entry("aten.scatter", at(2, ConstantSelections::scatter)),
          Map.entry("aten.scatter_add", at(2, c -> added(c, gathered(c), values(c, 3)))),
          Map.entry("aten.index_add", at(2, ConstantSelections::indexAdd)),
          Map.entry("aten.index_copy", at(2, c -> written(c, along(c), values(c, 3)))),
          Map.entry("aten.index_fill", at(2, c -> written(c, along(c), values(c, 3)))),
          Map.entry("aten.nonzero", HostFunctions.ofConstants(ConstantSelections::nonZero)),
          Map.entry("aten.one_hot", HostFunctions.ofConstants(ConstantSelections::oneHot)));

  private ConstantSelections() {}

  /** A function for calls in which the tensor that says the positions is constant. */
  private static HostFunction at(int index, OperatorLowering lowering) {
    return call ->
        index < call.arguments().size() && call.argument(index) instanceof KnownTensor
            ? Optional.of(lowering.lower(call))
            : Optional.empty();
  }

  /** A function that leaves masks of a softmax to {@link SelectionOperators}. */
  private static HostFunction unlessVanishing(HostFunction function) {
    return call -> SelectionOperators.isMask(call) ? Optional.empty() : function.apply(call);
  }

  private static TorchValue read(OperatorCall call, Positions positions) {
    return Mosaic.selected(call.tensor(0), positions).build(call, call.tensor(0).dtype());
  }

  private static TorchValue written(OperatorCall call, Positions positions, Tensor values) {
    Tensor self = call.tensor(0);
    return Mosaic.written(self, positions, broadcast(call, values, positions.shape()))
        .build(call, self.dtype());
  }

  /** The values in the shape of a selection; a constant of one element stays as it is. */
  private static Tensor broadcast(OperatorCall call, Tensor values, Shape shape) {
    if (values.shape().equals(shape)) {
      return values;
    }
    if (values instanceof KnownTensor k) {
      return k.shape().elementCount() == 1
          ? k
          : new KnownTensor(HostTensors.broadcast(k.data(), shape), "");
    }
    return call.result(call.emit().broadcast(call.held(values), shape), values.dtype());
  }

  /** A tensor or number as a tensor. */
  private static Tensor values(OperatorCall call, int index) {
    return call.argument(index) instanceof Tensor t
        ? t
        : new KnownTensor(ArithmeticOperators.data(call, index), "");
  }

  /** self + values, at the positions; those of a computed tensor are summed layer by layer. */
  private static TorchValue added(OperatorCall call, Positions positions, Tensor values) {
    Tensor self = call.tensor(0);
    Tensor full = broadcast(call, values, positions.shape());
    if (self instanceof KnownTensor k && full instanceof KnownTensor v) {
      double[] out = k.data().toDoubles();
      double[] more = HostTensors.broadcast(v.data(), positions.shape()).toDoubles();
      for (int i = 0; i < more.length; i++) {
        out[positions.at()[i]] += more[i];
      }
      return new KnownTensor(HostTensors.cast(TensorData.ofDoubles(k.shape(), out), k.dtype()), "");
    }
    int[] layer = new int[positions.at().length];
    int[] seen = new int[Math.toIntExact(self.shape().elementCount())];
    int layers = 0;
    for (int i = 0; i < layer.length; i++) {
      layer[i] = seen[positions.at()[i]]++;
      layers = Math.max(layers, layer[i] + 1);
    }
    if (layers > MOST_ADDED) {
      throw call.refuse(
          "%d numbers added to one element; up to %d are supported".formatted(layers, MOST_ADDED));
    }
    KnownTensor zeros =
        new KnownTensor(
            HostTensors.broadcast(TensorData.ofFloats(Shape.of(), new float[1]), self.shape()), "");
    Value sum = call.value(self);
    for (int l = 0; l < layers; l++) {
      int[] source = new int[seen.length];
      int[] at = Positions.identity(self.shape()).at();
      boolean one = full.shape().elementCount() == 1;
      for (int i = 0; i < layer.length; i++) {
        if (layer[i] == l) {
          source[positions.at()[i]] = 1;
          at[positions.at()[i]] = one ? 0 : i;
        }
      }
      TorchValue part =
          new Mosaic(self.shape(), List.of(zeros, full), source, at).build(call, DType.F32);
      sum = call.emit().add(sum, call.value((Tensor) part));
    }
    return call.result(sum, self.dtype());
  }

  /** (self, indices). */
  private static Optional<TorchValue> index(OperatorCall call) {
    boolean known =
        call.argument(0) instanceof Tensor
            && call.argument(1) instanceof ListOf indices
            && HostFunctions.isKnown(indices.elements());
    return known
        ? Optional.of(read(call, Positions.indexed(call, call.tensor(0).shape(), call.elements(1))))
        : Optional.empty();
  }

  /** (self, indices, values, accumulate). */
  private static Optional<TorchValue> indexPut(OperatorCall call) {
    if (!HostFunctions.isKnown(call.elements(1))) {
      return Optional.empty();
    }
    Positions positions = Positions.indexed(call, call.tensor(0).shape(), call.elements(1));
    return Optional.of(
        call.flag(3)
            ? added(call, positions, values(call, 2))
            : written(call, positions, values(call, 2)));
  }

  /** (self, dim, index, ...). */
  private static Positions gathered(OperatorCall call) {
    Shape shape = call.tensor(0).shape();
    return Positions.gathered(
        call, shape, call.axis(1, shape.rank()), call.knownTensor(2, "index").data());
  }

  /** (self, dim, index, ...) with one index for a whole slice. */
  private static Positions along(OperatorCall call) {
    Shape shape = call.tensor(0).shape();
    TensorData index = call.knownTensor(2, "index").data();
    return Positions.along(
        call,
        shape,
        call.axis(1, shape.rank()),
        index.reshape(Shape.of(Math.toIntExact(index.elementCount()))));
  }

  /** (self, indices, dim): the axes but dim broadcast; without dim the tensor is one line. */
  private static TorchValue takeAlong(OperatorCall call) {
    Tensor self = call.tensor(0);
    TensorData index = call.knownTensor(1, "index").data();
    if (call.isNone(2)) {
      Shape line = Shape.of(Math.toIntExact(self.shape().elementCount()));
      TensorData flat = index.reshape(Shape.of(Math.toIntExact(index.elementCount())));
      Positions positions = Positions.gathered(call, line, 0, flat);
      return Mosaic.selected(self, positions).build(call, self.dtype());
    }
    int axis = call.axis(2, self.shape().rank());
    Shape wanted = self.shape().with(axis, index.shape().extent(axis));
    if (!Shapes.broadcast(index.shape(), wanted).equals(wanted)) {
      throw call.refuse(
          "indices of shape %s for a tensor of shape %s".formatted(index.shape(), self.shape()));
    }
    return read(
        call, Positions.gathered(call, self.shape(), axis, HostTensors.broadcast(index, wanted)));
  }

  /** The positions of a mask's true elements, the mask broadcast to the tensor. */
  private static Positions masked(OperatorCall call) {
    Shape shape = call.tensor(0).shape();
    TensorData mask = call.knownTensor(1, "mask").data();
    TensorData full = HostTensors.cast(HostTensors.broadcast(mask, shape), DType.I1);
    return Positions.indexed(call, shape, List.of(new KnownTensor(full, "")));
  }

  /** (self, mask, value). */
  private static TorchValue maskedFill(OperatorCall call) {
    if (call.argument(2) instanceof Tensor t && t.shape().elementCount() != 1) {
      throw call.refuse("a value of shape %s".formatted(t.shape()));
    }
    Tensor self = call.tensor(0);
    TensorData mask = call.knownTensor(1, "mask").data();
    Shape shape = Shapes.broadcast(self.shape(), mask.shape());
    return chosen(call, mask, values(call, 2), self, shape, self.dtype());
  }

  /** (condition, self, other). */
  private static TorchValue where(OperatorCall call) {
    if (call.arguments().size() < 3) {
      List<TorchValue> out = new ArrayList<>();
      for (TensorData axis : Positions.places(call.knownTensor(0, "condition").data())) {
        out.add(new KnownTensor(axis, ""));
      }
      return new ListOf(out);
    }
    TensorData condition = call.knownTensor(0, "condition").data();
    Tensor yes = values(call, 1);
    Tensor no = values(call, 2);
    Shape shape = Shapes.broadcast(Shapes.broadcast(yes.shape(), no.shape()), condition.shape());
    return chosen(call, condition, yes, no, shape, Promotion.of(call.arguments().subList(1, 3)));
  }

  private static TorchValue chosen(
      OperatorCall call, TensorData condition, Tensor yes, Tensor no, Shape shape, DType type) {
    TensorData mask = HostTensors.cast(HostTensors.broadcast(condition, shape), DType.I1);
    int[] source = new int[Math.toIntExact(shape.elementCount())];
    Arrays.setAll(source, i -> mask.getLong(i) != 0 ? 1 : 0);
    List<Tensor> sources = List.of(full(call, no, shape), full(call, yes, shape));
    return new Mosaic(shape, sources, source, Positions.identity(shape).at()).build(call, type);
  }

  private static Tensor full(OperatorCall call, Tensor values, Shape shape) {
    if (values instanceof KnownTensor k) {
      return new KnownTensor(HostTensors.broadcast(k.data(), shape), "");
    }
    return call.result(call.emit().broadcast(call.held(values), shape), values.dtype());
  }

  /** (self, dim, index, src or value), and a reduction in some overloads. */
  private static TorchValue scatter(OperatorCall call) {
    Positions positions = gathered(call);
    Tensor values = values(call, 3);
    if (call.arguments().size() > 4) {
      String reduction = call.text(4);
      if (!reduction.equals("add")) {
        throw call.refuse("reduce='%s'".formatted(reduction));
      }
      return added(call, positions, covered(call, values, positions));
    }
    if (positions.repeats()) {
      throw call.refuse("an element is written twice");
    }
    return written(call, positions, covered(call, values, positions));
  }

  /** The part of a source that the indices cover, from the first element of each axis. */
  private static Tensor covered(OperatorCall call, Tensor source, Positions positions) {
    Shape shape = positions.shape();
    if (source.shape().rank() != shape.rank() || source.shape().equals(shape)) {
      return source;
    }
    Value part = call.held(source);
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (shape.extent(axis) > source.shape().extent(axis)) {
        throw call.refuse("a source of shape %s".formatted(source.shape()));
      }
      part = call.emit().slice(part, axis, 0, shape.extent(axis), 1);
    }
    return call.result(part, source.dtype());
  }

  /** (self, dim, index, source, alpha). */
  private static TorchValue indexAdd(OperatorCall call) {
    if (!call.isNone(4) && call.number(4) != 1) {
      throw call.refuse("alpha %s".formatted(call.number(4)));
    }
    return added(call, along(call), values(call, 3));
  }

  /** The coordinates of the elements that are not 0, [count, axes]. */
  private static TorchValue nonZero(OperatorCall call) {
    List<TensorData> axes = Positions.places(call.knownTensor(0, "operand").data());
    int count = axes.isEmpty() ? 0 : Math.toIntExact(axes.getFirst().elementCount());
    long[] out = new long[Math.multiplyExact(count, axes.size())];
    for (int i = 0; i < out.length; i++) {
      out[i] = axes.get(i % axes.size()).getLong(i / axes.size());
    }
    return new KnownTensor(TensorData.ofLongs(DType.I64, Shape.of(count, axes.size()), out), "");
  }

  /** (self, num_classes): -1 means one more than the largest. */
  private static TorchValue oneHot(OperatorCall call) {
    TensorData data = call.knownTensor(0, "operand").data();
    long classes = call.integer(1, -1);
    boolean counted = classes < 0;
    for (long k = 0; counted && k < data.elementCount(); k++) {
      classes = Math.max(classes, data.getLong(k) + 1);
    }
    int count = call.narrow(classes);
    if (data.elementCount() * count > OneHotOperators.MOST_ELEMENTS) {
      throw call.refuse(
          "%d classes of %d elements; a constant has up to %d elements"
              .formatted(count, data.elementCount(), OneHotOperators.MOST_ELEMENTS));
    }
    List<Integer> extents = new ArrayList<>(data.shape().extents());
    extents.add(count);
    long[] out = new long[Math.toIntExact(Math.multiplyExact(data.elementCount(), (long) count))];
    for (int i = 0; i < data.elementCount(); i++) {
      long at = data.getLong(i);
      if (at < 0 || at >= count) {
        throw call.refuse("class %d of %d".formatted(at, count));
      }
      out[i * count + (int) at] = 1;
    }
    return new KnownTensor(TensorData.ofLongs(DType.I64, new Shape(extents), out), "");
  }
}
