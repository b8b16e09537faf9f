package org.zkc.gkr.relation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.MatMul;
import org.zkc.gkr.circuit.Product;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.Requantize;
import org.zkc.gkr.circuit.Table;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.circuit.TensorDeclaration.Role;
import org.zkc.gkr.estimate.ProofSize;
import org.zkc.gkr.layout.Arithmetization;
import org.zkc.gkr.security.SecurityParameters;
import org.zkc.gkr.security.SoundnessBudget;

/**
 * Layouts, parameters and sizes of models of 10^9 weights and more, from their shapes alone: the
 * matrices of language models, with everything between them left out.
 */
class LargeRowsTest {
  private static final int TOKENS = 8;

  private final List<TensorDeclaration> tensors = new ArrayList<>();
  private final List<Relation> relations = new ArrayList<>();
  private long weights;

  private int product(int source, int outputs) {
    int inner = tensors.get(source).extent(1);
    int model = tensors.size();
    tensors.add(new TensorDeclaration(Role.MODEL, List.of(outputs, inner), 0, 0, 0, 0));
    weights += (long) outputs * inner;
    tensors.add(TensorDeclaration.virtual(List.of(TOKENS, outputs), 0, 0));
    relations.add(new MatMul(model + 1, source, model));
    return model + 1;
  }

  private int committed(int source) {
    int t = tensors.size();
    tensors.add(TensorDeclaration.witness(tensors.get(source).shape(), 0, 0));
    relations.add(new Requantize(t, source, 0, List.of(), 0));
    return t;
  }

  /** Layers of four projections and a feed-forward of three matrices, and the vocabulary. */
  private Arithmetization model(int layers, int width, int heads, int hidden, int vocabulary) {
    tensors.add(TensorDeclaration.input(List.of(TOKENS, width), 0, 0));
    int x = 0;
    for (int layer = 0; layer < layers; layer++) {
      ArrayList<Affine.Term> terms = new ArrayList<>();
      for (int outputs : List.of(width, heads)) {
        // Two projections there and back each: what attention does between them has no weights.
        int y = committed(product(x, outputs));
        terms.add(new Affine.Term(committed(product(y, width)), 1, List.of()));
      }
      int gate = committed(product(x, hidden));
      int up = committed(product(x, hidden));
      int gated = tensors.size();
      tensors.add(TensorDeclaration.virtual(List.of(TOKENS, hidden), 0, 0));
      relations.add(new Product(gated, gate, up));
      terms.add(new Affine.Term(committed(product(committed(gated), width)), 1, List.of()));
      int sum = tensors.size();
      tensors.add(TensorDeclaration.virtual(List.of(TOKENS, width), 0, 0));
      relations.add(new Affine(sum, terms, List.of()));
      x = committed(sum);
    }
    int out = product(x, vocabulary);
    Circuit circuit =
        new Circuit(
            tensors, List.of(new Table.Clamp(0, 2, 0, 0)), relations, List.of(0), List.of(out));
    return Arithmetization.of(CircuitCheck.check(circuit));
  }

  private static void reachesTheTarget(Arithmetization a) {
    SecurityParameters p = SecurityParameters.of(a);
    assertTrue(
        SoundnessBudget.of(a, p).totalBits() >= SecurityParameters.TARGET_BITS, p.toString());
    assertTrue(p.queries() <= 140, p.toString());
  }

  private static double proofBytes(Arithmetization a) {
    ProofSize size = ProofSize.of(a, SecurityParameters.of(a));
    return size.bytes();
  }

  @Test
  void oneBillion() {
    Arithmetization a = model(16, 2048, 512, 8192, 128_256);
    assertTrue(weights > 1_000_000_000L && weights < 1_700_000_000L, weights + " weights");
    reachesTheTarget(a);
    assertTrue(proofBytes(a) < 8e6, proofBytes(a) + " bytes");
  }

  @Test
  void twoBillion() {
    Arithmetization a = model(28, 3072, 1024, 8192, 128_256);
    assertTrue(weights > 2_000_000_000L && weights < 3_500_000_000L, weights + " weights");
    reachesTheTarget(a);
    assertTrue(proofBytes(a) < 20e6, proofBytes(a) + " bytes");
  }

  /** Rows of 2^16 would open 73 MB; 2^18 would leave less than 100 bits. */
  @Test
  void eightBillion() {
    Arithmetization a = model(32, 4096, 1024, 14_336, 128_256);
    assertTrue(weights > 7_000_000_000L && weights < 8_000_000_000L, weights + " weights");
    reachesTheTarget(a);
    assertEquals(1 << 17, a.model().width());
    assertTrue(proofBytes(a) < 36e6, proofBytes(a) + " bytes");
  }

  /** Everything that counts weights or cells counts beyond 2^31. */
  @Test
  void cellsAreCountedInLongs() {
    Arithmetization a = model(32, 4096, 1024, 14_336, 128_256);
    long cells = (long) a.model().rows() * a.model().width();
    assertTrue(cells > 1L << 32 && cells >= weights, cells + " cells");
  }
}
