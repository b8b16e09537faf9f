package org.zkc.gkr.circuit;

import java.util.List;
import java.util.function.IntFunction;

/**
 * result = floor((2^(bits+1) + x) / (2 x)) for 1 <= x < 2^{@value #SOURCE_BITS}: 2^bits / x,
 * rounded half up. docs/protocol.md section 4.
 */
public record Reciprocal(int result, int source, int bits) implements Relation {
  /** Bits of the divisor. */
  public static final int SOURCE_BITS = 20;

  /** Bits of a limb of the source, and of the lower limbs of the result. */
  public static final int LIMB_BITS = 10;

  @Override
  public List<Integer> sources() {
    return List.of(source);
  }

  @Override
  public TensorDeclaration.Role role() {
    return TensorDeclaration.Role.WITNESS;
  }

  @Override
  public int[] evaluate(Circuit circuit, IntFunction<int[]> elements) {
    int[] out = elements.apply(source).clone();
    for (int k = 0; k < out.length; k++) {
      long x = out[k];
      out[k] = (int) (((1L << bits + 1) + x) / (2 * x));
    }
    return out;
  }

  @Override
  public Interval interval(TensorDeclaration d, CheckState state) {
    return NormCheck.interval(this, d, state);
  }

  @Override
  public void addTo(BatchedCircuit batch) {
    batch.add(this);
  }

  @Override
  public String mnemonic() {
    return "reciprocal";
  }

  @Override
  public String details() {
    return bits + " bits";
  }

  @Override
  public String label() {
    return "Reciprocal";
  }

  /** The result for one element. */
  public static long of(long x, int bits) {
    return ((2L << bits) + x) / (2 * x);
  }
}
