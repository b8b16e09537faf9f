package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import org.junit.jupiter.api.Test;

/** Every benchmark of a convolution runs. */
class ConvolutionBenchmarksTest {
  @Test
  void everyBenchmarkRuns() {
    ConvolutionBenchmarks all = new ConvolutionBenchmarks();
    all.fill();
    assertNotNull(all.proveDirect());
    assertNotNull(all.proveFourier());
    assertNotNull(all.closeDirect());
    assertNotNull(all.closeFourier());
  }
}
