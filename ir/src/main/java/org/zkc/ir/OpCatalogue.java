package org.zkc.ir;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.zkc.ir.circuit.CircuitOp;
import org.zkc.ir.integer.IntegerOp;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.torch.TorchOp;

/** All ops by level and mnemonic, read off the sealed interfaces. */
public final class OpCatalogue {
  private static final Map<String, OpSpec> TORCH = collect(TorchOp.class);
  private static final Map<String, OpSpec> TENSOR = collect(TensorOp.class);
  private static final Map<String, OpSpec> INTEGER = collect(IntegerOp.class);
  private static final Map<String, OpSpec> CIRCUIT = collect(CircuitOp.class);

  private OpCatalogue() {}

  /** The sealed interface of a level's ops. */
  public static Class<? extends Op> opInterface(Level level) {
    return switch (level) {
      case TORCH -> TorchOp.class;
      case TENSOR -> TensorOp.class;
      case INTEGER -> IntegerOp.class;
      case CIRCUIT -> CircuitOp.class;
    };
  }

  /** The ops of a level by mnemonic, in alphabetical order. */
  public static Map<String, OpSpec> ops(Level level) {
    return switch (level) {
      case TORCH -> TORCH;
      case TENSOR -> TENSOR;
      case INTEGER -> INTEGER;
      case CIRCUIT -> CIRCUIT;
    };
  }

  public static Optional<OpSpec> find(Level level, String mnemonic) {
    return Optional.ofNullable(ops(level).get(mnemonic));
  }

  private static Map<String, OpSpec> collect(Class<? extends Op> level) {
    Map<String, OpSpec> found = new TreeMap<>();
    collect(level, found);
    return Collections.unmodifiableMap(found);
  }

  private static void collect(Class<?> type, Map<String, OpSpec> found) {
    if (type.isSealed()) {
      for (Class<?> each : type.getPermittedSubclasses()) {
        collect(each, found);
      }
    } else {
      OpSpec spec = OpSpec.of(type.asSubclass(Op.class));
      if (found.put(spec.mnemonic(), spec) != null) {
        throw new IllegalStateException("two ops of one level are named " + spec.mnemonic());
      }
    }
  }
}
