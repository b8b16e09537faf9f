package org.zkc.runtime.compile;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.zkc.gkr.circuit.CircuitLimits;
import org.zkc.ir.Function;
import org.zkc.ir.Location;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Attention;
import org.zkc.ir.tensor.BatchNorm;
import org.zkc.ir.tensor.Cast;
import org.zkc.ir.tensor.CompareZero;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Conv;
import org.zkc.ir.tensor.Divide;
import org.zkc.ir.tensor.Elementwise;
import org.zkc.ir.tensor.IntegerBinary;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.MatMul;
import org.zkc.ir.tensor.MaxPool;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Normalization;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.tensor.TopK;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.View;
import org.zkc.passes.quantize.Multiplications;

/**
 * Bounds what a run on one sample holds and computes, before there is one. A text of a few lines
 * repeats an input, or a number, until values of it fill the memory; whatever a circuit may hold is
 * far below these bounds.
 */
final class SampleBounds {
  /** Elements that a run on one sample may hold at a time, constants of the model aside. */
  static final long MOST_HELD = 1L << 26;

  /** Elements that a run on one sample may compute: twice what a circuit may hold. */
  static final long MOST_COMPUTED = 2 * CircuitLimits.TOTAL_ELEMENTS;

  /** Products of inputs and weights in a run on one sample, some minutes of a processor. */
  static final long MOST_PRODUCTS = 1L << 40;

  private SampleBounds() {}

  /**
   * Asks whether samples may be run at all.
   *
   * @throws UserException at the line of the first op after which a run would hold or have computed
   *     too much, or whose result is a tensor that no circuit has room for
   */
  static void require(Function main) {
    Map<Value, Integer> lastUse = new IdentityHashMap<>();
    for (int at = 0; at < main.body().size(); at++) {
      for (Value operand : main.body().get(at).operands()) {
        lastUse.put(operand, at);
      }
      lastUse.putIfAbsent(((TensorOp) main.body().get(at)).result(), at);
    }
    main.results().forEach(lastUse::remove);
    Set<Value> stored = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<Value> varying = Collections.newSetFromMap(new IdentityHashMap<>());
    varying.addAll(main.parameters());
    long held = main.parameters().stream().mapToLong(SampleBounds::elements).sum();
    long computed = held;
    double products = 0;
    for (int at = 0; at < main.body().size(); at++) {
      TensorOp op = (TensorOp) main.body().get(at);
      if (op instanceof Constant) {
        stored.add(op.result());
        continue;
      }
      long elements = elements(op.result());
      if (op.operands().stream().anyMatch(varying::contains)) {
        varying.add(op.result());
        if (isTensorOfCircuit(op, varying)) {
          requireTensor(op);
        }
      }
      products += Multiplications.of(op);
      if (products > MOST_PRODUCTS) {
        throw tooLarge(
            op.location(),
            "%.0f products that a run takes, more than %d".formatted(products, MOST_PRODUCTS));
      }
      held += elements;
      computed += elements;
      if (held > MOST_HELD || computed > MOST_COMPUTED) {
        throw tooLarge(
            op.location(),
            held > MOST_HELD
                ? "%d elements that a run holds at a time, more than %d".formatted(held, MOST_HELD)
                : "%d elements that a run computes, more than %d"
                    .formatted(computed, MOST_COMPUTED));
      }
      held -= freed(op, at, lastUse, stored);
    }
  }

  private static void requireTensor(TensorOp op) {
    long elements = elements(op.result());
    if (elements > CircuitLimits.ELEMENTS) {
      throw tooLarge(
          op.location(),
          "a tensor of %d elements, more than %d".formatted(elements, CircuitLimits.ELEMENTS));
    }
    for (int axis = 0; axis < op.result().shape().rank(); axis++) {
      int extent = op.result().shape().extent(axis);
      if (extent > CircuitLimits.AXIS) {
        throw tooLarge(
            op.location(),
            "%d elements along an axis, more than %d".formatted(extent, CircuitLimits.AXIS));
      }
    }
  }

  /** Elements of the values, constants of the model aside, that nothing reads after an op. */
  private static long freed(TensorOp op, int at, Map<Value, Integer> lastUse, Set<Value> stored) {
    Set<Value> read = Collections.newSetFromMap(new IdentityHashMap<>());
    read.addAll(op.operands());
    read.add(op.result());
    return read.stream()
        .filter(v -> !stored.contains(v) && lastUse.getOrDefault(v, -1) == at)
        .mapToLong(SampleBounds::elements)
        .sum();
  }

  /**
   * Whether the result of an op that depends on the input is looked up or multiplied element by
   * element, so that it becomes a tensor of the circuit; what is linear may become part of another.
   */
  private static boolean isTensorOfCircuit(TensorOp op, Set<Value> varying) {
    return switch (op) {
      case Elementwise _,
          Normalization _,
          Attention _,
          CompareZero _,
          IntegerBinary _,
          TopK _,
          MaxPool _,
          Divide _,
          Gather _ ->
          true;
      case Multiply _, MatMul _ -> varying.containsAll(op.operands());
      case Constant _,
          Conv _,
          Linear _,
          BatchNorm _,
          WindowMean _,
          Add _,
          Subtract _,
          Cast _,
          View _ ->
          false;
    };
  }

  private static long elements(Value value) {
    return value.shape().elementCount();
  }

  private static UserException tooLarge(Location location, String found) {
    return VerifierLimits.tooLarge(location, found, Optional.empty());
  }
}
