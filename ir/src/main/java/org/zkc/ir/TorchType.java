package org.zkc.ir;

import java.util.List;
import java.util.Objects;

/** A torch-level type, as the serialised TorchScript dialect names it. */
public sealed interface TorchType extends Type {

  /** The pattern of the names of types and type constructors. */
  String NAME = "[A-Za-z_][A-Za-z0-9_]*";

  /** {@code Tensor}: rank, extents and element type unknown until shape inference. */
  record Tensor() implements TorchType {}

  /**
   * {@code int}, {@code float}, {@code bool}, {@code str}, {@code number}, {@code Device}, {@code
   * NoneType}, {@code Any}, ...
   */
  record Simple(String name) implements TorchType {
    public Simple {
      if (!name.matches(NAME) || name.equals("Tensor")) {
        throw new IllegalArgumentException("'" + name + "' is not the name of a plain type");
      }
    }
  }

  /**
   * {@code List[T]}, {@code Optional[T]}, {@code Tuple[...]}, {@code Dict[K, V]}, {@code
   * Union[...]}, ...
   */
  record Generic(String constructor, List<TorchType> arguments) implements TorchType {
    public Generic {
      if (!constructor.matches(NAME)) {
        throw new IllegalArgumentException(
            "'" + constructor + "' is not the name of a type constructor");
      }
      arguments = List.copyOf(arguments);
    }
  }

  /** A class or module type, by qualified name with mangling removed from display only. */
  record Named(String qualifiedName) implements TorchType {
    public Named {
      Objects.requireNonNull(qualifiedName);
    }
  }
}
