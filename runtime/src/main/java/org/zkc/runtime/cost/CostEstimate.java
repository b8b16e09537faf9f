package org.zkc.runtime.cost;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.estimate.ProofSize;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.proof.PublicIntegers;
import org.zkc.passes.cost.ProverCosts;
import org.zkc.passes.cost.Work;
import org.zkc.runtime.artifact.Codewords;

/**
 * An estimate of a proof's cost, from its circuit: time on one warm thread of a machine like the
 * one that the unit costs were fitted on, peak memory of the proving process, bytes of the proof
 * file.
 *
 * @param stages seconds by the prover's stages
 * @param memoryBytes resident set of a process of the launcher that opens the model file and proves
 *     once
 * @param proofBytes of the proof file, with the statement
 * @param relations what each relation of the circuit contributes, in its order
 */
public record CostEstimate(
    SequencedMap<String, Double> stages,
    long memoryBytes,
    long proofBytes,
    List<RelationCost> relations) {

  /**
   * The contribution of one relation.
   *
   * @param seconds of the prover; what no relation causes (tables, fixed costs) is in none
   * @param multiplications of the integer program
   * @param lookups in tables and ranges
   * @param committedCells elements that the proof commits to
   */
  public record RelationCost(
      double seconds, long multiplications, long lookups, long committedCells) {}

  /** The estimate for proofs under this key. */
  public static CostEstimate of(VerifierKey key) {
    return of(key, ProverCosts.FITTED);
  }

  /** The same on this machine, where it was measured: for what is shown. */
  public static CostEstimate here(VerifierKey key) {
    return of(key, MachineCosts.read(Codewords.cache(System.getenv())).costs());
  }

  static CostEstimate of(VerifierKey key, ProverCosts costs) {
    CircuitWork work = CircuitWork.of(key);
    SequencedMap<String, Double> stages = new LinkedHashMap<>();
    for (String stage : Work.stages()) {
      stages.put(stage, costs.sum(stage, work::of) / 1e9);
    }
    Circuit circuit = key.circuit().circuit();
    List<RelationCost> relations = new ArrayList<>();
    for (int i = 0; i < work.byRelation().size(); i++) {
      Map<Work, Double> own = work.byRelation().get(i);
      double nanoseconds = 0;
      for (String stage : stages.keySet()) {
        nanoseconds += costs.sum(stage, w -> own.getOrDefault(w, 0.0));
      }
      relations.add(
          new RelationCost(
              nanoseconds / 1e9,
              key.arithmetization().system().multiplications(i),
              key.arithmetization().system().lookedUp(i),
              Math.round(own.getOrDefault(Work.BATCHED_CELL, 0.0))));
    }
    long statement = 0;
    for (int t = 0; t < circuit.tensors().size(); t++) {
      TensorDeclaration d = circuit.tensors().get(t);
      if (key.circuit().isPublic(t)) {
        statement += PublicIntegers.bytes(d);
      }
    }
    return new CostEstimate(
        stages,
        Math.round(costs.memoryBytes(work::of)),
        statement + ProofSize.of(key.arithmetization(), key.parameters()).bytes(),
        relations);
  }

  /** Seconds of the whole proof, from float input to proof bytes. */
  public double proveSeconds() {
    return stages.values().stream().mapToDouble(Double::doubleValue).sum();
  }
}
