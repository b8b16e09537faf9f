package org.zkc.gkr.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.circuit.MatMul;
import org.zkc.gkr.circuit.Requantize;
import org.zkc.gkr.circuit.Table;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.layout.Arithmetization;
import org.zkc.gkr.layout.ModelLayout;
import org.zkc.gkr.protocol.ProtocolConstants;
import org.zkc.gkr.relation.ConstraintSystem;

class SoundnessBudgetTest {

  // One 3x3 convolution of the given channels on a 32x32 image, requantised.
  private static CheckedCircuit convolution(int channels) {
    List<Integer> image = List.of(1, channels, 32, 32);
    long sum = 64L * 9 * channels;
    return CircuitCheck.check(
        new Circuit(
            List.of(
                TensorDeclaration.input(image, -128, 127),
                new TensorDeclaration(
                    TensorDeclaration.Role.MODEL,
                    List.of(channels, channels, 3, 3),
                    -127,
                    127,
                    sum,
                    sum),
                TensorDeclaration.virtual(image, -(1 << 29), 1 << 29),
                TensorDeclaration.witness(image, -128, 127),
                TensorDeclaration.virtual(image, -(1 << 29), 1 << 29)),
            List.of(new Table.Clamp(-(1 << 15), 1 << 16, -128, 127)),
            List.of(
                new Conv(2, 0, 1, List.of(1, 1), List.of(1, 1), List.of(1, 1), 1),
                new Requantize(3, 2, 11, List.of(11), 0),
                new Conv(4, 3, 1, List.of(1, 1), List.of(1, 1), List.of(1, 1), 1)),
            List.of(0),
            List.of(4)));
  }

  @Test
  void theSumOfAllTermsReachesTheTargetWithNoQueryToSpare() {
    for (int channels : new int[] {1, 3, 64}) {
      Arithmetization a = Arithmetization.of(convolution(channels));
      SecurityParameters p = SecurityParameters.of(a);
      SoundnessBudget budget = SoundnessBudget.of(a, p);
      double error = 0;
      for (SoundnessBudget.Term t : budget.terms()) {
        assertTrue(
            t.bits() > SecurityParameters.TARGET_BITS,
            t.step() + " alone is above the target: " + t.bits());
        error += Math.pow(2, -t.bits());
      }
      assertEquals(-Math.log(error) / Math.log(2), budget.totalBits(), 1e-9);
      assertTrue(budget.totalBits() >= SecurityParameters.TARGET_BITS, "channels " + channels);
      SecurityParameters fewer =
          new SecurityParameters(
              p.queries() - 1, p.queryGrindingBits(), p.lookupGrindingBits(), p.logBlowUp());
      assertTrue(
          SoundnessBudget.of(a, fewer).totalBits() < SecurityParameters.TARGET_BITS,
          "channels " + channels);
    }
  }

  @Test
  void aQueryGainsTheUniqueDecodingRate() {
    Arithmetization a = Arithmetization.of(convolution(64));
    double one = queries(a, new SecurityParameters(1, 0, 0, 2));
    // e + 1 = floor((3k - 1) / 2) + 1 of 4k columns: 3/8 of them.
    assertEquals(-Math.log(1 - 0.375) / Math.log(2), one, 0.01);
    assertEquals(100 * one + 7, queries(a, new SecurityParameters(100, 7, 0, 2)), 1e-6);
  }

  /**
   * Every way to a claim on a MODEL tensor counts: as a source and in a table, not only as a
   * weight.
   */
  @Test
  void claimsOnModelTensorsAreCountedWhereverTheyArise() {
    TensorDeclaration model =
        new TensorDeclaration(TensorDeclaration.Role.MODEL, List.of(256, 64), 0, 9, 576, 0);
    CheckedCircuit circuit =
        CircuitCheck.check(
            new Circuit(
                List.of(
                    model,
                    model,
                    TensorDeclaration.virtual(List.of(256, 256), 0, 9 * 576),
                    TensorDeclaration.witness(List.of(256, 64), 0, 9)),
                List.of(new Table.Clamp(0, 16, 0, 9)),
                List.of(new MatMul(2, 0, 1), new Requantize(3, 0, 0, List.of(), 0)),
                List.of(),
                List.of(2)));
    ConstraintSystem system = Arithmetization.of(circuit).system();
    assertEquals(2, system.modelClaims(0));
    assertEquals(1, system.modelClaims(1));
  }

