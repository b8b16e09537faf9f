package org.zkc.gkr.verify;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.ligero.ColumnOpening;
import org.zkc.gkr.ligero.Commitment;
import org.zkc.gkr.ligero.LigeroVerifier;
import org.zkc.gkr.lookup.LeafLayout;
import org.zkc.gkr.lookup.LogupVerifier;
import org.zkc.gkr.lookup.LookupChallenges;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.proof.Arithmetization;
import org.zkc.gkr.proof.Proof;
import org.zkc.gkr.proof.ReceivingChannel;
import org.zkc.gkr.proof.Section;
import org.zkc.gkr.proof.Statement;
import org.zkc.gkr.proof.StatementTranscript;
import org.zkc.gkr.proof.VerifierKey;
import org.zkc.gkr.relation.Claims;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Holder;
import org.zkc.gkr.relation.LookupTable;
import org.zkc.gkr.relation.ModelLayout;
import org.zkc.gkr.relation.PublicValues;
import org.zkc.gkr.relation.WitnessLayout;
import org.zkc.gkr.relation.ZeroProduct;
import org.zkc.gkr.security.SecurityParameters;
import org.zkc.gkr.sumcheck.SumcheckVerifier;
import org.zkc.gkr.transcript.Transcript;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.Weight;

/**
 * Checks proofs: the order of PROTOCOL section 3, the mirror of {@link
 * org.zkc.gkr.proof.SendingChannel}'s user on the other side.
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
 *   <li>grinding, column indices, both Ligero openings; nothing may be left over.
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
  private final Map<List<Integer>, Weight> leafWeights = new HashMap<>();

  private Verifier(VerifierKey key, Statement statement, Proof proof, byte[] context) {
    this.key = key;
    this.arithmetization = key.arithmetization();
    this.system = arithmetization.system();
    this.proof = proof;
    this.publicValues = new PublicValues(system, statement);
    this.claims = new Claims(system.tensors().size());
    this.in =
        new ReceivingChannel(StatementTranscript.begin(key, statement, context), proof.sections());
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

  /** {@link #verify} for a key whose parameters nobody vouches for: for tests with small ones. */
  static void verifyUnderKeyParameters(
      VerifierKey key, Statement statement, byte[] proof, byte[] context) {
    new Verifier(key, statement, Proof.decode(proof), context).run();
  }

  private void run() {
    Transcript transcript = in.transcript();
    boolean hasWitness = !arithmetization.witness().isEmpty();
    VerificationFailure.requireCount(
        "bytes of the witness root",
        hasWitness ? VerifierKey.DIGEST_BYTES : 0,
        proof.witnessRoot().length);
    transcript.absorb("witness root", proof.witnessRoot());
    if (arithmetization.leaves().variables() > 0) {
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
    new RelationVerifier(system, in, publicValues, claims).sweep();
    open(transcript);
    in.finish();
  }

  // ---- lookups
  // -----------------------------------------------------------------------------------------------------

  private void lookups(Transcript transcript) {
    transcript.checkGrind("lookups", key.parameters().lookupGrindingBits(), proof.lookupNonce());
    LookupChallenges challenges = LookupChallenges.draw(transcript);
    LeafLayout layout = arithmetization.leaves();
    LogupVerifier.Leaves leaves = LogupVerifier.verify(in, layout.variables());
    Ext numerator = Ext.ZERO;
    Ext denominator = Ext.ZERO;
    Ext covered = Ext.ZERO;
    for (LeafLayout.Block block : layout.blocks()) {
      Ext selector = layout.selector(block, leaves.point());
      Ext[] own = layout.own(block, leaves.point());
      Weight weight =
          leafWeights.computeIfAbsent(block.layout().shape(), shape -> Weight.eq(shape, own));
      Ext real = indicator(block.layout(), own);
      Ext[] tuple = new Ext[system.tables().get(block.table()).width()];
      Ext n = real;
      if (block.isTable()) {
        LookupTable table = system.tables().get(block.table());
        for (int j = 0; j < tuple.length; j++) {
          tuple[j] = weight.dot(table.column(j));
        }
        n = value(Section.LEAVES, block.name(), block.tuple().get(0), weight).neg();
      } else {
        for (int j = 0; j < tuple.length; j++) {
          tuple[j] = value(Section.LEAVES, block.name(), block.tuple().get(j), weight);
        }
      }
      // 1 on the padding, constant - tuple on the real indices; the tuple's extensions vanish on
      // the padding.
      Ext d = Ext.ONE.sub(real).add(real.mul(challenges.constant(block.table())));
      Ext[] factors = challenges.factors(tuple.length);
      for (int j = 0; j < tuple.length; j++) {
        d = d.sub(factors[j].mul(tuple[j]));
      }
      numerator = numerator.add(selector.mul(n));
      denominator = denominator.add(selector.mul(d));
      covered = covered.add(selector);
    }
    VerificationFailure.requireEqual("lookup leaves, numerator", numerator, leaves.numerator());
    VerificationFailure.requireEqual(
        "lookup leaves, denominator", denominator.add(Ext.ONE.sub(covered)), leaves.denominator());
  }

  private static Ext indicator(TensorLayout layout, Ext[] point) {
    Ext product = Ext.ONE;
    int at = 0;
    for (int axis = 0; axis < layout.shape().size(); axis++) {
      int n = layout.variables(axis);
      Ext[] own = java.util.Arrays.copyOfRange(point, at, at + n);
      product = product.mul(Mle.prefixIndicator(layout.shape().get(axis), own));
      at += n;
    }
    return product;
  }

  /** The value of a claim: public, known, or read from the proof and then claimed. */
  private Ext value(Section section, String label, int tensor, Weight weight) {
    if (system.tensor(tensor).holder() == Holder.PUBLIC) {
      return publicValues.value(tensor, weight);
    }
    Ext known = claims.known(tensor, weight);
    if (known != null) {
      return known;
    }
    Ext received = in.receiveOne(section, label);
    claims.add(tensor, weight, received);
    return received;
  }

  // ---- zero products and outputs
  // -----------------------------------------------------------------------------------

  /**
   * Claim: f_1 ... f_k = 0 everywhere. A random z is drawn; sumcheck of eq(z, .) f_1 ... f_k to 0;
   * ending in one claim on each f_i at the sumcheck's point.
   */
  private void zeroProduct(ZeroProduct zero) {
    TensorLayout layout = new TensorLayout(system.tensor(zero.factors().get(0)).shape());
    Ext[] z = in.transcript().challengeExts(zero.name(), layout.variables());
    SumcheckVerifier.Ending end =
        SumcheckVerifier.split(
            in, Section.ZERO_CHECKS, zero.name(), Ext.ZERO, z, zero.factors().size());
    Weight weight = Weight.eq(layout.shape(), end.point());
    Ext product = Ext.ONE;
    for (int t : zero.factors()) {
      product = product.mul(value(Section.ZERO_CHECKS, zero.name() + " ends", t, weight));
    }
    VerificationFailure.requireEqual(zero.name() + " product", product, end.value());
  }

  /**
   * A public output that a definition gives: its extension at a random point is a claim. One of
   * role WITNESS is in a lookup.
   */
  private void output(int tensor) {
    if (system.circuit().tensors().get(tensor).role() != TensorDeclaration.Role.VIRTUAL) {
      return;
    }
    TensorLayout layout = new TensorLayout(system.tensor(tensor).shape());
    Ext[] point = in.transcript().challengeExts("output " + tensor, layout.variables());
    Weight weight = Weight.eq(layout.shape(), point);
    claims.add(tensor, weight, publicValues.value(tensor, weight));
  }

  // ---- openings
  // ----------------------------------------------------------------------------------------------------

  private void open(Transcript transcript) {
    WitnessLayout witness = arithmetization.witness();
    ModelLayout model = arithmetization.model();
    requireWhole("witness", witness.rows(), proof.witnessOpening());
    requireWhole("model", model.rows(), proof.modelOpening());
    OpeningVerifier openings = new OpeningVerifier(system, in, claims);
    OpeningVerifier.Combination ofWitness = witness.isEmpty() ? null : openings.witness(witness);
    OpeningVerifier.Combination ofModel = model.isEmpty() ? null : openings.model(model);
    ExtVector witnessRow = ofWitness == null ? null : row("witness", ofWitness, witness.width());
    ExtVector modelRow = ofModel == null ? null : row("model", ofModel, model.width());
    transcript.checkGrind("queries", key.parameters().queryGrindingBits(), proof.queryNonce());
    if (ofWitness != null) {
      check(
          "witness",
          proof.witnessRoot(),
          ofWitness,
          Objects.requireNonNull(witnessRow),
          proof.witnessOpening());
    } else {
      requireNone("witness", proof.witnessOpening());
    }
    if (ofModel != null) {
      check(
          "model",
          key.modelRoot(),
          ofModel,
          Objects.requireNonNull(modelRow),
          proof.modelOpening());
    } else {
      requireNone("model", proof.modelOpening());
    }
  }

  /** Reads a row combination, which must have the claimed value. */
  private ExtVector row(String name, OpeningVerifier.Combination combination, int width) {
    ExtVector u = in.receiveVector(Section.COMBINATIONS, name + " combination", width);
    VerificationFailure.requireEqual(
        name + " combination", combination.value(), Mle.evaluate(u, combination.columnPoint()));
    return u;
  }

  private void check(
      String name,
      byte[] root,
      OpeningVerifier.Combination combination,
      ExtVector u,
      ColumnOpening opening) {
    int width = u.length();
    int[] drawn =
        in.transcript()
            .challengeIndices(
                name + " queries", key.parameters().queries(), Commitment.columns(width));
    int rows = combination.coefficients().length();
    LigeroVerifier.check(
        name,
        root,
        width,
        rows,
        combination.coefficients(),
        u,
        Commitment.distinct(drawn),
        opening);
  }

  /**
   * Columns of all rows: before a coefficient is made for every row, the proof must be as large as
   * they are.
   */
  private static void requireWhole(String name, int rows, ColumnOpening opening) {
    int elements = opening.columns().length;
    if (rows > 0 && (elements == 0 || elements % rows != 0)) {
      throw new VerificationFailure(
          name + " column elements", "columns of " + rows + " rows", elements + " elements");
    }
  }

  private static void requireNone(String name, ColumnOpening opening) {
    VerificationFailure.requireCount(
        name + " columns without a commitment", 0, opening.columns().length);
    VerificationFailure.requireCount(
        name + " paths without a commitment", 0, opening.multiproof().length);
  }
}
