package org.zkc.ir.kernel;

/**
 * The inner loops of matrix products over one element type: {@code A} is {@code float[]} or {@code
 * int[]}. Sums of {@code int} wrap modulo 2^32. Sums of {@code float} add from the first term to
 * the last, each product rounded before it is added; so every provider gives the same bits.
 *
 * <p>The right operand of a product comes in panels: {@link #columns()} neighbouring columns, row
 * after row.
 */
interface MatrixLoops<A> {
  /** Rows of the left operand that one {@link #tile} handles. */
  int ROWS = 4;

  A newArray(int length);

  /** Columns of a panel. */
  int columns();

  /** {@code out[to + i] = in[from + i step]} for i < count. */
  void copy(A in, int from, int step, A out, int to, int count);

  /**
   * Fills rows of a panel: row k gets, for each run, {@code source[base + offsets[first + k] +
   * run.from ...]}. Elements past the runs are unspecified, as is one row more.
   */
  void pack(A source, int base, int[] offsets, int first, int rows, Runs runs, A panel, int at);

  /**
   * {@code packed[at + ROWS k + i] = rows[from + i lda + k]} for k < depth and i < count; the last
   * row also stands for those that are missing to {@link #ROWS}.
   */
  void interleave(A rows, int from, int lda, int count, int depth, A packed, int at);

  /**
   * {@code out[outAt + i ldc + j] = sum_k a[aAt + ROWS k + i] panel[panelAt + k columns() + j]} for
   * i < rows, j < columns(), k < depth; added to what is there if {@code add}.
   *
   * @param a rows as {@link #interleave} leaves them
   * @param rows 1 to {@link #ROWS}
   */
  void tile(
      A a,
      int aAt,
      int rows,
      A panel,
      int panelAt,
      int depth,
      A out,
      int outAt,
      int ldc,
      boolean add);

  /** {@code out[outAt + j] = row[rowAt + j]} for j < count, or {@code +=} if {@code add}. */
  void store(A row, int rowAt, A out, int outAt, int count, boolean add);

  /**
   * {@code sums[i] = sum_k weights[weightsAt + k] source[base + offsets[first + k] + i]} for i <
   * count, k < taps.
   */
  void taps(
      A source,
      int base,
      int[] offsets,
      int first,
      int taps,
      A weights,
      int weightsAt,
      A sums,
      int count);
}
