package org.zkc.runtime.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zkc.gkr.estimate.ProofComposition;
import org.zkc.gkr.file.Continuation;
import org.zkc.gkr.file.Generation;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.proof.ProofFile;
import org.zkc.gkr.statement.Statement;
import org.zkc.ir.TensorData;
import org.zkc.runtime.artifact.PortArrays;
import org.zkc.runtime.artifact.TokenArrays;
import org.zkc.runtime.numpy.ArrayExcerpt;
import org.zkc.runtime.report.Page.Column;
import org.zkc.runtime.report.Page.Fact;
import org.zkc.runtime.report.Page.Row;
import org.zkc.runtime.report.Page.Unit;

/** The page of a proof: its statement, and the purpose of its bytes. The page verifies nothing. */
public final class ProofPage {
  private static final int SHOWN_ELEMENTS = 64;

  private ProofPage() {}

  /**
   * The page's bytes.
   *
   * @param key of the proof; without it the statement has no shapes and scales to be shown with
   */
  public static byte[] write(String fileName, byte[] proof, Optional<KeyFile> key) {
    return PageWriter.write(of(fileName, proof, key));
  }

  static Page of(String fileName, byte[] proof, Optional<KeyFile> key) {
    ProofComposition composition = ProofComposition.of(proof);
    List<Page.Table> tables = new ArrayList<>();
    Optional<ProofFile> file = key.map(k -> ProofFile.decode(proof, k.key()));
    Optional<VerifierKey> proved = key.map(k -> k.key().batch(file.orElseThrow().samples()));
    key.ifPresent(k -> tables.add(statement(file.orElseThrow(), k)));
    tables.add(KeyTables.composition(composition));
    key.ifPresent(k -> {
      tables.add(KeyTables.ports(k));
      tables.add(KeyTables.security(proved.orElseThrow()));
    });
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("size", (long) proof.length, Unit.BYTES, "Of the file."));
    facts.add(
        new Fact(
            "statement",
            composition.inputs() + composition.outputs(),
            Unit.BYTES,
            "Public inputs and outputs, each integer in as many bits as its array's range needs."));
    key.ifPresent(k -> {
      facts.add(
          new Fact(
              "security",
              KeyTables.securityBits(proved.orElseThrow()),
              Unit.BITS,
              "A false statement is accepted with a probability of at most 2 to the power of minus"
                  + " this."));
      facts.add(
          new Fact("key", k.digest(), Unit.CODE, "SHA-256 of the verifier key that was named."));
    });
    return new Page(
        fileName,
        "proof",
        List.of(
            "A proof says: the model of a verifier key, given these input integers, answers these"
                + " output integers. This page shows what the file holds; it does not check it."
                + " Checking is: zkc verify "
                + "PROOF --key KEY.",
            key.isPresent()
                ? "The statement is shown as the key says: integers times a scale are real numbers."
                : "Without the verifier key only sizes are known. Name it with --key to see the"
                    + " statement."),
        facts,
        "layer",
        List.of(),
        Page.Graph.NONE,
        List.of(),
        tables,
        Glossary.TERMS);
  }

  private static Page.Table statement(ProofFile file, KeyFile key) {
    List<Row> rows = new ArrayList<>();
    Continuation.unverified(file.claim(), key)
        .ifPresent(claim -> {
          Generation generation = key.generation().orElseThrow();
          int[] tokens = generation.sequence(file.statement());
          rows.add(row("prompt", "", TokenArrays.array(generation, key, claim.prompt(tokens))));
          rows.add(
              row("generated", "", TokenArrays.array(generation, key, claim.generated(tokens))));
        });
    for (int k = 0; k < file.samples(); k++) {
      String of = file.samples() == 1 ? "" : " of sample " + (k + 1);
      Statement sample = file.sample(key.key(), k);
      PortArrays.inputs(key, sample).forEach((name, a) -> rows.add(row("input" + of, name, a)));
      PortArrays.outputs(key, sample).forEach((name, a) -> rows.add(row("output" + of, name, a)));
    }
    return new Page.Table(
        "statement",
        "What the proof claims",
        "The model of the key, given these inputs, answers these outputs. Of long arrays the first"
            + " %d elements are shown.".formatted(SHOWN_ELEMENTS),
        List.of(
            Column.of("", "", Unit.TEXT),
            Column.of("name", "", Unit.CODE),
            Column.of("shape", "", Unit.CODE),
            Column.of("elements", "Row by row.", Unit.CODE)),
        rows,
        List.of());
  }

  private static Row row(String what, String name, TensorData array) {
    return Row.of(
        0, what, name, array.shape().toString(), ArrayExcerpt.of(array, SHOWN_ELEMENTS, 5));
  }
}
