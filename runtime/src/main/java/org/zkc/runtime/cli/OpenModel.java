package org.zkc.runtime.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.prove.ProvingKey;
import org.zkc.runtime.artifact.Codewords;
import org.zkc.runtime.artifact.ModelFile;
import org.zkc.runtime.execute.Execution;

/** A compiled model with everything that its runs and proofs share. */
final class OpenModel implements AutoCloseable {
  private final ModelFile file;
  private final Path path;
  private final Execution execution;
  private @Nullable ProvingKey provingKey;

  private OpenModel(ModelFile file, Path path) {
    this.file = file;
    this.path = path;
    this.execution = new Execution(file);
  }

  static OpenModel open(Path path) {
    return new OpenModel(ModelFile.open(path), path);
  }

  ModelFile file() {
    return file;
  }

  Execution execution() {
    return execution;
  }

  /**
   * The proving key, found or made where {@code codewords} says the first time it is asked for.
   *
   * @param threads at least 1
   */
  ProvingKey provingKey(Codewords codewords, int threads) throws IOException {
    ProvingKey key = provingKey;
    if (key == null) {
      key = codewords.open(file, path, threads);
      provingKey = key;
    }
    return key;
  }

  @Override
  public void close() {
    if (provingKey != null) {
      provingKey.close();
    }
  }
}
