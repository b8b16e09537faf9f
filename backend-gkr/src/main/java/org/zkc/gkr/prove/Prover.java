package org.zkc.gkr.prove;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.channel.SendingChannel;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.layout.Arithmetization;
import org.zkc.gkr.layout.CombinationLayout;
import org.zkc.gkr.layout.WitnessLayout;
import org.zkc.gkr.proof.Proof;
import org.zkc.gkr.prove.commitment.Commitment;
import org.zkc.gkr.prove.commitment.WitnessCommitment;
import org.zkc.gkr.prove.sumcheck.TableMemory;
import org.zkc.gkr.relation.Claims;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.PublicValues;
import org.zkc.gkr.relation.ZeroProduct;
import org.zkc.gkr.security.SecurityParameters;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.statement.StatementTranscript;
import org.zkc.gkr.transcript.Transcript;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.Weight;
import org.zkc.gkr.weight.WeightPool;

/**
 * Makes proofs, in the order of the verifier. The proof is about the values that {@link
 * TensorValues} returns: a subclass that returns other values is a malicious prover that does
 * everything else right.
 */
public final class Prover {
  /**
   * Elements that go through the kernels' loops for each leaf of the lookups' trees: 66 in
   * VGG-16/32.
   */
  private static final long ELEMENTS_OF_LEAF = 64;

  private final ProvingKey key;
  private final Arithmetization arithmetization;
  private final ConstraintSystem system;
  private final TensorValues values;
  private final ProverOptions options;
  private final Claims claims;
  private final WeightPool pool = new WeightPool();
  private final TableMemory tableMemory = new TableMemory();
  private long stageBegan;

  private Prover(ProvingKey key, TensorValues values, ProverOptions options) {
    this.key = key;
    this.arithmetization = key.verifierKey().arithmetization();
    this.system = arithmetization.system();
    this.values = values;
    this.options = options;
    this.claims = new Claims(system.tensors().size());
  }

  /**
   * Tells the kernels how much work a proof will need, so that they can be compiled while the model
   * is run.
   */
  public static void expect(VerifierKey key) {
    Kernels.best().expect(ELEMENTS_OF_LEAF * key.arithmetization().leaves().live());
  }

  /**
   * Proves that the circuit of {@code key}, on the model of {@code key} and the inputs in {@code
   * witness}, gives the outputs in {@code witness}. The bytes do not depend on the options.
   *
   * @param context bound to the proof; the verifier must be given the same bytes
   * @throws IllegalArgumentException when the witness is not one of the circuit, as far as the
   *     prover notices
   */
  public static byte[] prove(
      ProvingKey key, Witness witness, byte[] context, ProverOptions options) {
    return prove(key, witness, context, options, false);
  }

  /**
   * Proves as {@link #prove} does, and takes every tensor out of {@code witness} when the last step
   * that reads it is done.
   */
  public static byte[] proveConsuming(
      ProvingKey key, Witness witness, byte[] context, ProverOptions options) {
    return prove(key, witness, context, options, true);
  }

  private static byte[] prove(
      ProvingKey key, Witness witness, byte[] context, ProverOptions options, boolean consuming) {
    ConstraintSystem system = key.verifierKey().arithmetization().system();
    return prove(
        key,
        statement(key.verifierKey(), witness),
        new TensorValues(system, witness, key.model(), consuming),
        context,
        options);
  }

  /** The statement that a witness proves. */
  public static Statement statement(VerifierKey key, Witness witness) {
    return new Statement(
        elements(witness, key.circuit().circuit().inputs()),
        elements(witness, key.circuit().circuit().outputs()));
  }

  private static List<int[]> elements(Witness witness, List<Integer> tensors) {
    return tensors.stream().map(witness::elements).toList();
  }

  /** Proves a statement from any values. */
  static byte[] prove(
      ProvingKey key,
      Statement statement,
      TensorValues values,
      byte[] context,
      ProverOptions options) {
    return new Prover(key, values, options).run(statement, context).encode();
  }

