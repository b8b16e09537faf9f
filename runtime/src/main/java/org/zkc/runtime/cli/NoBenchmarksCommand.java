package org.zkc.runtime.cli;

import java.util.ArrayList;
import java.util.List;
import org.zkc.ir.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code zkc bench} where {@link Benchmarks} are not on the class path. */
@Command(
    name = "bench",
    description = "Measure compiling, proving and verifying (through ./zkc of a checkout only).")
final class NoBenchmarksCommand implements Benchmarks {
  @Unmatched private List<String> ignored = new ArrayList<>();

  @Override
  public Integer call() {
    throw new UserException(
        "the benchmarks and their networks come with a checkout: use its launcher, ./zkc bench");
  }
}
