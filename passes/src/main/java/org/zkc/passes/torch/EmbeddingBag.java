package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.DataDependent;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/**
 * Sums, means or maxima of rows of a table, over bags of neighbouring indices: Gather and windows.
 * Bags whose sizes depend on the input are products with a matrix that is 1 where an index is in a
 * bag. A bag without elements is 0.
 */
final class EmbeddingBag {
  static final TorchOperator OPERATOR =
      new TorchOperator(
          "aten.embedding_bag",
          "gather, window_mean, max_pool; or compare_zero, matmul, divide",
          "maxima of bags of known sizes, without padding_idx",
          EmbeddingBag::lower);

  private static final int SUM = 0;
  private static final int MEAN = 1;

  private EmbeddingBag() {}

  /**
   * (weight, indices, offsets, scale_grad_by_freq, mode, sparse, per_sample_weights,
   * include_last_offset, padding_idx).
   */
  private static TorchValue lower(OperatorCall call) {
    TensorEmitter emit = call.emit();
    Tensor index = call.tensor(1);
    int count = call.narrow(index.shape().elementCount());
    int mode = (int) call.integer(4, SUM);
    Value indices = emit.reshape(call.in(index.dtype(), index), Shape.of(count));
    Value rows = emit.gather(call.value(0), indices);
    Optional<Value> counted = counted(call, indices);
    if (counted.isPresent()) {
      if (mode != SUM && mode != MEAN) {
        throw call.refuse("maxima with a padding_idx; sums and means are supported");
      }
      rows = emit.multiply(rows, counted.get());
    }
    if (call.arguments().size() > 6 && !call.isNone(6)) {
      rows = emit.multiply(rows, emit.reshape(call.value(6), Shape.of(count, 1)));
    }
    boolean hasEnd = call.arguments().size() > 7 && call.flag(7);
    Value bags =
        call.tensor(2) instanceof KnownTensor offsets
            ? byKnown(call, rows, counted, starts(call, offsets, count, hasEnd), mode)
            : byComputed(call, rows, counted, hasEnd, mode);
    DataDependent rest =
        new DataDependent("what embedding_bag keeps for training", call.location());
    return new Tuple(List.of(call.result(bags), rest, rest, rest));
  }

  /** 0 for the indices that are padding, 1 for others, [indices, 1]; empty where none is. */
  private static Optional<Value> counted(OperatorCall call, Value indices) {
    if (call.arguments().size() <= 8 || call.isNone(8)) {
      return Optional.empty();
    }
    int rows = IndexOperators.extent(call, call.tensor(0).shape(), 0);
    long padding = call.integer(8);
    if (padding < -rows || padding >= rows) {
      throw call.refuse("padding_idx %d of a table of %d rows".formatted(padding, rows));
    }
    long[] isCounted = new long[rows];
    Arrays.fill(isCounted, 1);
    isCounted[(int) (padding < 0 ? padding + rows : padding)] = 0;
    Value table =
        call.emit().integers(TensorData.ofLongs(DType.I64, Shape.of(rows, 1), isCounted), "");
    return Optional.of(call.emit().cast(call.emit().gather(table, indices), DType.F32));
  }

  private static Value byKnown(
      OperatorCall call, Value rows, Optional<Value> counted, List<Integer> starts, int mode) {
    TensorEmitter emit = call.emit();
    List<Integer> full = new ArrayList<>();
    List<Integer> first = new ArrayList<>();
    List<Integer> lengths = new ArrayList<>();
    int bags = starts.size() - 1;
    for (int bag = 0; bag < bags; bag++) {
      int length = starts.get(bag + 1) - starts.get(bag);
      if (length > 0) {
        full.add(bag);
        first.add(starts.get(bag));
        lengths.add(length);
      }
    }
    if (full.isEmpty()) {
      throw call.refuse("bags without elements");
    }
    List<Integer> ones = Collections.nCopies(full.size(), 1);
    Value values =
        switch (mode) {
          case SUM -> emit.windowMean(rows, 0, first, lengths, ones);
          case MEAN ->
              counted
                  .map(c ->
                      mean(
                          emit,
                          emit.windowMean(rows, 0, first, lengths, ones),
                          emit.windowMean(c, 0, first, lengths, ones)))
                  .orElseGet(() -> emit.windowMean(rows, 0, first, lengths, lengths));
          default -> maxima(call, rows, first, lengths);
        };
    if (full.size() == bags) {
      return values;
    }
    // A row of zeros behind the others is that of all bags without elements.
    int width = values.shape().extent(1);
    Value zero = emit.constant(TensorData.ofFloats(Shape.of(1, width), new float[width]), "");
    int[] sources =
        IntStream.range(0, bags)
            .map(bag -> full.contains(bag) ? full.indexOf(bag) : full.size())
            .toArray();
    return Picks.along(emit, emit.concatenate(List.of(values, zero), 0), 0, sources);
  }

