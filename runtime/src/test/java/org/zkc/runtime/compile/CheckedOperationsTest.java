package org.zkc.runtime.compile;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Programs of StableHLO that check themselves, of operations that no exporter's network here has.
 * NumPy computed what they expect.
 */
final class CheckedOperationsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "bitcast-computed",
        "chlo-broadcast",
        "cholesky-upper",
        "cholesky",
        "complex-arithmetic",
        "dynamic-shapes",
        "fft",
        "fft2",
        "ifft",
        "map",
        "mhlo-erf",
        "mhlo-topk",
        "rfft",
        "round-away",
        "sort-four",
        "total-order",
        "triangular-000",
        "triangular-001",
        "triangular-010",
        "triangular-011",
        "triangular-100",
        "triangular-101",
        "triangular-110",
        "triangular-111",
        "triangular-unit"
      })
  void agrees(String name) throws URISyntaxException {
    Path file =
        Path.of(
            Objects.requireNonNull(getClass().getResource("checked/" + name + ".mlir")).toURI());
    SelfCheckRun.Outcome outcome = SelfCheckRun.of(file);
    assertInstanceOf(SelfCheckRun.Outcome.Agrees.class, outcome, outcome.text());
  }
}
