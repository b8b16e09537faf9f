package org.zkc.gkr.prove;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.CircuitEvaluator;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.security.SoundnessBudget;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.verify.Verifier;

/** Prints times of proving and verifying {@link Networks}: main class for measurements, no test. */
public final class MeasureNetworks {
  private MeasureNetworks() {}

  public static void main(String[] arguments) throws Exception {
    CircuitBuilder builder = arguments[0].equals("vgg") ? Networks.vgg16() : Networks.leNet();
    int runs = Integer.parseInt(arguments[1]);
    CheckedCircuit circuit = CircuitCheck.check(builder.circuit());
    int[][] elements = CircuitEvaluator.evaluate(circuit, builder.given());
    Witness witness = new Witness(elements.length);
    for (int t = 0; t < elements.length; t++) {
      witness.set(t, elements[t]);
    }
    Path code = Files.createTempFile("measure", ".code");
    try (ProvingKey key =
        ProvingKey.generate(circuit, new SmallModel(circuit.circuit(), builder.given()), code, 1)) {
      SoundnessBudget budget = SoundnessBudget.of(circuit);
      budget.terms().forEach(t -> System.out.printf("%-32s %.2f%n", t.step(), t.bits()));
      System.out.printf("total %.3f, %s%n", budget.totalBits(), key.verifierKey().parameters());
      byte[] encoded = key.verifierKey().encode();
      for (int k = 0; k < runs; k++) {
        ProverOptions options = ProverOptions.quiet();
        long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        long t0 = System.nanoTime();
        byte[] proof = Prover.prove(key, witness, new byte[0], options);
        long proveCpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu;
        long t1 = System.nanoTime();
        VerifierKey verifierKey = VerifierKey.decode(encoded);
        long verifyFrom = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        long t2 = System.nanoTime();
        Statement statement = Prover.statement(verifierKey, witness);
        Verifier.verify(verifierKey, statement, proof, new byte[0]);
        long verifyCpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - verifyFrom;
        long t3 = System.nanoTime();
        System.out.printf(
            "prove %d ms (cpu %d ms), key %d ms, verify %d ms (cpu %d ms), proof %d bytes, key %d"
                + " bytes%n",
            (t1 - t0) / 1000000,
            proveCpu / 1000000,
            (t2 - t1) / 1000000,
            (t3 - t2) / 1000000,
            verifyCpu / 1000000,
            proof.length,
            encoded.length);
        options
            .times()
            .nanoseconds()
            .forEach((s, n) -> System.out.printf("  %-16s %.1f ms%n", s, n / 1e6));
      }
    } finally {
      Files.deleteIfExists(code);
    }
  }
}
