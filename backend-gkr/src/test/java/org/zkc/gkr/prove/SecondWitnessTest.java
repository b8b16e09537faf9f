package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.Reciprocal;
import org.zkc.gkr.circuit.RoundedQuotient;
import org.zkc.gkr.circuit.Table;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Lookup;
import org.zkc.gkr.relation.LookupTable;
import org.zkc.gkr.relation.ZeroProduct;

/**
 * Every residue that could be a relation's result, for sources at ties and at the ends of their
 * intervals: exactly one satisfies the lookups and products that the relation expands into, the
 * right one, and none where there is no result. The candidates are complete: a residue that is not
 * among them leaves a remainder outside the table that it is looked up in.
 *
 * <p>A tensor of many elements holds the candidates, one each; the sources are the same for all.
 * Limbs are those of the canonical residue: no others in their ranges have the same sum, as all of
 * them together stay below p.
 */
class SecondWitnessTest {
  /** Which elements of a relation's result satisfy all that the relation expands into. */
  private static boolean[] satisfied(
      CircuitBuilder b, int candidates, IntUnaryOperator... forgedLimbs) {
    CheckedCircuit checked = CircuitCheck.check(b.circuit());
    ConstraintSystem system = ConstraintSystem.of(checked);
    int given = checked.circuit().tensors().size();
    int[][] elements = new int[given][];
    for (int t = 0; t < given; t++) {
      elements[t] = b.given().get(t);
    }
    Witness witness = new Witness(given);
    for (int t = 0; t < given; t++) {
      witness.set(t, elements[t]);
    }
    TensorValues values = new TensorValues(system, witness, null);
    for (int k = 0; k < forgedLimbs.length; k++) {
      values.set(
          system.advice().get(k).result(),
          IntStream.range(0, system.tensor(system.advice().get(k).result()).elementCount())
              .map(forgedLimbs[k])
              .toArray());
    }
    boolean[] out = new boolean[candidates];
    Arrays.fill(out, true);
    for (Lookup lookup : system.lookups()) {
      int[] first = values.real(lookup.tuple().getFirst());
      int per = first.length / candidates;
      LookupTable table = system.tables().get(lookup.table());
      int least = table.column(0)[0];
      int[] second = table.width() == 2 ? table.column(1) : new int[0];
      int[] looked = table.width() == 2 ? values.real(lookup.tuple().get(1)) : first;
      for (int k = 0; k < first.length; k++) {
        int row = M31.sub(first[k], least);
        out[k / per] &= row < table.size() && (second.length == 0 || second[row] == looked[k]);
      }
    }
    for (ZeroProduct product : system.zeroProducts()) {
      int[] result = new int[candidates];
      Arrays.fill(result, 1);
      for (int factor : product.factors()) {
        int[] f = values.real(factor);
        for (int k = 0; k < candidates; k++) {
          result[k] = M31.mul(result[k], f[k]);
        }
      }
      for (int k = 0; k < candidates; k++) {
        out[k] &= result[k] == 0;
      }
    }
    return out;
  }

  private static int[] same(int count, int value) {
    int[] out = new int[count];
    Arrays.fill(out, value);
    return out;
  }

  /** The candidates that are satisfied, without repetition. */
  private static List<Integer> accepted(boolean[] satisfied, int[] candidates) {
    return IntStream.range(0, candidates.length)
        .filter(k -> satisfied[k])
        .map(k -> candidates[k])
        .distinct()
        .boxed()
        .toList();
  }

  private static void quotients(int bits, int low, int high, int leastDenominator, int most)
      throws Exception {
    for (int d : new int[] {leastDenominator, -3, 0, 1, 2, 3, 10, most - 1, most}) {
      if (d < leastDenominator) {
        continue;
      }
      for (int n : new int[] {-2000, -d, -d / 2, -1, 0, 1, d / 2, d, 3 * d / 2, 1999, 2000}) {
        int window = 2 << 32 - Integer.numberOfLeadingZeros(most);
        // Every remainder that the range allows, and every quotient where the divisor is 0.
        int count = d == 0 ? high - low + 1 : window;
        long dividend = ((long) n << bits + 1) + d;
        int[] candidates = new int[count];
        for (int k = 0; k < count; k++) {
          candidates[k] =
              d == 0
                  ? low + k
                  : M31.toSigned(
                      M31.mul(M31.fromSigned(dividend - k), M31.inv(M31.fromSigned(2 * d))));
        }
        CircuitBuilder b = new CircuitBuilder(1);
        int numerator = b.input(-2000, 2000, count);
        int denominator = b.input(leastDenominator, most, count);
        int result = b.quotient(numerator, denominator, bits, low, high);
        b.output(result);
        b.given().put(numerator, same(count, n));
        b.given().put(denominator, same(count, d));
        b.given().put(result, candidates);
        long quotient = d > 0 ? Math.floorDiv(dividend, 2L * d) : 0;
        boolean exists = d > 0 && quotient >= low && quotient <= high;
        assertEquals(
            exists ? List.of((int) quotient) : List.of(),
            accepted(satisfied(b, count), candidates),
            n + " / " + d + " with " + bits + " bits in [" + low + ", " + high + "]");
      }
    }
  }

