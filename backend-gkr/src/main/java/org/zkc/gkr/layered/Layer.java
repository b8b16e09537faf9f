package org.zkc.gkr.layered;

import java.util.Arrays;
import java.util.List;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Kernels;

/**
 * One layer of a {@link LayeredCircuit}: a program over F that computes its registers from those of
 * the layer below, the same in every copy. The program is a polynomial map of the wires below, of
 * degree {@link #degree()}.
 */
public final class Layer {
  private final List<Integer> below;
  private final List<Gate> gates;
  private final List<Integer> outputs;
  private final int[] widths;
  private final int[] degrees;

  /**
   * A layer.
   *
   * @param below the widths of the registers below
   * @param gates in an order in which each names earlier ones only
   * @param outputs gates whose registers are the layer's, at least one
   * @throws IllegalArgumentException when a gate names a missing gate or register, widths differ, a
   *     number is not a residue, or a limit of {@link LayeredCircuit} is passed
   */
  public Layer(List<Integer> below, List<Gate> gates, List<Integer> outputs) {
    this.below = List.copyOf(below);
    this.gates = List.copyOf(gates);
    this.outputs = List.copyOf(outputs);
    widths = new int[gates.size()];
    degrees = new int[gates.size()];
    for (int g = 0; g < widths.length; g++) {
      widths[g] = widthMade(g);
      require(
          widths[g] >= 1 && widths[g] <= LayeredCircuit.MAX_WIDTH,
          "a register has 1 to " + LayeredCircuit.MAX_WIDTH + " wires, not " + widths[g]);
      degrees[g] = degree(g);
      require(
          degrees[g] <= LayeredCircuit.MAX_DEGREE,
          "the degree of one layer is at most "
              + LayeredCircuit.MAX_DEGREE
              + ", not "
              + degrees[g]
              + ": close a layer before the product");
    }
    require(!outputs.isEmpty(), "a layer has at least one register");
    for (int o : outputs) {
      require(o >= 0 && o < widths.length, "there is no gate " + o);
    }
    require(
        width() <= LayeredCircuit.MAX_WIDTH,
        "a layer has at most " + LayeredCircuit.MAX_WIDTH + " wires, not " + width());
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  private int widthOf(int source, int user) {
    require(source >= 0 && source < user, "gate " + user + " names gate " + source);
    return widths[source];
  }

  private int widthMade(int g) {
    return switch (gates.get(g)) {
      case Gate.Below b -> {
        require(
            b.register() >= 0 && b.register() < below.size(),
            "there is no register " + b.register() + " below");
        yield below.get(b.register());
      }
      case Gate.Constant c -> {
        for (int value : c.values()) {
          require(M31.isCanonical(value), value + " is no residue");
        }
        yield c.values().length;
      }
      case Gate.Sum s -> {
        require(!s.terms().isEmpty(), "a sum of nothing");
        int width = widthOf(s.terms().getFirst().source(), g);
        for (Gate.Term t : s.terms()) {
          require(M31.isCanonical(t.coefficient()), t.coefficient() + " is no residue");
          sameWidth(width, widthOf(t.source(), g));
        }
        yield width;
      }
      case Gate.Product p -> {
        sameWidth(widthOf(p.left(), g), widthOf(p.right(), g));
        yield widths[p.left()];
      }
      case Gate.Select s -> {
        long all = 0;
        for (int source : s.sources()) {
          all += widthOf(source, g);
        }
        for (int index : s.indices()) {
          require(index >= 0 && index < all, "there is no wire " + index + " among " + all);
        }
        yield s.indices().length;
      }
      case Gate.Total t -> {
        widthOf(t.source(), g);
        yield 1;
      }
    };
  }

  private static void sameWidth(int a, int b) {
    require(a == b, "registers of " + a + " and of " + b + " wires meet wire by wire");
  }

  private int degree(int g) {
    return switch (gates.get(g)) {
      case Gate.Below _ -> 1;
      case Gate.Constant _ -> 0;
      case Gate.Sum s -> s.terms().stream().mapToInt(t -> degrees[t.source()]).max().orElse(0);
      case Gate.Product p -> degrees[p.left()] + degrees[p.right()];
      case Gate.Select s -> s.sources().stream().mapToInt(k -> degrees[k]).max().orElse(0);
      case Gate.Total t -> degrees[t.source()];
    };
  }

  /** The widths of the registers below. */
  public List<Integer> below() {
    return below;
  }

  /** The wires of all registers below. */
  public int widthBelow() {
    return below.stream().mapToInt(w -> w).sum();
  }

  public List<Gate> gates() {
    return gates;
  }

  /** The gates whose registers are the layer's. */
  public List<Integer> outputs() {
    return outputs;
  }

  /** The wires of a gate's register. */
  public int width(int gate) {
    return widths[gate];
  }

  /** The wires of all of the layer's registers. */
  public int width() {
    long all = outputs.stream().mapToLong(o -> widths[o]).sum();
    return (int) Math.min(all, Integer.MAX_VALUE);
  }

  /** The degree of the program in the wires below, at least 1. */
  public int degree() {
    return Math.max(1, outputs.stream().mapToInt(o -> degrees[o]).max().orElse(1));
  }

  /**
   * The wires of the layer, its registers one after the other, of those below.
   *
   * @param wires of one copy, or a combination of copies: the registers below, one after the other
   */
  public ExtVector evaluate(ExtVector wires) {
    Kernels kernels = Kernels.best();
    ExtVector[] values = new ExtVector[gates.size()];
    int[] starts = new int[below.size() + 1];
    for (int r = 0; r < below.size(); r++) {
      starts[r + 1] = starts[r] + below.get(r);
    }
    for (int g = 0; g < values.length; g++) {
      values[g] =
          switch (gates.get(g)) {
            case Gate.Below b -> wires.slice(starts[b.register()], below.get(b.register()));
            case Gate.Constant c -> ExtVector.ofBase(c.values(), c.values().length);
            case Gate.Sum s -> {
              ExtVector sum = new ExtVector(widths[g]);
              for (Gate.Term t : s.terms()) {
                kernels.addScaled(sum, Ext.of(t.coefficient()), values[t.source()]);
              }
              yield sum;
            }
            case Gate.Product p -> {
              ExtVector product = new ExtVector(widths[g]);
              kernels.multiply(values[p.left()], values[p.right()], product);
              yield product;
            }
            case Gate.Select s -> {
              ExtVector all = joined(s.sources().stream().map(k -> values[k]).toList());
              ExtVector chosen = new ExtVector(widths[g]);
              for (int limb = 0; limb < 4; limb++) {
                int[] from = all.limb(limb);
                int[] to = chosen.limb(limb);
                int at = all.offset();
                Arrays.setAll(to, k -> from[at + s.indices()[k]]);
              }
              yield chosen;
            }
            case Gate.Total t -> {
              Ext sum = Ext.ZERO;
              for (int k = 0; k < values[t.source()].length(); k++) {
                sum = sum.add(values[t.source()].get(k));
              }
              yield ExtVector.of(sum);
            }
          };
    }
    return joined(outputs.stream().map(o -> values[o]).toList());
  }

  private static ExtVector joined(List<ExtVector> parts) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    ExtVector all = new ExtVector(parts.stream().mapToInt(ExtVector::length).sum());
    int at = 0;
    for (ExtVector part : parts) {
      all.slice(at, part.length()).copyFrom(part);
      at += part.length();
    }
    return all;
  }
}
