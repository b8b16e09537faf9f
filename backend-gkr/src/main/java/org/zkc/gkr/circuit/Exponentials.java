package org.zkc.gkr.circuit;

import static org.zkc.gkr.circuit.CheckState.require;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The numerators of a softmax: result = table((m - source) >> shift), where m is the greatest
 * element of the source along {@code axis}. The remainder m - source - 2^shift h is committed in
 * limbs of {@code limbs} bits (least significant first, summing to shift, empty when shift is 0),
 * each in a range table; (h, result) is looked up. Products that are 0, of a few differences each,
 * show that m is an element of the source. docs/protocol.md section 4.
 *
 * @param axis the axis, of two elements at least
 * @param table index in {@link Circuit#tables()}; it starts at 0 and covers every difference of two
 *     elements of the source's interval
 */
public record Exponentials(
    int result, int source, int axis, int shift, List<Integer> limbs, int table)
    implements Relation {
  /**
   * The most differences of one product. More differences make its rounds more expensive and
   * columns fewer.
   */
  private static final int MOST_PARTS = 4;

  public Exponentials {
    limbs = List.copyOf(limbs);
  }

  /**
   * The number of parts of an axis for one product, which says that the element is in one of them.
   */
  public static int parts(int degree) {
    return Math.min(MOST_PARTS, CircuitLimits.DEGREE / degree);
  }

  /**
   * The first indices of the parts of an axis, each of {@link #length} elements; the last part may
   * overlap the one before.
   */
  public static List<Integer> starts(int extent, int parts) {
    int length = length(extent, parts);
    List<Integer> starts = new ArrayList<>();
    for (int from = 0; from < extent; from += length) {
      starts.add(Math.min(from, extent - length));
    }
    return starts;
  }

  /** The elements of each of at most so many parts. */
  public static int length(int extent, int parts) {
    return (extent + parts - 1) / parts;
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
    List<Integer> shape = circuit.tensors().get(source).shape();
    int extent = shape.get(axis);
    int inner = shape.subList(axis + 1, shape.size()).stream().reduce(1, Math::multiplyExact);
    int[] x = elements.apply(source);
    int[] out = new int[x.length];
    for (int k = 0; k < out.length; k++) {
      int first = k / (extent * inner) * extent * inner + k % inner;
      int greatest = x[first];
      for (int j = 1; j < extent; j++) {
        greatest = Math.max(greatest, x[first + j * inner]);
      }
      out[k] = (int) function.value(greatest - x[k] >> shift);
    }
    return out;
  }

  @Override
  public Interval interval(TensorDeclaration d, CheckState state) {
    Interval x = state.source(source);
    require(state.tensor(source).shape().equals(d.shape()), "source and result differ in shape");
    require(axis >= 0 && axis < d.rank(), "no axis " + axis);
    require(d.extent(axis) >= 2, "an axis of one element");
    int degree = state.degree(source);
    require(
        parts(degree) >= 2,
        "multiplicative degree "
            + 2 * degree
            + " of a product of two differences, above "
            + CircuitLimits.DEGREE);
    int parts = parts(degree);
    for (int extent = d.extent(axis); extent > 1; parts = parts(1)) {
      state.countTerms(2 * Math.min(extent, parts)); // of differences, each a tensor
      extent = length(extent, parts);
    }
    state.limbs(limbs, shift, d);
    require(table >= 0 && table < state.circuit().tables().size(), "no such table");
    Table function = state.circuit().tables().get(table);
    require(
        function.first() == 0, "the table starts at " + function.first() + ", it must start at 0");
    // The greatest element is shown to be one of the source's, so its distances lie in [-far,
    // far].
    long far = x.high() - x.low();
    long window = ((long) function.size() << shift) - 1;
    require(far <= window, "the table covers distances to " + window + ", they reach " + far);
    require(
        window + far < CheckState.P,
        "window condition: table and remainder name several integers for one residue");
    state.look(d, 1);
    return state.values(function, 0, (int) (far >> shift));
  }

  @Override
  public void addTo(BatchedCircuit batch) {
    batch.add(new Exponentials(result, source, axis + 1, shift, limbs, table));
  }

  @Override
  public String mnemonic() {
    return "exponentials";
  }

  @Override
  public String details() {
    return "axis " + axis + ", shift " + shift + ", table " + table;
  }

  @Override
  public String label() {
    return "Exponentials";
  }
}
