package org.zkc.runtime.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.layout.RowLayout;
import org.zkc.gkr.proof.ProofFile;
import org.zkc.gkr.prove.Prover;
import org.zkc.gkr.prove.ProverOptions;
import org.zkc.ir.TensorData;
import org.zkc.passes.cost.Work;
import org.zkc.passes.quantize.VariedInputs;
import org.zkc.runtime.artifact.CircuitStatistics;
import org.zkc.runtime.bench.BenchmarkModel;
import org.zkc.runtime.compile.CompileOptions;
import org.zkc.runtime.compile.CompilePipeline;
import org.zkc.runtime.compile.CompiledModel;
import org.zkc.runtime.execute.Execution;

final class CostEstimateTest {
  private static CompiledModel.WithKeys compile(BenchmarkModel model) {
    return new CompilePipeline(CompileOptions.DEFAULT)
        .compile(
            new CompilePipeline.Calibrated(
                model.program(), List.of("x"), List.of("output"), Optional.empty(), ""))
        .inMemory(1);
  }

  @Test
  void workIsThatOfTheCircuit() {
    VerifierKey key = compile(BenchmarkModel.LENET5).file().keyFile().key();
    CircuitStatistics statistics = CircuitStatistics.of(key.arithmetization().system());
    CircuitWork work = CircuitWork.of(key);
    assertEquals(statistics.lookups(), work.of(Work.COUNTED_LOOKUP));
    assertEquals(416_520, work.of(Work.DENSE_MULTIPLICATION) + work.of(Work.MATRIX_MULTIPLICATION));
    assertEquals(61_706 - 236, work.of(Work.FOLDED_PARAMETER), "all but the biases");
    assertEquals(61_706 - 236, work.of(Work.READ_PARAMETER), "all but the biases");
    RowLayout combinations = key.arithmetization().combination();
    assertEquals((double) combinations.rows() * combinations.width(), work.of(Work.COMBINED_CELL));
    assertTrue(work.of(Work.COMBINED_CELL) > 0);
    assertTrue(work.of(Work.LEAF) >= work.of(Work.FRACTION));
  }

  /** The costs that relations cause are part of the whole, and most of it. */
  @Test
  void relationsAddUpToTheWhole() {
    VerifierKey key = compile(BenchmarkModel.LENET5).file().keyFile().key();
    Circuit circuit = key.circuit().circuit();
    CostEstimate estimate = CostEstimate.of(key);
    assertEquals(circuit.relations().size(), estimate.relations().size());
    double sum =
        estimate.relations().stream().mapToDouble(CostEstimate.RelationCost::seconds).sum();
    assertTrue(sum > 0 && sum <= estimate.proveSeconds(), sum + " of " + estimate.proveSeconds());
    assertEquals(
        CircuitStatistics.of(key.arithmetization().system()).lookups(),
        estimate.relations().stream().mapToLong(CostEstimate.RelationCost::lookups).sum());
  }

  /** The openings are expectations, the rest is exact. */
  @Test
  void proofSizeIsWithinFivePercent() {
    CompiledModel.WithKeys keys = compile(BenchmarkModel.DEPTHWISE);
    Execution execution = new Execution(keys.file());
    List<TensorData> input =
        new VariedInputs(1)
            .samples(BenchmarkModel.DEPTHWISE.program().main().parameters(), 1)
            .getFirst();
    Execution.Result result = execution.run(execution.quantizeArrays(input), 1);
    byte[] proof =
        Prover.prove(keys.provingKey(), result.witness(), new byte[0], ProverOptions.quiet());
    long bytes = new ProofFile(result.statement(), proof).encode().length;
    assertEquals(bytes, CostEstimate.of(keys.file().keyFile().key()).proofBytes(), 0.05 * bytes);
  }
}
