package org.zkc.gkr.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.gkr.channel.ReceivingChannel;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.channel.SendingChannel;
import org.zkc.gkr.code.CircleCode;
import org.zkc.gkr.code.Symbols;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.RandomElements;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.layout.CombinationLayout;
import org.zkc.gkr.layout.Opening;
import org.zkc.gkr.ligero.ColumnOpening;
import org.zkc.gkr.ligero.Columns;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.proof.Proof;
import org.zkc.gkr.prove.commitment.WitnessCommitment;
import org.zkc.gkr.relation.Merging;
import org.zkc.gkr.security.SecurityParameters;
import org.zkc.gkr.sumcheck.RoundPolynomial;
import org.zkc.gkr.sumcheck.SumcheckVerifier;
import org.zkc.gkr.transcript.Transcript;

/**
 * Provers that lie about the combinations of committed rows, each carrying its lie as far as it can
 * be carried: a second prover, of whole tables and without shortcuts.
 */
class CombinationAttackTest {
  private static final SecurityParameters PARAMETERS = new SecurityParameters(20, 0, 0, 2);
  private static final int ROWS = 5;

  /** The lengths of the combinations of witness and model. */
  private enum Shape {
    EQUAL(2048, 2048),
    /** The witness' combination is shorter than a row of their matrix. */
    SHORT(64, 1 << 14),
    ALONE(4096, 0);

    final CombinationLayout layout;

    Shape(int witness, int model) {
      layout = CombinationLayout.of(witness, model);
    }
  }

  private static final int COMMITTED = 1;
  private static final int USED = 2;
  private static final int VALUE = 4;
  private static final int ENDS = 8;
  private static final int ROW = 16;
  private static final int JUNK = 32;
  private static final int LATE = 64;

  private final RandomElements random = new RandomElements(77);
  private Shape shape = Shape.EQUAL;
  private List<WitnessCommitment> commitments = List.of();
  private List<ExtVector> combinations = List.of();
  private List<OpeningVerifier.Combination> claims = List.of();

  private void commit(Shape of) {
    shape = of;
    commitments = new ArrayList<>();
    combinations = new ArrayList<>();
    claims = new ArrayList<>();
    for (CombinationLayout.Entry e : shape.layout.entries()) {
      int width = 1 << e.variables();
      int[][] rows = new int[ROWS][];
      for (int r = 0; r < ROWS; r++) {
        rows[r] = random.residues(width);
      }
      commitments.add(
          WitnessCommitment.commit(
              width,
              ROWS,
              (row, target, at) -> System.arraycopy(rows[row], 0, target, at, width),
              Workers.callerOnly()));
      ExtVector coefficients = random.vector(ROWS);
      ExtVector u = new ExtVector(width);
      for (int r = 0; r < ROWS; r++) {
        Kernels.best().addScaledBase(u, coefficients.get(r), rows[r], 0, width);
      }
      combinations.add(u);
      Ext[] point = random.elements(e.variables());
      claims.add(new OpeningVerifier.Combination(coefficients, point, Mle.evaluate(u, point)));
    }
  }

  /** Another combination of the first commitment, with the value that is claimed. */
  private ExtVector forged(int k) {
    ExtVector u = combinations.get(k).copy();
    if (k == 0) {
      ExtVector eq = EqTable.of(claims.get(k).columnPoint());
      u.set(3, u.get(3).add(eq.get(7)));
      u.set(7, u.get(7).sub(eq.get(3)));
    }
    return u;
  }

