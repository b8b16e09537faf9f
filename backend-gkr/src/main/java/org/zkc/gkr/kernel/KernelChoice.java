package org.zkc.gkr.kernel;

/** Holds the provider that {@link Kernels#best()} returns; chosen when the class is first used. */
final class KernelChoice {
  static final Kernels CHOSEN = new ScalarKernels();

  private KernelChoice() {}
}
