package org.zkc.gkr.circuit;

import java.util.List;

/**
 * An integer program to be proved: the tensors, the relations that define them in topological
 * order, and which tensors are public. A circuit holds nothing of the network that it came from but
 * shapes and constants. Anyone may build a circuit; no code trusts it until {@link CircuitCheck}
 * has accepted it.
 *
 * @param inputs INPUT tensors in the order in which a statement lists them
 * @param outputs tensors whose elements the statement lists; an output of role WITNESS is public,
 *     not committed
 */
public record Circuit(
    List<TensorDeclaration> tensors,
    List<Table> tables,
    List<Relation> relations,
    List<Integer> inputs,
    List<Integer> outputs) {
  public Circuit {
    tensors = List.copyOf(tensors);
    tables = List.copyOf(tables);
    relations = List.copyOf(relations);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }
}
