package org.zkc.gkr.file;

import java.util.List;

/**
 * One sample of a proof that holds.
 *
 * @param inputs in the order of the model's arguments
 * @param outputs in the order of the model's results
 */
public record ProvedSample(List<ProvedTensor> inputs, List<ProvedTensor> outputs) {
  public ProvedSample {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }
}
