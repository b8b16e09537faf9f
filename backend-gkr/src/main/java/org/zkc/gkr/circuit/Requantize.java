package org.zkc.gkr.circuit;

import java.util.List;
import java.util.function.IntFunction;

/**
 * h = (source + half) >> shift with half = 2^(shift-1), 0 when shift is 0; result = table(h). The
 * remainder source + half - 2^shift h is committed in limbs of {@code limbs} bits (least
 * significant first, summing to shift, empty when shift is 0), each in a range table; (h, result)
 * is looked up. docs/protocol.md section 4: the window condition is checked by {@link
 * CircuitCheck}.
 *
 * @param table index in {@link Circuit#tables()}; it must cover every h of the source's interval
 */
public record Requantize(int result, int source, int shift, List<Integer> limbs, int table)
    implements Relation {
  public Requantize {
    limbs = List.copyOf(limbs);
  }

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
    Table function = circuit.tables().get(table);
    long half = shift == 0 ? 0 : 1L << (shift - 1);
    int[] x = elements.apply(source);
    int[] out = new int[x.length];
    for (int k = 0; k < out.length; k++) {
      out[k] = (int) function.value((int) ((x[k] + half >> shift) - function.first()));
    }
    return out;
  }

  @Override
  public String mnemonic() {
    return "requantize";
  }

  @Override
  public String details() {
    return "shift " + shift + ", table " + table;
  }

  @Override
  public String label() {
    return "Requantize";
  }
}