  private Proof run(Statement statement, byte[] context) {
    PublicValues publicValues = new PublicValues(system, statement.inputs(), statement.outputs());
    Transcript transcript = StatementTranscript.begin(key.verifierKey(), statement, context);
    SendingChannel out = new SendingChannel(transcript);
    try (Workers workers = Workers.of(options.threads())) {
      begin("witness", 0);
      values.workBy(workers);
      LookupProver lookups = new LookupProver(system, arithmetization.leaves(), values, workers);
      values.countLookups(lookups);
      end("witness");

      begin("commitment", 0.1);
      WitnessLayout witness = arithmetization.witness();
      WitnessCommitment commitment = witness.isEmpty() ? null : commit(witness, workers);
      byte[] root = commitment == null ? new byte[0] : commitment.root();
      transcript.absorb("witness root", root);
      end("commitment");

      begin("lookups", 0.3);
      long lookupNonce = 0;
      if (!arithmetization.leaves().isEmpty()) {
        lookupNonce =
            transcript.grind("lookups", key.verifierKey().parameters().lookupGrindingBits());
        lookups.prove(out, claims, pool, tableMemory);
      }
      end("lookups");

      begin("zero products", 0.6);
      FactorFolds folds =
          new FactorFolds(system, arithmetization.model(), key.model(), values, workers);
      ReductionProver reductions =
          new ReductionProver(system, out, claims, values, folds, pool, workers);
      for (ZeroProduct z : system.zeroProducts()) {
        Weight at = point(out, z.name(), new TensorLayout(z.shape()));
        Claims.Claim claim = new Claims.Claim(ZeroProduct.PRODUCT, at, Ext.ZERO);
        reductions.reduce(Section.ZERO_CHECKS, z, List.of(claim));
      }
      end("zero products");

      begin("relations", 0.65);
      for (int t : system.circuit().outputs()) {
        output(out, publicValues, t);
      }
      new RelationProver(system, out, publicValues, claims, values, reductions, pool, workers)
          .sweep();
      end("relations");

      begin("openings", 0.85);
      values.orderCells();
      OpeningProver openings =
          new OpeningProver(system, out, claims, values, reductions, tableMemory, workers);
      ArrayList<OpeningProver.Row> rows = new ArrayList<>();
      ArrayList<Commitment> commitments = new ArrayList<>();
      if (commitment != null) {
        rows.add(openings.row(witness, key.model()));
        commitments.add(commitment);
      }
      if (key.commitment() != null) {
        rows.add(openings.row(arithmetization.model(), key.model()));
        commitments.add(key.commitment());
      }
      CombinationProver.Opened opened = open(out, rows, commitments, workers);
      EnumMap<Section, byte[]> sections = new EnumMap<>(Section.class);
      for (Section s : Section.values()) {
        sections.put(s, out.bytes(s));
      }
      Proof proof =
          new Proof(
              root,
              lookupNonce,
              sections,
              opened.root(),
              opened.queryNonce(),
              opened.nonce(),
              opened.openings());
      end("openings");
      return proof;
    }
  }

  private CombinationProver.Opened open(
      SendingChannel out,
      List<OpeningProver.Row> rows,
      List<Commitment> commitments,
      Workers workers) {
    if (rows.isEmpty()) {
      return CombinationProver.Opened.NONE;
    }
    SecurityParameters parameters = key.verifierKey().parameters();
    CombinationLayout layout = arithmetization.combination();
    return layout.isEmpty()
        ? new SentCombinationProver(parameters, out)
            .prove(arithmetization.openings(), rows, commitments)
        : new CombinationProver(layout, parameters, out, workers).prove(rows, commitments);
  }

  private WitnessCommitment commit(WitnessLayout layout, Workers workers) {
    return WitnessCommitment.commit(
        layout.width(), layout.rows(), new WitnessRows(layout, values), workers);
  }

  private void output(SendingChannel out, PublicValues publicValues, int tensor) {
    if (system.circuit().tensors().get(tensor).role() != TensorDeclaration.Role.VIRTUAL) {
      return;
    }
    TensorLayout layout = new TensorLayout(system.tensor(tensor).shape());
    Weight weight = point(out, "output " + tensor, layout);
    claims.add(tensor, weight, publicValues.value(tensor, weight));
  }

  private Weight point(SendingChannel out, String label, TensorLayout layout) {
    Ext[] point = out.transcript().challengeExts(label, layout.variables());
    return pool.fresh(Weight.eq(layout.shape(), point));
  }

  private void begin(String stage, double fraction) {
    options.progress().accept(stage, fraction);
    stageBegan = System.nanoTime();
  }

  private void end(String stage) {
    options.times().add(stage, System.nanoTime() - stageBegan);
  }
}
