package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tensor;

/**
 * Extremes by known indices that begin with infinity, as those of segments do ({@code
 * jax.ops.segment_max}), with a huge number that stands for it, or with nothing ({@code
 * include_self=False}): what is written to begins with the first that is written to it, which
 * changes no extreme, so that no number is infinite.
 */
final class SeededExtremes {
  /** Numbers from here on stand for infinity, as in the addends of a mask. */
  private static final double HUGE = 9999;

  private SeededExtremes() {}

  /**
   * The tensor to write to, with 0 in place of the infinities that nothing reads: where it is
   * written to, and counts for nothing or loses against every number.
   */
  static Tensor written(OperatorCall call, String reduction, boolean includesSelf, int axis) {
    Tensor given = call.tensor(0);
    if (!isExtreme(reduction)
        || includesSelf && fill(call, reduction).isEmpty()
        || !(given instanceof KnownTensor self)
        || !self.dtype().isFloating()
        || !(call.argument(2) instanceof KnownTensor index)
        || index.shape().rank() != self.shape().rank()) {
      return given;
    }
    double[] elements = self.data().toDoubles();
    long[] strides = self.shape().strides();
    long[] indexStrides = index.shape().strides();
    boolean changes = false;
    for (long i = 0; i < index.shape().elementCount(); i++) {
      long place = index.data().getLong(i);
      long at = 0;
      boolean isInside = place >= 0 && place < self.shape().extent(axis);
      for (int a = 0; a < strides.length; a++) {
        long k = a == axis ? place : i / indexStrides[a] % index.shape().extent(a);
        isInside &= k < self.shape().extent(a);
        at += k * strides[a];
      }
      if (isInside
          && (includesSelf
              ? elements[(int) at] == neutral(reduction)
              : !Double.isFinite(elements[(int) at]))) {
        elements[(int) at] = 0;
        changes = true;
      }
    }
    return changes
        ? new KnownTensor(
            HostTensors.cast(TensorData.ofDoubles(self.shape(), elements), self.dtype()), "")
        : given;
  }

  private static boolean isExtreme(String reduction) {
    return reduction.equals("amax") || reduction.equals("amin");
  }

  /** The infinity that loses against every number. */
  private static double neutral(String reduction) {
    return reduction.equals("amax") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
  }

  /**
   * The lines to begin with, where what a tensor holds counts for nothing, or all of its elements
   * are one number that stands for infinity.
   *
   * @param lines [lines, places, 1]
   * @param source [lines, count, 1]
   * @param axis the axis of the call's tensors that lines lie along
   */
  static Value lines(
      OperatorCall call,
      String reduction,
      boolean includesSelf,
      Value lines,
      Value source,
      int axis) {
    if (!isExtreme(reduction)
        || includesSelf && fill(call, reduction).isEmpty()
        || !(call.argument(2) instanceof KnownTensor index)) {
      return lines;
    }
    int places = lines.shape().extent(1);
    int count = source.shape().extent(1);
    int inner = Math.toIntExact(index.shape().strides()[axis]);
    int width = places + count;
    int[] picked = new int[lines.shape().extent(0) * places];
    Arrays.setAll(picked, i -> i / places * width + i % places);
    for (int i = Math.toIntExact(index.shape().elementCount()) - 1; i >= 0; i--) {
      int k = i / inner % count;
      int line = i / (inner * count) * inner + i % inner;
      long place = index.data().getLong(i);
      if (place >= 0 && place < places) {
        picked[line * places + (int) place] = line * width + places + k;
      }
    }
    TensorEmitter emit = call.emit();
    // Where each place is written to, nothing reads the number itself.
    boolean isRead = IntStream.of(picked).anyMatch(at -> at % width < places);
    Value from = isRead ? emit.concatenate(List.of(lines, source), 1) : source;
    int skipped = isRead ? 0 : places;
    int own = width - skipped;
    int[] elements =
        IntStream.of(picked).map(at -> at / width * own + at % width - skipped).toArray();
    Value flat = emit.reshape(from, Shape.of(lines.shape().extent(0) * own));
    return emit.reshape(Picks.along(emit, flat, 0, elements), lines.shape());
  }

  /** The extreme, which no element lies beyond the number that it began with. */
  static Value bounded(OperatorCall call, String reduction, Value extreme) {
    OptionalDouble fill = fill(call, reduction);
    if (fill.isEmpty() || Double.isInfinite(fill.getAsDouble())) {
      return extreme;
    }
    double number = fill.getAsDouble();
    return number < 0
        ? call.emit().clamp(extreme, number, Double.POSITIVE_INFINITY)
        : call.emit().clamp(extreme, Double.NEGATIVE_INFINITY, number);
  }

  /** The one number that a known tensor of real numbers holds, where it stands for infinity. */
  private static OptionalDouble fill(OperatorCall call, String reduction) {
    if (!isExtreme(reduction)
        || !(call.argument(0) instanceof KnownTensor self)
        || !self.dtype().isFloating()
        || self.shape().elementCount() == 0) {
      return OptionalDouble.empty();
    }
    double first = self.data().getDouble(0);
    for (long i = 1; i < self.shape().elementCount(); i++) {
      if (self.data().getDouble(i) != first) {
        return OptionalDouble.empty();
      }
    }
    return (reduction.equals("amax") ? -first : first) >= HUGE
        ? OptionalDouble.of(first)
        : OptionalDouble.empty();
  }

  /** The call of index_reduce, with another tensor to begin with where that helps. */
  static OperatorCall of(OperatorCall call) {
    String reduction = call.text(4);
    if (!isExtreme(reduction)
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
      empty[i / inner % extent] &= self.data().getDouble(i) == neutral(reduction);
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
