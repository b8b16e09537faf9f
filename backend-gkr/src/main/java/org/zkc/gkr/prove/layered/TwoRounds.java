package org.zkc.gkr.prove.layered;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.layered.Gate;
import org.zkc.gkr.layered.Layer;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.sumcheck.RoundPolynomial;

/**
 * The first two rounds of a layer whose registers below hold one of two residues each, as bits do.
 * Nothing is multiplied for an element: its weight is added to a sum for the class of its product
 * ({@link GridClasses}). The messages of both rounds follow from the sums, since
 *
 * <pre>
 * sum over elements of weight P(t, u) = sum over classes c of (sum over elements of class c of weight) P_c(t, u)
 * </pre>
 *
 * <p>Then tables over E of a quarter of the length are made of the patterns. These are the messages
 * and tables that the tiles of {@link PartTile} come to.
 */
final class TwoRounds {
  /** Elements that a thread works on at a time at least. */
  private static final int PIECE = 1 << 12;

  /** Sums of so many residues fit a long. */
  private static final long MOST_ELEMENTS = 1L << 31;

  private static final int LIMBS = 4;

  private final Kernels kernels = Kernels.best();
  private final Layer layer;
  private final CopyOrder order;
  private final GridClasses classes;
  private final Workers workers;
  private final Map<Integer, int[]> patterns;
  private final List<Product> products;
  private final Ext[] z;

  /** Values on the grid, summed up with their weights. */
  private final Ext[] grid;

  /** A product with a weight for each of its wires. */
  private record Product(GridClasses.Node node, ExtVector weights) {}

  private TwoRounds(
      Layer layer,
      CopyOrder order,
      GridClasses classes,
      Workers workers,
      Map<Integer, int[]> patterns,
      List<Product> products,
      Ext[] z) {
    this.layer = layer;
    this.order = order;
    this.classes = classes;
    this.workers = workers;
    this.patterns = patterns;
    this.products = products;
    this.z = z;
    grid = grid();
  }

  /** The classes of a proof's layers, which are few and take longer to make than to use. */
  static final class Known {
    private final List<GridClasses> all = new ArrayList<>();

    private GridClasses of(int points, int low, int high) {
      for (GridClasses c : all) {
        if (c.fits(points, low, high)) {
          return c;
        }
      }
      GridClasses fresh = new GridClasses(points, low, high);
      all.add(fresh);
      return fresh;
    }
  }

  /**
   * The rounds of this layer, or null where its registers have other values or too many classes.
   */
  static @Nullable TwoRounds of(
      Layer layer,
      LayerPlan plan,
      CopyOrder order,
      List<int[]> below,
      Ext[] z,
      Known known,
      Workers workers) {
    TreeSet<Integer> registers = new TreeSet<>();
    long elements = 0;
    for (LayerPlan.Part part : plan.parts()) {
      for (int gate : part.gates()) {
        if (layer.gates().get(gate) instanceof Gate.Below b) {
          registers.add(b.register());
        }
      }
      part.forms().forEach(f -> registers.addAll(f.weights().keySet()));
      elements += (long) layer.width(part.factor()) * order.copies() * layer.gates().size();
    }
    if (registers.isEmpty() || order.groups() < 4 || order.run() == 1 || elements > MOST_ELEMENTS) {
      return null;
    }
    int[] two = residues(registers, below);
    if (two.length == 0) {
      return null;
    }
    GridClasses classes = known.of(layer.degree() + 1, two[0], two[1]);
    List<Product> products = products(layer, plan, classes);
    if (products == null) {
      return null;
    }
    Map<Integer, int[]> patterns = new HashMap<>();
    for (int r : registers) {
      int[] own = new int[below.get(r).length / 4];
      if (!fill(below.get(r), two[0], two[1], own, workers)) {
        return null;
      }
      patterns.put(r, own);
    }
    return new TwoRounds(layer, order, classes, workers, patterns, products, z);
  }

  /** The first two residues that differ, the one first whose lowest differing bit is 0. */
  private static int[] residues(TreeSet<Integer> registers, List<int[]> below) {
    int one = below.get(registers.first())[0];
    for (int r : registers) {
      for (int value : below.get(r)) {
        if (value != one) {
          int bit = Integer.lowestOneBit(one ^ value);
          return (one & bit) == 0 ? new int[] {one, value} : new int[] {value, one};
        }
      }
    }
    return new int[0];
  }

