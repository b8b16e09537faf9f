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

  /**
   * Variables of the groups whose blocks have sums of their own, and weights in common: three take
   * an eighth of the products.
   */
  private static final int MOST_APART = 3;

  private final Kernels kernels = Kernels.best();
  private final Layer layer;
  private final LayerPlan plan;
  private final CopyOrder order;
  private final GridClasses classes;
  private final Workers workers;

  /** The patterns of leaves by slot, and of the registers of sums and forms. */
  private final Map<Integer, int[]> patterns;

  private final List<Product> products;
  private final Ext[] z;

  /** Values on the grid, summed up with their weights, of the halves of the third variable. */
  private final Ext[][] halves;

  /** The values of both halves. */
  private final Ext[] grid;

  /** A product with a weight for each of its wires. */
  private record Product(GridClasses.Node node, ExtVector weights) {}

  private TwoRounds(
      Layer layer,
      LayerPlan plan,
      CopyOrder order,
      GridClasses classes,
      Workers workers,
      Map<Integer, int[]> patterns,
      List<Product> products,
      Ext[] z) {
    this.layer = layer;
    this.plan = plan;
    this.order = order;
    this.classes = classes;
    this.workers = workers;
    this.patterns = patterns;
    this.products = products;
    this.z = z;
    halves = halves();
    grid = new Ext[halves[0].length];
    boolean hasThird = hasThird();
    for (int p = 0; p < grid.length; p++) {
      Ext step = halves[1][p].sub(halves[0][p]);
      grid[p] = hasThird ? halves[0][p].add(z[2].mul(step)) : halves[0][p];
    }
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
      List<Register> below,
      Ext[] z,
      Known known,
      Workers workers) {
    TreeSet<Integer> registers = new TreeSet<>();
    TreeSet<Integer> sums = new TreeSet<>();
    long elements = 0;
    for (LayerPlan.Part part : plan.parts()) {
      for (int gate : part.gates()) {
        int slot = plan.slot(gate);
        if (slot >= 0) {
          registers.addAll(plan.registers(slot));
          sums.add(slot);
        }
      }
      part.forms().forEach(f -> registers.addAll(f.weights().keySet()));
      elements += (long) layer.width(part.factor()) * order.copies() * layer.gates().size();
    }
    if (registers.isEmpty() || !order.hasQuarters() || elements > MOST_ELEMENTS) {
      return null;
    }
    Map<Integer, int[]> patterns = new HashMap<>();
    Register.Patterns two = below.get(registers.first()).patterns();
    if (two == null) {
      return null;
    }
    for (int r : registers) {
      Register.Patterns own = below.get(r).patterns();
      if (own == null || !own.isOf(two)) {
        return null;
      }
      patterns.put(r, own.of());
    }
    GridClasses classes = known.of(layer.degree() + 1, two.low(), two.high());
    List<Product> products = products(layer, plan, classes);
    if (products == null) {
      return null;
    }
    for (int slot : sums) {
      patterns.computeIfAbsent(slot, s -> added(plan.registers(s), patterns, workers));
    }
    return new TwoRounds(layer, plan, order, classes, workers, patterns, products, z);
  }

  /** The patterns of a sum: for each corner how many of its registers have the second residue. */
  private static int[] added(
      List<Integer> registers, Map<Integer, int[]> patterns, Workers workers) {
    List<int[]> own = registers.stream().map(r -> ofSlot(patterns, r)).toList();
    int base = registers.size() + 1;
    int[] out = new int[own.getFirst().length];
    workers.forEachPiece(
        out.length,
        PIECE,
        (from, to) -> {
          for (int[] register : own) {
            addDigits(register, base, out, from, to);
          }
        });
    return out;
  }

  private static void addDigits(int[] register, int base, int[] out, int from, int to) {
    int second = base * base;
    int third = second * base;
    for (int k = from; k < to; k++) {
      int p = register[k];
      out[k] += (p & 1) + (p >> 1 & 1) * base + (p >> 2 & 1) * second + (p >> 3) * third;
    }
  }

  private static @Nullable List<Product> products(
      Layer layer, LayerPlan plan, GridClasses classes) {
    ArrayList<Product> out = new ArrayList<>();
    for (LayerPlan.Part part : plan.parts()) {
      for (LayerPlan.Root root : part.roots()) {
        GridClasses.Node node = classes.product(plan, layer, root.left(), root.right());
        if (node == null) {
          return null;
        }
        out.add(new Product(node, root.weights()));
      }
      for (LayerPlan.Form form : part.forms()) {
        for (Map.Entry<Integer, ExtVector> e : form.weights().entrySet()) {
          GridClasses.Node node =
              classes.product(plan, layer, form.factor(), new Gate.Below(e.getKey()));
          if (node == null) {
            return null;
          }
          out.add(new Product(node, e.getValue()));
        }
      }
    }
    return out;
  }

  /**
   * The weighted sums of the products at every point of the grid, of either half of the third
   * variable.
   */
  private Ext[][] halves() {
    Map<GridClasses.Classes, long[][]> sums = new IdentityHashMap<>();
    int apart = Integer.numberOfTrailingZeros(order.groups() / 4);
    apart = Math.min(apart, MOST_APART);
    int blocks = 1 << apart;
    int rest = order.groups() / 4 / blocks;
    int run = order.run();
    int inRun = Integer.numberOfTrailingZeros(run);
    ExtVector ofRest = EqTable.of(Arrays.copyOfRange(z, 2 + apart, z.length - inRun));
    ExtVector ofRun = EqTable.of(Arrays.copyOfRange(z, z.length - inRun, z.length));
    int widest = products.stream().mapToInt(p -> p.weights().length()).max().orElse(1);
    workers.forEachPiece(
        products.size() * rest,
        8L * widest * run * blocks,
        PIECE,
        (first, end) -> {
          Map<GridClasses.Classes, long[][]> own = new IdentityHashMap<>();
          ExtVector weights = new ExtVector(widest * run);
          for (int task = first; task < end; task++) {
            Product p = products.get(task / rest);
            int width = p.weights().length();
            GridClasses.Classes c = p.node().classes();
            long[][] to = own.computeIfAbsent(c, n -> new long[blocks][LIMBS * n.count()]);
            ExtVector used = weights.slice(0, width * run);
            for (int k = 0; k < width; k++) {
              ExtVector ofWire = used.slice(k * run, run);
              ofWire.copyFrom(ofRun);
              kernels.scale(ofWire, p.weights().get(k).mul(ofRest.get(task % rest)));
            }
            Classifier classifier = new Classifier(p.node(), width * run);
            for (int block = 0; block < blocks; block++) {
              int group = block * rest + task % rest;
              add(to[block], classifier.classes(group * width * run), used);
            }
          }
          synchronized (sums) {
            own.forEach((c, of) -> sums.merge(c, of, TwoRounds::added));
          }
        });
    Ext[][] out = new Ext[2][classes.points() * classes.points()];
    Arrays.fill(out[0], Ext.ZERO);
    Arrays.fill(out[1], Ext.ZERO);
    ExtVector ofBlocks = EqTable.of(Arrays.copyOfRange(z, Math.min(3, 2 + apart), 2 + apart));
    sums.forEach((c, of) -> {
      for (int half = 0; half < (blocks > 1 ? 2 : 1); half++) {
        ExtVector sum = new ExtVector(c.count());
        for (int k = 0; k < ofBlocks.length(); k++) {
          kernels.addScaled(sum, ofBlocks.get(k), reduced(of[half * ofBlocks.length() + k]));
        }
        for (int p = 0; p < out[half].length; p++) {
          out[half][p] = out[half][p].add(kernels.dotBase(c.at(p), 0, c.count(), sum));
        }
      }
    });
    return out;
  }

  private static long[][] added(long[][] a, long[][] b) {
    for (int block = 0; block < a.length; block++) {
      for (int k = 0; k < a[block].length; k++) {
        a[block][k] += b[block][k];
      }
    }
    return a;
  }

  private static ExtVector reduced(long[] sums) {
    ExtVector out = new ExtVector(sums.length / LIMBS);
    for (int limb = 0; limb < LIMBS; limb++) {
      int[] to = out.limb(limb);
      for (int k = 0; k < to.length; k++) {
        to[k] = M31.reduce(sums[LIMBS * k + limb]);
      }
    }
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
    private final int[] next;
    private final @Nullable Classifier left;
    private final @Nullable Classifier right;

    Classifier(GridClasses.Node node, int count) {
      this.node = node;
      out = new int[count];
      next = new int[node instanceof GridClasses.Joint j && j.slots().size() > 1 ? count : 0];
      left = node instanceof GridClasses.Pair p ? new Classifier(p.left(), count) : null;
      right = node instanceof GridClasses.Pair p ? new Classifier(p.right(), count) : null;
    }

    int[] classes(int from) {
      switch (node) {
        case GridClasses.Leaf l ->
            System.arraycopy(ofSlot(patterns, l.slot()), from, out, 0, out.length);
        case GridClasses.Pair p -> {
          if (left != null && right != null) {
            int[] a = left.classes(from);
            int[] b = right.classes(from);
            int[] combined = p.classes().ofCombination();
            int step = p.right().classes().count();
            for (int k = 0; k < out.length; k++) {
              out[k] = a[k] * step + b[k];
            }
            choose(combined, out);
          }
        }
        case GridClasses.Joint j -> {
          System.arraycopy(ofSlot(patterns, j.slots().getFirst()), from, out, 0, out.length);
          for (int r = 1; r < j.slots().size(); r++) {
            // Sums of arrays at one index are made by vectors.
            System.arraycopy(ofSlot(patterns, j.slots().get(r)), from, next, 0, next.length);
            addMultiple(next, j.factors().get(r), out);
          }
          choose(j.classes().ofCombination(), out);
        }
      }
      return out;
    }
  }

  private static void addMultiple(int[] a, int factor, int[] sum) {
    for (int k = 0; k < sum.length; k++) {
      sum[k] += a[k] * factor;
    }
  }

  private static void choose(int[] from, int[] indices) {
    for (int k = 0; k < indices.length; k++) {
      indices[k] = from[indices[k]];
    }
  }

  private static int[] ofSlot(Map<Integer, int[]> patterns, int slot) {
    int[] own = patterns.get(slot);
    if (own == null) {
      throw new IllegalStateException("leaf " + slot + " has no patterns");
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
    for (int v = 0; v < sums.length; v++) {
      sums[v] = sums[v].add(at(grid, first, v == 0 ? 0 : v + 1));
    }
  }

  /** Whether the third round's value at t = 0 is known, since it is one between runs. */
  boolean hasThird() {
    return order.groups() > 4;
  }

  /** The third round's value at t = 0, after both challenges were drawn. */
  Ext thirdAtZero(Ext first, Ext second) {
    Ext[] row = new Ext[classes.points()];
    for (int u = 0; u < row.length; u++) {
      row[u] = at(halves[0], first, u);
    }
    return RoundPolynomial.at(row, second);
  }

  /** A value of both variables of the grid, the first at a challenge. */
  private Ext at(Ext[] of, Ext first, int u) {
    Ext[] column = new Ext[classes.points()];
    for (int t = 0; t < column.length; t++) {
      column[t] = of[t * column.length + u];
    }
    return RoundPolynomial.at(column, first);
  }

  /** A leaf, bound to both challenges. */
  ExtVector table(int slot, Ext first, Ext second) {
    int[] own = ofSlot(patterns, slot);
    ExtVector values =
        PatternSums.values(
            plan.registers(slot).size(), classes.low(), classes.high(), first, second);
    ExtVector out = new ExtVector(own.length);
    workers.forEachPiece(
        own.length,
        PIECE,
        (from, to) -> {
          for (int limb = 0; limb < LIMBS; limb++) {
            lookUp(own, values.limb(limb), out.limb(limb), from, to);
          }
        });
    return out;
  }

  private static void lookUp(int[] own, int[] values, int[] out, int from, int to) {
    for (int k = from; k < to; k++) {
      out[k] = values[own[k]];
    }
  }

  /** The sum of weight times wire of the registers of a form, bound to both challenges. */
  ExtVector form(LayerPlan.Form form, Ext first, Ext second) {
    int width = layer.width(form.factor());
    int run = order.run();
    int groups = order.groups() / 4;
    ExtVector values = PatternSums.values(1, classes.low(), classes.high(), first, second);
    int[][] own =
        form.weights().keySet().stream().map(r -> ofSlot(patterns, r)).toArray(int[][]::new);
    ExtVector[] weights = form.weights().values().toArray(ExtVector[]::new);
    ExtVector out = new ExtVector(order.copies() / 4 * width);
    workers.forEachPiece(
        width,
        (long) own.length * groups * run,
        PIECE,
        (from, to) -> {
          ExtVector products = new ExtVector(values.length());
          long[] table = new long[LIMBS * values.length() * own.length];
          for (int k = from; k < to; k++) {
            for (int r = 0; r < own.length; r++) {
              products.copyFrom(values);
              kernels.scale(products, weights[r].get(k));
              interleave(products, table, LIMBS * values.length() * r);
            }
            for (int group = 0; group < groups; group++) {
              int at = order.at(group, width, k);
              for (int c = at; c < at + run; c++) {
                lookUp(own, c, table, out);
              }
            }
          }
        });
    return out;
  }

  private static void interleave(ExtVector v, long[] to, int at) {
    for (int limb = 0; limb < LIMBS; limb++) {
      int[] of = v.limb(limb);
      for (int k = 0; k < v.length(); k++) {
        to[at + LIMBS * k + limb] = of[k];
      }
    }
  }

  /** Adds up what the registers' patterns stand for in their parts of {@code table}. */
  private static void lookUp(int[][] own, int at, long[] table, ExtVector out) {
    long s0 = 0;
    long s1 = 0;
    long s2 = 0;
    long s3 = 0;
    for (int r = 0; r < own.length; r++) {
      int from = LIMBS * (GridClasses.PATTERNS * r + own[r][at]);
      s0 += table[from];
      s1 += table[from + 1];
      s2 += table[from + 2];
      s3 += table[from + 3];
    }
    out.limb(0)[at] = M31.reduce(s0);
    out.limb(1)[at] = M31.reduce(s1);
    out.limb(2)[at] = M31.reduce(s2);
    out.limb(3)[at] = M31.reduce(s3);
  }
}
