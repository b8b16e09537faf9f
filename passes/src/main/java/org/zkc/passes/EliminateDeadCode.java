package org.zkc.passes;

import java.util.List;
import org.zkc.ir.DeadOps;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Program;

/** Removes ops whose results are never read, in one backward walk, at any level. */
public record EliminateDeadCode(Level level) implements Pass {
  @Override
  public String name() {
    return "eliminate-dead-code";
  }

  @Override
  public String description() {
    return "Removes ops whose results nobody reads.";
  }

  @Override
  public boolean isOptimisation() {
    return true;
  }

  @Override
  public Program run(Program program, PassContext context) {
    Program cleaned =
        new Program(program.level(), program.functions().stream().map(DeadOps::remove).toList());
    long removed = size(program) - size(cleaned);
    context.count(name() + ".removed", removed);
    return removed == 0 ? program : cleaned;
  }

  private static long size(Program program) {
    return program.functions().stream().map(Function::body).mapToLong(List::size).sum();
  }
}
