package org.zkc.gkr.prove.layered;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.layered.Gate;
import org.zkc.gkr.layered.Layer;

/**
 * Carries a layer's program out on patterns, where every register below holds one of two residues
 * and so does every register of the layer, whatever the bits below. Gates of few registers are
 * tabulated for all of their bits; one that comes to two residues is a boolean function, a sum over
 * GF(2) of products of bits, and is worked out for all corners of a pattern at once.
 */
final class BitValues {
  /** Registers that a gate is tabulated for. */
  private static final int MOST_LEAVES = 5;

  /** Patterns of a register that are processed at a time, so that a layer's fit a cache. */
  private static final int BLOCK = 4096;

  private static final int ALL_CORNERS = 15;

  private final Layer layer;
  private final CopyOrder quarter;
  private final @Nullable Function[] functions;
  private final List<Register.Patterns> below;

  /**
   * A gate as a function of bits of others, its leaves.
   *
   * @param leaves gates of two residues; a register below or a choice of wires is its own leaf
   * @param values for every combination of the leaves' bits, the first leaf lowest
   */
  // The record holds a table and is never compared.
  @SuppressWarnings("ArrayRecordComponent")
  private record Function(List<Integer> leaves, int[] values) {
    /** The two residues that are met, the one for a bit of 0 first, or none. */
    int[] two() {
      int[] met = IntStream.of(values).distinct().toArray();
      if (met.length != 2) {
        return new int[0];
      }
      int low = Register.lower(met[0], met[1]);
      return new int[] {low, met[0] ^ met[1] ^ low};
    }
  }

  private BitValues(Layer layer, CopyOrder order, List<Register.Patterns> below) {
    this.layer = layer;
    this.below = below;
    quarter = new CopyOrder(order.groups() / 4, order.run());
    functions = new Function[layer.gates().size()];
    for (int g = 0; g < functions.length; g++) {
      functions[g] = function(g);
    }
  }

  /** The layer's registers of those below; null where some may have other values. */
  static @Nullable List<Register> of(
      Layer layer, CopyOrder order, List<Register> below, Workers workers) {
    ArrayList<Register.Patterns> patterns = new ArrayList<>();
    for (Register r : below) {
      Register.Patterns own = r.patterns();
      if (own == null) {
        return null;
      }
      patterns.add(own);
    }
    BitValues values = new BitValues(layer, order, patterns);
    return values.areBits() ? values.registers(below, workers) : null;
  }

  private @Nullable Function function(int g) {
    return switch (layer.gates().get(g)) {
      case Gate.Below b -> {
        Register.Patterns own = below.get(b.register());
        yield new Function(List.of(g), new int[] {own.low(), own.high()});
      }
      case Gate.Constant c ->
          IntStream.of(c.values()).distinct().count() == 1
              ? new Function(List.of(), new int[] {c.values()[0]})
              : null;
      case Gate.Sum s -> combined(s.terms().stream().map(Gate.Term::source).toList(), s);
      case Gate.Product p -> combined(List.of(p.left(), p.right()), p);
      case Gate.Select s -> chosen(g, s);
      case Gate.Total _ -> null;
    };
  }

  private @Nullable Function combined(List<Integer> operands, Gate gate) {
    ArrayList<Function> own = new ArrayList<>();
    for (int operand : operands) {
      Function f = functions[operand];
      if (f == null) {
        return null;
      }
      own.add(f);
    }
    List<Integer> leaves = leaves(own);
    if (leaves.size() > MOST_LEAVES) {
      for (int k = 0; k < own.size(); k++) {
        int[] two = own.get(k).two();
        if (two.length == 2) {
          own.set(k, new Function(List.of(operands.get(k)), two));
        }
      }
      leaves = leaves(own);
    }
    if (leaves.size() > MOST_LEAVES) {
      return null;
    }
    int[] values = new int[1 << leaves.size()];
    for (int bits = 0; bits < values.length; bits++) {
      int[] of = new int[own.size()];
      for (int k = 0; k < of.length; k++) {
        of[k] = own.get(k).values()[place(own.get(k).leaves(), leaves, bits)];
      }
      values[bits] = value(gate, of);
    }
    return new Function(leaves, values);
  }

