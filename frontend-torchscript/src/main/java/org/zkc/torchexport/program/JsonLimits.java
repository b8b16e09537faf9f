package org.zkc.torchexport.program;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** The JSON reader with bounds on what a text may make it do. */
final class JsonLimits {

  /** A graph inside a graph takes some ten levels. */
  private static final int MAX_NESTING = 400;

  /** MobileNetV2 has 560 kB, most of it lines of source. */
  static final int MAX_BYTES = 1 << 30;

  private static final int MAX_STRING = 16 << 20;

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
}
