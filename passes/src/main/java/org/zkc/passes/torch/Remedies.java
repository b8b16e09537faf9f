package org.zkc.passes.torch;

import java.util.Map;
import java.util.Optional;
import org.zkc.ir.Location;
import org.zkc.ir.UserException;

/** Replacements for operators that image models have and that cannot be proved. */
final class Remedies {
  private static final String PART =
      "an assignment or a choice by a mask or a list of indices; use slices, and clamp, relu and"
          + " products for what depends on values";
  private static final String UNPOOLING =
      "where its elements go depends on the input; use an interpolation";

  private static final String NESTED =
      "the model branches on where the padding is; build the encoder with"
          + " enable_nested_tensor=False";

  private static final Map<String, String> BY_OPERATOR =
      Map.ofEntries(
          Map.entry("aten.index_put", PART),
          Map.entry("aten._nested_tensor_from_mask_left_aligned", NESTED),
          Map.entry("aten.index_fill", PART),
          Map.entry("aten.index_copy", PART),
          Map.entry("aten.masked_scatter", PART),
          Map.entry("aten.masked_select", PART),
          Map.entry("aten.max_unpool2d", UNPOOLING),
          Map.entry("aten.max_unpool3d", UNPOOLING));

  private Remedies() {}

  /** The error for an operator that cannot be proved, with what to use in its place. */
  static UserException refusal(String operator, Location location) {
    return new UserException(
        location,
        "operator %s cannot be proved".formatted(operator),
        Optional.ofNullable(BY_OPERATOR.get(operator)).orElse("`zkc ops` lists those that can"));
  }
}
