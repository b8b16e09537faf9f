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
    return program(3, 6);
  }

  private static Program program(long seed, int width) {
    return new NetworkBuilder(seed, 1, 2, 6, width)
        .conv("conv", 4, 3, 1, 1, true)
        .relu()
        .maxPool()
        .flatten()
        .linear("fc", 3)
        .build();
  }

  public static CompiledModel compile() {
    return compile(3, 6);
  }

  /** The same network with weights of another seed. */
  public static CompiledModel compile(long seed) {
    return compile(seed, 6);
  }

  /** The same network for inputs of another width. */
  public static CompiledModel compile(long seed, int width) {
    return new CompilePipeline(CompileOptions.DEFAULT)
        .compile(
            new CompilePipeline.Calibrated(
                program(seed, width),
                List.of("x"),
                List.of("output"),
                Optional.empty(),
                "0".repeat(64)));
  }

  /** Writes the model file and, beside it, key and codeword. */
  public static CompiledModel.WithKeys write(Path target) throws IOException {
    return compile().write(target, 1);
  }
}
