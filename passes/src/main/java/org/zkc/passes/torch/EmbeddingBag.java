package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
 */
final class EmbeddingBag {
  static final TorchOperator OPERATOR =
      new TorchOperator(
          "aten.embedding_bag",
          "gather, window_mean, max_pool",
          "bags of known sizes, without padding_idx",
          EmbeddingBag::lower);

  private static final int SUM = 0;
  private static final int MEAN = 1;

  private EmbeddingBag() {}

  /**
   * (weight, indices, offsets, scale_grad_by_freq, mode, sparse, per_sample_weights,
   * include_last_offset, padding_idx).
   */
  private static TorchValue lower(OperatorCall call) {
    if (call.arguments().size() > 8 && !call.isNone(8) && call.integer(8) >= 0) {
      throw call.refuse("a padding_idx");
    }
    Tensor index = call.tensor(1);
    int count = call.narrow(index.shape().elementCount());
    Value indices = call.emit().reshape(call.in(index.dtype(), index), Shape.of(count));
    Value rows = call.emit().gather(call.value(0), indices);
    if (call.arguments().size() > 6 && !call.isNone(6)) {
      Value weights = call.emit().reshape(call.value(6), Shape.of(count, 1));
      rows = call.emit().multiply(rows, weights);
    }
    boolean hasEnd = call.arguments().size() > 7 && call.flag(7);
    List<Integer> starts = starts(call, count, hasEnd);
    List<Integer> lengths = new ArrayList<>();
    for (int bag = 0; bag + 1 < starts.size(); bag++) {
      lengths.add(starts.get(bag + 1) - starts.get(bag));
      if (lengths.getLast() < 1) {
        throw call.refuse("a bag without elements");
      }
    }
    starts.removeLast();
    Value bags =
        switch ((int) call.integer(4, SUM)) {
          case SUM ->
              call.emit()
                  .windowMean(rows, 0, starts, lengths, lengths.stream().map(n -> 1).toList());
          case MEAN -> call.emit().windowMean(rows, 0, starts, lengths, lengths);
          default -> maxima(call, rows, starts, lengths);
        };
    DataDependent rest =
        new DataDependent("what embedding_bag keeps for training", call.location());
    return new Tuple(List.of(call.result(bags), rest, rest, rest));
  }

  /** The starts of the bags, and the end of the last. */
  private static List<Integer> starts(OperatorCall call, int count, boolean hasEnd) {
    KnownTensor offsets = call.knownTensor(2, "offsets");
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
