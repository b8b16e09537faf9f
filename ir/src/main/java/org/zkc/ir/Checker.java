package org.zkc.ir;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.zkc.ir.circuit.CircuitOp;
import org.zkc.ir.circuit.CircuitRules;
import org.zkc.ir.integer.IntegerOp;
import org.zkc.ir.integer.IntegerRules;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.tensor.TensorRules;
import org.zkc.ir.torch.TorchOp;
import org.zkc.ir.torch.TorchRules;

/**
 * Checks what every program must satisfy; it runs after every pass.
 *
 * <ol>
 *   <li>Functions: names are unique and one is {@code main}; below the torch level it is the only
 *       one.
 *   <li>Level: every op, and the type of every value, belongs to the program's level.
 *   <li>SSA: every value is defined once, as a parameter or by one op; it is defined before it is
 *       read, in the region that reads it or one around that.
 *   <li>Values: elements of the integer and circuit levels lie inside (-2^30, 2^30).
 *   <li>Ops: operands, attributes and result types fit together as the op's record says ({@link
 *       TorchRules}, {@link TensorRules}, {@link IntegerRules}, {@link CircuitRules}); at the
 *       integer and circuit levels that includes intervals, so nothing can leave the type it has.
 *   <li>Main's parameters: at the circuit level they are public columns.
 * </ol>
 */
public final class Checker {
  private final Program program;
  private final Map<String, Function> functions = new HashMap<>();
  private final List<Diagnostic> diagnostics = new ArrayList<>();
  private final Map<Value, Op> definitions = new IdentityHashMap<>();
  private final Set<Value> defined = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Value> visible = Collections.newSetFromMap(new IdentityHashMap<>());

  private Checker(Program program) {
    this.program = program;
    program.functions().forEach(f -> functions.putIfAbsent(f.name(), f));
  }

  /** All violations, in program order; empty when the program is well formed. */
  public static List<Diagnostic> check(Program program) {
    Checker checker = new Checker(program);
    checker.functions();
    return List.copyOf(checker.diagnostics);
  }

  private void functions() {
    Set<String> names = new HashSet<>();
    for (Function function : program.functions()) {
      if (!names.add(function.name())) {
        report(function, "function @" + function.name() + " is defined twice");
      }
    }
    if (!names.contains("main")) {
      diagnostics.add(
          new Diagnostic(Optional.empty(), Location.UNKNOWN, "there is no function @main"));
    }
    if (program.level() != Level.TORCH && program.functions().size() > 1) {
      report(
          program.functions().get(1),
          "a program of the "
              + program.level().text()
              + " level has one function, @main, and no other");
    }
    for (Function function : program.functions()) {
      for (Value parameter : function.parameters()) {
        value(parameter).ifPresent(message -> report(function, message));
        if (program.level() == Level.CIRCUIT
            && !(parameter.type() instanceof ColumnType t && t.kind() == ColumnType.Kind.PUBLIC)) {
          report(function, "parameter " + parameter + " must be a public column");
        }
      }
      region(function.region(), Optional.empty(), function.location());
    }
    if (program.level() == Level.TORCH) {
      TorchRules.recursion(program, functions)
          .ifPresent(call ->
              report(
                  call,
                  "the call of @" + call.callee() + " is recursive, which cannot be unrolled"));
    }
  }

  private void region(Region region, Optional<Op> owner, Location location) {
    List<Value> scope = new ArrayList<>();
    for (Value parameter : region.parameters()) {
      if (!define(parameter, scope)) {
        diagnostics.add(
            new Diagnostic(owner, location, "parameter " + parameter + " is already defined"));
      }
    }
    for (Op op : region.body()) {
      operation(op, scope);
    }
    for (Value result : region.results()) {
      if (!visible.contains(result)) {
        diagnostics.add(
            new Diagnostic(owner, location, "returned value " + result + " is not defined here"));
      }
    }
    scope.forEach(visible::remove);
  }

  private void operation(Op op, List<Value> scope) {
    OpSpec spec = OpSpec.of(op);
    if (!OpCatalogue.opInterface(program.level()).isInstance(op)) {
      report(
          op, spec.mnemonic() + " is not an operation of the " + program.level().text() + " level");
    }
    boolean isSound = true;
    for (Value operand : spec.operands(op)) {
      if (!visible.contains(operand)) {
        report(op, "operand " + operand + " is not defined here");
        isSound = false;
      }
    }
    for (Region region : spec.regions(op)) {
      region.parameters().forEach(p -> value(p).ifPresent(message -> report(op, message)));
      region(region, Optional.of(op), op.location());
    }
    for (Value result : spec.results(op)) {
      Optional<String> fault = value(result);
      fault.ifPresent(message -> report(op, message));
      isSound &= fault.isEmpty();
      if (!define(result, scope)) {
        report(op, "result " + result + " is already defined");
      }
      definitions.put(result, op);
    }
    // The rules read the operands' types, so they need operands of this level.
    if (isSound) {
      rules(op).ifPresent(message -> report(op, message));
    }
  }

  private Optional<String> rules(Op op) {
    try {
      switch (op) {
        case TorchOp o when program.level() == Level.TORCH -> TorchRules.check(o, functions);
        case TensorOp o when program.level() == Level.TENSOR -> TensorRules.check(o);
        case IntegerOp o when program.level() == Level.INTEGER ->
            IntegerRules.check(o, this::definition);
        case CircuitOp o when program.level() == Level.CIRCUIT ->
            CircuitRules.check(o, this::definition);
        default -> {} // an op of another level: reported
      }
      return Optional.empty();
    } catch (ArithmeticException e) {
      return Optional.of("sizes or bounds overflow: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private Optional<Op> definition(Value value) {
    return Optional.ofNullable(definitions.get(value));
  }

  private boolean define(Value value, List<Value> scope) {
    visible.add(value);
    scope.add(value);
    return defined.add(value);
  }

  /** The error in the value's type, if there is one. */
  private Optional<String> value(Value value) {
    Type type = value.type();
    boolean fits =
        switch (program.level()) {
          case TORCH -> type instanceof TorchType;
          case TENSOR -> type instanceof TensorType;
          case INTEGER -> type instanceof IntegerType;
          case CIRCUIT -> type instanceof ColumnType || type instanceof SpectrumType;
        };
    if (!fits) {
      return Optional.of(
          value + " has a type that is not of the " + program.level().text() + " level");
    }
    Optional<Interval> interval =
        switch (type) {
          case IntegerType t -> Optional.of(Interval.of(t));
          case ColumnType t -> Optional.of(Interval.of(t));
          case SpectrumType t -> Optional.of(Interval.of(t));
          case TensorType _, TorchType _ -> Optional.empty();
        };
    return interval
        .filter(i -> !i.isInsideLimit())
        .map(i ->
            "%s has the interval [%d, %d], which leaves (-2^30, 2^30)"
                .formatted(value, i.low(), i.high()));
  }

  private void report(Op op, String message) {
    diagnostics.add(new Diagnostic(Optional.of(op), op.location(), message));
  }

  private void report(Function function, String message) {
    diagnostics.add(new Diagnostic(Optional.empty(), function.location(), message));
  }
}
