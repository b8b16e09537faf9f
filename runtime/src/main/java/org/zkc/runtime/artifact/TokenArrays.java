package org.zkc.runtime.artifact;

import java.util.Arrays;
import java.util.List;
import org.zkc.gkr.file.Generation;
import org.zkc.gkr.file.KeyFile;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;

/** People's arrays of tokens against the sequence of a causal language model. */
public final class TokenArrays {
  private TokenArrays() {}

  /**
   * The tokens that an array holds, which has no other axis.
   *
   * @param flag what to call the array in errors, {@code --input}
   * @throws UserException when it holds none, or something else
   */
  public static int[] tokens(Generation generation, KeyFile key, TensorData array, String flag) {
    long longest = array.shape().extents().stream().max(Integer::compare).orElse(1);
    if (array.dtype().isFloating() || longest != array.elementCount() || longest == 0) {
      throw new UserException(
          "%s takes tokens, integers of shape [1, n]; the file holds %s of shape %s"
              .formatted(flag, array.dtype().text(), array.shape()));
    }
    int[] out = new int[(int) longest];
    for (int i = 0; i < out.length; i++) {
      long token = array.getLong(i);
      if (token < generation.tokens(key).low() || token > generation.tokens(key).high()) {
        throw new UserException(
            "%s has %d at place %d, the model's tokens are in [%d, %d]"
                .formatted(
                    flag, token, i, generation.tokens(key).low(), generation.tokens(key).high()));
      }
      out[i] = (int) token;
    }
    return out;
  }

  /** Tokens as an array with the axes of the model's input, {@code [1, n]}. */
  public static TensorData array(Generation generation, KeyFile key, int[] tokens) {
    List<Integer> extents =
        generation.tokens(key).shape().stream()
            .map(extent -> extent > 1 ? tokens.length : 1)
            .toList();
    return TensorData.ofLongs(
        DType.I64, new Shape(extents), Arrays.stream(tokens).asLongStream().toArray());
  }
}
