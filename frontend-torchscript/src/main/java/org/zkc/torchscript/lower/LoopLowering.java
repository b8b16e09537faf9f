package org.zkc.torchscript.lower;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.zkc.ir.Location;
import org.zkc.ir.Region;
import org.zkc.ir.TorchType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.torch.For;
import org.zkc.ir.torch.While;
import org.zkc.torchscript.code.Expression;
import org.zkc.torchscript.code.Statement;
import org.zkc.torchscript.schema.StaticTypes;

/**
 * Lowers loops. Values that exist before the loop, and that the body assigns or writes in place,
 * are carried from round to round. Types, in-place writes and shared memory are found by lowering
 * the body until nothing new appears; each attempt but the last is dropped.
 */
final class LoopLowering {
  private static final int MAX_ATTEMPTS = 8;

  private final CodeLowering lowering;
  private final Frame frame;

  LoopLowering(CodeLowering lowering, Frame frame) {
    this.lowering = lowering;
    this.frame = frame;
  }

  void whileLoop(Statement.While w) {
    Location at = frame.locate(w.offset());
    Binding condition =
        lowering.orUnknown(
            frame,
            w.condition(),
            StaticTypes.BOOL,
            () -> new ExpressionLowering(lowering, frame).evaluate(w.condition()));
    if (condition instanceof Binding.Literal l && !l.asBoolean()) {
      return;
    }
    Value initial = frame.value(condition, at);
    Attempt loop = converge(w.body(), Optional.empty(), Optional.of(w.condition()), at);
    frame.region().add(new While(loop.define(), initial, loop.initial, loop.region(), at));
  }

  void forLoop(Statement.For f) {
    Location at = frame.locate(f.offset());
    Binding times =
        lowering.orUnknown(
            frame,
            f.count(),
            StaticTypes.INT,
            () -> new ExpressionLowering(lowering, frame).evaluate(f.count()));
    Value count = frame.value(times, at);
    Attempt loop = converge(f.body(), Optional.of(f.index()), Optional.empty(), at);
    frame.region().add(new For(loop.define(), count, loop.initial, loop.region(), at));
  }

  /** The facts known about the loop before an attempt. */
  private static final class Plan {
    private final Map<String, TorchType> names = new LinkedHashMap<>();
    private final Set<Value> written = new LinkedHashSet<>();
    private final Map<Value, Location> stale = new LinkedHashMap<>();
    private final Set<List<Integer>> shared = new HashSet<>();
  }

  private Attempt converge(
      List<Statement> body, Optional<String> index, Optional<Expression> condition, Location at) {
    Plan plan = new Plan();
    Set<String> assigned = new LinkedHashSet<>();
    assignedNames(body, assigned);
    for (String name : assigned) {
      Binding outer = frame.names().get(name);
      if (outer instanceof Binding.Dynamic || outer instanceof Binding.Literal) {
        plan.names.put(name, Frame.typeOf(outer));
      }
    }
    for (int i = 0; i < MAX_ATTEMPTS; i++) {
      Attempt attempt = new Attempt(plan, body, index, condition, at);
      if (!attempt.learn()) {
        return attempt;
      }
      attempt.inner.region().leave();
    }
    throw new UserException(
        at, "The values that this loop carries cannot be given fixed types; simplify the loop.");
  }

  /** Adds the names that statements assign, those within them too. */
  static void assignedNames(List<Statement> statements, Set<String> out) {
    for (Statement s : statements) {
      switch (s) {
        case Statement.Assign a -> out.add(a.target());
        case Statement.AssignResults a -> out.addAll(a.targets());
        case Statement.Unpack u -> out.addAll(u.targets());
        case Statement.AssignTogether a -> out.addAll(a.targets());
        case Statement.If i -> {
          assignedNames(i.then(), out);
          assignedNames(i.otherwise(), out);
        }
        case Statement.While w -> assignedNames(w.body(), out);
        case Statement.For f -> assignedNames(f.body(), out);
        case Statement.With w -> assignedNames(w.body(), out);
        case Statement.SetAttribute _,
            Statement.Effect _,
            Statement.Return _,
            Statement.Pass _,
            Statement.NestedFunction _ -> {}
      }
    }
  }

  /** One lowering of the body under a plan. */
  private final class Attempt {
    private final Plan plan;
    private final Location at;
    private final Frame inner;
    private final int before;
    private final List<Value> initial = new ArrayList<>();
    private final List<Value> parameters = new ArrayList<>();
    private final List<Value> next = new ArrayList<>();
    private final Optional<Value> indexValue;
    private Optional<Value> nextCondition = Optional.empty();

