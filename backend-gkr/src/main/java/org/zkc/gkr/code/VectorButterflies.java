package org.zkc.gkr.code;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.zkc.gkr.field.M31;

/**
 * Layers whose pairs are at least a vector apart run on contiguous loads with one twiddle; the
 * lowest layers stay in registers: of two adjacent vectors, the lower and upper halves of all pairs
 * are selected, multiplied and put back.
 *
 * <p>A product of residues b t is formed from even and odd lanes with t doubled: its high 32 bits
 * are then the multiple of 2^31, its low 32 bits twice the rest.
 *
 * <p>The mask of low words is made in each method: C2 multiplies 32-bit words (vpmuludq) where it
 * sees that both factors are such, from a shift or from a mask that is a constant to it. A vector
 * in a static field is memory to it, and the product one of 64 bits, six instructions without
 * AVX-512 (16,384 coefficients on a Zen 3: 16.8 ns each instead of 13.3).
 */
final class VectorButterflies implements Butterflies {
  private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
  private static final int LANES = I.length();
  private static final int LOG_LANES = Integer.numberOfTrailingZeros(LANES);
  private static final IntVector MODULUS = IntVector.broadcast(I, M31.P);
  private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;
  private static final LongVector HIGH = LongVector.broadcast(L, 0xFFFFFFFFL << 32);

  // For the layer of each bit below LOG_LANES, five index vectors: which of 2 * LANES adjacent
  // values are the lower and
  // upper members of pairs, which of the twiddles from the first on each pair has, and where the
  // values go back to. Kept
  // as ints: a vector read from an array of vectors has no exact class, and is boxed.
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

  private static final ScalarButterflies SCALAR = new ScalarButterflies();

  @Override
  public void transform(int[] values, int base, int logSize, int[][] layers, int twiddleBlock) {
    if (logSize <= LOG_LANES || LANES > CircleDomain.PADDING) {
      SCALAR.transform(values, base, logSize, layers, twiddleBlock);
      return;
    }
    int bit = logSize - 1;
    if ((bit - LOG_LANES) % 2 == 0) {
      wideLayer(values, base, bit, 1, layers[bit], twiddleBlock);
      bit--;
    }
    for (; bit > LOG_LANES; bit -= 2) {
      int groups = 1 << (logSize - 1 - bit);
      twoWideLayers(values, base, bit, groups, layers[bit], layers[bit - 1], twiddleBlock * groups);
    }
    int pairs = 1 << (logSize - 1);
    for (bit = LOG_LANES - 1; bit >= 0; bit--) {
      narrowLayer(values, base, bit, pairs, layers[bit], twiddleBlock * (pairs >> bit));
    }
  }

  @Override
  public void quarter(int[] values, int base, int logSize, int[][] layers, int twiddleBlock) {
    if (logSize - 2 < LOG_LANES) {
      SCALAR.quarter(values, base, logSize, layers, twiddleBlock);
      return;
    }
    int bit = logSize - 1;
    twoWideLayers(values, base, bit, 1, layers[bit], layers[bit - 1], twiddleBlock);
  }

  private static void wideLayer(
      int[] values, int base, int bit, int groups, int[] twiddles, int firstTwiddle) {
    LongVector lowWords = LongVector.broadcast(L, 0xFFFFFFFFL);
    int half = 1 << bit;
    for (int g = 0; g < groups; g++) {
      int low = base + g * 2 * half;
      LongVector t = LongVector.broadcast(L, 2L * twiddles[firstTwiddle + g]).and(lowWords);
      for (int k = low; k < low + half; k += LANES) {
        IntVector a = IntVector.fromArray(I, values, k);
        LongVector b = IntVector.fromArray(I, values, k + half).reinterpretAsLongs();
        LongVector even = b.and(lowWords).mul(t);
        LongVector odd = b.lanewise(VectorOperators.LSHR, 32).mul(t);
        IntVector quotient =
            even.lanewise(VectorOperators.LSHR, 32).or(odd.and(HIGH)).reinterpretAsInts();
        IntVector rest =
            even.and(lowWords)
                .or(odd.lanewise(VectorOperators.LSHL, 32))
                .reinterpretAsInts()
                .lanewise(VectorOperators.LSHR, 1);
        IntVector product = quotient.add(rest);
        product = product.lanewise(VectorOperators.UMIN, product.sub(MODULUS));
        IntVector sum = a.add(product);
        IntVector difference = a.sub(product);
        sum.lanewise(VectorOperators.UMIN, sum.sub(MODULUS)).intoArray(values, k);
        difference
            .lanewise(VectorOperators.UMIN, difference.add(MODULUS))
            .intoArray(values, k + half);
      }
    }
  }

