package org.zkc.passes;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.Checker;
import org.zkc.ir.Diagnostic;
import org.zkc.ir.Program;
import org.zkc.ir.UserException;
import org.zkc.ir.text.Diagnostics;

/**
 * Runs passes and lowerings one after the other: times each step, tells a listener, checks each
 * result, and skips what is disabled.
 */
public final class PassManager {
  /** Findings that an error draws. */
  private static final int MOST_DRAWN = 5;

  private final Set<String> disabled;
  private final PassListener listener;
  private final PassContext context;
  private final List<PassListener.Step> steps = new ArrayList<>();

  /**
   * @param disabled names of passes to skip
   * @throws UserException when {@code disabled} names no pass, or one that compilation cannot do
   *     without
   */
  public PassManager(Set<String> disabled, PassListener listener, PassContext context) {
    for (String name : new TreeSet<>(disabled)) {
      if (!PassCatalogue.byName(name).stream().allMatch(Pass::isOptimisation)) {
        throw new UserException(
            "pass "
                + name
                + " cannot be disabled: it is not an optimisation, later steps rely on its result");
      }
    }
    this.disabled = Set.copyOf(disabled);
    this.listener = listener;
    this.context = context;
  }

  /**
   * Runs the passes in order, without those disabled.
   *
   * @throws UserException when a pass is for another level than the program's
   * @throws IllegalStateException when a step's result does not satisfy the {@link Checker}: a
   *     fault of the compiler
   */
  public Program run(Program program, List<Pass> passes) {
    Program current = program;
    for (Pass pass : passes) {
      if (disabled.contains(pass.name())) {
        continue;
      }
      if (pass.level() != current.level()) {
        throw new UserException(
            "pass %s works on the %s level, the program is at the %s level"
                .formatted(pass.name(), pass.level().text(), current.level().text()));
      }
      Program before = current;
      current = step(pass.name(), before, () -> pass.run(before, context));
    }
    return current;
  }

  /**
   * Runs a reader of model files as a step: checked, timed and told to the listener like a pass.
   */
  public Program read(String name, Supplier<Program> reader) {
    return step(name, null, reader);
  }

  /**
   * Runs one lowering as a step: checked, timed and told to the listener like a pass.
   *
   * @param arguments the translation that {@code lowering} stands for, with its arguments
   * @throws UserException when the lowering is for another level than the program's
   */
  public Program lower(Lowering lowering, Lowering.Step arguments, Program before) {
    if (lowering.from() != before.level()) {
      throw new UserException(
          "lowering %s takes a program of the %s level, this one is at the %s level"
              .formatted(lowering.name(), lowering.from().text(), before.level().text()));
    }
    return step(lowering.name(), before, () -> arguments.run(before, context));
  }

  /**
   * Runs passes and lowerings by name, as {@code zkc opt --passes} and file tests do; those of a
   * level follow the level that the lowerings before reached.
   *
   * @throws UserException when a name is unknown, its arguments are not of its form, or it is for
   *     another level
   */
  public Program run(Program program, String... names) {
    Program current = program;
    for (String name : names) {
      Lowering.Call call = Lowering.Call.parse(name);
      Optional<Lowering> lowering = PassCatalogue.lowering(call.name());
      if (lowering.isPresent()) {
        current = lower(lowering.get(), lowering.get().with(call.arguments()), current);
      } else if (call.arguments().isEmpty()) {
        current = run(current, List.of(PassCatalogue.byName(call.name(), current.level())));
      } else {
        throw new UserException("pass %s takes no arguments".formatted(call.name()));
      }
    }
    return current;
  }

  @SuppressWarnings("ReferenceEquality") // a pass that changes nothing returns its very program
  private Program step(String name, @Nullable Program before, Supplier<Program> work) {
    long start = System.nanoTime();
    Program after = work.get();
    long nanoseconds = System.nanoTime() - start;
    PassListener.Step step =
        new PassListener.Step(steps.size() + 1, name, after, after != before, nanoseconds);
    steps.add(step);
    listener.after(step);
    check(step);
    return after;
  }

  /** An ill-formed result is a fault of the step: the listener has it already, for its dump. */
  private static void check(PassListener.Step step) {
    if (!step.changed()) {
      return;
    }
    List<Diagnostic> found = Checker.check(step.result());
    if (!found.isEmpty()) {
      throw new IllegalStateException(
          "step %d, %s, made an ill-formed program:%n%s"
              .formatted(
                  step.number(),
                  step.name(),
                  Diagnostics.render(
                      found.subList(0, Math.min(MOST_DRAWN, found.size())), step.result())));
    }
  }

  /** The context in which lowerings and passes of this run count their work. */
  public PassContext context() {
    return context;
  }

  /** The steps so far, with their times. */
  public List<PassListener.Step> steps() {
    return List.copyOf(steps);
  }
}
