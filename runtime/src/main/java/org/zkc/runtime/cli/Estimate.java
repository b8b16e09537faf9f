package org.zkc.runtime.cli;

import org.zkc.runtime.artifact.CircuitStatistics;

/**
 * What a proof will cost on one warm thread, from counts alone. The coefficients fit the processor
 * times that {@code zkc bench} printed for lenet5 (with and without rewrite-matmul-checks) and
 * vgg16; expect a factor of two.
 */
record Estimate(double proveSeconds, long memoryBytes, long proofBytes) {
  private static final double FIXED_SECONDS = 0.03;
  private static final double SECONDS_PER_LOOKUP = 200e-9;
  private static final double SECONDS_PER_PARAMETER = 6e-9;
  private static final double SECONDS_PER_PRODUCT = 500e-9;
  private static final double SECONDS_PER_MULTIPLICATION = 0.22e-9;

  /** A Java process before it does anything of size. */
  private static final long FIXED_BYTES = 200_000_000;

  private static final long BYTES_PER_LOOKUP = 600;

  /** One as mantissa, four as the executor's integers, sixteen as codeword. */
  private static final long BYTES_PER_PARAMETER = 24;

  private static final long BYTES_PER_PRODUCT = 200;
  private static final double QUERIES = 130;
  private static final double PATH_BYTES = 12 * 32;

  static Estimate of(CircuitStatistics s) {
    double seconds =
        FIXED_SECONDS
            + s.lookups() * SECONDS_PER_LOOKUP
            + s.parameters() * SECONDS_PER_PARAMETER
            + s.products() * SECONDS_PER_PRODUCT
            + s.multiplications() * SECONDS_PER_MULTIPLICATION;
    long memory =
        FIXED_BYTES
            + s.lookups() * BYTES_PER_LOOKUP
            + s.parameters() * BYTES_PER_PARAMETER
            + s.products() * BYTES_PER_PRODUCT;
    double proof = opening(2.0 * s.lookups()) + opening((double) s.parameters());
    return new Estimate(seconds, memory, (long) proof);
  }

  /** PROTOCOL.md section 5.1: 4 Q N / w + 16 w bytes at w = sqrt(Q N / 4), and the Merkle paths. */
  private static double opening(double cells) {
    return cells == 0 ? 0 : 16 * Math.sqrt(QUERIES * cells) + QUERIES * PATH_BYTES;
  }
}
