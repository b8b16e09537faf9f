package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Comparison;

/**
 * Lines of a tensor, written to at indices that depend on the input. A line has {@code places},
 * each of {@code width} elements, and {@code count} indices; hit [l, k, f] is 1 where index k of
 * line l is f, and 0 elsewhere. Of several indices that name one place the last one counts, as on
 * PyTorch's CPU:
 *
 * <pre>
 * last[l, k, f]    = hit[l, k, f] (no j > k has hit[l, j, f])
 * written[l, f, r] = (1 - any_k hit[l, k, f]) line[l, f, r] + sum_k last[l, k, f] source[l, k, r]
 * </pre>
 *
 * @param line [lines, places, width]
 * @param hits 64-bit integers [lines, count, places]
 */
record LineWrites(OperatorCall call, Value line, Value hits) {
  /** Places of a line, whose square may be the size of a parameter. */
  private static final int MOST_PLACES = 1 << 12;

  /** Elements [line, index, place, width] that are made one by one. */
  private static final long MOST_ELEMENTS = 1 << 22;

  /**
   * @param line [lines, places, width]
   * @param at 64-bit integers [lines, count]
   */
  static LineWrites of(OperatorCall call, Value line, Value at) {
    int places = line.shape().extent(1);
    if (places > MOST_PLACES) {
      throw call.refuse(
          "indices of an axis of %d; up to %d are supported".formatted(places, MOST_PLACES));
    }
    TensorEmitter emit = call.emit();
    TensorData unit = ElementOperators.unit(places);
    return new LineWrites(call, line, emit.gather(emit.integers(unit, ""), at));
  }

  private int lines() {
    return line.shape().extent(0);
  }

  private int places() {
    return line.shape().extent(1);
  }

  private int width() {
    return line.shape().extent(2);
  }

  private int count() {
    return hits.shape().extent(1);
  }

  private DType dtype() {
    return line.tensorType().dtype();
  }

  /** Numbers that are 0 or 1 in the lines' type. */
  private Value indicator(Value bits) {
    TensorEmitter emit = call.emit();
    return emit.cast(emit.cast(bits, DType.I1), dtype());
  }

  /** The hits that no later index of the line repeats, [lines, count, places]. */
  private Value last() {
    int count = count();
    if (count == 1) {
      return hits;
    }
    TensorEmitter emit = call.emit();
    Value later =
        emit.windowMean(
            hits,
            1,
            IntStream.range(1, count).boxed().toList(),
            IntStream.range(1, count).map(k -> count - k).boxed().toList(),
            IntStream.range(1, count).map(k -> 1).boxed().toList());
    Value isFree = emit.cast(emit.compareZero(later, Comparison.EQUAL), DType.I64);
    Value first = emit.multiply(emit.slice(hits, 1, 0, count - 1, 1), isFree);
    return emit.concatenate(List.of(first, emit.slice(hits, 1, count - 1, count, 1)), 1);
  }

  /** The number of indices that name each place, [lines, places, 1]. */
  private Value counts() {
    Value sums = call.emit().windowMean(hits, 1, List.of(0), List.of(count()), List.of(1));
    return call.emit().reshape(sums, Shape.of(lines(), places(), 1));
  }

  /** Whether an index names the place, [lines, places, 1], in the lines' type. */
  private Value any() {
    return indicator(counts());
  }

  private Value not(Value indicator) {
    return call.emit().subtract(call.in(dtype(), new TorchValue.Int(1)), indicator);
  }

  /** The lines with one number at every place that is named. */
  Value written(Value number) {
    TensorEmitter emit = call.emit();
    Value any = any();
    return emit.add(emit.multiply(not(any), line), emit.multiply(any, number));
  }

  /**
   * The lines with the elements of a source at the places that are named.
   *
   * @param source [lines, count, width]
   */
  Value writtenFrom(Value source) {
    TensorEmitter emit = call.emit();
    return emit.add(emit.multiply(not(any()), line), sums(last(), source));
  }

  /** The lines with the elements of a source, [lines, count, width], added where they are named. */
  Value added(Value source) {
    return call.emit().add(line, sums(hits, source));
  }

  /** The sums of what the hits choose of a source, [lines, places, width]. */
  private Value sums(Value chosen, Value source) {
    TensorEmitter emit = call.emit();
    Value bits = indicator(chosen);
    if (count() == 1) {
      return emit.multiply(emit.reshape(bits, Shape.of(lines(), places(), 1)), source);
    }
    if (dtype().isFloating()) {
      return emit.matMul(
          emit.transpose(bits, List.of(0, 2, 1)), emit.transpose(source, List.of(0, 2, 1)));
    }
    Value each = emit.multiply(apart(bits), apart(source, 2));
    Value sum = emit.windowMean(each, 1, List.of(0), List.of(count()), List.of(1));
    return emit.reshape(sum, line.shape());
  }

