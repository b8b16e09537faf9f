package org.zkc.gkr.prove.layered;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.layered.Gate;
import org.zkc.gkr.layered.Layer;

/**
 * The sum over a layer's wires of weight times wire, as a polynomial of the wires below: weights are
 * carried back through sums, choices and totals until they meet products or registers below, so that
 * none of these is ever carried out on tables over E. What is left is
 *
 * <pre>constant + sum over registers of linear weights times wires + sum over products of weights times left times right</pre>
 *
 * Products that read the same registers form one {@link Part}.
 */
final class LayerPlan {
  /** The weights of a product's wires. */
  record Root(int gate, int left, int right, ExtVector weights) {}

  /**
   * Products that are worked out together.
   *
   * @param gates what their factors are made of, ascending
   */
  record Part(List<Integer> gates, List<Root> roots) {}

  private final Layer layer;
  private final @Nullable ExtVector[] weights;
  private final @Nullable ExtVector[] linear;
  private final ArrayList<Part> parts = new ArrayList<>();
  private Ext constant = Ext.ZERO;

  /** The plan for these weights, one for each of the layer's wires. */
  LayerPlan(Layer layer, ExtVector ofWires) {
    this.layer = layer;
    weights = new ExtVector[layer.gates().size()];
    linear = new ExtVector[layer.below().size()];
    int at = 0;
    for (int gate : layer.outputs()) {
      int width = layer.width(gate);
      Kernels.best().addScaled(weightsOf(gate), Ext.ONE, ofWires.slice(at, width));
      at += width;
    }
    ArrayList<Root> roots = new ArrayList<>();
    for (int g = weights.length - 1; g >= 0; g--) {
      ExtVector w = weights[g];
      if (w != null) {
        carryBack(g, w, roots);
      }
    }
    split(roots);
  }

  Ext constant() {
    return constant;
  }

  /** The weights of a register below that stands outside of products, or null. */
  @Nullable ExtVector linear(int register) {
    return linear[register];
  }

  List<Part> parts() {
    return parts;
  }

  private ExtVector weightsOf(int gate) {
    ExtVector w = weights[gate];
    if (w == null) {
      w = new ExtVector(layer.width(gate));
      weights[gate] = w;
    }
    return w;
  }

  private void carryBack(int g, ExtVector w, List<Root> roots) {
    Kernels kernels = Kernels.best();
    switch (layer.gates().get(g)) {
      case Gate.Below b -> {
        ExtVector there = linear[b.register()];
        if (there == null) {
          linear[b.register()] = w;
        } else {
          kernels.addScaled(there, Ext.ONE, w);
        }
      }
      case Gate.Constant c ->
          constant = constant.add(kernels.dotBase(c.values(), 0, c.values().length, w));
      case Gate.Sum s -> {
        for (Gate.Term t : s.terms()) {
          kernels.addScaled(weightsOf(t.source()), Ext.of(t.coefficient()), w);
        }
      }
      case Gate.Product p -> roots.add(new Root(g, p.left(), p.right(), w));
      case Gate.Select s -> {
        int[] starts = new int[s.sources().size() + 1];
        for (int k = 0; k < s.sources().size(); k++) {
          starts[k + 1] = starts[k] + layer.width(s.sources().get(k));
        }
        for (int k = 0; k < s.indices().length; k++) {
          int index = s.indices()[k];
          int source = 0;
          while (index >= starts[source + 1]) {
            source++;
          }
          ExtVector to = weightsOf(s.sources().get(source));
          int wire = index - starts[source];
          to.set(wire, to.get(wire).add(w.get(k)));
        }
      }
      case Gate.Total t -> {
        ExtVector to = weightsOf(t.source());
        ExtVector same = new ExtVector(to.length());
        same.fill(w.get(0));
        kernels.addScaled(to, Ext.ONE, same);
      }
    }
  }

  /** Roots that share a gate other than a constant, directly or by others, are of one part. */
  private void split(List<Root> roots) {
    int[] owner = new int[weights.length];
    Arrays.setAll(owner, g -> g);
    ArrayList<boolean[]> read = new ArrayList<>();
    for (Root root : roots) {
      boolean[] gates = new boolean[weights.length];
      mark(root.left(), gates);
      mark(root.right(), gates);
      read.add(gates);
      int first = find(owner, root.left());
      for (int g = 0; g < gates.length; g++) {
        if (gates[g] && !(layer.gates().get(g) instanceof Gate.Constant)) {
          owner[find(owner, g)] = first;
        }
      }
    }
    TreeMap<Integer, Part> byOwner = new TreeMap<>();
    TreeMap<Integer, boolean[]> gatesOf = new TreeMap<>();
    for (int k = 0; k < roots.size(); k++) {
      int own = find(owner, roots.get(k).left());
      byOwner.computeIfAbsent(own, o -> new Part(new ArrayList<>(), new ArrayList<>()));
      byOwner.get(own).roots().add(roots.get(k));
      boolean[] all = gatesOf.computeIfAbsent(own, o -> new boolean[weights.length]);
      for (int g = 0; g < all.length; g++) {
        all[g] |= read.get(k)[g];
      }
    }
    byOwner.forEach(
        (own, part) -> {
          boolean[] all = gatesOf.get(own);
          for (int g = 0; g < weights.length; g++) {
            if (all != null && all[g]) {
              part.gates().add(g);
            }
          }
          parts.add(part);
        });
  }

  private static int find(int[] owner, int gate) {
    int g = gate;
    while (owner[g] != g) {
      owner[g] = owner[owner[g]];
      g = owner[g];
    }
    return g;
  }

  private void mark(int gate, boolean[] seen) {
    if (seen[gate]) {
      return;
    }
    seen[gate] = true;
    switch (layer.gates().get(gate)) {
      case Gate.Below _, Gate.Constant _ -> {}
      case Gate.Sum s -> s.terms().forEach(t -> mark(t.source(), seen));
      case Gate.Product p -> {
        mark(p.left(), seen);
        mark(p.right(), seen);
      }
      case Gate.Select s -> s.sources().forEach(k -> mark(k, seen));
      case Gate.Total t -> mark(t.source(), seen);
    }
  }
}