  @Test
  void claimsOfConvolutionsAndTermsAreCounted() {
    CircuitBuilder b = new CircuitBuilder(3);
    int x = b.input(-5, 5, 1, 2, 4, 4);
    int kernel = b.model(-3, 3, 2, 2, 3, 3);
    int transformed = b.model(-3, 3, 2, 2, 3, 3);
    int bias = b.model(-3, 3, 2);
    Conv c = new Conv(-1, x, transformed, List.of(1, 1), List.of(1, 1), List.of(1, 1), 1);
    b.output(b.addBias(b.conv(x, kernel, 1, 1, 1, 1), bias)).output(b.fftConv(c, List.of(4, 4)));
    int factor = b.model(-3, 3, 2, 2, 2);
    int both = b.model(-3, 3, 3, 2);
    b.output(b.matMul(factor, b.input(-3, 3, 2, 2, 2))).output(b.matMul(both, both));
    ConstraintSystem system = Arithmetization.of(CircuitCheck.check(b.circuit())).system();
    assertEquals(1, system.modelClaims(factor));
    assertEquals(2, system.modelClaims(both));
    assertEquals(1, system.modelClaims(kernel));
    assertEquals(1, system.modelClaims(transformed));
    // Each of as many claims on the sum as are carried on without merging.
    assertEquals(ProtocolConstants.MERGE_ABOVE, system.modelClaims(bias));
    assertEquals(4, ModelLayout.logClaims(system));
  }

  @Test
  void roundsOfTransformsCount() {
    CircuitBuilder b = new CircuitBuilder(1);
    int x = b.input(-5, 5, 1, 6, 1, 100);
    int w = b.model(-5, 5, 4, 3, 1, 29);
    Conv c = new Conv(-1, x, w, List.of(1, 1), List.of(0, 14), List.of(1, 1), 2);
    int y = b.fftConv(c, List.of(1, 100), List.of(1, 128));
    SoundnessBudget budget = SoundnessBudget.of(CircuitCheck.check(b.output(y).circuit()));
    double bits =
        budget.terms().stream()
            .filter(t -> t.step().equals("relations"))
            .findFirst()
            .orElseThrow()
            .bits();
    // Merging to a point of 2 + 7 variables; (2, 3) channels of degree 2, 7 frequencies of degree
    // 3.
    double numerator = 16 + 2 * (2 + 7) + 2 * (1 + 2) + 3 * 7;
    assertEquals(124 - Math.log(numerator) / Math.log(2), bits, 1e-3);
  }

  @Test
  void roundsOfProductsWithSharedAxesCount() {
    CircuitBuilder b = new CircuitBuilder(1);
    int left = b.input(-5, 5, 3, 5, 4, 6);
    int y = b.matMul(left, b.input(-5, 5, 3, 5, 7, 6));
    SoundnessBudget budget = SoundnessBudget.of(CircuitCheck.check(b.output(y).circuit()));
    double bits =
        budget.terms().stream()
            .filter(t -> t.step().equals("relations"))
            .findFirst()
            .orElseThrow()
            .bits();
    // Merging to a point of 2 + 3 + 2 + 3 variables; shared axes, eq included, of degree 3; 6 of
    // degree 2.
    double numerator = 16 + 2 * 10 + 3 * (2 + 3) + 2 * 3;
    assertEquals(124 - Math.log(numerator) / Math.log(2), bits, 1e-3);
  }

  @Test
  void roundsOfRowsCount() {
    CircuitBuilder b = new CircuitBuilder(1);
    int y = b.gather(b.input(-5, 5, 9, 6), b.input(0, 8, 5));
    SoundnessBudget budget = SoundnessBudget.of(CircuitCheck.check(b.output(y).circuit()));
    double bits =
        budget.terms().stream()
            .filter(t -> t.step().equals("relations"))
            .findFirst()
            .orElseThrow()
            .bits();
    // Merging to a point of 3 + 3 variables; 9 rows of degree 2.
    double numerator = 16 + 2 * 6 + 2 * 4;
    assertEquals(124 - Math.log(numerator) / Math.log(2), bits, 1e-3);
  }

