package org.zkc.gkr.fourier;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.UMIN;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;
import org.zkc.gkr.field.M31;

/**
 * Layers whose pairs are at least a vector apart run on contiguous loads with one twiddle. In the
 * others, the lower and upper halves of all pairs of two adjacent vectors are selected, multiplied
 * and put back.
 *
 * <p>A sum x y + z w of products of residues is formed from even and odd lanes with one factor of
 * each product doubled. It stays below 2^64; its high 32 bits are then the multiple q of 2^31, at
 * most 2p - 2, and its low 32 bits twice the rest r. min(q, q - p), unsigned, is below p, and so is
 * what the same makes of its sum with r.
 */
final class VectorLoops implements FourierLoops {
  private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;
  private static final int LANES = I.length();
  private static final int LOG_LANES = Integer.numberOfTrailingZeros(LANES);
  private static final IntVector MODULUS = IntVector.broadcast(I, M31.P);
  private static final LongVector LOW = LongVector.broadcast(L, 0xFFFFFFFFL);
  private static final LongVector HIGH = LongVector.broadcast(L, 0xFFFFFFFFL << 32);

  // For pairs 2^bit apart, bit below LOG_LANES, five index vectors: which of 2 * LANES adjacent
  // values are the lower and upper members of pairs, which of the twiddles from the first on each
  // pair has, and where the values go back to. Ints, because vectors read from an array are boxed.
  private static final int[] INDICES = new int[5 * LOG_LANES * LANES];

  static {
    for (int bit = 0; bit < LOG_LANES; bit++) {
      int at = 5 * bit * LANES;
      for (int pair = 0; pair < LANES; pair++) {
        int low = (pair >> bit << bit + 1) | pair & ((1 << bit) - 1);
        int high = low | 1 << bit;
        INDICES[at + pair] = low;
        INDICES[at + LANES + pair] = high;
        INDICES[at + 2 * LANES + pair] = pair >> bit;
        INDICES[at + 3 * LANES + low] = pair;
        INDICES[at + 3 * LANES + high] = LANES + pair;
      }
    }
  }

  private static final PlainLoops PLAIN = new PlainLoops();

  /** x t + y u for even or odd lanes, t and u doubled. */
  private static LongVector products(LongVector x, LongVector t, LongVector y, LongVector u) {
    return x.mul(t).add(y.mul(u));
  }

  private static LongVector odd(IntVector x) {
    return x.reinterpretAsLongs().lanewise(LSHR, 32);
  }

  private static LongVector even(IntVector x) {
    return x.reinterpretAsLongs().and(LOW);
  }

  /** The residues of what {@link #products} made of even and odd lanes. */
  private static IntVector reduced(LongVector even, LongVector odd) {
    IntVector quotient = even.lanewise(LSHR, 32).or(odd.and(HIGH)).reinterpretAsInts();
    IntVector rest =
        even.and(LOW).or(odd.lanewise(LSHL, 32)).reinterpretAsInts().lanewise(LSHR, 1);
    IntVector sum = quotient.lanewise(UMIN, quotient.sub(MODULUS)).add(rest);
    return sum.lanewise(UMIN, sum.sub(MODULUS));
  }

  private static IntVector sum(IntVector a, IntVector b) {
    IntVector s = a.add(b);
    return s.lanewise(UMIN, s.sub(MODULUS));
  }

  private static IntVector difference(IntVector a, IntVector b) {
    IntVector d = a.sub(b);
    return d.lanewise(UMIN, d.add(MODULUS));
  }

  private static LongVector doubled(int residue) {
    return LongVector.broadcast(L, 2L * residue).and(LOW);
  }

  private static boolean isNarrow(int half, int groups) {
    return half < LANES && half * groups >= LANES;
  }

  @Override
  public void forward(int[] re, int[] im, int at, int half, int groups, Roots roots, int first) {
    if (half >= LANES) {
      for (int g = 0; g < groups; g++) {
        int low = at + 2 * g * half;
        if (first + g == 0) {
          sumAndDifference(re, low, half);
          sumAndDifference(im, low, half);
        } else {
          forward(re, im, low, half, roots.re()[first + g], roots.im()[first + g]);
        }
      }
    } else if (isNarrow(half, groups) && LANES <= Roots.PADDING) {
      narrowForward(re, im, at, Integer.numberOfTrailingZeros(half), groups, roots, first);
    } else {
      PLAIN.forward(re, im, at, half, groups, roots, first);
    }
  }

  @Override
  public void inverse(int[] re, int[] im, int at, int half, int groups, Roots roots, int first) {
    if (half >= LANES) {
      for (int g = 0; g < groups; g++) {
        int low = at + 2 * g * half;
        if (first + g == 0) {
          sumAndDifference(re, low, half);
          sumAndDifference(im, low, half);
        } else {
          inverse(re, im, low, half, roots.re()[first + g], M31.P - roots.im()[first + g]);
        }
      }
    } else if (isNarrow(half, groups) && LANES <= Roots.PADDING) {
      narrowInverse(re, im, at, Integer.numberOfTrailingZeros(half), groups, roots, first);
    } else {
      PLAIN.inverse(re, im, at, half, groups, roots, first);
    }
  }

