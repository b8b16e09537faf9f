package org.zkc.torchscript.schema;

import java.util.List;
import org.zkc.ir.TorchType;

/**
 * One overload of an operator, {@code aten::add.Tensor(Tensor self, Tensor other, *, Scalar
 * alpha=1) -> Tensor}.
 *
 * @param name qualified by its namespace with a dot, {@code aten.add}
 * @param overload {@code Tensor}, or empty
 * @param variadic whether any further arguments may follow
 */
public record OperatorSchema(
    String name,
    String overload,
    List<SchemaArgument> arguments,
    boolean variadic,
    List<Result> results) {

  /** A result; {@code aliased} when it may share memory with an argument. */
  public record Result(TorchType type, boolean aliased) {}

  public OperatorSchema {
    arguments = List.copyOf(arguments);
    results = List.copyOf(results);
  }

  /** Whether the operator changes an argument in place. */
  public boolean writes() {
    return arguments.stream().anyMatch(SchemaArgument::written);
  }
}
