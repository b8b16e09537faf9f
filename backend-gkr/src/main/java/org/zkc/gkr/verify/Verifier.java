package org.zkc.gkr.verify;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.zkc.gkr.channel.ReceivingChannel;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.circuit.InvalidCircuit;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.layout.Arithmetization;
import org.zkc.gkr.layout.CombinationLayout;
import org.zkc.gkr.layout.LeafLayout;
import org.zkc.gkr.layout.Opening;
import org.zkc.gkr.ligero.ColumnOpening;
import org.zkc.gkr.lookup.LogupVerifier;
import org.zkc.gkr.lookup.LookupChallenges;
import org.zkc.gkr.proof.Proof;
import org.zkc.gkr.proof.ProofFile;
import org.zkc.gkr.relation.Claims;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.LookupTable;
import org.zkc.gkr.relation.PublicValues;
import org.zkc.gkr.relation.ZeroProduct;
import org.zkc.gkr.security.SecurityParameters;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.statement.StatementTranscript;
import org.zkc.gkr.transcript.Transcript;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.VerifierWork;
import org.zkc.gkr.weight.Weight;
import org.zkc.gkr.weight.WeightPool;

/**
 * Checks proofs in the order of docs/protocol.md section 5. The prover, which writes to a {@link
 * org.zkc.gkr.channel.SendingChannel}, takes the same steps.
 *
 * <ol>
 *   <li>public values lie in their intervals; the statement is absorbed;
 *   <li>the witness root is absorbed;
 *   <li>lookups: grinding, challenges, logup-GKR; its leaves become claims about the tensors looked
 *       up;
 *   <li>products that are zero; public outputs at random points;
 *   <li>backward sweep: every definition turns its claims into claims on its sources ({@link
 *       RelationVerifier});
 *   <li>all claims on committed tensors become one row combination of the witness, all on the model
 *       one of the model ({@link OpeningVerifier});
 *   <li>both combinations are sent, grinding, columns ({@link SentCombinationVerifier}); or they
 *       are committed to, and the claims on them, those from the columns included, become one row
 *       combination of the combinations, which is opened ({@link CombinationVerifier}). No part of
 *       the proof may be left over.
 * </ol>
 */
public final class Verifier {
  private final VerifierKey key;
  private final ConstraintSystem system;
  private final Arithmetization arithmetization;
  private final Proof proof;
  private final ReceivingChannel in;
  private final PublicValues publicValues;
  private final Claims claims;
  private final ReductionVerifier reductions;
  private final WeightPool pool = new WeightPool();

  private Verifier(VerifierKey key, Statement statement, Proof proof, byte[] context) {
    this.key = key;
    this.arithmetization = key.arithmetization();
    this.system = arithmetization.system();
    this.proof = proof;
    this.publicValues = new PublicValues(system, statement.inputs(), statement.outputs());
    this.claims = new Claims(system.tensors().size());
    this.in =
        new ReceivingChannel(StatementTranscript.begin(key, statement, context), proof.sections());
    this.reductions = new ReductionVerifier(system, in, publicValues, claims, pool);
  }

  /**
   * Returns normally when {@code proof} proves {@code statement} for the circuit and model of
   * {@code key}.
   *
   * @param context the bytes that the prover bound to the proof
   * @throws VerificationFailure otherwise; nothing else is thrown, whatever the bytes
   */
  public static void verify(VerifierKey key, Statement statement, byte[] proof, byte[] context) {
    SecurityParameters required = SecurityParameters.of(key.arithmetization());
    VerificationFailure.requireEqual("security parameters of the key", required, key.parameters());
    verifyUnderKeyParameters(key, statement, proof, context);
  }

  /**
   * Checks the content of a proof file, of one sample or several. The time is bounded as for one
   * proof, whatever the number of samples, because the limits of a key apply to the batch's
   * circuit.
   *
   * @param one the key of one sample
   * @throws VerificationFailure when the proof does not hold, or there is no such batch
   */
  public static void verify(VerifierKey one, ProofFile file, byte[] context) {
    VerifierKey key;
    try {
      key = one.batch(file.samples());
    } catch (InvalidCircuit e) {
      VerificationFailure f =
          new VerificationFailure(
              "proof file, samples",
              "a batch whose circuit passes the check",
              String.valueOf(e.getMessage()));
      f.initCause(e);
      throw f;
    }
    verify(key, file.statement(), file.proof(), context);
  }

  /**
   * {@link #verify} under the key's own parameters, whatever they are; tests use it with weak ones.
   *
   * @return what was spent
   */
  static VerifierWork verifyUnderKeyParameters(
      VerifierKey key, Statement statement, byte[] proof, byte[] context) {
    Proof messages = Proof.decode(proof);
    return VerifierWork.within(() -> new Verifier(key, statement, messages, context).run());
  }

