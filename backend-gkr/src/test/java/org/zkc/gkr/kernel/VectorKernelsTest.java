package org.zkc.gkr.kernel;

class VectorKernelsTest extends KernelLaws {
  @Override
  Kernels kernels() {
    return new TiledKernels(new VectorLoops());
  }
}
