package org.zkc.gkr.prove.layered;

import java.util.Arrays;
import java.util.List;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Kernels;
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

  /**
   * Adds the sums of weight times wire to every copy's {@code sums}.
   *
   * @param patterns of registers of the same two residues
   * @param weights of their wires
   */
  void addWires(List<Register.Patterns> patterns, List<ExtVector> weights, ExtVector sums) {
    int run = quarter.run();
    long wires = weights.stream().mapToLong(ExtVector::length).sum();
    workers.forEachPiece(
        quarter.groups(),
        wires * run,
        PIECE,
        (first, end) -> {
          long[] byPattern = new long[LIMBS * GridClasses.PATTERNS * run];
          for (int group = first; group < end; group++) {
            Arrays.fill(byPattern, 0);
            for (int r = 0; r < patterns.size(); r++) {
              ExtVector own = weights.get(r);
              int width = own.length();
              for (int k = 0; k < width; k++) {
                int at = quarter.at(group, width, k);
                add(byPattern, patterns.get(r).of(), at, run, own.get(k));
              }
            }
            for (int c = 0; c < run; c++) {
              toCorners(patterns.getFirst(), byPattern, c, sums, group * run + c);
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

  /**
   * Writes every wire's extension over the copies at a point to {@code out}.
   *
   * @param table of {@link #products} of the patterns' residues and the point
   */
  void ends(Register.Patterns patterns, long[] table, ExtVector out) {
    int run = quarter.run();
    int width = out.length();
    workers.forEachPiece(
        width,
        quarter.copies(),
        PIECE,
        (first, end) -> {
          long[] sums = new long[LIMBS * (end - first)];
          // A group's part of the table stays in a cache.
          for (int group = 0; group < quarter.groups(); group++) {
            int part = LIMBS * GridClasses.PATTERNS * run * group;
            for (int k = first; k < end; k++) {
              int at = quarter.at(group, width, k);
              addLookedUp(sums, LIMBS * (k - first), patterns.of(), at, run, table, part);
            }
          }
          for (int k = first; k < end; k++) {
            out.set(k, reduced(sums, LIMBS * (k - first)));
          }
        });
  }

  /**
   * For each copy of a quarter eq times the values of all patterns at {@code point}, limb by limb.
   */
  long[] products(Register.Patterns two, Ext[] point) {
    ExtVector values = values(1, two.low(), two.high(), point[0], point[1]);
    ExtVector eq = EqTable.of(Arrays.copyOfRange(point, 2, point.length));
    long[] out = new long[LIMBS * GridClasses.PATTERNS * eq.length()];
    ExtVector products = new ExtVector(GridClasses.PATTERNS);
    for (int c = 0; c < eq.length(); c++) {
      products.fill(Ext.ZERO);
      Kernels.best().addScaled(products, eq.get(c), values);
      for (int limb = 0; limb < LIMBS; limb++) {
        int[] of = products.limb(limb);
        for (int k = 0; k < of.length; k++) {
          out[LIMBS * (GridClasses.PATTERNS * c + k) + limb] = of[k];
        }
      }
    }
    return out;
  }

  private static void addLookedUp(
      long[] sums, int to, int[] patterns, int at, int run, long[] table, int from) {
    long s0 = 0;
    long s1 = 0;
    long s2 = 0;
    long s3 = 0;
    for (int c = 0; c < run; c++) {
      int place = from + LIMBS * (GridClasses.PATTERNS * c + patterns[at + c]);
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

  /**
   * The values of all patterns of a sum of registers where both variables are bound to these
   * challenges.
   *
   * @param low the residue of the registers that a bit of 0 stands for
   */
  static ExtVector values(int addends, int low, int high, Ext first, Ext second) {
    Ext[] ofCorner = new Ext[CORNERS];
    for (int corner = 0; corner < CORNERS; corner++) {
      Ext t = Mle.eqAt(first, Ext.of(corner >> 1));
      ofCorner[corner] = t.mul(Mle.eqAt(second, Ext.of(corner & 1)));
    }
    Ext step = Ext.of(M31.sub(high, low));
    ExtVector out = new ExtVector(GridClasses.patterns(addends));
    out.set(0, Ext.of(M31.mul(addends, low)));
    int digit = 1;
    for (Ext corner : ofCorner) {
      Ext more = corner.mul(step);
      for (int k = digit; k < digit * (addends + 1); k++) {
        out.set(k, out.get(k - digit).add(more));
      }
      digit *= addends + 1;
    }
    return out;
  }
}
