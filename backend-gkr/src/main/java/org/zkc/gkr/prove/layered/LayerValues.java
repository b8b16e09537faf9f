package org.zkc.gkr.prove.layered;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.layered.Gate;
import org.zkc.gkr.layered.Layer;

/** Carries a layer's program out over F, for all copies. */
final class LayerValues {
  /**
   * Elements of a register that are processed at a time, so that a layer's values of them fit a
   * cache.
   */
  private static final int BLOCK = 4096;

  private static final int ONE = 1;

  private final Kernels kernels = Kernels.best();
  private final Layer layer;
  private final CopyOrder order;
  private final int groups;
  private final int[][] values;
  private final int[] starts;

  private LayerValues(Layer layer, CopyOrder order) {
    this.layer = layer;
    this.order = order;
    groups = groups(layer, order);
    values = new int[layer.gates().size()][];
    starts = new int[values.length];
    for (int g = 0; g < values.length; g++) {
      int width = layer.width(g);
      values[g] =
          layer.gates().get(g) instanceof Gate.Below
              ? new int[0]
              : new int[groups * width * order.run()];
      if (layer.gates().get(g) instanceof Gate.Constant c) {
        constant(c, values[g]);
      }
    }
  }

  private static int groups(Layer layer, CopyOrder order) {
    int widest = 1;
    for (int g = 0; g < layer.gates().size(); g++) {
      widest = Math.max(widest, layer.width(g));
    }
    return Math.clamp(
        Integer.highestOneBit(Math.max(1, BLOCK / (widest * order.run()))), 1, order.groups());
  }

  private void constant(Gate.Constant c, int[] out) {
    int run = order.run();
    for (int k = 0; k < out.length / run; k++) {
      Arrays.fill(out, k * run, (k + 1) * run, c.values()[k % c.values().length]);
    }
  }

  /** The layer's registers of those below, as patterns where {@link BitValues} can. */
  static List<Register> of(Layer layer, CopyOrder order, List<Register> below, Workers workers) {
    List<Register> bits = BitValues.of(layer, order, below, workers);
    return bits == null
        ? residues(layer, order, below.stream().map(Register::residues).toList(), workers).stream()
            .map(Register::of)
            .toList()
        : bits;
  }

  private static List<int[]> residues(
      Layer layer, CopyOrder order, List<int[]> below, Workers workers) {
    ArrayList<int[]> out = new ArrayList<>();
    for (int gate : layer.outputs()) {
      out.add(new int[order.copies() * layer.width(gate)]);
    }
    int step = groups(layer, order);
    workers.forEachPiece(
        order.groups() / step,
        1,
        (first, end) -> {
          LayerValues work = new LayerValues(layer, order);
          for (int block = first; block < end; block++) {
            work.run(below, block * step, out);
          }
        });
    return out;
  }

  private void run(List<int[]> below, int group, List<int[]> out) {
    run(below, group);
    for (int r = 0; r < out.size(); r++) {
      int gate = layer.outputs().get(r);
      int at = order.at(group, layer.width(gate), 0);
      System.arraycopy(values[gate], starts[gate], out.get(r), at, count(gate));
    }
  }

  private int count(int gate) {
    return groups * layer.width(gate) * order.run();
  }

  private void run(List<int[]> below, int group) {
    for (int g = 0; g < values.length; g++) {
      switch (layer.gates().get(g)) {
        case Gate.Below b -> {
          values[g] = below.get(b.register());
          starts[g] = order.at(group, layer.width(g), 0);
        }
        case Gate.Constant _ -> {}
        case Gate.Sum s -> sum(s, g);
        case Gate.Product p ->
            kernels.multiplyBase(
                values[p.left()],
                starts[p.left()],
                values[p.right()],
                starts[p.right()],
                values[g],
                0,
                count(g));
        case Gate.Select s -> select(s, g);
        case Gate.Total t -> total(t, g);
      }
    }
  }

  private void sum(Gate.Sum s, int g) {
    int[] out = values[g];
    int count = count(g);
    Gate.Term first = s.terms().getFirst();
    int rest = 1;
    int[] from = values[first.source()];
    int at = starts[first.source()];
    if (first.coefficient() != ONE) {
      Arrays.fill(out, 0, count, 0);
      from = out;
      at = 0;
      rest = 0;
    }
    for (Gate.Term t : s.terms().subList(rest, s.terms().size())) {
      int source = t.source();
      kernels.addMultipleBase(
          from, at, t.coefficient(), values[source], starts[source], out, 0, count);
      from = out;
      at = 0;
    }
    if (from != out) {
      System.arraycopy(from, at, out, 0, count);
    }
  }

  private void select(Gate.Select s, int g) {
    int run = order.run();
    int[] indices = s.indices();
    for (int k = 0; k < indices.length; k++) {
      int source = 0;
      int wire = indices[k];
      while (wire >= layer.width(s.sources().get(source))) {
        wire -= layer.width(s.sources().get(source++));
      }
      int gate = s.sources().get(source);
      for (int group = 0; group < groups; group++) {
        System.arraycopy(
            values[gate],
            starts[gate] + order.at(group, layer.width(gate), wire),
            values[g],
            order.at(group, indices.length, k),
            run);
      }
    }
  }

  private void total(Gate.Total t, int g) {
    int run = order.run();
    int width = layer.width(t.source());
    int[] from = values[t.source()];
    int[] out = values[g];
    Arrays.fill(out, 0);
    for (int group = 0; group < groups; group++) {
      for (int k = 0; k < width; k++) {
        int at = starts[t.source()] + order.at(group, width, k);
        kernels.addMultipleBase(out, group * run, ONE, from, at, out, group * run, run);
      }
    }
  }
}
