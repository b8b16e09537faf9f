package org.zkc.runtime.compile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.file.Generation;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.file.Port;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.prove.ProvingKey;
import org.zkc.ir.Program;
import org.zkc.runtime.artifact.AtomicFiles;
import org.zkc.runtime.artifact.ModelFile;
import org.zkc.runtime.artifact.Summary;
import org.zkc.runtime.cost.CostEstimate;
import org.zkc.runtime.emit.EmittedCircuit;

/** A model after every pass, before its commitment. */
public record CompiledModel(
    Program tensor,
    Program integer,
    Program circuit,
    EmittedCircuit emitted,
    CheckedCircuit checked,
    List<Port> inputs,
    List<Port> outputs,
    Optional<Generation> generation,
    Summary summary) {

  /** A model with its keys. */
  public record WithKeys(ModelFile file, ProvingKey provingKey) {}

  /**
   * Commits to the model and writes model file, verifier key and codeword file. Bytes do not depend
   * on {@code threads}.
   *
   * @param target the model file; the key goes beside it with the extension {@code .vk}
   */
  public WithKeys write(Path target, int threads) throws IOException {
    Path key = ModelFile.keyFile(target);
    VerifierKey[] made = new VerifierKey[1];
    Path code = ModelFile.codeFile(target);
    AtomicFiles.Maker maker =
        temporary -> {
          try (ProvingKey proving =
              ProvingKey.generate(checked, emitted.model(), temporary, threads)) {
            made[0] = proving.verifierKey();
          }
        };
    if (emitted.model().tensors().isEmpty()) {
      // The model has nothing to encode, so another model's codeword must not stay beside it.
      maker.make(code);
      Files.deleteIfExists(code);
    } else {
      AtomicFiles.make(code, maker);
    }
    ModelFile file = file(made[0]);
    AtomicFiles.make(target, file::write);
    AtomicFiles.write(key, file.keyFile().encode());
    return new WithKeys(file, ProvingKey.open(made[0], emitted.model(), code, threads));
  }

  /**
   * A model with its codeword in a temporary file that is deleted when the process ends, for
   * benchmarks and tests.
   */
  public WithKeys inMemory(int threads) {
    try {
      Path code = Files.createTempFile("zkc", ".code");
      code.toFile().deleteOnExit();
      ProvingKey key = ProvingKey.generate(checked, emitted.model(), code, threads);
      return new WithKeys(file(key.verifierKey()), key);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ModelFile file(VerifierKey key) {
    return new ModelFile(
        new KeyFile(key, inputs, outputs, generation),
        emitted.model(),
        emitted.origins(),
        summary,
        integer,
        Math.round(1000 * CostEstimate.of(key).proveSeconds()));
  }
}
