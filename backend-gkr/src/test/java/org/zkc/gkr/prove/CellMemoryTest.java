package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.CircuitEvaluator;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.proof.ProofFile;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.verify.Verifier;

/**
 * An honest proof of which a verifier with a heap of 384 MB ran out of memory: the parts of a
 * weight on cells in another order, each as large as the tensor, were made all at once.
 */
class CellMemoryTest {
  @TempDir Path directory;

  @Test
  void partsOfAWeightAreMadeOneAfterTheOther() throws Exception {
    assertEquals("", process("-Xmx4g", "make"));
    assertEquals("verified", process("-Xmx384m", "load"));
  }

  private String process(String heap, String what) throws Exception {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--add-modules",
                    "jdk.incubator.vector",
                    heap,
                    "-cp",
                    System.getProperty("java.class.path"),
                    CellMemoryTest.class.getName(),
                    what,
                    directory.toString()))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said.lines()
        .filter(line -> !line.startsWith("WARNING"))
        .collect(Collectors.joining("\n"));
  }

  /** Makes or checks a key and a proof. */
  public static void main(String[] arguments) throws IOException {
    Path key = Path.of(arguments[1], "cells.vk");
    Path proof = Path.of(arguments[1], "cells.zkp");
    if (arguments[0].equals("make")) {
      prove(key, proof);
    } else {
      VerifierKey k = VerifierKey.decode(Files.readAllBytes(key));
      Verifier.verify(k, ProofFile.decode(Files.readAllBytes(proof), k), new byte[0]);
      System.out.println("verified");
    }
  }

  private static void prove(Path key, Path proof) throws IOException {
    int a = 239;
    int b = 2048;
    int c = 14;
    CircuitBuilder builder = new CircuitBuilder(1);
    int wide =
        builder.view(
            builder.input(0, 1, 1, 1, 1),
            new ViewStep.Window(0, a, 0, 1, 0, 1),
            new ViewStep.Window(1, b, 0, 1, 0, 1),
            new ViewStep.Window(2, c, 0, 1, 0, 1));
    int t = builder.requantize(wide, 0, 0, 0, 1);
    builder.output(
        builder.view(
            t,
            new ViewStep.Reshape(List.of(a * b, c)),
            new ViewStep.Window(0, 1, 1, 1, 0, a * b),
            new ViewStep.Window(1, 1, 1, 1, 0, c)));
    CheckedCircuit circuit = CircuitCheck.check(builder.circuit());
    try (ProvingKey k =
        ProvingKey.generate(
            circuit,
            new SmallModel(circuit.circuit(), builder.given()),
            key.resolveSibling("code"),
            1)) {
      Witness w = WeakProof.witness(CircuitEvaluator.evaluate(circuit, builder.given()));
      Statement statement = Prover.statement(k.verifierKey(), w);
      Files.write(key, k.verifierKey().encode());
      Files.write(
          proof,
          new ProofFile(statement, Prover.prove(k, w, new byte[0], ProverOptions.quiet()))
              .encode());
    }
  }
}
