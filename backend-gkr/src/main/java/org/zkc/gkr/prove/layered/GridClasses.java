package org.zkc.gkr.prove.layered;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.layered.Gate;
import org.zkc.gkr.layered.Layer;

/**
 * The polynomials that gates are in the first two variables of the copies, where every register
 * below holds one of two residues. A wire below has one of 16 patterns of these on the corners, and
 * a sum of n one of (n + 1)^4 patterns of how many have the second residue there, so a gate of few
 * leaves ({@link LayerPlan}) is one of few polynomials, its classes. A class is known by its values
 * on the grid {0, .., d} x {0, .., d}, d the degree of the layer; classes of equal values are one.
 *
 * <p>Factors that read other leaves than each other meet in every combination of their classes.
 * Everything else is taken apart down to the patterns of its leaves.
 */
final class GridClasses {
  /** Patterns of two residues on four corners. */
  static final int PATTERNS = 16;

  /** Combinations that a table is made for. More would not stay in a cache. */
  private static final int MOST_COMBINATIONS = 1 << 14;

  private static final int MOST_JOINT = 1 << 12;
  private static final int MOST_CLASSES = 1 << 13;

  /** Registers of a sum that is a leaf: 8^4 patterns. */
  private static final int MOST_ADDENDS = 7;

  private final int points;
  private final int low;
  private final int high;
  private final Map<String, Classes> made = new HashMap<>();

  /**
   * The classes of layers of degree {@code points} - 1.
   *
   * @param low the residue that a bit of 0 in a pattern stands for
   * @param high the one that a bit of 1 stands for
   */
  GridClasses(int points, int low, int high) {
    this.points = points;
    this.low = low;
    this.high = high;
  }

  int points() {
    return points;
  }

  int low() {
    return low;
  }

  int high() {
    return high;
  }

  boolean fits(int ofPoints, int ofLow, int ofHigh) {
    return points == ofPoints && low == ofLow && high == ofHigh;
  }

  /** Classes of one kind of gate, the same for all gates that are made alike. */
  static final class Classes {
    private final int[][] byClass;
    private final int[][] byPoint;
    private final int[] ofCombination;

    private Classes(int[][] byClass, int[] ofCombination) {
      this.byClass = byClass;
      this.ofCombination = ofCombination;
      int points = byClass[0].length;
      byPoint = new int[points][byClass.length];
      for (int c = 0; c < byClass.length; c++) {
        for (int p = 0; p < points; p++) {
          byPoint[p][c] = byClass[c][p];
        }
      }
    }

    int count() {
      return byClass.length;
    }

    /** The class of each combination of the classes of the parts. */
    int[] ofCombination() {
      return ofCombination;
    }

    /** A value for each class at point (t, u) of the grid, which is point t (d + 1) + u. */
    int[] at(int point) {
      return byPoint[point];
    }
  }

  /** The way to the class of a gate. */
  sealed interface Node {
    Classes classes();

    /** The same for nodes of the same classes. */
    String key();
  }

  /** A leaf, whose classes are its patterns. */
  record Leaf(int slot, int addends, Classes classes) implements Node {
    @Override
    public String key() {
      return leafKey(addends);
    }
  }

  /** A product of factors without a leaf in common. */
  record Pair(Node left, Node right, Classes classes) implements Node {
    @Override
    public String key() {
      return pairKey(left, right);
    }
  }

  /**
   * Anything else of these leaves.
   *
   * @param slots of the leaves
   * @param factors of their patterns in a combination
   */
  record Joint(List<Integer> slots, List<Integer> factors, Classes classes, String key)
      implements Node {}

  private static String leafKey(int addends) {
    return "r" + addends;
  }

  private static String pairKey(Node left, Node right) {
    return "(" + left.key() + " " + right.key() + ")";
  }

  /** The node of a gate, or null where it has too many classes or chooses wires. */
  @Nullable Node of(LayerPlan plan, Layer layer, int gate) {
    return new Reader(plan, layer).of(gate);
  }

  /** The node of the product of two gates, or null. */
  @Nullable Node product(LayerPlan plan, Layer layer, int left, int right) {
    return new Reader(plan, layer).product(left, right);
  }

  /** The product of a factor and of a register that it does not read, or null. */
  @Nullable Node product(LayerPlan plan, Layer layer, int factor, Gate.Below register) {
    return new Reader(plan, layer).product(factor, register);
  }

  /** The number of patterns of a leaf of so many registers. */
  static int patterns(int addends) {
    int base = addends + 1;
    return base * base * base * base;
  }

