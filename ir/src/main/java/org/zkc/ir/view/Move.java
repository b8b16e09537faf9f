package org.zkc.ir.view;

import java.util.List;
import org.zkc.ir.Shape;

/**
 * A box of elements on its way. For every index of {@code box}, element {@code from + index .
 * fromSteps} of an operand becomes element {@code to + index . toSteps} of the result, both
 * row-major; no two moves of a view write one element.
 *
 * @param operand the operand's place in the list of operands
 * @param fromSteps one per axis of the box; 0 repeats an element
 * @param toSteps one per axis of the box
 */
public record Move(int operand, Shape box, long from, long[] fromSteps, long to, long[] toSteps) {

  /** The whole result, from positions of the first operand. */
  static List<Move> gather(Shape result, long from, long[] fromSteps) {
    return List.of(new Move(0, result, from, fromSteps, 0, result.strides()));
  }

  /**
   * A whole operand, to the box of {@code result} whose first element has the index {@code low}.
   */
  static Move scatter(int operand, Shape shape, Shape result, List<Integer> low) {
    long[] steps = result.strides();
    long to = 0;
    for (int axis = 0; axis < steps.length; axis++) {
      to += low.get(axis) * steps[axis];
    }
    return new Move(operand, shape, 0, shape.strides(), to, steps);
  }
}
