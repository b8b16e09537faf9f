package org.zkc.gkr.prove.fourier;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.UMIN;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;
import org.zkc.gkr.field.M31;

/**
 * Layers whose pairs are at least a vector apart run on contiguous loads with one twiddle. In the
 * others a few pairs at a time are split into their lower and upper members, worked on, and joined
 * again. Products are written out in short loops: methods that return vectors, and loops of many
 * more operations, are not compiled whole, and then every vector is an object.
 *
 * <p>A sum x y + z w of products of residues is formed from even and odd lanes with one factor of
 * each product doubled. It stays below 2^64; its high 32 bits are then the multiple q of 2^31, at
 * most 2p - 2, and its low 32 bits twice the rest r. min(q, q - p), unsigned, is below p, and so is
 * what the same makes of its sum with r. The mask of low words is made in each method, as in the
 * butterflies of the code: in a static field it would hide from C2 that factors have 32 bits.
 */
final class VectorFourierLoops implements FourierLoops {
  private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;
  private static final int LANES = I.length();
  private static final int LOG_LANES = Integer.numberOfTrailingZeros(LANES);
  private static final IntVector MODULUS = IntVector.broadcast(I, M31.P);
  private static final IntVector TWICE = IntVector.broadcast(I, (int) (2L * M31.P));
  private static final LongVector HIGH = LongVector.broadcast(L, 0xFFFFFFFFL << 32);

  /** Pairs that are split at a time. */
  private static final int PAIRS = 256;

  // For pairs 2^bit apart, bit below LOG_LANES, four index vectors: which of 2 * LANES adjacent
  // values are the lower and upper members of pairs, and where they go back to. Ints, because
  // vectors read from an array are boxed.
  private static final int[] INDICES = new int[4 * LOG_LANES * LANES];

  static {
    for (int bit = 0; bit < LOG_LANES; bit++) {
      int at = 4 * bit * LANES;
      for (int pair = 0; pair < LANES; pair++) {
        int low = (pair >> bit << bit + 1) | pair & ((1 << bit) - 1);
        int high = low | 1 << bit;
        INDICES[at + pair] = low;
        INDICES[at + LANES + pair] = high;
        INDICES[at + 2 * LANES + low] = pair;
        INDICES[at + 2 * LANES + high] = LANES + pair;
      }
    }
  }

  private static final PlainFourierLoops PLAIN = new PlainFourierLoops();

  private static LongVector doubled(int residue) {
    return LongVector.broadcast(L, 2L * residue).and(LongVector.broadcast(L, 0xFFFFFFFFL));
  }

  @Override
  public void forward(
      int[] re, int[] im, int at, int half, int groups, int runs, Roots roots, int first) {
    if (half < LANES) {
      if (half * groups * runs % LANES == 0 && LANES <= Roots.PADDING) {
        narrow(re, im, at, half, groups, runs, roots, first, true);
      } else {
        PLAIN.forward(re, im, at, half, groups, runs, roots, first);
      }
      return;
    }
    for (int run = 0, low = at; run < runs; run++) {
      for (int g = first; g < first + groups; g++, low += 2 * half) {
        if (g == 0) {
          sumAndDifference(re, low, re, low + half, half);
          sumAndDifference(im, low, im, low + half, half);
        } else {
          forward(re, im, low, half, roots.re()[g], roots.im()[g]);
        }
      }
    }
  }

  @Override
  public void inverse(
      int[] re, int[] im, int at, int half, int groups, int runs, Roots roots, int first) {
    if (half < LANES) {
      if (half * groups * runs % LANES == 0 && LANES <= Roots.PADDING) {
        narrow(re, im, at, half, groups, runs, roots, first, false);
      } else {
        PLAIN.inverse(re, im, at, half, groups, runs, roots, first);
      }
      return;
    }
    for (int run = 0, low = at; run < runs; run++) {
      for (int g = first; g < first + groups; g++, low += 2 * half) {
        if (g == 0) {
          sumAndDifference(re, low, re, low + half, half);
          sumAndDifference(im, low, im, low + half, half);
        } else {
          inverse(re, im, low, half, roots.re()[g], M31.P - roots.im()[g]);
        }
      }
    }
  }

