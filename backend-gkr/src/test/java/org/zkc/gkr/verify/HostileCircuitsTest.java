package org.zkc.gkr.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Keys that the check accepts are loaded and verified in a process of 384 MB: memory is what the
 * bound is about, and a process that needs more ends with another code. How long it may take
 * follows from what is counted, {@link org.zkc.gkr.weight.VerifierWork} and the check's limits.
 */
class HostileCircuitsTest {
  private static final String HEAP = "-Xmx384m";

  /** Each process has one busy thread, so that two of them share the time. */
  private static final int PROCESSES = 2;

  private static final Map<HostileCircuits, Future<Ended>> PROCESS =
      new EnumMap<>(HostileCircuits.class);

  private record Ended(int code, String said) {}

  @BeforeAll
  static void startAll() {
    try (ExecutorService processes = Executors.newFixedThreadPool(PROCESSES)) {
      for (HostileCircuits circuit : HostileCircuits.values()) {
        PROCESS.put(circuit, processes.submit(() -> verified(circuit)));
      }
    }
  }

  private static Ended verified(HostileCircuits circuit) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--add-modules",
                    "jdk.incubator.vector",
                    HEAP,
                    "-cp",
                    System.getProperty("java.class.path"),
                    HostileCircuits.class.getName(),
                    circuit.name()))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), said);
  }

  @ParameterizedTest
  @EnumSource(HostileCircuits.class)
  void isRefusedWithinTheBound(HostileCircuits circuit) throws Exception {
    Ended ended = PROCESS.get(circuit).get();
    String said = ended.said();
    assertEquals(0, ended.code(), said);
    // Either all of it was verified up to the work that nobody did, or the count ended it.
    String expected =
        switch (circuit) {
          case POINTS_ON_A_LONG_AXIS,
              CONSTANTS_UNDER_VECTORS,
              CLAIMS_ON_A_LARGE_INPUT,
              MANY_SMALL_PRODUCTS ->
              "bytes of a combination root without a commitment";
          case A_CONVOLUTION_OF_A_LONG_AXIS, CHOICES_BY_MANY_INDICES -> "model column elements";
          // The key is read; a proof of nothing comes no further.
          case MANY_RECIPROCALS,
              MANY_EXPONENTIALS,
              EXPONENTIALS_OF_A_LONG_AXIS,
              MANY_NORMS_BY_EXPONENTS ->
              "bytes of the witness root";
          case VIEWS_THAT_HASH_ALIKE,
              TERMS_OF_MANY_AXES,
              VECTORS_OF_SEVERAL_STEPS,
              ROWS_OF_ONE_ELEMENT ->
              "elements of weights";
          case TAPS_TIMES_EXTENT -> "operations on weights";
        };
    assertTrue(said.lines().anyMatch(l -> l.startsWith(expected)), said);
    // Whoever compiles is told what the count will end, and nothing else.
    String end =
        switch (circuit) {
          case MANY_RECIPROCALS, MANY_EXPONENTIALS, MANY_NORMS_BY_EXPONENTS ->
              "witness batch: expected at most";
          case EXPONENTIALS_OF_A_LONG_AXIS -> "elements of weights";
          default -> expected.endsWith("weights") ? expected : "within the bounds";
        };
    String foretold = "foretold: " + end;
    assertTrue(said.lines().anyMatch(l -> l.startsWith(foretold)), said);
  }
}
