package org.zkc.gkr.verify;

import java.util.List;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.ViewStep;

/**
 * Small circuits whose proofs have something in every section, by how combinations reach the
 * verifier.
 */
enum CombinationForm {
  /** Combinations of short rows are sent. */
  SENT(0),
  /** A weight that fills a row of 4,096 elements makes it shorter to commit to them. */
  COMMITTED(1 << 12);

  private final int elements;

  CombinationForm(int elements) {
    this.elements = elements;
  }

  CircuitBuilder circuit() {
    CircuitBuilder b = new CircuitBuilder(21);
    int x = b.input(-100, 100, 1, 1, 4, 5);
    int y =
        b.requantize(
            b.addBias(b.conv(x, b.model(-9, 9, 3, 1, 2, 2), 1, 0, 1, 1), b.model(-50, 50, 3)),
            3,
            1,
            0,
            60);
    int m = b.max(7, y, b.view(y, new ViewStep.Window(3, 4, 1, 1, 1, 1)));
    b.output(b.affine(b.shape(m), List.of(CircuitBuilder.term(m, 2))));
    if (elements > 0) {
      b.output(b.matMul(b.input(-3, 3, 1, elements), b.model(-9, 9, 2, elements)));
    }
    return b;
  }
}
