package org.zkc.torchexport.program;

import java.util.List;
import java.util.Objects;
import org.zkc.ir.Location;

/**
 * One call.
 *
 * @param target {@code torch.ops.aten.linear.default}, {@code _operator.add}
 * @param location the user's line
 */
public record Node(
    String target, List<NamedArgument> inputs, List<Argument> outputs, Location location) {
  public Node {
    Objects.requireNonNull(target);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** An argument under its name in the operator's schema; higher-order operators give none. */
  public record NamedArgument(String name, Argument value) {
    public NamedArgument {
      Objects.requireNonNull(name);
    }
  }
}
