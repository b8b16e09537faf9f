package org.zkc.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BenchCompareTest {
  @TempDir Path folder;

  private Ended compare(String a, String b, String... more) throws IOException {
    Path before = Files.writeString(folder.resolve("a.json"), a);
    Path after = Files.writeString(folder.resolve("b.json"), b);
    String[] words = new String[4 + more.length];
    words[0] = "bench";
    words[1] = "compare";
    words[2] = before.toString();
    words[3] = after.toString();
    System.arraycopy(more, 0, words, 4, more.length);
    return Ended.zkc(words);
  }

  private static String model(String name, int threads, double prove, double cpu, int bytes) {
    return """
    {"model": "%s", "threads": %d, "proveSeconds": %s, "proveCpuSeconds": %s, "proofBytes": %d}
    """
        .formatted(name, threads, prove, cpu, bytes);
  }

  @Test
  void aFigureThatGotWorseIsMarkedAndFails() throws IOException {
    Ended e =
        compare(
            "[" + model("lenet5", 1, 1, 1, 100) + "," + model("mlp", 1, 1, 1, 100) + "]",
            "[" + model("lenet5", 1, 9, 1.2, 100) + "," + model("mlp", 1, 1, 0.5, 109) + "]");
    assertEquals(ExitCode.INVALID, e.code(), e.err());
    assertTrue(e.out().contains("x 1.200  WORSE"), e.out());
    assertTrue(e.out().contains("x 0.500  better"), e.out());
    assertTrue(e.out().contains("x 1.090\n"), e.out());
    // Wall time stands behind processor time.
    assertFalse(e.out().contains("x 9.000"), e.out());
    assertTrue(e.out().endsWith("1 figures are worse by more than 10 %\n"), e.out());
  }

  @Test
  void theToleranceAndRates() throws IOException {
    String a = "[{\"model\": \"poseidon2-m31\", \"perSecond\": 300}]";
    String b = "[{\"model\": \"poseidon2-m31\", \"perSecond\": 200}]";
    assertEquals(ExitCode.INVALID, compare(a, b).code());
    assertEquals(ExitCode.OK, compare(b, a).code());
    assertEquals(ExitCode.OK, compare(a, b, "--tolerance", "51").code());
  }

  @Test
  void modelsAreToldApartByTheirThreads() throws IOException {
    Ended e =
        compare(
            "[" + model("lenet5", 1, 1, 1, 100) + "," + model("lenet5", 2, 1, 1, 100) + "]",
            "[" + model("lenet5", 2, 1, 1, 100) + "," + model("mlp", 1, 1, 1, 100) + "]");
    assertEquals(ExitCode.OK, e.code(), e.err());
    assertTrue(e.out().contains("lenet5: only in"), e.out());
    assertTrue(e.out().contains("lenet5, 2 threads\n"), e.out());
    assertTrue(e.out().contains("mlp: only in"), e.out());
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    for (String text : new String[] {"", "{", "[]", "{}", "[{}]", "3"}) {
      Ended e = compare(text, "[" + model("mlp", 1, 1, 1, 1) + "]");
      assertEquals(ExitCode.USER, e.code(), text);
      assertTrue(e.err().contains("zkc bench --json"), e.err());
    }
    Ended none = compare("[" + model("a", 1, 1, 1, 1) + "]", "[" + model("b", 1, 1, 1, 1) + "]");
    assertTrue(none.err().contains("no model in common"), none.err());
  }
}
