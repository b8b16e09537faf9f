package org.zkc.passes.circuit;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.zkc.ir.DeadOps;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Rewriter;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.Broadcast;
import org.zkc.ir.circuit.Conv;
import org.zkc.ir.circuit.MatMul;
import org.zkc.ir.circuit.Model;
import org.zkc.ir.circuit.Product;
import org.zkc.ir.circuit.Reshape;
import org.zkc.ir.circuit.Transpose;
import org.zkc.ir.circuit.Unfold;
import org.zkc.ir.circuit.WindowSum;
import org.zkc.passes.Pass;
import org.zkc.passes.PassContext;

/**
 * Matmul-check rewriting: a matrix product or convolution that is written as products and sums
 * becomes one relation, whose check costs a sumcheck over the inner index instead of one over every
 * product (Thaler 2013; docs/protocol.md section 5.5).
 *
 * <pre>
 *   reshape(window_sum(product(broadcast(reshape(x)), broadcast(w))))               ->  mat_mul(x, w)
 *   reshape(window_sum(product(broadcast(reshape(transpose(reshape(
 *       unfold(unfold(x, rows), columns))))), broadcast(reshape(w)))))              ->  conv(x, w)
 * </pre>
 */
public final class RewriteMatmulChecks implements Pass {
  @Override
  public String name() {
    return "rewrite-matmul-checks";
  }

  @Override
  public String description() {
    return "Turns products and sums into matrix-product and convolution checks.";
  }

  @Override
  public Level level() {
    return Level.CIRCUIT;
  }

  @Override
  public boolean isOptimisation() {
    return true;
  }

  @Override
  public Program run(Program program, PassContext context) {
    Function main = program.main();
    Match match = new Match(Uses.of(main));
    boolean[] changed = new boolean[1];
    Function rewritten =
        Rewriter.rewrite(
            main,
            (op, rewriter) -> {
              Optional<Op> check = op instanceof Reshape r ? match.check(r) : Optional.empty();
              if (check.isPresent()) {
                changed[0] = true;
                rewriter.append(check.get());
                context.count(
                    name()
                        + "."
                        + (check.get() instanceof Conv ? "convolutions" : "matrix-products"),
                    1);
              } else {
                rewriter.keep(op);
              }
            });
    return changed[0] ? Program.of(Level.CIRCUIT, DeadOps.remove(rewritten)) : program;
  }

  /** Reads the pattern backwards from the final reshape; the new op defines the same value. */
  private record Match(Uses uses) {

    Optional<Op> check(Reshape root) {
      Optional<Product> factors =
          definition(root.input(), WindowSum.class)
              .filter(Match::isWholeSum)
              .flatMap(sum -> definition(sum.input(), Product.class));
      if (factors.isEmpty()) {
        return Optional.empty();
      }
      Product product = factors.get();
      Value left =
          definition(product.left(), Broadcast.class).map(Broadcast::input).orElse(product.left());
      Value weight =
          definition(product.right(), Broadcast.class)
              .map(Broadcast::input)
              .orElse(product.right());
      Optional<Op> matMul = matMul(root, product, left, weight);
      return matMul.isPresent() ? matMul : conv(root, product, left, weight);
    }

    /** The sum is over all of the last axis. */
    private static boolean isWholeSum(WindowSum sum) {
      Shape shape = sum.input().shape();
      int last = shape.rank() - 1;
      return sum.axis() == last
          && sum.starts().equals(List.of(0))
          && sum.lengths().equals(List.of(shape.extent(last)))
          && sum.factors().equals(List.of(1));
    }

    /** Product [..., O, I] of x as [..., 1, I] and w [O, I]. */
    private Optional<Op> matMul(Reshape root, Product product, Value left, Value weight) {
      if (definition(weight, Model.class).isEmpty() || weight.shape().rank() != 2) {
        return Optional.empty();
      }
      Shape full = product.result().shape();
      int rank = full.rank();
      Value x = definition(left, Reshape.class).map(Reshape::input).orElse(left);
      List<Integer> rows = full.extents().subList(0, rank - 2);
      Shape inputs = append(rows, full.extent(rank - 1));
      boolean matches =
          weight.shape().equals(Shape.of(full.extent(rank - 2), full.extent(rank - 1)))
              && left.shape().equals(append(append(rows, 1).extents(), full.extent(rank - 1)))
              && x.shape().equals(inputs)
              && root.result().shape().equals(append(rows, full.extent(rank - 2)));
      return matches
          ? Optional.of(new MatMul(root.result(), x, weight, root.location()))
          : Optional.empty();
    }

