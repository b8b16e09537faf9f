package org.zkc.stablehlo.lower;

import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.stablehlo.program.Block;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloFunction;
import org.zkc.stablehlo.program.HloType;
import org.zkc.stablehlo.program.HloValue;
import org.zkc.stablehlo.program.Operation;
import org.zkc.torchscript.lower.Binding;
import org.zkc.torchscript.lower.FunctionWriter;
import org.zkc.torchscript.schema.StaticTypes;

/**
 * Lowers the operations of blocks into one function. Functions that are called are written in
 * place; only loops and branches have functions of their own.
 */
final class BlockLowering {
  private final ModuleLowering module;
  private final FunctionWriter writer;
  private final Map<HloValue, Held> values;

  /** Tuples, which are never computed with: the values that each is made of. */
  private final Map<HloValue, List<HloValue>> tuples = new IdentityHashMap<>();

  private BlockLowering(ModuleLowering module, FunctionWriter writer, Map<HloValue, Held> values) {
    this.module = module;
    this.writer = writer;
    this.values = values;
  }

  /** The lowering of a function that no value of another is visible in. */
  BlockLowering(ModuleLowering module, FunctionWriter writer) {
    this(module, writer, new IdentityHashMap<>());
  }

  ModuleLowering module() {
    return module;
  }

  FunctionWriter writer() {
    return writer;
  }

  void bind(HloValue value, Held held) {
    values.put(value, held);
  }

  /**
   * The tensor that a value is held as; the reader has checked that values are defined before their
   * uses.
   */
  Held value(HloValue value, Location at) {
    Held held = values.get(value);
    if (held == null) {
      throw new UserException(at, "%s is read before it is computed".formatted(value));
    }
    return held;
  }

  Shape shape(List<Long> extents, Location at) {
    return module.shape(extents, at);
  }

  /** A constant of the text; the same data is one constant of the function. */
  Binding constant(TensorData data, Location at) {
    return writer.tensor(module.constantName(data), data, at);
  }

  /** The values that a block ends with, its arguments being {@code arguments}. */
  List<Held> run(Block block, List<Held> arguments, Location at) {
    if (block.arguments().size() != arguments.size()) {
      throw new UserException(
          at,
          "a block of %d arguments is given %d values"
              .formatted(block.arguments().size(), arguments.size()));
    }
    for (int i = 0; i < arguments.size(); i++) {
      values.put(block.arguments().get(i), arguments.get(i));
    }
    for (Operation operation : block.operations()) {
      Location line = module.origin(operation.location());
      if (operation.name().equals("stablehlo.return") || operation.name().equals("func.return")) {
        return operation.operands().stream().map(v -> value(v, line)).toList();
      }
      module.count(line);
      if (!isOfTuples(operation)) {
        perform(operation, line);
      }
    }
    throw new UserException(at, "a block ends without a return");
  }

  /**
   * Whether an operation only puts values into a tuple, or takes one out of a tuple that was made
   * here (StableHLO specification, "tuple", "get_tuple_element"); then it is done.
   */
  private boolean isOfTuples(Operation operation) {
    if (operation.name().equals("stablehlo.tuple") && operation.results().size() == 1) {
      tuples.put(operation.results().getFirst(), operation.operands());
      return true;
    }
    if (!operation.name().equals("stablehlo.get_tuple_element")
        || operation.operands().size() != 1
        || operation.results().size() != 1
        || !(operation.attribute("index").orElse(null)
            instanceof HloAttribute.IntegerValue index)) {
      return false;
    }
    List<HloValue> tuple = tuples.get(operation.operands().getFirst());
    if (tuple == null || index.value() < 0 || index.value() >= tuple.size()) {
      return false;
    }
    HloValue element = tuple.get((int) index.value());
    HloValue result = operation.results().getFirst();
    List<HloValue> inner = tuples.get(element);
    Held held = values.get(element);
    if (inner != null) {
      tuples.put(result, inner);
    } else if (held != null) {
      values.put(result, held);
    }
    return inner != null || held != null;
  }

