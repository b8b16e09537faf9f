package org.zkc.gkr.prove.layered;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.layered.Gate;
import org.zkc.gkr.layered.Layer;

/**
 * The sum over a layer's wires of weight times wire, as a polynomial of the wires below: weights
 * are carried back through sums, choices and totals until they meet products or registers below.
 * None of the former is therefore ever evaluated on tables over E. The remaining polynomial is
 *
 * <pre>
 * constant + sum over registers of linear weights times wires + sum over products of weights times left times right
 * </pre>
 *
 * Several products with a common factor, whose other factors are registers below, become one
 * product of that factor and a {@link Form}: one table over E replaces them all.
 *
 * <p>A sum of registers below that products read by it alone is a leaf like a register: one table
 * in place of several. Leaves are numbered by slots, first the registers below, then these sums.
 *
 * <p>Products that read the same leaves form one {@link Part}.
 */
final class LayerPlan {
  /** The weights of a product's wires. */
  record Root(int gate, int left, int right, ExtVector weights) {}

  /**
   * The product of a factor and of a sum of registers below, with a weight for every wire.
   *
   * @param weights by register
   */
  record Form(int factor, SortedMap<Integer, ExtVector> weights) {}

  /**
   * Products that are worked out together.
   *
   * @param gates what their factors are made of, ascending
   */
  record Part(List<Integer> gates, List<Root> roots, List<Form> forms) {
    /** A gate of the width of the products. */
    int factor() {
      return forms.isEmpty() ? roots.getFirst().left() : forms.getFirst().factor();
    }
  }

  private final Layer layer;
  private final @Nullable ExtVector[] weights;
  private final @Nullable ExtVector[] linear;
  private final ArrayList<Part> parts = new ArrayList<>();

  /** The gates that are leaves and sums, in the order of their slots. */
  private final ArrayList<Integer> sums = new ArrayList<>();

  private final int[] slots;
  private Ext constant = Ext.ZERO;

