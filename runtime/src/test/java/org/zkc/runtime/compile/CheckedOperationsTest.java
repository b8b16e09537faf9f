package org.zkc.runtime.compile;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
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
        "binary-search",
        "bitcast-computed",
        "chlo-broadcast",
        "cholesky-upper",
        "cholesky",
        "complex-arithmetic",
        "dynamic-shapes",
        "fft",
        "fft2",
        "ifft",
        "known-exponents",
        "line-sums",
        "map",
        "mhlo-erf",
        "mhlo-topk",
        "one-process",
        "rfft",
        "round-away",
        "running-log-sum",
        "segment-extremes",
        "sort-four",
        "total-order",
        "total-order-apart",
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
    SelfCheckRun.Outcome outcome = SelfCheckRun.of(file(name));
    assertInstanceOf(SelfCheckRun.Outcome.Agrees.class, outcome, outcome.text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"several-functions", "named-operations"})
  void everyFunctionOfATextIsRun(String name) throws URISyntaxException {
    List<SelfCheckRun.Checked> all = SelfCheckRun.all(file(name));
    assertTrue(all.size() > 1, "it has several functions");
    for (SelfCheckRun.Checked each : all) {
      assertInstanceOf(
          SelfCheckRun.Outcome.Agrees.class,
          each.outcome(),
          each.function() + ": " + each.outcome().text());
    }
  }

  @Test
  void aPlaceOutOfRangeIsRefused() throws URISyntaxException {
    SelfCheckRun.Outcome outcome = SelfCheckRun.of(file("out-of-range"));
    assertInstanceOf(SelfCheckRun.Outcome.Refused.class, outcome, outcome.text());
    assertTrue(outcome.text().contains("asks for index"), outcome.text());
  }

  private static Path file(String name) throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(CheckedOperationsTest.class.getResource("checked/" + name + ".mlir"))
            .toURI());
  }
}
