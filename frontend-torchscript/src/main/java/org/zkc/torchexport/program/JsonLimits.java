package org.zkc.torchexport.program;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.zkc.ir.UserException;

/** The JSON reader with bounds on what a text may make it do. */
final class JsonLimits {

  /** A graph inside a graph takes some ten levels. */
  private static final int MAX_NESTING = 400;

  /** MobileNetV2 has 560 kB, most of it lines of source. */
  static final int MAX_BYTES = 1 << 30;

  private static final int MAX_STRING = 16 << 20;

  /** As many as TorchScript's code may have statements; a large transformer has some 10,000. */
  private static final int MAX_NODES = 400_000;

  static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_NESTING)
                          .maxStringLength(MAX_STRING)
                          .maxDocumentLength(MAX_BYTES)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .build();

  private JsonLimits() {}

  /**
   * Adds a node to those of a graph.
   *
   * @throws UserException when there are too many
   */
  static void add(Node node, List<Node> nodes) {
    if (nodes.size() == MAX_NODES) {
      throw new UserException(
          "The archive's program has a graph of more than %d nodes, which zkc does not read; export a smaller model."
              .formatted(MAX_NODES));
    }
    nodes.add(node);
  }
}
