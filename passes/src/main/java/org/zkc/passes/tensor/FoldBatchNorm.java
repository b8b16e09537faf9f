package org.zkc.passes.tensor;

import java.util.Optional;
import org.zkc.ir.Op;
import org.zkc.ir.tensor.BatchNorm;
import org.zkc.ir.tensor.Constant;

/**
 * Batch norm after a convolution or linear map that nothing else reads becomes part of it.
 *
 * <pre>
 *   %y = tensor.conv %x, %w, %b             %z = tensor.conv %x, %w', %b'
 *   %z = tensor.batch_norm %y, g, h, m, v
 *   s = g / sqrt(v + epsilon),  w' = s w,  b' = s (b - m) + h
 * </pre>
 */
public final class FoldBatchNorm extends TensorRewrite {
  public FoldBatchNorm() {
    super("fold-batch-norm", "Makes batch norm part of the convolution or linear map before it.");
  }

  @Override
  public boolean rewrite(Op op, Scope scope) {
    if (!(op instanceof BatchNorm norm) || !scope.isReadOnce(norm.input())) {
      return false;
    }
    Optional<Op> map = scope.definition(norm.input());
    if (map.flatMap(ChannelAffine::outputAxis).orElse(-1) != 1) {
      return false;
    }
    Optional<ChannelAffine> affine = affine(norm, scope);
    return affine.isPresent() && affine.get().foldInto(map.get(), norm.result(), scope);
  }

  private static Optional<ChannelAffine> affine(BatchNorm norm, Scope scope) {
    Optional<Constant> weight = norm.weight().flatMap(v -> constant(scope, v));
    Optional<Constant> bias = norm.bias().flatMap(v -> constant(scope, v));
    Optional<Constant> mean = constant(scope, norm.mean());
    Optional<Constant> variance = constant(scope, norm.variance());
    if (mean.isEmpty()
        || variance.isEmpty()
        || weight.isPresent() != norm.weight().isPresent()
        || bias.isPresent() != norm.bias().isPresent()) {
      return Optional.empty();
    }
    int channels = norm.input().shape().extent(1);
    double[] scale = new double[channels];
    double[] shift = new double[channels];
    for (int c = 0; c < channels; c++) {
      double gain = weight.isPresent() ? weight.get().data().getDouble(c) : 1;
      scale[c] = gain / Math.sqrt(variance.get().data().getDouble(c) + norm.epsilon());
      double offset = bias.isPresent() ? bias.get().data().getDouble(c) : 0;
      shift[c] = offset - scale[c] * mean.get().data().getDouble(c);
    }
    return Optional.of(new ChannelAffine(scale, shift));
  }
}
