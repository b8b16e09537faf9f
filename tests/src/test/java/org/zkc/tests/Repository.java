package org.zkc.tests;

import java.nio.file.Files;
import java.nio.file.Path;

/** The checkout that the tests run in. */
public final class Repository {
  private static final Path ROOT = find();

  private Repository() {}

  /** The folder that holds the launcher and the parent pom. */
  public static Path root() {
    return ROOT;
  }

  private static Path find() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("zkc")) && Files.exists(folder.resolve("pom.xml"))) {
        return folder;
      }
    }
    throw new IllegalStateException("the tests must run inside a checkout of zkc");
  }
}
