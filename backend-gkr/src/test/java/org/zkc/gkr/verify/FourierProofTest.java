package org.zkc.gkr.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.proof.Proof;
import org.zkc.gkr.proof.Section;
import org.zkc.gkr.proof.Statement;
import org.zkc.gkr.prove.WeakProof;

/** Every message of a convolution in FFT form counts, and so does its place. */
class FourierProofTest {
  @TempDir Path directory;
  private WeakProof weak;
  private Statement statement;
  private Proof proof;
  private byte[] relations;

  @BeforeEach
  void prove() throws Exception {
    CircuitBuilder b = new CircuitBuilder(22);
    int x = b.input(-100, 100, 1, 6, 4, 3);
    int source = b.requantize(x, 1, 1, -40, 40);
    int w = b.model(-9, 9, 4, 3, 2, 2);
    Conv c = new Conv(-1, source, w, List.of(1, 1), List.of(1, 0), List.of(1, 1), 2);
    weak = new WeakProof(b.output(b.fftConv(c, List.of(4, 2))), directory);
    statement = weak.statement(weak.honest);
    proof = Proof.decode(weak.prove());
    weak.verify(statement, proof.encode());
    relations = proof.sections().get(Section.RELATIONS);
    // (2, 3) channels in 3 rounds of 2 values, (8, 4) frequencies in 5 of 3, and two claims.
    assertEquals((3 * 2 + 5 * 3 + 2) * Ext.BYTES, relations.length);
  }

  @AfterEach
  void close() {
    weak.close();
  }

  private void rejected(String what, byte[] section) {
    EnumMap<Section, byte[]> sections = new EnumMap<>(proof.sections());
    sections.put(Section.RELATIONS, section);
    Proof altered =
        new Proof(
            proof.witnessRoot(),
            proof.lookupNonce(),
            sections,
            proof.queryNonce(),
            proof.witnessOpening(),
            proof.modelOpening());
    assertNotNull(weak.rejection(statement, altered.encode()), what + " was accepted");
  }

  @Test
  void everyLimbOfEveryElement() {
    for (int at = 0; at < relations.length; at += M31.BYTES) {
      byte[] changed = relations.clone();
      changed[at] ^= 1;
      rejected("limb at byte " + at, changed);
    }
  }

  @Test
  void elementsLeftOutRepeatedAndExchanged() {
    for (int at = 0; at < relations.length; at += Ext.BYTES) {
      byte[] without = Arrays.copyOf(relations, relations.length - Ext.BYTES);
      int rest = relations.length - at - Ext.BYTES;
      System.arraycopy(relations, at + Ext.BYTES, without, at, rest);
      rejected("without the element at byte " + at, without);
      byte[] twice = Arrays.copyOf(relations, relations.length + Ext.BYTES);
      System.arraycopy(relations, at, twice, at + Ext.BYTES, relations.length - at);
      rejected("twice the element at byte " + at, twice);
      if (rest > 0) {
        byte[] exchanged = relations.clone();
        System.arraycopy(relations, at, exchanged, at + Ext.BYTES, Ext.BYTES);
        System.arraycopy(relations, at + Ext.BYTES, exchanged, at, Ext.BYTES);
        rejected("exchanged at byte " + at, exchanged);
      }
    }
  }
}
