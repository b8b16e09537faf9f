package org.zkc.gkr.file;

import java.util.List;
import java.util.Optional;

/**
 * The statement of a proof that holds: the model with this digest maps the inputs of each sample to
 * its outputs.
 *
 * @param model SHA-256 of the key file, 64 hexadecimal digits
 * @param securityBits a forger succeeds with a probability of at most 2 to the power of minus this
 * @param context the text that the proof is bound to; empty for none
 * @param samples one, or as many as were proved at once
 * @param text present where the proof is about text that a causal language model generates
 */
public record VerifiedProof(
    String model,
    double securityBits,
    String context,
    List<ProvedSample> samples,
    Optional<GeneratedText> text) {
  public VerifiedProof {
    samples = List.copyOf(samples);
  }

  /**
   * The inputs of the only sample, in the order of the model's arguments.
   *
   * @throws IllegalStateException when there are several samples
   */
  public List<ProvedTensor> inputs() {
    return only().inputs();
  }

  /**
   * The outputs of the only sample, in the order of the model's results.
   *
   * @throws IllegalStateException when there are several samples
   */
  public List<ProvedTensor> outputs() {
    return only().outputs();
  }

  private ProvedSample only() {
    if (samples.size() != 1) {
      throw new IllegalStateException("the proof is about " + samples.size() + " samples");
    }
    return samples.getFirst();
  }
}
