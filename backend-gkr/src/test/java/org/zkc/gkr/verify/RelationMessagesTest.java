package org.zkc.gkr.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.proof.Proof;
import org.zkc.gkr.prove.WeakProof;
import org.zkc.gkr.statement.Statement;

/** Every message of the sumcheck of a relation counts, and so does its place. */
class RelationMessagesTest {
  @TempDir Path directory;
  private WeakProof weak;
  private Statement statement;
  private Proof proof;
  private byte[] relations;

  /** Circuits of one relation, and how many elements it sends. */
  private enum Kind {
    FOURIER(
        // (2, 3) channels in 3 rounds of 2 values, (8, 4) frequencies in 5 of 3, and two claims.
        3 * 2 + 5 * 3 + 2) {
      @Override
      int build(CircuitBuilder b) {
        int source = b.requantize(b.input(-100, 100, 1, 6, 4, 3), 1, 1, -40, 40);
        int w = b.model(-9, 9, 4, 3, 2, 2);
        Conv c = new Conv(-1, source, w, List.of(1, 1), List.of(1, 0), List.of(1, 1), 2);
        return b.fftConv(c, List.of(4, 2));
      }
    },
    MATRICES(
        // (3, 2) matrices in 3 rounds, products of 5 in 3, and two claims.
        3 * 2 + 3 * 2 + 2) {
      @Override
      int build(CircuitBuilder b) {
        return b.matMul(committed(b, 3, 2, 4, 5), committed(b, 3, 2, 3, 5));
      }
    },
    ROWS(
        // 11 rows in 4 rounds of 2 values, and a claim.
        4 * 2 + 1) {
      @Override
      int build(CircuitBuilder b) {
        return b.gather(committed(b, 11, 3), b.input(0, 10, 2, 2));
      }
    },
    MATRIX_BY_ITSELF(3 * 2 + 2) {
      @Override
      int build(CircuitBuilder b) {
        int x = committed(b, 3, 7);
        return b.matMul(x, x);
      }
    },
    COMPUTED_KERNEL(
        // (2, 2, 3) taps in 4 rounds of 2 values, and two claims.
        4 * 2 + 2) {
      @Override
      int build(CircuitBuilder b) {
        return b.conv(committed(b, 1, 2, 4, 5), committed(b, 3, 2, 2, 3), 1, 0, 1, 1);
      }
    };

    final int elements;

    Kind(int elements) {
      this.elements = elements;
    }

    abstract int build(CircuitBuilder b);

    static int committed(CircuitBuilder b, Integer... shape) {
      return b.requantize(b.input(-100, 100, shape), 1, 1, -40, 40);
    }
  }

  private void prove(Kind kind) throws Exception {
    CircuitBuilder b = new CircuitBuilder(22);
    weak = new WeakProof(b.output(kind.build(b)), directory);
    statement = weak.statement(weak.honest);
    proof = Proof.decode(weak.prove());
    weak.verify(statement, proof.encode());
    relations = proof.sections().get(Section.RELATIONS);
    assertEquals(kind.elements * Ext.BYTES, relations.length);
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
            proof.combinationRoot(),
            proof.queryNonce(),
            proof.combinationNonce(),
            proof.openings());
    assertNotNull(weak.rejection(statement, altered.encode()), what + " was accepted");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void everyLimbOfEveryElement(Kind kind) throws Exception {
    prove(kind);
    for (int at = 0; at < relations.length; at += M31.BYTES) {
      byte[] changed = relations.clone();
      changed[at] ^= 1;
      rejected("limb at byte " + at, changed);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void elementsLeftOutRepeatedAndExchanged(Kind kind) throws Exception {
    prove(kind);
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
