package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Sigmoid;
import org.zkc.ir.tensor.Tanh;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tensor;

/**
 * One step of a recurrent layer with constant weights. The rows of the weights are grouped by what
 * is applied to them, all sigmoids together, so that a group is one linear map and one table.
 *
 * <pre>
 * LSTM  c' = sigmoid(f) c + sigmoid(i) tanh(g)           h' = sigmoid(o) tanh(c')
 * GRU   n = tanh(n_x + sigmoid(r) n_h)                   h' = n + sigmoid(z) (h - n)
 * RNN   h' = tanh or relu of the gate
 * </pre>
 *
 * where each gate is W_x x + b_x + W_h h + b_h. Only the GRU's n keeps its two parts apart.
 */
final class RecurrentCell {
  /** The kinds of cells; gates stand in the rows of the weights in PyTorch's order. */
  enum Kind {
    /** Gates i, f, g, o. */
    LSTM(4, "linear, slice, add, sigmoid, tanh, multiply, concatenate"),
    /** Gates r, z, n. */
    GRU(3, "linear, slice, add, sigmoid, tanh, multiply, subtract, concatenate"),
    RNN_TANH(1, "linear, slice, add, tanh, concatenate"),
    RNN_RELU(1, "linear, slice, add, relu, concatenate");

    private final int gates;
    private final String becomes;

    Kind(int gates, String becomes) {
      this.gates = gates;
      this.becomes = becomes;
    }

    /** The tensor ops of a layer. */
    String becomes() {
      return becomes;
    }

    /** The gates of each group, by their place in the weights. */
    private List<List<Integer>> groups() {
      return switch (this) {
        case LSTM -> List.of(List.of(0, 1, 3), List.of(2));
        case GRU -> List.of(List.of(0, 1), List.of(2));
        case RNN_TANH, RNN_RELU -> List.of(List.of(0));
      };
    }
  }

  /**
   * The state between two steps.
   *
   * @param hidden [batch, hidden], empty while it is 0
   * @param cell of an LSTM, empty for other cells and while it is 0
   */
  record State(Optional<Value> hidden, Optional<Value> cell) {
    /** The values of a state after a step. */
    List<Value> values() {
      List<Value> out = new ArrayList<>();
      hidden.ifPresent(out::add);
      cell.ifPresent(out::add);
      return out;
    }
  }

  private final OperatorCall call;
  private final TensorEmitter emit;
  private final Kind kind;
  private final int size;
  private final List<Value> inputWeights = new ArrayList<>();
  private final List<Optional<Value>> inputBiases = new ArrayList<>();
  private final List<Value> hiddenWeights = new ArrayList<>();

  /** The bias of the GRU's n that the reset gate scales. */
  private final Optional<Value> newBias;

  /** The map from an LSTM's hidden to its projected state. */
  private final Optional<Value> projection;

  private RecurrentCell(OperatorCall call, Kind kind, List<KnownTensor> weights, boolean biases) {
    this.call = call;
    this.emit = call.emit();
    this.kind = kind;
    Shape rows = weights.getFirst().shape();
    if (rows.rank() != 2 || rows.extent(0) % kind.gates != 0) {
      throw call.refuse("weights of shape %s".formatted(rows));
    }
    this.size = rows.extent(0) / kind.gates;
    for (List<Integer> group : kind.groups()) {
      inputWeights.add(part(weights.get(0), group));
      hiddenWeights.add(part(weights.get(1), group));
      inputBiases.add(
          biases ? Optional.of(bias(weights.get(2), weights.get(3), group)) : Optional.empty());
    }
    boolean isGru = kind == Kind.GRU;
    this.newBias =
        isGru && biases ? Optional.of(part(weights.get(3), List.of(2))) : Optional.empty();
    int projected = biases ? 4 : 2;
    this.projection =
        weights.size() > projected
            ? Optional.of(call.value(weights.get(projected)))
            : Optional.empty();
  }

  /**
   * A cell of the weights {@code w_ih, w_hh, b_ih, b_hh, w_hr}, the biases only where {@code
   * biases} says so, the last only for a projected LSTM.
   */
  static RecurrentCell of(OperatorCall call, Kind kind, List<Tensor> weights, boolean biases) {
    int plain = biases ? 4 : 2;
    boolean fits = weights.size() == plain || (kind == Kind.LSTM && weights.size() == plain + 1);
    if (!fits) {
      throw call.refuse("%d weights for a layer".formatted(weights.size()));
    }
    List<KnownTensor> known = new ArrayList<>();
    for (Tensor weight : weights) {
      if (!(weight instanceof KnownTensor k)) {
        throw call.refuse(
            "its weights are computed from the input; only constant ones can be proved");
      }
      known.add(k);
    }
    return new RecurrentCell(call, kind, known, biases);
  }

  /** The rows of some gates, one gate after the other. */
  private Value part(KnownTensor weight, List<Integer> gates) {
    if (gates.size() == kind.gates) {
      return call.value(weight);
    }
    return emit.constant(rows(weight, gates), weight.name());
  }

  private TensorData rows(KnownTensor weight, List<Integer> gates) {
    Shape shape = weight.shape();
    if (shape.rank() < 1 || shape.extent(0) != kind.gates * size) {
      throw call.refuse("a weight of shape %s".formatted(shape));
    }
    TensorData data = weight.data();
    int block = Math.toIntExact(data.elementCount() / kind.gates);
    float[] all = data.toFloats();
    float[] out = new float[block * gates.size()];
    for (int i = 0; i < gates.size(); i++) {
      System.arraycopy(all, gates.get(i) * block, out, i * block, block);
    }
    return TensorData.ofFloats(shape.with(0, gates.size() * size), out);
  }

