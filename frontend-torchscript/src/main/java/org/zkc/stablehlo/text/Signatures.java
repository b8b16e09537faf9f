package org.zkc.stablehlo.text;

import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.jspecify.annotations.Nullable;
import org.zkc.stablehlo.program.HloType;
import org.zkc.stablehlo.program.HloValue;

/**
 * The types at the end of a pretty form: a function's, or operands and results with an arrow, or
 * what the operation leaves of these two.
 */
final class Signatures {
  private Signatures() {}

  /**
   * The types of an operation's results. Those of operands that stand in the text are compared with
   * the operands'.
   */
  static List<HloType> results(
      SourceText source,
      TypeReader types,
      String name,
      List<HloValue> operands,
      StablehloParser.@Nullable SignatureContext signature,
      ParserRuleContext at) {
    if (signature == null) {
      if (hasResults(name)
          && !(name.equals("stablehlo.optimization_barrier") && operands.isEmpty())) {
        throw source.fault(
            at, "%s stands without its types".formatted(name), "write them after a colon");
      }
      return List.of();
    }
    List<HloType> written = types.types(signature.types());
    if (signature.results() != null) {
      OperationReader.checkOperands(source, signature, operands, written);
      return types.results(signature.results());
    }
    if (written.size() == 1 && written.get(0) instanceof HloType.FunctionOf function) {
      OperationReader.checkOperands(source, signature, operands, function.inputs());
      return function.results();
    }
    return switch (name) {
      case "stablehlo.select" -> {
        requireCount(source, signature, written, 2);
        HloType result = written.get(1);
        OperationReader.checkOperands(
            source, signature, operands, List.of(written.get(0), result, result));
        yield List.of(result);
      }
      case "stablehlo.optimization_barrier" -> {
        OperationReader.checkOperands(source, signature, operands, written);
        yield written;
      }
      case "stablehlo.tuple" -> {
        requireCount(source, signature, written, 1);
        if (!(written.get(0) instanceof HloType.TupleOf tuple)) {
          throw source.fault(signature, "a tuple is expected", "write tuple<...>");
        }
        OperationReader.checkOperands(source, signature, operands, tuple.elements());
        yield written;
      }
      case "stablehlo.complex" -> {
        requireCount(source, signature, written, 1);
        yield written;
      }
      // Two tensors of one type, which stands once.
      case "check.expect_eq", "check.expect_almost_eq" -> {
        requireCount(source, signature, written, 1);
        requireEqual(source, signature, operands, written.get(0));
        yield List.of();
      }
      default -> {
        if (!hasResults(name)) {
          OperationReader.checkOperands(source, signature, operands, written);
          yield List.of();
        }
        requireCount(source, signature, written, 1);
        requireEqual(source, signature, operands, written.get(0));
        yield written;
      }
    };
  }

  private static boolean hasResults(String name) {
    return !name.endsWith(".return")
        && !name.startsWith("check.")
        && !name.equals("interpreter.print");
  }

  private static void requireCount(
      SourceText source, ParserRuleContext at, List<HloType> written, int count) {
    if (written.size() != count) {
      throw source.fault(
          at,
          "%d types stand here, %d are expected".formatted(written.size(), count),
          "write the types as a function's, (operands) -> results");
    }
  }

  private static void requireEqual(
      SourceText source, ParserRuleContext at, List<HloValue> operands, HloType type) {
    List<HloType> all = new ArrayList<>();
    operands.forEach(_ -> all.add(type));
    OperationReader.checkOperands(source, at, operands, all);
  }
}
