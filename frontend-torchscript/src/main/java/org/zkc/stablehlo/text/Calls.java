package org.zkc.stablehlo.text;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.stablehlo.program.Block;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloFunction;
import org.zkc.stablehlo.program.HloType;
import org.zkc.stablehlo.program.HloValue;
import org.zkc.stablehlo.program.Operation;

/** Checks that calls and composites name functions of their module, of the types that they use. */
final class Calls {
  private final SourceText source;
  private final Map<String, HloFunction> functions;

  private Calls(SourceText source, Map<String, HloFunction> functions) {
    this.source = source;
    this.functions = functions;
  }

  static void check(SourceText source, List<HloFunction> all, Map<String, HloFunction> functions) {
    Calls calls = new Calls(source, functions);
    for (HloFunction function : all) {
      function.body().ifPresent(calls::block);
    }
  }

  private void block(Block block) {
    for (Operation operation : block.operations()) {
      switch (operation.name()) {
        case "func.call" -> call(operation, "callee");
        case "stablehlo.composite" -> call(operation, "decomposition");
        default -> {}
      }
      operation.regions().forEach(this::block);
    }
  }

  private void call(Operation operation, String attribute) {
    Optional<HloAttribute> named = operation.attribute(attribute);
    if (!(named.orElse(null) instanceof HloAttribute.SymbolReference symbol)) {
      throw fault(
          operation,
          "%s names no function".formatted(operation.name()),
          "write %s = @name".formatted(attribute));
    }
    if (!symbol.nested().isEmpty()) {
      throw fault(
          operation,
          "@%s is in another module".formatted(symbol.nested().getLast()),
          "move the function into this module");
    }
    HloFunction function = functions.get(symbol.root());
    if (function == null) {
      throw fault(
          operation,
          "the function @%s is not in this module".formatted(symbol.root()),
          "write the file with all functions that it calls");
    }
    List<HloType> inputs = function.arguments().stream().map(a -> a.value().type()).toList();
    List<HloType> results = function.results().stream().map(HloFunction.Result::type).toList();
    boolean fits =
        inputs.equals(operation.operands().stream().map(HloValue::type).toList())
            && results.equals(operation.results().stream().map(HloValue::type).toList());
    if (!fits) {
      throw fault(
          operation,
          "@%s is of type %s"
              .formatted(symbol.root(), new HloType.FunctionOf(inputs, results).text()),
          "call it with values of these types");
    }
  }

  private HloSyntaxException fault(Operation operation, String why, String remedy) {
    return source.fault(operation.location(), why, remedy);
  }
}
