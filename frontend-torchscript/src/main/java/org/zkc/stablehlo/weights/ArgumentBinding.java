package org.zkc.stablehlo.weights;

import java.util.Objects;
import org.zkc.ir.TensorData;

/** An argument of {@code main}: a weight of the model, or an input that is given on each run. */
public sealed interface ArgumentBinding {

  /** The argument's name in messages and among the inputs. */
  String name();

  /**
   * A weight.
   *
   * @param data of the shape and element type of the argument
   */
  record Weight(String name, TensorData data) implements ArgumentBinding {
    public Weight {
      Objects.requireNonNull(name);
      Objects.requireNonNull(data);
    }
  }

  /**
   * An input.
   *
   * @param position the place among the inputs, from 0; no two inputs have the same
   */
  record Input(String name, int position) implements ArgumentBinding {
    public Input {
      Objects.requireNonNull(name);
    }
  }
}
