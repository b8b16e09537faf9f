package org.zkc.passes.tensor;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import org.zkc.ir.Op;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Subtract;

/**
 * A product with, or sum with, a constant per output channel (or one for all) after a convolution
 * or linear map that nothing else reads becomes part of it, also behind reshapes and transposes.
 *
 * <pre>
 *   %y = tensor.linear %x, %w, %b       %z = tensor.linear %x, c w, c b
 *   %z = tensor.multiply %y, c
 * </pre>
 */
public final class FoldAffine extends TensorRewrite {
  public FoldAffine() {
    super(
        "fold-affine",
        "Makes products and sums with constants part of the convolution or linear map before"
            + " them.");
  }

  @Override
  public boolean rewrite(Op op, Scope scope) {
    return switch (op) {
      case Multiply m ->
          either(m.left(), m.right(), m.result(), scope, c -> new ChannelAffine(c, filled(c, 0)));
      case Add a ->
          either(a.left(), a.right(), a.result(), scope, c -> new ChannelAffine(filled(c, 1), c));
      case Subtract s ->
          fold(
                  s.left(),
                  s.right(),
                  s.result(),
                  scope,
                  c -> new ChannelAffine(filled(c, 1), negated(c)))
              || fold(
                  s.right(), s.left(), s.result(), scope, c -> new ChannelAffine(filled(c, -1), c));
      default -> false;
    };
  }

  private static boolean either(
      Value left,
      Value right,
      Value result,
      Scope scope,
      Function<double[], ChannelAffine> affine) {
    return fold(left, right, result, scope, affine) || fold(right, left, result, scope, affine);
  }

  private static boolean fold(
      Value mapped,
      Value constant,
      Value result,
      Scope scope,
      Function<double[], ChannelAffine> affine) {
    Optional<ViewedMap> map = ViewedMap.of(mapped, scope);
    return map.isPresent()
        && broadcastConstant(scope, constant)
            .flatMap(c -> map.get().perChannel(c.data()))
            .map(c -> map.get().fold(affine.apply(c), result, scope))
            .orElse(false);
  }

  private static double[] filled(double[] like, double value) {
    double[] out = new double[like.length];
    Arrays.fill(out, value);
    return out;
  }

  private static double[] negated(double[] values) {
    return Arrays.stream(values).map(v -> -v).toArray();
  }
}
