package org.zkc.ir;

import java.util.Optional;
import java.util.function.Function;
import org.zkc.ir.integer.IntegerWeights;

/**
 * A factor of a product at the integer and the circuit level: of the model, or of data. Products
 * with the model have finer bounds, as its integers are known, and cheaper proofs, as these are
 * committed once. Rules and passes that treat the two differently switch over this type.
 */
public sealed interface Factor {
  /** The factor itself. */
  Value value();

  /** A tensor of the model as it is committed. */
  record OfModel(Value value, IntegerWeights weights) implements Factor {}

  /**
   * Integers of the model after a move, a repetition or a transform. Their sums over a channel are
   * unknown.
   */
  record ViewOfModel(Value value) implements Factor {}

  /** An input, or anything computed. */
  record OfData(Value value) implements Factor {}

  /** An op that defines a tensor of the model. */
  interface ModelOp extends Op {
    IntegerWeights weights();
  }

  /** An op whose result is the model's where its one operand is. */
  interface MovingOp extends Op {
    Value input();
  }

  /**
   * The kind of a factor.
   *
   * @param definition the op that defines a value; empty for a parameter of a function
   */
  static Factor of(Value value, Function<Value, Optional<Op>> definition) {
    Op op = definition.apply(value).orElse(null);
    if (op instanceof ModelOp model) {
      return new OfModel(value, model.weights());
    }
    return op instanceof MovingOp moving && of(moving.input(), definition).isOfModel()
        ? new ViewOfModel(value)
        : new OfData(value);
  }

  /** Whether nothing of the factor depends on the input. */
  default boolean isOfModel() {
    return switch (this) {
      case OfModel _, ViewOfModel _ -> true;
      case OfData _ -> false;
    };
  }
}
