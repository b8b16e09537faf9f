package org.zkc.runtime.bench;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.Set;
import org.zkc.gkr.proof.ProofFile;
import org.zkc.gkr.prove.Prover;
import org.zkc.gkr.prove.ProverOptions;
import org.zkc.gkr.prove.StageTimes;
import org.zkc.gkr.verify.Verifier;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.passes.quantize.VariedInputs;
import org.zkc.runtime.artifact.KeyFile;
import org.zkc.runtime.compile.CompileOptions;
import org.zkc.runtime.compile.CompilePipeline;
import org.zkc.runtime.compile.CompiledModel;
import org.zkc.runtime.execute.Execution;

/**
 * Measures one model: compile once, then proofs from float input to proof bytes, and their
 * verification from the bytes of key and proof. Times are medians after warm-ups.
 */
public final class ModelBenchmark {
  private static final long INPUT_SEED = 7;

  private final int warmUps;
  private final int runs;
  private final int threads;
  private final Set<String> disabled;

  /**
   * @param disabled optimisation passes to leave out
   */
  public ModelBenchmark(int warmUps, int runs, int threads, Set<String> disabled) {
    this.disabled = Set.copyOf(disabled);
    this.warmUps = warmUps;
    this.runs = runs;
    this.threads = threads;
  }

  /**
   * The figures of one model. Times in seconds.
   *
   * @param stages of the proof, medians each; they need not add up to {@code prove}
   * @param proveCpu processor time of the proving thread, which other processes on the machine do
   *     not lengthen; with one thread it is all there is
   * @param verifyCpu likewise
   * @param peakBytes of the whole process so far
   */
  public record Figures(
      String model,
      long parameters,
      double compile,
      double commit,
      double prove,
      double proveCpu,
      SequencedMap<String, Double> stages,
      double verify,
      double verifyCpu,
      long proofBytes,
      long keyBytes,
      OptionalLong peakBytes) {}

  /** Runs everything; {@code progress} is told what is being done. */
  public Figures measure(BenchmarkModel model, java.util.function.Consumer<String> progress) {
    Program program = model.program();
    progress.accept("compiling " + model.label());
    long start = System.nanoTime();
    CompiledModel compiled =
        new CompilePipeline(CompileOptions.DEFAULT.withDisabled(disabled))
            .compile(
                new CompilePipeline.Calibrated(
                    program, List.of("x"), java.util.Optional.empty(), ""));
    double compile = seconds(start);
    start = System.nanoTime();
    CompiledModel.WithKeys keys = compiled.inMemory(threads);
    double commit = seconds(start);
    Execution execution = new Execution(keys.file());
    List<TensorData> input =
        new VariedInputs(INPUT_SEED).samples(compiled.tensor().main().parameters(), 1).getFirst();
    KeyFile keyFile = keys.file().keyFile();
    byte[] keyBytes = keyFile.encode();
    byte[] context = keyFile.boundContext(new byte[0]);

    List<Double> proves = new ArrayList<>();
    List<Double> verifies = new ArrayList<>();
    List<Double> proveCpus = new ArrayList<>();
    List<Double> verifyCpus = new ArrayList<>();
    Map<String, List<Double>> stages = new LinkedHashMap<>();
    byte[] proof = null;
    for (int run = 0; run < warmUps + runs; run++) {
      progress.accept("%s: %s %d".formatted(model.label(), run < warmUps ? "warm-up" : "run", run));
      StageTimes times = new StageTimes();
      long cpuStart = cpuTime();
      start = System.nanoTime();
      Execution.Result result = execution.run(execution.quantizeArrays(input), threads);
      times.add("execute", System.nanoTime() - start);
      byte[] bytes =
          Prover.prove(
              keys.provingKey(),
              result.witness(),
              context,
              new ProverOptions(threads, (stage, part) -> {}, times));
      proof = new ProofFile(result.statement(), bytes).encode();
      double prove = seconds(start);
      long cpuMiddle = cpuTime();
      start = System.nanoTime();
      KeyFile decoded = KeyFile.decode(keyBytes);
      ProofFile file = ProofFile.decode(proof, decoded.key());
      Verifier.verify(
          decoded.key(), file.statement(), file.proof(), decoded.boundContext(new byte[0]));
      double verify = seconds(start);
      if (run >= warmUps) {
        proves.add(prove);
        proveCpus.add((cpuMiddle - cpuStart) / 1e9);
        verifyCpus.add((cpuTime() - cpuMiddle) / 1e9);
        verifies.add(verify);
        times
            .nanoseconds()
            .forEach((s, n) -> stages.computeIfAbsent(s, k -> new ArrayList<>()).add(n / 1e9));
      }
    }
    SequencedMap<String, Double> stageMedians = new LinkedHashMap<>();
    stages.forEach((stage, list) -> stageMedians.put(stage, median(list)));
    return new Figures(
        model.label(),
        keys.file().weights().elementCount(),
        compile,
        commit,
        median(proves),
        median(proveCpus),
        stageMedians,
        median(verifies),
        median(verifyCpus),
        proof == null ? 0 : proof.length,
        keyBytes.length,
        PeakMemory.bytes());
  }

  private static long cpuTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