  @Test
  void quotientsOfPositiveAndNegativeNumbers() throws Exception {
    quotients(0, -2000, 2000, 1, 200);
    quotients(3, -16000, 16000, 1, 200);
    quotients(2, 0, 300, 1, 255);
  }

  /** So many elements share the range of their remainders that these are looked up whole. */
  @Test
  void quotientsWhoseRemaindersHaveOneLimb() throws Exception {
    assertEquals(List.of(5, 6), RoundedQuotient.limbs(11, 1023));
    assertEquals(List.of(11), RoundedQuotient.limbs(11, 1024));
    assertEquals(List.of(18), RoundedQuotient.limbs(18, 197 * 768));
    assertEquals(3, RoundedQuotient.limbs(21, 1 << 24).size());
    quotients(1, -4000, 4000, 1, 1000);
  }

  @Test
  void divisorsThatMayBeZeroOrLess() throws Exception {
    quotients(1, -500, 500, -5, 200);
  }

  @Test
  void requantizedIntegers() {
    int shift = 7;
    int[] entries = IntStream.range(0, 40).map(h -> 3 * h - 50).toArray();
    for (int x : new int[] {-1344, -1345 + 65, -65, -64, -63, -1, 0, 63, 64, 65, 191, 192, 3700}) {
      int count = 1 << shift;
      CircuitBuilder b = new CircuitBuilder(1);
      int source = b.input(-1344, 3700, count);
      int result = b.requantize(source, shift, 2, b.table(new Table.Entries(-10, entries)));
      b.output(result);
      int[] candidates = new int[count];
      int half = 1 << shift - 1;
      for (int r = 0; r < count; r++) {
        int h = M31.mul(M31.fromSigned(x + half - r), M31.inv(1 << shift));
        int row = M31.sub(h, M31.fromSigned(-10));
        candidates[r] = row < entries.length ? entries[row] : 0;
      }
      b.given().put(source, same(count, x));
      b.given().put(result, candidates);
      // Limbs of 3 and 4 bits: the candidate's remainder, whatever the source's is.
      boolean[] satisfied = satisfied(b, count, r -> r & 7, r -> r >> 3);
      assertEquals(
          List.of(entries[(x + half >> shift) + 10]), accepted(satisfied, candidates), "of " + x);
    }
  }

  /** The product of the differences is 0 for a residue of a source alone. */
  @Test
  void maxima() {
    for (int bits : new int[] {8, 27}) {
      int most = (1 << bits - 1) - 1;
      for (int[] sources :
          new int[][] {
            {-most, most}, {most, -most}, {0, 0}, {5, 4}, {-1, 0}, {most, most, -most}
          }) {
        int[] candidates = new int[3 * sources.length];
        for (int k = 0; k < candidates.length; k++) {
          candidates[k] = sources[k / 3] + k % 3 - 1;
        }
        CircuitBuilder b = new CircuitBuilder(1);
        Integer[] inputs = new Integer[sources.length];
        for (int k = 0; k < sources.length; k++) {
          inputs[k] = b.input(-most, most, candidates.length);
          b.given().put(inputs[k], same(candidates.length, sources[k]));
        }
        int result = b.max(bits, inputs);
        b.output(result);
        b.given().put(result, candidates);
        assertEquals(
            List.of(IntStream.of(sources).max().getAsInt()),
            accepted(satisfied(b, candidates.length), candidates),
            Arrays.toString(sources));
      }
    }
  }