  /** A leaf's node, or null where it has too many patterns. */
  private @Nullable Leaf leaf(int slot, int addends) {
    if (addends > MOST_ADDENDS) {
      return null;
    }
    Classes known = made.get(leafKey(addends));
    if (known == null) {
      int[][] values = new int[patterns(addends)][];
      for (int pattern = 0; pattern < values.length; pattern++) {
        values[pattern] = leafValues(pattern, addends);
      }
      known = new Classes(values, new int[0]);
      made.put(leafKey(addends), known);
    }
    return new Leaf(slot, addends, known);
  }

  private @Nullable Node pair(Node a, Node b) {
    int combinations = a.classes().count() * b.classes().count();
    if (combinations > MOST_COMBINATIONS) {
      return null;
    }
    String key = pairKey(a, b);
    Classes known = made.get(key);
    if (known == null) {
      int[][] values = new int[combinations][points * points];
      for (int k = 0; k < combinations; k++) {
        int[] x = a.classes().byClass[k / b.classes().count()];
        int[] y = b.classes().byClass[k % b.classes().count()];
        for (int p = 0; p < x.length; p++) {
          values[k][p] = M31.mul(x[p], y[p]);
        }
      }
      known = distinct(values);
      made.put(key, known);
    }
    return known.count() > MOST_CLASSES ? null : new Pair(a, b, known);
  }

  private static Classes distinct(int[][] values) {
    Map<IntBuffer, Integer> seen = new HashMap<>();
    ArrayList<int[]> classes = new ArrayList<>();
    int[] ofCombination = new int[values.length];
    for (int k = 0; k < values.length; k++) {
      int own = seen.computeIfAbsent(IntBuffer.wrap(values[k]), v -> classes.size());
      if (own == classes.size()) {
        classes.add(values[k]);
      }
      ofCombination[k] = own;
    }
    return new Classes(classes.toArray(int[][]::new), ofCombination);
  }

  /** Reads one layer's gates. */
  private final class Reader {
    private final LayerPlan plan;
    private final Layer layer;

    Reader(LayerPlan plan, Layer layer) {
      this.plan = plan;
      this.layer = layer;
    }

    private int addends(int slot) {
      return plan.registers(slot).size();
    }

    @Nullable Node of(int gate) {
      SequencedMap<Integer, Integer> leaves = new LinkedHashMap<>();
      if (!collect(gate, leaves)) {
        return null;
      }
      int slot = plan.slot(gate);
      if (slot >= 0) {
        return leaf(slot, addends(slot));
      }
      return layer.gates().get(gate) instanceof Gate.Product p
          ? product(p.left(), p.right())
          : joint(List.of(gate), leaves);
    }

    @Nullable Node product(int left, int right) {
      SequencedMap<Integer, Integer> both = new LinkedHashMap<>();
      SequencedMap<Integer, Integer> second = new LinkedHashMap<>();
      if (!collect(left, both) || !collect(right, second)) {
        return null;
      }
      boolean apart = both.keySet().stream().noneMatch(second::containsKey);
      if (!apart || both.isEmpty() || second.isEmpty()) {
        collect(right, both);
        return joint(List.of(left, right), both);
      }
      Node a = of(left);
      Node b = of(right);
      return a == null || b == null ? null : pair(a, b);
    }

    @Nullable Node product(int factor, Gate.Below register) {
      SequencedMap<Integer, Integer> read = new LinkedHashMap<>();
      Node node = of(factor);
      Node other = leaf(register.register(), 1);
      return node == null
              || other == null
              || !collect(factor, read)
              || read.containsKey(register.register())
              || read.isEmpty()
          ? null
          : pair(node, other);
    }

    /** The product of gates, one or two, from the patterns of all of their leaves. */
    private @Nullable Node joint(List<Integer> gates, SequencedMap<Integer, Integer> leaves) {
      ArrayList<Integer> factors = new ArrayList<>();
      long combinations = 1;
      if (leaves.isEmpty()) {
        return null;
      }
      for (int slot : leaves.keySet()) {
        factors.add((int) combinations);
        boolean few = addends(slot) <= MOST_ADDENDS;
        combinations *= few ? patterns(addends(slot)) : MOST_JOINT + 1;
        if (combinations > MOST_JOINT) {
          return null;
        }
      }
      StringBuilder key = new StringBuilder();
      gates.forEach(gate -> describe(gate, leaves, key.append('*')));
      Classes known = made.get(key.toString());
      if (known == null) {
        int[][] values = new int[(int) combinations][];
        for (int k = 0; k < values.length; k++) {
          values[k] = value(gates.getFirst(), leaves, factors, k);
          if (gates.size() > 1) {
            int[] other = value(gates.getLast(), leaves, factors, k);
            for (int p = 0; p < other.length; p++) {
              values[k][p] = M31.mul(values[k][p], other[p]);
            }
          }
        }
        known = distinct(values);
        made.put(key.toString(), known);
      }
      return known.count() > MOST_CLASSES
          ? null
          : new Joint(List.copyOf(leaves.keySet()), List.copyOf(factors), known, key.toString());
    }

