package org.zkc.passes.quantize;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Predicate;
import org.zkc.ir.Op;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Activation;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.BatchNorm;
import org.zkc.ir.tensor.Clamp;
import org.zkc.ir.tensor.CompareZero;
import org.zkc.ir.tensor.Conv;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.MaxPool;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Pointwise;
import org.zkc.ir.tensor.Relu;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.TopK;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.UnaryView;

/**
 * The values whose order, or whose place relative to a step, an op asks for: by itself, or through
 * ops that hand the question on to their operands.
 */
final class DecisiveValues {
  private final Uses uses;
  private final Predicate<Op> hasFactor;
  private final Set<Value> decisive = identitySet();

  /** Decisive values whose own elements are compared, moved or cut at most. */
  private final Set<Value> compared = identitySet();

  /** Values of which whole numbers stay whole up to a function that jumps at such. */
  private final Set<Value> rounded = identitySet();

  /**
   * Creates a collection in which nothing is known yet.
   *
   * @param hasFactor whether an op is a product with a constant
   */
  DecisiveValues(Uses uses, Predicate<Op> hasFactor) {
    this.uses = uses;
    this.hasFactor = hasFactor;
  }

  private static Set<Value> identitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  /** Enters the value, whose readers' results come before. */
  void see(Value value) {
    if (uses.users(value).stream().anyMatch(user -> isOrder(user) || handsElementsOn(user))) {
      compared.add(value);
    }
    if (uses.users(value).stream().anyMatch(user -> isRounding(user) || handsWholesOn(user))) {
      rounded.add(value);
    }
    if (uses.users(value).stream().anyMatch(user -> isOrder(user) || handsOrderOn(user))) {
      decisive.add(value);
    }
  }

  /**
   * Whether the op asks which of its elements are larger, or on which side of a step they are: its
   * result is as good as its operand is precise, and exact whatever the operand's width.
   */
  static boolean isOrder(Op op) {
    return op instanceof CompareZero
        || op instanceof TopK
        || (op instanceof Pointwise p && StepLowering.isStep(p));
  }

  /** Whether nothing but the sign of a value is read. */
  static boolean isComparison(Uses uses, Value value) {
    return !uses.isYielded(value)
        && uses.count(value) > 0
        && uses.users(value).stream().allMatch(CompareZero.class::isInstance);
  }

  private static boolean isRounding(Op op) {
    return op instanceof Pointwise p && StepLowering.isRounding(p);
  }

  /** Whether whole numbers stay whole in an op whose result is rounded to such. */
  private boolean handsWholesOn(Op op) {
    return rounded.contains(op.definitions().getFirst())
        && (op instanceof UnaryView
            || op instanceof Concatenate
            || op instanceof MaxPool
            || op instanceof Relu
            || op instanceof Clamp
            || op instanceof Add
            || op instanceof Subtract
            || op instanceof Multiply
            || (op instanceof WindowMean w && w.lengths().stream().allMatch(n -> n == 1)));
  }

  /**
   * Whether a function that jumps at whole numbers reads the value, by itself or through ops that
   * keep numbers whole: its scale is a power of two, so that whole numbers are integers' multiples.
   */
  boolean isRounded(Value value) {
    return rounded.contains(value);
  }

  /** Whether the value's own elements decide, moved, cut or rounded to whole numbers at most. */
  boolean isCompared(Value value) {
    return compared.contains(value) || rounded.contains(value);
  }

  /** Whether an op whose results are compared moves its operands' elements there, or cuts them. */
  private boolean handsElementsOn(Op op) {
    return compared.contains(op.definitions().getFirst())
        && (op instanceof UnaryView
            || op instanceof Concatenate
            || op instanceof MaxPool
            || op instanceof Gather
            || op instanceof Relu
            || op instanceof Clamp
            || (op instanceof WindowMean w && w.lengths().stream().allMatch(n -> n == 1)));
  }

  /** Whether an op is a function of elements, by a table, whose results decide themselves. */
  private boolean isDecidingTable(Op op) {
    return op instanceof Activation && isCompared(op.definitions().getFirst());
  }

  /** Whether an op by whose result order is asked asks for that of its operands with it. */
  private boolean handsOrderOn(Op op) {
    Value result = op.definitions().getFirst();
    return handsElementsOn(op)
        || isDecidingTable(op)
        || decisive.contains(result)
            && (op instanceof UnaryView
                || op instanceof Concatenate
                || op instanceof Add
                || op instanceof Subtract
                || op instanceof MaxPool
                || op instanceof Gather
                || (op instanceof WindowMean w && w.lengths().stream().allMatch(n -> n == 1))
                || op instanceof Linear
                || op instanceof Conv
                || op instanceof BatchNorm
                || hasFactor.test(op));
  }

  /** Whether an op of order reads the value, by itself or through sums, linear maps and views. */
  boolean isDecisive(Value value) {
    return decisive.contains(value);
  }

  /** Whether an op of order reads the value itself. */
  boolean feedsOrder(Value value) {
    return uses.users(value).stream().anyMatch(DecisiveValues::isOrder);
  }
}
