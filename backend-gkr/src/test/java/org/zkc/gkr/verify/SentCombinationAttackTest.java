package org.zkc.gkr.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.channel.ReceivingChannel;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.channel.SendingChannel;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.RandomElements;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.layout.Opening;
import org.zkc.gkr.ligero.ColumnOpening;
import org.zkc.gkr.ligero.Columns;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.proof.Proof;
import org.zkc.gkr.prove.commitment.WitnessCommitment;
import org.zkc.gkr.security.SecurityParameters;
import org.zkc.gkr.transcript.Transcript;

/** Provers that send other combinations of committed rows than those that are claimed. */
class SentCombinationAttackTest {
  private static final SecurityParameters PARAMETERS = new SecurityParameters(20, 0, 0, 2);
  private static final List<Opening> OPENINGS = List.of(Opening.WITNESS, Opening.MODEL);
  private static final int ROWS = 5;
  private static final int VARIABLES = 7;
  private static final int WIDTH = 1 << VARIABLES;

  private final RandomElements random = new RandomElements(78);
  private final List<WitnessCommitment> commitments = new ArrayList<>();
  private final List<OpeningVerifier.Combination> claims = new ArrayList<>();
  private final List<ExtVector> combinations = new ArrayList<>();

  @BeforeEach
  void commit() {
    for (int k = 0; k < OPENINGS.size(); k++) {
      int[][] rows = new int[ROWS][];
      ExtVector coefficients = random.vector(ROWS);
      ExtVector u = new ExtVector(WIDTH);
      for (int r = 0; r < ROWS; r++) {
        rows[r] = random.residues(WIDTH);
        Kernels.best().addScaledBase(u, coefficients.get(r), rows[r], 0, WIDTH);
      }
      commitments.add(
          WitnessCommitment.commit(
              WIDTH,
              ROWS,
              (row, target, at) -> System.arraycopy(rows[row], 0, target, at, WIDTH),
              Workers.callerOnly()));
      Ext[] point = random.elements(VARIABLES);
      claims.add(new OpeningVerifier.Combination(coefficients, point, Mle.evaluate(u, point)));
      combinations.add(u);
    }
  }

  /** Why a proof with these combinations is rejected; null when it is accepted. */
  private String rejection(List<ExtVector> sent, List<OpeningVerifier.Combination> claimed) {
    SendingChannel out = new SendingChannel(new Transcript("test"));
    for (int k = 0; k < sent.size(); k++) {
      out.send(Section.COMBINATIONS, OPENINGS.get(k).text() + " combination", sent.get(k));
    }
    long nonce = out.transcript().grind("queries", 0);
    EnumMap<Opening, ColumnOpening> openings = new EnumMap<>(Opening.class);
    EnumMap<Opening, OpeningVerifier.Combination> combined = new EnumMap<>(Opening.class);
    EnumMap<Opening, byte[]> roots = new EnumMap<>(Opening.class);
    for (int k = 0; k < sent.size(); k++) {
      Opening of = OPENINGS.get(k);
      int[] drawn =
          out.transcript()
              .challengeIndices(of.text() + " queries", PARAMETERS.queries(), Columns.count(WIDTH));
      openings.put(of, commitments.get(k).open(Columns.distinct(drawn)));
      combined.put(of, claimed.get(k));
      roots.put(of, commitments.get(k).root());
    }
    EnumMap<Section, byte[]> sections = new EnumMap<>(Section.class);
    for (Section s : Section.values()) {
      sections.put(s, out.bytes(s));
    }
    Proof proof = new Proof(new byte[0], 0, sections, new byte[0], nonce, 0, openings);
    ReceivingChannel in = new ReceivingChannel(new Transcript("test"), proof.sections());
    try {
      new SentCombinationVerifier(PARAMETERS, in, proof).verify(combined, roots);
      in.finish();
      return null;
    } catch (VerificationFailure e) {
      return e.where();
    }
  }

  private List<ExtVector> with(int k, ExtVector u) {
    ArrayList<ExtVector> out = new ArrayList<>(combinations);
    out.set(k, u);
    return out;
  }

  private static void assertColumn(Opening of, String where) {
    assertTrue(where != null && where.startsWith(of.text() + " column "), where);
  }

  @Test
  void theTruthIsAccepted() {
    assertNull(rejection(combinations, claims));
  }

  /** The right combination does not have a false value, and one that has it is not of the rows. */
  @Test
  void aFalseValue() {
    for (int k = 0; k < OPENINGS.size(); k++) {
      OpeningVerifier.Combination c = claims.get(k);
      ArrayList<OpeningVerifier.Combination> claimed = new ArrayList<>(claims);
      claimed.set(
          k,
          new OpeningVerifier.Combination(
              c.coefficients(), c.columnPoint(), c.value().add(Ext.ONE)));
      assertEquals(OPENINGS.get(k).text() + " combination", rejection(combinations, claimed));
      ExtVector u = combinations.get(k).copy();
      u.set(3, u.get(3).add(EqTable.of(c.columnPoint()).get(3).inv()));
      assertColumn(OPENINGS.get(k), rejection(with(k, u), claimed));
    }
  }

  /** Another vector of the claimed value. */
  @Test
  void anotherCombinationOfTheSameValue() {
    for (int k = 0; k < OPENINGS.size(); k++) {
      ExtVector eq = EqTable.of(claims.get(k).columnPoint());
      ExtVector u = combinations.get(k).copy();
      u.set(3, u.get(3).add(eq.get(7)));
      u.set(7, u.get(7).sub(eq.get(3)));
      assertColumn(OPENINGS.get(k), rejection(with(k, u), claims));
    }
  }

  /** Combinations of other rows, each with its own value. */
  @Test
  void theOtherCommitmentsCombination() {
    assertColumn(Opening.WITNESS, rejection(combinations.reversed(), claims.reversed()));
  }

  /** Rows combined by other coefficients than the verifier's, with their value. */
  @Test
  void otherCoefficients() {
    OpeningVerifier.Combination c = claims.getFirst();
    ExtVector coefficients = c.coefficients().copy();
    coefficients.set(1, coefficients.get(1).add(Ext.ONE));
    assertColumn(
        Opening.WITNESS,
        rejection(
            combinations,
            List.of(
                new OpeningVerifier.Combination(coefficients, c.columnPoint(), c.value()),
                claims.getLast())));
  }

  @Test
  void aVectorThatIsTooShort() {
    assertEquals(
        Section.COMBINATIONS.text() + ", model combination",
        rejection(with(1, combinations.getLast().slice(0, WIDTH - 1)), claims));
  }
}
