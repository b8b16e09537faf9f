package org.zkc.runtime.cli;

import org.zkc.runtime.artifact.CircuitStatistics;

/**
 * What a proof will cost on one thread, from counts alone. The coefficients are fits to {@code zkc bench} (docs/figures.md);
 * expect a factor of two.
 */
record Estimate(double proveSeconds, long memoryBytes, long proofBytes) {
  private static final double SECONDS_PER_LOOKUP = 500e-9;
  private static final double SECONDS_PER_PARAMETER = 4e-9;
  private static final double SECONDS_PER_MULTIPLICATION = 0.5e-9;
  private static final double FIXED_SECONDS = 0.05;
  private static final long BYTES_PER_LOOKUP = 600;
  private static final long BYTES_PER_PARAMETER = 40;
  private static final long FIXED_BYTES = 150_000_000;
  private static final double QUERIES = 120;

  static Estimate of(CircuitStatistics s) {
    double seconds =
        FIXED_SECONDS
            + s.lookups() * SECONDS_PER_LOOKUP
            + s.parameters() * SECONDS_PER_PARAMETER
            + s.multiplications() * SECONDS_PER_MULTIPLICATION;
    long memory = FIXED_BYTES + s.lookups() * BYTES_PER_LOOKUP + s.parameters() * BYTES_PER_PARAMETER;
    // PROTOCOL section 5: about 4 Q N / w + 16 w bytes at w = sqrt(Q N / 4), for witness and model.
    double proof = opening(2.0 * s.lookups()) + opening((double) s.parameters()) + 100_000;
    return new Estimate(seconds, memory, (long) proof);
  }

  private static double opening(double cells) {
    return cells == 0 ? 0 : 2 * Math.sqrt(4 * QUERIES * 16 * cells) + QUERIES * 12 * 32;
  }
}
