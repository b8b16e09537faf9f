package org.zkc.passes.tensor;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.zkc.ir.OpSpec;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.view.Broadcast;

/** Evaluates an op whose operands are all constants, wherever ops are made or rewritten. */
public final class ConstantFolding {
  /** A result may have this many elements, or as many as its operands together. */
  static final long SMALL = 1 << 20;

  private ConstantFolding() {}

  /**
   * The constant that {@code op} computes, defining op's own result; empty when an operand is not
   * constant, when the result would be much larger than the operands, or for a broadcast: passes
   * recognise a constant per channel by its small shape. The name tells where it comes from: {@code
   * fc.weight} transposed is {@code fc.weight.transpose}.
   */
  public static Optional<Constant> fold(TensorOp op, Function<Value, Optional<Constant>> known) {
    if (op instanceof Constant || op instanceof Broadcast) {
      return Optional.empty();
    }
    List<Optional<Constant>> operands = op.operands().stream().map(known).toList();
    if (operands.isEmpty() || operands.stream().anyMatch(Optional::isEmpty)) {
      return Optional.empty();
    }
    List<Constant> constants = operands.stream().map(Optional::get).toList();
    Value result = op.result();
    long available = constants.stream().mapToLong(c -> c.data().elementCount()).sum();
    if (result.shape().elementCount() > Math.max(SMALL, available)) {
      return Optional.empty();
    }
    TensorData data =
        TensorInterpreter.evaluate(op, constants.stream().map(Constant::data).toList());
    return Optional.of(new Constant(result, name(op, constants), data, op.location()));
  }

  private static String name(TensorOp op, List<Constant> constants) {
    List<String> names =
        constants.stream().map(Constant::name).filter(n -> !n.isEmpty()).distinct().toList();
    return names.size() == 1 ? names.getFirst() + "." + OpSpec.of(op).mnemonic() : "";
  }
}