  /**
   * The layers of bits {@code bit} and bit - 1 in one visit to the values: four of them are loaded
   * and stored once for the four products that they take part in.
   */
  private static void twoWideLayers(
      int[] values, int base, int bit, int groups, int[] upper, int[] lower, int firstTwiddle) {
    LongVector lowWords = LongVector.broadcast(L, 0xFFFFFFFFL);
    int half = 1 << bit;
    int quarter = half >> 1;
    for (int g = 0; g < groups; g++) {
      int start = base + g * 2 * half;
      LongVector t = LongVector.broadcast(L, 2L * upper[firstTwiddle + g]).and(lowWords);
      LongVector t0 = LongVector.broadcast(L, 2L * lower[2 * (firstTwiddle + g)]).and(lowWords);
      LongVector t1 = LongVector.broadcast(L, 2L * lower[2 * (firstTwiddle + g) + 1]).and(lowWords);
      for (int k = start; k < start + quarter; k += LANES) {
        IntVector a = IntVector.fromArray(I, values, k);
        IntVector b = IntVector.fromArray(I, values, k + quarter);
        IntVector c = IntVector.fromArray(I, values, k + half);
        IntVector d = IntVector.fromArray(I, values, k + half + quarter);
        LongVector even;
        LongVector odd;
        IntVector quotient;
        IntVector rest;
        IntVector x;
        IntVector y;
        IntVector out;
        even = c.reinterpretAsLongs().and(lowWords).mul(t);
        odd = c.reinterpretAsLongs().lanewise(VectorOperators.LSHR, 32).mul(t);
        quotient = even.lanewise(VectorOperators.LSHR, 32).or(odd.and(HIGH)).reinterpretAsInts();
        rest =
            even.and(lowWords)
                .or(odd.lanewise(VectorOperators.LSHL, 32))
                .reinterpretAsInts()
                .lanewise(VectorOperators.LSHR, 1);
        x = quotient.add(rest);
        x = x.lanewise(VectorOperators.UMIN, x.sub(MODULUS));
        y = a.add(x);
        y = y.lanewise(VectorOperators.UMIN, y.sub(MODULUS));
        c = a.sub(x);
        c = c.lanewise(VectorOperators.UMIN, c.add(MODULUS));
        even = d.reinterpretAsLongs().and(lowWords).mul(t);
        odd = d.reinterpretAsLongs().lanewise(VectorOperators.LSHR, 32).mul(t);
        quotient = even.lanewise(VectorOperators.LSHR, 32).or(odd.and(HIGH)).reinterpretAsInts();
        rest =
            even.and(lowWords)
                .or(odd.lanewise(VectorOperators.LSHL, 32))
                .reinterpretAsInts()
                .lanewise(VectorOperators.LSHR, 1);
        x = quotient.add(rest);
        x = x.lanewise(VectorOperators.UMIN, x.sub(MODULUS));
        a = b.add(x);
        a = a.lanewise(VectorOperators.UMIN, a.sub(MODULUS));
        d = b.sub(x);
        d = d.lanewise(VectorOperators.UMIN, d.add(MODULUS));
        even = a.reinterpretAsLongs().and(lowWords).mul(t0);
        odd = a.reinterpretAsLongs().lanewise(VectorOperators.LSHR, 32).mul(t0);
        quotient = even.lanewise(VectorOperators.LSHR, 32).or(odd.and(HIGH)).reinterpretAsInts();
        rest =
            even.and(lowWords)
                .or(odd.lanewise(VectorOperators.LSHL, 32))
                .reinterpretAsInts()
                .lanewise(VectorOperators.LSHR, 1);
        x = quotient.add(rest);
        x = x.lanewise(VectorOperators.UMIN, x.sub(MODULUS));
        out = y.add(x);
        out = out.lanewise(VectorOperators.UMIN, out.sub(MODULUS));
        out.intoArray(values, k);
        out = y.sub(x);
        out = out.lanewise(VectorOperators.UMIN, out.add(MODULUS));
        out.intoArray(values, k + quarter);
        even = d.reinterpretAsLongs().and(lowWords).mul(t1);
        odd = d.reinterpretAsLongs().lanewise(VectorOperators.LSHR, 32).mul(t1);
        quotient = even.lanewise(VectorOperators.LSHR, 32).or(odd.and(HIGH)).reinterpretAsInts();
        rest =
            even.and(lowWords)
                .or(odd.lanewise(VectorOperators.LSHL, 32))
                .reinterpretAsInts()
                .lanewise(VectorOperators.LSHR, 1);
        x = quotient.add(rest);
        x = x.lanewise(VectorOperators.UMIN, x.sub(MODULUS));
        out = c.add(x);
        out = out.lanewise(VectorOperators.UMIN, out.sub(MODULUS));
        out.intoArray(values, k + half);
        out = c.sub(x);
        out = out.lanewise(VectorOperators.UMIN, out.add(MODULUS));
        out.intoArray(values, k + half + quarter);
      }
    }
  }

