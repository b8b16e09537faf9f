package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.zkc.ir.Function;
import org.zkc.stablehlo.program.Block;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloFunction;
import org.zkc.stablehlo.program.HloValue;
import org.zkc.torchscript.lower.Binding;
import org.zkc.torchscript.lower.FunctionWriter;
import org.zkc.torchscript.schema.StaticTypes;

/**
 * Calls, loops and branches (StableHLO specification, "case", "composite", "if",
 * "optimization_barrier", "while"). Calls and composites are written in place. Loops and branches
 * become those of the operator level, where conditions that do not depend on an input are decided
 * and loops unrolled. Where a branch depends on an input, both sides are computed and one of their
 * results is chosen, because an operation has no effect but its results.
 */
final class ControlOperations {
  /** Branches of one choice, each of which a proof pays for. */
  private static final int MOST_BRANCHES = 1024;

  static final Map<String, HloOperator> TABLE =
      Map.ofEntries(
          Map.entry("func.call", c -> call(c, "callee")),
          Map.entry("stablehlo.composite", ControlOperations::composite),
          Map.entry("stablehlo.optimization_barrier", ControlOperations::unchanged),
          Map.entry("stablehlo.if", ControlOperations::branch),
          Map.entry("stablehlo.case", ControlOperations::choice),
          Map.entry("stablehlo.while", ControlOperations::loop));

  private ControlOperations() {}

  private static List<Held> call(HloCall call, String attribute) {
    if (!(call.required(attribute) instanceof HloAttribute.SymbolReference callee)) {
      throw call.refused("it names no function");
    }
    HloFunction function = call.block().module().function(callee.root(), call.location());
    return call.block().call(function, call.operands(), call.location());
  }

  /** The operation that the composite names, where that is lowered; else the composite's body. */
  private static List<Held> composite(HloCall call) {
    String name =
        call.required("name") instanceof HloAttribute.StringValue text ? text.value() : "";
    Optional<List<Held>> known =
        name.startsWith("chlo.")
            ? HloOperators.named(call, name, "composite_attributes")
            : Optional.empty();
    return known.orElseGet(() -> call(call, "decomposition"));
  }

  private static List<Held> unchanged(HloCall call) {
    return call.operands();
  }

  private static List<Held> branch(HloCall call) {
    Map<HloValue, Held> captured = call.block().captured(call.operation().regions());
    List<HloValue> order = new ArrayList<>(captured.keySet());
    Function then = function(call, call.region(0), order, captured, "then");
    Function otherwise = function(call, call.region(1), order, captured, "otherwise");
    return held(
        call,
        call.writer()
            .choose(call.whole(0), then, otherwise, bindings(order, captured), call.location()));
  }

  /** The index chooses; the last branch stands for all indices that there is no branch for. */
  private static List<Held> choice(HloCall call) {
    List<Block> branches = call.operation().regions();
    if (branches.isEmpty()) {
      throw call.refused("it has no branches");
    }
    if (branches.size() > MOST_BRANCHES) {
      throw call.refused(
          "it has %d branches, more than the %d that are lowered"
              .formatted(branches.size(), MOST_BRANCHES));
    }
    List<Held> chosen =
        call.block()
            .inner(call.writer(), call.block().captured(branches))
            .run(branches.getLast(), List.of(), call.location());
    for (int k = branches.size() - 2; k >= 0; k--) {
      Binding here = call.aten("eq", call.whole(0), (long) k);
      chosen = chooseOr(call, here, branches.get(k), chosen);
    }
    return chosen;
  }

  /** A region's results where a condition holds, else values that there are. */
  private static List<Held> chooseOr(
      HloCall call, Binding condition, Block then, List<Held> otherwise) {
    Map<HloValue, Held> captured = call.block().captured(List.of(then));
    List<HloValue> order = new ArrayList<>(captured.keySet());
    List<Binding> arguments = new ArrayList<>(bindings(order, captured));
    otherwise.forEach(h -> arguments.add(call.whole(h)));
    FunctionWriter taken = new FunctionWriter();
    Map<HloValue, Held> visible = parameters(taken, order, captured);
    otherwise.forEach(_ -> taken.parameter("x", StaticTypes.TENSOR));
    Function first =
        finish(
            call,
            taken,
            call.block().inner(taken, visible).run(then, List.of(), call.location()),
            "then");
    FunctionWriter left = new FunctionWriter();
    parameters(left, order, captured);
    List<Binding> passed =
        otherwise.stream().map(_ -> left.parameter("x", StaticTypes.TENSOR)).toList();
    Function second =
        left.finish(call.block().module().functionName("otherwise"), passed, call.location());
    call.block().module().add(second);
    return held(call, call.writer().choose(condition, first, second, arguments, call.location()));
  }

