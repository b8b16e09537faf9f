package org.zkc.runtime.bench;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.Interval;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.proof.ProofFile;
import org.zkc.gkr.prove.Prover;
import org.zkc.gkr.prove.ProverOptions;
import org.zkc.gkr.prove.ProvingKey;
import org.zkc.gkr.prove.StageTimes;
import org.zkc.gkr.prove.Witness;
import org.zkc.gkr.security.SoundnessBudget;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.verify.Verifier;
import org.zkc.ir.TensorData;
import org.zkc.runtime.artifact.ModelFile;
import org.zkc.runtime.cost.CircuitWork;
import org.zkc.runtime.cost.CostEstimate;
import org.zkc.runtime.execute.Execution;
import org.zkc.runtime.execute.Leftovers;

/**
 * Measures proofs of one compiled model, from float input to proof bytes, and their verification
 * from the bytes of key and proof. Times are medians, warm.
 */
public final class ProofBenchmark {
  /** How long a model may go on warming up after its first proofs. */
  private static final double SETTLING_SECONDS = 15;

  private final int warmUps;
  private final int runs;
  private final int threads;

  public ProofBenchmark(int warmUps, int runs, int threads) {
    this.warmUps = warmUps;
    this.runs = runs;
    this.threads = threads;
  }

  /**
   * Proves and verifies {@code inputs} in one proof.
   *
   * @param inputs one array for each of the model's inputs, for every sample
   */
  public ProofFigures measure(ModelFile model, ProvingKey one, List<List<TensorData>> inputs) {
    KeyFile keyFile = model.keyFile();
    ProvingKey key = inputs.size() == 1 ? one : one.batch(inputs.size());
    CostEstimate estimate = CostEstimate.here(key.verifierKey());
    Execution execution = new Execution(model);
    byte[] keyBytes = keyFile.encode();
    byte[] context = keyFile.boundContext(new byte[0]);
    List<Double> proves = new ArrayList<>();
    List<Double> verifies = new ArrayList<>();
    List<Double> proveCpus = new ArrayList<>();
    List<Double> verifyCpus = new ArrayList<>();
    Map<String, List<Double>> stages = new LinkedHashMap<>();
    Map<String, List<Double>> stageCpus = new LinkedHashMap<>();
    byte[] proof = new byte[0];
    long allocated = 0;
    prove(execution, key, inputs, context, new StageTimes(), new StageClock("execute"));
    long peak = PeakMemory.bytes().orElse(0);
    WarmUp.of(
        () ->
            verify(
                keyBytes,
                prove(
                    execution, key, inputs, context, new StageTimes(), new StageClock("execute"))),
        warmUps,
        SETTLING_SECONDS);
    for (int run = 0; run < runs; run++) {
      StageTimes times = new StageTimes();
      WarmUp.collectIfFull();
      StageClock clock = new StageClock("execute");
      long cpuStart = cpuTime();
      long allocatedBefore = allocatedBytes();
      long start = System.nanoTime();
      proof = prove(execution, key, inputs, context, times, clock);
      double prove = seconds(start);
      long cpuMiddle = cpuTime();
      allocated = allocatedBytes() - allocatedBefore;
      start = System.nanoTime();
      verify(keyBytes, proof);
      verifies.add(seconds(start));
      verifyCpus.add((cpuTime() - cpuMiddle) / 1e9);
      proves.add(prove);
      proveCpus.add((cpuMiddle - cpuStart) / 1e9);
      times
          .nanoseconds()
          .forEach((s, n) -> stages.computeIfAbsent(s, k -> new ArrayList<>()).add(n / 1e9));
      clock
          .nanoseconds()
          .forEach((s, n) -> stageCpus.computeIfAbsent(s, k -> new ArrayList<>()).add(n / 1e9));
    }
    Map<String, Double> work = new LinkedHashMap<>();
    CircuitWork.of(key.verifierKey()).whole().forEach((w, amount) -> work.put(w.label(), amount));
    return new ProofFigures(
        inputs.size(),
        bits(keyFile.key(), TensorDeclaration.Role.MODEL),
        bits(keyFile.key(), TensorDeclaration.Role.WITNESS),
        fidelity(model),
        model.weights().elementCount(),
        median(proves),
        median(proveCpus),
        medians(stages),
        medians(stageCpus),
        median(verifies),
        median(verifyCpus),
        proof.length,
        keyBytes.length,
        SoundnessBudget.of(key.verifierKey().arithmetization(), key.verifierKey().parameters())
            .totalBits(),
        peak,
        PeakMemory.bytes().orElse(0),
        Runtime.getRuntime().maxMemory(),
        allocated,
        estimate.proveSeconds(),
        estimate.memoryBytes(),
        estimate.proofBytes(),
        MultiplierBound.seconds(work) / threads,
        work);
  }

  /** Verifies a proof file under a key file. */
  static void verify(byte[] keyBytes, byte[] proof) {
    KeyFile decoded = KeyFile.decode(keyBytes);
    ProofFile file = ProofFile.decode(proof, decoded.key());
    Verifier.verify(decoded.key(), file, decoded.boundContext(new byte[0]));
  }

  /** In a method of its own: nothing of one proof is alive in the next. */
  private byte[] prove(
      Execution execution,
      ProvingKey key,
      List<List<TensorData>> inputs,
      byte[] context,
      StageTimes times,
      StageClock clock) {
    long start = System.nanoTime();
    Leftovers.collect();
    Witness witness =
        execution.run(
            inputs.stream().map(execution::quantizeArrays).toList(),
            key.verifierKey().circuit().circuit(),
            threads);
    Statement statement = Prover.statement(key.verifierKey(), witness);
    times.add("execute", System.nanoTime() - start);
    ProverOptions options =
        new ProverOptions(
            threads,
            (stage, part) -> {
              Leftovers.collect();
              clock.begin(stage, part);
            },
            times);
    byte[] bytes = Prover.proveConsuming(key, witness, context, options);
    clock.end();
    return new ProofFile(statement, inputs.size(), bytes).encode();
  }

  /** Mean bits of the integers of tensors of a role. */
  private static double bits(VerifierKey key, TensorDeclaration.Role role) {
    double bits = 0;
    double elements = 0;
    CheckedCircuit circuit = key.circuit();
    for (int tensor = 0; tensor < circuit.circuit().tensors().size(); tensor++) {
      TensorDeclaration t = circuit.tensor(tensor);
      if (t.role() == role) {
        bits += (double) t.elementCount() * bits(circuit.interval(tensor));
        elements += t.elementCount();
      }
    }
    return elements == 0 ? 0 : bits / elements;
  }

  /** Those of a two's complement number, or of one without a sign. */
  private static int bits(Interval t) {
    long largest = Math.max(t.high(), -t.low() - 1);
    return Long.SIZE - Long.numberOfLeadingZeros(largest) + (t.low() < 0 ? 1 : 0);
  }

  private static double fidelity(ModelFile model) {
    return model.summary().outputs().stream()
        .mapToDouble(f -> f.isExact() ? f.agreement() : f.rSquared())
        .min()
        .orElse(Double.NaN);
  }

  private static long cpuTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /** 0 where this Java does not count. */
  private static long allocatedBytes() {
    return ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean counting
        ? counting.getCurrentThreadAllocatedBytes()
        : 0;
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static Map<String, Double> medians(Map<String, List<Double>> stages) {
    Map<String, Double> out = new LinkedHashMap<>();
    stages.forEach((stage, list) -> out.put(stage, median(list)));
    return out;
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
