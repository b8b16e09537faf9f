package org.zkc.torchscript.code;

import java.util.List;
import java.util.Optional;
import org.zkc.ir.TorchType;

/** A function or method; a method's first parameter is {@code self}. */
public record FunctionDefinition(
    int offset,
    String name,
    List<Parameter> parameters,
    Optional<TorchType> returnType,
    List<Statement> body) {

  /** A parameter; those of interfaces and {@code self} may have no type. */
  public record Parameter(
      String name, Optional<TorchType> type, Optional<Expression> defaultValue) {}

  public FunctionDefinition {
    parameters = List.copyOf(parameters);
    body = List.copyOf(body);
  }
}
