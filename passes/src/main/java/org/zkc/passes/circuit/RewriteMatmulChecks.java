package org.zkc.passes.circuit;

import java.util.List;
import java.util.Optional;
import org.zkc.ir.Factor;
import org.zkc.ir.Level;
import org.zkc.ir.Op;
import org.zkc.ir.Shapes;
import org.zkc.ir.circuit.Contract;
import org.zkc.ir.circuit.Contraction;
import org.zkc.ir.circuit.Contraction.Axis;
import org.zkc.ir.circuit.Contraction.Plain;
import org.zkc.ir.circuit.Contraction.Window;
import org.zkc.ir.circuit.Conv;
import org.zkc.ir.circuit.MatMul;
import org.zkc.passes.LocalRewrite;

/**
 * Matmul-check rewriting: a contraction that is a matrix product or a convolution becomes one
 * relation, whose check costs a sumcheck over the inner index instead of one over every product
 * (Thaler 2013; docs/protocol.md section 5.5).
 *
 * <pre>
 *   contract(x, y) {b.. t i, b.. o i -> b.. t o}                           ->  mat_mul(x, y)
 *   contract(x, w) {b.. i, o i -> b.. o}                                   ->  mat_mul(x, w)
 *   contract(x, w) {n (g c) window window, (g o) c u v -> n (g o) y x}     ->  conv(x, w)
 * </pre>
 */
public final class RewriteMatmulChecks extends LocalRewrite {
  public RewriteMatmulChecks() {
    super(
        "rewrite-matmul-checks",
        "Turns contractions into matrix-product and convolution checks.",
        Level.CIRCUIT);
  }

  @Override
  public boolean rewrite(Op op, Scope scope) {
    Optional<Op> check = op instanceof Contract c ? check(c, scope) : Optional.empty();
    check.ifPresent(scope::define);
    return check.isPresent();
  }

  @Override
  public String counted(Op op) {
    return isMatrixProduct(((Contract) op).contraction()) ? "matrix-products" : "convolutions";
  }

  private static Optional<Op> check(Contract op, Scope scope) {
    Contraction indices = op.contraction();
    if (isMatrixProduct(indices)) {
      return Optional.of(new MatMul(op.result(), op.left(), op.right(), op.location()));
    }
    boolean isModel = Factor.of(op.right(), scope::definition) instanceof Factor.OfModel;
    return isModel ? conv(op, indices) : Optional.empty();
  }

  /** {@code b.. t i, b.. o i -> b.. t o}, or without b in the right operand. */
  private static boolean isMatrixProduct(Contraction c) {
    List<String> left = plain(c.left());
    List<String> right = plain(c.right());
    List<String> result = plain(c.result());
    return left.size() >= 1
        && left.size() == c.left().size()
        && right.size() >= 2
        && right.size() == c.right().size()
        && (right.size() == 2 || right.size() == left.size())
        && right.subList(0, right.size() - 2).equals(left.subList(0, right.size() - 2))
        && result.size() == left.size()
        && result.size() == c.result().size()
        && left.getLast().equals(right.getLast())
        && result.getLast().equals(right.get(right.size() - 2))
        && result.subList(0, left.size() - 1).equals(left.subList(0, left.size() - 1));
  }

  /** The axes that are one index each. */
  private static List<String> plain(List<Axis> axes) {
    return axes.stream()
        .filter(axis -> axis instanceof Plain p && p.indices().size() == 1)
        .map(axis -> axis.indices().getFirst())
        .toList();
  }

  private static Optional<Op> conv(Contract op, Contraction c) {
    if (c.left().size() != 4
        || !(c.left().get(2) instanceof Window rows)
        || !(c.left().get(3) instanceof Window columns)) {
      return Optional.empty();
    }
    List<String> channels = c.left().get(1).indices();
    boolean isGrouped = channels.size() == 2;
    List<String> outputs = c.right().isEmpty() ? List.of() : c.right().getFirst().indices();
    List<Axis> batch = c.left().subList(0, 1);
    boolean matches =
        batch.getFirst().indices().size() == 1
            && channels.size() <= 2
            && outputs.size() == channels.size()
            && (!isGrouped || outputs.getFirst().equals(channels.getFirst()))
            && c.right()
                .equals(
                    List.of(
                        new Plain(outputs),
                        one(channels.getLast()),
                        one(rows.tap()),
                        one(columns.tap())))
            && c.result()
                .equals(
                    List.of(
                        batch.getFirst(),
                        new Plain(outputs),
                        one(rows.position()),
                        one(columns.position())));
    if (!matches) {
      return Optional.empty();
    }
    int groups = isGrouped ? c.extent(channels.getFirst()) : 1;
    Conv conv =
        new Conv(
            op.result(),
            op.left(),
            op.right(),
            List.of(rows.stride(), columns.stride()),
            List.of(rows.padding(), columns.padding()),
            List.of(paddingHigh(op, c, rows, 2), paddingHigh(op, c, columns, 3)),
            List.of(rows.dilation(), columns.dilation()),
            groups,
            op.location());
    return Shapes.conv(
                op.left().shape(),
                op.right().shape(),
                Optional.empty(),
                conv.strides(),
                conv.paddingLow(),
                conv.paddingHigh(),
                conv.dilations(),
                groups)
            .equals(op.result().shape())
        ? Optional.of(conv)
        : Optional.empty();
  }

  private static Plain one(String index) {
    return new Plain(List.of(index));
  }

  /** The least padding at the high end that gives as many positions. */
  private static int paddingHigh(Contract op, Contraction c, Window w, int axis) {
    int reach =
        (c.extent(w.position()) - 1) * w.stride() + (c.extent(w.tap()) - 1) * w.dilation() + 1;
    return Math.max(0, reach - w.padding() - op.left().shape().extent(axis));
  }
}