  /** The sum of both biases, but for the GRU's n, whose hidden bias stays with its hidden part. */
  private Value bias(KnownTensor ofInput, KnownTensor ofHidden, List<Integer> gates) {
    if (kind == Kind.GRU && gates.contains(2)) {
      return part(ofInput, gates);
    }
    TensorData sum =
        HostTensors.zip(
            rows(ofInput, gates), rows(ofHidden, gates), DType.F32, Long::sum, Double::sum);
    return emit.constant(sum, ofInput.name());
  }

  /**
   * The state before the first step.
   *
   * @param tensors hidden and, of an LSTM, cell states: [batch, hidden], [hidden], or [layers,
   *     batch, hidden] or [layers, hidden] of which {@code layer} is taken
   */
  State initial(List<Tensor> tensors, int layer, int batch) {
    if (tensors.size() != (kind == Kind.LSTM ? 2 : 1)) {
      throw call.refuse("%d initial states".formatted(tensors.size()));
    }
    int hidden = hiddenWeights.getFirst().shape().extent(1);
    return new State(
        initial(tensors.getFirst(), layer, batch, hidden),
        tensors.size() > 1 ? initial(tensors.get(1), layer, batch, size) : Optional.empty());
  }

  private Optional<Value> initial(Tensor tensor, int layer, int batch, int features) {
    long each = (long) batch * features;
    long count = tensor.shape().elementCount();
    if (each == 0 || count % each != 0 || (layer + 1) * each > count) {
      throw call.refuse(
          "an initial state of shape %s for %d rows of %d"
              .formatted(tensor.shape(), batch, features));
    }
    if (tensor instanceof KnownTensor k && isZero(k.data())) {
      return Optional.empty();
    }
    int layers = Math.toIntExact(count / each);
    Value all = emit.reshape(call.value(tensor), Shape.of(layers, batch, features));
    return Optional.of(
        emit.reshape(emit.slice(all, 0, layer, layer + 1, 1), Shape.of(batch, features)));
  }

  private static boolean isZero(TensorData data) {
    for (long i = 0; i < data.elementCount(); i++) {
      if (data.getDouble(i) != 0) {
        return false;
      }
    }
    return true;
  }

  /** The state of some rows that start later than others: their part of the initial one. */
  State part(State initial, int from, int to) {
    int hidden = hiddenWeights.getFirst().shape().extent(1);
    boolean isLstm = kind == Kind.LSTM;
    return new State(
        Optional.of(rows(initial.hidden(), from, to, hidden)),
        isLstm ? Optional.of(rows(initial.cell(), from, to, size)) : Optional.empty());
  }

  private Value rows(Optional<Value> state, int from, int to, int features) {
    return state
        .map(s -> emit.slice(s, 0, from, to, 1))
        .orElseGet(() -> {
          Shape shape = Shape.of(to - from, features);
          return emit.constant(TensorData.ofFloats(shape, new float[(to - from) * features]), "");
        });
  }

  /** The input's part of each group of gates, for one step or for all at once. */
  List<Value> gatesOfInput(Value input) {
    List<Value> out = new ArrayList<>();
    for (int i = 0; i < inputWeights.size(); i++) {
      out.add(emit.linear(input, inputWeights.get(i), inputBiases.get(i)));
    }
    return out;
  }

  /**
   * One step.
   *
   * @param gates the input's part of each group of gates, [batch, rows]
   */
  State step(State state, List<Value> gates) {
    return switch (kind) {
      case LSTM -> lstm(state, gates);
      case GRU -> gru(state, gates);
      case RNN_TANH -> new State(Optional.of(tanh(sum(state, gates, 0))), Optional.empty());
      case RNN_RELU -> new State(Optional.of(emit.relu(sum(state, gates, 0))), Optional.empty());
    };
  }

  private State lstm(State state, List<Value> gates) {
    Value opened = sigmoid(sum(state, gates, 0));
    Value offered = tanh(sum(state, gates, 1));
    Value added = emit.multiply(gate(opened, 0), offered);
    Value cell =
        state.cell().map(old -> emit.add(emit.multiply(gate(opened, 1), old), added)).orElse(added);
    Value full = emit.multiply(gate(opened, 2), tanh(cell));
    Value hidden = projection.map(w -> emit.linear(full, w, Optional.empty())).orElse(full);
    return new State(Optional.of(hidden), Optional.of(cell));
  }

  private State gru(State state, List<Value> gates) {
    Value opened = sigmoid(sum(state, gates, 0));
    Optional<Value> ofHidden =
        state.hidden().map(h -> emit.linear(h, hiddenWeights.get(1), newBias)).or(() -> newBias);
    Value offered =
        tanh(
            ofHidden
                .map(n -> emit.add(gates.get(1), emit.multiply(gate(opened, 0), n)))
                .orElse(gates.get(1)));
    Value kept = gate(opened, 1);
    Value hidden =
        state
            .hidden()
            .map(h -> emit.add(offered, emit.multiply(kept, emit.subtract(h, offered))))
            .orElseGet(() -> emit.subtract(offered, emit.multiply(kept, offered)));
    return new State(Optional.of(hidden), Optional.empty());
  }

  /** A group's gates before its function. */
  private Value sum(State state, List<Value> gates, int group) {
    return state
        .hidden()
        .map(h ->
            emit.add(emit.linear(h, hiddenWeights.get(group), Optional.empty()), gates.get(group)))
        .orElse(gates.get(group));
  }

  /** The i-th gate of a group. */
  private Value gate(Value group, int i) {
    return emit.slice(group, 1, i * size, (i + 1) * size, 1);
  }

  private Value sigmoid(Value value) {
    return emit.pointwise(value, Sigmoid::new);
  }

  private Value tanh(Value value) {
    return emit.pointwise(value, Tanh::new);
  }
}
