package org.zkc.runtime.report;

import java.util.List;
import org.zkc.gkr.channel.Section;
import org.zkc.runtime.report.Page.Column;
import org.zkc.runtime.report.Page.Row;
import org.zkc.runtime.report.Page.Unit;

/** The purposes of the parts of a proof and of the steps of its security budget. */
final class ProofParts {
  private ProofParts() {}

  /** A part that is no section. */
  record Part(String name, String meaning) {}

  static final Part INPUTS =
      new Part("public inputs", "The integers that the model was given: part of the statement.");
  static final Part OUTPUTS =
      new Part("public outputs", "The integers that it answered: part of the statement.");
  static final Part WITNESS_ROOT =
      new Part(
          "commitment to the witness",
          "A hash that fixes all intermediate values before any question is asked.");
  static final Part NONCES =
      new Part(
          "proofs of work",
          "Numbers that took some tries to find: they make cheating by retrying dear.");
  static final Part WITNESS_OPENING =
      new Part(
          "opened columns of the witness",
          "Random columns of the committed values, with the hashes that tie them to the"
              + " commitment.");
  static final Part MODEL_OPENING =
      new Part(
          "opened columns of the model",
          "Random columns of the encoded weights, with the hashes that tie them to the key.");
  static final Part WITNESS_COLUMNS =
      new Part(
          "opened columns of the witness",
          "Random columns of the encoded intermediate values: they show that these are what the"
              + " combinations above were made of.");
  static final Part WITNESS_PATHS =
      new Part("their Merkle paths", "Hashes that tie these columns to the commitment.");
  static final Part MODEL_COLUMNS =
      new Part(
          "opened columns of the model",
          "Random columns of the encoded weights: they show that the key's model was used.");
  static final Part MODEL_PATHS =
      new Part("their Merkle paths", "Hashes that tie these columns to the key.");
  static final Part COMBINATION_OPENING =
      new Part(
          "opened columns of the combinations",
          "Random columns of the encoded row combinations, with the hashes that tie them to their"
              + " commitment.");
  static final Part COMBINATION_ROOT =
      new Part(
          "commitment to the combinations",
          "A hash that fixes one random combination of the rows of each commitment before columns"
              + " are drawn.");
  static final Part COMBINATION_COLUMNS =
      new Part(
          "opened columns of the combinations",
          "Random columns of the encoded combinations: they show that these are what was sent"
              + " about them.");
  static final Part COMBINATION_PATHS =
      new Part(
          "their Merkle paths", "Hashes that tie these columns to the combinations' commitment.");
  static final Part FRAME =
      new Part("framing", "The file's header, and the tag and length of each part.");

  static Row row(Part part, long bytes) {
    return Row.of(0, part.name(), bytes, part.meaning());
  }

  static Row row(Section section, long bytes) {
    return Row.of(0, section.text(), bytes, meaning(section));
  }

  static Page.Table table(String title, String note, List<Row> rows, long total) {
    return new Page.Table(
        "composition",
        title,
        note,
        List.of(
            Column.of("part", "", Unit.TEXT),
            Column.bars("bytes", "", Unit.BYTES),
            Column.of("what it is for", "", Unit.TEXT)),
        rows,
        List.of("all", total, ""));
  }

  private static String meaning(Section section) {
    return switch (section) {
      case LOOKUPS ->
          "Shows that every rounded value and every remainder stands in its table, by one sum of"
              + " fractions that must come out as zero.";
      case LEAVES -> "Values of the looked-up arrays where the sum of fractions ended.";
      case ZERO_CHECKS ->
          "Shows that products that must vanish do: that a maximum is one of the values it is the"
              + " maximum of.";
      case RELATIONS ->
          "Layer by layer from the output back: shows that every convolution, matrix product and"
              + " sum was computed right.";
      case WITNESS_BATCH -> "Brings all claims about committed values to one point.";
      case MODEL_MERGE -> "Brings all claims about the model's weights to one point.";
      case COMBINATIONS ->
          "Shows that the committed combinations of rows have the values claimed and agree with the"
              + " opened columns.";
    };
  }

  /**
   * The attack that a step of the security budget guards against; empty for a step without an
   * entry.
   */
  static String step(String step) {
    return switch (step) {
      case "lookup challenges" -> "Wrong lookups whose fractions cancel by chance.";
      case "lookup layers" -> "A wrong step in the tree that adds the fractions up.";
      case "zero products" -> "A product that is not zero but seems so at a random point.";
      case "output points" -> "Wrong outputs that agree with the right ones at a random point.";
      case "relations" -> "A wrong layer whose error vanishes at a random point.";
      case "witness batch" -> "Wrong claims about committed values that cancel when merged.";
      case "combination claims" ->
          "Wrong claims about the combinations of rows that cancel when merged.";
      case "witness proximity", "model proximity", "combination proximity" ->
          "Committed data that is no codeword, but whose random combination is near one.";
      case "witness queries", "model queries", "combination queries" ->
          "A commitment that differs from what is claimed, in columns that nobody opens.";
      case "model claims brought to points", "model merge" ->
          "Wrong claims about the weights that cancel when merged.";
      default -> "";
    };
  }
}
