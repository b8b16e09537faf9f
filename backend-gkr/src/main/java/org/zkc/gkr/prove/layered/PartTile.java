package org.zkc.gkr.prove.layered;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.layered.Gate;
import org.zkc.gkr.layered.Layer;
import org.zkc.gkr.mle.EqTable;

/**
 * The share of one {@link LayerPlan.Part} in a round's message: tables of the registers below are
 * taken at t = 0, 2, 3, .. of the current variable, tile by tile, the factors and products made of
 * them, and these added up with weights. Tables are over F in the first round and over E later.
 */
abstract sealed class PartTile permits BasePartTile, ExtTile {
  /** Elements of a register in a tile, where a tile can be cut: a few dozen fit the cache. */
  private static final int CHUNK = 512;

  final Kernels kernels = Kernels.best();
  final Layer layer;
  final LayerPlan plan;
  final LayerPlan.Part part;

  /** Copies of a run, and groups of a tile. */
  final int run;

  final int groups;

  private final boolean cuts;
  private final ExtVector[] weights;
  private final ExtVector[] forms;
  private final ExtVector ofCopies;
  private final ExtVector[] formsAtPoint;
  private final ExtVector[] formSteps;
  private final ExtVector product;
  private final Ext[] low;

  /**
   * The tiles of tables of {@code order}.
   *
   * @param later the coordinates of the claim's point after the current variable
   * @param forms the tables of the part's forms, which are bound in place of the elements
   * @param scratch for what is overwritten in every chunk
   */
  PartTile(
      Layer layer,
      LayerPlan plan,
      LayerPlan.Part part,
      CopyOrder order,
      Ext[] later,
      ExtVector[] forms,
      Scratch scratch) {
    this.forms = forms;
    this.layer = layer;
    this.plan = plan;
    this.part = part;
    run = order.run();
    int halfGroups = order.groups() / 2;
    int width = layer.width(part.factor());
    cuts = part.gates().stream().allMatch(g -> isElementwise(g, width));
    groups = Math.clamp(Integer.highestOneBit(Math.max(1, CHUNK / (width * run))), 1, halfGroups);
    int lowVariables = Integer.numberOfTrailingZeros(groups * run);
    low = Arrays.copyOfRange(later, later.length - lowVariables, later.length);
    ExtVector eq = EqTable.of(low);
    weights = part.roots().stream().map(r -> spread(r.weights(), eq)).toArray(ExtVector[]::new);
    ExtVector ones = new ExtVector(forms.length > 0 ? width : 0);
    ones.fill(Ext.ONE);
    ofCopies = spread(ones, eq);
    int room = room(part.factor());
    scratch.restart();
    formsAtPoint = Stream.of(forms).map(f -> scratch.vector(room)).toArray(ExtVector[]::new);
    formSteps = Stream.of(forms).map(f -> scratch.vector(room)).toArray(ExtVector[]::new);
    product = scratch.vector(forms.length > 0 ? room : 0);
  }

  private boolean isElementwise(int gate, int width) {
    return layer.width(gate) == width
        && switch (layer.gates().get(gate)) {
          case Gate.Below _, Gate.Constant _, Gate.Sum _, Gate.Product _ -> true;
          case Gate.Select _, Gate.Total _ -> false;
        };
  }

  /** Elements of the part's factor in a tile. */
  int period() {
    return groups * run * layer.width(part.factor());
  }

  /** Whether tables of this order can be worked on in the same tiles. */
  boolean fits(CopyOrder order) {
    return order.run() == run && order.groups() / 2 >= groups;
  }

  /** eq times weight, in the order of a tile. */
  private ExtVector spread(ExtVector ofWires, ExtVector eq) {
    int width = ofWires.length();
    ExtVector out = new ExtVector(groups * run * width);
    for (int group = 0; group < groups; group++) {
      if (run == 1) {
        ExtVector part = out.slice(group * width, width);
        kernels.addScaled(part, eq.get(group), ofWires);
      } else {
        for (int k = 0; k < width; k++) {
          ExtVector part = out.slice((group * width + k) * run, run);
          kernels.addScaled(part, ofWires.get(k), eq.slice(group * run, run));
        }
      }
    }
    return out;
  }

  /**
   * Adds to sums[0], sums[1], .. the share of tiles [first, end) in the part's values at t = 0, 2,
   * 3, ..
   *
   * @param halfGroupsNow groups of half a table
   * @param later as in the constructor, for the current variable
   * @param from the first of the sums to be added to, 0 or 1
   */
  void addTo(Ext[] sums, int halfGroupsNow, Ext[] later, int first, int end, int from) {
    ExtVector high = EqTable.of(Arrays.copyOf(later, later.length - low.length));
    int period = period();
    int step = cuts ? CHUNK : period;
    for (int tile = first; tile < end; tile++) {
      Ext[] own = new Ext[sums.length];
      Arrays.fill(own, Ext.ZERO);
      for (int at = 0; at < period; at += step) {
        chunk(own, tile, at, Math.min(step, period - at), halfGroupsNow, from);
      }
      for (int v = 0; v < sums.length; v++) {
        sums[v] = sums[v].add(high.get(tile).mul(own[v]));
      }
    }
  }

