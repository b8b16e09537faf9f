package org.zkc.runtime.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.layered.KeccakF1600;
import org.zkc.gkr.layered.LayeredCircuit;
import org.zkc.gkr.layered.LayeredCircuit.Visibility;
import org.zkc.gkr.layered.LayeredParameters;
import org.zkc.gkr.layered.LayeredVerifier;
import org.zkc.gkr.layered.Poseidon2;
import org.zkc.gkr.prove.layered.LayeredProver;
import org.zkc.ir.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code zkc bench circuits}. */
@Command(
    name = "circuits",
    description =
        "Measure proofs of many permutations Poseidon2 and Keccak-f[1600], inputs committed to: the"
            + " best of the runs, warm.",
    sortOptions = false)
final class BenchCircuitsCommand implements Callable<Integer> {
  @Option(names = "--runs", paramLabel = "N", description = "Proofs measured; default: 20.")
  private int runs = 20;

  @Option(names = "--threads", paramLabel = "N", description = "Threads; default: 1.")
  private int threads = 1;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec private CommandSpec spec;

  /**
   * The figures of one circuit.
   *
   * @param prove seconds of the fastest proof, witness and commitment included
   * @param verify seconds of the fastest verification
   */
  private record Row(
      String name, int copies, double prove, double verify, int proofBytes, double securityBits) {
    double perSecond() {
      return copies / prove;
    }

    Map<String, Object> json(int threads) {
      Map<String, Object> out = new LinkedHashMap<>();
      out.put("model", name);
      out.put("threads", threads);
      out.put("machine", Machine.text());
      out.put("copies", copies);
      out.put("proveSeconds", prove);
      out.put("perSecond", perSecond());
      out.put("verifySeconds", verify);
      out.put("proofBytes", proofBytes);
      out.put("securityBits", securityBits);
      return out;
    }
  }

  @Override
  public Integer call() {
    if (runs < 1 || threads < 1) {
      throw new UserException("--runs and --threads must be at least 1");
    }
    List<Row> rows =
        List.of(
            measure("poseidon2-m31", Poseidon2.circuit(Visibility.COMMITTED), 1 << 14),
            measure("keccak-f1600", KeccakF1600.circuit(Visibility.COMMITTED), 1 << 9));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(JsonText.of(rows.stream().map(r -> r.json(threads)).toList()));
    } else {
      for (Row r : rows) {
        out.println(
            String.format(
                Locale.ROOT,
                "%-16s %6d permutations, prove %s: %.0f a second; verify %s, proof %s, %.1f bits",
                r.name(),
                r.copies(),
                Figures.time(r.prove()),
                r.perSecond(),
                Figures.time(r.verify()),
                Figures.bytes(r.proofBytes()),
                r.securityBits()));
      }
    }
    return ExitCode.OK;
  }

  private Row measure(String name, LayeredCircuit circuit, int copies) {
    List<int[]> inputs = new ArrayList<>();
    Random random = new Random(1);
    for (LayeredCircuit.Input input : circuit.inputs()) {
      // Bits of Keccak; as good as any other residues for Poseidon2.
      inputs.add(
          random
              .ints((long) copies * input.width(), 0, 2)
              .map(bit -> bit == 0 ? 1 : M31.P - 1)
              .toArray());
    }
    byte[] nothing = new byte[0];
    double prove = Double.POSITIVE_INFINITY;
    double verify = Double.POSITIVE_INFINITY;
    int bytes = 0;
    try (Workers workers = Workers.of(threads)) {
      for (int run = 0; run < runs; run++) {
        long start = System.nanoTime();
        LayeredProver.Proved proved =
            LayeredProver.prove(circuit, copies, inputs, nothing, workers);
        long proven = System.nanoTime();
        LayeredVerifier.verify(circuit, proved.statement(), proved.proof(), nothing);
        prove = Math.min(prove, (proven - start) / 1e9);
        verify = Math.min(verify, (System.nanoTime() - proven) / 1e9);
        bytes = proved.proof().length;
      }
    }
    double bits = LayeredParameters.of(circuit, copies).budget().totalBits();
    return new Row(name, copies, prove, verify, bytes, bits);
  }
}
