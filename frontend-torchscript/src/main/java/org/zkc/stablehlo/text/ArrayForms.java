package org.zkc.stablehlo.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloElementType;

/**
 * Lists of dimensions, sizes and strides, which older text writes as {@code dense<[1, 0]> :
 * tensor<2xi64>} and newer text as {@code array<i64: 1, 0>}.
 */
final class ArrayForms {
  private static final String DIALECT = "stablehlo.";

  /** Longer literals are no lists of dimensions. */
  private static final int MAX_LENGTH = 1024;

  private static final Set<String> LISTS =
      Set.of(
          "base_dilations",
          "broadcast_dimensions",
          "broadcast_sizes",
          "dimensions",
          "edge_padding_high",
          "edge_padding_low",
          "fft_length",
          "interior_padding",
          "lhs_dilation",
          "limit_indices",
          "permutation",
          "rhs_dilation",
          "slice_sizes",
          "start_indices",
          "strides",
          "window_dilations",
          "window_dimensions",
          "window_reversal",
          "window_strides");

  private ArrayForms() {}

  /** The attributes with the lists of the dialect as arrays. */
  static Map<String, HloAttribute> normalized(
      String operation, Map<String, HloAttribute> attributes) {
    if (!operation.startsWith(DIALECT)
        || attributes.values().stream().noneMatch(HloAttribute.Dense.class::isInstance)) {
      return attributes;
    }
    Map<String, HloAttribute> out = new LinkedHashMap<>(attributes);
    out.replaceAll((key, value) -> LISTS.contains(key) ? array(value) : value);
    return out;
  }

  private static HloAttribute array(HloAttribute value) {
    if (!(value instanceof HloAttribute.Dense dense)
        || !(dense.type().element() instanceof HloElementType.IntegerElement element)
        || dense.type().rank() != 1
        || dense.data().count() > MAX_LENGTH) {
      return value;
    }
    List<Long> values = new ArrayList<>();
    for (long i = 0; i < dense.data().count(); i++) {
      values.add(dense.data().getLong(i));
    }
    return new HloAttribute.IntegerArray(element, values);
  }
}
