package org.zkc.ir;

import java.util.Objects;
import java.util.Optional;

/**
 * One tensor input of an {@link ImportedModel}, in the order of {@code main}'s parameters.
 *
 * @param name the parameter's name in the model file
 * @param shape the shape, where the model file fixes or records one
 * @param dtype the element type, where the model file fixes or records one
 */
public record ModelInput(String name, Optional<Shape> shape, Optional<DType> dtype) {
  public ModelInput {
    Objects.requireNonNull(name);
    Objects.requireNonNull(shape);
    Objects.requireNonNull(dtype);
  }
}
