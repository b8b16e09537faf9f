package org.zkc.passes;

import org.zkc.ir.Level;
import org.zkc.ir.Program;

/**
 * A rewrite of a program, within one level. Lowerings between levels are classes of their own,
 * named A-to-B.
 */
public interface Pass {
  /** The name for {@code zkc opt --passes} and {@code --disable}: {@code fold-batch-norm}. */
  String name();

  /** One sentence for the catalogue. */
  String description();

  /** The level that it rewrites; an optimisation of several levels has an instance for each. */
  Level level();

  /** Whether it may be switched off with {@code --disable}. */
  boolean isOptimisation();

  /**
   * Rewrites a well-formed program of this level into one that means the same.
   *
   * @param context takes counts of what was done
   * @return the very same program when nothing changed
   */
  Program run(Program program, PassContext context);
}
