package org.zkc.gkr.prove;

import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.layout.ModelLayout;
import org.zkc.gkr.prove.sumcheck.SumcheckTables;
import org.zkc.gkr.relation.MergedClaims;
import org.zkc.gkr.relation.Reduction;

/**
 * The places at which a malicious prover sees and changes more than its values. Each step of the
 * proof hands over such data just before using them. An honest prover has {@link #NONE}; the
 * attacks of the tests implement this interface. A test of soundness needs these places because the
 * first equation catches an attacker who only lies about values, and the later equations would stay
 * untried.
 */
interface Adversary {
  /** The honest prover's. */
  Adversary NONE = new Adversary() {};

  /** Whether the prover must hold all fractions at once, for {@link #seeFractions}. */
  default boolean seesFractions() {
    return false;
  }

  /**
   * Sees the fractions p / q of both trees of the lookup argument before they are proved. The
   * prover calls this only where {@link #seesFractions} holds, or where the lookups are so few that
   * it holds their fractions anyway.
   */
  default void seeFractions(
      ExtVector lookupP, ExtVector lookupQ, ExtVector tableP, ExtVector tableQ) {}

  /**
   * Sees a combination of a MODEL tensor's rows before it is proved.
   *
   * @param rowPoint the coefficients are eq(rowPoint, .)
   * @param row laid out as the commitment's rows are
   */
  default void seeModelRow(ModelLayout.Entry entry, Ext[] rowPoint, ExtVector row) {}

  /**
   * Sees a part of a reduction's sumcheck before it is proved.
   *
   * @return the tables that are proved instead
   */
  default SumcheckTables seeRounds(
      Reduction reduction, int part, MergedClaims claims, SumcheckTables tables) {
    return tables;
  }

  /** Sees the values of the ends of a reduction before they are sent. */
  default void seeEnds(Reduction reduction, Reduction.Closing closing, Ext[] ends) {}

  /**
   * Sees the folded factors of a product of matrices before its sumcheck is proved, or those of a
   * choice of rows: the weights by row, then the rows.
   *
   * @param claim the sum of eq(sharedPoint, .) times both
   * @param right over the shared axes and i, laid out
   * @param left likewise
   */
  default void seeFactors(Ext claim, Ext[] sharedPoint, ExtVector right, ExtVector left) {}

  /**
   * Sees a convolution in FFT form before its sumcheck over channels is proved.
   *
   * @param claim the sum of kernel times windows
   */
  default void seeWindows(Ext claim, ExtVector kernel, ExtVector windows) {}

  /**
   * Sees a convolution in FFT form before its sumcheck over frequencies is proved.
   *
   * @param claim the sum of g times kernel times source
   */
  default void seeFrequencies(Ext claim, ExtVector g, ExtVector kernel, ExtVector source) {}
}
