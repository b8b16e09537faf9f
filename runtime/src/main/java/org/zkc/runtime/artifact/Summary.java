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
 * @param graph the layers by number: the first is layer 1
 * @param results for each output, the number of the layer that computes it; 0 for an input handed
 *     through
 */
public record Summary(
    String archiveDigest,
    boolean defaultCalibration,
    List<Fidelity> outputs,
    List<Fidelity> layers,
    List<Layer> graph,
    List<Integer> results) {

  /**
   * Integer program against the floating-point one, over unseen inputs; see SYSTEM.md for R^2.
   *
   * @param layer number of the layer whose result this is about; 0 for outputs
   */
  public record Fidelity(
      String name, int layer, double rSquared, double cosine, double top1Agreement) {}

  public Summary {
    outputs = List.copyOf(outputs);
    layers = List.copyOf(layers);
    graph = List.copyOf(graph);
    results = List.copyOf(results);
  }
}
