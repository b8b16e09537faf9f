package org.zkc.passes;

import org.zkc.ir.Program;

/** Told of each step of a compilation as it ends: dumps, timings and progress displays. */
@FunctionalInterface
public interface PassListener {

  /** Hears nothing. */
  PassListener NONE = step -> {};

  /**
   * One finished step.
   *
   * @param number counts the steps of a run from 1
   * @param name the pass, {@code fold-batch-norm}, or the lowering, {@code torch-to-tensor}
   * @param result the program after it
   * @param changed false when the step returned the very program it was given
   * @param nanoseconds wall time of the step alone, without checking and listening
   */
  record Step(int number, String name, Program result, boolean changed, long nanoseconds) {}

  /** Called once after each step, in order, by the thread that compiles. */
  void after(Step step);
}
