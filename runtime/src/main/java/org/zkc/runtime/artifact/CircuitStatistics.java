package org.zkc.runtime.artifact;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.Product;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.relation.Advice;
import org.zkc.gkr.relation.ConstraintSystem;

/**
 * Counts of a circuit's parts.
 *
 * @param relations number by kind
 * @param parameters elements of MODEL tensors
 * @param witnessCells elements of committed tensors, without remainders and multiplicities
 * @param virtualCells elements of VIRTUAL tensors
 * @param publicCells elements of inputs and outputs
 * @param lookups table and range lookups of one proof
 * @param tableEntries entries of all tables of functions
 * @param multiplications of the integer program
 * @param products of these, the ones that Product relations prove one by one
 */
public record CircuitStatistics(
    SequencedMap<String, Integer> relations,
    int modelTensors,
    long parameters,
    long witnessCells,
    long virtualCells,
    long publicCells,
    long lookups,
    int tables,
    long tableEntries,
    long multiplications,
    long products) {

  /** Counts of what the protocol proves. */
  public static CircuitStatistics of(ConstraintSystem system) {
    Circuit circuit = system.circuit();
    SequencedMap<String, Integer> relations = new LinkedHashMap<>();
    long lookups = 0;
    long multiplications = 0;
    long products = 0;
    for (int k = 0; k < circuit.relations().size(); k++) {
      Relation r = circuit.relations().get(k);
      relations.merge(r.mnemonic(), 1, Integer::sum);
      lookups += system.lookedUp(k);
      multiplications += system.multiplications(k);
      products += r instanceof Product ? system.multiplications(k) : 0;
    }
    int modelTensors = 0;
    long parameters = 0;
    long witness = 0;
    long virtual = 0;
    long published = 0;
    for (int id = 0; id < circuit.tensors().size(); id++) {
      TensorDeclaration t = circuit.tensors().get(id);
      if (circuit.outputs().contains(id)) {
        published += t.elementCount();
      }
      switch (t.role()) {
        case INPUT -> published += t.elementCount();
        case MODEL -> {
          modelTensors++;
          parameters += t.elementCount();
        }
        case WITNESS -> witness += t.elementCount();
        case VIRTUAL -> virtual += t.elementCount();
      }
    }
    for (Advice a : system.advice()) {
      witness += a instanceof Advice.Greatest g ? system.tensor(g.result()).elementCount() : 0;
    }
    long entries = circuit.tables().stream().mapToLong(t -> t.size()).sum();
    return new CircuitStatistics(
        relations,
        modelTensors,
        parameters,
        witness,
        virtual,
        published,
        lookups,
        circuit.tables().size(),
        entries,
        multiplications,
        products);
  }

  /** {@code 2 conv, 3 matmul, 5 requantize}. */
  public String relationText() {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, Integer> e : relations.entrySet()) {
      text.append(text.isEmpty() ? "" : ", ").append(e.getValue()).append(' ').append(e.getKey());
    }
    return text.toString();
  }
}
