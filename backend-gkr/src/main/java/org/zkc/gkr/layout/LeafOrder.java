package org.zkc.gkr.layout;

import java.util.Arrays;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.protocol.ProtocolConstants;
import org.zkc.gkr.weight.TensorLayout;

/**
 * The order of a tensor's elements in a block of leaves: a permutation of the variables of its
 * extension, chosen by its shape alone so that few leaves are padding.
 *
 * <p>The least significant variables number the elements of a <em>box</em>, a pair of tiles. A box
 * has a power of two of elements along each axis. It is chosen so that the axes, rounded up to its
 * multiples, waste least; among equal choices it is longest along the last axes. The variables
 * above number the boxes. Each is the next variable of an axis whose boxes pair up, the last such
 * axis first; where no axis has an even number, of the axis with most boxes. A box with a real
 * element is live. The live boxes are the product of a prefix of the boxes along each axis.
 *
 * <pre>
 * shape (197, 768): boxes of 2 x 256 elements, 99 x 3 of them live; padded (256, 1024) without the permutation
 * </pre>
 */
public final class LeafOrder {
  private final TensorLayout layout;
  private final int rank;

  /** log2 of a box along each axis. */
  private final int[] box;

  /** Live boxes along each axis. */
  private final int[] grid;

  /** The axis to which variable k of the order belongs, the least significant first. */
  private final int[] axes;

  /** log2 of the elements of a box. */
  private final int boxVariables;

  /** The bits of a box's place that number the boxes along each axis. */
  private final int[] masks;

  private LeafOrder(TensorLayout layout, int[] box) {
    this.layout = layout;
    this.box = box;
    rank = box.length;
    grid = new int[rank];
    axes = new int[layout.variables()];
    int at = 0;
    for (int a = rank - 1; a >= 0; a--) {
      grid[a] = boxes(layout.shape().get(a), box[a]);
      Arrays.fill(axes, at, at + box[a], a);
      at += box[a];
    }
    boxVariables = at;
    masks = new int[rank];
    int[] left = grid.clone();
    for (; at < axes.length; at++) {
      int next = next(left);
      left[next] = boxes(left[next], 1);
      axes[at] = next;
      masks[next] |= 1 << at - boxVariables;
    }
  }

  /** The order of a tensor of this layout. */
  public static LeafOrder of(TensorLayout layout) {
    return new LeafOrder(
        layout, leastBox(layout, Math.min(layout.variables(), ProtocolConstants.LOG_LEAST_BLOCK)));
  }

  /** Boxes of 2^bits that hold {@code extent}. */
  private static int boxes(int extent, int bits) {
    return extent + (1 << bits) - 1 >> bits;
  }

  /**
   * The axis whose boxes are paired next: the last one with an even number of boxes, else the one
   * with most.
   */
  private static int next(int[] grid) {
    int found = -1;
    for (int a = grid.length - 1; a >= 0; a--) {
      if (grid[a] > 1 && grid[a] % 2 == 0) {
        return a;
      }
      if (grid[a] > 1 && (found < 0 || grid[a] > grid[found])) {
        found = a;
      }
    }
    return found;
  }

  /** log2 of the least wasteful box of 2^bits elements along each axis. */
  private static int[] leastBox(TensorLayout layout, int bits) {
    int rank = layout.shape().size();
    // least[a][b]: the elements, filled up to boxes, of axes before a with boxes of b bits there.
    long[][] least = new long[rank + 1][bits + 1];
    for (long[] of : least) {
      Arrays.fill(of, Long.MAX_VALUE);
    }
    least[0][0] = 1;
    for (int a = 0; a < rank; a++) {
      for (int b = 0; b <= bits; b++) {
        for (int own = 0; own <= Math.min(b, layout.variables(a)); own++) {
          if (least[a][b - own] != Long.MAX_VALUE) {
            least[a + 1][b] = Math.min(least[a + 1][b], least[a][b - own] * filled(layout, a, own));
          }
        }
      }
    }
    int[] box = new int[rank];
    int left = bits;
    for (int a = rank - 1; a >= 0; a--) {
      int own = Math.min(left, layout.variables(a));
      while (least[a][left - own] == Long.MAX_VALUE
          || least[a][left - own] * filled(layout, a, own) != least[a + 1][left]) {
        own--;
      }
      box[a] = own;
      left -= own;
    }
    return box;
  }

  private static long filled(TensorLayout layout, int axis, int bits) {
    return (long) boxes(layout.shape().get(axis), bits) << bits;
  }

  /** Live boxes. */
  public int liveBoxes() {
    int n = 1;
    for (int g : grid) {
      n *= g;
    }
    return n;
  }

