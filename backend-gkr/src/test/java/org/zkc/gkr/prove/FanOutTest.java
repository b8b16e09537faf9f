package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.protocol.ProtocolConstants;

/**
 * A tensor that many relations read: each reads the same one, whether its claims are carried on or
 * merged.
 */
class FanOutTest {
  @TempDir Path directory;

  @Test
  void everyReaderOfATensorReadsTheSameOne() throws Exception {
    for (int readers : new int[] {3, ProtocolConstants.MERGE_ABOVE + 3}) {
      CircuitBuilder b = new CircuitBuilder(8);
      int x = b.input(-100, 100, 3, 5);
      int a = b.requantize(x, 2, 1, -20, 20);
      int shared =
          b.affine(List.of(3, 5), List.of(CircuitBuilder.term(a, 2), CircuitBuilder.term(x, 1)));
      for (int k = 1; k <= readers; k++) {
        b.output(b.affine(List.of(3, 5), List.of(CircuitBuilder.term(shared, k))));
      }
      b.output(b.product(shared, shared));
      try (WeakProof weak = new WeakProof(b, directory)) {
        assertNull(weak.rejection(weak.statement(weak.honest), weak.prove()));
        List<Integer> outputs = weak.circuit.circuit().outputs();
        for (int output : outputs) {
          int[][] elements = weak.honest.clone();
          elements[output] = weak.honest[output].clone();
          elements[output][7] += elements[output][7] > 0 ? -1 : 1;
          byte[] proof = weak.prove(weak.statement(elements), new ForgedValues(weak, elements));
          String why = weak.rejection(weak.statement(elements), proof);
          assertNotNull(why, "one of " + readers + " readers saw another tensor: output " + output);
          assertTrue(why.contains("ending"), why);
        }
        // A reader's own copy of the shared tensor: all others and the definition have the honest
        // one.
        int[][] copy = weak.honest.clone();
        copy[shared] = weak.honest[shared].clone();
        copy[shared][7] += 1;
        byte[] proof = weak.prove(weak.statement(weak.honest), new ForgedValues(weak, copy));
        assertNotNull(weak.rejection(weak.statement(weak.honest), proof), "readers " + readers);
      }
    }
  }

  private interface Definition {
    int of(CircuitBuilder b, int source);
  }

  private static final List<Definition> DEFINITIONS =
      List.of(
          (b, a) -> b.matMul(a, b.model(-9, 9, 5, 5)),
          (b, a) -> b.conv(a, b.model(-9, 9, 2, 2, 3, 3), 1, 1, 1, 1),
          (b, a) -> {
            int weight = b.model(-9, 9, 2, 2, 3, 3);
            Conv c = new Conv(-1, a, weight, List.of(1, 1), List.of(1, 1), List.of(1, 1), 1);
            return b.fftConv(c, List.of(4, 5));
          },
          (b, a) -> b.product(a, a),
          (b, a) -> b.gather(a, b.input(0, 0, 3)),
          (b, a) -> b.matMul(a, b.view(a, new ViewStep.Window(2, 3, 1, 1, 1, 1))),
          (b, a) -> {
            ViewStep rows = new ViewStep.Window(2, 3, 1, 1, 1, 1);
            ViewStep columns = new ViewStep.Window(3, 2, 1, 1, 2, 1);
            return b.conv(a, b.view(a, rows, columns), 1, 0, 1, 1);
          });

  /** Every way to define a virtual tensor takes up all claims on it. */
  @Test
  void everyClaimOnADefinedTensorCounts() throws Exception {
    for (int kind = 0; kind < DEFINITIONS.size(); kind++) {
      CircuitBuilder b = new CircuitBuilder(9);
      int x = b.input(-100, 100, 1, 2, 4, 5);
      int a = b.requantize(x, 2, 1, -20, 20);
      int shared = DEFINITIONS.get(kind).of(b, a);
      for (int k = 1; k <= 2; k++) {
        b.output(b.affine(b.shape(shared), List.of(CircuitBuilder.term(shared, k))));
      }
      try (WeakProof weak = new WeakProof(b, directory)) {
        assertNull(weak.rejection(weak.statement(weak.honest), weak.prove()), "kind " + kind);
        for (int output : weak.circuit.circuit().outputs()) {
          int[][] elements = weak.honest.clone();
          elements[output] = weak.honest[output].clone();
          elements[output][7] += elements[output][7] > 0 ? -1 : 1;
          byte[] proof = weak.prove(weak.statement(elements), new ForgedValues(weak, elements));
          String why = weak.rejection(weak.statement(elements), proof);
          assertNotNull(why, "kind " + kind + ", output " + output);
          assertTrue(why.contains("ending"), why);
        }
      }
    }
  }
}
