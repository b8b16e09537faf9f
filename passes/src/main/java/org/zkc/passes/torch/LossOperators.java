package org.zkc.passes.torch;

import java.util.List;
import java.util.Set;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.ScalarFunction;
import org.zkc.ir.tensor.Sigmoid;
import org.zkc.passes.torch.ReductionOperators.Lines;

/**
 * Distances of two tensors that are named for their use as losses, and that models return as
 * scores: how far a reconstruction is from its input, for instance.
 */
final class LossOperators {
  private static final double LINEAR_FROM = 20;

  /** The least logarithm of a probability, as PyTorch has it. */
  private static final double LEAST_LOG = -100;

  /** The smallest probability whose logarithm is taken: a float whose logarithm is below -100. */
  private static final double LEAST_SHARE = 0x1p-148;

  static final List<TorchOperator> ALL =
      List.of(
          operator("mse_loss", "subtract, multiply, window_mean", 2, LossOperators::square),
          operator("l1_loss", "subtract, pointwise, window_mean", 2, LossOperators::distance),
          operator(
              "smooth_l1_loss",
              "subtract, pointwise, clamp, multiply, window_mean",
              2,
              call -> smooth(call, call.number(3, 1), true)),
          operator(
              "huber_loss",
              "subtract, pointwise, clamp, multiply, window_mean",
              2,
              call -> smooth(call, call.number(3, 1), false)),
          operator(
              "soft_margin_loss",
              "multiply, pointwise, window_mean",
              2,
              call -> softplus(call.emit(), negative(call.emit(), product(call, 0, 1)))),
          operator(
              "margin_ranking_loss",
              "subtract, multiply, relu, window_mean",
              4,
              LossOperators::ranking),
          operator(
              "kl_div", "subtract, multiply, pointwise, window_mean", 2, LossOperators::divergence),
          new TorchOperator(
              "aten.binary_cross_entropy_with_logits",
              "pointwise, multiply, subtract, window_mean",
              call -> reduced(call, 4, weighted(call, 2, ofLogits(call, call.value(0), 3)))),
          new TorchOperator(
              "aten.binary_cross_entropy",
              "clamp, pointwise, multiply, subtract, window_mean",
              "near 0 and 1 as many digits as the probabilities have, all of them of a sigmoid",
              call -> reduced(call, 3, weighted(call, 2, ofShares(call)))));

  private LossOperators() {}

  /** The loss of each element. */
  @FunctionalInterface
  private interface Elements {
    Value of(OperatorCall call);
  }

  /**
   * @param reduction the argument that says what is done with the elements
   */
  private static TorchOperator operator(
      String name, String becomes, int reduction, Elements elements) {
    return new TorchOperator(
        "aten." + name, becomes, call -> reduced(call, reduction, elements.of(call)));
  }

  /** 0 leaves the elements, 1 is their mean, 2 their sum. */
  static TorchValue reduced(OperatorCall call, int at, Value elements) {
    long reduction = call.isNone(at) ? 1 : call.integer(at);
    if (reduction == 0) {
      return call.result(elements);
    }
    if (reduction != 1 && reduction != 2) {
      throw call.refuse("reduction %d".formatted(reduction));
    }
    Lines all = Lines.of(call, elements, Set.of(), false);
    Value line =
        ReductionOperators.mean(call, all.lines(), List.of(all.axis()), false, reduction == 2);
    return call.result(call.emit().reshape(line, all.result()));
  }

  private static Value difference(OperatorCall call) {
    TensorEmitter emit = call.emit();
    Shape shape = emit.broadcast(call.value(0).shape(), call.value(1).shape());
    return emit.broadcast(emit.subtract(call.value(0), call.value(1)), shape);
  }

  private static Value square(OperatorCall call) {
    Value d = difference(call);
    return call.emit().multiply(d, d);
  }

  private static Value distance(OperatorCall call) {
    return call.emit().pointwise(difference(call), ScalarFunction.ABS);
  }

