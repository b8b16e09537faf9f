package org.zkc.passes.torch;

import java.util.Map;
import org.zkc.ir.Location;
import org.zkc.ir.UserException;

/** Replacements for operators that models often have and that cannot be proved. */
final class Remedies {
  private static final String COUNT =
      "how many elements there are depends on the input; multiply by the mask, or choose by"
          + " torch.where";
  private static final String OPTIMISED =
      "torch.jit.optimize_for_inference has rewritten the model for one processor; save it before"
          + " that call (torch.jit.freeze may stay)";

  private static final String LOSS =
      "a loss is what training needs; prove the outputs that it is computed from";

  static final String SOLVER =
      "it divides by what it computes on the way; where the matrix is fixed, compute it in __init__"
          + " and keep it as a buffer";

  private static final String PARAMETRIZED =
      SOLVER
          + ", and where it is that of a parametrised weight, call"
          + " torch.nn.utils.parametrize.remove_parametrizations(module, \"weight\")";

  private static final String TALLIED =
      "how many counts it returns depends on the input; sum one_hot(x, num_classes) over the"
          + " elements instead";

  private static final String RANDOM =
      "a proof is of a function of the inputs; make the random numbers an input of forward, or"
          + " leave sampling out";

  private static final String EXPERTS =
      "which rows go through which expert depends on the input; compute every expert for every row"
          + " and weigh their outputs, or pick weights by index (in transformers,"
          + " experts_implementation=\"batched_mm\")";

  private static final String TALLEST =
      "of classes that are few, take the argmax of the sum of one_hot(x, num_classes) over the"
          + " elements";

  private static final String DIVISORS =
      "its number of steps depends on its operands; look its results up in a table by index, or"
          + " compute those of constants in __init__";

  private static final String COUNTED =
      "how many elements it returns depends on the input; keep all of them and weigh them by a"
          + " mask";

  private static final String SUPPRESSED =
      "which boxes it keeps depends on the input; leave it out of forward, and prove the boxes and"
          + " scores that it chooses from";

  private static final String NESTED =
      "the model branches on where the padding is; build the encoder with"
          + " enable_nested_tensor=False";

  private static final Map<String, String> BY_OPERATOR =
      Map.ofEntries(
          Map.entry("aten._nested_tensor_from_mask_left_aligned", NESTED),
          Map.entry("aten.to_mkldnn", OPTIMISED),
          Map.entry("aten.ctc_loss", LOSS),
          Map.entry("aten.multilabel_margin_loss", LOSS),
          Map.entry("aten.linalg_inv_ex", SOLVER),
          Map.entry("aten.linalg_pinv", SOLVER),
          Map.entry("aten.linalg_cholesky", SOLVER),
          Map.entry("aten.linalg_qr", SOLVER),
          Map.entry("aten.linalg_svd", SOLVER),
          Map.entry("aten.linalg_svdvals", SOLVER),
          Map.entry("aten.linalg_eigh", SOLVER),
          Map.entry("aten.linalg_matrix_exp", PARAMETRIZED),
          Map.entry("aten.matrix_exp", PARAMETRIZED),
          Map.entry("aten.bincount", TALLIED),
          Map.entry("aten.mode", TALLEST),
          Map.entry("aten.gcd", DIVISORS),
          Map.entry("aten.lcm", DIVISORS),
          Map.entry("aten.rand", RANDOM),
          Map.entry("aten.rand_like", RANDOM),
          Map.entry("aten.randn", RANDOM),
          Map.entry("aten.randn_like", RANDOM),
          Map.entry("aten.randint", RANDOM),
          Map.entry("aten.randint_like", RANDOM),
          Map.entry("aten.randperm", RANDOM),
          Map.entry("aten.normal", RANDOM),
          Map.entry("aten.normal_functional", RANDOM),
          Map.entry("aten.bernoulli", RANDOM),
          Map.entry("aten.multinomial", RANDOM),
          Map.entry("aten.exponential", RANDOM),
          Map.entry("aten.uniform", RANDOM),
          Map.entry("aten._grouped_mm", EXPERTS),
          Map.entry("aten.nonzero", COUNTED),
          Map.entry("aten.nonzero_numpy", COUNTED),
          Map.entry("aten.argwhere", COUNTED),
          Map.entry("aten._unique2", COUNTED),
          Map.entry("aten.unique_dim", COUNTED),
          Map.entry("aten.unique_consecutive", COUNTED),
          Map.entry("aten.masked_select", COUNT),
          Map.entry("torchvision.nms", SUPPRESSED));

  private Remedies() {}

  /** The error for an operator that cannot be proved, with what to use in its place. */
  static UserException refusal(String operator, Location location) {
    return new UserException(
        location, "operator %s cannot be proved".formatted(operator), remedy(operator));
  }

  private static String remedy(String operator) {
    String known = BY_OPERATOR.get(operator);
    return known == null ? "`zkc ops` lists those that can" : known;
  }
}
