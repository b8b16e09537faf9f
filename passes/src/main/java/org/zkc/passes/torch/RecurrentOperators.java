package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.passes.torch.RecurrentCell.State;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/**
 * Recurrent networks, unrolled over the known length. The input's part of the gates is one linear
 * map over all steps; the hidden part is a linear map in every step, all with the same weights.
 */
final class RecurrentOperators {
  private static final String REMARKS = "constant weights; packed sequences of known lengths";

  static final List<TorchOperator> ALL =
      List.of(
          layers("aten.lstm", RecurrentCell.Kind.LSTM),
          layers("aten.gru", RecurrentCell.Kind.GRU),
          layers("aten.rnn_tanh", RecurrentCell.Kind.RNN_TANH),
          layers("aten.rnn_relu", RecurrentCell.Kind.RNN_RELU),
          cell("aten.lstm_cell", RecurrentCell.Kind.LSTM),
          cell("aten.gru_cell", RecurrentCell.Kind.GRU),
          cell("aten.rnn_tanh_cell", RecurrentCell.Kind.RNN_TANH),
          cell("aten.rnn_relu_cell", RecurrentCell.Kind.RNN_RELU));

  private RecurrentOperators() {}

  private static TorchOperator layers(String name, RecurrentCell.Kind kind) {
    return new TorchOperator(name, kind.becomes(), REMARKS, call -> layers(call, kind));
  }

  private static TorchOperator cell(String name, RecurrentCell.Kind kind) {
    return new TorchOperator(name, kind.becomes(), "constant weights", call -> cell(call, kind));
  }

  /** (input, hx, w_ih, w_hh, b_ih, b_hh): one step for a batch or a single vector. */
  private static TorchValue cell(OperatorCall call, RecurrentCell.Kind kind) {
    TensorEmitter emit = call.emit();
    List<Tensor> initial =
        kind == RecurrentCell.Kind.LSTM ? call.tensors(1) : List.of(call.tensor(1));
    RecurrentCell cell =
        RecurrentCell.of(
            call,
            kind,
            IntStream.range(2, 6).filter(i -> !call.isNone(i)).mapToObj(call::tensor).toList(),
            !call.isNone(4));
    Value input = call.value(0);
    boolean single = input.shape().rank() == 1;
    Value rows = single ? emit.reshape(input, Shape.of(1, input.shape().extent(0))) : input;
    State state = cell.initial(initial, 0, rows.shape().extent(0));
    State next = cell.step(state, cell.gatesOfInput(rows));
    List<TorchValue> results = new ArrayList<>();
    for (Value value : next.values()) {
      Value shaped = single ? emit.reshape(value, Shape.of(value.shape().extent(1))) : value;
      results.add(call.result(shaped));
    }
    return results.size() == 1 ? results.getFirst() : new Tuple(results);
  }

  /**
   * (input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first); the
   * input is [steps, batch, features], [batch, steps, features] or [steps, features]. Overload data
   * is of packed sequences: (data, batch_sizes, hx, ..., bidirectional).
   */
  private static TorchValue layers(OperatorCall call, RecurrentCell.Kind kind) {
    boolean isPacked = call.overload().equals("data");
    int first = isPacked ? 2 : 1;
    int layers = call.extent(first + 3);
    if (call.flag(first + 5) && call.number(first + 4) > 0 && layers > 1) {
      throw call.refuse("the model is in training mode; call model.eval() before exporting it");
    }
    TensorEmitter emit = call.emit();
    int directions = call.flag(first + 6) ? 2 : 1;
    boolean batchFirst = !isPacked && call.flag(8);
    boolean single = !isPacked && call.tensor(0).shape().rank() == 2;
    Value input = call.value(0);
    if (single) {
      Shape shape = input.shape();
      input = emit.reshape(input, Shape.of(shape.extent(0), 1, shape.extent(1)));
    } else if (batchFirst) {
      input = emit.transpose(input, List.of(1, 0, 2));
    }
    List<Tensor> parameters = call.tensors(first + 1);
    int each = layers < 1 ? 0 : parameters.size() / (layers * directions);
    if (input.shape().rank() != (isPacked ? 2 : 3)
        || each * layers * directions != parameters.size()) {
      throw call.refuse(
          "an input of shape %s and %d parameters for %d layers"
              .formatted(call.tensor(0).shape(), parameters.size(), layers));
    }
    List<Tensor> initial =
        kind == RecurrentCell.Kind.LSTM ? call.tensors(first) : List.of(call.tensor(first));
    List<Integer> rows = isPacked ? PackedSequences.sizes(call, 1) : List.of();
    int batch = isPacked ? rows.getFirst() : input.shape().extent(1);
    List<State> last = new ArrayList<>();
    Value sequence = input;
    for (int layer = 0; layer < layers; layer++) {
      List<Value> sides = new ArrayList<>();
      for (int direction = 0; direction < directions; direction++) {
        int index = layer * directions + direction;
        RecurrentCell cell =
            RecurrentCell.of(
                call,
                kind,
                parameters.subList(index * each, (index + 1) * each),
                call.flag(first + 2));
        State state = cell.initial(initial, index, batch);
        sides.add(
            isPacked
                ? PackedSequences.run(emit, cell, state, sequence, rows, direction == 1, last)
                : run(emit, cell, state, sequence, direction == 1, last));
      }
      sequence = emit.concatenate(sides, sequence.shape().rank() - 1);
    }
    List<TorchValue> results = new ArrayList<>();
    results.add(call.result(isPacked ? sequence : output(emit, sequence, single, batchFirst)));
    for (int k = 0; k < last.getFirst().values().size(); k++) {
      int which = k;
      List<Value> ends = last.stream().map(s -> stacked(emit, s.values().get(which))).toList();
      Value all = emit.concatenate(ends, 0);
      Shape shape = all.shape();
      results.add(
          call.result(
              single ? emit.reshape(all, Shape.of(shape.extent(0), shape.extent(2))) : all));
    }
    return new Tuple(results);
  }

  /** All steps of one layer in one direction: the hidden states [steps, batch, features]. */
  private static Value run(
      TensorEmitter emit,
      RecurrentCell cell,
      State initial,
      Value sequence,
      boolean backwards,
      List<State> last) {
    int steps = sequence.shape().extent(0);
    List<Value> gates = cell.gatesOfInput(sequence);
    Value[] hidden = new Value[steps];
    State state = initial;
    for (int i = 0; i < steps; i++) {
      int t = backwards ? steps - 1 - i : i;
      state = cell.step(state, gates.stream().map(g -> row(emit, g, t)).toList());
      hidden[t] = stacked(emit, state.values().getFirst());
    }
    last.add(state);
    return emit.concatenate(List.of(hidden), 0);
  }

  /** Step {@code t} of [steps, batch, features]. */
  private static Value row(TensorEmitter emit, Value sequence, int t) {
    Shape shape = sequence.shape();
    return emit.reshape(
        emit.slice(sequence, 0, t, t + 1, 1), Shape.of(shape.extent(1), shape.extent(2)));
  }

  /** [batch, features] as [1, batch, features]. */
  private static Value stacked(TensorEmitter emit, Value state) {
    return emit.reshape(state, Shape.of(1, state.shape().extent(0), state.shape().extent(1)));
  }

  private static Value output(
      TensorEmitter emit, Value sequence, boolean single, boolean batchFirst) {
    if (single) {
      Shape shape = sequence.shape();
      return emit.reshape(sequence, Shape.of(shape.extent(0), shape.extent(2)));
    }
    return batchFirst ? emit.transpose(sequence, List.of(1, 0, 2)) : sequence;
  }
}
