package org.zkc.runtime.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.Program;
import org.zkc.runtime.compile.CompileOptions;
import org.zkc.runtime.compile.CompilePipeline;
import org.zkc.runtime.compile.CompiledModel;

/**
 * A small network of every common layer, for tests that need files but no archive. Input x:
 * 1x2x6x6.
 */
public final class TinyModel {
  private TinyModel() {}

  public static Program program() {
    return new NetworkBuilder(3, 1, 2, 6, 6)
        .conv("conv", 4, 3, 1, 1, true)
        .relu()
        .maxPool()
        .flatten()
        .linear("fc", 3)
        .build();
  }

  public static CompiledModel compile() {
    return new CompilePipeline(CompileOptions.DEFAULT)
        .compile(
            new CompilePipeline.Calibrated(
                program(), List.of("x"), Optional.empty(), "0".repeat(64)));
  }

  /** Writes the model file and, beside it, key and codeword. */
  public static CompiledModel.WithKeys write(Path target) throws IOException {
    return compile().write(target, 1);
  }
}
