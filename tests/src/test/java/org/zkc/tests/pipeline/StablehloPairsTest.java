package org.zkc.tests.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.tests.Repository;

/**
 * Models of the same weights as TorchScript and as StableHLO, which torchax and JAX wrote
 * (resources/pairs/make.py): both roads lead to proofs of the same cost and fidelity.
 */
final class StablehloPairsTest {
  private static final Path PAIRS = Repository.root().resolve("tests/src/test/resources/pairs");

  /** Shares of the dearer road by which the two may differ. */
  private static final double TOLERANCE = 0.02;

  @TempDir Path folder;

  private record Cost(long lookups, long cells, double fidelity) {}

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "activations", "resnet", "resnet_channels_last", "block", "gpt"})
  void bothRoadsCostTheSame(String name) {
    Cost torchscript = compiled(name, "pt");
    Cost stablehlo = compiled(name, "mlir");
    assertClose(torchscript.lookups(), stablehlo.lookups(), name + ": lookups");
    assertClose(torchscript.cells(), stablehlo.cells(), name + ": committed cells");
    assertClose(torchscript.fidelity(), stablehlo.fidelity(), name + ": R^2");
    assertTrue(stablehlo.fidelity() > 0.95, () -> name + ": R^2 " + stablehlo.fidelity());
  }

  private static void assertClose(double torchscript, double stablehlo, String what) {
    assertEquals(torchscript, stablehlo, TOLERANCE * Math.max(torchscript, stablehlo), what);
  }

  private Cost compiled(String name, String extension) {
    List<Object> arguments =
        new ArrayList<>(List.of("compile", PAIRS.resolve(name + "." + extension)));
    Path weights = PAIRS.resolve(name + ".npz");
    if (extension.equals("mlir") && Files.exists(weights)) {
      arguments.addAll(List.of("--weights", weights));
    }
    arguments.addAll(
        List.of(
            "--calibration",
            PAIRS.resolve(name + ".samples.npy"),
            "-o",
            folder.resolve(name + extension + ".zkc")));
    Cli.Result result = Cli.run(arguments.toArray()).succeeded();
    return new Cost(
        Long.parseLong(found(result, "lookups +([\\d,]+)")),
        Long.parseLong(found(result, "columns +([\\d,]+) committed")),
        Double.parseDouble(found(result, "R\\^2 ([\\d.]+)")));
  }

  private static String found(Cli.Result result, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(result.out());
    assertTrue(matcher.find(), () -> pattern + " in " + result);
    return matcher.group(1).replace(",", "");
  }
}
