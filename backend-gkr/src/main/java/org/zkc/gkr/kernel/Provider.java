package org.zkc.gkr.kernel;

/**
 * The twin of every kernel that this process uses. The choice is made once, from the JVM and the
 * system property {@code zkc.vector} ({@code off} forces the scalar twin, {@code on} uses vectors
 * without {@link Training}). Results never depend on the choice.
 */
public enum Provider {
  SCALAR,
  VECTOR;

  /** The system property that forces the scalar twin when it is {@code off}. */
  public static final String PROPERTY = "zkc.vector";

  private static final String MODULE = "jdk.incubator.vector";
  private static final Provider CHOSEN;
  private static final String REASON;

  static {
    if ("off".equals(System.getProperty(PROPERTY))) {
      CHOSEN = SCALAR;
      REASON = "scalar kernels: -D" + PROPERTY + "=off";
    } else if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      CHOSEN = SCALAR;
      REASON = "scalar kernels: the JVM was started without --add-modules " + MODULE;
    } else {
      int lanes = LaneCount.intLanes();
      CHOSEN = lanes >= 4 ? VECTOR : SCALAR;
      REASON =
          lanes >= 4
              ? "vector kernels, " + 32 * lanes + " bits"
              : "scalar kernels: no vector registers of 128 bits";
    }
  }

  public static Provider chosen() {
    return CHOSEN;
  }

  /** The choice and its reason, for a log line. */
  public static String reason() {
    return REASON;
  }
}
