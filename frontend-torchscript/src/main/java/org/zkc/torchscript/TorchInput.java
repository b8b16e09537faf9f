package org.zkc.torchscript;

import java.util.Objects;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;

/**
 * One tensor input of the model, in the order of {@code main}'s parameters: {@code forward}'s
 * parameter name, and shape and element type where the archive records them (traced example inputs,
 * or the exporter's extra file).
 */
public record TorchInput(String name, Optional<Shape> shape, Optional<DType> dtype) {
  public TorchInput {
    Objects.requireNonNull(name);
    Objects.requireNonNull(shape);
    Objects.requireNonNull(dtype);
  }
}
