package org.zkc.torchscript.code;

import java.util.List;
import java.util.Optional;
import org.zkc.ir.TorchType;

/**
 * A class of the dialect. {@code base} is Module, NamedTuple, Enum, Interface, ModuleInterface or
 * empty; {@code lists} are {@code __parameters__} and its like, and enum members.
 */
public record ClassDefinition(
    int offset,
    String name,
    Optional<String> base,
    List<Field> fields,
    List<Item> items,
    List<FunctionDefinition> methods) {

  /** {@code name : type}, with a value where the type is Final. */
  public record Field(String name, TorchType type, Optional<Expression> value) {}

  /** {@code name = expression}. */
  public record Item(String name, Expression value) {}

  public ClassDefinition {
    fields = List.copyOf(fields);
    items = List.copyOf(items);
    methods = List.copyOf(methods);
  }

  public Optional<FunctionDefinition> method(String methodName) {
    return methods.stream().filter(m -> m.name().equals(methodName)).findFirst();
  }

  public Optional<Field> field(String fieldName) {
    return fields.stream().filter(f -> f.name().equals(fieldName)).findFirst();
  }
}
