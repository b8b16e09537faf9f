package org.zkc.runtime.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class PassAblationTest {
  @Test
  void everyOptimisationHasARowAndTheMatrixRelationsAreWorthTheirProducts() {
    List<PassAblation.Row> rows = new PassAblation(0, 1).measure(BenchmarkModel.MLP, what -> {});
    assertEquals(PassAblation.variants().size(), rows.size());
    PassAblation.Row on = rows.getFirst();
    assertEquals(0, on.multiplicationsProved());
    for (PassAblation.Row row : rows) {
      assertEquals("", row.failure(), row.variant());
      boolean written = row.variant().equals("rewrite-matmul-checks");
      assertEquals(written ? 784 * 128 + 128 * 10 : 0, row.multiplicationsProved(), row.variant());
      // What a proof allocates depends on what is compiled by then: it is not compared.
      assertTrue(row.allocatedBytes() > 0, row.variant());
      if (written) {
        assertFalse(row.isLike(on));
        assertTrue(row.proofBytes() > on.proofBytes(), row + " and " + on);
      }
    }
    assertTrue(on.isLike(on) && on.proveCpu() > 0 && on.lookups() > 0 && on.rSquared() > 0.99);
  }
}
