package org.zkc.gkr.prove;

import java.util.Arrays;
import java.util.Optional;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.layout.ModelLayout;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.ConvGeometry;
import org.zkc.gkr.relation.Holder;
import org.zkc.gkr.weight.Weight;

/**
 * Factors of products, folded over their output channels: a MODEL tensor's through the rows of its
 * commitment, any other's element by element.
 */
final class FactorFolds {
  /** Elements of a row that a thread folds at a time at least. */
  private static final int LEAST_ROW = 256;

  /** Products of F and E that a thread does at a time at least. */
  private static final int PIECE = 1 << 13;

  private final ConstraintSystem system;
  private final ModelLayout layout;
  private final ModelMatrix model;
  private final TensorValues values;
  private final Workers workers;

  FactorFolds(
      ConstraintSystem system,
      ModelLayout layout,
      ModelMatrix model,
      TensorValues values,
      Workers workers) {
    this.system = system;
    this.layout = layout;
    this.model = model;
    this.values = values;
    this.workers = workers;
  }

  /**
   * A factor without its first axis.
   *
   * @param rows the combination of the commitment's rows that the values came from
   */
  record Fold(Optional<ExtVector> rows, ExtVector values) {}

  private boolean isModel(int tensor) {
    return system.tensor(tensor).holder() == Holder.MODEL;
  }

  /** out(b, i) = sum over k of weights[k] residues(b, k, i), b below {@code count}. */
  ExtVector fold(int[] residues, int count, ExtVector weights) {
    int inner = residues.length / (count * weights.length());
    ExtVector out = new ExtVector(count * inner);
    // Where there is more than one fold, each is short.
    if (count == 1) {
      workers.forEachPiece(
          inner,
          Math.max(LEAST_ROW, PIECE / weights.length()),
          (from, to) -> fold(residues, from, inner, weights, out.slice(from, to - from)));
    } else {
      int each = inner * weights.length();
      workers.forEachPiece(
          count,
          each,
          PIECE,
          (from, to) -> {
            for (int b = from; b < to; b++) {
              fold(residues, b * each, inner, weights, out.slice(b * inner, inner));
            }
          });
    }
    return out;
  }

  /** out(i) += sum over k of weights[k] residues[at + k stride + i]. */
  private static void fold(int[] residues, int at, int stride, ExtVector weights, ExtVector out) {
    for (int k = 0; k < weights.length(); k++) {
      Kernels.best().addScaledBase(out, weights.get(k), residues, at + k * stride, out.length());
    }
  }

  /** The tensor without its first axis, folded by eq(point, .). */
  Fold byPoint(int tensor, Ext[] point) {
    if (!isModel(tensor)) {
      ExtVector weights = EqTable.of(point, system.tensor(tensor).shape().get(0));
      return new Fold(Optional.empty(), fold(values.real(tensor), 1, weights));
    }
    ModelLayout.Entry entry = layout.of(tensor);
    int n = entry.rowVariables();
    // The first variables number the rows, the others the channels within one.
    ExtVector rows =
        model.combination(entry, EqTable.of(Arrays.copyOf(point, n), entry.rows()), workers);
    ExtVector within = EqTable.of(Arrays.copyOfRange(point, n, point.length), entry.perRow());
    int rest = rows.length() / entry.perRow();
    ExtVector folded = new ExtVector(rest);
    for (int k = 0; k < entry.perRow(); k++) {
      Kernels.best().addScaled(folded, within.get(k), rows.slice(k * rest, rest));
    }
    return new Fold(Optional.of(rows), folded);
  }

  /** Every row, which is one index of the first axis, folded by the weights of its elements. */
  ExtVector rowsBy(int tensor, ExtVector weights) {
    if (isModel(tensor)) {
      return model.foldRest(tensor, weights, workers);
    }
    int[] residues = values.real(tensor);
    ExtVector out = new ExtVector(residues.length / weights.length());
    int length = weights.length();
    workers.forEachPiece(
        out.length(),
        length,
        PIECE,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            out.set(row, Kernels.best().dotBase(residues, row * length, length, weights));
          }
        });
    return out;
  }

  /**
   * A kernel folded by the weights of a claim on the result, over (c, dy, dx); with groups over the
   * outputs of each, over (g, c, dy, dx).
   */
  Fold ofKernel(ConvGeometry g, Weight claim) {
    int tensor = g.conv().weight();
    if (g.groups() == 1) {
      return byPoint(tensor, claim.axisPoint(1));
    }
    ExtVector outputs = claim.axisValues(1);
    int size = g.outputsPerGroup();
    int rest = system.tensor(tensor).elementCount() / g.kernel().get(0);
    ExtVector folded = new ExtVector(g.groups() * rest);
    int[] all = isModel(tensor) ? new int[0] : values.real(tensor);
    workers.forEachPiece(
        g.groups(),
        (long) size * rest,
        PIECE,
        (from, to) -> {
          for (int k = from; k < to; k++) {
            ExtVector one = folded.slice(k * rest, rest);
            if (isModel(tensor)) {
              one.copyFrom(model.foldChannels(tensor, outputs, k * size, size));
            } else {
              fold(all, k * size * rest, rest, outputs.slice(k * size, size), one);
            }
          }
        });
    return new Fold(Optional.empty(), folded);
  }
}
