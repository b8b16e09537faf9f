package org.zkc.runtime.artifact;

import java.util.List;

/**
 * What compilation found out about a model, kept for {@code zkc inspect}.
 *
 * @param archiveDigest SHA-256 of the archive, empty for generated models
 * @param defaultCalibration whether quantisation ranges came from noise, for want of the user's
 *     samples
 * @param outputs fidelity of each output; empty when it was not measured
 * @param layers fidelity of inner values that survived as integers
 */
public record Summary(
    String archiveDigest,
    boolean defaultCalibration,
    List<Fidelity> outputs,
    List<Fidelity> layers) {

  /** Integer program against the floating-point one, over unseen inputs; see SYSTEM.md for R^2. */
  public record Fidelity(String name, double rSquared, double cosine, double top1Agreement) {}

  public Summary {
    outputs = List.copyOf(outputs);
    layers = List.copyOf(layers);
  }
}