  private static @Nullable List<Product> products(
      Layer layer, LayerPlan plan, GridClasses classes) {
    ArrayList<Product> out = new ArrayList<>();
    for (LayerPlan.Part part : plan.parts()) {
      for (LayerPlan.Root root : part.roots()) {
        GridClasses.Node node = classes.product(layer, root.left(), root.right());
        if (node == null) {
          return null;
        }
        out.add(new Product(node, root.weights()));
      }
      for (LayerPlan.Form form : part.forms()) {
        for (Map.Entry<Integer, ExtVector> e : form.weights().entrySet()) {
          GridClasses.Node node = classes.product(layer, form.factor(), new Gate.Below(e.getKey()));
          if (node == null) {
            return null;
          }
          out.add(new Product(node, e.getValue()));
        }
      }
    }
    return out;
  }

  /** Writes the patterns; false where there is a third residue. */
  private static boolean fill(int[] table, int low, int high, int[] out, Workers workers) {
    int shift = Integer.numberOfTrailingZeros(low ^ high);
    boolean[] other = new boolean[1];
    workers.forEachPiece(
        out.length,
        PIECE,
        (from, to) -> {
          if (fill(table, shift, low, low ^ high, out, from, to) != 0) {
            synchronized (other) {
              other[0] = true;
            }
          }
        });
    return !other[0];
  }

  private static int fill(
      int[] table, int shift, int low, int difference, int[] out, int from, int to) {
    int quarter = out.length;
    int wrong = 0;
    for (int k = from; k < to; k++) {
      int v0 = table[k];
      int v1 = table[k + quarter];
      int v2 = table[k + 2 * quarter];
      int v3 = table[k + 3 * quarter];
      int b0 = v0 >>> shift & 1;
      int b1 = v1 >>> shift & 1;
      int b2 = v2 >>> shift & 1;
      int b3 = v3 >>> shift & 1;
      wrong |= v0 ^ low ^ (difference & -b0) | v1 ^ low ^ (difference & -b1);
      wrong |= v2 ^ low ^ (difference & -b2) | v3 ^ low ^ (difference & -b3);
      out[k] = b0 | b1 << 1 | b2 << 2 | b3 << 3;
    }
    return wrong;
  }

  /** The weighted sum of the products at every point of the grid. */
  private Ext[] grid() {
    Map<GridClasses.Classes, long[]> sums = new IdentityHashMap<>();
    int run = order.run();
    int inRun = Integer.numberOfTrailingZeros(run);
    ExtVector ofGroups = EqTable.of(Arrays.copyOfRange(z, 2, z.length - inRun));
    ExtVector ofRun = EqTable.of(Arrays.copyOfRange(z, z.length - inRun, z.length));
    for (Product p : products) {
      int width = p.weights().length();
      long[] all = sums.computeIfAbsent(p.node().classes(), c -> new long[LIMBS * c.count()]);
      workers.forEachPiece(
          order.groups() / 4,
          8L * width * run,
          PIECE,
          (first, end) -> {
            long[] own = new long[all.length];
            Classifier classifier = new Classifier(p.node(), width * run);
            ExtVector ofWires = new ExtVector(width);
            ExtVector weights = new ExtVector(width * run);
            for (int group = first; group < end; group++) {
              ofWires.fill(Ext.ZERO);
              kernels.addScaled(ofWires, ofGroups.get(group), p.weights());
              weights.fill(Ext.ZERO);
              for (int k = 0; k < width; k++) {
                kernels.addScaled(weights.slice(k * run, run), ofWires.get(k), ofRun);
              }
              int[] found = classifier.classes(group * width * run);
              add(own, found, weights);
            }
            synchronized (all) {
              for (int k = 0; k < all.length; k++) {
                all[k] += own[k];
              }
            }
          });
    }
    Ext[] out = new Ext[classes.points() * classes.points()];
    Arrays.fill(out, Ext.ZERO);
    sums.forEach((c, all) -> {
      ExtVector reduced = new ExtVector(c.count());
      for (int limb = 0; limb < LIMBS; limb++) {
        int[] to = reduced.limb(limb);
        for (int k = 0; k < to.length; k++) {
          to[k] = M31.reduce(all[LIMBS * k + limb]);
        }
      }
      for (int p = 0; p < out.length; p++) {
        out[p] = out[p].add(kernels.dotBase(c.at(p), 0, c.count(), reduced));
      }
    });
    return out;
  }

  private static void add(long[] sums, int[] classes, ExtVector weights) {
    int[] w0 = weights.limb(0);
    int[] w1 = weights.limb(1);
    int[] w2 = weights.limb(2);
    int[] w3 = weights.limb(3);
    for (int k = 0; k < classes.length; k++) {
      int at = LIMBS * classes[k];
      sums[at] += w0[k];
      sums[at + 1] += w1[k];
      sums[at + 2] += w2[k];
      sums[at + 3] += w3[k];
    }
  }

  /** The classes of a node's elements, block by block. */
  private final class Classifier {
    private final GridClasses.Node node;
    private final int[] out;
    private final @Nullable Classifier left;
    private final @Nullable Classifier right;

