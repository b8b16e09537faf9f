package org.zkc.gkr.prove;

import java.lang.foreign.MemorySegment;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.layout.ModelLayout;
import org.zkc.gkr.prove.commitment.RowSource;
import org.zkc.gkr.relation.ConstraintSystem;

/** The model's integers as the rows of {@link ModelLayout}. */
final class ModelMatrix implements RowSource {
  /** Columns that a thread folds at a time at most, whose sums stay in a cache. */
  private static final int PIECE = 1 << 13;

  /**
   * Columns that a thread folds at a time at least: each piece ends in a few that are no vector.
   */
  private static final int LEAST_PIECE = 1 << 9;

  /** Weights that a thread folds at a time at least: some ten microseconds. */
  private static final int LEAST_WEIGHTS = 1 << 15;

  /** Pieces begin at multiples of this, of which vectors leave no rest. */
  private static final int COLUMNS = 32;

  private final ConstraintSystem system;
  private final ModelLayout layout;
  private final ModelTensors tensors;

  ModelMatrix(ConstraintSystem system, ModelLayout layout, ModelTensors tensors) {
    this.system = system;
    this.layout = layout;
    this.tensors = tensors;
    for (ModelLayout.Entry e : layout.entries()) {
      int count = system.tensor(e.tensor()).elementCount();
      int outputs = outputs(e.tensor());
      long expected = (long) count * tensors.elementBytes(e.tensor());
      if (tensors.byteSize(e.tensor()) != expected) {
        throw new IllegalArgumentException(
            "model tensor "
                + e.tensor()
                + " has "
                + tensors.byteSize(e.tensor())
                + " bytes, not "
                + expected);
      }
      if (tensors.channelShifts(e.tensor()).length != outputs) {
        throw new IllegalArgumentException(
            "model tensor " + e.tensor() + " does not have one shift per output channel");
      }
    }
  }

  private int outputs(int tensor) {
    return system.tensor(tensor).shape().get(0);
  }

  private int restCount(int tensor) {
    return system.tensor(tensor).elementCount() / outputs(tensor);
  }

  /** Writes the residues of output channel {@code o} to out[at ...), row-major without padding. */
  private void channel(int tensor, int o, int[] out, int at) {
    int count = restCount(tensor);
    tensors.copyChannel(tensor, o, out, at, count);
    for (int k = at; k < at + count; k++) {
      // The residue of an element, which lies inside (-2^30, 2^30).
      out[k] += out[k] >> 31 & M31.P;
    }
  }

  /**
   * The residues of a whole tensor, row-major without padding, for a tensor that is small or that
   * needs more than a fold along axis 0.
   */
  int[] residues(int tensor) {
    int[] out = new int[system.tensor(tensor).elementCount()];
    for (int o = 0; o < outputs(tensor); o++) {
      channel(tensor, o, out, o * restCount(tensor));
    }
    return out;
  }

  @Override
  public void fill(int row, int[] target, int at) {
    ModelLayout.Entry e = entryOfRow(row);
    int rest = restCount(e.tensor());
    int[] real = new int[e.perRow() * rest];
    for (int k = 0; k < e.perRow(); k++) {
      channel(e.tensor(), (row - e.firstRow()) * e.perRow() + k, real, k * rest);
    }
    e.inRow().forEachRun((from, to, count) -> System.arraycopy(real, from, target, at + to, count));
  }

  private ModelLayout.Entry entryOfRow(int row) {
    int low = 0;
    int high = layout.entries().size() - 1;
    while (low < high) {
      int middle = (low + high + 1) / 2;
      if (layout.entries().get(middle).firstRow() <= row) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return layout.entries().get(low);
  }

  /**
   * The combination of a tensor's rows, without padding: sum over rows of coefficients[row] row.
   * One pass over the weights, each thread over columns of its own.
   */
  ExtVector fold(ModelLayout.Entry e, ExtVector coefficients, Workers workers) {
    int rest = restCount(e.tensor());
    int bytes = tensors.elementBytes(e.tensor());
    byte[] shifts = tensors.channelShifts(e.tensor());
    MemorySegment data = tensors.mantissas(e.tensor());
    ExtVector out = new ExtVector(e.perRow() * rest);
    ExtVector[] scaled = new ExtVector[e.perRow()];
    for (int k = 0; k < scaled.length; k++) {
      scaled[k] = new ExtVector(e.rows());
      for (int row = 0; row < e.rows(); row++) {
        int power = M31.pow(2, shifts[row * e.perRow() + k]);
        scaled[k].set(row, coefficients.get(row).mulBase(power));
      }
    }
    int least = Math.max(LEAST_PIECE, LEAST_WEIGHTS / Math.max(1, e.rows()));
    int pieces = Math.max((rest + PIECE - 1) / PIECE, workers.pieces(rest, least));
    workers.forEach(
        e.perRow() * pieces,
        task -> {
          int channel = task / pieces;
          int from = Workers.cut(rest, pieces, task % pieces, COLUMNS);
          int count = Workers.cut(rest, pieces, task % pieces + 1, COLUMNS) - from;
          int first = channel * rest + from;
          Kernels.best()
              .foldRows(
                  data.asSlice((long) first * bytes),
                  bytes,
                  count,
                  e.perRow() * rest,
                  scaled[channel],
                  out.slice(first, count));
        });
    return out;
  }

  /**
   * sum over output channels o with group(o) = g of coefficients[o] times channel o, for one range
   * of output channels.
   */
  ExtVector foldChannels(int tensor, ExtVector coefficients, int firstChannel, int count) {
    int rest = restCount(tensor);
    int[] channel = new int[rest];
    ExtVector out = new ExtVector(rest);
    for (int o = firstChannel; o < firstChannel + count; o++) {
      channel(tensor, o, channel, 0);
      Kernels.best().addScaledBase(out, coefficients.get(o), channel, 0, rest);
    }
    return out;
  }

  /** Every output channel folded by the weights of its elements. One pass over the weights. */
  ExtVector foldRest(int tensor, ExtVector weights, Workers workers) {
    ExtVector out = new ExtVector(outputs(tensor));
    workers.forEachPiece(
        out.length(),
        weights.length(),
        PIECE,
        (from, to) -> {
          int[] channel = new int[weights.length()];
          for (int o = from; o < to; o++) {
            channel(tensor, o, channel, 0);
            out.set(o, Kernels.best().dotBase(channel, 0, channel.length, weights));
          }
        });
    return out;
  }

  /** The fold of a tensor that is one row: the row. */
  ExtVector singleRow(int tensor) {
    int[] all = residues(tensor);
    return ExtVector.ofBase(all, all.length);
  }

  /**
   * Folds by {@code coefficients}, or the row itself where there is only one; the one coefficient
   * is then 1.
   */
  ExtVector combination(ModelLayout.Entry e, ExtVector coefficients, Workers workers) {
    return e.isSingleRow() && coefficients.get(0).equals(Ext.ONE)
        ? singleRow(e.tensor())
        : fold(e, coefficients, workers);
  }
}
