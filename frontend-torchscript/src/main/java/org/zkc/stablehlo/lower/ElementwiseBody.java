package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.zkc.ir.Location;
import org.zkc.stablehlo.program.Block;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloFunction;
import org.zkc.stablehlo.program.HloType;
import org.zkc.stablehlo.program.HloValue;
import org.zkc.stablehlo.program.Operation;

/**
 * A body on scalars, run on whole tensors at once: each of its operations is elementwise, so that
 * the body of a reduction combines all pairs of elements of two tensors in one go.
 */
final class ElementwiseBody {
  private static final int MOST_OPERATIONS = 64;

  private final HloCall call;
  private final Block body;

  /** The body in a region of an operation. */
  ElementwiseBody(HloCall call, int region) {
    this(call, call.region(region));
  }

  private ElementwiseBody(HloCall call, Block body) {
    this.call = call;
    this.body = body;
    if (body.operations().size() > MOST_OPERATIONS) {
      throw call.refused("its body has more than %d operations".formatted(MOST_OPERATIONS));
    }
  }

  /**
   * The values that the body returns for each element.
   *
   * @param arguments tensors of these extents, or of 1 where they broadcast to them
   * @throws org.zkc.ir.UserException where the body has an operation that is not elementwise
   */
  List<Held> apply(List<Held> arguments, List<Long> extents) {
    if (arguments.size() != body.arguments().size()) {
      throw call.refused(
          "its body takes %d arguments instead of %d"
              .formatted(body.arguments().size(), arguments.size()));
    }
    Map<HloValue, Held> values = new IdentityHashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      values.put(body.arguments().get(i), arguments.get(i));
    }
    for (Operation operation : body.operations()) {
      Location at = call.block().module().origin(operation.location());
      List<Held> operands = new ArrayList<>();
      for (HloValue operand : operation.operands()) {
        Held inside = values.get(operand);
        operands.add(inside != null ? inside : lifted(call.block().value(operand, at), extents));
      }
      if (operation.name().equals("stablehlo.return") || operation.name().equals("func.return")) {
        return operands;
      }
      call.block().module().count(at);
      if (operation.name().equals("func.call")) {
        List<Held> results = called(operation, operands, extents, at);
        for (int i = 0; i < operation.results().size(); i++) {
          values.put(operation.results().get(i), results.get(i));
        }
        continue;
      }
      Held result = perform(operation, operands, extents, at);
      values.put(operation.results().getFirst(), result);
    }
    throw call.refused("its body ends without a return");
  }

  /** The results of a function that the body calls, which is such a body too. */
  private List<Held> called(
      Operation operation, List<Held> operands, List<Long> extents, Location at) {
    if (!(operation.attribute("callee").orElse(null)
        instanceof HloAttribute.SymbolReference callee)) {
      throw call.refused("its body calls what is no function");
    }
    ModuleLowering module = call.block().module();
    HloFunction function = module.function(callee.root(), at);
    Block inner =
        function
            .body()
            .orElseThrow(
                () -> call.refused("its body calls @%s, which has none".formatted(callee.root())));
    module.enter(at);
    try {
      List<Held> results = new ElementwiseBody(call, inner).apply(operands, extents);
      if (results.size() != operation.results().size()) {
        throw call.refused(
            "its body takes %d results of @%s instead of %d"
                .formatted(operation.results().size(), callee.root(), results.size()));
      }
      return results;
    } finally {
      module.leave();
    }
  }

  private Held perform(Operation operation, List<Held> operands, List<Long> extents, Location at) {
    if (operation.name().equals("stablehlo.constant")) {
      return lifted(one(operation, operands, at), extents);
    }
    if (!isElementwise(operation)) {
      throw call.refused("its body has a %s".formatted(operation.name()));
    }
    List<HloValue> results =
        operation.results().stream()
            .map(r -> new HloValue(r.name(), typed(call, r.type(), extents)))
            .toList();
    Operation wide =
        new Operation(
            operation.name(),
            operation.operands(),
            results,
            operation.attributes(),
            List.of(),
            operation.location());
    return one(wide, operands, at);
  }

  private Held one(Operation operation, List<Held> operands, Location at) {
    return HloOperators.find(operation.name())
        .orElseThrow()
        .lower(new HloCall(operation, operands, call.block(), at))
        .getFirst();
  }

  private static boolean isElementwise(Operation operation) {
    String name = operation.name();
    return operation.results().size() == 1
        && (ArithmeticOperations.TABLE.containsKey(name)
            || LogicOperations.TABLE.containsKey(name)
            || BitOperations.TABLE.containsKey(name)
            || NumberFormatOperations.TABLE.containsKey(name)
            || FunctionOperations.TABLE.containsKey(name));
  }

  /** A scalar that broadcasts to the extents. */
  private Held lifted(Held scalar, List<Long> extents) {
    if (scalar.type().rank() != 0) {
      throw call.refused("its body reads a tensor of %s".formatted(scalar.type().text()));
    }
    List<Long> ones = Collections.nCopies(extents.size(), 1L);
    return new Held(
        call.aten("reshape", scalar.binding(), ones),
        ones,
        typed(call, scalar.type(), extents),
        scalar.number());
  }

  /** The type with other extents. */
  static HloType.TensorOf typed(HloCall call, HloType type, List<Long> extents) {
    if (type instanceof HloType.TensorOf tensor) {
      return new HloType.TensorOf(extents, tensor.element());
    }
    throw call.refused("a value of its body is no tensor");
  }
}
