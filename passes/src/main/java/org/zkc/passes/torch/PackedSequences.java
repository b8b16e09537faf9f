package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.passes.torch.RecurrentCell.State;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/**
 * Sequences of several lengths, step after step without their padding: [rows, features], of which
 * the first {@code sizes[0]} belong to step 0, and so on. Sequences are in order of their lengths,
 * the longest first, so that a step's rows are the first of those of the step before.
 */
final class PackedSequences {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "aten._pack_padded_sequence",
              "slice, concatenate",
              "known lengths",
              PackedSequences::pack),
          new TorchOperator(
              "aten._pad_packed_sequence",
              "slice, concatenate",
              "known lengths",
              PackedSequences::pad));

  private PackedSequences() {}

  /** The rows of each step, from an argument of a packed sequence. */
  static List<Integer> sizes(OperatorCall call, int index) {
    TensorData data = call.knownTensor(index, "lengths of its sequences").data();
    List<Integer> out = new ArrayList<>();
    for (long k = 0; k < data.elementCount(); k++) {
      out.add(call.narrow(data.getLong(k)));
      if (out.getLast() < 1 || (k > 0 && out.getLast() > out.get((int) k - 1))) {
        throw call.refuse("sequences that are not in order of their lengths");
      }
    }
    if (out.isEmpty()) {
      throw call.refuse("sequences without steps");
    }
    return out;
  }

  /** (input [steps, batch, ...] or [batch, steps, ...], lengths, batch_first). */
  private static TorchValue pack(OperatorCall call) {
    List<Integer> lengths = new ArrayList<>();
    TensorData data = call.knownTensor(1, "lengths of its sequences").data();
    for (long k = 0; k < data.elementCount(); k++) {
      lengths.add(call.narrow(data.getLong(k)));
    }
    Value input = call.value(0);
    TensorEmitter emit = call.emit();
    int batchAxis = call.flag(2) ? 0 : 1;
    if (input.shape().rank() < 2 || input.shape().extent(batchAxis) != lengths.size()) {
      throw call.refuse(
          "%d lengths for an input of shape %s".formatted(lengths.size(), input.shape()));
    }
    int batch = lengths.size();
    int steps = input.shape().extent(1 - batchAxis);
    List<Integer> places = new ArrayList<>();
    List<Long> sizes = new ArrayList<>();
    for (int t = 0; t < lengths.getFirst(); t++) {
      int rows = 0;
      for (int b = 0; b < batch && lengths.get(b) > t; b++) {
        places.add(batchAxis == 0 ? b * steps + t : t * batch + b);
        rows++;
      }
      sizes.add((long) rows);
    }
    if (lengths.getFirst() > steps || places.size() != lengths.stream().reduce(0, Integer::sum)) {
      throw call.refuse("lengths %s of %d steps; the longest come first".formatted(lengths, steps));
    }
    List<Integer> flat = new ArrayList<>(List.of(batch * steps));
    flat.addAll(input.shape().extents().subList(2, input.shape().rank()));
    Value rows = emit.reshape(input, new Shape(flat));
    Value packed = Picks.along(emit, rows, 0, places.stream().mapToInt(p -> p).toArray());
    TensorData counts =
        TensorData.ofLongs(
            DType.I64, Shape.of(sizes.size()), sizes.stream().mapToLong(n -> n).toArray());
    return new Tuple(List.of(call.result(packed), new KnownTensor(counts, "")));
  }

  /** (data, batch_sizes, batch_first, padding_value, total_length). */
  private static TorchValue pad(OperatorCall call) {
    TensorEmitter emit = call.emit();
    List<Integer> sizes = sizes(call, 1);
    Value data = call.value(0);
    int batch = sizes.getFirst();
    long total = call.integer(4);
    int steps = total > 0 ? call.narrow(total) : sizes.size();
    if (steps < sizes.size() || data.shape().rank() != 2) {
      throw call.refuse(
          "a total length of %d for %d steps of shape %s"
              .formatted(total, sizes.size(), data.shape()));
    }
    int features = data.shape().extent(1);
    Value padding = emit.broadcast(emit.scalar(call.number(3)), Shape.of(1, features));
    Value rows = emit.concatenate(List.of(data, padding), 0);
    int none = data.shape().extent(0);
    int[] sources = new int[batch * steps];
    long[] lengths = new long[batch];
    int first = 0;
    for (int t = 0; t < steps; t++) {
      int present = t < sizes.size() ? sizes.get(t) : 0;
      for (int b = 0; b < batch; b++) {
        boolean isThere = b < present;
        sources[call.flag(2) ? b * steps + t : t * batch + b] = isThere ? first + b : none;
        lengths[b] += isThere ? 1 : 0;
      }
      first += present;
    }
    Shape shape =
        call.flag(2) ? Shape.of(batch, steps, features) : Shape.of(steps, batch, features);
    Value padded = emit.reshape(Picks.along(emit, rows, 0, sources), shape);
    TensorData counts = TensorData.ofLongs(DType.I64, Shape.of(batch), lengths);
    return new Tuple(List.of(call.result(padded), new KnownTensor(counts, "")));
  }

  /**
   * All steps of one layer in one direction: the hidden states of all rows.
   *
   * @param sizes the rows of each step
   * @param last what the final states of all sequences are added to
   */
  static Value run(
      TensorEmitter emit,
      RecurrentCell cell,
      State initial,
      Value data,
      List<Integer> sizes,
      boolean backwards,
      List<State> last) {
    List<Value> gates = cell.gatesOfInput(data);
    int steps = sizes.size();
    int[] first = new int[steps + 1];
    for (int t = 0; t < steps; t++) {
      first[t + 1] = first[t] + sizes.get(t);
    }
    List<Value> hidden = new ArrayList<>();
    List<State> ended = new ArrayList<>();
    State state = backwards ? cell.part(initial, 0, sizes.getLast()) : initial;
    int rows = backwards ? sizes.getLast() : sizes.getFirst();
    for (int i = 0; i < steps; i++) {
      int t = backwards ? steps - 1 - i : i;
      int present = sizes.get(t);
      if (present < rows) {
        ended.addFirst(part(emit, state, present, rows));
        state = part(emit, state, 0, present);
      } else if (present > rows) {
        state = joined(emit, List.of(state, cell.part(initial, rows, present)));
      }
      rows = present;
      List<Value> now =
          gates.stream().map(g -> emit.slice(g, 0, first[t], first[t + 1], 1)).toList();
      state = cell.step(state, now);
      Value out = state.values().getFirst();
      if (backwards) {
        hidden.addFirst(out);
      } else {
        hidden.add(out);
      }
    }
    ended.addFirst(state);
    last.add(joined(emit, ended));
    return emit.concatenate(hidden, 0);
  }

  private static State part(TensorEmitter emit, State state, int from, int to) {
    return new State(
        state.hidden().map(h -> emit.slice(h, 0, from, to, 1)),
        state.cell().map(c -> emit.slice(c, 0, from, to, 1)));
  }

  private static State joined(TensorEmitter emit, List<State> states) {
    if (states.size() == 1) {
      return states.getFirst();
    }
    List<Value> hidden = states.stream().map(s -> s.hidden().orElseThrow()).toList();
    boolean hasCell = states.getFirst().cell().isPresent();
    return new State(
        Optional.of(emit.concatenate(hidden, 0)),
        hasCell
            ? Optional.of(
                emit.concatenate(states.stream().map(s -> s.cell().orElseThrow()).toList(), 0))
            : Optional.empty());
  }
}
