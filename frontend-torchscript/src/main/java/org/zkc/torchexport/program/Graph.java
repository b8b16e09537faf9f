package org.zkc.torchexport.program;

import java.util.List;

/** A graph: nodes in the order in which they are executed. Names are those of this graph alone. */
public record Graph(List<Argument> inputs, List<Node> nodes, List<Argument> outputs) {
  public Graph {
    inputs = List.copyOf(inputs);
    nodes = List.copyOf(nodes);
    outputs = List.copyOf(outputs);
  }
}
