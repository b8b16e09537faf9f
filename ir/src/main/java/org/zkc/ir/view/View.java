package org.zkc.ir.view;

import java.util.List;
import java.util.Optional;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.CircuitOp;
import org.zkc.ir.integer.IntegerOp;
import org.zkc.ir.tensor.TensorOp;

/**
 * An op whose result holds elements of its operands (and a constant) at other positions, and
 * nothing computed. A view is an op of the tensor, the integer and the circuit level alike: {@link
 * #shape}, {@link #moves} and {@link #filler} are what its type, its interpreters and its lowerings
 * go by.
 */
public sealed interface View extends TensorOp, IntegerOp, CircuitOp permits UnaryView, Concatenate {
  @Override
  Value result();

  /** The operands, in order. */
  @Override
  List<Value> operands();

  /**
   * The shape that operands and attributes give. Reshape and Broadcast take it from the result, if
   * the operand fits it.
   *
   * @throws IllegalArgumentException with one sentence when operands and attributes do not fit
   */
  Shape shape();

  /** The moves that bring elements of the input to the result. */
  List<Move> moves();

  /** The number at positions that no move fills; empty when there are no such positions. */
  default Optional<Number> filler() {
    return Optional.empty();
  }
}
