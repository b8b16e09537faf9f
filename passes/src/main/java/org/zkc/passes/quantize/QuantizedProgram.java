package org.zkc.passes.quantize;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.zkc.ir.Program;
import org.zkc.ir.Type;
import org.zkc.ir.Value;

/**
 * An integer-level program and what it stands for.
 *
 * @param counterparts for values of the tensor-level program that exist as integers: the value
 *     whose elements times its scale approximate it. Integer passes keep most of them; those that
 *     they remove are not found in the program any more
 */
public record QuantizedProgram(Program program, Map<Value, Value> counterparts) {
  public QuantizedProgram {
    counterparts = new IdentityHashMap<>(counterparts);
  }

  /** Whether values, in order, have the types of the other program's: the same scales and bits. */
  boolean hasTypesOf(QuantizedProgram other) {
    return types().equals(other.types());
  }

  private List<Type> types() {
    return program.main().body().stream()
        .flatMap(op -> op.definitions().stream())
        .map(Value::type)
        .toList();
  }
}
