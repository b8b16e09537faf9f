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
 * below holds one of two residues. A wire below has one of 16 patterns of these on the corners, so
 * a gate of few registers is one of few polynomials, its classes. A class is known by its values on
 * the grid {0, .., d} x {0, .., d}, d the degree of the layer; classes of equal values are one.
 *
 * <p>Factors that read other registers than each other meet in every combination of their classes.
 * Everything else is taken apart down to the patterns of its registers.
 */
final class GridClasses {
  /** Patterns of two residues on four corners. */
  static final int PATTERNS = 16;

  /** Combinations that a table is made for. More would not stay in a cache. */
  private static final int MOST_COMBINATIONS = 1 << 14;

  private static final int MOST_CLASSES = 1 << 13;
  private static final int MOST_REGISTERS = 3;

  private final int points;
  private final int low;
  private final int high;
  private final Map<String, Classes> made = new HashMap<>();
  private final Classes patterns;

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
    int[][] values = new int[PATTERNS][];
    for (int pattern = 0; pattern < PATTERNS; pattern++) {
      values[pattern] = register(pattern);
    }
    patterns = new Classes(values, new int[0]);
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

  /** A register below. */
  record Register(int register, Classes classes) implements Node {
    @Override
    public String key() {
      return "r";
    }
  }

  /** A product of factors without a register in common. */
  record Pair(Node left, Node right, Classes classes) implements Node {
    @Override
    public String key() {
      return pairKey(left, right);
    }
  }

  /** Anything else of these registers, the first in the lowest bits of the combination. */
  record Joint(List<Integer> registers, Classes classes, String key) implements Node {}

  private static String pairKey(Node left, Node right) {
    return "(" + left.key() + " " + right.key() + ")";
  }

  /** The node of a gate, or null where it has too many classes or chooses wires. */
  @Nullable Node of(Layer layer, int gate) {
    SequencedMap<Integer, Integer> registers = new LinkedHashMap<>();
    if (!collect(layer, gate, registers)) {
      return null;
    }
    return switch (layer.gates().get(gate)) {
      case Gate.Below b -> register(b);
      case Gate.Product p -> product(layer, p.left(), p.right());
      case Gate.Constant _, Gate.Sum _, Gate.Select _, Gate.Total _ ->
          joint(layer, List.of(gate), registers);
    };
  }

  private Register register(Gate.Below b) {
    return new Register(b.register(), patterns);
  }

  /** The node of the product of two gates, or null. */
  @Nullable Node product(Layer layer, int left, int right) {
    SequencedMap<Integer, Integer> both = new LinkedHashMap<>();
    SequencedMap<Integer, Integer> second = new LinkedHashMap<>();
    if (!collect(layer, left, both) || !collect(layer, right, second)) {
      return null;
    }
    boolean apart = both.keySet().stream().noneMatch(second::containsKey);
    if (!apart || both.isEmpty() || second.isEmpty()) {
      collect(layer, right, both);
      return joint(layer, List.of(left, right), both);
    }
    Node a = of(layer, left);
    Node b = of(layer, right);
    return a == null || b == null ? null : pair(a, b);
  }