  private static List<Integer> leaves(List<Function> functions) {
    LinkedHashSet<Integer> out = new LinkedHashSet<>();
    functions.forEach(f -> out.addAll(f.leaves()));
    return List.copyOf(out);
  }

  /** The combination of some leaves' bits in one of all leaves'. */
  private static int place(List<Integer> some, List<Integer> all, int bits) {
    int out = 0;
    for (int k = 0; k < some.size(); k++) {
      out |= (bits >> all.indexOf(some.get(k)) & 1) << k;
    }
    return out;
  }

  private static int value(Gate gate, int[] operands) {
    return switch (gate) {
      case Gate.Sum s -> {
        int sum = 0;
        for (int k = 0; k < operands.length; k++) {
          sum = M31.add(sum, M31.mul(s.terms().get(k).coefficient(), operands[k]));
        }
        yield sum;
      }
      case Gate.Product _ -> M31.mul(operands[0], operands[1]);
      case Gate.Below _, Gate.Constant _, Gate.Select _, Gate.Total _ ->
          throw new IllegalStateException("not made of values");
    };
  }

  /** A choice among registers of the same two residues. */
  private @Nullable Function chosen(int g, Gate.Select s) {
    int[] two = new int[0];
    for (int source : s.sources()) {
      Function f = functions[source];
      int[] own = f == null ? new int[0] : f.two();
      if (own.length != 2 || two.length == 2 && !Arrays.equals(two, own)) {
        return null;
      }
      two = own;
    }
    return two.length == 2 ? new Function(List.of(g), two) : null;
  }

  private boolean areBits() {
    for (int gate : layer.outputs()) {
      Function f = functions[gate];
      if (f == null || f.two().length != 2) {
        return false;
      }
    }
    return true;
  }

  private Function function(Integer gate) {
    Function f = functions[gate];
    if (f == null) {
      throw new IllegalStateException("gate " + gate + " has no bits");
    }
    return f;
  }

  private List<Register> registers(List<Register> registersBelow, Workers workers) {
    TreeSet<Integer> needed = needed();
    int[][] patterns = new int[functions.length][];
    for (int g : needed) {
      patterns[g] =
          layer.gates().get(g) instanceof Gate.Below b
              ? below.get(b.register()).of()
              : new int[quarter.copies() * layer.width(g)];
    }
    ArrayList<Register> out = new ArrayList<>();
    for (int gate : layer.outputs()) {
      if (layer.gates().get(gate) instanceof Gate.Below b) {
        out.add(registersBelow.get(b.register()));
      } else {
        int[] two = function(Integer.valueOf(gate)).two();
        out.add(Register.of(new Register.Patterns(patterns[gate], two[0], two[1])));
      }
    }
    int widest = needed.stream().mapToInt(layer::width).max().orElse(1);
    int step =
        Math.clamp(
            Integer.highestOneBit(Math.max(1, BLOCK / (widest * quarter.run()))),
            1,
            quarter.groups());
    workers.forEachPiece(
        quarter.groups() / step,
        1,
        (first, end) -> {
          Block work = new Block(needed, patterns);
          for (int block = first; block < end; block++) {
            work.run(block * step, (block + 1) * step);
          }
        });
    return List.copyOf(out);
  }

  /** The gates that outputs are made of, through leaves and choices. */
  private TreeSet<Integer> needed() {
    TreeSet<Integer> out = new TreeSet<>(layer.outputs());
    for (int g = functions.length - 1; g >= 0; g--) {
      if (out.contains(g)) {
        switch (layer.gates().get(g)) {
          case Gate.Select s -> out.addAll(s.sources());
          case Gate.Sum _, Gate.Product _ -> out.addAll(function(Integer.valueOf(g)).leaves());
          case Gate.Below _, Gate.Constant _, Gate.Total _ -> {}
        }
      }
    }
    return out;
  }

  /**
   * Works on some groups of whole tables. What is read and what is written by one loop stand at one
   * index: the JVM makes no vectors of loops whose arrays might overlap otherwise.
   */
  private final class Block {
    private final TreeSet<Integer> needed;
    private final int[][] patterns;
    private int[] spare = new int[0];

    Block(TreeSet<Integer> needed, int[][] patterns) {
      this.needed = needed;
      this.patterns = patterns;
    }

