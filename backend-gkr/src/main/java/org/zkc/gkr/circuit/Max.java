package org.zkc.gkr.circuit;

import static org.zkc.gkr.circuit.CheckState.require;

import java.util.List;
import java.util.function.IntFunction;

/**
 * result = elementwise maximum of 2 to 4 tensors of one shape. Every difference result - source_i
 * is in [0, 2^bits), looked up whole or in limbs, and the product of the differences is 0.
 * docs/protocol.md section 4.
 */
public record Max(int result, List<Integer> sources, int bits) implements Relation {
  public Max {
    sources = List.copyOf(sources);
  }

  /**
   * The numbers of bits in which a difference is looked up, from the lowest on: all at once, or
   * limbs of at most 10.
   */
  public List<Integer> limbs() {
    return bits <= CircuitLimits.RANGE_BITS ? List.of(bits) : RoundedQuotient.limbs(bits);
  }

  @Override
  public TensorDeclaration.Role role() {
    return TensorDeclaration.Role.WITNESS;
  }

  @Override
  public int[] evaluate(Circuit circuit, IntFunction<int[]> elements) {
    int[] out = elements.apply(sources.get(0)).clone();
    for (int t : sources) {
      for (int k = 0; k < out.length; k++) {
        out[k] = Math.max(out[k], elements.apply(t)[k]);
      }
    }
    return out;
  }

  @Override
  public Interval interval(TensorDeclaration d, CheckState state) {
    require(sources.size() >= 2 && sources.size() <= 4, "2 to 4 sources");
    require(bits >= 1 && bits <= CircuitLimits.MAX_BITS, "bits out of range");
    int product = 0;
    long low = Long.MIN_VALUE;
    long high = Long.MIN_VALUE;
    for (int t : sources) {
      Interval x = state.source(t);
      require(state.tensor(t).shape().equals(d.shape()), "a source's shape differs");
      product += state.degree(t);
      low = Math.max(low, x.low());
      high = Math.max(high, x.high());
      state.look(d, limbs().size());
    }
    require(
        product <= CircuitLimits.DEGREE,
        "multiplicative degree "
            + product
            + " of the differences' product, above "
            + CircuitLimits.DEGREE);
    // The product forces the result to be one of the sources, so a difference is an integer between
    // two sources.
    long range = (1L << bits) - 1;
    for (int t : sources) {
      Interval x = state.source(t);
      for (int other : sources) {
        Interval y = state.source(other);
        long least = x.low() - y.high();
        long most = x.high() - y.low();
        require(
            most < CheckState.P && range - least < CheckState.P,
            "window condition: a difference wraps around p");
        if (t != other) {
          // Reached only where x is the maximum: y is at most that.
          require(most <= range, "a difference reaches " + most + ", above its " + bits + " bits");
        }
      }
    }
    return new Interval(low, high);
  }

  @Override
  public void addTo(BatchedCircuit batch) {
    batch.add(new Max(result, sources.stream().map(batch::ofSamples).toList(), bits));
  }

  @Override
  public String mnemonic() {
    return "max";
  }

  @Override
  public String label() {
    return "Max";
  }
}
