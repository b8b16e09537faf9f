package org.zkc.gkr.weight;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;

/**
 * The weight w of a claim &lt;w, T&gt; = sum over the real indices of T of w(index) T(index) =
 * value: a scale times one factor for every group of consecutive axes. A weight has no values
 * outside the real index set, so the padding of a table enters no claim (docs/protocol.md section
 * 3). A claim about the multilinear extension of T at a point has eq(point, .) on every axis.
 *
 * <p>A weight is immutable. The weight of a claim has a number from the proof's {@link WeightPool}:
 * two claims with the same number have the same weight.
 */
public final class Weight {
  private static final int NONE = -1;

  /** Elements of a row from which on a loop over it pays, and at most; see {@link #partsOfRow}. */
  private static final int LEAST_ROW = 256;

  private static final int MOST_ROW = 1 << 14;

  /** Elements below which a loop costs more to begin than to run: that of two vectors. */
  private static final int SHORT = 16;

  /** Products of F and E, or additions of vectors, that a thread does at a time at least. */
  private static final int PIECE = 1 << 13;

  private final List<Integer> shape;
  private final List<WeightFactor> factors;
  private final Ext scale;
  private final int number;

  private Weight(List<Integer> shape, List<WeightFactor> factors, Ext scale, int number) {
    this.shape = shape;
    this.factors = factors;
    this.scale = scale;
    this.number = number;
  }

  Weight(List<Integer> shape, List<WeightFactor> factors, Ext scale) {
    number = NONE;
    this.shape = List.copyOf(shape);
    // Factors of one element join the scale.
    ArrayList<WeightFactor> normal = new ArrayList<>();
    Ext s = scale;
    for (WeightFactor f : factors) {
      if (!f.isPoint() && f.length() == 1) {
        s = s.mul(f.values().get(0));
        for (int a = 0; a < f.extents().size(); a++) {
          normal.add(WeightFactor.one());
        }
      } else {
        normal.add(f);
      }
    }
    this.factors = List.copyOf(normal);
    this.scale = s;
  }

  /**
   * eq(point, .) on the real indices of {@code shape}; the point has the variables of all axes in
   * order, each coordinate a fresh challenge (docs/protocol.md section 8.2 lists the callers).
   */
  public static Weight eq(List<Integer> shape, Ext[] point) {
    return ofPoints(shape, List.of(new TensorLayout(shape).byAxis(point)));
  }

  /** eq(point, .) on the real indices of {@code shape}, given the point of every axis. */
  public static Weight ofPoints(List<Integer> shape, List<Ext[]> points) {
    ArrayList<WeightFactor> factors = new ArrayList<>();
    for (int axis = 0; axis < shape.size(); axis++) {
      factors.add(WeightFactor.eq(points.get(axis), shape.get(axis)));
    }
    return new Weight(shape, factors, Ext.ONE);
  }

  /** The product of one vector for every axis, times a scale. */
  public static Weight ofAxes(List<ExtVector> axes, Ext scale) {
    ArrayList<WeightFactor> factors = new ArrayList<>();
    ArrayList<Integer> shape = new ArrayList<>();
    for (ExtVector v : axes) {
      VerifierWork.hold(v.length());
      shape.add(v.length());
      factors.add(WeightFactor.of(List.of(v.length()), v));
    }
    return new Weight(shape, factors, scale);
  }

  public List<Integer> shape() {
    return shape;
  }

  /**
   * The number that distinguishes this weight from the others of a proof.
   *
   * @throws IllegalStateException when it has no number
   */
  public int number() {
    if (number == NONE) {
      throw new IllegalStateException("a weight without a number");
    }
    return number;
  }

  /** Whether the weight belongs to a pool, which has counted its elements. */
  boolean isNumbered() {
    return number != NONE;
  }

  Weight numbered(int newNumber) {
    return new Weight(shape, factors, scale, newNumber);
  }

  public Ext scale() {
    return scale;
  }

  List<WeightFactor> factors() {
    return factors;
  }

  /** The elements of the vectors that this weight holds; points take none. */
  long heldElements() {
    long held = 0;
    for (WeightFactor f : factors) {
      held += f.isPoint() ? 0 : f.length();
    }
    return held;
  }

  /** Whether every axis is a factor of its own. */
  public boolean isByAxis() {
    return factors.size() == shape.size();
  }

  /** Whether a factor ends with the first {@code axes} axes, so that no factor spans both sides. */
  public boolean splitsAt(int axes) {
    int at = 0;
    for (WeightFactor f : factors) {
      if (at >= axes) {
        break;
      }
      at += f.extents().size();
    }
    return at == axes;
  }

