package org.zkc.runtime.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.proof.ProofFile;
import org.zkc.gkr.prove.Prover;
import org.zkc.gkr.prove.ProverOptions;
import org.zkc.gkr.prove.ProvingKey;
import org.zkc.ir.TensorData;
import org.zkc.passes.cost.Work;
import org.zkc.passes.quantize.VariedInputs;
import org.zkc.runtime.compile.CompileOptions;
import org.zkc.runtime.compile.CompilePipeline;
import org.zkc.runtime.compile.CompiledModel;
import org.zkc.runtime.cost.CircuitWork;
import org.zkc.runtime.execute.Execution;

/** The memory that docs/performance.md states for proofs and verifications. */
final class ProofMemoryTest {
  private static final double BYTES_OF_A_PROOF = 16e6;
  private static final double BYTES_OF_A_LEAF = 300;
  private static final double BYTES_OF_A_CELL = 32;
  private static final double BYTES_OF_A_PARAMETER = 10;
  private static final long BYTES_OF_A_VERIFICATION = 256L << 20;

  /** Proofs after which the JVM has compiled everything that a proof spends its time in. */
  private static final int MOST_PROOFS = 40;

  @TempDir Path folder;

  private final CompiledModel.WithKeys keys =
      new CompilePipeline(CompileOptions.DEFAULT)
          .compile(BenchmarkStep.calibrated(BenchmarkModel.RESNET20))
          .inMemory(1);
  private final Execution execution = new Execution(keys.file());
  private final List<TensorData> input =
      new VariedInputs(1)
          .samples(BenchmarkModel.RESNET20.program().main().parameters(), 1)
          .getFirst();

  private byte[] proof() {
    Execution.Result result = execution.run(execution.quantizeArrays(input), 1);
    byte[] context = keys.file().keyFile().boundContext(new byte[0]);
    try (ProvingKey key = keys.provingKey()) {
      byte[] proof = Prover.prove(key, result.witness(), context, ProverOptions.quiet());
      return new ProofFile(result.statement(), proof).encode();
    }
  }

  /**
   * Everything that the proving thread allocates, whether or not it lives long, once the JVM has
   * compiled the loops: before that every element of E and every vector is an object.
   */
  @Test
  void aProofAllocatesInProportionToLookupsAndCells() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    CircuitWork work = CircuitWork.of(keys.file().keyFile().key());
    double bound =
        BYTES_OF_A_PROOF
            + BYTES_OF_A_LEAF * work.of(Work.LEAF)
            + BYTES_OF_A_CELL * work.of(Work.ENCODED_CELL)
            + BYTES_OF_A_PARAMETER * work.of(Work.FOLDED_PARAMETER);
    long least = Long.MAX_VALUE;
    for (int run = 0; run < MOST_PROOFS && least > bound; run++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      proof();
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertTrue(least <= bound, least + " bytes, more than " + bound);
  }

  /** Verifies in this process and prints its peak. */
  public static final class Verification {
    private Verification() {}

    public static void main(String[] arguments) throws Exception {
      ProofBenchmark.verify(
          Files.readAllBytes(Path.of(arguments[0])), Files.readAllBytes(Path.of(arguments[1])));
      System.out.println(PeakMemory.bytes().orElse(0));
    }
  }

  /** A process with the launcher's flags for {@code zkc verify}. */
  @Test
  void aVerificationTakesAQuarterOfAGigabyte() throws Exception {
    assumeTrue(PeakMemory.bytes().isPresent(), "the system tells no peak");
    Path key = folder.resolve("m.vk");
    Path proof = folder.resolve("m.zkp");
    Files.write(key, keys.file().keyFile().encode());
    Files.write(proof, proof());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags());
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            Verification.class.getName(),
            key.toString(),
            proof.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), text);
    long peak = Long.parseLong(text.strip());
    assertTrue(peak > 0 && peak <= BYTES_OF_A_VERIFICATION, peak + " bytes");
  }

  private static List<String> flags() throws Exception {
    String launcher = Files.readString(Path.of("release", "launch.sh"));
    String light = only("light_options='([^']*)'", launcher);
    String verify = only("verify\\) options=\"\\$light_options ([^\"]*)\"", launcher);
    return List.of((light + " " + verify).strip().split("\\s+"));
  }

  private static String only(String pattern, String text) {
    Matcher m = Pattern.compile(pattern).matcher(text);
    assertTrue(m.find(), pattern);
    return m.group(1);
  }
}
