package org.zkc.gkr.circuit;

/**
 * The limits on a circuit's size: the one table of limits on keys. Each bounds the time or the
 * memory of a check or a verification, or a number on which the soundness budget relies.
 */
public final class CircuitLimits {
  public static final int TENSORS = 1 << 16;

  /**
   * Axes of a tensor, and of a step of a view. The samples of a batch are one axis more than a
   * network has.
   */
  public static final int RANK = 10;

  /** Padded elements of one tensor, and of one step of a view. */
  public static final long ELEMENTS = 1L << 24;

  /**
   * Elements along one axis of any tensor but a MODEL one: a verifier or a check makes vectors of
   * 32 MiB for it. A minute of sound at 32 kHz has 1.9 M.
   */
  public static final int AXIS = 1 << 21;

  /**
   * Elements of an Affine's result whose bounds a check must keep one by one, because the bounds do
   * not follow from the elements' places along each axis. Each element takes 16 bytes, and up to
   * three times as many during an addition.
   */
  public static final int BOUNDED_ONE_BY_ONE = 1 << 22;

  /** Padded elements of one MODEL tensor; their total has no limit. */
  public static final long MODEL_ELEMENTS = 1L << 30;

  /**
   * A limit on what a check and a verification may cost, up to a factor. It counts elements of all
   * tensors but MODEL ones, elements read and additions made by all steps of all views, elements
   * under constants, of sources of Conv and MatMul, table rows within reach of each Requantize, and
   * taps times positions of each axis of a Conv.
   */
  public static final long TOTAL_ELEMENTS = 1L << 29;

  /**
   * Elements of all inputs and outputs together: a verifier holds each a few times, 4 bytes each.
   * An image of 512 x 512 with 21 classes a pixel has 6 M; logits of 64 tokens of a vocabulary of
   * 2^18 have 2^24, beside their tokens.
   */
  public static final int PUBLIC_ELEMENTS = (1 << 24) + (1 << 16);

  /**
   * Channels with exponents, of all norms and normalisations together: a verifier keeps some 100
   * bytes for each. A language model of 8 billion parameters has 65 norms of 4096.
   */
  public static final int CHANNELS = 1 << 20;

  /** Terms and constants of one Affine, and of all together. */
  public static final int TERMS = 1 << 12;

  public static final int TOTAL_TERMS = 1 << 17;

  /**
   * Lookups of a whole tensor: each but a Requantize's last has a column, and one opening merges
   * 2^16 claims at most.
   */
  public static final int LOOKUPS = 1 << 16;

  public static final int TABLES = 1 << 12;
  public static final int TABLE_SIZE = 1 << 20;

  /** Padded lookups and table rows of the whole circuit. */
  public static final long LEAVES = 1L << 28;

  /** Bits of one remainder limb, or of the differences of a Max that are looked up whole. */
  public static final int RANGE_BITS = 20;

  /** Bits of the differences of a Max, which are inside (-2^30, 2^30) by one. */
  public static final int MAX_BITS = 29;

  public static final int QUOTIENT_BITS = 20;

  /**
   * Bits by which a Requantize shifts: 30 would leave -1, 0 and 1 of what is inside (-2^30, 2^30).
   */
  public static final int SHIFT = 29;

  /**
   * The degree rule (docs/protocol.md section 2): a bound on what a circuit can compute between two
   * commitments, against circuits that evaluate their own Fiat-Shamir hash (Khovratovich, Rothblum,
   * Soukhanov 2025). The rule is a heuristic.
   */
  public static final int DEGREE = 1 << 4;

  private CircuitLimits() {}
}
