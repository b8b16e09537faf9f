package org.zkc.gkr.layout;

import java.util.ArrayList;
import java.util.List;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.mle.Mle;

/**
 * The places of the row combinations of witness and model in a matrix of their own, which is
 * committed to so that the combinations need not be sent. An element of E stands in four rows of F,
 * one for each limb; each combination begins at a row of its own and is cut into rows of {@link
 * #width} elements. A combination shorter than a row sits at its start.
 */
public final class CombinationLayout implements RowLayout {
  /** Rows of F for one row of E. */
  public static final int LIMBS = 4;

  /** The element of E that the limb of this index counts. */
  public static Ext unit(int limb) {
    return new Ext(limb == 0 ? 1 : 0, limb == 1 ? 1 : 0, limb == 2 ? 1 : 0, limb == 3 ? 1 : 0);
  }

  /**
   * @param of the commitment whose rows are combined
   * @param variables of the combination: those of a row of that commitment
   * @param firstRow its first row over E
   * @param rows its rows over E
   */
  public record Entry(Opening of, int variables, int firstRow, int rows) {}

  private final int width;
  private final int rows;
  private final List<Entry> entries;

  private CombinationLayout(int width, int rows, List<Entry> entries) {
    this.width = width;
    this.rows = rows;
    this.entries = List.copyOf(entries);
  }

  /**
   * The layout of two combinations, of one or of none; empty where they are sent.
   *
   * @param ofWitness elements of the witness' combination, a power of two; 0 when there is none
   * @param ofModel likewise of the model's
   */
  public static CombinationLayout of(int ofWitness, int ofModel) {
    int width = RowWidth.chooseForCombinations(ofWitness, ofModel);
    if (width == 0) {
      return new CombinationLayout(RowWidth.MIN, 0, List.of());
    }
    ArrayList<Entry> entries = new ArrayList<>();
    int row = 0;
    if (ofWitness > 0) {
      row = rows(ofWitness, width);
      entries.add(new Entry(Opening.WITNESS, Mle.variables(ofWitness), 0, row));
    }
    if (ofModel > 0) {
      int own = rows(ofModel, width);
      entries.add(new Entry(Opening.MODEL, Mle.variables(ofModel), row, own));
      row += own;
    }
    return new CombinationLayout(width, row, entries);
  }

  /** Rows over E of a combination of {@code elements}, at a width. */
  static int rows(int elements, int width) {
    return (elements + width - 1) / width;
  }

  @Override
  public int width() {
    return width;
  }

  public int widthVariables() {
    return Integer.numberOfTrailingZeros(width);
  }

  /** Rows over F. */
  @Override
  public int rows() {
    return LIMBS * rows;
  }

  public List<Entry> entries() {
    return entries;
  }

  /** Variables of the sumcheck over all combinations, at least those of a row. */
  public int variables() {
    int most = widthVariables();
    for (Entry e : entries) {
      most = Math.max(most, e.variables());
    }
    return most;
  }

  /** The variables that number the rows of one combination, and those that merge them. */
  public int rowVariables() {
    return variables() - widthVariables() + Mle.variables(entries.size());
  }

  /**
   * The most claims on all combinations: one about the extension of each, and one about each symbol
   * of its codeword that is queried.
   */
  public int mostClaims(int queries) {
    return entries.size() * (1 + queries);
  }

  @Override
  public boolean isEmpty() {
    return entries.isEmpty();
  }
}