  /** Whether the live boxes, one after the other, hold the elements in the order of the tensor. */
  public boolean isRowMajor() {
    for (int k = 1; k < axes.length; k++) {
      if (axes[k] > axes[k - 1]) {
        return false;
      }
    }
    return layout.isPrefix();
  }

  /** The places of the live boxes among all, ascending. */
  public int[] places() {
    int[] out = new int[liveBoxes()];
    int found = 0;
    for (int place = 0; place < 1 << axes.length - boxVariables; place++) {
      boolean live = true;
      for (int a = 0; a < rank; a++) {
        live &= digit(place, a) < grid[a];
      }
      if (live) {
        out[found++] = place;
      }
    }
    return out;
  }

  /** Whether the live boxes hold real elements only. */
  public boolean isFull() {
    return (long) liveBoxes() << boxVariables == layout.elementCount()
        && boxVariables == ProtocolConstants.LOG_LEAST_BLOCK;
  }

  /** The first real element of the box at {@code place}. */
  public int start(int place) {
    int start = 0;
    for (int a = 0; a < rank; a++) {
      start = start * layout.shape().get(a) + (digit(place, a) << box[a]);
    }
    return start;
  }

  /** The real elements of a full box, as their distances from its first one. */
  public int[] distances() {
    int[] out = new int[1 << boxVariables];
    int stride = 1;
    int inner = 1;
    for (int a = rank - 1; a >= 0; a--) {
      for (int k = 0; k < out.length; k++) {
        out[k] += (k / inner & (1 << box[a]) - 1) * stride;
      }
      inner <<= box[a];
      stride *= layout.shape().get(a);
    }
    return out;
  }

  /** The number along an axis of the box at {@code place}. */
  private int digit(int place, int axis) {
    return Integer.compress(place, masks[axis]);
  }

  /** The coordinates of {@code point}, which is in this order, in the order of the tensor. */
  public Ext[] own(Ext[] point) {
    int n = axes.length;
    // Where the next variable of each axis is, counted from the least significant.
    int[] next = new int[rank];
    for (int a = rank - 2; a >= 0; a--) {
      next[a] = next[a + 1] + layout.variables(a + 1);
    }
    Ext[] out = new Ext[n];
    for (int k = 0; k < n; k++) {
      out[n - 1 - next[axes[k]]++] = point[n - 1 - k];
    }
    return out;
  }

  /**
   * The multilinear extension of the live boxes at a point in the order of the tensor: a product
   * over the axes, on each of which the live boxes are a prefix.
   */
  public Ext live(Ext[] own) {
    Ext[][] byAxis = layout.byAxis(own);
    Ext out = Ext.ONE;
    for (int a = 0; a < rank; a++) {
      Ext[] boxes = Arrays.copyOf(byAxis[a], byAxis[a].length - box[a]);
      out = out.mul(Mle.prefixIndicator(grid[a], boxes));
    }
    return out;
  }

  /**
   * Writes the elements of the box at {@code place} to {@code out} from {@code to} on, zeros where
   * there are none.
   */
  public void copy(TensorLayout.Elements real, int place, int[] out, int to) {
    // An axis that lies in one box as a whole is one run with the axis before it.
    int last = rank - 1;
    int inner = 1;
    while (last > 0 && layout.shape().get(last) == 1 << box[last]) {
      inner <<= box[last--];
    }
    if (last < 0) {
      Arrays.fill(out, to, to + ProtocolConstants.LEAST_BLOCK, 0);
      real.copy(0, 1, out, to);
      return;
    }
    int[] starts = new int[last + 1];
    int[] counts = new int[last + 1];
    int rows = 1;
    for (int a = 0; a <= last; a++) {
      starts[a] = digit(place, a) << box[a];
      counts[a] = Math.min(1 << box[a], layout.shape().get(a) - starts[a]);
      rows *= a < last ? counts[a] : 1;
    }
    int run = counts[last] * inner;
    if (rows * run < ProtocolConstants.LEAST_BLOCK) {
      Arrays.fill(out, to, to + ProtocolConstants.LEAST_BLOCK, 0);
    }
    int[] index = new int[last + 1];
    for (int row = 0; row < rows; row++) {
      int from = 0;
      int at = 0;
      for (int a = 0; a <= last; a++) {
        from = from * layout.shape().get(a) + starts[a] + index[a];
        at = (at << box[a]) + index[a];
      }
      real.copy(from * inner, run, out, to + at * inner);
      for (int a = last - 1; a >= 0 && ++index[a] == counts[a]; a--) {
        index[a] = 0;
      }
    }
  }
}