  /** The plan for these weights, one for each of the layer's wires. */
  LayerPlan(Layer layer, ExtVector ofWires) {
    this.layer = layer;
    weights = new ExtVector[layer.gates().size()];
    linear = new ExtVector[layer.below().size()];
    slots = new int[weights.length];
    Arrays.setAll(slots, g -> register(g));
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

  /** The slot of a leaf, or -1 for other gates. */
  int slot(int gate) {
    return slots[gate];
  }

  /** The slots of all leaves that may be read, the registers' first. */
  int slots() {
    return linear.length + sums.size();
  }

  /** The registers below that a slot is the sum of; one where it is a register's. */
  List<Integer> registers(int slot) {
    return slot < linear.length ? List.of(slot) : addends(sums.get(slot - linear.length));
  }

  /** The wires of a slot's leaf. */
  int width(int slot) {
    return layer.below().get(registers(slot).getFirst());
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

  /** Takes products with a common factor out of {@code roots}. */
  private List<Form> forms(List<Root> roots) {
    TreeMap<Integer, List<Root>> byFactor = new TreeMap<>();
    for (Root root : roots) {
      if (isBelow(root.right())) {
        byFactor.computeIfAbsent(root.left(), f -> new ArrayList<>()).add(root);
      }
      if (isBelow(root.left()) && root.left() != root.right()) {
        byFactor.computeIfAbsent(root.right(), f -> new ArrayList<>()).add(root);
      }
    }
    ArrayList<Form> out = new ArrayList<>();
    byFactor.forEach((factor, all) -> {
      List<Root> shared = all.stream().filter(roots::contains).toList();
      if (shared.size() > 1) {
        TreeMap<Integer, ExtVector> sums = new TreeMap<>();
        for (Root root : shared) {
          int other = root.left() == factor ? root.right() : root.left();
          ExtVector sum =
              sums.computeIfAbsent(register(other), r -> new ExtVector(root.weights().length()));
          Kernels.best().addScaled(sum, Ext.ONE, root.weights());
        }
        out.add(new Form(factor, sums));
        roots.removeAll(shared);
      }
    });
    return out;
  }

  private boolean isBelow(int gate) {
    return layer.gates().get(gate) instanceof Gate.Below;
  }

  private int register(int gate) {
    return layer.gates().get(gate) instanceof Gate.Below b ? b.register() : -1;
  }

  /**
   * Products that share a gate other than a constant, directly or through others, belong to one
   * part.
   */
  private void split(List<Root> roots) {
    List<Form> forms = forms(roots);
    findSums(roots, forms);
    int[] owner = new int[weights.length];
    Arrays.setAll(owner, g -> g);
    TreeMap<Integer, Part> byOwner = new TreeMap<>();
    TreeMap<Integer, boolean[]> read = new TreeMap<>();
    for (Root root : roots) {
      unite(owner, root.left(), root.right());
    }
    for (Form form : forms) {
      unite(owner, form.factor(), form.factor());
    }
    for (Root root : roots) {
      part(owner, root.left(), byOwner).roots().add(root);
      boolean[] gates =
          read.computeIfAbsent(find(owner, root.left()), o -> new boolean[weights.length]);
      mark(root.left(), gates);
      mark(root.right(), gates);
    }
    for (Form form : forms) {
      part(owner, form.factor(), byOwner).forms().add(form);
      mark(
          form.factor(),
          read.computeIfAbsent(find(owner, form.factor()), o -> new boolean[weights.length]));
    }
    byOwner.forEach((own, part) -> {
      boolean[] gates = read.getOrDefault(own, new boolean[0]);
      for (int g = 0; g < gates.length; g++) {
        if (gates[g]) {
          part.gates().add(g);
        }
      }
      parts.add(part);
    });
  }

  private void findSums(List<Root> roots, List<Form> forms) {
    boolean[] seen = new boolean[weights.length];
    int[] readers = new int[linear.length];
    for (Root root : roots) {
      mark(root.left(), seen);
      mark(root.right(), seen);
      countReaders(List.of(root.left(), root.right()), readers);
    }
    for (Form form : forms) {
      mark(form.factor(), seen);
      countReaders(List.of(form.factor()), readers);
    }
    for (int g = 0; g < seen.length; g++) {
      // The factors of roots and forms were counted, and are gates themselves.
      if (seen[g]) {
        countReaders(operands(layer.gates().get(g)), readers);
      }
    }
    for (int g = 0; g < seen.length; g++) {
      List<Integer> registers = seen[g] ? addends(g) : List.of();
      if (registers.size() > 1 && registers.stream().allMatch(r -> readers[r] == 1)) {
        slots[g] = slots();
        sums.add(g);
      }
    }
  }

  private void countReaders(List<Integer> operands, int[] readers) {
    for (int gate : operands) {
      if (layer.gates().get(gate) instanceof Gate.Below b) {
        readers[b.register()]++;
      }
    }
  }

  private static List<Integer> operands(Gate gate) {
    return switch (gate) {
      case Gate.Below _, Gate.Constant _ -> List.of();
      case Gate.Sum s -> s.terms().stream().map(Gate.Term::source).toList();
      case Gate.Product p -> List.of(p.left(), p.right());
      case Gate.Select s -> s.sources();
      case Gate.Total t -> List.of(t.source());
    };
  }

  /** The registers that a gate adds up as they are, each once; none for other gates. */
  private List<Integer> addends(int gate) {
    if (!(layer.gates().get(gate) instanceof Gate.Sum s)) {
      return List.of();
    }
    ArrayList<Integer> out = new ArrayList<>();
    for (Gate.Term t : s.terms()) {
      int register = register(t.source());
      if (t.coefficient() != 1 || register < 0 || out.contains(register)) {
        return List.of();
      }
      out.add(register);
    }
    return List.copyOf(out);
  }

  private static Part part(int[] owner, int gate, TreeMap<Integer, Part> byOwner) {
    return byOwner.computeIfAbsent(
        find(owner, gate), o -> new Part(new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
  }

  /** All that two factors are made of has one owner. */
  private void unite(int[] owner, int left, int right) {
    boolean[] gates = new boolean[weights.length];
    mark(left, gates);
    mark(right, gates);
    for (int g = 0; g < gates.length; g++) {
      if (gates[g] && !(layer.gates().get(g) instanceof Gate.Constant)) {
        owner[find(owner, g)] = find(owner, left);
      }
    }
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
    if (slot(gate) < 0) {
      operands(layer.gates().get(gate)).forEach(k -> mark(k, seen));
    }
  }
}