  /** Sums over counts, where there are any. */
  private static Value mean(TensorEmitter emit, Value sums, Value counts) {
    return emit.divide(sums, emit.clamp(counts, 1, Double.POSITIVE_INFINITY));
  }

  /** Sums and means over bags [bags, 1] <= i < [next bags, 1]. */
  private static Value byComputed(
      OperatorCall call, Value rows, Optional<Value> counted, boolean hasEnd, int mode) {
    if (mode != SUM && mode != MEAN) {
      throw call.refuse("maxima of bags that depend on the input; sums and means are supported");
    }
    OtherOperators c = new OtherOperators(call);
    TensorEmitter emit = call.emit();
    int count = rows.shape().extent(0);
    int given = IndexOperators.extent(call, call.tensor(2).shape(), 0);
    int bags = hasEnd ? given - 1 : given;
    KnownTensor places =
        new KnownTensor(
            TensorData.ofLongs(
                DType.I64, Shape.of(count), IntStream.range(0, count).asLongStream().toArray()),
            "");
    TorchValue starts = c.run("unsqueeze", call.tensor(2), 1);
    Value begun = call.in(DType.F32, c.run("le/Tensor", starts, places));
    Value from = emit.slice(begun, 0, 0, bags, 1);
    Value after = emit.slice(begun, 0, 1, given, 1);
    if (!hasEnd) {
      Value none = emit.constant(TensorData.ofFloats(Shape.of(1, count), new float[count]), "");
      after = given == 1 ? none : emit.concatenate(List.of(after, none), 0);
    }
    Value members = emit.subtract(from, after);
    // matMul multiplies lines by lines.
    Value sums = emit.matMul(members, emit.transpose(rows, List.of(1, 0)));
    if (mode == SUM) {
      return sums;
    }
    Value weighed =
        counted.map(k -> emit.multiply(members, emit.reshape(k, Shape.of(count)))).orElse(members);
    return mean(emit, sums, emit.windowMean(weighed, 1, List.of(0), List.of(count), List.of(1)));
  }

  /** The starts of the bags, and the end of the last. */
  private static List<Integer> starts(
      OperatorCall call, KnownTensor offsets, int count, boolean hasEnd) {
    TensorData data = HostTensors.cast(offsets.data(), DType.I64);
    List<Integer> starts = new ArrayList<>();
    for (long k = 0; k < data.elementCount(); k++) {
      starts.add(call.narrow(data.getLong(k)));
    }
    if (!hasEnd) {
      starts.add(count);
    }
    if (starts.isEmpty() || starts.getFirst() != 0 || starts.getLast() != count) {
      throw call.refuse("offsets %s of %d indices".formatted(starts, count));
    }
    return starts;
  }

  /** The largest elements of each bag; the last row of a shorter one counts several times. */
  private static Value maxima(
      OperatorCall call, Value rows, List<Integer> starts, List<Integer> lengths) {
    int longest = Collections.max(lengths);
    int size = rows.shape().extent(1);
    int[] sources =
        IntStream.range(0, lengths.size() * longest)
            .map(i -> {
              int bag = i / longest;
              return starts.get(bag) + Math.min(i % longest, lengths.get(bag) - 1);
            })
            .toArray();
    Value filled = Picks.along(call.emit(), rows, 0, sources);
    Value apart = call.emit().reshape(filled, Shape.of(lengths.size(), longest, size));
    Value last = call.emit().transpose(apart, List.of(0, 2, 1));
    Value most = ReductionOperators.extreme(call.emit(), last, true);
    return call.emit().reshape(most, Shape.of(lengths.size(), size));
  }
}
