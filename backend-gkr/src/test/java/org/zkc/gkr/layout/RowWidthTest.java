package org.zkc.gkr.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.IntToLongFunction;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/** The tables of what queries open on average, and the widths that follow from them. */
class RowWidthTest {
  private static final IntUnaryOperator FEW_VARIABLES = _ -> 1;

  @Test
  void theTablesAreTheAveragesOfTheirFormulas() {
    double queries = RowWidth.NOMINAL_QUERIES;
    assertEquals(RowWidth.DISTINCT.length, RowWidth.DIGESTS.length);
    for (int k = 0; k < RowWidth.DISTINCT.length; k++) {
      double n = 4.0 * RowWidth.MIN * (1 << k);
      double digests = 0;
      for (double l = n; l > 1; l /= 2) {
        digests += l * (StrictMath.pow(1 - 1 / l, queries) - StrictMath.pow(1 - 2 / l, queries));
      }
      double distinct = n * (1 - StrictMath.pow(1 - 1 / n, queries));
      assertEquals(StrictMath.round(distinct), RowWidth.DISTINCT[k]);
      assertEquals(StrictMath.round(digests), RowWidth.DIGESTS[k]);
    }
  }

  @Test
  void moreCellsNeverMakeTheWitnessNarrower() {
    int last = 0;
    for (long cells = 1; cells < 1L << 33; cells *= 2) {
      int width = RowWidth.chooseForWitness(0, FEW_VARIABLES, rowsOf(cells));
      assertTrue(width >= last, width + " after " + last);
      last = width;
    }
    assertTrue(last > 1 << 15);
  }

  @Test
  void theWitnessLeavesErrorToOtherTerms() {
    // At 24 row variables the proximity of rows of 2^16 elements takes 3/8 of the error, and no
    // more.
    assertEquals(1 << 16, RowWidth.chooseForWitness(0, _ -> 24, rowsOf(1L << 33)));
    assertEquals(1 << 15, RowWidth.chooseForWitness(0, _ -> 25, rowsOf(1L << 33)));
  }

  @Test
  void aSystemWithoutCommittedTensorsHasTheLeastWidth() {
    assertEquals(RowWidth.MIN, RowWidth.chooseForWitness(0, FEW_VARIABLES, _ -> 0));
  }

  private static IntToLongFunction rowsOf(long cells) {
    return width -> (cells + width - 1) / width;
  }
}
