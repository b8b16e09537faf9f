package org.zkc.passes.tensor;

import org.zkc.ir.FloatReader;
import org.zkc.ir.TensorData;

/**
 * Weights [O, C / groups, ...] with rows divided and columns multiplied by powers of two, which are
 * applied when the weights are read: {@link EqualizeChannels} copies no model.
 */
final class ScaledWeights implements FloatReader {
  private final TensorData weights;

  /** 2^-e of each row. */
  private final float[] rows;

  /**
   * 2^e of the column that each weight of a row has, the rows of all groups one after the other.
   */
  private final float[] columns;

  private final int rowsOfGroup;
  private final int rowSize;

  /**
   * @param rowExponents e per output: its weights are divided by 2^e
   * @param columnExponents e per input channel: the weights that read it are multiplied by 2^e
   */
  ScaledWeights(TensorData weights, int[] rowExponents, int[] columnExponents, int groups) {
    this.weights = weights;
    this.rows = powers(rowExponents, -1, 1);
    this.rowsOfGroup = Math.max(1, rows.length / groups);
    this.rowSize = Math.toIntExact(weights.elementCount() / Math.max(1, rows.length));
    this.columns = powers(columnExponents, 1, rowSize / Math.max(1, weights.shape().extent(1)));
  }

  /** 2^(sign e) of each exponent, {@code times} times. */
  private static float[] powers(int[] exponents, int sign, int times) {
    float[] out = new float[exponents.length * times];
    for (int i = 0; i < out.length; i++) {
      out[i] = Math.scalb(1f, sign * exponents[i / times]);
    }
    return out;
  }

  // The product of two powers of two is exact, so that each weight is rounded once at most.
  @Override
  public void read(long first, float[] out, int count) {
    weights.copyFloats(first, out, count);
    for (int from = 0; from < count; ) {
      int row = (int) ((first + from) / rowSize);
      int inRow = (int) (first + from - (long) row * rowSize);
      int part = Math.min(count - from, rowSize - inRow);
      scale(out, from, part, row / rowsOfGroup * rowSize + inRow, rows[row]);
      from += part;
    }
  }

  private void scale(float[] out, int at, int count, int column, float divisor) {
    for (int i = 0; i < count; i++) {
      out[at + i] *= columns[column + i] * divisor;
    }
  }
}
