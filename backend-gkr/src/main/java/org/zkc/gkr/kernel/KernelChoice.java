package org.zkc.gkr.kernel;

/** Holds the provider that {@link Kernels#best()} returns; chosen when the class is first used. */
final class KernelChoice {
  static final Kernels CHOSEN =
      switch (Provider.chosen()) {
        case SCALAR -> new ScalarKernels();
        case VECTOR -> new VectorKernels();
      };

  private KernelChoice() {}
}