  /** (a, b) becomes (a + b, a - b). */
  private static void sumAndDifference(int[] a, int aAt, int[] b, int bAt, int count) {
    for (int k = 0; k < count; k += LANES) {
      IntVector x = IntVector.fromArray(I, a, aAt + k);
      IntVector y = IntVector.fromArray(I, b, bAt + k);
      IntVector sum = x.add(y);
      sum.lanewise(UMIN, sum.sub(MODULUS)).intoArray(a, aAt + k);
      IntVector difference = x.sub(y);
      difference.lanewise(UMIN, difference.add(MODULUS)).intoArray(b, bAt + k);
    }
  }

  private static void forward(int[] re, int[] im, int at, int half, int twiddleRe, int twiddleIm) {
    LongVector lowWords = LongVector.broadcast(L, 0xFFFFFFFFL);
    LongVector tr = doubled(twiddleRe);
    LongVector ti = doubled(twiddleIm);
    LongVector minusTi = doubled(M31.P - twiddleIm);
    for (int k = at; k < at + half; k += LANES) {
      LongVector brBoth = IntVector.fromArray(I, re, k + half).reinterpretAsLongs();
      LongVector brEven = brBoth.and(lowWords);
      LongVector brOdd = brBoth.lanewise(LSHR, 32);
      LongVector biBoth = IntVector.fromArray(I, im, k + half).reinterpretAsLongs();
      LongVector biEven = biBoth.and(lowWords);
      LongVector biOdd = biBoth.lanewise(LSHR, 32);
      LongVector crEven = brEven.mul(tr).add(biEven.mul(minusTi));
      LongVector crOdd = brOdd.mul(tr).add(biOdd.mul(minusTi));
      IntVector cr = crEven.lanewise(LSHR, 32).or(crOdd.and(HIGH)).reinterpretAsInts();
      cr =
          cr.lanewise(UMIN, cr.sub(MODULUS))
              .add(
                  crEven
                      .and(lowWords)
                      .or(crOdd.lanewise(LSHL, 32))
                      .reinterpretAsInts()
                      .lanewise(LSHR, 1));
      cr = cr.lanewise(UMIN, cr.sub(MODULUS));
      IntVector ar = IntVector.fromArray(I, re, k);
      IntVector sr = ar.add(cr);
      sr.lanewise(UMIN, sr.sub(MODULUS)).intoArray(re, k);
      IntVector dr = ar.sub(cr);
      dr.lanewise(UMIN, dr.add(MODULUS)).intoArray(re, k + half);
      LongVector ciEven = brEven.mul(ti).add(biEven.mul(tr));
      LongVector ciOdd = brOdd.mul(ti).add(biOdd.mul(tr));
      IntVector ci = ciEven.lanewise(LSHR, 32).or(ciOdd.and(HIGH)).reinterpretAsInts();
      ci =
          ci.lanewise(UMIN, ci.sub(MODULUS))
              .add(
                  ciEven
                      .and(lowWords)
                      .or(ciOdd.lanewise(LSHL, 32))
                      .reinterpretAsInts()
                      .lanewise(LSHR, 1));
      ci = ci.lanewise(UMIN, ci.sub(MODULUS));
      IntVector ai = IntVector.fromArray(I, im, k);
      IntVector si = ai.add(ci);
      si.lanewise(UMIN, si.sub(MODULUS)).intoArray(im, k);
      IntVector di = ai.sub(ci);
      di.lanewise(UMIN, di.add(MODULUS)).intoArray(im, k + half);
    }
  }