  /** A circuit of every kind of step but transforms, its errors counted by hand. */
  @Test
  void everyTermByHand() {
    CircuitBuilder b = new CircuitBuilder(2);
    int x = b.input(-8, 7, 2, 4, 4, 4);
    int y = b.conv(x, b.model(-3, 3, 8, 4, 3, 3), 1, 1, 1, 1);
    int a = b.requantize(y, 6, 2, b.table(new Table.Clamp(-64, 128, 0, 15)));
    int m = b.max(4, a, a);
    int z = b.matMul(b.product(m, a), b.model(-3, 3, 5, 4));
    Arithmetization arithmetization = Arithmetization.of(CircuitCheck.check(b.output(z).circuit()));
    // Everything but the input, 7 variables, and the output (2, 8, 4, 5), 9, has 8: (2, 8, 4, 4).
    TreeMap<String, Double> errors = new TreeMap<>();
    // Five lookups of 256 elements: two limbs, the function's pairs, two differences; tables of 8,
    // 128 and 16 rows. Blocks of 512 leaves need 12 variables, the tables 8.
    errors.put("lookup challenges", (5 * 256 + 8 + 128 + 16) * (1 + 12.0) / (1 << 5));
    // A layer of l variables above: lambda, the siblings, l rounds of degree 3.
    errors.put("lookup layers", 2.0 * (12 + 8) + 3 * (12 * 11 / 2 + 8 * 7 / 2));
    // The point; rounds of degree 3, the two differences and eq.
    errors.put("zero products", 8.0 + 8 * 3);
    errors.put("output points", 9.0);
    int merging = 16 + 2 * 8;
    errors.put(
        "relations",
        // Convolution over (4, 3, 3), quotient, two differences, product, matrix product over 4.
        merging + 2.0 * 6 + merging + 2 * merging + (16 + 3 * 8) + (16 + 2 * 9 + 2 * 2));
    // Columns: two limbs, a, m, three multiplicities; a row has 64 of 256 elements.
    errors.put("witness batch", 2.0 * 8 + 16 + 3);
    errors.put("witness proximity", (2 + 3) * 4 * 64.0);
    // The kernel has rows of 2 of its 8 channels, 128 elements; two claims.
    errors.put("model claims brought to points", 16 + 2.0 * (3 + 2 + 2 + 2));
    errors.put("model merge", 2.0 * (7 + 16));
    errors.put("model proximity", (2 + 2) * 4 * 128.0);
    // Combinations of 64 and 128 elements are sent.
    double missed = Math.pow(1 - 0.375, 40) / (1 << 7);
    errors.put("witness queries", missed * Math.pow(2, 124));
    errors.put("model queries", missed * Math.pow(2, 124));
    SoundnessBudget budget =
        SoundnessBudget.of(arithmetization, new SecurityParameters(40, 7, 5, 2));
    double sum = 0;
    for (SoundnessBudget.Term t : budget.terms()) {
      Double error = errors.remove(t.step());
      assertNotNull(error, t.step());
      assertEquals(124 - Math.log(error) / Math.log(2), t.bits(), 1e-5, t.step());
      sum += error;
    }
    assertTrue(errors.isEmpty(), errors.keySet() + " are not counted");
    assertEquals(124 - Math.log(sum) / Math.log(2), budget.totalBits(), 1e-5);
  }

  @Test
  void combinationsThatAreCommittedToCount() {
    CircuitBuilder b = new CircuitBuilder(1);
    int y = b.matMul(b.input(-5, 5, 1, 1 << 12), b.model(-5, 5, 2, 1 << 12));
    SecurityParameters parameters = new SecurityParameters(40, 7, 5, 2);
    SoundnessBudget budget =
        SoundnessBudget.of(
            Arithmetization.of(CircuitCheck.check(b.output(y).circuit())), parameters);
    TreeMap<String, Double> errors = new TreeMap<>();
    // The combination of rows of 4,096 elements takes 8 rows of 512; it has 41 claims.
    errors.put("combination claims", 2.0 * 12 + 6);
    errors.put("combination proximity", 3 * 4 * 512.0);
    errors.put("combination queries", Math.pow(1 - 0.375, 40) / (1 << 7) * Math.pow(2, 124));
    for (SoundnessBudget.Term t : budget.terms()) {
      Double error = errors.remove(t.step());
      if (error != null) {
        assertEquals(124 - Math.log(error) / Math.log(2), t.bits(), 1e-5, t.step());
      }
    }
    assertTrue(errors.isEmpty(), errors.keySet() + " are not counted");
  }

  private static double queries(Arithmetization a, SecurityParameters p) {
    return SoundnessBudget.of(a, p).terms().stream()
        .filter(t -> t.step().equals("model queries"))
        .findFirst()
        .orElseThrow()
        .bits();
  }
}