  /**
   * Every integer as the greatest of a line, and every remainder of one of its distances: one pair
   * is left. Lines of up to four elements have one product, which no other column of the prover's
   * helps to satisfy.
   */
  @Test
  void exponentials() {
    int shift = 3;
    int[] entries = {90, 70, 50, 30, 20, 10, 5};
    for (int[] line : new int[][] {{0, 0}, {-20, 19}, {7, -8, -9}, {3, -20, 19, 18}}) {
      int most = IntStream.of(line).max().getAsInt();
      int remainders = 1 << shift;
      int count = 48 * remainders; // greatest elements from -24 to 23
      int n = line.length;
      CircuitBuilder b = new CircuitBuilder(1);
      int source = b.input(-20, 19, count, n);
      int result = b.exponentials(source, 1, shift, 1, entries);
      b.output(result);
      b.given().put(source, IntStream.range(0, count * n).map(k -> line[k % n]).toArray());
      // The first distance has the candidate's remainder, the others have their own.
      IntUnaryOperator remainder =
          k ->
              k % n == 0
                  ? k / n % remainders
                  : k / n / remainders - 24 - line[k % n] & remainders - 1;
      int[] results = new int[count * n];
      for (int k = 0; k < results.length; k++) {
        int distance = k / n / remainders - 24 - line[k % n] - remainder.applyAsInt(k);
        int h = M31.mul(M31.fromSigned(distance), M31.inv(remainders));
        results[k] = h < entries.length ? entries[h] : 0;
      }
      b.given().put(result, results);
      boolean[] satisfied =
          satisfied(b, count, k -> M31.fromSigned(k / remainders - 24), remainder);
      int[] candidates = IntStream.range(0, count).toArray();
      int right = (most + 24) * remainders + (most - line[0] & remainders - 1);
      assertEquals(List.of(right), accepted(satisfied, candidates), Arrays.toString(line));
    }
  }

  /** The same where the second channel weighs 2^14 times the first. */
  @Test
  void normsOfChannels() {
    int count = 1 << 20;
    for (int[] x : new int[][] {{0, 0}, {3, 4}, {7_000, 7_000}, {-6_999, 8_000}}) {
      CircuitBuilder b = new CircuitBuilder(1);
      int source = b.input(-8_000, 8_000, count, 2);
      int norm = b.euclideanNorm(source, 12345, 0, 7);
      b.output(norm);
      b.given().put(source, IntStream.range(0, 2 * count).map(k -> x[k % 2]).toArray());
      int[] candidates = IntStream.range(0, count).toArray();
      b.given().put(norm, candidates);
      long radicand = 12345 + (long) x[0] * x[0] + ((long) x[1] * x[1] << 14);
      assertEquals(
          List.of((int) Math.sqrt((double) radicand)),
          accepted(satisfied(b, count), candidates),
          "root of " + radicand);
    }
  }

  /** All results of 20 bits: others are no pair of limbs. */
  @Test
  void norms() {
    int count = 1 << 20;
    for (int[] x : new int[][] {{0, 0}, {3, 4}, {20_000, 20_000}}) {
      for (long constant : new long[] {1, (1L << 39) + 12345}) {
        CircuitBuilder b = new CircuitBuilder(1);
        int source = b.input(-20_000, 20_000, count, 2);
        int norm = b.euclideanNorm(source, constant);
        b.output(norm);
        b.given().put(source, IntStream.range(0, 2 * count).map(k -> x[k % 2]).toArray());
        int[] candidates = IntStream.range(0, count).toArray();
        b.given().put(norm, candidates);
        long radicand = constant + (long) x[0] * x[0] + (long) x[1] * x[1];
        assertEquals(
            List.of((int) Math.sqrt((double) radicand)),
            accepted(satisfied(b, count), candidates),
            "root of " + radicand);
      }
    }
  }

  @Test
  void reciprocals() {
    for (int bits : new int[] {10, 28}) {
      for (int x : new int[] {1, 2, 3, 1000, 1023, 1024, 1025, (1 << Reciprocal.SOURCE_BITS) - 1}) {
        // Every remainder between 0 and 2 x - 1: the gap is what lacks to that.
        int count = 2 * x;
        CircuitBuilder b = new CircuitBuilder(1);
        int source = b.input(1, (1 << Reciprocal.SOURCE_BITS) - 1, count, 1);
        int result = b.reciprocal(source, bits);
        b.output(result);
        int[] candidates = new int[count];
        int inverse = M31.inv(M31.fromSigned(2 * x));
        for (int k = 0; k < count; k++) {
          candidates[k] = M31.toSigned(M31.mul(M31.fromSigned((2L << bits) + x - k), inverse));
        }
        b.given().put(source, same(count, x));
        b.given().put(result, candidates);
        assertEquals(
            List.of((int) Reciprocal.of(x, bits)),
            accepted(satisfied(b, count), candidates),
            "2^" + bits + " / " + x);
      }
    }
  }
}