  /** Whether axis {@code axis} is a factor of its own. */
  public boolean isOwnFactor(int axis) {
    int at = 0;
    for (WeightFactor f : factors) {
      if (at == axis) {
        return f.extents().size() == 1;
      }
      at += f.extents().size();
    }
    return false;
  }

  /** Whether the factor of an axis is eq(point, .). */
  public boolean hasPoint(int axis) {
    return point(axis).isPresent();
  }

  /**
   * The point of an axis whose factor is eq(point, .).
   *
   * @throws java.util.NoSuchElementException when the factor is another
   */
  public Ext[] axisPoint(int axis) {
    return point(axis).orElseThrow().clone();
  }

  /**
   * The point of the first {@code axes} axes, on each of which the factor must be eq at a point.
   *
   * @throws java.util.NoSuchElementException when the factor of one is another
   */
  public Ext[] leadingPoint(int axes) {
    ArrayList<Ext> out = new ArrayList<>();
    for (int axis = 0; axis < axes; axis++) {
      out.addAll(Arrays.asList(axisPoint(axis)));
    }
    return out.toArray(Ext[]::new);
  }

  private Optional<Ext[]> point(int axis) {
    int at = 0;
    for (WeightFactor f : factors) {
      if (at == axis && f.point() != null) {
        return Optional.of(f.point());
      }
      at += f.extents().size();
    }
    return Optional.empty();
  }

  /** The values on an axis that is a factor of its own; shared, or made by every call. */
  public ExtVector axisValues(int axis) {
    int at = 0;
    for (WeightFactor f : factors) {
      if (at == axis && f.extents().size() == 1) {
        return f.values();
      }
      at += f.extents().size();
    }
    throw new IllegalStateException("axis " + axis + " has no factor of its own");
  }

  /**
   * This weight with the factors of axis {@code axis}, a factor of its own, replaced by eq(point,
   * .) on {@code extent}. The point's coordinates are fresh challenges, and no other axis of the
   * weight has them: the ends of a sumcheck, or a part of the axis' own point.
   */
  public Weight withAxis(int axis, Ext[] point, int extent) {
    ArrayList<WeightFactor> replaced = new ArrayList<>();
    int at = 0;
    for (WeightFactor f : factors) {
      replaced.add(at == axis ? WeightFactor.eq(point, extent) : f);
      at += f.extents().size();
    }
    ArrayList<Integer> newShape = new ArrayList<>(shape);
    newShape.set(axis, extent);
    return new Weight(newShape, replaced, scale);
  }

  /**
   * The scale times the weights of the first {@code axes} axes, at which the factors {@link
   * #splitsAt split}: one value for every index of them, row-major.
   */
  public ExtVector leading(int axes) {
    VerifierWork.begin(axes);
    return outer(scale, factorsOf(axes, true));
  }

  /**
   * The weights of the other axes, row-major.
   *
   * @see #leading
   */
  public ExtVector trailing(int axes) {
    return outer(Ext.ONE, factorsOf(axes, false));
  }

  private List<WeightFactor> factorsOf(int axes, boolean leading) {
    ArrayList<WeightFactor> out = new ArrayList<>();
    int at = 0;
    for (WeightFactor f : factors) {
      if (at < axes == leading) {
        out.add(f);
      }
      at += f.extents().size();
    }
    return out;
  }

  /** The values of the factors' product, every one borrowed. */
  private static ExtVector outer(Ext first, List<WeightFactor> parts) {
    ExtVector product = ExtVector.of(first);
    for (WeightFactor f : parts) {
      VerifierWork.borrow((long) product.length() * f.length());
      ExtVector values = f.values();
      ExtVector next = new ExtVector(product.length() * values.length());
      setOuter(next, product, values, values.length());
      product = next;
    }
    return product;
  }

  /**
   * This weight without its scale and with the first {@code axes} axes, at which the factors {@link
   * #splitsAt split}, replaced by one axis of {@code extent} elements with eq(point, .), fresh
   * challenges as for {@link #withAxis}.
   */
  public Weight withLeading(int axes, Ext[] point, int extent) {
    ArrayList<WeightFactor> replaced = new ArrayList<>(List.of(WeightFactor.eq(point, extent)));
    replaced.addAll(factorsOf(axes, false));
    ArrayList<Integer> newShape = new ArrayList<>(List.of(extent));
    newShape.addAll(shape.subList(axes, shape.size()));
    return new Weight(newShape, replaced, Ext.ONE);
  }

