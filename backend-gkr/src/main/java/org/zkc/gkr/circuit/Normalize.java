package org.zkc.gkr.circuit;

import java.util.List;
import java.util.function.IntFunction;

/**
 * result = source times reciprocal, the reciprocal of the source's Euclidean norm over the last
 * axis repeated along it. No element of the source is greater than the norm, so no element of the
 * result exceeds 2^bits + norm / 2. The intervals of the two factors do not give that bound, so
 * this relation is not a Product. docs/protocol.md section 4.
 *
 * <p>As in the norm, the first factor in channel i is the element times 2^exponents[i].
 *
 * @param reciprocal the result of a {@link Reciprocal} of an {@link EuclideanNorm} of the source
 * @param exponents the exponents of the norm
 */
public record Normalize(int result, int source, int reciprocal, List<Integer> exponents)
    implements Relation {
  public Normalize {
    exponents = List.copyOf(exponents);
  }

  @Override
  public List<Integer> sources() {
    return List.of(source, reciprocal);
  }

  @Override
  public TensorDeclaration.Role role() {
    return TensorDeclaration.Role.VIRTUAL;
  }

  @Override
  public int[] evaluate(Circuit circuit, IntFunction<int[]> elements) {
    int[] out = elements.apply(source).clone();
    int[] factors = elements.apply(reciprocal);
    int extent = circuit.tensors().get(source).shape().getLast();
    for (int k = 0; k < out.length; k++) {
      int exponent = exponents.isEmpty() ? 0 : exponents.get(k % extent);
      out[k] = (out[k] << exponent) * factors[k / extent];
    }
    return out;
  }

  @Override
  public Interval interval(TensorDeclaration d, CheckState state) {
    return NormCheck.interval(this, d, state);
  }

  @Override
  public long lineNorm(CheckState state) {
    return LineNorms.normalized(this, state);
  }

  @Override
  public void addTo(BatchedCircuit batch) {
    // The reciprocal is made of the source: both depend on the inputs. All axes but the last agree.
    batch.add(this);
  }

  @Override
  public String mnemonic() {
    return "normalize";
  }

  @Override
  public String label() {
    return "Normalize";
  }
}