  private static void inverse(int[] re, int[] im, int at, int half, int twiddleRe, int twiddleIm) {
    LongVector lowWords = LongVector.broadcast(L, 0xFFFFFFFFL);
    LongVector tr = doubled(twiddleRe);
    LongVector ti = doubled(twiddleIm);
    LongVector minusTi = doubled(M31.P - twiddleIm);
    for (int k = at; k < at + half; k += LANES) {
      IntVector ar = IntVector.fromArray(I, re, k);
      IntVector br = IntVector.fromArray(I, re, k + half);
      IntVector sr = ar.add(br);
      sr.lanewise(UMIN, sr.sub(MODULUS)).intoArray(re, k);
      IntVector dr = ar.sub(br);
      LongVector drBoth = dr.lanewise(UMIN, dr.add(MODULUS)).reinterpretAsLongs();
      LongVector drEven = drBoth.and(lowWords);
      LongVector drOdd = drBoth.lanewise(LSHR, 32);
      IntVector ai = IntVector.fromArray(I, im, k);
      IntVector bi = IntVector.fromArray(I, im, k + half);
      IntVector si = ai.add(bi);
      si.lanewise(UMIN, si.sub(MODULUS)).intoArray(im, k);
      IntVector di = ai.sub(bi);
      LongVector diBoth = di.lanewise(UMIN, di.add(MODULUS)).reinterpretAsLongs();
      LongVector diEven = diBoth.and(lowWords);
      LongVector diOdd = diBoth.lanewise(LSHR, 32);
      LongVector crEven = drEven.mul(tr).add(diEven.mul(minusTi));
      LongVector crOdd = drOdd.mul(tr).add(diOdd.mul(minusTi));
      IntVector cr = crEven.lanewise(LSHR, 32).or(crOdd.and(HIGH)).reinterpretAsInts();
      cr =
          cr.lanewise(UMIN, cr.sub(MODULUS))
              .add(
                  crEven
                      .and(lowWords)
                      .or(crOdd.lanewise(LSHL, 32))
                      .reinterpretAsInts()
                      .lanewise(LSHR, 1));
      cr = cr.lanewise(UMIN, cr.sub(MODULUS));
      cr.intoArray(re, k + half);
      LongVector ciEven = drEven.mul(ti).add(diEven.mul(tr));
      LongVector ciOdd = drOdd.mul(ti).add(diOdd.mul(tr));
      IntVector ci = ciEven.lanewise(LSHR, 32).or(ciOdd.and(HIGH)).reinterpretAsInts();
      ci =
          ci.lanewise(UMIN, ci.sub(MODULUS))
              .add(
                  ciEven
                      .and(lowWords)
                      .or(ciOdd.lanewise(LSHL, 32))
                      .reinterpretAsInts()
                      .lanewise(LSHR, 1));
      ci = ci.lanewise(UMIN, ci.sub(MODULUS));
      ci.intoArray(im, k + half);
    }
  }

  /** A layer of pairs closer than a vector, all runs of it at once. */
  private static void narrow(
      int[] re,
      int[] im,
      int at,
      int half,
      int groups,
      int runs,
      Roots roots,
      int first,
      boolean forward) {
    int bit = Integer.numberOfTrailingZeros(half);
    int pairs = half * groups * runs;
    // Pairs of one run less 1: the twiddles begin anew with every run.
    int mask = half * groups - 1;
    int[] chosen = new int[LANES];
    for (int pair = 0; pair < LANES; pair++) {
      chosen[pair] = (pair & mask) >> bit;
    }
    int tile = Math.min(pairs, PAIRS);
    int[] lowRe = new int[tile];
    int[] lowIm = new int[tile];
    int[] highRe = new int[tile];
    int[] highIm = new int[tile];
    for (int pair = 0; pair < pairs; pair += PAIRS) {
      int count = Math.min(PAIRS, pairs - pair);
      split(re, at + 2 * pair, bit, lowRe, highRe, count);
      split(im, at + 2 * pair, bit, lowIm, highIm, count);
      if (forward) {
        rotate(highRe, highIm, count, roots, chosen, first, pair, mask, bit, 0);
      }
      sumAndDifference(lowRe, 0, highRe, 0, count);
      sumAndDifference(lowIm, 0, highIm, 0, count);
      if (!forward) {
        rotate(highRe, highIm, count, roots, chosen, first, pair, mask, bit, -1);
      }
      join(re, at + 2 * pair, bit, lowRe, highRe, count);
      join(im, at + 2 * pair, bit, lowIm, highIm, count);
    }
  }

