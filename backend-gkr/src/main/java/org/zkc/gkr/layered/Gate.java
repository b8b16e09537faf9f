package org.zkc.gkr.layered;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * One step of a layer's program. A step computes a register, a vector of wires, from existing
 * registers, and names earlier steps of its layer by their numbers.
 */
public sealed interface Gate {
  /** Register {@code register} of the layer below. */
  record Below(int register) implements Gate {}

  /**
   * The same residues in every copy.
   *
   * @param values one a wire
   */
  // The array is a constant of the circuit, shared and never changed.
  @SuppressWarnings("ArrayRecordComponent")
  record Constant(int[] values) implements Gate {
    @Override
    public boolean equals(Object other) {
      return other instanceof Constant c && Arrays.equals(values, c.values);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(values);
    }
  }

  /** The sum of coefficient times register, wire by wire; all of one width. */
  record Sum(List<Term> terms) implements Gate {
    public Sum {
      terms = List.copyOf(terms);
    }
  }

  /**
   * One term of a {@link Sum}.
   *
   * @param coefficient a residue
   */
  record Term(int coefficient, int source) {}

  /** The product of two registers of one width, wire by wire. */
  record Product(int left, int right) implements Gate {}

  /**
   * Wires chosen from registers laid one after the other: wire k of the result is wire {@code
   * indices[k]} of them. This gate cuts, joins, repeats and permutes.
   */
  // The array is wiring of the circuit, shared and never changed.
  @SuppressWarnings("ArrayRecordComponent")
  record Select(List<Integer> sources, int[] indices) implements Gate {
    public Select {
      sources = List.copyOf(sources);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Select s
          && sources.equals(s.sources)
          && Arrays.equals(indices, s.indices);
    }

    @Override
    public int hashCode() {
      return Objects.hash(sources, Arrays.hashCode(indices));
    }
  }

  /** One wire: the sum of all wires of a register. */
  record Total(int source) implements Gate {}
}
