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

  /** 2^e of each column, those of all groups. */
  private final float[] columns;

  private final int rowsOfGroup;
  private final int width;
  private final long taps;

  /**
   * @param rowExponents e per output: its weights are divided by 2^e
   * @param columnExponents e per input channel: the weights that read it are multiplied by 2^e
   */
  ScaledWeights(TensorData weights, int[] rowExponents, int[] columnExponents, int groups) {
    this.weights = weights;
    this.rows = powers(rowExponents, -1);
    this.columns = powers(columnExponents, 1);
    this.rowsOfGroup = Math.max(1, rows.length / groups);
    this.width = weights.shape().extent(1);
    this.taps = weights.elementCount() / Math.max(1, (long) rows.length * width);
  }

  private static float[] powers(int[] exponents, int sign) {
    float[] out = new float[exponents.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = Math.scalb(1f, sign * exponents[i]);
    }
    return out;
  }

  @Override
  public void read(long first, float[] out, int count) {
    weights.copyFloats(first, out, count);
    long rowSize = width * taps;
    for (int from = 0; from < count; ) {
      int row = (int) ((first + from) / rowSize);
      int end = (int) Math.min(count, (row + 1) * rowSize - first);
      scaleRow(row, first + from - row * rowSize, out, from, end);
      from = end;
    }
  }

  // The product of two powers of two is exact, so that each weight is rounded once at most.
  private void scaleRow(int row, long firstInRow, float[] out, int from, int end) {
    int column = row / rowsOfGroup * width;
    float divisor = rows[row];
    if (taps == 1) {
      scale(out, from, end - from, column + (int) firstInRow, divisor);
      return;
    }
    column += (int) (firstInRow / taps);
    long tap = firstInRow % taps;
    for (int i = from; i < end; column++) {
      float factor = columns[column] * divisor;
      int stop = (int) Math.min(end, i + taps - tap);
      for (; i < stop; i++) {
        out[i] *= factor;
      }
      tap = 0;
    }
  }

  private void scale(float[] out, int at, int count, int column, float divisor) {
    for (int i = 0; i < count; i++) {
      out[at + i] *= columns[column + i] * divisor;
    }
  }
}