  private void chunk(Ext[] sums, int tile, int from, int count, int halfGroupsNow, int firstSum) {
    for (int gate : part.gates()) {
      if (plan.slot(gate) >= 0) {
        int width = layer.width(gate);
        int at = tile * groups * run * width + from;
        atZero(gate, plan.slot(gate), at, at + halfGroupsNow * run * width, count(gate, count));
      } else if (layer.gates().get(gate) instanceof Gate.Constant) {
        constant(gate, from, count(gate, count));
      }
    }
    for (int v = firstSum; v < sums.length; v++) {
      if (v > 0) {
        // From 0 to 2, and on by steps of 1.
        for (int gate : part.gates()) {
          if (plan.slot(gate) >= 0) {
            if (v == 1) {
              atTwo(gate, count(gate, count));
            } else {
              atNext(gate, count(gate, count));
            }
          }
        }
      }
      for (int gate : part.gates()) {
        compute(gate, count(gate, count));
      }
      for (int r = 0; r < weights.length; r++) {
        LayerPlan.Root root = part.roots().get(r);
        int n = count(root.gate(), count);
        sums[v] = sums[v].add(dot(root, weights[r].slice(from, n), n));
      }
      for (int f = 0; f < forms.length; f++) {
        int n = count(part.factor(), count);
        int at = tile * groups * run * layer.width(part.factor()) + from;
        multiply(part.forms().get(f).factor(), form(f, at, n, v), product.slice(0, n), n);
        sums[v] = sums[v].add(kernels.dot(product.slice(0, n), ofCopies.slice(from, n)));
      }
    }
  }

  /** A form's table at the point of value {@code v}, on the line through its halves. */
  private ExtVector form(int form, int at, int count, int v) {
    ExtVector lower = forms[form].slice(at, count);
    if (v == 0) {
      return lower;
    }
    ExtVector step = formSteps[form].slice(0, count);
    ExtVector out = formsAtPoint[form].slice(0, count);
    if (v == 1) {
      ExtVector upper = forms[form].slice(forms[form].length() / 2 + at, count);
      kernels.subtract(upper, lower, step);
      kernels.add(upper, step, out);
    } else {
      kernels.add(out, step, out);
    }
    return out;
  }

  private void compute(int gate, int count) {
    if (plan.slot(gate) >= 0) {
      return;
    }
    switch (layer.gates().get(gate)) {
      case Gate.Below _, Gate.Constant _ -> {}
      case Gate.Sum s -> sum(gate, s.terms(), count);
      case Gate.Product p -> product(gate, p.left(), p.right(), count);
      case Gate.Select s -> {
        int[] indices = s.indices();
        for (int k = 0; k < indices.length; k++) {
          int source = 0;
          int wire = indices[k];
          while (wire >= layer.width(s.sources().get(source))) {
            wire -= layer.width(s.sources().get(source++));
          }
          int from = s.sources().get(source);
          for (int group = 0; group < groups; group++) {
            moveRun(
                from,
                (group * layer.width(from) + wire) * run,
                gate,
                (group * indices.length + k) * run);
          }
        }
      }
      case Gate.Total t -> {
        int width = layer.width(t.source());
        for (int group = 0; group < groups; group++) {
          for (int k = 0; k < width; k++) {
            addRun(t.source(), (group * width + k) * run, gate, group * run, k == 0);
          }
        }
      }
    }
  }

  private int count(int gate, int chunk) {
    return cuts ? chunk : groups * run * layer.width(gate);
  }

  /** Room for a gate's values in a tile. */
  int room(int gate) {
    return cuts
        ? Math.min(CHUNK, groups * run * layer.width(gate))
        : groups * run * layer.width(gate);
  }

  /** The residues of a constant in a whole tile. */
  int[] spread(Gate.Constant c) {
    int width = c.values().length;
    int[] out = new int[groups * run * width];
    for (int k = 0; k < groups * width; k++) {
      Arrays.fill(out, k * run, (k + 1) * run, c.values()[k % width]);
    }
    return out;
  }

  abstract void atZero(int gate, int slot, int lowAt, int highAt, int count);

  abstract void atTwo(int gate, int count);

  abstract void atNext(int gate, int count);

  abstract void constant(int gate, int from, int count);

  abstract void sum(int gate, List<Gate.Term> terms, int count);

  abstract void product(int gate, int left, int right, int count);

  abstract void moveRun(int from, int at, int to, int toAt);

  abstract void addRun(int from, int at, int to, int toAt, boolean first);

  /** out = the gate's values times {@code other}. */
  abstract void multiply(int gate, ExtVector other, ExtVector out, int count);

  abstract Ext dot(LayerPlan.Root root, ExtVector weights, int count);
}