  /**
   * A combination of the first commitment whose value is greater by 1 and which agrees with all
   * columns that were drawn: there is one, as a combination has more elements than that.
   */
  private ExtVector late(int[] drawn) {
    int width = 1 << shape.layout.entries().getFirst().variables();
    int size = drawn.length + 1;
    Ext[][] equations = new Ext[size][];
    for (int i = 0; i < size; i++) {
      ExtVector functional =
          i < drawn.length
              ? Symbols.ofDimension(width).transposed(new int[] {drawn[i]}, ExtVector.of(Ext.ONE))
              : EqTable.of(claims.getFirst().columnPoint());
      equations[i] = new Ext[size + 1];
      for (int j = 0; j < size; j++) {
        equations[i][j] = functional.get(j);
      }
      equations[i][size] = i < drawn.length ? Ext.ZERO : Ext.ONE;
    }
    for (int i = 0; i < size; i++) {
      int pivot = i;
      while (equations[pivot][i].equals(Ext.ZERO)) {
        pivot++;
      }
      Ext[] row = equations[pivot];
      equations[pivot] = equations[i];
      equations[i] = row;
      Ext inverse = row[i].inv();
      for (int k = 0; k < size; k++) {
        Ext factor = k == i ? Ext.ZERO : equations[k][i].mul(inverse);
        for (int j = i; j <= size && k != i; j++) {
          equations[k][j] = equations[k][j].sub(factor.mul(row[j]));
        }
      }
    }
    ExtVector u = combinations.getFirst().copy();
    for (int i = 0; i < size; i++) {
      u.set(i, u.get(i).add(equations[i][size].mul(equations[i][i].inv())));
    }
    return u;
  }