  private void run() {
    Transcript transcript = in.transcript();
    boolean hasWitness = !arithmetization.witness().isEmpty();
    VerificationFailure.requireCount(
        "bytes of the witness root",
        hasWitness ? VerifierKey.DIGEST_BYTES : 0,
        proof.witnessRoot().length);
    transcript.absorb("witness root", proof.witnessRoot());
    if (!arithmetization.leaves().isEmpty()) {
      lookups(transcript);
    } else {
      VerificationFailure.requireCount("lookup nonce without lookups", 0, proof.lookupNonce());
    }
    for (ZeroProduct z : system.zeroProducts()) {
      zeroProduct(z);
    }
    for (int t : system.circuit().outputs()) {
      output(t);
    }
    new RelationVerifier(system, in, publicValues, claims, reductions, pool).sweep();
    open(transcript);
    in.finish();
  }

  // ---- lookups
  // -----------------------------------------------------------------------------------------------------

  private void lookups(Transcript transcript) {
    transcript.checkGrind("lookups", key.parameters().lookupGrindingBits(), proof.lookupNonce());
    LookupChallenges challenges = LookupChallenges.draw(transcript);
    LeafLayout layout = arithmetization.leaves();
    Ext[] root = in.receive(Section.LOOKUPS, "lookup root", 2);
    Ext tableRoot = in.receiveOne(Section.LOOKUPS, "lookup tables root denominator");
    if (root[1].isZero() || tableRoot.isZero()) {
      throw new VerificationFailure("lookup root", "denominators that are not 0", "0");
    }
    // The lookups and the counts of the tables differ by the padding.
    Ext tables = padding(layout, challenges).sub(root[0].mul(root[1].inv()));
    LogupVerifier.Leaves ofLookups =
        LogupVerifier.verify(in, "lookup", layout.lookups().variables(), root[0], root[1]);
    LogupVerifier.Leaves ofTables =
        LogupVerifier.verify(
            in, "lookup tables", layout.tables().variables(), tableRoot.mul(tables), tableRoot);
    lookupLeaves(layout.lookups(), challenges, ofLookups);
    tableLeaves(layout.tables(), challenges, ofTables);
  }

  /** The sum of the fractions of padded elements, each a lookup of zeros. */
  private static Ext padding(LeafLayout layout, LookupChallenges challenges) {
    long[] counts = layout.paddings();
    Ext sum = Ext.ZERO;
    for (int t = 0; t < counts.length; t++) {
      Ext denominator = challenges.constant(t);
      if (denominator.isZero()) {
        throw new VerificationFailure("lookup padding", "a denominator that is not 0", "0");
      }
      sum = sum.add(denominator.inv().mul(Ext.ofSigned(counts[t])));
    }
    return sum;
  }

  /** Numerators 1 and denominators constant - tuple on live leaves, 0 / 1 elsewhere. */
  private void lookupLeaves(
      LeafLayout.Tree tree, LookupChallenges challenges, LogupVerifier.Leaves leaves) {
    Ext numerator = Ext.ZERO;
    Ext denominator = Ext.ONE;
    // The map is keyed by the shape's text: a key chooses the shapes, and so their hash codes,
    // while strings that collide are compared by their order.
    Map<String, Weight> weights = new HashMap<>();
    for (LeafLayout.Block block : tree.blocks()) {
      Ext selector = tree.selector(block, leaves.point());
      Ext live = selector.mul(tree.live(block, leaves.point()));
      Ext start = selector.mul(tree.start(block, leaves.point()));
      Weight weight =
          weights.computeIfAbsent(
              block.layout().shape().toString(),
              s -> pool.fresh(Weight.eq(block.layout().shape(), tree.own(block, leaves.point()))));
      Ext[] factors = challenges.factors(block.tuple().size());
      Ext tuple = Ext.ZERO;
      for (int j = 0; j < factors.length; j++) {
        Ext entry = reductions.value(Section.LEAVES, block.name(), block.tuple().get(j), weight);
        tuple = tuple.add(factors[j].mul(entry));
      }
      numerator = numerator.add(live);
      denominator =
          denominator
              .add(live.mul(challenges.constant(block.table()).sub(Ext.ONE)))
              .sub(start.mul(tuple));
    }
    VerificationFailure.requireEqual("lookup leaves, numerator", numerator, leaves.numerator());
    VerificationFailure.requireEqual(
        "lookup leaves, denominator", denominator, leaves.denominator());
  }

