package org.zkc.runtime.emit;

import java.util.List;
import org.zkc.gkr.circuit.TensorDeclaration;

/**
 * What a verifier key declares about a parameter, computed from its elements: the interval, and the
 * largest sum of the positive and of the negated negative elements of one output channel (slice
 * along axis 0).
 */
record ModelBounds(long low, long high, long positive, long negative) {

  static ModelBounds of(ModelTensor tensor) {
    int[] slice = new int[tensor.elementCount() / tensor.channels()];
    long low = slice.length == 0 ? 0 : Long.MAX_VALUE;
    long high = slice.length == 0 ? 0 : Long.MIN_VALUE;
    long positive = 0;
    long negative = 0;
    for (int channel = 0; channel < tensor.channels(); channel++) {
      tensor.copyChannel(channel, slice);
      long up = 0;
      long down = 0;
      for (int e : slice) {
        up += Math.max(e, 0);
        down -= Math.min(e, 0);
        low = Math.min(low, e);
        high = Math.max(high, e);
      }
      positive = Math.max(positive, up);
      negative = Math.max(negative, down);
    }
    return new ModelBounds(low, high, positive, negative);
  }

  TensorDeclaration declaration(List<Integer> shape) {
    return new TensorDeclaration(
        TensorDeclaration.Role.MODEL, shape, low, high, positive, negative);
  }
}