  /**
   * With d the distance and c = min(d, bound): c^2 / 2 + bound (d - c), the square below the bound
   * and a line above; divided by the bound where {@code isSlopeOne}.
   */
  private static Value smooth(OperatorCall call, double bound, boolean isSlopeOne) {
    Value d = distance(call);
    if (bound == 0 && isSlopeOne) {
      return d;
    }
    if (!(bound > 0)) {
      throw call.refuse("a bound of %s".formatted(bound));
    }
    TensorEmitter emit = call.emit();
    Value near = emit.clamp(d, Double.NEGATIVE_INFINITY, bound);
    Value far = emit.subtract(d, near);
    double scale = isSlopeOne ? 1 / bound : 1;
    return emit.add(
        emit.multiply(emit.multiply(near, near), emit.scalar(scale / 2)),
        isSlopeOne ? far : emit.multiply(far, emit.scalar(bound)));
  }

  /** (first, second, target, margin): max(0, margin - target (first - second)). */
  private static Value ranking(OperatorCall call) {
    TensorEmitter emit = call.emit();
    Value taken = emit.multiply(call.value(2), difference(call));
    return emit.relu(emit.subtract(emit.scalar(call.number(3, 0)), taken));
  }

  /** (input, target, reduction, log_target): target (log target - input). */
  private static Value divergence(OperatorCall call) {
    TensorEmitter emit = call.emit();
    boolean isLog = !call.isNone(3) && call.flag(3);
    Value target = call.value(1);
    Value share = isLog ? emit.pointwise(target, ScalarFunction.EXP) : target;
    Value log = isLog ? target : emit.pointwise(target, ScalarFunction.LOG);
    return emit.multiply(share, emit.subtract(log, call.value(0)));
  }

  /**
   * With x logits, t targets and p the weight of positives: (1 - t) softplus(x) + p t softplus(-x).
   *
   * @param positive the argument of p
   */
  private static Value ofLogits(OperatorCall call, Value x, int positive) {
    TensorEmitter emit = call.emit();
    Value t = call.value(1);
    boolean isWeighted =
        call.operator().equals("aten.binary_cross_entropy_with_logits") && !call.isNone(positive);
    if (!isWeighted) {
      return emit.subtract(softplus(emit, x), emit.multiply(t, x));
    }
    Value share = emit.multiply(t, call.value(positive));
    Value yes = emit.multiply(share, softplus(emit, negative(emit, x)));
    return emit.add(emit.multiply(emit.subtract(emit.scalar(1), t), softplus(emit, x)), yes);
  }

  /**
   * With p probabilities and t targets: -(t log p + (1 - t) log(1 - p)), with logarithms of -100 at
   * least, as PyTorch has them. Those of a sigmoid are computed from its input, since near 0 and 1
   * logarithms need digits that probabilities in integers do not have.
   */
  private static Value ofShares(OperatorCall call) {
    TensorEmitter emit = call.emit();
    Value p = call.value(0);
    if (emit.definition(p).orElse(null) instanceof Sigmoid sigmoid) {
      return ofLogits(call, sigmoid.input(), 4);
    }
    Value t = call.value(1);
    Value yes = emit.multiply(t, log(emit, p));
    Value no = log(emit, emit.subtract(emit.scalar(1), p));
    return negative(emit, emit.add(yes, emit.multiply(emit.subtract(emit.scalar(1), t), no)));
  }

  /** The logarithm of a probability, -100 where that is less. */
  private static Value log(TensorEmitter emit, Value p) {
    return emit.clamp(
        emit.pointwise(emit.clamp(p, LEAST_SHARE, 1), ScalarFunction.LOG), LEAST_LOG, 0);
  }

  private static Value weighted(OperatorCall call, int weight, Value elements) {
    return call.isNone(weight) ? elements : call.emit().multiply(elements, call.value(weight));
  }

  private static Value product(OperatorCall call, int left, int right) {
    return call.emit().multiply(call.value(left), call.value(right));
  }

  private static Value negative(TensorEmitter emit, Value value) {
    return emit.multiply(value, emit.scalar(-1));
  }

  private static Value softplus(TensorEmitter emit, Value value) {
    return emit.pointwise(value, ScalarFunction.SOFTPLUS, 1.0, LINEAR_FROM);
  }
}
