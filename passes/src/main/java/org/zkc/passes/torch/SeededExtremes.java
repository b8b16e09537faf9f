package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tensor;

/**
 * Extremes by known indices that begin with infinity, as those of segments do ({@code
 * jax.ops.segment_max}): a slice of infinities begins with the first that is written to it, which
 * changes no extreme, so that no number is infinite.
 */
final class SeededExtremes {
  private SeededExtremes() {}

  /** The call of index_reduce, with another tensor to begin with where that helps. */
  static OperatorCall of(OperatorCall call) {
    String reduction = call.text(4);
    double neutral =
        switch (reduction) {
          case "amax" -> Double.NEGATIVE_INFINITY;
          case "amin" -> Double.POSITIVE_INFINITY;
          default -> 0;
        };
    if (neutral == 0
        || !call.flag(5)
        || !(call.argument(0) instanceof KnownTensor self)
        || !self.dtype().isFloating()
        || !(call.argument(2) instanceof KnownTensor index)
        || !(call.argument(3) instanceof Tensor source)
        || self.shape().rank() == 0
        || source.shape().rank() != self.shape().rank()) {
      return call;
    }
    int axis = call.axis(1, self.shape().rank());
    int extent = self.shape().extent(axis);
    int inner = Math.toIntExact(self.shape().strides()[axis]);
    boolean[] empty = new boolean[extent];
    Arrays.fill(empty, true);
    for (int i = 0; i < self.shape().elementCount(); i++) {
      empty[i / inner % extent] &= self.data().getDouble(i) == neutral;
    }
    int[] picked = new int[extent];
    Arrays.setAll(picked, r -> r);
    int count = Math.toIntExact(index.shape().elementCount());
    for (int i = count - 1; i >= 0; i--) {
      long at = index.data().getLong(i);
      long row = at < 0 ? at + extent : at;
      if (row >= 0 && row < extent && empty[(int) row]) {
        picked[(int) row] = extent + i;
      }
    }
    if (count != source.shape().extent(axis) || Arrays.stream(picked).allMatch(p -> p < extent)) {
      return call;
    }
    Value joined =
        call.emit()
            .concatenate(
                List.of(
                    call.in(self.dtype(), without(self, picked, inner)),
                    call.in(self.dtype(), source)),
                axis);
    List<TorchValue> arguments = new ArrayList<>(call.arguments());
    arguments.set(0, call.result(Picks.along(call.emit(), joined, axis, picked), self.dtype()));
    return new OperatorCall(
        call.operator(), call.overload(), arguments, call.location(), call.emit());
  }

  /** The tensor with 0 in the slices that others take the place of. */
  private static KnownTensor without(KnownTensor self, int[] picked, int inner) {
    Shape shape = self.shape();
    double[] out = new double[Math.toIntExact(shape.elementCount())];
    for (int i = 0; i < out.length; i++) {
      out[i] = picked[i / inner % picked.length] < picked.length ? self.data().getDouble(i) : 0;
    }
    return new KnownTensor(HostTensors.cast(TensorData.ofDoubles(shape, out), self.dtype()), "");
  }
}
