package org.zkc.passes.torch;

import java.util.List;

/** Operators that change nothing in inference: dropout, copies, gradients, warnings. */
final class InferenceOperators {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "aten.dropout", "identity", "not in training mode", InferenceOperators::dropout),
          new TorchOperator(
              "aten.feature_dropout",
              "identity",
              "not in training mode",
              InferenceOperators::dropout),
          new TorchOperator(
              "aten.alpha_dropout",
              "identity",
              "not in training mode",
              InferenceOperators::dropout),
          new TorchOperator(
              "aten.feature_alpha_dropout",
              "identity",
              "not in training mode",
              InferenceOperators::dropout),
          new TorchOperator("aten.contiguous", "identity", c -> c.tensor(0)),
          new TorchOperator("aten.clone", "identity", c -> c.tensor(0)),
          new TorchOperator("aten.detach", "identity", c -> c.tensor(0)),
          new TorchOperator("aten.alias", "identity", c -> c.tensor(0)),
          new TorchOperator("aten.lift_fresh", "identity", c -> c.tensor(0)),
          new TorchOperator("aten.requires_grad_", "identity", c -> c.tensor(0)),
          new TorchOperator("prim.data", "identity", c -> c.tensor(0)),
          new TorchOperator("aten.set_grad_enabled", "nothing", c -> TorchValue.None.NONE),
          new TorchOperator("aten.warn", "nothing", c -> TorchValue.None.NONE));

  private InferenceOperators() {}

  /** (input, p, train). */
  private static TorchValue dropout(OperatorCall call) {
    if (call.flag(2) && call.number(1) != 0) {
      throw call.refuse("the model is in training mode; call model.eval() before exporting it");
    }
    return call.tensor(0);
  }
}
