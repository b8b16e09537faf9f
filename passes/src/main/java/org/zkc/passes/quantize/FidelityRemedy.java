package org.zkc.passes.quantize;

import java.util.Optional;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Softmax;
import org.zkc.ir.view.UnaryView;

/** Remedies for outputs whose integers do not follow the network. */
public final class FidelityRemedy {
  /** The number of classes above which a quotient has fewer bits than its operands. */
  private static final int MANY_CLASSES = 64;

  private FidelityRemedy() {}

  /**
   * The remedy as an imperative clause.
   *
   * @param output that does not follow
   * @param isFixed the user fixed the bits of all tensors
   * @param defaultNoise there is no calibration data
   */
  public static String of(Program tensor, Value output, boolean isFixed, boolean defaultNoise) {
    Uses uses = Uses.of(tensor.main());
    Optional<Op> op = uses.definition(output);
    while (op.isPresent() && op.get() instanceof UnaryView v) {
      op = uses.definition(v.input());
    }
    if (op.isPresent() && op.get() instanceof Softmax s) {
      int classes = s.result().shape().extent(s.axis());
      if (classes > MANY_CLASSES) {
        return "return the logits, whose largest is the same, or their log_softmax: shares of "
            + classes
            + " classes have at most "
            + SoftmaxLowering.bits(classes)
            + " bits in the field";
      }
    }
    if (isFixed) {
      return "leave out --bits, so that the compiler may raise them";
    }
    return defaultNoise
        ? "give real --calibration data"
        : "give more --calibration samples, of the kind that the model will meet";
  }
}