    /**
     * Adds the leaves that a gate is made of, numbered as they are met.
     *
     * @return false where wires are chosen, or constants differ from wire to wire
     */
    private boolean collect(int gate, Map<Integer, Integer> leaves) {
      int slot = plan.slot(gate);
      if (slot >= 0) {
        leaves.putIfAbsent(slot, leaves.size());
        return true;
      }
      return switch (layer.gates().get(gate)) {
        case Gate.Constant c -> {
          boolean same = true;
          for (int value : c.values()) {
            same &= value == c.values()[0];
          }
          yield same;
        }
        case Gate.Sum s -> {
          boolean all = true;
          for (Gate.Term t : s.terms()) {
            all &= collect(t.source(), leaves);
          }
          yield all;
        }
        case Gate.Product p -> collect(p.left(), leaves) && collect(p.right(), leaves);
        case Gate.Below _, Gate.Select _, Gate.Total _ -> false;
      };
    }

    private void describe(int gate, Map<Integer, Integer> leaves, StringBuilder text) {
      int slot = plan.slot(gate);
      if (slot >= 0) {
        text.append(leafKey(addends(slot))).append(':').append(leaves.get(slot));
        return;
      }
      switch (layer.gates().get(gate)) {
        case Gate.Constant c -> text.append(c.values()[0]);
        case Gate.Sum s -> {
          text.append('[');
          for (Gate.Term t : s.terms()) {
            describe(t.source(), leaves, text.append('+').append(t.coefficient()));
          }
          text.append(']');
        }
        case Gate.Product p -> {
          describe(p.left(), leaves, text.append('('));
          describe(p.right(), leaves, text.append(' '));
          text.append(')');
        }
        case Gate.Below _, Gate.Select _, Gate.Total _ ->
            throw new IllegalStateException("no class");
      }
    }

    /** A gate's values on the grid for a combination of patterns. */
    private int[] value(
        int gate, Map<Integer, Integer> leaves, List<Integer> factors, int combination) {
      int slot = plan.slot(gate);
      if (slot >= 0) {
        int place = leaves.getOrDefault(slot, 0);
        int addends = addends(slot);
        return leafValues(combination / factors.get(place) % patterns(addends), addends);
      }
      int[] out = new int[points * points];
      switch (layer.gates().get(gate)) {
        case Gate.Constant c -> Arrays.fill(out, c.values()[0]);
        case Gate.Sum s -> {
          for (Gate.Term t : s.terms()) {
            int[] term = value(t.source(), leaves, factors, combination);
            for (int p = 0; p < out.length; p++) {
              out[p] = M31.add(out[p], M31.mul(t.coefficient(), term[p]));
            }
          }
        }
        case Gate.Product p -> {
          int[] left = value(p.left(), leaves, factors, combination);
          int[] right = value(p.right(), leaves, factors, combination);
          for (int k = 0; k < out.length; k++) {
            out[k] = M31.mul(left[k], right[k]);
          }
        }
        case Gate.Below _, Gate.Select _, Gate.Total _ ->
            throw new IllegalStateException("no class");
      }
      return out;
    }
  }

  /**
   * The line through the corners of a pattern in both variables; digit 2 t + u is corner (t, u).
   */
  private int[] leafValues(int pattern, int addends) {
    int[] out = new int[points * points];
    int[] corner = new int[4];
    for (int k = 0, rest = pattern; k < corner.length; k++, rest /= addends + 1) {
      int highs = rest % (addends + 1);
      corner[k] = M31.add(M31.mul(highs, high), M31.mul(addends - highs, low));
    }
    for (int t = 0; t < points; t++) {
      for (int u = 0; u < points; u++) {
        int atZero = line(corner[0], corner[1], u);
        int atOne = line(corner[2], corner[3], u);
        out[t * points + u] = line(atZero, atOne, t);
      }
    }
    return out;
  }

  private static int line(int atZero, int atOne, int x) {
    return M31.add(atZero, M31.mul(x, M31.sub(atOne, atZero)));
  }
}
