package org.zkc.gkr.protocol;

/**
 * The numbers on which prover and verifier must agree. A change of one of them changes every proof,
 * so {@link #LABEL} must change with it.
 */
public final class ProtocolConstants {
  /**
   * The first words of every transcript, so that no proof of one version is one of another. The
   * number at the end grows with every change of the protocol or of an encoding.
   */
  public static final String LABEL = "zkc gkr-logup-ligero m31 8";

  /** The first words of every transcript of a layered circuit (docs/protocol.md section 12). */
  public static final String LAYERED_LABEL = "zkc gkr-layered-ligero m31 1";

  /**
   * log2 of {@link #BLOW_UP}. A lower rate needs fewer queries, but longer codewords to encode and
   * to hash. At 1/4 unique decoding corrects nearly 3/8 of the columns, which is about 0.68 bits a
   * query.
   */
  public static final int LOG_BLOW_UP = 2;

  /** The inverse rate n / k of the code in which rows are encoded. */
  public static final int BLOW_UP = 1 << LOG_BLOW_UP;

  /**
   * log2 of the fractions in a tile. A layer of the fraction trees adds neighbouring tiles, not
   * neighbouring fractions, so that a prover adds vectors in place. A tile is short enough for the
   * first-level cache, and long enough for vector instructions.
   */
  public static final int LOG_FRACTION_TILE = 8;

  /**
   * log2 of the least block of leaves. A block is a pair of tiles at least, so that the first layer
   * adds two tiles of one block.
   */
  public static final int LOG_LEAST_BLOCK = LOG_FRACTION_TILE + 1;

  /** The leaves of the least block; the live leaves of a block are a multiple of this number. */
  public static final int LEAST_BLOCK = 1 << LOG_LEAST_BLOCK;

  /**
   * log2 of the most claims that one random combination merges. The soundness budget relies on this
   * number, because a combination costs as many challenges.
   */
  public static final int LOG_MAX_CLAIMS = 16;

  /**
   * The most claims on a sum of views that are carried on one by one. More are merged to one by a
   * sumcheck first, because each would become a claim on every source: without a limit, a chain of
   * sums that are read twice would double the claims at every step.
   */
  public static final int MERGE_ABOVE = 8;

  private ProtocolConstants() {}
}
