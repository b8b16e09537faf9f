package org.zkc.passes.cost;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The work of a proof, in units that follow from shapes alone. Each unit belongs to a stage of the
 * prover (the names under which the prover reports times), or to its peak memory; {@link
 * ProverCosts} says what a unit costs.
 */
public enum Work {
  /** One unit per proof. */
  EXECUTE_FIXED("execute"),
  /** A multiplication of a convolution without groups. */
  DENSE_MULTIPLICATION("execute"),
  /** A multiplication of a convolution in groups. */
  GROUPED_MULTIPLICATION("execute"),
  /** A multiplication of a matrix product. */
  MATRIX_MULTIPLICATION("execute"),
  /**
   * An element of a matrix product's right factor, which is read once for all lines of the left.
   */
  MATRIX_ELEMENT("execute"),
  /** A parameter of a convolution or matrix product, which is read and widened once. */
  READ_PARAMETER("execute"),
  /** A point of a transform over F[i], once for each of its log2 N layers. */
  TRANSFORM_STEP("execute"),
  /** A point of a product of two spectra. */
  SPECTRUM_PRODUCT("execute"),
  /** An element of a sum's term, a requantisation, a maximum's source, a product. */
  EXECUTED_CELL("execute"),

  /** One unit per proof. */
  WITNESS_FIXED("witness"),
  /** A lookup, counted into its table's multiplicities. */
  COUNTED_LOOKUP("witness"),

  /** One unit per proof. */
  COMMITMENT_FIXED("commitment"),
  /** A cell of the witness matrix: encoded at rate 1/4, and four cells hashed. */
  ENCODED_CELL("commitment"),

  /** One unit per proof. */
  LOOKUPS_FIXED("lookups"),
  /** A lookup or a row of a table. */
  FRACTION("lookups"),
  /** A leaf of the fraction trees that is not 0 / 1 by layout, padding included. */
  LEAF("lookups"),

  /** One unit per proof. */
  ZERO_PRODUCTS_FIXED("zero products"),
  /** An element of a factor of a product that is zero, padding included. */
  ZERO_PRODUCT_CELL("zero products"),

  /** One unit per relation. */
  RELATION("relations"),
  /** A parameter that is folded over its output channels. */
  FOLDED_PARAMETER("relations"),
  /** An element of a convolution's source, once for each column of the kernel. */
  WINDOW_CELL("relations"),
  /** An element of an axis of a convolution's source, once for each tap of the kernel there. */
  AXIS_TAP("relations"),
  /** A point of a transform that moves a claim, once for each of its log2 N layers. */
  PROVED_TRANSFORM_STEP("relations"),
  /** A tap of a channel's kernel, read off a transform. */
  TRANSFORMED_TAP("relations"),
  /** A frequency in the sumcheck over all of them. */
  FREQUENCY("relations"),
  /** An element of a sum's term whose value is sent or whose claims are merged. */
  CARRIED_CELL("relations"),
  /** An element of a product that is proved one by one, padding included. */
  PRODUCT_CELL("relations"),

  /** One unit per proof. */
  OPENINGS_FIXED("openings"),
  /** A committed element in the batch of all claims on the witness. */
  BATCHED_CELL("openings"),
  /** An element of a row combination of the model. */
  MODEL_ROW_CELL("openings"),
  /** A cell of an opened column of the model, which is read from a file. */
  OPENED_MODEL_CELL("openings"),
  /**
   * A cell of the matrix of row combinations: encoded, hashed, and summed over in the sumcheck that
   * holds it to the rows.
   */
  COMBINED_CELL("openings"),

  /** Garbage of a leaf of the fraction trees, until the young generation is full. */
  YOUNG_LEAF("young generation"),
  /** Garbage of a parameter that is folded, until the young generation is full. */
  YOUNG_PARAMETER("young generation"),

  /** Bytes of a process that proves nothing. */
  MEMORY_FIXED("memory"),
  /** A parameter: mantissas, the executor's integers, its codeword as far as it is resident. */
  MEMORY_PARAMETER("memory"),
  /** An element of any tensor but the model's. */
  MEMORY_CELL("memory"),
  /** A leaf of the fraction trees that is not 0 / 1 by layout, padding included. */
  MEMORY_LEAF("memory");

  /** The units are bytes that are resident whatever the collector does. */
  public static final String MEMORY = "memory";

  /** The units of this are bytes too, but never more than the young generation has. */
  public static final String YOUNG = "young generation";

  private final String stage;

  Work(String stage) {
    this.stage = stage;
  }

  /**
   * The stage as the prover names it; {@link #MEMORY} or {@link #YOUNG} for what is measured in
   * bytes.
   */
  public String stage() {
    return stage;
  }

  /** {@code window-cell}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether units are bytes, and not time. */
  public boolean isMemory() {
    return stage.equals(MEMORY) || stage.equals(YOUNG);
  }

  /** The stages in the order of a proof. */
  public static List<String> stages() {
    return Arrays.stream(values()).filter(w -> !w.isMemory()).map(Work::stage).distinct().toList();
  }

  /** The work of one stage, or of a part of the memory. */
  public static List<Work> of(String stage) {
    return Arrays.stream(values()).filter(w -> w.stage.equals(stage)).toList();
  }
}