  /**
   * Numerators minus multiplicities and denominators constant - row on the rows, 0 / 1 elsewhere.
   */
  private void tableLeaves(
      LeafLayout.Tree tree, LookupChallenges challenges, LogupVerifier.Leaves leaves) {
    Ext numerator = Ext.ZERO;
    Ext denominator = Ext.ONE;
    Map<String, Weight> weights = new HashMap<>();
    for (LeafLayout.Block block : tree.blocks()) {
      Ext selector = tree.selector(block, leaves.point());
      Ext live = tree.live(block, leaves.point());
      LookupTable table = system.tables().get(block.table());
      Ext[] own = tree.own(block, leaves.point());
      Weight weight =
          weights.computeIfAbsent(
              block.layout().shape().toString(),
              s -> pool.fresh(Weight.eq(block.layout().shape(), own)));
      Ext[] factors = challenges.factors(table.width());
      Ext row = Ext.ZERO;
      VerifierWork.spend((long) table.width() * table.size());
      for (int j = 0; j < factors.length; j++) {
        row = row.add(factors[j].mul(table.extension(j, own)));
      }
      Ext count = reductions.value(Section.LEAVES, block.name(), block.tuple().get(0), weight);
      numerator = numerator.sub(selector.mul(count));
      denominator =
          denominator.add(
              selector.mul(live.mul(challenges.constant(block.table()).sub(Ext.ONE)).sub(row)));
    }
    VerificationFailure.requireEqual(
        "lookup tables leaves, numerator", numerator, leaves.numerator());
    VerificationFailure.requireEqual(
        "lookup tables leaves, denominator", denominator, leaves.denominator());
  }

  // ---- zero products and outputs
  // -----------------------------------------------------------------------------------

  /** The extension of the product is 0 at a random point. */
  private void zeroProduct(ZeroProduct zero) {
    Weight at = point(zero.name(), zero.shape());
    Claims.Claim claim = new Claims.Claim(ZeroProduct.PRODUCT, at, Ext.ZERO);
    reductions.reduce(Section.ZERO_CHECKS, zero, List.of(claim));
  }

  /**
   * A public output that a definition gives: its extension at a random point becomes a claim. An
   * output of role WITNESS needs no claim here, because it is in a lookup.
   */
  private void output(int tensor) {
    if (system.circuit().tensors().get(tensor).role() != TensorDeclaration.Role.VIRTUAL) {
      return;
    }
    Weight weight = point("output " + tensor, system.tensor(tensor).shape());
    claims.add(tensor, weight, publicValues.value(tensor, weight));
  }

  private Weight point(String label, List<Integer> shape) {
    int variables = new TensorLayout(shape).variables();
    return pool.fresh(Weight.eq(shape, in.transcript().challengeExts(label, variables)));
  }

  // ---- openings
  // ----------------------------------------------------------------------------------------------------

  private void open(Transcript transcript) {
    for (Opening o : List.of(Opening.WITNESS, Opening.MODEL)) {
      requireWhole(o, arithmetization.layout(o).rows(), proof.opening(o));
    }
    OpeningVerifier openings = new OpeningVerifier(system, in, claims, reductions);
    EnumMap<Opening, OpeningVerifier.Combination> combinations = new EnumMap<>(Opening.class);
    EnumMap<Opening, byte[]> roots = new EnumMap<>(Opening.class);
    if (!arithmetization.witness().isEmpty()) {
      combinations.put(Opening.WITNESS, openings.combination(arithmetization.witness()));
      roots.put(Opening.WITNESS, proof.witnessRoot());
    }
    if (!arithmetization.model().isEmpty()) {
      combinations.put(Opening.MODEL, openings.combination(arithmetization.model()));
      roots.put(Opening.MODEL, key.modelRoot());
    }
    CombinationLayout layout = arithmetization.combination();
    if (layout.isEmpty()) {
      VerificationFailure.requireCount(
          "bytes of a combination root without a commitment", 0, proof.combinationRoot().length);
      VerificationFailure.requireCount(
          "combination nonce without a commitment", 0, proof.combinationNonce());
    }
    if (combinations.isEmpty()) {
      VerificationFailure.requireCount("query nonce without a commitment", 0, proof.queryNonce());
    } else if (layout.isEmpty()) {
      new SentCombinationVerifier(key.parameters(), in, proof).verify(combinations, roots);
    } else {
      new CombinationVerifier(layout, key.parameters(), in, proof).verify(combinations, roots);
    }
    for (Opening o : Opening.values()) {
      if (arithmetization.layout(o).isEmpty()) {
        requireNone(o, proof.opening(o));
      }
    }
  }

  /**
   * Requires columns of all rows. A coefficient is made for every row, so the proof must first be
   * as large as the columns are.
   */
  private static void requireWhole(Opening what, int rows, ColumnOpening opening) {
    int elements = opening.columns().length;
    if (rows > 0 && (elements == 0 || elements % rows != 0)) {
      throw new VerificationFailure(
          what.text() + " column elements", "columns of " + rows + " rows", elements + " elements");
    }
  }

  private static void requireNone(Opening what, ColumnOpening opening) {
    VerificationFailure.requireCount(
        what.text() + " columns without a commitment", 0, opening.columns().length);
    VerificationFailure.requireCount(
        what.text() + " paths without a commitment", 0, opening.multiproof().length);
  }
}
