package org.zkc.gkr.file;

import java.util.List;
import java.util.Optional;

/**
 * The statement of a proof that holds: the model with this digest maps these inputs to these
 * outputs.
 *
 * @param model SHA-256 of the key file, 64 hexadecimal digits
 * @param securityBits a forger succeeds with a probability of at most 2 to the power of minus this
 * @param context the text that the proof is bound to; empty for none
 * @param inputs in the order of the model's arguments
 * @param outputs in the order of the model's results
 * @param text present where the proof is about text that a causal language model generates
 */
public record VerifiedProof(
    String model,
    double securityBits,
    String context,
    List<ProvedTensor> inputs,
    List<ProvedTensor> outputs,
    Optional<GeneratedText> text) {
  public VerifiedProof {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }
}