  /** [lines, count, places] with an axis of width 1. */
  private Value apart(Value bits) {
    requireFew();
    return call.emit().reshape(bits, Shape.of(lines(), count(), places(), 1));
  }

  /** [lines, n, width] with an axis of extent 1 before axis {@code axis}. */
  private Value apart(Value value, int axis) {
    List<Integer> extents = new ArrayList<>(value.shape().extents());
    extents.add(axis, 1);
    return call.emit().reshape(value, new Shape(extents));
  }

  private void requireFew() {
    long elements = hits.shape().elementCount() * width();
    if (elements > MOST_ELEMENTS) {
      throw call.refuse(
          "%d indices of lines of %d elements, more than can be compared one by one"
              .formatted(hits.shape().elementCount() / places(), places() * (long) width()));
    }
  }

  /**
   * The lines after the elements of a source are combined with the element at each place.
   *
   * @param source [lines, count, width]
   * @param reduction as scatter_reduce names it
   * @param includesSelf whether the present element takes part
   */
  Value reduced(Value source, String reduction, boolean includesSelf) {
    return switch (reduction) {
      case "sum" -> includesSelf ? added(source) : replaced(sums(hits, source));
      case "mean" -> mean(source, includesSelf);
      case "amax" -> extreme(source, true, includesSelf);
      case "amin" -> extreme(source, false, includesSelf);
      case "prod" -> product(source, includesSelf);
      default -> throw call.refuse("the reduction '%s'".formatted(reduction));
    };
  }

  /** The lines, with other elements where an index names the place. */
  private Value replaced(Value elements) {
    TensorEmitter emit = call.emit();
    return emit.add(emit.multiply(not(any()), line), elements);
  }

  private Value mean(Value source, boolean includesSelf) {
    if (!dtype().isFloating()) {
      throw call.refuse("a mean of integers; convert them to float first");
    }
    TensorEmitter emit = call.emit();
    Value counts = emit.cast(counts(), dtype());
    Value sums = sums(hits, source);
    return includesSelf
        ? emit.divide(emit.add(line, sums), emit.add(counts, emit.scalar(1)))
        : replaced(emit.divide(sums, emit.clamp(counts, 1, Double.POSITIVE_INFINITY)));
  }

  /**
   * The extreme of the elements, each of which is the element of a base where its index names
   * another place: the line's own, or where that takes no part, the opposite extreme of the source.
   */
  private Value extreme(Value source, boolean isGreatest, boolean includesSelf) {
    TensorEmitter emit = call.emit();
    Value own = apart(line, 1);
    Value base = own;
    if (!includesSelf) {
      Value last = emit.transpose(source, List.of(0, 2, 1));
      Value opposite = ReductionOperators.extreme(emit, last, !isGreatest);
      base = emit.reshape(opposite, Shape.of(lines(), 1, 1, width()));
    }
    Value chosen = apart(indicator(hits));
    Value all = emit.multiply(chosen, emit.subtract(apart(source, 2), base));
    Value elements =
        emit.add(all, emit.broadcast(base, Shape.of(lines(), count(), places(), width())));
    Value candidates = includesSelf ? emit.concatenate(List.of(elements, own), 1) : elements;
    Value along = emit.transpose(candidates, List.of(0, 2, 3, 1));
    Value found = emit.reshape(ReductionOperators.extreme(emit, along, isGreatest), line.shape());
    return includesSelf ? found : replaced(emit.multiply(any(), found));
  }

  /** Products of 1 + hit (source - 1), one index after the other. */
  private Value product(Value source, boolean includesSelf) {
    TensorEmitter emit = call.emit();
    Value one = call.in(dtype(), new TorchValue.Int(1));
    Value less = emit.subtract(source, one);
    Value out = line;
    for (int k = 0; k < count(); k++) {
      Value hit =
          emit.reshape(emit.slice(indicator(hits), 1, k, k + 1, 1), Shape.of(lines(), places(), 1));
      Value factor = emit.add(emit.multiply(hit, emit.slice(less, 1, k, k + 1, 1)), one);
      out = k == 0 && !includesSelf ? factor : emit.multiply(out, factor);
    }
    return includesSelf ? out : replaced(emit.multiply(any(), out));
  }
}