    Classifier(GridClasses.Node node, int count) {
      this.node = node;
      out = new int[count];
      left = node instanceof GridClasses.Pair p ? new Classifier(p.left(), count) : null;
      right = node instanceof GridClasses.Pair p ? new Classifier(p.right(), count) : null;
    }

    int[] classes(int from) {
      switch (node) {
        case GridClasses.Register r ->
            System.arraycopy(ofRegister(r.register()), from, out, 0, out.length);
        case GridClasses.Pair p -> {
          if (left != null && right != null) {
            int[] a = left.classes(from);
            int[] b = right.classes(from);
            int[] combined = p.classes().ofCombination();
            int step = p.right().classes().count();
            for (int k = 0; k < out.length; k++) {
              out[k] = combined[a[k] * step + b[k]];
            }
          }
        }
        case GridClasses.Joint j -> {
          Arrays.fill(out, 0);
          for (int r = 0; r < j.registers().size(); r++) {
            int[] own = ofRegister(j.registers().get(r));
            int shift = 4 * r;
            for (int k = 0; k < out.length; k++) {
              out[k] |= own[from + k] << shift;
            }
          }
          int[] combined = j.classes().ofCombination();
          for (int k = 0; k < out.length; k++) {
            out[k] = combined[out[k]];
          }
        }
      }
      return out;
    }
  }

  private int[] ofRegister(int register) {
    int[] own = patterns.get(register);
    if (own == null) {
      throw new IllegalStateException("register " + register + " has no patterns");
    }
    return own;
  }

  /** Adds the first round's values at t = 0, 2, 3, .. to the sums. */
  void addFirst(Ext[] sums) {
    Ext one = z[1];
    Ext zero = Ext.ONE.sub(one);
    for (int v = 0; v < sums.length; v++) {
      int row = (v == 0 ? 0 : v + 1) * classes.points();
      sums[v] = sums[v].add(zero.mul(grid[row])).add(one.mul(grid[row + 1]));
    }
  }

  /** Adds the second round's, after {@code first} was drawn. */
  void addSecond(Ext[] sums, Ext first) {
    int points = classes.points();
    for (int v = 0; v < sums.length; v++) {
      Ext[] column = new Ext[points];
      for (int t = 0; t < points; t++) {
        column[t] = grid[t * points + (v == 0 ? 0 : v + 1)];
      }
      sums[v] = sums[v].add(RoundPolynomial.at(column, first));
    }
  }

  /** A register below, bound to both challenges. */
  ExtVector table(int register, Ext first, Ext second) {
    int[] own = ofRegister(register);
    Ext step = Ext.of(M31.sub(classes.high(), classes.low()));
    ExtVector steps = new ExtVector(4);
    for (int corner = 0; corner < 4; corner++) {
      Ext t = Mle.eqAt(first, Ext.of(corner >> 1));
      Ext u = Mle.eqAt(second, Ext.of(corner & 1));
      steps.set(corner, step.mul(t).mul(u));
    }
    ExtVector out = new ExtVector(own.length);
    workers.forEachPiece(
        own.length,
        PIECE,
        (from, to) -> {
          for (int limb = 0; limb < LIMBS; limb++) {
            int start = limb == 0 ? classes.low() : 0;
            int[] d = steps.limb(limb);
            decode(own, start, d[0], d[1], d[2], d[3], out.limb(limb), from, to);
          }
        });
    return out;
  }

  private static void decode(
      int[] own, int start, int d0, int d1, int d2, int d3, int[] out, int from, int to) {
    for (int k = from; k < to; k++) {
      int pattern = own[k];
      int x = start - M31.P + (d0 & -(pattern & 1));
      x += x >> 31 & M31.P;
      x += (d1 & -(pattern >> 1 & 1)) - M31.P;
      x += x >> 31 & M31.P;
      x += (d2 & -(pattern >> 2 & 1)) - M31.P;
      x += x >> 31 & M31.P;
      x += (d3 & -(pattern >> 3)) - M31.P;
      out[k] = x + (x >> 31 & M31.P);
    }
  }

  /** The sum of weight times wire of the registers of a form, bound to both challenges. */
  ExtVector form(LayerPlan.Form form, Ext first, Ext second) {
    int width = layer.width(form.factor());
    int run = order.run();
    ExtVector out = new ExtVector(order.copies() / 4 * width);
    form.weights()
        .forEach((register, weights) -> {
          ExtVector table = table(register, first, second);
          workers.forEachPiece(
              order.groups() / 4,
              (long) width * run,
              PIECE,
              (from, to) -> {
                for (int group = from; group < to; group++) {
                  for (int k = 0; k < width; k++) {
                    int at = order.at(group, width, k);
                    kernels.addScaled(out.slice(at, run), weights.get(k), table.slice(at, run));
                  }
                }
              });
        });
    return out;
  }
}
