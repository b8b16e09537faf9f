package org.zkc.passes.quantize;

import org.zkc.ir.FieldBounds;
import org.zkc.ir.Op;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Activation;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.CompareZero;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Conv;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Pointwise;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.tensor.TopK;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.UnaryView;

/** Bits of inputs, which are public: more of them cost next to nothing but in tables. */
final class InputBits {
  /** Bits of inputs, which are public and not committed: more of them cost next to nothing. */
  static final int LEAST = 12;

  /** Bits of inputs whose order, or that of values made of them, decides. */
  private static final int DECISIVE = 16;

  /** The same where a table reads it, which has a row for each of its integers. */
  private static final int READ_BY_TABLE = 14;

  private final TensorAnalysis analysis;

  InputBits(TensorAnalysis analysis) {
    this.analysis = analysis;
  }

  /**
   * Bits of an input, or of a value made of inputs by sums. Where its order decides, it has as many
   * bits as its readers have room for.
   */
  int of(Value value) {
    return analysis.decisive().isDecisive(value) ? roomFor(value) : LEAST;
  }

  private int roomFor(Value value) {
    int room = DECISIVE;
    for (Op user : analysis.uses().users(value)) {
      room = Math.min(room, roomFor(value, (TensorOp) user));
    }
    return Math.max(LEAST, room);
  }

  private int roomFor(Value value, TensorOp user) {
    return switch (user) {
      case CompareZero _, TopK _, Add _, Subtract _ -> DECISIVE;
      case Linear l -> roomBesideWeights(l.weight());
      case Conv c -> roomBesideWeights(c.weight());
      case UnaryView v -> roomFor(v.result());
      case WindowMean w when isPick(w) -> roomFor(w.result());
      case Gather g when g.table() == value -> roomFor(g.result());
      case Concatenate c -> roomFor(c.result());
      case Pointwise p when StepLowering.isStep(p) -> DECISIVE;
      case Activation a when analysis.decisive().isCompared(a.definitions().getFirst()) ->
          READ_BY_TABLE;
      case Multiply m when analysis.isIntegral(m.left() == value ? m.right() : m.left()) ->
          DECISIVE;
      default ->
          analysis.scaled(user).map(TensorAnalysis.Scaled::factor).orElse(null)
                  instanceof ConstantFactor.Uniform
              ? DECISIVE
              : LEAST;
    };
  }

  /** Whether windows of one element each move elements. */
  private static boolean isPick(WindowMean w) {
    return w.lengths().stream().allMatch(n -> n == 1)
        && w.divisors().stream().allMatch(d -> d == 1);
  }

  /** The bits with which sums of products with weights of decisive bits stay inside the limit. */
  private int roomBesideWeights(Value weight) {
    // Half is left to channels whose sums have other signs.
    return room(weight, WeightLowering.DECISIVE_BITS, 0.5);
  }

  /** The bits of integers whose sums with such weights stay below a share of the limit. */
  private int room(Value weight, int weightBits, double share) {
    if (!(analysis.uses().definition(weight).orElse(null) instanceof Constant c)) {
      return LEAST;
    }
    double sum = WeightStatistics.of(c.data()).largestSum();
    return Math.getExponent(FieldBounds.LIMIT * share / sum / Math.scalb(1.0, weightBits - 1));
  }
}
