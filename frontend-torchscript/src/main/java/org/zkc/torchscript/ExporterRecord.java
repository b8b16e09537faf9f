package org.zkc.torchscript;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.ModelInput;
import org.zkc.ir.Shape;
import org.zkc.ir.UserException;

/**
 * The record that {@code zkpytorch.export} wrote to {@code extra/zkpytorch.json}: the method that
 * it is about, forward where it names none, that method's inputs in order, the torch version that
 * made the archive, and the SHA-256 of the reference outputs.
 */
public record ExporterRecord(
    String entry,
    List<ModelInput> inputs,
    Optional<String> torchVersion,
    Optional<String> referenceDigest) {
  private static final int FORMAT_VERSION = 1;

  public ExporterRecord {
    inputs = List.copyOf(inputs);
    Objects.requireNonNull(torchVersion);
    Objects.requireNonNull(referenceDigest);
  }

  /**
   * Reads the JSON text: {@code format}, {@code torch}, {@code entry}, {@code inputs} each with
   * {@code name} and possibly {@code shape} and {@code dtype}, {@code reference}. Other fields are
   * ignored.
   *
   * @throws UserException when it is not such a text, or of another format version
   */
  public static ExporterRecord parse(String json) {
    try {
      JsonFactory factory =
          JsonFactory.builder()
              .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(32).build())
              .build();
      JsonNode root = JsonMapper.builder(factory).build().readTree(json);
      int version = root.path("format").asInt(0);
      if (version != FORMAT_VERSION) {
        throw new UserException(
            "The archive's extra/zkpytorch.json has format %d; this zkc reads format %d. Export the model with the zkpytorch that belongs to it."
                .formatted(version, FORMAT_VERSION));
      }
      List<ModelInput> inputs = new ArrayList<>();
      for (JsonNode input : root.path("inputs")) {
        inputs.add(input(input));
      }
      return new ExporterRecord(
          text(root, "entry").orElse("forward"),
          inputs,
          text(root, "torch"),
          text(root, "reference"));
    } catch (JsonProcessingException | IllegalArgumentException | ArithmeticException e) {
      throw new UserException(
          "The archive's extra/zkpytorch.json is damaged; export the model again.");
    }
  }

  private static ModelInput input(JsonNode node) {
    Optional<Shape> shape = Optional.empty();
    if (node.has("shape")) {
      List<Integer> extents = new ArrayList<>();
      for (JsonNode extent : node.get("shape")) {
        extents.add(Math.toIntExact(extent.asLong(-1)));
      }
      shape = Optional.of(new Shape(extents));
    }
    String name = text(node, "name").orElseThrow(IllegalArgumentException::new);
    return new ModelInput(name, shape, text(node, "dtype").map(d -> dtype(name, d)));
  }

  private static DType dtype(String input, String text) {
    for (DType type : DType.values()) {
      if (type.text().equals(text)) {
        return type;
      }
    }
    throw new UserException(
        "The input '%s' has element type %s, which zkc does not support; export with float32 inputs."
            .formatted(input, text));
  }

  private static Optional<String> text(JsonNode node, String field) {
    return Optional.ofNullable(node.get(field)).filter(JsonNode::isTextual).map(JsonNode::asText);
  }
}