    Attempt(
        Plan plan,
        List<Statement> body,
        Optional<String> index,
        Optional<Expression> condition,
        Location at) {
      this.plan = plan;
      this.at = at;
      plan.names
          .keySet()
          .forEach(name ->
              initial.add(
                  frame.value(
                      Objects.requireNonNull(
                          frame.names().get(name), "a plan has bound names only"),
                      at)));
      plan.written.forEach(v -> initial.add(frame.aliases().read(v, at)));
      this.before = frame.aliases().definedCount();
      this.inner = frame.fork(lowering);
      this.indexValue = index.map(name -> inner.define(name, StaticTypes.INT));
      index.ifPresent(name ->
          inner.names().put(name, new Binding.Dynamic(indexValue.orElseThrow(), StaticTypes.INT)));
      plan.names.forEach((name, type) -> {
        Value parameter = inner.define(name, type);
        parameters.add(parameter);
        inner.names().put(name, new Binding.Dynamic(parameter, type));
      });
      plan.written.forEach(v -> {
        Value parameter = inner.define(v.name(), (TorchType) v.type());
        parameters.add(parameter);
        inner.aliases().forward(v, parameter);
      });
      for (int i = 0; i < parameters.size(); i++) {
        inner.aliases().share(parameters.get(i), initial.get(i));
      }
      plan.shared.forEach(
          pair -> inner.aliases().share(parameters.get(pair.get(0)), parameters.get(pair.get(1))));
      plan.stale.forEach(inner.aliases()::markStale);
      new StatementLowering(lowering, inner).statements(body);
      if (condition.isPresent()) {
        nextCondition =
            Optional.of(
                inner.value(new ExpressionLowering(lowering, inner).evaluate(condition.get()), at));
      }
    }

    /** Extends the plan by what the body showed; false when there was nothing new. */
    boolean learn() {
      boolean news = false;
      MemoryAliases aliases = inner.aliases();
      for (Map.Entry<String, TorchType> e : plan.names.entrySet()) {
        Binding binding = inner.names().get(e.getKey());
        if (!(binding instanceof Binding.Dynamic || binding instanceof Binding.Literal)) {
          throw new UserException(
              at,
              "This loop chooses which module '%s' is; zkc supports one fixed module."
                  .formatted(e.getKey()));
        }
        TorchType joined = StaticTypes.join(e.getValue(), Frame.typeOf(binding));
        if (!joined.equals(e.getValue())) {
          e.setValue(joined);
          news = true;
        }
        next.add(inner.value(binding, at));
      }
      for (Value v : plan.written) {
        next.add(aliases.read(v, at));
      }
      for (Value v : aliases.replacedSince(frame.aliases(), before)) {
        news |= !aliases.isStale(v) && plan.written.add(v);
      }
      for (Map.Entry<Value, Location> e : aliases.staleSince(frame.aliases(), before).entrySet()) {
        if (!plan.stale.containsKey(e.getKey())) {
          plan.stale.put(e.getKey(), e.getValue());
          news = true;
        }
      }
      for (int i = 0; i < parameters.size(); i++) {
        for (int j = 0; j < i; j++) {
          news |= aliases.mayShare(next.get(i), next.get(j)) && plan.shared.add(List.of(j, i));
        }
      }
      return news;
    }

    Region region() {
      List<Value> all = new ArrayList<>();
      indexValue.ifPresent(all::add);
      all.addAll(parameters);
      List<Value> results = new ArrayList<>();
      nextCondition.ifPresent(results::add);
      results.addAll(next);
      return inner.region().finish(all, results);
    }

    /** Defines the loop's results in the outer frame and binds what was carried to them. */
    List<Value> define() {
      List<Value> results = new ArrayList<>();
      int i = 0;
      for (Map.Entry<String, TorchType> e : plan.names.entrySet()) {
        Value result = frame.define(e.getKey(), e.getValue());
        share(result, i++);
        frame.names().put(e.getKey(), new Binding.Dynamic(result, e.getValue()));
        results.add(result);
      }
      for (Value v : plan.written) {
        Value result = frame.define(v.name(), (TorchType) v.type());
        share(result, i++);
        frame.aliases().forward(v, result);
        results.add(result);
      }
      plan.stale.forEach(frame.aliases()::markStale);
      return results;
    }

    private void share(Value result, int i) {
      frame.aliases().share(result, initial.get(i));
      frame.aliases().share(result, next.get(i));
      frame.aliases().share(result, parameters.get(i));
    }
  }
}
