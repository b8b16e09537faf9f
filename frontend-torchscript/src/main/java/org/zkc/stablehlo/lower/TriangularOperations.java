package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.zkc.ir.DType;
import org.zkc.ir.TensorData;
import org.zkc.stablehlo.program.HloType;
import org.zkc.torchscript.lower.Binding;

/**
 * Triangular systems and factors of matrices (StableHLO specification, "cholesky",
 * "triangular_solve"), written out row by row and column by column (Golub and Van Loan, "Matrix
 * Computations", 3.1 and 4.2). Each row is a product with those before, so that matrices are small.
 */
final class TriangularOperations {
  static final Map<String, HloOperator> TABLE =
      Map.of(
          "stablehlo.triangular_solve", HloOperator.one(TriangularOperations::solve),
          "stablehlo.cholesky", HloOperator.one(TriangularOperations::cholesky));

  private static final long MOST_ROWS = 64;

  private TriangularOperations() {}

  /** The number of rows of a square matrix of reals. */
  private static long rows(HloCall call) {
    HloType.TensorOf type = call.type(0);
    int rank = type.rank();
    if (!ElementTypes.isReal(type)) {
      throw call.refused("matrices of %s".formatted(type.element().text()));
    }
    if (rank < 2 || !type.extents().get(rank - 1).equals(type.extents().get(rank - 2))) {
      throw call.refused("%s holds no square matrices".formatted(type.text()));
    }
    long rows = type.extents().get(rank - 1);
    if (rows > MOST_ROWS) {
      throw call.refused(
          "matrices of %d rows; it is written out row by row, for at most %d"
              .formatted(rows, MOST_ROWS));
    }
    return rows;
  }

  private static Binding slice(HloCall call, Binding x, long axis, long from, long to) {
    return call.aten("slice", x, axis, from, to, 1L);
  }

  private static Binding transposed(HloCall call, Binding x) {
    return call.aten("transpose", x, -2L, -1L);
  }

  /** X of op(A) X = B, or of X op(A) = B, which is op(A)^T X^T = B^T. */
  private static Held solve(HloCall call) {
    long n = rows(call);
    boolean left = call.flag("left_side");
    String operation = call.word("transpose_a").orElse("NO_TRANSPOSE");
    boolean turned = !operation.equals("NO_TRANSPOSE") == left;
    Binding a = turned ? transposed(call, call.whole(0)) : call.whole(0);
    Binding b = left ? call.whole(1) : transposed(call, call.whole(1));
    boolean lower = call.flag("lower") != turned;
    long row = call.type(0).rank() - 2;
    long column = row + 1;
    List<Binding> solved = new ArrayList<>();
    for (long step = 0; step < n; step++) {
      long i = lower ? step : n - 1 - step;
      Binding line = slice(call, a, row, i, i + 1);
      Binding x = slice(call, b, row, i, i + 1);
      if (step > 0) {
        Binding part = slice(call, line, column, lower ? 0 : i + 1, lower ? i : n);
        Binding known = solved.size() == 1 ? solved.getFirst() : call.aten("cat", solved, row);
        x = call.aten("sub", x, call.aten("matmul", part, known));
      }
      if (!call.flag("unit_diagonal")) {
        x = call.aten("div", x, slice(call, line, column, i, i + 1));
      }
      if (lower) {
        solved.addLast(x);
      } else {
        solved.addFirst(x);
      }
    }
    Binding all = n == 0 ? b : n == 1 ? solved.getFirst() : call.aten("cat", solved, row);
    return call.result(left ? all : transposed(call, all));
  }

  /** L of A = L L^T, or U of A = U^T U, of which the other half of A is not read. */
  private static Held cholesky(HloCall call) {
    long n = rows(call);
    boolean lower = call.flag("lower");
    Binding a = lower ? call.whole(0) : transposed(call, call.whole(0));
    HloType.TensorOf type = call.type(0);
    long row = type.rank() - 2;
    long column = row + 1;
    List<Binding> columns = new ArrayList<>();
    for (long j = 0; j < n; j++) {
      Binding below = slice(call, slice(call, a, column, j, j + 1), row, j, n);
      if (j > 0) {
        Binding left = columns.size() == 1 ? columns.getFirst() : call.aten("cat", columns, column);
        Binding rest = slice(call, left, row, j, n);
        Binding own = transposed(call, slice(call, left, row, j, j + 1));
        below = call.aten("sub", below, call.aten("matmul", rest, own));
      }
      Binding diagonal = call.aten("sqrt", slice(call, below, row, 0, 1));
      Binding more = call.aten("div", slice(call, below, row, 1, n - j), diagonal);
      List<Binding> parts = new ArrayList<>();
      if (j > 0) {
        List<Long> extents = new ArrayList<>(type.extents().subList(0, type.rank() - 2));
        extents.add(j);
        extents.add(1L);
        int count = Math.toIntExact(extents.stream().reduce(1L, Math::multiplyExact));
        parts.add(
            call.constant(TensorData.ofReals(DType.F32, call.shape(extents), new double[count])));
      }
      parts.add(diagonal);
      if (j + 1 < n) {
        parts.add(more);
      }
      columns.add(parts.size() == 1 ? parts.getFirst() : call.aten("cat", parts, row));
    }
    Binding all = n == 0 ? a : n == 1 ? columns.getFirst() : call.aten("cat", columns, column);
    return call.result(lower ? all : transposed(call, all));
  }
}
