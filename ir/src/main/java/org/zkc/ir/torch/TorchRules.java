package org.zkc.ir.torch;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.Function;
import org.zkc.ir.Op;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Program;
import org.zkc.ir.Region;
import org.zkc.ir.TorchType;
import org.zkc.ir.Value;

/**
 * The conditions on ops of the torch level: arities of regions and calls, and the types that
 * control flow and literals need. Operators are checked against their schemas where they are
 * lowered.
 */
public final class TorchRules {
  private TorchRules() {}

  /**
   * Checks one op.
   *
   * @param functions the program's functions by name
   * @throws IllegalArgumentException with one sentence when the op is not as its record says
   */
  public static void check(TorchOp op, Map<String, Function> functions) {
    switch (op) {
      case Operator _, Raise _ -> {}
      case Constant c -> require(!c.literal().isEmpty(), "a literal must not be empty");
      case TensorConstant c ->
          require(c.result().type() instanceof TorchType.Tensor, "the result must be a Tensor");
      case ListConstruct l -> requireGeneric(l.result(), "List");
      case TupleConstruct t -> {
        // A named tuple has a class type.
        if (t.result().type() instanceof TorchType.Generic g) {
          require(g.constructor().equals("Tuple"), "the result must be a Tuple");
          requireCount(g.arguments().size(), t.elements().size(), "elements of the result's type");
        }
      }
      case TupleUnpack t -> {
        if (t.tuple().type() instanceof TorchType.Generic g && g.constructor().equals("Tuple")) {
          requireCount(t.results().size(), g.arguments().size(), "results");
        }
      }
      case Call c -> {
        Function callee =
            Optional.ofNullable(functions.get(c.callee()))
                .orElseThrow(
                    () -> new IllegalArgumentException("there is no function @" + c.callee()));
        requireCount(
            c.arguments().size(), callee.parameters().size(), "arguments of @" + c.callee());
        requireCount(c.results().size(), callee.results().size(), "results of @" + c.callee());
      }
      case If i -> {
        requireCondition(i.condition());
        requireArm(i.then(), i.results().size());
        requireArm(i.otherwise(), i.results().size());
      }
      case While w -> {
        requireCondition(w.condition());
        requireCarried(w.initial(), w.body().parameters(), w.results());
        requireCount(
            w.body().results().size(),
            w.results().size() + 1,
            "results of the body (condition first)");
      }
      case For f -> {
        require(f.count().type().equals(new TorchType.Simple("int")), "the count must be an int");
        require(
            !f.body().parameters().isEmpty(),
            "the body must take the index as its first parameter");
        List<Value> parameters = f.body().parameters();
        requireCarried(f.initial(), parameters.subList(1, parameters.size()), f.results());
        requireCount(f.body().results().size(), f.results().size(), "results of the body");
      }
    }
  }

  /** A call that leads back to the function it stands in, if there is one. */
  public static Optional<Call> recursion(Program program, Map<String, Function> functions) {
    Map<String, Boolean> isFinished = new HashMap<>();
    return program.functions().stream()
        .flatMap(f -> recursion(f, functions, isFinished).stream())
        .findFirst();
  }

  private static Optional<Call> recursion(
      Function function, Map<String, Function> functions, Map<String, Boolean> isFinished) {
    if (isFinished.putIfAbsent(function.name(), false) != null) {
      return Optional.empty();
    }
    Optional<Call> found = recursion(function.region(), functions, isFinished);
    isFinished.put(function.name(), true);
    return found;
  }

  private static Optional<Call> recursion(
      Region region, Map<String, Function> functions, Map<String, Boolean> isFinished) {
    for (Op op : region.body()) {
      if (op instanceof Call call && functions.containsKey(call.callee())) {
        if (Boolean.FALSE.equals(isFinished.get(call.callee()))) {
          return Optional.of(call);
        }
        Optional<Call> deeper = recursion(functions.get(call.callee()), functions, isFinished);
        if (deeper.isPresent()) {
          return deeper;
        }
      }
      for (Region inner : OpSpec.of(op).regions(op)) {
        Optional<Call> deeper = recursion(inner, functions, isFinished);
        if (deeper.isPresent()) {
          return deeper;
        }
      }
    }
    return Optional.empty();
  }

  private static void requireCarried(
      List<Value> initial, List<Value> parameters, List<Value> results) {
    requireCount(initial.size(), results.size(), "initial values");
    requireCount(parameters.size(), results.size(), "loop-carried parameters of the body");
  }

  private static void requireArm(Region arm, int results) {
    require(arm.parameters().isEmpty(), "an arm takes no parameters");
    boolean raises = arm.body().stream().anyMatch(Raise.class::isInstance);
    if (!raises) {
      requireCount(arm.results().size(), results, "results of each arm");
    }
  }

  private static void requireCondition(Value condition) {
    require(
        condition.type() instanceof TorchType.Tensor
            || condition.type().equals(new TorchType.Simple("bool")),
        "the condition must be a bool or a Tensor");
  }

  private static void requireGeneric(Value value, String constructor) {
    require(
        value.type() instanceof TorchType.Generic g && g.constructor().equals(constructor),
        "the result must be a " + constructor);
  }

  private static void requireCount(int found, int wanted, String what) {
    require(found == wanted, found + " " + what + " where there must be " + wanted);
  }

  private static void require(boolean condition, String sentence) {
    if (!condition) {
      throw new IllegalArgumentException(sentence);
    }
  }
}
