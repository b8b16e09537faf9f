package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;

/**
 * Determinants of matrices of up to four rows by expansion along the first one, and inverses of up
 * to three: the transposed minors over the determinant, whose sign must be the same for all inputs.
 */
final class SmallMatrixOperators {
  private static final int MOST_ROWS = 4;
  private static final int MOST_INVERTED = 3;

  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "aten.linalg_det",
              "slice, multiply, subtract",
              "up to 4 rows",
              c -> c.result(determinant(c, MOST_ROWS))),
          new TorchOperator(
              "aten.linalg_inv",
              "slice, multiply, subtract, divide",
              "up to 3 rows; determinants of one sign",
              c -> c.result(inverse(c))),
          new TorchOperator(
              "aten.linalg_solve",
              "slice, multiply, subtract, divide, matmul",
              "up to 3 rows; determinants of one sign",
              SmallMatrixOperators::solved));

  private SmallMatrixOperators() {}

  /** The element in a row and column of each matrix, [...]. */
  private record Matrices(OperatorCall call, Value value, int rows) {
    static Matrices of(OperatorCall call, int most) {
      Value x = call.value(0);
      int rank = x.shape().rank();
      int rows = rank < 2 ? 0 : x.shape().extent(rank - 1);
      if (rank < 2 || x.shape().extent(rank - 2) != rows) {
        throw call.refuse("matrices of shape %s are not square".formatted(x.shape()));
      }
      if (rows < 1 || rows > most) {
        throw call.refuse(
            "matrices of %d rows, where 1 to %d are supported: %s"
                .formatted(rows, most, Remedies.SOLVER));
      }
      return new Matrices(call, x, rows);
    }

    Value element(int row, int column) {
      TensorEmitter emit = call.emit();
      int rank = value.shape().rank();
      Value line = emit.slice(value, rank - 2, row, row + 1, 1);
      Value one = emit.slice(line, rank - 1, column, column + 1, 1);
      return emit.reshape(one, new Shape(value.shape().extents().subList(0, rank - 2)));
    }

    /** The determinant of the rows and columns that are named. */
    Value minor(List<Integer> rows, List<Integer> columns) {
      TensorEmitter emit = call.emit();
      if (rows.size() == 1) {
        return element(rows.getFirst(), columns.getFirst());
      }
      Optional<Value> sum = Optional.empty();
      for (int k = 0; k < columns.size(); k++) {
        int column = columns.get(k);
        List<Integer> others = columns.stream().filter(c -> c != column).toList();
        Value term =
            emit.multiply(
                element(rows.getFirst(), column), minor(rows.subList(1, rows.size()), others));
        boolean isAdded = k % 2 == 0;
        sum =
            Optional.of(
                sum.map(s -> isAdded ? emit.add(s, term) : emit.subtract(s, term)).orElse(term));
      }
      return sum.orElseThrow();
    }
  }

  private static Value determinant(OperatorCall call, int most) {
    Matrices matrices = Matrices.of(call, most);
    List<Integer> all = IntStream.range(0, matrices.rows).boxed().toList();
    return matrices.minor(all, all);
  }

  private static Value inverse(OperatorCall call) {
    TensorEmitter emit = call.emit();
    Matrices matrices = Matrices.of(call, MOST_INVERTED);
    int n = matrices.rows;
    Shape each =
        new Shape(matrices.value.shape().extents().subList(0, matrices.value.shape().rank() - 2));
    List<Integer> one = new ArrayList<>(each.extents());
    one.addAll(List.of(1, 1));
    Value whole = emit.reshape(determinant(call, MOST_INVERTED), new Shape(one));
    if (n == 1) {
      return emit.divide(emit.scalar(1), whole);
    }
    List<Value> cells = new ArrayList<>();
    for (int row = 0; row < n; row++) {
      for (int column = 0; column < n; column++) {
        Value minor = matrices.minor(without(n, column), without(n, row));
        Value signed = (row + column) % 2 == 0 ? minor : emit.multiply(minor, emit.scalar(-1));
        cells.add(emit.reshape(signed, new Shape(one)));
      }
    }
    Value line = emit.concatenate(cells, one.size() - 1);
    return emit.divide(emit.reshape(line, matrices.value.shape()), whole);
  }

  private static List<Integer> without(int n, int index) {
    return IntStream.range(0, n).filter(i -> i != index).boxed().toList();
  }

  /** (A, B, left): vectors of B [...] where it has an axis less than A. */
  private static TorchValue solved(OperatorCall call) {
    OtherOperators c = new OtherOperators(call);
    TorchValue inverse = call.result(inverse(call));
    TorchValue right = call.argument(1);
    int rank = call.tensor(0).shape().rank();
    Shape given = call.tensor(1).shape();
    boolean isVector =
        given.rank() == 1
            || given.rank() == rank - 1
                && given.extents().equals(call.tensor(0).shape().extents().subList(0, rank - 1));
    if (isVector) {
      TorchValue column = c.run("unsqueeze", right, -1);
      return c.run("squeeze/dim", c.run("matmul", inverse, column), -1);
    }
    boolean isLeft = call.isNone(2) || call.flag(2);
    return isLeft ? c.run("matmul", inverse, right) : c.run("matmul", right, inverse);
  }
}