  private static void split(int[] values, int at, int bit, int[] low, int[] high, int pairs) {
    IntVector lower = IntVector.fromArray(I, INDICES, 4 * bit * LANES);
    IntVector upper = IntVector.fromArray(I, INDICES, (4 * bit + 1) * LANES);
    for (int k = 0; k < pairs; k += LANES) {
      IntVector x = IntVector.fromArray(I, values, at + 2 * k);
      IntVector y = IntVector.fromArray(I, values, at + 2 * k + LANES);
      lower.selectFrom(x, y).intoArray(low, k);
      upper.selectFrom(x, y).intoArray(high, k);
    }
  }

  private static void join(int[] values, int at, int bit, int[] low, int[] high, int pairs) {
    IntVector front = IntVector.fromArray(I, INDICES, (4 * bit + 2) * LANES);
    IntVector back = IntVector.fromArray(I, INDICES, (4 * bit + 3) * LANES);
    for (int k = 0; k < pairs; k += LANES) {
      IntVector x = IntVector.fromArray(I, low, k);
      IntVector y = IntVector.fromArray(I, high, k);
      front.selectFrom(x, y).intoArray(values, at + 2 * k);
      back.selectFrom(x, y).intoArray(values, at + 2 * k + LANES);
    }
  }

  /**
   * Multiplies the members of pairs {@code pair} and following by their twiddles, or by the
   * conjugates when {@code conjugate} is -1 instead of 0.
   */
  private static void rotate(
      int[] re,
      int[] im,
      int count,
      Roots roots,
      int[] chosen,
      int first,
      int pair,
      int mask,
      int bit,
      int conjugate) {
    IntVector twiddle = IntVector.fromArray(I, chosen, 0);
    // p - t is t with all its 31 bits changed.
    IntVector sign = MODULUS.and(conjugate);
    LongVector lowWords = LongVector.broadcast(L, 0xFFFFFFFFL);
    for (int k = 0; k < count; k += LANES) {
      int t = first + ((pair + k & mask) >> bit);
      IntVector br = twiddle.selectFrom(IntVector.fromArray(I, roots.re(), t)).lanewise(LSHL, 1);
      IntVector bi =
          twiddle
              .selectFrom(IntVector.fromArray(I, roots.im(), t))
              .lanewise(XOR, sign)
              .lanewise(LSHL, 1);
      LongVector arBoth = IntVector.fromArray(I, re, k).reinterpretAsLongs();
      LongVector arEven = arBoth.and(lowWords);
      LongVector arOdd = arBoth.lanewise(LSHR, 32);
      LongVector aiBoth = IntVector.fromArray(I, im, k).reinterpretAsLongs();
      LongVector aiEven = aiBoth.and(lowWords);
      LongVector aiOdd = aiBoth.lanewise(LSHR, 32);
      LongVector brBoth = br.reinterpretAsLongs();
      LongVector brEven = brBoth.and(lowWords);
      LongVector brOdd = brBoth.lanewise(LSHR, 32);
      LongVector biBoth = bi.reinterpretAsLongs();
      LongVector biEven = biBoth.and(lowWords);
      LongVector biOdd = biBoth.lanewise(LSHR, 32);
      LongVector minusBoth = bi.lanewise(XOR, TWICE).reinterpretAsLongs();
      LongVector minusEven = minusBoth.and(lowWords);
      LongVector minusOdd = minusBoth.lanewise(LSHR, 32);
      LongVector crEven = arEven.mul(brEven).add(aiEven.mul(minusEven));
      LongVector crOdd = arOdd.mul(brOdd).add(aiOdd.mul(minusOdd));
      IntVector cr = crEven.lanewise(LSHR, 32).or(crOdd.and(HIGH)).reinterpretAsInts();
      cr =
          cr.lanewise(UMIN, cr.sub(MODULUS))
              .add(
                  crEven
                      .and(lowWords)
                      .or(crOdd.lanewise(LSHL, 32))
                      .reinterpretAsInts()
                      .lanewise(LSHR, 1));
      cr = cr.lanewise(UMIN, cr.sub(MODULUS));
      cr.intoArray(re, k);
      LongVector ciEven = arEven.mul(biEven).add(aiEven.mul(brEven));
      LongVector ciOdd = arOdd.mul(biOdd).add(aiOdd.mul(brOdd));
      IntVector ci = ciEven.lanewise(LSHR, 32).or(ciOdd.and(HIGH)).reinterpretAsInts();
      ci =
          ci.lanewise(UMIN, ci.sub(MODULUS))
              .add(
                  ciEven
                      .and(lowWords)
                      .or(ciOdd.lanewise(LSHL, 32))
                      .reinterpretAsInts()
                      .lanewise(LSHR, 1));
      ci = ci.lanewise(UMIN, ci.sub(MODULUS));
      ci.intoArray(im, k);
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
    LongVector lowWords = LongVector.broadcast(L, 0xFFFFFFFFL);
    for (int k = 0; k < end; k += LANES) {
      IntVector br = IntVector.fromArray(I, bRe, bAt + k).lanewise(LSHL, 1);
      IntVector bi = IntVector.fromArray(I, bIm, bAt + k).lanewise(LSHL, 1);
      LongVector arBoth = IntVector.fromArray(I, aRe, aAt + k).reinterpretAsLongs();
      LongVector arEven = arBoth.and(lowWords);
      LongVector arOdd = arBoth.lanewise(LSHR, 32);
      LongVector aiBoth = IntVector.fromArray(I, aIm, aAt + k).reinterpretAsLongs();
      LongVector aiEven = aiBoth.and(lowWords);
      LongVector aiOdd = aiBoth.lanewise(LSHR, 32);
      LongVector brBoth = br.reinterpretAsLongs();
      LongVector brEven = brBoth.and(lowWords);
      LongVector brOdd = brBoth.lanewise(LSHR, 32);
      LongVector biBoth = bi.reinterpretAsLongs();
      LongVector biEven = biBoth.and(lowWords);
      LongVector biOdd = biBoth.lanewise(LSHR, 32);
      LongVector minusBoth = bi.lanewise(XOR, TWICE).reinterpretAsLongs();
      LongVector minusEven = minusBoth.and(lowWords);
      LongVector minusOdd = minusBoth.lanewise(LSHR, 32);
      LongVector crEven = arEven.mul(brEven).add(aiEven.mul(minusEven));
      LongVector crOdd = arOdd.mul(brOdd).add(aiOdd.mul(minusOdd));
      IntVector cr = crEven.lanewise(LSHR, 32).or(crOdd.and(HIGH)).reinterpretAsInts();
      cr =
          cr.lanewise(UMIN, cr.sub(MODULUS))
              .add(
                  crEven
                      .and(lowWords)
                      .or(crOdd.lanewise(LSHL, 32))
                      .reinterpretAsInts()
                      .lanewise(LSHR, 1));
      cr = cr.lanewise(UMIN, cr.sub(MODULUS));
      cr = cr.add(IntVector.fromArray(I, outRe, outAt + k).and(kept));
      cr.lanewise(UMIN, cr.sub(MODULUS)).intoArray(outRe, outAt + k);
      LongVector ciEven = arEven.mul(biEven).add(aiEven.mul(brEven));
      LongVector ciOdd = arOdd.mul(biOdd).add(aiOdd.mul(brOdd));
      IntVector ci = ciEven.lanewise(LSHR, 32).or(ciOdd.and(HIGH)).reinterpretAsInts();
      ci =
          ci.lanewise(UMIN, ci.sub(MODULUS))
              .add(
                  ciEven
                      .and(lowWords)
                      .or(ciOdd.lanewise(LSHL, 32))
                      .reinterpretAsInts()
                      .lanewise(LSHR, 1));
      ci = ci.lanewise(UMIN, ci.sub(MODULUS));
      ci = ci.add(IntVector.fromArray(I, outIm, outAt + k).and(kept));
      ci.lanewise(UMIN, ci.sub(MODULUS)).intoArray(outIm, outAt + k);
    }
    PLAIN.multiply(
        aRe, aIm, aAt + end, bRe, bIm, bAt + end, outRe, outIm, outAt + end, count - end, add);
  }
}