    void run(int group, int end) {
      for (int g : needed) {
        int from = quarter.at(group, layer.width(g), 0);
        int to = quarter.at(end, layer.width(g), 0);
        switch (layer.gates().get(g)) {
          case Gate.Below _ -> {}
          case Gate.Select s -> select(s, patterns[g], group, end);
          case Gate.Sum _, Gate.Product _ ->
              evaluate(function(Integer.valueOf(g)), patterns[g], from, to);
          case Gate.Constant _, Gate.Total _ -> throw new IllegalStateException("no bits");
        }
      }
    }

    /** Neighbours stay neighbours in most choices, so they are moved together. */
    private void select(Gate.Select s, int[] out, int first, int end) {
      int run = quarter.run();
      int[] indices = s.indices();
      for (int k = 0; k < indices.length; ) {
        int source = 0;
        int wire = indices[k];
        while (wire >= layer.width(s.sources().get(source))) {
          wire -= layer.width(s.sources().get(source++));
        }
        int gate = s.sources().get(source);
        int width = layer.width(gate);
        int count = 1;
        while (k + count < indices.length
            && wire + count < width
            && indices[k + count] == indices[k] + count) {
          count++;
        }
        for (int group = first; group < end; group++) {
          int at = quarter.at(group, indices.length, k);
          System.arraycopy(patterns[gate], quarter.at(group, width, wire), out, at, count * run);
        }
        k += count;
      }
    }

    private void evaluate(Function f, int[] out, int from, int to) {
      int[] masks = masks(f);
      List<Integer> leaves = f.leaves();
      if (leaves.size() == 3) {
        int[] a = patterns[leaves.get(0)];
        int[] b = patterns[leaves.get(1)];
        int[] c = patterns[leaves.get(2)];
        ofThree(masks, a, b, c, out, from, to);
        return;
      }
      Arrays.fill(out, from, to, masks[0]);
      for (int k = 1; k < masks.length; k++) {
        if (masks[k] != 0) {
          int[] product = patterns[leaves.get(Integer.numberOfTrailingZeros(k))];
          for (int rest = k & k - 1; rest != 0; rest &= rest - 1) {
            spare = spare.length < out.length ? new int[out.length] : spare;
            int leaf = leaves.get(Integer.numberOfTrailingZeros(rest));
            multiply(product, patterns[leaf], spare, from, to);
            product = spare;
          }
          add(product, out, from, to);
        }
      }
    }
  }

  /** out = a b over GF(2). */
  private static void multiply(int[] a, int[] b, int[] out, int from, int to) {
    for (int k = from; k < to; k++) {
      out[k] = a[k] & b[k];
    }
  }

  /** sum += a over GF(2). */
  private static void add(int[] a, int[] sum, int from, int to) {
    for (int k = from; k < to; k++) {
      sum[k] ^= a[k];
    }
  }

  /**
   * The polynomial over GF(2) that a function is: entry k has all bits where it has the product of
   * the leaves that k has bits of.
   */
  private static int[] masks(Function f) {
    int[] out = new int[f.values().length];
    int high = f.two()[1];
    for (int k = 0; k < f.values().length; k++) {
      out[k] = f.values()[k] == high ? ALL_CORNERS : 0;
    }
    for (int bit = 1; bit < f.values().length; bit *= 2) {
      for (int k = 0; k < f.values().length; k++) {
        if ((k & bit) != 0) {
          out[k] ^= out[k ^ bit];
        }
      }
    }
    return out;
  }

  /** The same in one loop for three leaves, as those of layers of degree 3 are. */
  private static void ofThree(int[] masks, int[] a, int[] b, int[] c, int[] out, int from, int to) {
    int m0 = masks[0];
    int m1 = masks[1];
    int m2 = masks[2];
    int m3 = masks[3];
    int m4 = masks[4];
    int m5 = masks[5];
    int m6 = masks[6];
    int m7 = masks[7];
    for (int k = from; k < to; k++) {
      int x = a[k];
      int y = b[k];
      int z = c[k];
      int withoutZ = m0 ^ x & m1 ^ y & (m2 ^ x & m3);
      out[k] = withoutZ ^ z & (m4 ^ x & m5 ^ y & (m6 ^ x & m7));
    }
  }
}
