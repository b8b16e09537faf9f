package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.CircuitEvaluator;

/**
 * Keys and proofs of every small circuit, byte for byte, by their digests: whoever changes what is
 * on the wire sees it here and records it with {@code -Dzkc.bless=true}.
 */
class GoldenProofTest {
  private static final boolean BLESS = Boolean.getBoolean("zkc.bless");
  private static final Path FILE = Path.of("src/test/resources/golden-proofs.txt");

  @TempDir Path directory;

  @Test
  void keysAndProofsAreThoseRecorded() throws Exception {
    StringBuilder found = new StringBuilder();
    for (SmallCircuits kind : SmallCircuits.values()) {
      CircuitBuilder builder = kind.build(1);
      CheckedCircuit circuit = CircuitCheck.check(builder.circuit());
      Witness witness = WeakProof.witness(CircuitEvaluator.evaluate(circuit, builder.given()));
      try (ProvingKey key =
          ProvingKey.generate(
              circuit,
              new SmallModel(circuit.circuit(), builder.given()),
              directory.resolve("code"),
              1)) {
        byte[] proof =
            Prover.prove(
                key, witness, "golden".getBytes(StandardCharsets.UTF_8), ProverOptions.quiet());
        found
            .append(kind)
            .append(" key ")
            .append(digest(key.verifierKey().encode()))
            .append(" proof ")
            .append(digest(proof))
            .append('\n');
      }
    }
    if (BLESS) {
      Files.writeString(FILE, found);
    }
    assertEquals(
        Files.readString(FILE), found.toString(), FILE + ": if right, run with -Dzkc.bless=true");
  }

  private static String digest(byte[] bytes) throws Exception {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
    return HexFormat.of().formatHex(hash, 0, 16) + " of " + bytes.length + " bytes";
  }
}
