package org.zkc.gkr.layered;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.zkc.gkr.hash.Blake3Hash;

/**
 * A layered arithmetic circuit over F = {@link org.zkc.gkr.field.M31} that is proved for many
 * independent inputs at a time, its copies (docs/protocol.md section 12). {@link
 * LayeredCircuitBuilder} makes one.
 *
 * <p>A circuit is the verifier's own: a verifier builds it, and never takes it from a prover.
 *
 * @param inputs the registers that the first layer reads, in order
 * @param layers from the inputs up; the last one's registers are the outputs, which are public
 */
public record LayeredCircuit(List<Input> inputs, List<Layer> layers) {
  /** The most wires of a register and of a layer. */
  public static final int MAX_WIDTH = 1 << 16;

  /** The highest degree of a layer. */
  public static final int MAX_DEGREE = 8;

  /** The most layers, and the most gates of all of them. */
  public static final int MAX_LAYERS = 1 << 12;

  public static final int MAX_GATES = 1 << 20;

  /** The most copies. */
  public static final int MAX_COPIES = 1 << 24;

  /** Whether everybody sees an input register, or the prover commits to it. */
  public enum Visibility {
    PUBLIC,
    COMMITTED
  }

  /**
   * A register of inputs.
   *
   * @param name for messages
   * @param width wires
   */
  public record Input(String name, int width, Visibility visibility) {}

  public LayeredCircuit {
    inputs = List.copyOf(inputs);
    layers = List.copyOf(layers);
    require(!inputs.isEmpty(), "a circuit has at least one input");
    require(
        !layers.isEmpty() && layers.size() <= MAX_LAYERS,
        "a circuit has 1 to " + MAX_LAYERS + " layers, not " + layers.size());
    List<Integer> widths = inputs.stream().map(Input::width).toList();
    long gates = 0;
    for (Layer layer : layers) {
      require(
          layer.below().equals(widths),
          "a layer reads registers of " + layer.below() + " wires where there are " + widths);
      widths = layer.outputs().stream().map(layer::width).toList();
      gates += layer.gates().size();
    }
    require(gates <= MAX_GATES, "a circuit has at most " + MAX_GATES + " gates, not " + gates);
    long wires = inputs.stream().mapToLong(Input::width).sum();
    require(wires <= MAX_WIDTH, "a circuit has at most " + MAX_WIDTH + " input wires");
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /** The wires of all outputs of a copy. */
  public int outputWidth() {
    return layers.getLast().width();
  }

  /** The wires of the inputs that everybody sees, or of those that are committed to, in a copy. */
  public int inputWidth(Visibility visibility) {
    return inputs.stream().filter(i -> i.visibility() == visibility).mapToInt(Input::width).sum();
  }

  /** BLAKE3 of the circuit's one encoding: 32 bytes. */
  public byte[] digest() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeInt(inputs.size());
      for (Input i : inputs) {
        byte[] name = i.name().getBytes(StandardCharsets.UTF_8);
        out.writeInt(name.length);
        out.write(name);
        out.writeInt(i.width());
        out.writeByte(
            switch (i.visibility()) {
              case PUBLIC -> 0;
              case COMMITTED -> 1;
            });
      }
      out.writeInt(layers.size());
      for (Layer layer : layers) {
        write(out, layer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("an array has no such failures", e);
    }
    return new Blake3Hash().update(bytes.toByteArray()).digest();
  }

  private static void write(DataOutputStream out, Layer layer) throws IOException {
    out.writeInt(layer.gates().size());
    for (Gate gate : layer.gates()) {
      switch (gate) {
        case Gate.Below b -> {
          out.writeByte(0);
          out.writeInt(b.register());
        }
        case Gate.Constant c -> {
          out.writeByte(1);
          write(out, c.values());
        }
        case Gate.Sum s -> {
          out.writeByte(2);
          out.writeInt(s.terms().size());
          for (Gate.Term t : s.terms()) {
            out.writeInt(t.coefficient());
            out.writeInt(t.source());
          }
        }
        case Gate.Product p -> {
          out.writeByte(3);
          out.writeInt(p.left());
          out.writeInt(p.right());
        }
        case Gate.Select s -> {
          out.writeByte(4);
          write(out, s.sources().stream().mapToInt(k -> k).toArray());
          write(out, s.indices());
        }
        case Gate.Total t -> {
          out.writeByte(5);
          out.writeInt(t.source());
        }
      }
    }
    write(out, layer.outputs().stream().mapToInt(k -> k).toArray());
  }

  private static void write(DataOutputStream out, int[] values) throws IOException {
    out.writeInt(values.length);
    for (int v : values) {
      out.writeInt(v);
    }
  }
}
