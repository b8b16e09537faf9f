package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.CircuitEvaluator;
import org.zkc.gkr.circuit.EuclideanNorm;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.proof.ProofFile;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.verify.Verifier;

/** Keys and proofs of which a verifier with a heap of 384 MB runs out of memory. */
class BreakerMemoryTest {
  @TempDir Path directory;

  /** An honest proof; the parts of a weight on cells in another order are all held at once. */
  @Test
  void partsOfAWeightOnCells() throws Exception {
    run("carry");
  }

  /** A key of 6 MB: three norms of 2^21 channels with exponents. */
  @Test
  void exponentsOfManyChannels() throws Exception {
    run("norms");
  }

  private void run(String kind) throws Exception {
    System.out.println(process("-Xmx4g", "make", kind));
    String said = process("-Xmx384m", "load", kind);
    System.out.println(said);
    assertFalse(said.contains("OutOfMemoryError"), said);
  }

  private String process(String heap, String what, String kind) throws Exception {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--add-modules",
                    "jdk.incubator.vector",
                    heap,
                    "-cp",
                    System.getProperty("java.class.path"),
                    BreakerMemoryTest.class.getName(),
                    what,
                    kind,
                    directory.toString()))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }

  /** Makes or checks a key and a proof. */
  public static void main(String[] arguments) throws IOException {
    Path key = Path.of(arguments[2], "hostile.vk");
    Path proof = Path.of(arguments[2], "hostile.zkp");
    if (arguments[0].equals("load")) {
      VerifierKey k = VerifierKey.decode(Files.readAllBytes(key));
      if (Files.exists(proof)) {
        Verifier.verify(k, ProofFile.decode(Files.readAllBytes(proof), k), new byte[0]);
      }
      System.out.println("done");
    } else if (arguments[1].equals("norms")) {
      Files.write(
          key, VerifierKey.of(CircuitCheck.check(norms()), new byte[0]).encode());
    } else {
      prove(key, proof);
    }
  }

  private static Circuit norms() {
    int channels = 1 << 21;
    List<TensorDeclaration> tensors = new ArrayList<>();
    List<Relation> relations = new ArrayList<>();
    tensors.add(TensorDeclaration.input(List.of(1, 1), 0, 0));
    tensors.add(TensorDeclaration.virtual(List.of(1, channels), 0, 0));
    relations.add(affine(1, 0, new ViewStep.Window(1, channels, 0, 1, 0, 1)));
    for (int k = 0; k < 3; k++) {
      int except = k;
      List<Integer> exponents =
          IntStream.range(0, channels).mapToObj(i -> i == except ? 0 : 1 + except).toList();
      tensors.add(TensorDeclaration.witness(List.of(1, 1), 1, 1));
      relations.add(new EuclideanNorm(2 + k, 1, 1, exponents));
    }
    tensors.add(TensorDeclaration.virtual(List.of(1, 1), 0, 0));
    relations.add(affine(5, 1, new ViewStep.Window(1, 1, 1, 1, 0, 1)));
    return new Circuit(tensors, List.of(), relations, List.of(0), List.of(5));
  }

  private static Affine affine(int result, int source, ViewStep step) {
    return new Affine(result, List.of(new Affine.Term(source, 1, List.of(step))), List.of());
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
