package org.zkc.gkr.prove.layered;

import java.util.Arrays;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.mle.Mle;

/**
 * Sums of a register's values with weights over E, made from its patterns without a product for a
 * value: a weight is added to the sum of the pattern that it meets, or looked up in a table of its
 * products with all sixteen.
 */
final class PatternSums {
  /** Elements that a thread works on at a time at least. */
  private static final int PIECE = 1 << 12;

  private static final int LIMBS = 4;
  private static final int CORNERS = 4;

  private final CopyOrder quarter;
  private final Workers workers;

  /** Sums of the patterns of registers of this order, whole tables. */
  PatternSums(CopyOrder order, Workers workers) {
    quarter = new CopyOrder(order.groups() / 4, order.run());
    this.workers = workers;
  }

  /** Adds the sum of weight times wire to every copy's {@code sums}. */
  void addWires(Register.Patterns patterns, ExtVector weights, ExtVector sums) {
    int run = quarter.run();
    int width = weights.length();
    workers.forEachPiece(
        quarter.groups(),
        (long) width * run,
        PIECE,
        (first, end) -> {
          long[] byPattern = new long[LIMBS * GridClasses.PATTERNS * run];
          for (int group = first; group < end; group++) {
            Arrays.fill(byPattern, 0);
            for (int k = 0; k < width; k++) {
              add(byPattern, patterns.of(), quarter.at(group, width, k), run, weights.get(k));
            }
            for (int c = 0; c < run; c++) {
              toCorners(patterns, byPattern, c, sums, group * run + c);
            }
          }
        });
  }

  private static void add(long[] sums, int[] patterns, int at, int run, Ext weight) {
    long w0 = weight.c0();
    long w1 = weight.c1();
    long w2 = weight.c2();
    long w3 = weight.c3();
    for (int c = 0; c < run; c++) {
      int place = LIMBS * (GridClasses.PATTERNS * c + patterns[at + c]);
      sums[place] += w0;
      sums[place + 1] += w1;
      sums[place + 2] += w2;
      sums[place + 3] += w3;
    }
  }

  private void toCorners(Register.Patterns two, long[] byPattern, int c, ExtVector sums, int copy) {
    long[] lows = new long[LIMBS * CORNERS];
    long[] highs = new long[LIMBS * CORNERS];
    for (int pattern = 0; pattern < GridClasses.PATTERNS; pattern++) {
      int from = LIMBS * (GridClasses.PATTERNS * c + pattern);
      for (int corner = 0; corner < CORNERS; corner++) {
        long[] to = (pattern >> corner & 1) == 0 ? lows : highs;
        for (int limb = 0; limb < LIMBS; limb++) {
          to[LIMBS * corner + limb] += byPattern[from + limb];
        }
      }
    }
    for (int corner = 0; corner < CORNERS; corner++) {
      int at = corner * quarter.copies() + copy;
      Ext low = reduced(lows, LIMBS * corner).mulBase(two.low());
      Ext high = reduced(highs, LIMBS * corner).mulBase(two.high());
      sums.set(at, sums.get(at).add(low).add(high));
    }
  }

  private static Ext reduced(long[] sums, int at) {
    return new Ext(
        M31.reduce(sums[at]),
        M31.reduce(sums[at + 1]),
        M31.reduce(sums[at + 2]),
        M31.reduce(sums[at + 3]));
  }

  /** Writes every wire's extension over the copies at {@code point} to {@code out}. */
  void ends(Register.Patterns patterns, Ext[] point, ExtVector out) {
    int run = quarter.run();
    int width = out.length();
    ExtVector values = values(patterns, point[0], point[1]);
    ExtVector eq = EqTable.of(Arrays.copyOfRange(point, 2, point.length));
    workers.forEachPiece(
        width,
        quarter.copies(),
        PIECE,
        (first, end) -> {
          long[] sums = new long[LIMBS * (end - first)];
          long[] table = new long[LIMBS * GridClasses.PATTERNS * run];
          for (int group = 0; group < quarter.groups(); group++) {
            for (int k = 0; k < GridClasses.PATTERNS * run; k++) {
              Ext of =
                  eq.get(group * run + k / GridClasses.PATTERNS)
                      .mul(values.get(k % GridClasses.PATTERNS));
              set(table, LIMBS * k, of);
            }
            for (int k = first; k < end; k++) {
              addLookedUp(
                  sums,
                  LIMBS * (k - first),
                  patterns.of(),
                  quarter.at(group, width, k),
                  run,
                  table);
            }
          }
          for (int k = first; k < end; k++) {
            out.set(k, reduced(sums, LIMBS * (k - first)));
          }
        });
  }

  private static void set(long[] table, int at, Ext value) {
    table[at] = value.c0();
    table[at + 1] = value.c1();
    table[at + 2] = value.c2();
    table[at + 3] = value.c3();
  }

  private static void addLookedUp(
      long[] sums, int to, int[] patterns, int at, int run, long[] table) {
    long s0 = 0;
    long s1 = 0;
    long s2 = 0;
    long s3 = 0;
    for (int c = 0; c < run; c++) {
      int place = LIMBS * (GridClasses.PATTERNS * c + patterns[at + c]);
      s0 += table[place];
      s1 += table[place + 1];
      s2 += table[place + 2];
      s3 += table[place + 3];
    }
    sums[to] += s0;
    sums[to + 1] += s1;
    sums[to + 2] += s2;
    sums[to + 3] += s3;
  }

  /** The values of all patterns where both variables are bound to these challenges. */
  static ExtVector values(Register.Patterns two, Ext first, Ext second) {
    ExtVector out = new ExtVector(GridClasses.PATTERNS);
    for (int pattern = 0; pattern < GridClasses.PATTERNS; pattern++) {
      Ext value = Ext.ZERO;
      for (int corner = 0; corner < CORNERS; corner++) {
        Ext t = Mle.eqAt(first, Ext.of(corner >> 1));
        Ext u = Mle.eqAt(second, Ext.of(corner & 1));
        int residue = (pattern >> corner & 1) == 0 ? two.low() : two.high();
        value = value.add(t.mul(u).mulBase(residue));
      }
      out.set(pattern, value);
    }
    return out;
  }
}
