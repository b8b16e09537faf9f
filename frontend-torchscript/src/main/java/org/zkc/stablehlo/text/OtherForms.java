package org.zkc.stablehlo.text;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Forms that exporters write besides StableHLO text, told by their first bytes. */
enum OtherForms {
  /** MLIR bytecode, which {@code Exported.mlir_module_serialized} and torch_xla hold. */
  BYTECODE(
      "is MLIR bytecode, which zkc does not read; print the program as text, as"
          + " exported.mlir_module() or get_stablehlo_text() does"),
  COMPRESSED("is compressed by gzip; unpack it first, as gunzip does"),
  UTF_16("is text of UTF-16; save it as UTF-8"),
  HLO(
      "is HLO, which XLA prints after StableHLO; write StableHLO instead, as lower(...).as_text()"
          + " and exported.mlir_module() do"),
  VHLO(
      "is VHLO, the form that StableHLO is stored in; print it as StableHLO, as"
          + " exported.mlir_module() or stablehlo-translate --deserialize does"),
  BINARY(
      "is no text: its first bytes are binary; print the program as text, as"
          + " exported.mlir_module() or get_stablehlo_text() does");

  /** Bytes that are looked at. */
  private static final int HEAD = 4096;

  private static final String BYTECODE_START = "ML\u00efR";

  private final String sentence;

  OtherForms(String sentence) {
    this.sentence = sentence;
  }

  /** The end of a sentence about the file. */
  String sentence() {
    return sentence;
  }

  /** The form of a file; empty where it may be StableHLO text. */
  static Optional<OtherForms> of(MemorySegment bytes) {
    byte[] first =
        bytes.asSlice(0, Math.min(HEAD, bytes.byteSize())).toArray(ValueLayout.JAVA_BYTE);
    String head = new String(first, StandardCharsets.ISO_8859_1);
    if (head.startsWith(BYTECODE_START)) {
      return Optional.of(BYTECODE);
    }
    if (head.startsWith("\u001f\u008b")) {
      return Optional.of(COMPRESSED);
    }
    if (head.startsWith("\u00ff\u00fe") || head.startsWith("\u00fe\u00ff")) {
      return Optional.of(UTF_16);
    }
    if (head.startsWith("HloModule ")) {
      return Optional.of(HLO);
    }
    if (head.contains("vhlo.func_v1")) {
      return Optional.of(VHLO);
    }
    return head.chars().limit(Long.BYTES).anyMatch(OtherForms::isControl)
        ? Optional.of(BINARY)
        : Optional.empty();
  }

  private static boolean isControl(int letter) {
    return letter < ' ' && letter != '\n' && letter != '\r' && letter != '\t' && letter != '\f';
  }
}
