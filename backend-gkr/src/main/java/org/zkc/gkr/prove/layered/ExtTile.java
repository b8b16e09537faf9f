package org.zkc.gkr.prove.layered;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.layered.Gate;
import org.zkc.gkr.layered.Layer;

/** Tiles of tables over E. */
final class ExtTile extends PartTile {
  private final @Nullable ExtVector[] tables;
  private final ExtVector[] values;
  private final ExtVector[] made;
  private final ExtVector[] differences;
  private final ExtVector[] highs;
  private final ExtVector product;

  ExtTile(
      Layer layer,
      LayerPlan plan,
      LayerPlan.Part part,
      CopyOrder order,
      Ext[] later,
      @Nullable ExtVector[] tables,
      ExtVector[] forms,
      Scratch scratch) {
    super(layer, plan, part, order, later, forms, scratch);
    this.tables = tables;
    int gates = layer.gates().size();
    values = new ExtVector[gates];
    made = new ExtVector[gates];
    differences = new ExtVector[gates];
    highs = new ExtVector[gates];
    for (int gate : part.gates()) {
      if (plan.slot(gate) >= 0) {
        differences[gate] = scratch.vector(room(gate));
      }
      switch (layer.gates().get(gate)) {
        case Gate.Constant c -> {
          int[] residues = spread(c);
          made[gate] = ExtVector.ofBase(residues, residues.length);
        }
        case Gate.Below _, Gate.Sum _, Gate.Product _, Gate.Select _, Gate.Total _ ->
            made[gate] = scratch.vector(room(gate));
      }
      values[gate] = made[gate];
    }
    product = scratch.vector(part.roots().stream().mapToInt(r -> room(r.left())).max().orElse(0));
  }

  @Override
  void atZero(int gate, int slot, int lowAt, int highAt, int count) {
    ExtVector table = tables[slot];
    values[gate] = table.slice(lowAt, count);
    highs[gate] = table.slice(highAt, count);
  }

  @Override
  void atTwo(int gate, int count) {
    ExtVector d = differences[gate].slice(0, count);
    ExtVector out = made[gate].slice(0, count);
    kernels.subtract(highs[gate], values[gate], d);
    kernels.add(highs[gate], d, out);
    values[gate] = out;
  }

  @Override
  void atNext(int gate, int count) {
    kernels.add(values[gate], differences[gate].slice(0, count), values[gate]);
  }

  @Override
  void constant(int gate, int from, int count) {
    values[gate] = made[gate].slice(from, count);
  }

  @Override
  void sum(int gate, List<Gate.Term> terms, int count) {
    ExtVector out = made[gate].slice(0, count);
    ExtVector from = values[terms.getFirst().source()];
    int rest = 1;
    if (terms.getFirst().coefficient() != 1) {
      out.fill(Ext.ZERO);
      from = out;
      rest = 0;
    }
    for (int k = rest; k < terms.size(); k++) {
      Gate.Term t = terms.get(k);
      if (t.coefficient() == 1) {
        kernels.add(from, values[t.source()], out);
      } else if (t.coefficient() == M31.P - 1) {
        kernels.subtract(from, values[t.source()], out);
      } else {
        if (from != out) {
          out.copyFrom(from);
        }
        kernels.addScaled(out, Ext.of(t.coefficient()), values[t.source()]);
      }
      from = out;
    }
    if (from != out) {
      out.copyFrom(from);
    }
    values[gate] = out;
  }

  @Override
  void product(int gate, int left, int right, int count) {
    ExtVector out = made[gate].slice(0, count);
    multiply(left, right, out);
    values[gate] = out;
  }

  private void multiply(int left, int right, ExtVector out) {
    if (left == right) {
      kernels.square(values[left], out);
    } else {
      kernels.multiply(values[left], values[right], out);
    }
  }

  @Override
  void moveRun(int from, int at, int to, int toAt) {
    made[to].slice(toAt, run).copyFrom(values[from].slice(at, run));
    values[to] = made[to];
  }

  @Override
  void addRun(int from, int at, int to, int toAt, boolean first) {
    if (first) {
      moveRun(from, at, to, toAt);
    } else {
      ExtVector out = made[to].slice(toAt, run);
      kernels.add(out, values[from].slice(at, run), out);
    }
  }

  @Override
  void multiply(int gate, ExtVector other, ExtVector out, int count) {
    kernels.multiply(values[gate], other, out);
  }

  @Override
  Ext dot(LayerPlan.Root root, ExtVector weights, int count) {
    ExtVector there = values[root.gate()];
    if (there == null) {
      there = product.slice(0, count);
      multiply(root.left(), root.right(), there);
    }
    return kernels.dot(there, weights);
  }
}
