package org.zkc.gkr.weight;

import org.zkc.gkr.failure.VerificationFailure;

/**
 * The work that one verification spends on weights, which a hostile key can make large. It is
 * counted in additions and products of elements of E, and in elements of vectors: those that stay
 * until the end of the verification, and those that one operation needs in addition. Neither is
 * timed, so a key is refused everywhere or nowhere.
 *
 * <p>The count belongs to the thread that verifies. A thread without a count, such as a prover's,
 * counts nothing: a prover may use all of its machine.
 */
public final class VerifierWork {
  /**
   * Elements of vectors held at once, at most: 128 MiB. DenseNet-121 at 224 x 224 holds 58
   * thousand.
   */
  public static final long MOST_HELD = 1L << 23;

  /**
   * Additions or products of elements, at most: about 4 s of a processor at 15 ns each. Networks of
   * 224 x 224 need below a hundredth.
   */
  public static final long MOST_OPERATIONS = 1L << 28;

  private static final ScopedValue<VerifierWork> CURRENT = ScopedValue.newInstance();

  private long operations;
  private long held;
  private long borrowed;

  private VerifierWork() {}

  /** Runs a verification and returns what it spent. */
  public static VerifierWork within(Runnable verification) {
    VerifierWork work = new VerifierWork();
    ScopedValue.where(CURRENT, work).run(verification);
    return work;
  }

  /** Counts operations that are about to be done. */
  public static void spend(long more) {
    if (CURRENT.isBound()) {
      VerifierWork work = CURRENT.get();
      work.operations += more;
      require("operations on weights", MOST_OPERATIONS, work.operations);
    }
  }

  /** Counts elements that are about to be made and kept. */
  public static void hold(long elements) {
    if (CURRENT.isBound()) {
      VerifierWork work = CURRENT.get();
      work.held += elements;
      require("elements of weights", MOST_HELD, work.held);
    }
  }

  /** Begins an operation: what the one before it borrowed is free again. */
  public static void begin(long operations) {
    spend(operations);
    if (CURRENT.isBound()) {
      CURRENT.get().borrowed = 0;
    }
  }

  /** Counts elements that are about to be made and stay until the operation ends. */
  static void borrow(long elements) {
    spend(elements);
    if (CURRENT.isBound()) {
      VerifierWork work = CURRENT.get();
      work.borrowed += elements;
      require("elements of weights", MOST_HELD, work.held + work.borrowed);
    }
  }

  private static void require(String what, long most, long wanted) {
    if (wanted > most) {
      throw new VerificationFailure(
          what + " that the circuit needs", "at most " + most, Long.toString(wanted));
    }
  }

  public long operations() {
    return operations;
  }

  public long held() {
    return held;
  }
}
