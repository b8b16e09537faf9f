package org.zkc.stablehlo.lower;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.zkc.stablehlo.program.HloType;
import org.zkc.torchscript.lower.Binding;

/**
 * A value of the program as it is held: a tensor that broadcasts to the value's shape. StableHLO
 * writes every broadcast out, ATen's operators broadcast by themselves; a bias stays a bias for as
 * long as only elementwise operations read it.
 *
 * @param binding the tensor
 * @param extents the tensor's extents, each that of the type or 1
 * @param type the value's type
 * @param number where every element is a constant of the text, that number as a literal
 */
record Held(
    Binding binding, List<Long> extents, HloType.TensorOf type, Optional<Binding.Literal> number) {
  Held {
    Objects.requireNonNull(binding);
    Objects.requireNonNull(number);
    extents = List.copyOf(extents);
    Objects.requireNonNull(type);
    if (extents.size() != type.rank()) {
      throw new IllegalArgumentException(extents + " held for " + type.text());
    }
  }

  Held(Binding binding, List<Long> extents, HloType.TensorOf type) {
    this(binding, extents, type, Optional.empty());
  }

  /** A value that is held as it is. */
  static Held whole(Binding binding, HloType.TensorOf type) {
    return new Held(binding, type.extents(), type);
  }

  boolean isWhole() {
    return extents.equals(type.extents());
  }
}
