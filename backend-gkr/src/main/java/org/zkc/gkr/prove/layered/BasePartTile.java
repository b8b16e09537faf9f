package org.zkc.gkr.prove.layered;

import java.util.Arrays;
import java.util.List;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.layered.Gate;
import org.zkc.gkr.layered.Layer;

/** Tiles of tables over F. */
final class BasePartTile extends PartTile {
  private final List<int[]> tables;
  private final int[][] values;
  private final int[] starts;
  private final int[][] made;
  private final int[][] differences;
  private final int[] highs;
  private final int[] slots;
  private final int[] product;

  BasePartTile(
      Layer layer,
      LayerPlan plan,
      LayerPlan.Part part,
      CopyOrder order,
      Ext[] later,
      List<int[]> tables,
      ExtVector[] forms,
      Scratch scratch) {
    super(layer, plan, part, order, later, forms, scratch);
    this.tables = tables;
    int gates = layer.gates().size();
    values = new int[gates][];
    starts = new int[gates];
    made = new int[gates][];
    differences = new int[gates][];
    highs = new int[gates];
    slots = new int[gates];
    for (int gate : part.gates()) {
      slots[gate] = plan.slot(gate);
      if (slots[gate] >= 0) {
        differences[gate] = new int[room(gate)];
      }
      switch (layer.gates().get(gate)) {
        case Gate.Constant c -> made[gate] = spread(c);
        case Gate.Below _, Gate.Sum _, Gate.Product _, Gate.Select _, Gate.Total _ ->
            made[gate] = new int[room(gate)];
      }
      values[gate] = made[gate];
    }
    product = new int[part.roots().stream().mapToInt(r -> room(r.left())).max().orElse(0)];
  }

  @Override
  void atZero(int gate, int slot, int lowAt, int highAt, int count) {
    values[gate] = tables.get(slot);
    starts[gate] = lowAt;
    highs[gate] = highAt;
  }

  @Override
  void atTwo(int gate, int count) {
    int[] table = tables.get(slots[gate]);
    int[] d = differences[gate];
    kernels.addMultipleBase(table, highs[gate], M31.P - 1, table, starts[gate], d, 0, count);
    kernels.addMultipleBase(table, highs[gate], 1, d, 0, made[gate], 0, count);
    values[gate] = made[gate];
    starts[gate] = 0;
  }

  @Override
  void atNext(int gate, int count) {
    kernels.addMultipleBase(made[gate], 0, 1, differences[gate], 0, made[gate], 0, count);
  }

  @Override
  void constant(int gate, int from, int count) {
    starts[gate] = from;
  }

  @Override
  void sum(int gate, List<Gate.Term> terms, int count) {
    int[] out = made[gate];
    int source = terms.getFirst().source();
    int[] from = values[source];
    int at = starts[source];
    int rest = 1;
    if (terms.getFirst().coefficient() != 1) {
      Arrays.fill(out, 0, count, 0);
      from = out;
      at = 0;
      rest = 0;
    }
    for (int k = rest; k < terms.size(); k++) {
      Gate.Term t = terms.get(k);
      kernels.addMultipleBase(
          from, at, t.coefficient(), values[t.source()], starts[t.source()], out, 0, count);
      from = out;
      at = 0;
    }
    if (from != out) {
      System.arraycopy(from, at, out, 0, count);
    }
  }

  @Override
  void product(int gate, int left, int right, int count) {
    kernels.multiplyBase(
        values[left], starts[left], values[right], starts[right], made[gate], 0, count);
  }

  @Override
  void moveRun(int from, int at, int to, int toAt) {
    System.arraycopy(values[from], starts[from] + at, made[to], toAt, run);
  }

  @Override
  void addRun(int from, int at, int to, int toAt, boolean first) {
    if (first) {
      moveRun(from, at, to, toAt);
    } else {
      kernels.addMultipleBase(
          made[to], toAt, 1, values[from], starts[from] + at, made[to], toAt, run);
    }
  }

  @Override
  void multiply(int gate, ExtVector other, ExtVector out, int count) {
    // Over F in the first limb, the others are 0.
    out.fill(Ext.ZERO);
    System.arraycopy(values[gate], starts[gate], out.limb(0), out.offset(), count);
    kernels.multiply(out, other, out);
  }

  @Override
  Ext dot(LayerPlan.Root root, ExtVector weights, int count) {
    if (values[root.gate()] != null) {
      return kernels.dotBase(values[root.gate()], starts[root.gate()], count, weights);
    }
    kernels.multiplyBase(
        values[root.left()],
        starts[root.left()],
        values[root.right()],
        starts[root.right()],
        product,
        0,
        count);
    return kernels.dotBase(product, 0, count, weights);
  }
}
