package org.zkc.gkr.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.channel.SendingChannel;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.Requantize;
import org.zkc.gkr.circuit.Table;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.layout.ModelLayout;
import org.zkc.gkr.lookup.LookupChallenges;
import org.zkc.gkr.proof.Proof;
import org.zkc.gkr.proof.WeakKeys;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.statement.StatementTranscript;
import org.zkc.gkr.transcript.Transcript;

/**
 * Keys of a few hundred bytes with the longest axes that the check accepts, and proofs that were
 * never proved: rounds and layers of the lookups can be made to agree with any root, so they come
 * as far as the leaves, where the verifier meets every tensor that is looked up, or as far as the
 * openings. It must not need memory for elements or rows that the proof does not have.
 */
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProofOfNothingTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int TENSORS = 4;

  /** One element, repeated along axes of nearly 2^21 that all differ, and looked up. */
  private static Circuit longAxes() {
    ArrayList<TensorDeclaration> tensors =
        new ArrayList<>(List.of(TensorDeclaration.input(List.of(1), 0, 0)));
    ArrayList<Relation> relations = new ArrayList<>();
    for (int k = 0; k < TENSORS; k++) {
      int extent = (1 << 21) - k;
      int repeated = tensors.size();
      tensors.add(TensorDeclaration.virtual(List.of(extent), 0, 0));
      tensors.add(TensorDeclaration.witness(List.of(extent), 0, 0));
      ViewStep repeat = new ViewStep.Window(0, extent, 0, 1, 0, 1);
      relations.add(
          new Affine(repeated, List.of(new Affine.Term(0, 1, List.of(repeat))), List.of()));
      relations.add(new Requantize(repeated + 1, repeated, 0, List.of(), 0));
    }
    int output = tensors.size();
    tensors.add(TensorDeclaration.virtual(List.of(1), 0, 0));
    relations.add(new Affine(output, List.of(new Affine.Term(0, 1, List.of())), List.of()));
    return new Circuit(
        tensors, List.of(new Table.Clamp(0, 2, 0, 0)), relations, List.of(0), List.of(output));
  }

  private record Claim(Ext numerator, Ext denominator) {}

  /** Messages of a tree of which every check of a layer holds. */
  private static void tree(SendingChannel out, String tree, int variables, Claim root) {
    Claim claim = root;
    Ext[] rho = {};
    for (int layer = 0; layer < variables; layer++) {
      String name = tree + " layer " + layer;
      Ext lambda = out.transcript().challengeExt(name + " lambda");
      Ext current = lambda.mul(claim.numerator).add(claim.denominator);
      Ext[] below = new Ext[layer + 1];
      int sibling = Math.max(0, layer - 8);
      for (int j = 0; j < layer; j++) {
        // 0 at 0 and at 2; the value at 1 follows from the claim.
        out.send(Section.LOOKUPS, name, Ext.ZERO, Ext.ZERO);
        Ext r = out.transcript().challengeExt(name);
        current = current.mul(rho[j].inv()).mul(r).mul(Ext.of(2).sub(r));
        below[j < sibling ? j : j + 1] = r;
      }
      Ext p1 = current.sub(Ext.ONE).mul(lambda.inv());
      out.send(Section.LOOKUPS, name + " ends", Ext.ZERO, Ext.ONE, p1, Ext.ONE);
      below[sibling] = out.transcript().challengeExt(name + " half");
      claim = new Claim(below[sibling].mul(p1), Ext.ONE);
      rho = below;
    }
  }

  @Test
  void longAxesReachedByAProofOfNothing() {
    VerifierKey key = WeakKeys.of(CircuitCheck.check(longAxes()), new byte[0]);
    assertTrue(key.encode().length < 1000);
    Statement statement = new Statement(List.of(new int[1]), List.of(new int[1]));
    byte[] root = new byte[VerifierKey.DIGEST_BYTES];
    Transcript transcript = StatementTranscript.begin(key, statement, new byte[0]);
    transcript.absorb("witness root", root);
    transcript.checkGrind("lookups", 0, 0);
    LookupChallenges challenges = LookupChallenges.draw(transcript);
    SendingChannel out = new SendingChannel(transcript);
    out.send(Section.LOOKUPS, "lookup root", Ext.ZERO, Ext.ONE);
    out.send(Section.LOOKUPS, "lookup tables root denominator", Ext.ONE);
    long padded = 0;
    for (long n : key.arithmetization().leaves().paddings()) {
      padded += n;
    }
    Ext tables = challenges.constant(0).inv().mul(Ext.ofSigned(padded));
    tree(
        out,
        "lookup",
        key.arithmetization().leaves().lookups().variables(),
        new Claim(Ext.ZERO, Ext.ONE));
    tree(
        out,
        "lookup tables",
        key.arithmetization().leaves().tables().variables(),
        new Claim(tables, Ext.ONE));
    EnumMap<Section, byte[]> sections = new EnumMap<>(Section.class);
    for (Section s : Section.values()) {
      sections.put(s, out.bytes(s));
    }
    sections.put(Section.LEAVES, new byte[16 * Ext.BYTES]);
    byte[] proof = new Proof(root, 0, sections, new byte[0], 0, 0, Map.of()).encode();

    refused(key, statement, proof, "lookup leaves, numerator", 64 << 20);
  }

  private static void refused(
      VerifierKey key, Statement statement, byte[] proof, String part, long allocation) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    VerificationFailure e =
        assertThrows(
            VerificationFailure.class,
            () -> WeakVerifier.verify(key, statement, proof, new byte[0]));
    assertTrue(e.getMessage().startsWith(part), e.getMessage());
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated < allocation, "allocates " + allocated + " bytes");
  }

  /** Sixteen model tensors of as many rows as elements: 2^24 rows, of which a proof has none. */
  @Test
  void rowsOfWhichTheProofHasNoColumn() {
    List<Integer> shape = List.of((1 << 20) + 1, 1);
    ArrayList<TensorDeclaration> tensors = new ArrayList<>();
    ArrayList<Affine.Term> terms = new ArrayList<>();
    for (int k = 0; k < 16; k++) {
      tensors.add(new TensorDeclaration(TensorDeclaration.Role.MODEL, shape, 0, 0, 0, 0));
      terms.add(new Affine.Term(k, 1, List.of()));
    }
    tensors.add(TensorDeclaration.virtual(shape, 0, 0));
    Circuit circuit =
        new Circuit(
            tensors, List.of(), List.of(new Affine(16, terms, List.of())), List.of(), List.of(16));
    VerifierKey key = WeakKeys.of(CircuitCheck.check(circuit), new byte[VerifierKey.DIGEST_BYTES]);
    ModelLayout model = key.arithmetization().model();
    assertEquals(16 * shape.get(0), model.rows());
    // Whatever is claimed is 0, so that every check before the columns holds.
    EnumMap<Section, byte[]> sections = new EnumMap<>(Section.class);
    for (Section s : Section.values()) {
      sections.put(s, new byte[0]);
    }
    sections.put(Section.RELATIONS, new byte[15 * Ext.BYTES]);
    sections.put(Section.MODEL_MERGE, new byte[(2 * model.widthVariables() + 16) * Ext.BYTES]);
    sections.put(Section.COMBINATIONS, new byte[model.width() * Ext.BYTES]);
    byte[] proof = new Proof(new byte[0], 0, sections, new byte[32], 0, 0, Map.of()).encode();
    Statement statement = new Statement(List.of(), List.of(new int[shape.get(0)]));
    refused(key, statement, proof, "model column elements", 64 << 20);
  }
}