  private static List<Held> loop(HloCall call) {
    Block condition = call.region(0);
    Block body = call.region(1);
    Map<HloValue, Held> captured = call.block().captured(List.of(condition, body));
    List<HloValue> order = new ArrayList<>(captured.keySet());
    BlockLowering outside = call.block().inner(call.writer(), captured);
    List<Held> initial = new ArrayList<>();
    for (int i = 0; i < call.operandCount(); i++) {
      initial.add(Held.whole(call.whole(i), call.type(i)));
    }
    Binding first = truth(call, outside.run(condition, initial, call.location()));
    FunctionWriter writer = new FunctionWriter();
    List<Held> carried = new ArrayList<>();
    for (Held value : initial) {
      carried.add(Held.whole(writer.parameter("carried", StaticTypes.TENSOR), value.type()));
    }
    BlockLowering inside = call.block().inner(writer, parameters(writer, order, captured));
    List<Held> next = inside.run(body, carried, call.location());
    List<Held> whole =
        next.stream().map(h -> Held.whole(materialised(h, writer, call), h.type())).toList();
    List<Binding> results = new ArrayList<>();
    results.add(truth(call, inside.run(condition, whole, call.location())));
    whole.forEach(h -> results.add(h.binding()));
    Function function =
        writer.finish(call.block().module().functionName("body"), results, call.location());
    call.block().module().add(function);
    List<Binding> last =
        call.writer()
            .repeatWhile(
                first,
                function,
                initial.stream().map(Held::binding).toList(),
                bindings(order, captured),
                call.location());
    return held(call, last);
  }

  private static Binding truth(HloCall call, List<Held> results) {
    if (results.size() != 1
        || results.getFirst().type().rank() != 0
        || !ElementTypes.isBoolean(results.getFirst().type())) {
      throw call.refused("its condition is no truth value");
    }
    return results.getFirst().binding();
  }

  private static Function function(
      HloCall call, Block block, List<HloValue> order, Map<HloValue, Held> captured, String name) {
    FunctionWriter writer = new FunctionWriter();
    Map<HloValue, Held> visible = parameters(writer, order, captured);
    return finish(
        call,
        writer,
        call.block().inner(writer, visible).run(block, List.of(), call.location()),
        name);
  }

  private static Function finish(
      HloCall call, FunctionWriter writer, List<Held> results, String name) {
    List<Binding> whole = results.stream().map(h -> materialised(h, writer, call)).toList();
    Function function =
        writer.finish(call.block().module().functionName(name), whole, call.location());
    call.block().module().add(function);
    return function;
  }

  /** A value in its own shape, written into the function that the value is of. */
  private static Binding materialised(Held value, FunctionWriter writer, HloCall call) {
    return value.isWhole()
        ? value.binding()
        : writer.call(
            "aten.expand",
            List.of(
                value.binding(),
                writer.list(
                    StaticTypes.INT,
                    value.type().extents().stream().<Binding>map(Binding.Literal::of).toList(),
                    call.location())),
            "whole",
            call.location());
  }

  private static Map<HloValue, Held> parameters(
      FunctionWriter writer, List<HloValue> order, Map<HloValue, Held> captured) {
    Map<HloValue, Held> out = new IdentityHashMap<>();
    for (HloValue value : order) {
      Held held = Objects.requireNonNull(captured.get(value));
      Binding parameter = writer.parameter("captured", StaticTypes.TENSOR);
      out.put(value, new Held(parameter, held.extents(), held.type(), held.number()));
    }
    return out;
  }

  private static List<Binding> bindings(List<HloValue> order, Map<HloValue, Held> captured) {
    return order.stream().map(v -> Objects.requireNonNull(captured.get(v)).binding()).toList();
  }

  private static List<Held> held(HloCall call, List<Binding> results) {
    List<Held> out = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      out.add(Held.whole(results.get(i), call.resultType(i)));
    }
    return out;
  }
}
