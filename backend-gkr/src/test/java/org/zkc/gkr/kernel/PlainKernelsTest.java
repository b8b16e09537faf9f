package org.zkc.gkr.kernel;

class PlainKernelsTest extends KernelLaws {
  @Override
  Kernels kernels() {
    return new TiledKernels(new PlainLoops());
  }
}