  /**
   * The multilinear extension of the weight at {@code s}, a point of all variables of the padded
   * shape.
   */
  public Ext at(Ext[] s) {
    VerifierWork.begin(s.length);
    Ext product = scale;
    int from = 0;
    for (WeightFactor f : factors) {
      int n = f.variables();
      product = product.mul(f.at(Arrays.copyOfRange(s, from, from + n)));
      from += n;
    }
    if (from != s.length) {
      throw new IllegalArgumentException(
          "a point of " + s.length + " variables for the shape " + shape);
    }
    return product;
  }

  /** The sum of the weight over a box of real indices. */
  public Ext sum(List<Integer> starts, List<Integer> limits) {
    VerifierWork.begin(factors.size());
    Ext product = scale;
    int at = 0;
    for (WeightFactor f : factors) {
      int end = at + f.extents().size();
      product = product.mul(f.sum(starts.subList(at, end), limits.subList(at, end)));
      at = end;
    }
    return product;
  }

  /** &lt;w, T&gt; for the residues of T's real elements, row-major. */
  public Ext dot(int[] residues) {
    return dot(residues, Workers.callerOnly());
  }

  /** {@link #dot(int[])}, its rows by several threads. */
  public Ext dot(int[] residues, Workers workers) {
    VerifierWork.begin(residues.length);
    List<WeightFactor> parts = proper();
    if (parts.isEmpty()) {
      return scale.mulBase(residues[0]);
    }
    Kernels kernels = Kernels.best();
    int inRow = partsOfRow(parts, WeightFactor::length);
    ExtVector last = row(parts, inRow, false);
    int rows = residues.length / last.length();
    ExtVector table = new ExtVector(rows);
    int length = last.length();
    workers.forEachPiece(
        rows,
        length,
        PIECE,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            table.set(row, kernels.dotBase(residues, row * length, length, last));
          }
        });
    return dot(table, parts.subList(0, parts.size() - inRow)).mul(scale);
  }

  /** The sum over a table of one value for every index of some factors. */
  private static Ext dot(ExtVector products, List<WeightFactor> parts) {
    Kernels kernels = Kernels.best();
    ExtVector table = products;
    for (int f = parts.size() - 1; f >= 0; f--) {
      ExtVector values = parts.get(f).values();
      int n = table.length() / values.length();
      ExtVector next = new ExtVector(n);
      for (int row = 0; row < n; row++) {
        next.set(row, kernels.dot(table.slice(row * values.length(), values.length()), values));
      }
      table = next;
    }
    return table.get(0);
  }

  /**
   * The number of last factors that are multiplied out to a row for one loop, because axes of an
   * image are shorter than a loop that pays. The row stays short beside the elements that a
   * verification may hold.
   */
  private static int partsOfRow(List<WeightFactor> parts, ToIntFunction<WeightFactor> length) {
    int count = 1;
    long row = length.applyAsInt(parts.getLast());
    while (count < parts.size() && row < LEAST_ROW) {
      row *= length.applyAsInt(parts.get(parts.size() - count - 1));
      if (row > MOST_ROW) {
        break;
      }
      count++;
    }
    return count;
  }

  /** The product of the last {@code count} factors, as they are or laid out over padded axes. */
  private static ExtVector row(List<WeightFactor> parts, int count, boolean padded) {
    List<WeightFactor> own = parts.subList(parts.size() - count, parts.size());
    if (count > 1 && own.stream().allMatch(WeightFactor::isPoint)) {
      return WeightFactor.product(own, padded);
    }
    // From the last factor on, so that loops get longer with each step.
    WeightFactor last = own.getLast();
    ExtVector row = padded ? last.padded() : last.values();
    int stride = padded ? 1 << last.variables() : row.length();
    for (WeightFactor f : own.subList(0, count - 1).reversed()) {
      ExtVector values = padded ? f.padded() : f.values();
      ExtVector next = new ExtVector((values.length() - 1) * stride + row.length());
      setOuter(next, values, row, stride);
      row = next;
      stride = padded ? stride << f.variables() : row.length();
    }
    return row;
  }

  /** The factors of more than one element; the others are 1 and have no variables. */
  private List<WeightFactor> proper() {
    return factors.stream().filter(f -> f.length() > 1).toList();
  }

  /**
   * Folds a tensor that has this weight's shape but for {@code extent} elements along the last
   * axis: sum over the other axes of scale times their weights times the residues, for every index
   * of the last axis, which must be a factor of its own.
   */
  public ExtVector foldOthers(int lastAxis, int extent, int[] residues, Workers workers) {
    if (lastAxis != shape.size() - 1 || !isOwnFactor(lastAxis)) {
      throw new IllegalArgumentException(
          "axis " + lastAxis + " of " + shape + " is not the last, or has no factor");
    }
    ExtVector others = outer(scale, factors.subList(0, factors.size() - 1));
    ExtVector out = new ExtVector(extent);
    workers.forEachPiece(
        extent,
        Math.max(LEAST_ROW, PIECE / others.length()),
        (from, to) -> {
          ExtVector piece = out.slice(from, to - from);
          for (int k = 0; k < others.length(); k++) {
            Kernels.best()
                .addScaledBase(piece, others.get(k), residues, k * extent + from, to - from);
          }
        });
    return out;
  }

  /** Adds c w to a table laid out as {@link TensorLayout} lays the shape out. */
  public void addTo(ExtVector table, Ext c) {
    addTo(table, c, Workers.callerOnly());
  }

  /** {@link #addTo(ExtVector, Ext)}, rows of the table by several threads. */
  public void addTo(ExtVector table, Ext c, Workers workers) {
    WeightRows rows = rows(c);
    workers.forEachPiece(
        rows.count(),
        rows.rowLength(),
        PIECE,
        (from, to) -> {
          // The last row may be shorter than the stride.
          int start = from * rows.stride();
          int length = Math.min(table.length(), to * rows.stride()) - start;
          rows.addTo(table.slice(start, length), start);
        });
  }

  /** c w as rows of the table that {@link TensorLayout} lays the shape out as. */
  public WeightRows rows(Ext c) {
    ExtVector prefix = ExtVector.of(scale.mul(c));
    List<WeightFactor> parts = proper();
    if (parts.isEmpty()) {
      return new WeightRows(prefix, 0, ExtVector.of(Ext.ONE), 0);
    }
    int inRow = partsOfRow(parts, f -> 1 << f.variables());
    int rowVariables = 0;
    for (WeightFactor f : parts.subList(parts.size() - inRow, parts.size())) {
      rowVariables += f.variables();
    }
    int prefixVariables = 0;
    for (WeightFactor f : parts.subList(0, parts.size() - inRow)) {
      ExtVector values = f.padded();
      int stride = 1 << f.variables();
      ExtVector next = new ExtVector((prefix.length() - 1) * stride + values.length());
      setOuter(next, prefix, values, stride);
      prefix = next;
      prefixVariables += f.variables();
    }
    return new WeightRows(prefix, prefixVariables, row(parts, inRow, true), rowVariables);
  }

  /** table[k stride + j] = prefix[k] values[j], for a table of zeros. */
  private static void setOuter(ExtVector table, ExtVector prefix, ExtVector values, int stride) {
    if (values.length() < SHORT && values.length() < prefix.length()) {
      for (int j = 0; j < values.length(); j++) {
        ExtVector products = prefix.copy();
        Kernels.best().scale(products, values.get(j));
        table.setStrided(j, stride, products);
      }
      return;
    }
    for (int k = 0; k < prefix.length(); k++) {
      Ext x = prefix.get(k);
      if (!x.isZero()) {
        Kernels.best().addScaled(table.slice(k * stride, values.length()), x, values);
      }
    }
  }

  /**
   * Weights that add up to this one on the tensor whose axis {@code axis} is cut into two, of
   * {@code parts} and of extent / {@code parts} elements. A vector that is the axis' own factor is
   * one outer product for each of the parts; any other factor has values on both axes together,
   * which for eq at a point are outer products themselves where the second extent is a power of
   * two.
   */
  public List<Weight> split(int axis, int parts) {
    ArrayList<Integer> cut = new ArrayList<>(shape);
    int length = shape.get(axis) / parts;
    cut.set(axis, parts);
    cut.add(axis + 1, length);
    if (!isOwnFactor(axis) || hasPoint(axis)) {
      return List.of(through(new ViewStep.Reshape(shape), cut));
    }
    VerifierWork.begin(parts);
    VerifierWork.borrow((long) parts * parts + shape.get(axis));
    ExtVector values = axisValues(axis);
    ArrayList<Weight> out = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      ExtVector chosen = new ExtVector(parts);
      chosen.set(part, Ext.ONE);
      ArrayList<WeightFactor> own = new ArrayList<>();
      int at = 0;
      for (WeightFactor f : factors) {
        if (at == axis) {
          own.add(WeightFactor.of(List.of(parts), chosen));
          own.add(WeightFactor.of(List.of(length), values.slice(part * length, length)));
        } else {
          own.add(f);
        }
        at += f.extents().size();
      }
      out.add(new Weight(cut, own, scale));
    }
    return out;
  }

  /**
   * The weight w' on the source with &lt;w', T&gt; = &lt;w, step(T)&gt; for every T of shape {@code
   * source}.
   */
  public Weight through(ViewStep step, List<Integer> source) {
    return TransposedViews.of(this, step, source);
  }
}
