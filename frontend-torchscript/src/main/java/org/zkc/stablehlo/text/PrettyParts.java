package org.zkc.stablehlo.text;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The items of pretty forms that are a name and a value: which operation has which, and for what.
 */
final class PrettyParts {

  /** The notation of a value. */
  enum Kind {
    /** An integer, i64 in the attribute. */
    DIMENSION,
    /** Integers in brackets. */
    LIST,
    /** A word of an enumeration, whose name is the attribute's. */
    WORD,
    BOOLEAN,
    TEXT,
    REAL,
    /** Words in brackets, one for each operand. */
    PRECISION,
    ALGORITHM,
    /** Two lists, of the left and the right operand. */
    BATCHING,
    CONTRACTING,
    /** Three lists that name dimensions. */
    CONVOLUTION,
    /** Lists by name in braces. */
    WINDOW,
    /** {@code e8m10}, two attributes. */
    FORMAT
  }

  /** An item's attribute in the generic form. */
  record Part(String attribute, Kind kind) {}

  private static final Map<String, Map<String, Part>> PARTS =
      Map.ofEntries(
          Map.entry("iota", Map.of("dim", new Part("iota_dimension", Kind.DIMENSION))),
          Map.entry("dynamic_iota", Map.of("dim", new Part("iota_dimension", Kind.DIMENSION))),
          Map.entry("cholesky", Map.of("lower", new Part("lower", Kind.BOOLEAN))),
          Map.entry("concatenate", Map.of("dim", new Part("dimension", Kind.DIMENSION))),
          Map.entry("get_dimension_size", Map.of("dim", new Part("dimension", Kind.DIMENSION))),
          Map.entry("set_dimension_size", Map.of("dim", new Part("dimension", Kind.DIMENSION))),
          Map.entry("broadcast", Map.of("sizes", new Part("broadcast_sizes", Kind.LIST))),
          Map.entry(
              "broadcast_in_dim", Map.of("dims", new Part("broadcast_dimensions", Kind.LIST))),
          Map.entry(
              "dynamic_broadcast_in_dim",
              Map.of("dims", new Part("broadcast_dimensions", Kind.LIST))),
          Map.entry("dynamic_slice", Map.of("sizes", new Part("slice_sizes", Kind.LIST))),
          Map.entry("reverse", Map.of("dims", new Part("dimensions", Kind.LIST))),
          Map.entry("transpose", Map.of("dims", new Part("permutation", Kind.LIST))),
          Map.entry(
              "pad",
              Map.of(
                  "low",
                  new Part("edge_padding_low", Kind.LIST),
                  "high",
                  new Part("edge_padding_high", Kind.LIST),
                  "interior",
                  new Part("interior_padding", Kind.LIST))),
          Map.entry("dot", Map.of("precision", new Part("precision_config", Kind.PRECISION))),
          Map.entry(
              "dot_general",
              Map.of(
                  "batching_dims",
                  new Part("dot_dimension_numbers", Kind.BATCHING),
                  "contracting_dims",
                  new Part("dot_dimension_numbers", Kind.CONTRACTING),
                  "precision",
                  new Part("precision_config", Kind.PRECISION),
                  "algorithm",
                  new Part("algorithm", Kind.ALGORITHM))),
          Map.entry(
              "convolution",
              Map.of(
                  "dim_numbers",
                  new Part("dimension_numbers", Kind.CONVOLUTION),
                  "window",
                  new Part("window", Kind.WINDOW))),
          Map.entry("einsum", Map.of("config", new Part("einsum_config", Kind.TEXT))),
          Map.entry("unary_einsum", Map.of("config", new Part("einsum_config", Kind.TEXT))),
          Map.entry(
              "fft",
              Map.of(
                  "type",
                  new Part("fft_type", Kind.WORD),
                  "length",
                  new Part("fft_length", Kind.LIST))),
          Map.entry("rng", Map.of("distribution", new Part("rng_distribution", Kind.WORD))),
          Map.entry("rng_bit_generator", Map.of("algorithm", new Part("rng_algorithm", Kind.WORD))),
          Map.entry("reduce_precision", Map.of("format", new Part("format", Kind.FORMAT))));

  /** Items of other dialects, by the operation's whole name. */
  private static final Map<String, Map<String, Part>> OTHERS =
      Map.of(
          "chlo.top_k",
          Map.of(
              "k", new Part("k", Kind.DIMENSION), "is_stable", new Part("is_stable", Kind.BOOLEAN)),
          "check.expect_almost_eq",
          Map.of("tolerance", new Part("tolerance", Kind.REAL)),
          "check.expect_almost_eq_const",
          Map.of("tolerance", new Part("tolerance", Kind.REAL)),
          "check.expect_close",
          Map.of(
              "max_ulp_difference",
              new Part("max_ulp_difference", Kind.DIMENSION),
              "min_ulp_difference",
              new Part("min_ulp_difference", Kind.DIMENSION)),
          "check.expect_serialized_eq",
          Map.of(
              "probe_id",
              new Part("probe_id", Kind.TEXT),
              "iter",
              new Part("iteration", Kind.DIMENSION)),
          "interpreter.probe",
          Map.of("probe_id", new Part("probe_id", Kind.TEXT)));

  private static final String DIALECT = "stablehlo.";

  private PrettyParts() {}

  /** The item of an operation, or null where it has none of the name. */
  static @Nullable Part part(String operation, String key) {
    Map<String, Part> parts =
        operation.startsWith(DIALECT)
            ? PARTS.get(operation.substring(DIALECT.length()))
            : OTHERS.get(operation);
    return parts == null ? null : parts.get(key);
  }
}
