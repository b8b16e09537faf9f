package org.zkc.runtime.report;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.circuit.TensorDeclaration.Role;
import org.zkc.runtime.cost.CostEstimate;

/**
 * The costs of the relations of each layer. Index 0 collects the costs that belong to no layer, so
 * that every sum over all indices is the circuit's own total.
 */
final class LayerCosts {
  final long[] relations;
  final long[] multiplications;
  final long[] lookups;
  final long[] committed;
  final long[] parameters;
  final double[] seconds;

  /**
   * @param layers their number
   * @param layerOf for each relation, the number of its layer, 0 for none
   */
  LayerCosts(Circuit circuit, int layers, List<Integer> layerOf, CostEstimate estimate) {
    relations = new long[layers + 1];
    multiplications = new long[layers + 1];
    lookups = new long[layers + 1];
    committed = new long[layers + 1];
    parameters = new long[layers + 1];
    seconds = new double[layers + 1];
    Set<Integer> counted = new HashSet<>();
    seconds[0] = estimate.proveSeconds();
    for (int i = 0; i < circuit.relations().size(); i++) {
      Relation relation = circuit.relations().get(i);
      int layer = layerOf.get(i);
      relations[layer]++;
      multiplications[layer] += estimate.relations().get(i).multiplications();
      lookups[layer] += estimate.relations().get(i).lookups();
      double time = estimate.relations().get(i).seconds();
      seconds[layer] += time;
      seconds[0] -= time;
      committed[layer] += estimate.relations().get(i).committedCells();
      for (int source : relation.sources()) {
        TensorDeclaration tensor = circuit.tensors().get(source);
        if (tensor.role() == Role.MODEL && counted.add(source)) {
          parameters[layer] += tensor.elementCount();
        }
      }
    }
    for (int id = 0; id < circuit.tensors().size(); id++) {
      TensorDeclaration tensor = circuit.tensors().get(id);
      if (tensor.role() == Role.MODEL && counted.add(id)) {
        parameters[0] += tensor.elementCount();
      }
    }
    if (Math.abs(seconds[0]) < 1e-12 * estimate.proveSeconds()) {
      seconds[0] = 0;
    }
  }

  /** The layer's part of the time of all layers, from 0 to 1. */
  double share(int layer) {
    double all = 0;
    for (int k = 1; k < seconds.length; k++) {
      all += seconds[k];
    }
    return all > 0 ? seconds[layer] / all : 0;
  }
}
