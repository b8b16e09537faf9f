package org.zkc.ir.torch;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * One ATen or prim operator with its overload resolved: {@code torch.aten.conv2d}. The schema's
 * arguments are the operands, in schema order with defaults filled in (constants come from {@link
 * Constant}). {@code operator} is namespace and name, {@code aten.conv2d}; {@code overload} is
 * empty for the default one.
 */
@Describes("one ATen or prim operator, its overload resolved")
public record Operator(
    List<Value> results, String operator, String overload, List<Value> arguments, Location location)
    implements TorchOp {
  /**
   * The operator without arguments that stands for a value which a reader could not make, in
   * programs that are only looked through for faults. No compilation accepts it.
   */
  public static final String UNKNOWN = "zkc.unknown";

  public Operator {
    if (!operator.matches("\\w+\\.\\w+")) {
      throw new IllegalArgumentException(
          "operator '" + operator + "' is not of the form namespace.name");
    }
  }
}