  /** Why the proof with these lies is rejected; null when it is accepted. */
  private String rejection(int lies) {
    Transcript transcript = new Transcript("test");
    SendingChannel out = new SendingChannel(transcript);
    CombinationLayout layout = shape.layout;
    int count = layout.entries().size();
    ArrayList<ExtVector> used = new ArrayList<>();
    ArrayList<ExtVector> contents = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      used.add(padded(k, (lies & USED) != 0 ? forged(k) : combinations.get(k), lies));
      contents.add(
          (lies & (COMMITTED | USED)) == COMMITTED
              ? padded(k, forged(k), lies)
              : (lies & COMMITTED) != 0
                  ? used.get(k)
                  : padded(k, combinations.get(k), lies & ~JUNK));
      if ((lies & JUNK) != 0) {
        contents.set(k, used.get(k));
      }
    }
    WitnessCommitment matrix =
        WitnessCommitment.commit(
            layout.width(),
            layout.rows(),
            (row, target, at) -> {
              for (int k = count - 1; k >= 0; k--) {
                int own = row / CombinationLayout.LIMBS - layout.entries().get(k).firstRow();
                if (own >= 0) {
                  System.arraycopy(
                      contents.get(k).limb(row % CombinationLayout.LIMBS),
                      own * layout.width(),
                      target,
                      at,
                      layout.width());
                  return;
                }
              }
            },
            Workers.callerOnly());
    transcript.absorb("combination root", matrix.root());
    long queryNonce = transcript.grind("queries", 0);
    EnumMap<Opening, ColumnOpening> openings = new EnumMap<>(Opening.class);
    ArrayList<int[]> indices = new ArrayList<>();
    int number = 0;
    for (int k = 0; k < count; k++) {
      Opening of = layout.entries().get(k).of();
      indices.add(draw(transcript, of.text() + " queries", commitments.get(k).width()));
      openings.put(of, commitments.get(k).open(indices.get(k)));
      number += 1 + indices.get(k).length;
    }
    if ((lies & LATE) != 0) {
      used.set(0, padded(0, late(indices.getFirst()), lies));
    }
    ExtVector merging = Merging.coefficients(transcript, "combination claims", number);
    // Whole tables of weights and values over all variables, and what the verifier's claim is.
    int size = 1 << layout.variables();
    ExtVector[] weights = new ExtVector[count];
    ExtVector[] values = new ExtVector[count];
    ArrayList<OpeningVerifier.Combination> said = new ArrayList<>();
    Ext current = Ext.ZERO;
    int at = 0;
    for (int k = 0; k < count; k++) {
      OpeningVerifier.Combination c = claims.get(k);
      Ext value = (lies & VALUE) != 0 && k == 0 ? c.value().add(Ext.ONE) : c.value();
      said.add(new OpeningVerifier.Combination(c.coefficients(), c.columnPoint(), value));
      int width = 1 << layout.entries().get(k).variables();
      ExtVector own = new ExtVector(width);
      Kernels.best().addScaled(own, merging.get(at), EqTable.of(c.columnPoint()));
      current = current.add(merging.get(at++).mul(value));
      ExtVector codeword = CircleCode.ofDimension(width).encode(combinations.get(k));
      for (int index : indices.get(k)) {
        Kernels.best()
            .addScaled(
                own,
                merging.get(at),
                Symbols.ofDimension(width).transposed(new int[] {index}, ExtVector.of(Ext.ONE)));
        current = current.add(merging.get(at++).mul(codeword.get(index)));
      }
      weights[k] = own.copyOf(size);
      values[k] = new ExtVector(size);
      for (int x = 0; x < size; x++) {
        values[k].set(x, used.get(k).get(x % used.get(k).length()));
      }
    }
    Ext[] point = new Ext[layout.variables()];
    for (int j = 0; j < point.length; j++) {
      int half = size >> (j + 1);
      Ext at0 = Ext.ZERO;
      Ext at2 = Ext.ZERO;
      for (int k = 0; k < count; k++) {
        for (int x = 0; x < half; x++) {
          at0 = at0.add(weights[k].get(x).mul(values[k].get(x)));
          at2 =
              at2.add(
                  line(weights[k], x, half, Ext.of(2)).mul(line(values[k], x, half, Ext.of(2))));
        }
      }
      out.send(Section.COMBINATIONS, "combination claims", at0, at2);
      point[j] = transcript.challengeExt("combination claims");
      current = RoundPolynomial.at(new Ext[] {at0, current.sub(at0), at2}, point[j]);
      for (int k = 0; k < count; k++) {
        for (int x = 0; x < half; x++) {
          weights[k].set(x, line(weights[k], x, half, point[j]));
          values[k].set(x, line(values[k], x, half, point[j]));
        }
      }
    }
    Ext[] ends = new Ext[count];
    Ext others = Ext.ZERO;
    for (int k = 0; k < count; k++) {
      ends[k] = values[k].get(0);
      others = k == 0 ? others : others.add(weights[k].get(0).mul(ends[k]));
    }
    if ((lies & ENDS) != 0) {
      ends[0] = current.sub(others).mul(weights[0].get(0).inv());
    }
    out.send(Section.COMBINATIONS, "combination ends", ends);
    ExtVector stacking = Merging.coefficients(transcript, "combination rows", count);
    ExtVector u = new ExtVector(layout.width());
    Ext value = Ext.ZERO;
    Ext[] columnPoint = SumcheckVerifier.suffix(point, layout.widthVariables());
    for (int k = 0; k < count; k++) {
      value = value.add(stacking.get(k).mul(ends[k]));
      ExtVector content = used.get(k);
      int rows = content.length() / layout.width();
      Ext[] own = SumcheckVerifier.suffix(point, Mle.variables(content.length()));
      ExtVector eq = EqTable.of(Arrays.copyOf(own, own.length - columnPoint.length));
      for (int r = 0; r < rows; r++) {
        Kernels.best()
            .addScaled(
                u,
                stacking.get(k).mul(eq.get(r)),
                content.slice(r * layout.width(), layout.width()));
      }
    }
    if ((lies & ROW) != 0) {
      Ext miss = value.sub(Mle.evaluate(u, columnPoint));
      u.set(0, u.get(0).add(miss.mul(EqTable.of(columnPoint).get(0).inv())));
    }
    out.send(Section.COMBINATIONS, "combination row", u);
    long nonce = transcript.grind("combination queries", 0);
    openings.put(
        Opening.COMBINATION, matrix.open(draw(transcript, "combination queries", layout.width())));
    return verify(
        new Proof(
            new byte[0],
            0,
            Map.of(Section.COMBINATIONS, out.bytes(Section.COMBINATIONS)),
            matrix.root(),
            queryNonce,
            nonce,
            openings),
        said);
  }

  /** The content of the combination's rows; junk behind it where it is shorter than a row. */
  private ExtVector padded(int k, ExtVector u, int lies) {
    ExtVector out = u.copyOf(Math.max(u.length(), shape.layout.width()));
    for (int x = u.length(); x < out.length() && (lies & JUNK) != 0; x++) {
      out.set(x, Ext.of(1000 * (k + 1) + x));
    }
    return out;
  }

  private static Ext line(ExtVector v, int x, int half, Ext t) {
    return v.get(x).add(t.mul(v.get(x + half).sub(v.get(x))));
  }

  private static int[] draw(Transcript transcript, String label, int width) {
    return Columns.distinct(
        transcript.challengeIndices(label, PARAMETERS.queries(), Columns.count(width)));
  }

  private String verify(Proof proof, List<OpeningVerifier.Combination> said) {
    EnumMap<Section, byte[]> sections = new EnumMap<>(Section.class);
    for (Section s : Section.values()) {
      sections.put(s, proof.sections().getOrDefault(s, new byte[0]));
    }
    ReceivingChannel in = new ReceivingChannel(new Transcript("test"), sections);
    EnumMap<Opening, OpeningVerifier.Combination> combined = new EnumMap<>(Opening.class);
    EnumMap<Opening, byte[]> roots = new EnumMap<>(Opening.class);
    for (int k = 0; k < said.size(); k++) {
      Opening of = shape.layout.entries().get(k).of();
      combined.put(of, said.get(k));
      roots.put(of, commitments.get(k).root());
    }
    try {
      new CombinationVerifier(shape.layout, PARAMETERS, in, proof).verify(combined, roots);
      in.finish();
      return null;
    } catch (VerificationFailure e) {
      return e.where();
    }
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void theTruthIsAccepted(Shape of) {
    commit(of);
    assertNull(rejection(0));
  }

  /** What stands behind a combination that is shorter than a row has no weight. */
  @ParameterizedTest
  @EnumSource(Shape.class)
  void junkBehindAShortCombinationProvesNothingElse(Shape of) {
    commit(of);
    assertNull(rejection(JUNK));
    assertEquals("combination ending", rejection(JUNK | VALUE));
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void aFalseValue(Shape of) {
    commit(of);
    assertEquals("combination ending", rejection(VALUE));
    assertEquals("combination row", rejection(VALUE | ENDS));
    assertColumn(rejection(VALUE | ENDS | ROW));
  }

  /** Another combination, of the claimed value, committed to and used throughout. */
  @ParameterizedTest
  @EnumSource(Shape.class)
  void aCombinationThatIsNotThatOfTheRows(Shape of) {
    commit(of);
    assertEquals("combination ending", rejection(COMMITTED | USED));
    assertEquals("combination row", rejection(COMMITTED | USED | ENDS));
    assertColumn(rejection(COMMITTED | USED | ENDS | ROW));
  }

  /** Every message is about the right combination, which is not what was committed to. */
  @ParameterizedTest
  @EnumSource(Shape.class)
  void anotherCombinationCommittedTo(Shape of) {
    commit(of);
    assertColumn(rejection(COMMITTED));
  }

  /**
   * The right combination is committed to. Once the columns are known, another one that agrees with
   * all of them and has a false value takes its place in every message: all equations hold, and
   * nothing but the columns of the combinations' own matrix tells the two apart.
   */
  @ParameterizedTest
  @EnumSource(Shape.class)
  void aCombinationChosenWhenTheColumnsAreKnown(Shape of) {
    commit(of);
    assertColumn(rejection(LATE | VALUE));
  }

  private static void assertColumn(String where) {
    assertTrue(where != null && where.startsWith("combination column "), where);
  }
}
