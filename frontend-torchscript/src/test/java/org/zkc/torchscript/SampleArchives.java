package org.zkc.torchscript;

import java.nio.file.Path;

/** The repository's sample archives, which the module {@code tests} holds. */
public final class SampleArchives {

  private SampleArchives() {}

  /** The path of {@code name.pt}. */
  public static Path path(String name) {
    return Path.of("..", "tests", "src", "test", "resources", "archives", name + ".pt");
  }
}
