package org.zkc.gkr.prove;

import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.relation.ConvGeometry;
import org.zkc.gkr.weight.Weight;

/**
 * E(channel, dy, dx) = sum over n, y, x of w_n w_y w_x X(n, channel, s y + dy d - pad, s x + dx d -
 * pad), the source's side of a convolution's sumcheck. Along x first: kw passes over the source,
 * then kh over what is left of it.
 */
final class ConvWindows {
  private ConvWindows() {}

  /**
   * E over [channels, kh, kw], for a claim on the result with weights by axis and residues of the
   * source.
   */
  static ExtVector of(ConvGeometry g, Weight result, int[] source) {
    Kernels kernels = Kernels.best();
    int batch = g.source().get(0);
    int channels = g.source().get(1);
    int height = g.source().get(2);
    int width = g.source().get(3);
    int kh = g.kernel().get(2);
    int kw = g.kernel().get(3);
    ExtVector[] alongX = new ExtVector[kw];
    for (int dx = 0; dx < kw; dx++) {
      alongX[dx] = g.throughTap(1, dx, result.axisValues(3));
    }
    ExtVector[] alongY = new ExtVector[kh];
    for (int dy = 0; dy < kh; dy++) {
      alongY[dy] = g.throughTap(0, dy, result.axisValues(2));
    }
    ExtVector out = new ExtVector(channels * kh * kw);
    ExtVector row = new ExtVector(height);
    for (int n = 0; n < batch; n++) {
      Ext weight = result.axisValues(0).get(n).mul(result.scale());
      for (int c = 0; c < channels; c++) {
        int plane = (n * channels + c) * height * width;
        for (int dx = 0; dx < kw; dx++) {
          for (int y = 0; y < height; y++) {
            row.set(y, kernels.dotBase(source, plane + y * width, width, alongX[dx]));
          }
          for (int dy = 0; dy < kh; dy++) {
            int at = (c * kh + dy) * kw + dx;
            out.set(at, out.get(at).add(weight.mul(kernels.dot(row, alongY[dy]))));
          }
        }
      }
    }
    return out;
  }
}
