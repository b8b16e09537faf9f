package org.zkc.ir;

import java.util.List;

/**
 * An operation: a TorchOp, TensorOp, IntegerOp or CircuitOp (each sealed). Each op is one record,
 * and the record is its declaration: the component named {@code result} (or {@code results}) is
 * what the op defines, other components of type Value, Optional of Value and List of Value are its
 * operands in order, Region components its regions, {@code location} its source; all others are
 * attributes. Printer, parser, checker and storage work from this declaration, through {@link
 * OpSpec}.
 */
public interface Op {

  Location location();

  /** Values this op defines, in order. */
  default List<Value> definitions() {
    return OpSpec.of(this).results(this);
  }

  /** Values this op reads, in order; regions' captures excluded. */
  default List<Value> operands() {
    return OpSpec.of(this).operands(this);
  }
}
