package org.zkc.passes.torch;

import java.util.List;
import org.zkc.ir.DType;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tensor;

/**
 * Losses of pairs and triples that are to be near or apart by a margin, and that of counts, as
 * PyTorch composes them of other operators.
 */
final class MarginLossOperators {
  /** The length that vectors have at least between which a cosine is taken. */
  private static final double LEAST_LENGTH = 1e-8;

  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "aten.hinge_embedding_loss",
              "subtract, relu, compare_zero, multiply, window_mean",
              MarginLossOperators::hinge),
          new TorchOperator(
              "aten.cosine_embedding_loss",
              "multiply, window_mean, pointwise, divide, compare_zero",
              MarginLossOperators::cosines),
          new TorchOperator(
              "aten.triplet_margin_loss",
              "subtract, multiply, pointwise, window_mean, relu",
              MarginLossOperators::triplets),
          new TorchOperator(
              "aten.poisson_nll_loss",
              "pointwise, multiply, subtract, window_mean",
              MarginLossOperators::counts));

  private MarginLossOperators() {}

  private static TorchValue reduced(OperatorCall call, int at, TorchValue elements) {
    return LossOperators.reduced(call, at, call.value(call.tensorOf(elements)));
  }

  /** The one value where the target is 1, the other where it is -1; at others both, as PyTorch. */
  private static TorchValue bySign(
      OtherOperators c, TorchValue target, TorchValue near, TorchValue apart) {
    TorchValue first = c.run("where", c.run("ne/Scalar", target, -1), near, 0.0);
    TorchValue second = c.run("where", c.run("ne/Scalar", target, 1), apart, 0.0);
    return c.run("add/Tensor", first, second);
  }

  /** (self, target, margin, reduction). */
  private static TorchValue hinge(OperatorCall call) {
    OtherOperators c = new OtherOperators(call);
    TorchValue x = call.argument(0);
    TorchValue apart = c.run("relu", c.run("rsub/Scalar", x, call.number(2, 1)));
    return reduced(call, 3, bySign(c, call.argument(1), x, apart));
  }

  /**
   * (input1, input2, target, margin, reduction): lines of the last axis. Targets that are neither 1
   * nor -1 count for nothing, as PyTorch has it here.
   */
  private static TorchValue cosines(OperatorCall call) {
    OtherOperators c = new OtherOperators(call);
    TorchValue x = call.argument(0);
    TorchValue y = call.argument(1);
    TorchValue cosine = c.run("cosine_similarity", x, y, -1, LEAST_LENGTH);
    TorchValue apart = c.run("relu", c.run("sub/Scalar", cosine, call.number(3, 0)));
    TorchValue near = c.run("rsub/Scalar", cosine, 1.0);
    Value target = call.in(DType.F32, call.tensor(2));
    TorchValue signs = call.result(target, DType.F32);
    TorchValue first = c.run("where", c.run("eq/Scalar", signs, 1), near, 0.0);
    TorchValue second = c.run("where", c.run("eq/Scalar", signs, -1), apart, 0.0);
    return reduced(call, 4, c.run("add/Tensor", first, second));
  }

  /** (anchor, positive, negative, margin, p, eps, swap, reduction). */
  private static TorchValue triplets(OperatorCall call) {
    OtherOperators c = new OtherOperators(call);
    TorchValue near = distance(call, c, 0, 1);
    TorchValue apart = distance(call, c, 0, 2);
    if (call.flag(6)) {
      apart = c.run("minimum", apart, distance(call, c, 1, 2));
    }
    TorchValue missing = c.run("add/Scalar", c.run("sub/Tensor", near, apart), call.number(3, 1));
    return reduced(call, 7, c.run("relu", missing));
  }

  private static TorchValue distance(OperatorCall call, OtherOperators c, int left, int right) {
    return c.run(
        "pairwise_distance",
        call.argument(left),
        call.argument(right),
        call.number(4, 2),
        call.number(5, 1e-6),
        false);
  }

  /**
   * (input, target, log_input, full, eps, reduction): exp(x) - t x of logarithms of rates, else x -
   * t log(x + eps); {@code full} adds Stirling's approximation of log(t!) for t above 1.
   */
  private static TorchValue counts(OperatorCall call) {
    OtherOperators c = new OtherOperators(call);
    TorchValue x = call.argument(0);
    Tensor counted = call.tensor(1);
    TorchValue target =
        counted instanceof KnownTensor
            ? c.run("to/dtype", counted, DType.F32)
            : call.result(call.in(DType.F32, counted), DType.F32);
    TorchValue loss;
    if (call.flag(2)) {
      loss = c.run("sub/Tensor", c.run("exp", x), c.run("mul/Tensor", target, x));
    } else {
      TorchValue log = c.run("log", c.run("add/Scalar", x, call.number(4, 1e-8)));
      loss = c.run("sub/Tensor", x, c.run("mul/Tensor", target, log));
    }
    if (call.flag(3)) {
      TorchValue some = c.run("clamp", target, 1.0, null);
      TorchValue log = c.run("log", some);
      TorchValue product = c.run("sub/Tensor", c.run("mul/Tensor", some, log), some);
      TorchValue half =
          c.run("mul/Scalar", c.run("add/Scalar", log, StrictMath.log(2 * Math.PI)), 0.5);
      TorchValue stirling = c.run("add/Tensor", product, half);
      TorchValue added = c.run("where", c.run("gt/Scalar", target, 1.0), stirling, 0.0);
      loss = c.run("add/Tensor", loss, added);
    }
    return reduced(call, 5, loss);
  }
}
