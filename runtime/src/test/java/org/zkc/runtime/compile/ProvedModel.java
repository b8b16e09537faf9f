package org.zkc.runtime.compile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.proof.ProofFile;
import org.zkc.gkr.prove.Prover;
import org.zkc.gkr.prove.ProverOptions;
import org.zkc.gkr.prove.StageTimes;
import org.zkc.gkr.verify.Verifier;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.runtime.execute.Execution;

/** A tensor-level program, compiled, whose results are proved and verified. */
final class ProvedModel {
  private final CompiledModel compiled;
  private final CompiledModel.WithKeys keys;
  private final Execution execution;

  ProvedModel(Program tensor, List<List<TensorData>> samples, CompileOptions options) {
    this(tensor, List.of("x"), List.of("output"), samples, options);
  }

  ProvedModel(
      Program tensor,
      List<String> inputs,
      List<String> outputs,
      List<List<TensorData>> samples,
      CompileOptions options) {
    this.compiled =
        new CompilePipeline(options)
            .compile(
                new CompilePipeline.Calibrated(
                    tensor, inputs, outputs, Optional.of(samples), "0".repeat(64)));
    this.keys = compiled.inMemory(1);
    this.execution = new Execution(keys.file());
  }

  CompiledModel compiled() {
    return compiled;
  }

  /** The outputs as arrays, without a proof. */
  List<TensorData> run(List<TensorData> input) {
    return new ArrayList<>(execution.run(execution.quantizeArrays(input), 1).outputs().values());
  }

  /** The outputs as arrays, of a proof that the verifier took. */
  List<TensorData> prove(List<TensorData> input) {
    Execution.Result result = execution.run(execution.quantizeArrays(input), 1);
    List<TensorData> outputs = new ArrayList<>(result.outputs().values());
    byte[] context = keys.file().keyFile().boundContext(new byte[0]);
    byte[] proof =
        Prover.proveConsuming(
            keys.provingKey(),
            result.witness(),
            context,
            new ProverOptions(1, (stage, part) -> {}, new StageTimes()));
    KeyFile decoded = KeyFile.decode(keys.file().keyFile().encode());
    ProofFile file =
        ProofFile.decode(new ProofFile(result.statement(), proof).encode(), decoded.key());
    Verifier.verify(
        decoded.key(), file.statement(), file.proof(), decoded.boundContext(new byte[0]));
    return outputs;
  }
}