  /** A layer's block whose twiddle is 1. */
  private static void sumAndDifference(int[] values, int at, int half) {
    for (int k = at; k < at + half; k += LANES) {
      IntVector a = IntVector.fromArray(I, values, k);
      IntVector b = IntVector.fromArray(I, values, k + half);
      sum(a, b).intoArray(values, k);
      difference(a, b).intoArray(values, k + half);
    }
  }

  private static void forward(int[] re, int[] im, int at, int half, int twiddleRe, int twiddleIm) {
    LongVector tr = doubled(twiddleRe);
    LongVector ti = doubled(twiddleIm);
    LongVector minusTi = doubled(M31.P - twiddleIm);
    for (int k = at; k < at + half; k += LANES) {
      IntVector br = IntVector.fromArray(I, re, k + half);
      IntVector bi = IntVector.fromArray(I, im, k + half);
      LongVector brEven = even(br);
      LongVector brOdd = odd(br);
      LongVector biEven = even(bi);
      LongVector biOdd = odd(bi);
      IntVector cr =
          reduced(products(brEven, tr, biEven, minusTi), products(brOdd, tr, biOdd, minusTi));
      IntVector ci = reduced(products(brEven, ti, biEven, tr), products(brOdd, ti, biOdd, tr));
      IntVector ar = IntVector.fromArray(I, re, k);
      IntVector ai = IntVector.fromArray(I, im, k);
      sum(ar, cr).intoArray(re, k);
      sum(ai, ci).intoArray(im, k);
      difference(ar, cr).intoArray(re, k + half);
      difference(ai, ci).intoArray(im, k + half);
    }
  }

  private static void inverse(int[] re, int[] im, int at, int half, int twiddleRe, int twiddleIm) {
    LongVector tr = doubled(twiddleRe);
    LongVector ti = doubled(twiddleIm);
    LongVector minusTi = doubled(M31.P - twiddleIm);
    for (int k = at; k < at + half; k += LANES) {
      IntVector ar = IntVector.fromArray(I, re, k);
      IntVector ai = IntVector.fromArray(I, im, k);
      IntVector br = IntVector.fromArray(I, re, k + half);
      IntVector bi = IntVector.fromArray(I, im, k + half);
      sum(ar, br).intoArray(re, k);
      sum(ai, bi).intoArray(im, k);
      IntVector dr = difference(ar, br);
      IntVector di = difference(ai, bi);
      LongVector drEven = even(dr);
      LongVector drOdd = odd(dr);
      LongVector diEven = even(di);
      LongVector diOdd = odd(di);
      reduced(products(drEven, tr, diEven, minusTi), products(drOdd, tr, diOdd, minusTi))
          .intoArray(re, k + half);
      reduced(products(drEven, ti, diEven, tr), products(drOdd, ti, diOdd, tr))
          .intoArray(im, k + half);
    }
  }

  private static void narrowForward(
      int[] re, int[] im, int at, int bit, int groups, Roots roots, int first) {
    IntVector lower = IntVector.fromArray(I, INDICES, 5 * bit * LANES);
    IntVector upper = IntVector.fromArray(I, INDICES, (5 * bit + 1) * LANES);
    IntVector twiddle = IntVector.fromArray(I, INDICES, (5 * bit + 2) * LANES);
    IntVector back = IntVector.fromArray(I, INDICES, (5 * bit + 3) * LANES);
    IntVector backHigh = IntVector.fromArray(I, INDICES, (5 * bit + 4) * LANES);
    int pairs = groups << bit;
    for (int pair = 0; pair < pairs; pair += LANES) {
      int k = at + 2 * pair;
      int t = first + (pair >> bit);
      IntVector tr = twiddle.selectFrom(IntVector.fromArray(I, roots.re(), t)).lanewise(LSHL, 1);
      IntVector ti = twiddle.selectFrom(IntVector.fromArray(I, roots.im(), t)).lanewise(LSHL, 1);
      IntVector minusTi = MODULUS.add(MODULUS).sub(ti);
      IntVector xr = IntVector.fromArray(I, re, k);
      IntVector yr = IntVector.fromArray(I, re, k + LANES);
      IntVector xi = IntVector.fromArray(I, im, k);
      IntVector yi = IntVector.fromArray(I, im, k + LANES);
      IntVector br = upper.selectFrom(xr, yr);
      IntVector bi = upper.selectFrom(xi, yi);
      IntVector cr =
          reduced(
              products(even(br), even(tr), even(bi), even(minusTi)),
              products(odd(br), odd(tr), odd(bi), odd(minusTi)));
      IntVector ci =
          reduced(
              products(even(br), even(ti), even(bi), even(tr)),
              products(odd(br), odd(ti), odd(bi), odd(tr)));
      IntVector ar = lower.selectFrom(xr, yr);
      IntVector ai = lower.selectFrom(xi, yi);
      IntVector sr = sum(ar, cr);
      IntVector si = sum(ai, ci);
      IntVector dr = difference(ar, cr);
      IntVector di = difference(ai, ci);
      back.selectFrom(sr, dr).intoArray(re, k);
      backHigh.selectFrom(sr, dr).intoArray(re, k + LANES);
      back.selectFrom(si, di).intoArray(im, k);
      backHigh.selectFrom(si, di).intoArray(im, k + LANES);
    }
  }

