package org.zkc.gkr.layout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.VerifierWork;
import org.zkc.gkr.weight.Weight;

/**
 * The order of a committed tensor's cells. Some of its axes, or the odd factors of their extents,
 * come first, joined to one axis of all their indices, of which only the end is padded; the others
 * follow, padded each. An image of 256 x 56 x 56 elements has 256 x 56 x 64 cells in the order of
 * its axes and no padding as 3136 places of 256 channels; 197 tokens of 768 channels have none as
 * 591 thirds of tokens.
 *
 * <p>The tensor is a view of its cells, and a claim on it is one on the cells, or a few, as for any
 * view (docs/protocol.md section 3).
 */
public final class CellOrder {
  /** Elements below which a tensor keeps the order of its axes. */
  private static final int SHORT = 1 << 13;

  /**
   * Elements of the joined axis, at most, where several are joined: a claim's weight has a value
   * for each of them, which a verifier adds up.
   */
  private static final int MOST_JOINED = 1 << 11;

  /** The product of the odd factors that leave their axes, at most: see {@link Weight#split}. */
  private static final int MOST_PARTS = 1 << 3;

  /** The part of its cells that another order has to save. */
  private static final int LEAST_SAVED = 16;

  /** Axes that may come first, at most. */
  private static final int MOST_TRIED = 3;

  private final List<Integer> shape;
  // What of every axis comes first: 1, its odd factor, or all of it.
  private final List<Integer> first;
  // The axes cut in two where only a factor comes first, and in which order they follow.
  private final List<Integer> cut;
  private final List<Integer> order;
  private final int leading;
  private final TensorLayout layout;

  private CellOrder(List<Integer> shape, List<Integer> first) {
    this.shape = List.copyOf(shape);
    this.first = List.copyOf(first);
    ArrayList<Integer> extents = new ArrayList<>();
    ArrayList<Integer> front = new ArrayList<>();
    ArrayList<Integer> behind = new ArrayList<>();
    int joined = 1;
    for (int a = 0; a < shape.size(); a++) {
      if (first.get(a) > 1) {
        front.add(extents.size());
        extents.add(first.get(a));
        joined = Math.multiplyExact(joined, first.get(a));
      }
      if (first.get(a) < shape.get(a) || first.get(a) == 1) {
        behind.add(extents.size());
        extents.add(shape.get(a) / first.get(a));
      }
    }
    leading = front.size();
    cut = List.copyOf(extents);
    front.addAll(behind);
    order = List.copyOf(front);
    ArrayList<Integer> cells = new ArrayList<>();
    if (leading > 0) {
      cells.add(joined);
    }
    behind.forEach(k -> cells.add(extents.get(k)));
    layout = new TensorLayout(cells);
  }

  /**
   * The order with the fewest cells for a tensor of this shape: that of its axes, unless another
   * one saves {@link #LEAST_SAVED a sixteenth} of them. Of several with as few, the one that takes
   * the smallest factors out of axes, then the one with the shortest joined axis.
   */
  public static CellOrder of(List<Integer> shape) {
    List<Integer> best = shape.stream().map(e -> 1).toList();
    CellOrder ofAxes = new CellOrder(shape, best);
    if (ofAxes.layout.elementCount() < SHORT || ofAxes.layout.isPrefix()) {
      return ofAxes;
    }
    Choice least = Choice.of(shape, best);
    long most = least.cells - least.cells / LEAST_SAVED;
    for (List<Integer> first : candidates(shape)) {
      Choice choice = Choice.of(shape, first);
      if (choice.isAllowed() && choice.cells <= most && choice.isBetterThan(least)) {
        least = choice;
        best = first;
      }
    }
    return new CellOrder(shape, best);
  }

  /** Everything that may come first, by axis. */
  private static List<List<Integer>> candidates(List<Integer> shape) {
    List<List<Integer>> candidates = List.of(List.of());
    int tried = 0;
    for (int extent : shape) {
      int odd = extent >> Integer.numberOfTrailingZeros(extent);
      boolean tries = odd > 1 && tried < MOST_TRIED;
      ArrayList<List<Integer>> longer = new ArrayList<>();
      for (List<Integer> c : candidates) {
        longer.add(and(c, 1));
        if (tries) {
          longer.add(and(c, extent));
        }
        if (tries && odd < extent) {
          longer.add(and(c, odd));
        }
      }
      tried += tries ? 1 : 0;
      candidates = longer;
    }
    return candidates;
  }

  private static List<Integer> and(List<Integer> list, int last) {
    ArrayList<Integer> out = new ArrayList<>(list);
    out.add(last);
    return out;
  }

  /**
   * The cost of an order.
   *
   * @param cells up to the last that holds an element
   * @param parts the product of the factors that come first without the rest of their axes
   * @param joined the elements of the joined axis
   * @param several whether it is made of more than one
   */
  private record Choice(long cells, long parts, long joined, boolean several) {
    static Choice of(List<Integer> shape, List<Integer> first) {
      long joined = 1;
      long parts = 1;
      int leading = 0;
      for (int a = 0; a < shape.size(); a++) {
        joined *= first.get(a);
        parts *= first.get(a) < shape.get(a) ? first.get(a) : 1;
        leading += first.get(a) > 1 ? 1 : 0;
      }
      long last = joined - 1;
      for (int a = 0; a < shape.size(); a++) {
        int behind = shape.get(a) / first.get(a);
        last = (last << Mle.variables(behind)) + behind - 1;
      }
      return new Choice(last + 1, parts, joined, leading > 1);
    }

    boolean isAllowed() {
      return parts <= MOST_PARTS && (!several || joined <= MOST_JOINED);
    }