  private void perform(Operation operation, Location line) {
    try {
      HloCall call = call(operation, line);
      HloOperator operator = operator(operation, line);
      List<Held> results =
          QuantizedOperations.isOne(call)
              ? QuantizedOperations.lower(call, c -> performed(operator, c))
              : performed(operator, call);
      if (results.size() < operation.results().size()) {
        throw new UserException(
            line,
            "%s has %d results, of which %d are known"
                .formatted(operation.name(), operation.results().size(), results.size()));
      }
      for (int i = 0; i < operation.results().size(); i++) {
        values.put(operation.results().get(i), results.get(i));
      }
    } catch (UserException e) {
      UserException located = e.location().isKnown() ? e : new UserException(line, e.getMessage());
      module.fault(located);
      unknown(operation, line);
    }
  }

  private List<Held> performed(HloOperator operator, HloCall call) {
    List<Held> lowered = operator.lower(call);
    List<Held> results =
        lowered.size() == 1 ? List.of(recognised(call, lowered.getFirst())) : lowered;
    results.forEach(r -> module.define(r, call));
    return results;
  }

  /**
   * A result in its simplest form, a number or a known function where it is one. An operand that is
   * passed on has been examined before; a second examination would compute its form a second time.
   */
  private static Held recognised(HloCall call, Held result) {
    Held known = Numbers.known(call, result);
    return ScalarFunctions.isKnown(call.operation().name()) && !call.handsOn(result)
        ? ActivationPattern.of(call, known).or(() -> PairPattern.of(call, known)).orElse(known)
        : known;
  }

  private static HloOperator operator(Operation operation, Location line) {
    return HloOperators.find(operation.name())
        .orElseThrow(() -> unprovable(operation.name(), line));
  }

  private static UserException unprovable(String operation, Location line) {
    String reason = "the operation %s cannot be proved".formatted(operation);
    return switch (operation.substring(0, Math.max(0, operation.indexOf('.')))) {
      case "stablehlo", "chlo", "func" ->
          new UserException(line, reason + "; docs/stablehlo.md lists those that can");
      case "mhlo" ->
          new UserException(
              line,
              reason,
              "export with JAX of 2023 or later, which writes StableHLO, or run mlir-hlo-opt"
                  + " --hlo-legalize-to-stablehlo");
      default ->
          new UserException(
              line, reason, "print the program as StableHLO, before it is lowered further");
    };
  }

  private HloCall call(Operation operation, Location line) {
    List<Held> operands = operation.operands().stream().map(v -> value(v, line)).toList();
    return new HloCall(operation, operands, this, line);
  }

  /** Values in place of the results of an operation that could not be lowered. */
  private void unknown(Operation operation, Location line) {
    List<Binding> read =
        operation.operands().stream()
            .flatMap(v -> Optional.ofNullable(values.get(v)).stream())
            .map(Held::binding)
            .toList();
    for (HloValue result : operation.results()) {
      if (result.type() instanceof HloType.TensorOf type) {
        Binding value = writer.unknown(StaticTypes.TENSOR, "unknown", read, line);
        values.put(result, Held.whole(value, type));
      }
    }
  }

  /** The results of a function of the module, written in place. */
  List<Held> call(HloFunction function, List<Held> arguments, Location at) {
    Block body =
        function
            .body()
            .orElseThrow(() ->
                new UserException(at, "the function @%s has no body".formatted(function.symbol())));
    module.enter(at);
    try {
      return new BlockLowering(module, writer).run(body, arguments, at);
    } finally {
      module.leave();
    }
  }

  /** A lowering into another function, in which {@code visible} stand for values of this one. */
  BlockLowering inner(FunctionWriter other, Map<HloValue, Held> visible) {
    return new BlockLowering(module, other, new IdentityHashMap<>(visible));
  }

  /** The values of the blocks around that a region reads, in the order of their first use. */
  Map<HloValue, Held> captured(List<Block> regions) {
    Set<HloValue> read = new LinkedHashSet<>();
    regions.forEach(r -> collect(r, read));
    Map<HloValue, Held> out = new LinkedHashMap<>(); // values are equal by identity
    for (HloValue value : read) {
      Held held = values.get(value);
      if (held != null) {
        out.put(value, held);
      }
    }
    return out;
  }

  private static void collect(Block block, Set<HloValue> out) {
    for (Operation operation : block.operations()) {
      out.addAll(operation.operands());
      operation.regions().forEach(r -> collect(r, out));
    }
  }
}