    /** Product [N, g, O / g, Ho, Wo, K] of windows and weights. */
    private Optional<Op> conv(Reshape root, Product product, Value left, Value weightView) {
      Value weight = definition(weightView, Reshape.class).map(Reshape::input).orElse(weightView);
      Optional<Transpose> order =
          definition(left, Reshape.class)
              .flatMap(flat -> definition(flat.input(), Transpose.class));
      Optional<Unfold> inner =
          order
              .map(Transpose::input)
              .map(
                  grouped -> definition(grouped, Reshape.class).map(Reshape::input).orElse(grouped))
              .flatMap(windows -> definition(windows, Unfold.class));
      Optional<Unfold> outer = inner.flatMap(columns -> definition(columns.input(), Unfold.class));
      if (outer.isEmpty()
          || definition(weight, Model.class).isEmpty()
          || weight.shape().rank() != 4) {
        return Optional.empty();
      }
      Transpose ordered = order.orElseThrow();
      Unfold columns = inner.orElseThrow();
      Unfold rows = outer.get();
      Value x = rows.input();
      Shape full = product.result().shape();
      if (full.rank() != 6 || x.shape().rank() != 4 || rows.axis() != 2 || columns.axis() != 4) {
        return Optional.empty();
      }
      int batch = x.shape().extent(0);
      int groups = full.extent(1);
      int channels = weight.shape().extent(1);
      int outputs = full.extent(2);
      boolean matches =
          ordered.permutation().equals(List.of(0, 1, 3, 5, 2, 4, 6))
              && ordered
                  .input()
                  .shape()
                  .equals(
                      Shape.of(
                          batch,
                          groups,
                          channels,
                          rows.positions(),
                          rows.taps(),
                          columns.positions(),
                          columns.taps()))
              && weight
                  .shape()
                  .equals(Shape.of(groups * outputs, channels, rows.taps(), columns.taps()))
              && weightView
                  .shape()
                  .equals(Shape.of(groups, outputs, 1, 1, channels * rows.taps() * columns.taps()))
              && full.extent(0) == batch
              && full.extent(3) == rows.positions()
              && full.extent(4) == columns.positions()
              && left.shape().equals(full.with(2, 1))
              && root.result()
                  .shape()
                  .equals(Shape.of(batch, groups * outputs, rows.positions(), columns.positions()));
      if (!matches) {
        return Optional.empty();
      }
      Conv conv = conv(root, x, weight, rows, columns, groups);
      Shape shape =
          Shapes.conv(
              x.shape(),
              weight.shape(),
              Optional.empty(),
              conv.strides(),
              conv.paddingLow(),
              conv.paddingHigh(),
              conv.dilations(),
              groups);
      return shape.equals(root.result().shape()) ? Optional.of(conv) : Optional.empty();
    }

    private static Conv conv(
        Reshape root, Value x, Value weight, Unfold rows, Unfold columns, int groups) {
      return new Conv(
          root.result(),
          x,
          weight,
          List.of(rows.stride(), columns.stride()),
          List.of(rows.paddingLow(), columns.paddingLow()),
          List.of(paddingHigh(rows), paddingHigh(columns)),
          List.of(rows.dilation(), columns.dilation()),
          groups,
          root.location());
    }

    /** The least padding at the high end that gives as many positions. */
    private static int paddingHigh(Unfold op) {
      int reach = (op.positions() - 1) * op.stride() + (op.taps() - 1) * op.dilation() + 1;
      return Math.max(0, reach - op.paddingLow() - op.input().shape().extent(op.axis()));
    }

    private <T extends Op> Optional<T> definition(Value value, Class<T> type) {
      return uses.definition(value).filter(type::isInstance).map(type::cast);
    }

    private static Shape append(List<Integer> extents, int extent) {
      return new Shape(Stream.concat(extents.stream(), Stream.of(extent)).toList());
    }
  }
}