  /** The product of a factor and of a register that it does not read, or null. */
  @Nullable Node product(Layer layer, int factor, Gate.Below register) {
    SequencedMap<Integer, Integer> read = new LinkedHashMap<>();
    Node node = of(layer, factor);
    return node == null
            || !collect(layer, factor, read)
            || read.containsKey(register.register())
            || read.isEmpty()
        ? null
        : pair(node, register(register));
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

  /** The product of gates, one or two, from the patterns of all of their registers. */
  private @Nullable Node joint(
      Layer layer, List<Integer> gates, SequencedMap<Integer, Integer> registers) {
    if (registers.isEmpty() || registers.size() > MOST_REGISTERS) {
      return null;
    }
    StringBuilder key = new StringBuilder();
    gates.forEach(gate -> describe(layer, gate, registers, key.append('*')));
    Classes known = made.get(key.toString());
    if (known == null) {
      int[][] values = new int[1 << 4 * registers.size()][];
      for (int k = 0; k < values.length; k++) {
        values[k] = value(layer, gates.getFirst(), registers, k);
        if (gates.size() > 1) {
          int[] other = value(layer, gates.getLast(), registers, k);
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
        : new Joint(List.copyOf(registers.keySet()), known, key.toString());
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

  /**
   * Adds the registers that a gate is made of, numbered as they are met.
   *
   * @return false where wires are chosen, or constants differ from wire to wire
   */
  private static boolean collect(Layer layer, int gate, Map<Integer, Integer> registers) {
    return switch (layer.gates().get(gate)) {
      case Gate.Below b -> {
        registers.putIfAbsent(b.register(), registers.size());
        yield true;
      }
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
          all &= collect(layer, t.source(), registers);
        }
        yield all;
      }
      case Gate.Product p ->
          collect(layer, p.left(), registers) && collect(layer, p.right(), registers);
      case Gate.Select _, Gate.Total _ -> false;
    };
  }

  private static void describe(
      Layer layer, int gate, Map<Integer, Integer> registers, StringBuilder text) {
    switch (layer.gates().get(gate)) {
      case Gate.Below b -> text.append('r').append(registers.get(b.register()));
      case Gate.Constant c -> text.append(c.values()[0]);
      case Gate.Sum s -> {
        text.append('[');
        for (Gate.Term t : s.terms()) {
          describe(layer, t.source(), registers, text.append('+').append(t.coefficient()));
        }
        text.append(']');
      }
      case Gate.Product p -> {
        describe(layer, p.left(), registers, text.append('('));
        describe(layer, p.right(), registers, text.append(' '));
        text.append(')');
      }
      case Gate.Select _, Gate.Total _ -> throw new IllegalStateException("no class");
    }
  }

  /** A gate's values on the grid for a combination of patterns. */
  private int[] value(Layer layer, int gate, Map<Integer, Integer> registers, int combination) {
    int[] out = new int[points * points];
    switch (layer.gates().get(gate)) {
      case Gate.Below b -> {
        int place = registers.getOrDefault(b.register(), 0);
        return register(combination >> 4 * place & PATTERNS - 1);
      }
      case Gate.Constant c -> Arrays.fill(out, c.values()[0]);
      case Gate.Sum s -> {
        for (Gate.Term t : s.terms()) {
          int[] term = value(layer, t.source(), registers, combination);
          for (int p = 0; p < out.length; p++) {
            out[p] = M31.add(out[p], M31.mul(t.coefficient(), term[p]));
          }
        }
      }
      case Gate.Product p -> {
        int[] left = value(layer, p.left(), registers, combination);
        int[] right = value(layer, p.right(), registers, combination);
        for (int k = 0; k < out.length; k++) {
          out[k] = M31.mul(left[k], right[k]);
        }
      }
      case Gate.Select _, Gate.Total _ -> throw new IllegalStateException("no class");
    }
    return out;
  }

  /** The line through the corners of a pattern in both variables; bit 2 t + u is corner (t, u). */
  private int[] register(int pattern) {
    int[] out = new int[points * points];
    for (int t = 0; t < points; t++) {
      for (int u = 0; u < points; u++) {
        int atZero = line(corner(pattern, 0), corner(pattern, 1), u);
        int atOne = line(corner(pattern, 2), corner(pattern, 3), u);
        out[t * points + u] = line(atZero, atOne, t);
      }
    }
    return out;
  }

  private int corner(int pattern, int k) {
    return (pattern >> k & 1) == 0 ? low : high;
  }

  private static int line(int atZero, int atOne, int x) {
    return M31.add(atZero, M31.mul(x, M31.sub(atOne, atZero)));
  }
}
