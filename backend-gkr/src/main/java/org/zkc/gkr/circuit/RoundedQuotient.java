package org.zkc.gkr.circuit;

import java.util.ArrayList;
import java.util.List;

/**
 * result = floor((2^(bits+1) n + d) / (2 d)) for 0 <= n <= d, d > 0: with P = d * result (a
 * product), rem = 2^(bits+1) n + d - 2 P lies in [0, 2d): rem and 2d - 1 - rem are range-checked,
 * result is in [0, 2^bits], and (2^bits + 1) 2 d_max < p. docs/protocol.md section 4.
 */
public record RoundedQuotient(int result, int numerator, int denominator, int bits)
    implements Relation {
  @Override
  public List<Integer> sources() {
    return List.of(numerator, denominator);
  }

  @Override
  public TensorDeclaration.Role role() {
    return TensorDeclaration.Role.WITNESS;
  }

  @Override
  public String mnemonic() {
    return "rounded-quotient";
  }

  @Override
  public String label() {
    return "RoundedQuotient";
  }

  /** Bits of the remainder of one, which is below 2 d. */
  public static int remainderBits(Interval denominator) {
    return Long.SIZE - Long.numberOfLeadingZeros(2 * denominator.high() - 1);
  }

  /**
   * The limbs, least significant first, in which {@code bits} bits of a remainder of a division are
   * range-checked.
   */
  public static List<Integer> limbs(int bits) {
    int count = (bits + 9) / 10;
    ArrayList<Integer> out = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      out.add(bits * (k + 1) / count - bits * k / count);
    }
    return out;
  }
}
