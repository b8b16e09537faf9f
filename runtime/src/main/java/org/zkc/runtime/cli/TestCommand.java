package org.zkc.runtime.cli;

import java.util.concurrent.Callable;
import org.zkc.ir.UserException;
import picocli.CommandLine.Command;

/** {@code zkc test}, which the launcher of a checkout answers itself: the jar carries no tests. */
@Command(
    name = "test",
    description = "Run all tests of the checkout, the same that CI runs (through ./zkc only).")
final class TestCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    throw new UserException("the tests run from a checkout: use its launcher, ./zkc test");
  }
}
