package org.zkc.passes.quantize;

import java.util.IdentityHashMap;
import java.util.Map;
import org.zkc.ir.Program;
import org.zkc.ir.Value;

/**
 * An integer-level program and its relation to the tensor-level program.
 *
 * @param counterparts for values of the tensor-level program that exist as integers: the value
 *     whose elements times its scale approximate it. Integer passes keep most of them; those that
 *     they remove are not found in the program any more
 */
public record QuantizedProgram(Program program, Map<Value, Value> counterparts) {
  public QuantizedProgram {
    counterparts = new IdentityHashMap<>(counterparts);
  }
}
