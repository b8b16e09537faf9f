package org.zkc.gkr.layered;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.zkc.gkr.field.M31;

/**
 * Makes a {@link LayeredCircuit}, from the inputs up (docs/circuits.md has an example).
 *
 * <p>Inputs come first; then sums, products and choices of wires; {@link #layer} closes a layer and
 * gives its registers back for the next one; {@link #outputs} closes the last. One sumcheck over
 * the copies proves a layer, whatever the number of its wires. Its cost is in proportion to the
 * layer's products and degree: a product of degree 5 in one layer costs less than three layers of
 * squares and products.
 *
 * <p>Sums, choices and totals between a layer's last products and its registers are free for the
 * prover. Between a layer's first wires and its products they cost time.
 */
public final class LayeredCircuitBuilder {
  private final ArrayList<LayeredCircuit.Input> inputs = new ArrayList<>();
  private final ArrayList<Layer> layers = new ArrayList<>();
  private ArrayList<Gate> gates = new ArrayList<>();
  private List<Integer> below = new ArrayList<>();
  private boolean closed;

  /** An input of {@code width} wires that everybody sees. */
  public Wires publicInput(String name, int width) {
    return input(name, width, LayeredCircuit.Visibility.PUBLIC);
  }

  /** An input of {@code width} wires that the prover commits to. The proof does not hide it. */
  public Wires committedInput(String name, int width) {
    return input(name, width, LayeredCircuit.Visibility.COMMITTED);
  }

  private Wires input(String name, int width, LayeredCircuit.Visibility visibility) {
    if (!layers.isEmpty()) {
      throw new IllegalStateException("inputs come before the first layer is closed");
    }
    Wires made = add(new Gate.Below(below.size()), width);
    inputs.add(new LayeredCircuit.Input(name, width, visibility));
    below.add(width);
    return made;
  }

  private Wires add(Gate gate, int width) {
    if (closed) {
      throw new IllegalStateException("the circuit is closed");
    }
    if (width < 1 || width > LayeredCircuit.MAX_WIDTH) {
      throw new IllegalArgumentException(
          "a register has 1 to " + LayeredCircuit.MAX_WIDTH + " wires, not " + width);
    }
    gates.add(gate);
    return new Wires(this, layers.size(), gates.size() - 1, width);
  }

  private int gate(Wires wires) {
    return wires.gate(this, layers.size());
  }

  /** A register that holds these integers, taken modulo p, in every copy. */
  public Wires constant(long... values) {
    int[] residues = Arrays.stream(values).mapToInt(M31::fromSigned).toArray();
    return add(new Gate.Constant(residues), residues.length);
  }

  /** {@code width} wires of one constant. */
  public Wires constants(long value, int width) {
    long[] values = new long[width];
    Arrays.fill(values, value);
    return constant(values);
  }

  /** a + b, wire by wire. */
  public Wires add(Wires a, Wires b) {
    return sum(new long[] {1, 1}, a, b);
  }

  /** a - b, wire by wire. */
  public Wires subtract(Wires a, Wires b) {
    return sum(new long[] {1, -1}, a, b);
  }

  /** coefficient times a. */
  public Wires scale(long coefficient, Wires a) {
    return sum(new long[] {coefficient}, a);
  }

  /** The sum of coefficients[k] times terms[k], wire by wire; all of one width. */
  public Wires sum(long[] coefficients, Wires... terms) {
    if (coefficients.length != terms.length || terms.length == 0) {
      throw new IllegalArgumentException(
          coefficients.length + " coefficients of " + terms.length + " terms");
    }
    List<Gate.Term> list =
        IntStream.range(0, terms.length)
            .mapToObj(k -> new Gate.Term(M31.fromSigned(coefficients[k]), gate(terms[k])))
            .toList();
    for (Wires t : terms) {
      sameWidth(terms[0], t);
    }
    return add(new Gate.Sum(list), terms[0].width());
  }

  /** a b, wire by wire. */
  public Wires multiply(Wires a, Wires b) {
    sameWidth(a, b);
    return add(new Gate.Product(gate(a), gate(b)), a.width());
  }

  private static void sameWidth(Wires a, Wires b) {
    if (a.width() != b.width()) {
      throw new IllegalArgumentException(
          "registers of " + a.width() + " and of " + b.width() + " wires meet wire by wire");
    }
  }

  /** Wire k of the result is wire indices[k] of {@code a}. */
  public Wires select(Wires a, int... indices) {
    return select(List.of(a), indices);
  }

  /** Wire k of the result is wire indices[k] of the registers laid one after the other. */
  public Wires select(List<Wires> sources, int... indices) {
    int all = sources.stream().mapToInt(Wires::width).sum();
    for (int index : indices) {
      if (index < 0 || index >= all) {
        throw new IllegalArgumentException("there is no wire " + index + " among " + all);
      }
    }
    List<Integer> gates = sources.stream().map(this::gate).toList();
    return add(new Gate.Select(gates, indices.clone()), indices.length);
  }

  /** Wires [from, from + count) of {@code a}. */
  public Wires slice(Wires a, int from, int count) {
    return select(a, IntStream.range(from, from + count).toArray());
  }

  /** The registers as one. */
  public Wires concat(Wires... parts) {
    int all = Arrays.stream(parts).mapToInt(Wires::width).sum();
    return select(List.of(parts), IntStream.range(0, all).toArray());
  }

  /** Every wire of a register of one wire, {@code width} times. */
  public Wires repeat(Wires a, int width) {
    return select(a, new int[width]);
  }

  /** One wire: the sum of all wires of {@code a}. */
  public Wires total(Wires a) {
    return add(new Gate.Total(gate(a)), 1);
  }

  /**
   * Closes a layer: its registers are those given, and they alone can be used afterwards.
   *
   * @return the same registers, as the next layer reads them
   * @throws IllegalArgumentException when the layer passes a limit of {@link LayeredCircuit}
   */
  public List<Wires> layer(Wires... registers) {
    close(registers);
    below = Arrays.stream(registers).map(Wires::width).toList();
    gates = new ArrayList<>();
    ArrayList<Wires> next = new ArrayList<>();
    for (int r = 0; r < registers.length; r++) {
      next.add(add(new Gate.Below(r), registers[r].width()));
    }
    return next;
  }

  private void close(Wires... registers) {
    List<Integer> outputs = Arrays.stream(registers).map(this::gate).toList();
    layers.add(new Layer(below, gates, outputs));
  }

  /**
   * Closes the last layer, whose registers are the circuit's public outputs, and the circuit.
   *
   * @throws IllegalArgumentException when the circuit passes a limit of {@link LayeredCircuit}
   */
  public LayeredCircuit outputs(Wires... registers) {
    close(registers);
    closed = true;
    return new LayeredCircuit(inputs, layers);
  }
}
