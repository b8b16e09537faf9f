package org.zkc.gkr.prove.layered;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.layered.LayeredCircuit;
import org.zkc.gkr.layered.LayeredCircuit.Visibility;
import org.zkc.gkr.layered.LayeredCircuitBuilder;
import org.zkc.gkr.layered.Wires;

/** Seeded circuits and inputs for tests. */
final class LayeredCircuits {
  private final Random random;
  private final LayeredCircuitBuilder builder = new LayeredCircuitBuilder();
  private final ArrayList<Wires> registers = new ArrayList<>();

  private LayeredCircuits(long seed) {
    random = new Random(seed);
  }

  /** A circuit of every kind of gate, in an order of their own for each seed. */
  static LayeredCircuit random(long seed) {
    return new LayeredCircuits(seed).build();
  }

  private LayeredCircuit build() {
    int inputs = 1 + random.nextInt(3);
    for (int k = 0; k < inputs; k++) {
      int width = 1 + random.nextInt(9);
      registers.add(
          random.nextBoolean()
              ? builder.publicInput("x" + k, width)
              : builder.committedInput("x" + k, width));
    }
    int layers = 1 + random.nextInt(4);
    for (int k = 1; k < layers; k++) {
      gates();
      List<Wires> next = builder.layer(chosen());
      registers.clear();
      registers.addAll(next);
    }
    gates();
    return builder.outputs(chosen());
  }

  private Wires[] chosen() {
    Wires[] out = new Wires[1 + random.nextInt(3)];
    for (int k = 0; k < out.length; k++) {
      // Late ones most of the time: they use the others.
      int back = random.nextInt(random.nextInt(4) == 0 ? registers.size() : 2);
      out[k] = registers.get(Math.max(0, registers.size() - 1 - back));
    }
    return out;
  }

  private Wires any() {
    return registers.get(random.nextInt(registers.size()));
  }

  private Wires like(Wires a) {
    List<Wires> same = registers.stream().filter(b -> b.width() == a.width()).toList();
    return same.get(random.nextInt(same.size()));
  }

  private void gates() {
    int products = 0;
    for (int count = 2 + random.nextInt(8); count > 0; count--) {
      Wires a = any();
      Wires made =
          switch (random.nextInt(7)) {
            case 0 -> builder.constant(random.longs(a.width(), -5, 1L << 40).toArray());
            case 1 -> builder.sum(new long[] {random.nextInt(), -1, 1}, a, like(a), like(a));
            case 2 -> builder.add(a, like(a));
            case 3 -> builder.total(a);
            case 4 -> {
              Wires b = any();
              int all = a.width() + b.width();
              int[] indices = random.ints(1 + random.nextInt(9), 0, all).toArray();
              yield builder.select(List.of(a, b), indices);
            }
            default -> {
              // The degree at most doubles with each product: three of them keep the limit.
              products++;
              yield products > 3 ? builder.subtract(a, like(a)) : builder.multiply(a, like(a));
            }
          };
      registers.add(made);
    }
  }

  /** Residues for every input register, with extremes among them. */
  static List<int[]> inputs(LayeredCircuit circuit, int copies, long seed) {
    Random random = new Random(seed);
    return circuit.inputs().stream()
        .map(i ->
            IntStream.range(0, copies * i.width())
                .map(k -> random.nextInt(5) == 0 ? M31.P - 1 : random.nextInt(M31.P))
                .toArray())
        .toList();
  }

  /** y = a b, then z = y y + b y: two layers, both inputs of four wires committed to or public. */
  static LayeredCircuit small(Visibility visibility) {
    LayeredCircuitBuilder b = new LayeredCircuitBuilder();
    boolean seen = visibility == Visibility.PUBLIC;
    Wires x = seen ? b.publicInput("x", 4) : b.committedInput("x", 4);
    Wires y = seen ? b.publicInput("y", 4) : b.committedInput("y", 4);
    List<Wires> next = b.layer(b.multiply(x, y), y);
    Wires square = b.multiply(next.get(0), next.get(0));
    return b.outputs(b.add(square, b.multiply(next.get(0), next.get(1))));
  }
}