    boolean isBetterThan(Choice other) {
      if (cells != other.cells) {
        return cells < other.cells;
      }
      return parts != other.parts ? parts < other.parts : joined < other.joined;
    }
  }

  private long joined() {
    long joined = 1;
    for (int f : first) {
      joined *= f;
    }
    return joined;
  }

  /** Whether the cells are in the order of the tensor's axes. */
  public boolean isOfAxes() {
    return leading == 0;
  }

  /** The cells as a tensor of the joined axis and the others. */
  public TensorLayout layout() {
    return layout;
  }

  /** The axes, cut where only a factor comes first, as they follow each other. */
  private List<Integer> permuted() {
    return order.stream().map(cut::get).toList();
  }

  /** Weights on the cells that together are a weight on the tensor. */
  public List<Weight> carry(Weight weight) {
    return isOfAxes() ? List.of(weight) : parts(weight).stream().map(this::onCells).toList();
  }

  /** Weights on the tensor, its axes cut, that together are the one given. */
  private List<Weight> parts(Weight weight) {
    List<Weight> parts = List.of(weight);
    // From the last axis on, so that the places of those before it stay.
    for (int a = shape.size() - 1; a >= 0; a--) {
      int axis = a;
      if (first.get(a) > 1 && first.get(a) < shape.get(a)) {
        parts = parts.stream().flatMap(w -> w.split(axis, first.get(axis)).stream()).toList();
      }
    }
    return parts;
  }

  /** One of the parts as a weight on the cells. */
  private Weight onCells(Weight part) {
    // Axis k of the cut tensor is axis inverse[k] of its cells, not yet joined.
    Integer[] inverse = new Integer[order.size()];
    for (int k = 0; k < inverse.length; k++) {
      inverse[order.get(k)] = k;
    }
    List<Integer> apart = permuted();
    return part.through(new ViewStep.Permute(List.of(inverse)), apart)
        .through(new ViewStep.Reshape(apart), layout.shape());
  }

  /**
   * The extension of the weight that {@link #carry} makes of a weight on the tensor.
   *
   * @param point of the variables of the cells
   */
  public Ext at(Weight weight, Ext[] point) {
    if (isOfAxes()) {
      return weight.at(point);
    }
    if (!weight.isByAxis()) {
      Ext sum = Ext.ZERO;
      // One after the other: each may be as large as the cells are many.
      for (Weight part : parts(weight)) {
        sum = sum.add(onCells(part).at(point));
      }
      return sum;
    }
    // Every axis is added up alone over what of it comes behind, and then those that come first.
    VerifierWork.begin(2 * joined() + shape.stream().mapToLong(e -> e).sum());
    Ext[][] points = layout.byAxis(point);
    Ext product = weight.scale();
    ArrayList<ExtVector> front = new ArrayList<>();
    int behind = 1;
    for (int a = 0; a < shape.size(); a++) {
      if (first.get(a).equals(shape.get(a)) && first.get(a) > 1) {
        front.add(weight.axisValues(a));
        continue;
      }
      ExtVector sums = behind(weight, a, points[behind++]);
      if (first.get(a) > 1) {
        front.add(sums);
      } else {
        product = product.mul(sums.get(0));
      }
    }
    ExtVector table = EqTable.of(points[0], Math.toIntExact(joined()));
    for (ExtVector factor : front.reversed()) {
      int length = factor.length();
      ExtVector next = new ExtVector(table.length() / length);
      for (int row = 0; row < next.length(); row++) {
        next.set(row, Kernels.best().dot(table.slice(row * length, length), factor));
      }
      table = next;
    }
    return product.mul(table.get(0));
  }

  /**
   * For every index of the part of an axis that comes first, the sum over the rest of the axis of
   * the weights times eq(point, .).
   */
  private ExtVector behind(Weight weight, int axis, Ext[] point) {
    int count = first.get(axis);
    int length = shape.get(axis) / count;
    if (weight.hasPoint(axis)) {
      Ext[] own = weight.axisPoint(axis);
      int split = own.length - point.length;
      ExtVector sums = EqTable.of(Arrays.copyOf(own, split), count);
      Ext[] rest = Arrays.copyOfRange(own, split, own.length);
      Kernels.best().scale(sums, Mle.maskedEqAt(rest, point, length));
      return sums;
    }
    ExtVector values = weight.axisValues(axis);
    ExtVector eq = EqTable.of(point, length);
    ExtVector sums = new ExtVector(count);
    for (int k = 0; k < count; k++) {
      sums.set(k, Kernels.best().dot(values.slice(k * length, length), eq));
    }
    return sums;
  }

  /**
   * The places of the elements in the tensor, row-major: the sum of one of {@code starts} for every
   * index of the joined axis and one of {@code distances} for every index of the others.
   */
  // The record carries two arrays to a loop and is never compared.
  @SuppressWarnings("ArrayRecordComponent")
  public record Places(int[] starts, int[] distances) {}

  /** The places of the real cells, in their order. */
  public Places places() {
    int[] strides = new int[cut.size()];
    int stride = 1;
    for (int k = strides.length - 1; k >= 0; k--) {
      strides[k] = stride;
      stride *= cut.get(k);
    }
    return new Places(
        places(order.subList(0, leading), strides),
        places(order.subList(leading, order.size()), strides));
  }

  private int[] places(List<Integer> axes, int[] strides) {
    int[] out = {0};
    for (int axis : axes) {
      int extent = cut.get(axis);
      int[] next = new int[Math.multiplyExact(out.length, extent)];
      for (int k = 0; k < out.length; k++) {
        for (int j = 0; j < extent; j++) {
          next[k * extent + j] = out[k] + j * strides[axis];
        }
      }
      out = next;
    }
    return out;
  }
}