  private static void narrowLayer(
      int[] values, int base, int bit, int pairs, int[] twiddles, int firstTwiddle) {
    LongVector lowWords = LongVector.broadcast(L, 0xFFFFFFFFL);
    IntVector lower = IntVector.fromArray(I, INDICES, 5 * bit * LANES);
    IntVector upper = IntVector.fromArray(I, INDICES, (5 * bit + 1) * LANES);
    IntVector twiddle = IntVector.fromArray(I, INDICES, (5 * bit + 2) * LANES);
    IntVector first = IntVector.fromArray(I, INDICES, (5 * bit + 3) * LANES);
    IntVector second = IntVector.fromArray(I, INDICES, (5 * bit + 4) * LANES);
    for (int pair = 0; pair < pairs; pair += LANES) {
      int at = base + 2 * pair;
      IntVector x = IntVector.fromArray(I, values, at);
      IntVector y = IntVector.fromArray(I, values, at + LANES);
      IntVector a = lower.selectFrom(x, y);
      LongVector b = upper.selectFrom(x, y).reinterpretAsLongs();
      LongVector t =
          twiddle
              .selectFrom(IntVector.fromArray(I, twiddles, firstTwiddle + (pair >> bit)))
              .reinterpretAsLongs();
      LongVector even = b.and(lowWords).mul(t.and(lowWords));
      LongVector odd =
          b.lanewise(VectorOperators.LSHR, 32).mul(t.lanewise(VectorOperators.LSHR, 32));
      // Twiddles are not doubled here: the product's multiple of 2^31 is shifted into place.
      IntVector quotient =
          even.lanewise(VectorOperators.LSHR, 31)
              .and(lowWords)
              .or(odd.lanewise(VectorOperators.LSHL, 1).and(HIGH))
              .reinterpretAsInts();
      IntVector rest =
          even.and(lowWords)
              .or(odd.lanewise(VectorOperators.LSHL, 32))
              .reinterpretAsInts()
              .and(MODULUS);
      IntVector product = quotient.add(rest);
      product = product.lanewise(VectorOperators.UMIN, product.sub(MODULUS));
      IntVector sum = a.add(product);
      IntVector difference = a.sub(product);
      sum = sum.lanewise(VectorOperators.UMIN, sum.sub(MODULUS));
      difference = difference.lanewise(VectorOperators.UMIN, difference.add(MODULUS));
      first.selectFrom(sum, difference).intoArray(values, at);
      second.selectFrom(sum, difference).intoArray(values, at + LANES);
    }
  }
}