  private static void narrowInverse(
      int[] re, int[] im, int at, int bit, int groups, Roots roots, int first) {
    IntVector lower = IntVector.fromArray(I, INDICES, 5 * bit * LANES);
    IntVector upper = IntVector.fromArray(I, INDICES, (5 * bit + 1) * LANES);
    IntVector twiddle = IntVector.fromArray(I, INDICES, (5 * bit + 2) * LANES);
    IntVector back = IntVector.fromArray(I, INDICES, (5 * bit + 3) * LANES);
    IntVector backHigh = IntVector.fromArray(I, INDICES, (5 * bit + 4) * LANES);
    int pairs = groups << bit;
    for (int pair = 0; pair < pairs; pair += LANES) {
      int k = at + 2 * pair;
      int t = first + (pair >> bit);
      IntVector tr = twiddle.selectFrom(IntVector.fromArray(I, roots.re(), t)).lanewise(LSHL, 1);
      IntVector ti = twiddle.selectFrom(IntVector.fromArray(I, roots.im(), t)).lanewise(LSHL, 1);
      IntVector minusTi = MODULUS.add(MODULUS).sub(ti);
      IntVector xr = IntVector.fromArray(I, re, k);
      IntVector yr = IntVector.fromArray(I, re, k + LANES);
      IntVector xi = IntVector.fromArray(I, im, k);
      IntVector yi = IntVector.fromArray(I, im, k + LANES);
      IntVector ar = lower.selectFrom(xr, yr);
      IntVector ai = lower.selectFrom(xi, yi);
      IntVector br = upper.selectFrom(xr, yr);
      IntVector bi = upper.selectFrom(xi, yi);
      IntVector sr = sum(ar, br);
      IntVector si = sum(ai, bi);
      IntVector dr = difference(ar, br);
      IntVector di = difference(ai, bi);
      // The twiddle's conjugate.
      IntVector cr =
          reduced(
              products(even(dr), even(tr), even(di), even(ti)),
              products(odd(dr), odd(tr), odd(di), odd(ti)));
      IntVector ci =
          reduced(
              products(even(dr), even(minusTi), even(di), even(tr)),
              products(odd(dr), odd(minusTi), odd(di), odd(tr)));
      back.selectFrom(sr, cr).intoArray(re, k);
      backHigh.selectFrom(sr, cr).intoArray(re, k + LANES);
      back.selectFrom(si, ci).intoArray(im, k);
      backHigh.selectFrom(si, ci).intoArray(im, k + LANES);
    }
  }

  @Override
  public void multiply(
      int[] aRe,
      int[] aIm,
      int aAt,
      int[] bRe,
      int[] bIm,
      int bAt,
      int[] outRe,
      int[] outIm,
      int outAt,
      int count,
      boolean add) {
    int end = count - count % LANES;
    IntVector kept = IntVector.broadcast(I, add ? -1 : 0);
    for (int k = 0; k < end; k += LANES) {
      IntVector ar = IntVector.fromArray(I, aRe, aAt + k);
      IntVector ai = IntVector.fromArray(I, aIm, aAt + k);
      IntVector br = IntVector.fromArray(I, bRe, bAt + k).lanewise(LSHL, 1);
      IntVector bi = IntVector.fromArray(I, bIm, bAt + k).lanewise(LSHL, 1);
      IntVector minusBi = MODULUS.add(MODULUS).sub(bi);
      IntVector cr =
          reduced(
              products(even(ar), even(br), even(ai), even(minusBi)),
              products(odd(ar), odd(br), odd(ai), odd(minusBi)));
      IntVector ci =
          reduced(
              products(even(ar), even(bi), even(ai), even(br)),
              products(odd(ar), odd(bi), odd(ai), odd(br)));
      sum(IntVector.fromArray(I, outRe, outAt + k).and(kept), cr).intoArray(outRe, outAt + k);
      sum(IntVector.fromArray(I, outIm, outAt + k).and(kept), ci).intoArray(outIm, outAt + k);
    }
    PLAIN.multiply(
        aRe,
        aIm,
        aAt + end,
        bRe,
        bIm,
        bAt + end,
        outRe,
        outIm,
        outAt + end,
        count - end,
        add);
  }
}
