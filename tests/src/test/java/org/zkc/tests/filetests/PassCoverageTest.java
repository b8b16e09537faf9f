package org.zkc.tests.filetests;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.zkc.passes.Pass;
import org.zkc.passes.PassCatalogue;
import org.zkc.tests.Repository;

/**
 * Every pass of the catalogue has a file test, named after it, with a case in which it fires and
 * one in which it does not.
 */
final class PassCoverageTest {
  @TestFactory
  List<DynamicTest> passes() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Pass pass : PassCatalogue.all()) {
      String name = pass.level().text() + "/" + pass.name() + ".zkir";
      tests.add(DynamicTest.dynamicTest(name, () -> requireCovered(pass, name)));
    }
    return tests;
  }

  private static void requireCovered(Pass pass, String name) throws IOException {
    Path file = Repository.root().resolve("tests/filetests").resolve(name);
    assertTrue(
        Files.exists(file), "pass " + pass.name() + " has no file test tests/filetests/" + name);
    List<FileTestCase> cases =
        FileTestCase.read(file).stream().filter(c -> c.steps().contains(pass.name())).toList();
    assertTrue(
        cases.stream().anyMatch(FileTestCase::isUnchanged),
        name + " has no case in which the pass does not fire");
    assertTrue(
        cases.stream().anyMatch(c -> !c.isUnchanged() && !c.checkLines().isEmpty()),
        name + " has no case in which it fires");
  }
}
