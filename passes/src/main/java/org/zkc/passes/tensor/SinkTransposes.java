package org.zkc.passes.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.zkc.ir.Op;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Activation;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Clamp;
import org.zkc.ir.tensor.Conv;
import org.zkc.ir.tensor.Elementwise;
import org.zkc.ir.tensor.MaxPool;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Relu;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.Reshape;
import org.zkc.ir.view.Transpose;

/**
 * Functions of elements of convolutions and pools whose channels were moved to the end are computed
 * before the channels are moved.
 *
 * <pre>
 *   relu(transpose(conv)) = transpose(relu(conv))       transpose(a) + transpose(b) = transpose(a + b)
 * </pre>
 *
 * <p>Programs of JAX have channels last, so that their convolutions stand between two transposes
 * each. Behind a ReLU these meet and go, and the passes that move factors from channel to channel
 * see two convolutions with nothing but a ReLU between them.
 */
public final class SinkTransposes extends TensorRewrite {
  /** Operations between a convolution and a transpose that are looked back over. */
  private static final int MOST_OPERATIONS = 16;

  public SinkTransposes() {
    super(
        "sink-transposes",
        "Moves channels to the end behind what is computed element by element, not before it.");
  }

  @Override
  public boolean rewrite(Op op, Scope scope) {
    return switch (op) {
      case Activation a -> sunk(a, scope);
      case Clamp c -> sunk(c, scope);
      case Relu r -> sunk(r, scope);
      case Add a -> sunk(a, scope);
      case Subtract s -> sunk(s, scope);
      case Multiply m -> sunk(m, scope);
      case Concatenate c -> sunk(c, scope);
      default -> false;
    };
  }

  private static boolean sunk(Op op, Scope scope) {
    List<Value> before = new ArrayList<>();
    for (Value operand : op.operands()) {
      Optional<Value> channelsSecond = channelsSecond(operand, scope);
      if (channelsSecond.isEmpty()) {
        return false;
      }
      before.add(channelsSecond.get());
    }
    Value result = op.definitions().getFirst();
    Shape shape = result.shape();
    int rank = shape.rank();
    List<Integer> back = new ArrayList<>(List.of(0, rank - 1));
    IntStream.range(1, rank - 1).forEach(back::add);
    Value inner =
        scope.fresh(
            result.name(),
            new TensorType(result.tensorType().dtype(), Shapes.transpose(shape, back)));
    int[] next = new int[1];
    Op moved = OpSpec.mapValues(op, r -> inner, v -> before.get(next[0]++), region -> region);
    scope.define(
        moved instanceof Concatenate c
            ? new Concatenate(inner, c.inputs(), toEnd(rank).get(c.axis()), c.location())
            : moved);
    scope.define(new Transpose(result, inner, toEnd(rank), op.location()));
    return true;
  }

  /** The permutation that moves axis 1 to the end. */
  private static List<Integer> toEnd(int rank) {
    List<Integer> out = new ArrayList<>(List.of(0));
    IntStream.range(2, rank).forEach(out::add);
    out.add(1);
    return out;
  }

  /** The value that one with channels at the end is the transpose of; empty for other values. */
  private static Optional<Value> channelsSecond(Value value, Scope scope) {
    int rank = value.shape().rank();
    return rank < 3
        ? Optional.empty()
        : scope
            .definition(value, Transpose.class)
            .filter(t -> t.permutation().equals(toEnd(rank)))
            .map(Transpose::input)
            .filter(v -> isSpatial(v, scope, MOST_OPERATIONS));
  }

  /** Whether a value comes from a convolution or a pool by what is computed by element. */
  private static boolean isSpatial(Value value, Scope scope, int deep) {
    return deep > 0
        && switch (scope.definition(value).orElse(null)) {
          case Conv _, MaxPool _, WindowMean _ -> true;
          case Elementwise e -> isSpatial(e.input(), scope, deep - 1);
          case Add a -> isSpatial(a.left(), scope, deep - 1);
          case Subtract s -> isSpatial(s.left(), scope, deep - 1);
          case Multiply m -> isSpatial(m.left(), scope, deep - 1);
          case Concatenate c -> isSpatial(c.inputs().getFirst(), scope, deep - 1);
          case Reshape r -> isSpatial(r.input(), scope, deep - 1);
          case null, default -> false;
        };
  }
}
