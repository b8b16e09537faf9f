package org.zkc.torchscript.pickle;

import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;

/**
 * A quantised tensor: integers of which each stands for the real number scale (integer - zero
 * point), with one scale and zero point for all, or one for each index of an axis.
 *
 * @param scales one, or as many as the axis is long
 * @param zeros as many as there are scales
 */
public record AffineTensor(StridedTensor integers, double[] scales, double[] zeros, int axis) {

  /**
   * The real numbers, in single precision as PyTorch computes them.
   *
   * @param name stands in messages
   * @throws UserException when scales and axis do not fit the tensor, or as {@link
   *     StridedTensor#data}
   */
  public TensorData data(String name) {
    TensorData stored = integers.data(name);
    Shape shape = stored.shape();
    boolean fits =
        scales.length == zeros.length
            && (scales.length == 1
                || (axis >= 0 && axis < shape.rank() && scales.length == shape.extent(axis)));
    if (!fits) {
      throw new UserException(
          "The quantised tensor %s has %d scales and %d zero points for shape %s; the archive is damaged, export the model again."
              .formatted(name, scales.length, zeros.length, shape));
    }
    long run = 1;
    for (int a = shape.rank() - 1; a > axis; a--) {
      run *= shape.extent(a);
    }
    float[] out = new float[Math.toIntExact(shape.elementCount())];
    for (int i = 0; i < out.length; i++) {
      int channel = scales.length == 1 ? 0 : (int) (i / run % scales.length);
      out[i] = (float) (stored.getLong(i) - zeros[channel]) * (float) scales[channel];
    }
    return TensorData.ofFloats(shape, out);
  }
}
