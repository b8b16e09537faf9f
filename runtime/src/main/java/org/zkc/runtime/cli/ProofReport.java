package org.zkc.runtime.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.file.Continuation;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.proof.ProofFile;
import org.zkc.gkr.statement.Statement;
import org.zkc.ir.TensorData;
import org.zkc.runtime.artifact.PortArrays;
import org.zkc.runtime.artifact.SmallFiles;

/** The parts of a proof file. Without the key only sizes are known; nothing is verified here. */
final class ProofReport {
  private final Path file;
  private final int size;
  private final Optional<Opened> opened;

  private record Opened(KeyFile key, ProofFile proof) {}

  /**
   * @param keyFile null where the key is not at hand
   */
  ProofReport(Path file, @Nullable Path keyFile) {
    this.file = file;
    byte[] bytes = SmallFiles.readProof(file);
    size = bytes.length;
    opened =
        Optional.ofNullable(keyFile).map(k -> open(bytes, KeyFile.decode(SmallFiles.readKey(k))));
  }

  private static Opened open(byte[] bytes, KeyFile key) {
    return new Opened(key, ProofFile.decode(bytes, key.key()));
  }

  /** Whether a file that begins so can be a proof. */
  static boolean isProof(byte[] beginning) {
    return beginning.length > 4
        && beginning[0] == 'z'
        && beginning[1] == 'k'
        && beginning[2] == 'c'
        && beginning[3] == 'p';
  }

  void print(PrintWriter out) {
    out.println(
        "%s: proof, %s (not verified here: use zkc verify)".formatted(file, Figures.bytes(size)));
    if (opened.isEmpty()) {
      out.println("  name its key with --key to see the statement");
      return;
    }
    KeyFile key = opened.get().key();
    ProofFile proof = opened.get().proof();
    out.println(
        "  proof        %s without the statement".formatted(Figures.bytes(proof.proof().length)));
    text().ifPresent(t -> t.print(out));
    for (int k = 0; k < proof.samples(); k++) {
      if (proof.samples() > 1) {
        out.println("  sample       %d".formatted(k + 1));
      }
      Statement sample = proof.sample(key.key(), k);
      PortArrays.inputs(key, sample).forEach((name, a) -> line("input", name, a, out));
      PortArrays.outputs(key, sample).forEach((name, a) -> line("output", name, a, out));
    }
  }

  private Optional<ProvedText> text() {
    return opened.flatMap(o ->
        Continuation.unverified(o.proof().claim(), o.key())
            .map(claim -> ProvedText.of(o.key(), o.proof().statement(), claim)));
  }

  private static void line(String what, String name, TensorData array, PrintWriter out) {
    out.println("  %-12s %s: %s: %s".formatted(what, name, array.shape(), Figures.elements(array)));
  }

  Map<String, Object> json() {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("kind", "proof");
    out.put("bytes", size);
    if (opened.isPresent()) {
      ProofFile proof = opened.get().proof();
      out.put("proofBytes", proof.proof().length);
      out.put("samples", proof.samples());
      text().ifPresent(t -> out.put("generation", t.json()));
      out.put("inputs", proof.statement().inputs());
      out.put("outputs", proof.statement().outputs());
    }
    return out;
  }
}
