package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.zkc.ir.DType;
import org.zkc.ir.Function;
import org.zkc.ir.Location;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.TensorBuilder;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.view.View;
import org.zkc.passes.quantize.Multiplications;
import org.zkc.passes.tensor.ConstantFolding;

/**
 * Builds main of the tensor-level program that a torch-level one becomes: floating-point numbers in
 * f32, with ops on constants folded, and with counts of what was made.
 */
final class TensorEmitter extends TensorBuilder {
  /** Elements of a value that is computed while compiling though folding left it. */
  private static final long MOST_COMPUTED = 1 << 20;

  /** Products of constants with constants, which take seconds then. */
  private static final long MOST_PRODUCTS = 1L << 34;

  /** Elements of a constant that is not held, but computed anew in each run. */
  private static final long MOST_COMPUTED_IN_RUNS = 1L << 26;

  private final Map<Value, Constant> known = new IdentityHashMap<>();
  private final Map<TensorData, TensorData> converted = new IdentityHashMap<>();
  private final Map<Value, TensorOp> definitions = new IdentityHashMap<>();

  private final Choices choices = new Choices();
  private final Infinities infinities = new Infinities();

  /** For each nested tensor, which is held with its padding, the mask [N, S] of what is none. */
  private final Map<Value, Value> nested = new IdentityHashMap<>();

  /** For the places of pooling maxima, the windows along each pooled axis. */
  private final Map<Value, List<PoolIndices.Windows>> poolWindows = new IdentityHashMap<>();

  /** Values that depend on no parameter. */
  private final Set<Value> constantOnly = Collections.newSetFromMap(new IdentityHashMap<>());

  private int operations;
  private long computedElements;
  private long products;

  TensorEmitter(Location location) {
    super(location);
  }

  /** A new parameter of a floating-point type, as f32, or of integers or booleans. */
  Value input(String name, TensorType type) {
    DType held = type.dtype().isFloating() ? DType.F32 : type.dtype();
    return parameter(name, new TensorType(held, type.shape()));
  }

  /** The number of emitted operations, constants among them. */
  int operations() {
    return operations;
  }

  /** Elements of all constants that were computed here. */
  long computedElements() {
    return computedElements;
  }

  /** The elements of a value that does not depend on the input. */
  Optional<Constant> known(Value value) {
    return Optional.ofNullable(known.get(value));
  }

  /** Whether a value depends on no parameter. */
  boolean isConstant(Value value) {
    return constantOnly.contains(value);
  }

  /** Values that are one of two constants by a computed mask. */
  Choices choices() {
    return choices;
  }

  /** Values with fills that stand for infinity. */
  Infinities infinities() {
    return infinities;
  }

  Map<Value, Value> nested() {
    return nested;
  }

  Map<Value, List<PoolIndices.Windows>> poolWindows() {
    return poolWindows;
  }

  /** The op that defines a value; empty for a parameter. */
  Optional<TensorOp> definition(Value value) {
    return Optional.ofNullable(definitions.get(value));
  }

  /**
   * The elements of a value that does not depend on the input, and is not folded only because a
   * constant was broadcast on the way to it; empty for large ones.
   */
  Optional<TensorData> computed(Value value) {
    TensorOp op = definitions.get(value);
    if (op == null || value.shape().elementCount() > MOST_COMPUTED) {
      return Optional.empty();
    }
    if (op instanceof Constant constant) {
      return Optional.of(constant.data());
    }
    List<TensorData> operands = new ArrayList<>();
    for (Value operand : op.operands()) {
      Optional<TensorData> data =
          constantOnly.contains(operand) ? computed(operand) : Optional.empty();
      if (data.isEmpty()) {
        return Optional.empty();
      }
      operands.add(data.get());
    }
    computedElements += value.shape().elementCount();
    return Optional.of(TensorInterpreter.evaluate(op, operands));
  }

  /** A constant as an f32 value; the same data is emitted once. */
  @Override
  public Value constant(TensorData data, String name) {
    if (data.dtype() == DType.F32) {
      return super.constant(data, name);
    }
    return super.constant(converted.computeIfAbsent(data, this::asFloats), name);
  }

  /** A constant of integers or booleans in their own type, for what is computed exactly. */
  Value integers(TensorData data, String name) {
    return super.constant(data, name);
  }

  /**
   * Nothing is refused here: constants may become finite before anything that depends on the input
   * reads them, as the softmax of a mask with -inf does. See {@link #requireFiniteConstants}.
   */
  @Override
  protected void requireFinite(TensorData data, String name, Location at) {}

  /** Refuses a finished function with a constant that is not finite. */
  void requireFiniteConstants(Function finished) {
    finished
        .body()
        .forEach(op -> {
          if (op instanceof Constant c) {
            super.requireFinite(c.data(), c.name(), c.location());
          }
        });
  }

  private TensorData asFloats(TensorData data) {
    float[] floats = data.toFloats();
    if (!data.dtype().isFloating()) {
      for (int i = 0; i < floats.length; i++) {
        if ((long) floats[i] != data.getLong(i)) {
          throw new UserException(
              location(),
              "the integer %d cannot take part in f32 arithmetic: it is not exact there"
                  .formatted(data.getLong(i)));
        }
      }
    }
    computedElements += data.elementCount();
    return TensorData.ofFloats(data.shape(), floats);
  }

  @Override
  protected Value emit(TensorOp op) {
    operations++;
    requireAffordable(op);
    Optional<Constant> folded = ConstantFolding.fold(op, this::known);
    folded.ifPresent(constant -> computedElements += constant.data().elementCount());
    TensorOp emitted = folded.isPresent() ? folded.get() : op;
    if (emitted instanceof Constant constant) {
      known.put(constant.result(), constant);
    }
    definitions.put(emitted.result(), emitted);
    if (constantOnly.containsAll(emitted.operands())) {
      constantOnly.add(emitted.result());
    }
    return super.emit(emitted);
  }

  /**
   * Refuses work on constants that their sizes do not bound: products, and functions of what a
   * broadcast made large, which folding leaves to each run.
   */
  private void requireAffordable(TensorOp op) {
    if (op instanceof Constant || op instanceof View || !constantOnly.containsAll(op.operands())) {
      return;
    }
    products += Multiplications.of(op);
    if (products > MOST_PRODUCTS) {
      throw new UserException(
          op.location(),
          "constants are multiplied with constants more than %d times".formatted(MOST_PRODUCTS),
          "store the products as buffers instead");
    }
    if (op.result().shape().elementCount() > MOST_COMPUTED_IN_RUNS) {
      throw new UserException(
          op.location(),
          "a constant of %d elements is computed, more than %d"
              .formatted(op.result().shape().elementCount(), MOST_COMPUTED_IN_RUNS),
          "compute it before it is broadcast");
    }
  }
}
