package org.zkc.gkr.prove;

import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.relation.ConvGeometry;
import org.zkc.gkr.weight.Weight;

/**
 * E(channel, dy, dx) = sum over n, y, x of w_n w_y w_x X(n, channel, s y + dy d - pad, s x + dx d -
 * pad), the source's side of a convolution's sumcheck. Along x first: kw passes over the source,
 * then kh over what is left of it.
 */
final class ConvWindows {
  /** Products of F and E that a thread does at a time at least. */
  private static final int PIECE = 1 << 13;

  private ConvWindows() {}

  /**
   * E over [channels, kh, kw], for a claim on the result with weights by axis and residues of the
   * source.
   */
  static ExtVector of(ConvGeometry g, Weight result, int[] source, Workers workers) {
    Kernels kernels = Kernels.best();
    int batch = g.source().get(0);
    int channels = g.source().get(1);
    int height = g.source().get(2);
    int width = g.source().get(3);
    int kh = g.kernel().get(2);
    int kw = g.kernel().get(3);
    Tap[] alongX = taps(g, 1, result.axisValues(3));
    Tap[] alongY = taps(g, 0, result.axisValues(2));
    ExtVector out = new ExtVector(channels * kh * kw);
    ExtVector batchWeights = result.axisValues(0);
    workers.forEachPiece(
        channels,
        (long) batch * kw * height * width,
        PIECE,
        (first, end) -> {
          ExtVector row = new ExtVector(height);
          for (int n = 0; n < batch; n++) {
            Ext weight = batchWeights.get(n).mul(result.scale());
            for (int c = first; c < end; c++) {
              int plane = (n * channels + c) * height * width;
              for (int dx = 0; dx < kw; dx++) {
                ExtVector weights = alongX[dx].weights();
                for (int y = 0; y < height; y++) {
                  int at = plane + y * width + alongX[dx].from();
                  row.set(y, kernels.dotBase(source, at, weights.length(), weights));
                }
                for (int dy = 0; dy < kh; dy++) {
                  int at = (c * kh + dy) * kw + dx;
                  ExtVector down = alongY[dy].weights();
                  Ext sum = kernels.dot(row.slice(alongY[dy].from(), down.length()), down);
                  out.set(at, out.get(at).add(weight.mul(sum)));
                }
              }
            }
          }
        });
    return out;
  }

  /** The factors of a tap along an axis: weights for the source's indices from {@code from} on. */
  private record Tap(int from, ExtVector weights) {}

  private static Tap[] taps(ConvGeometry g, int axis, ExtVector w) {
    Tap[] taps = new Tap[g.kernel().get(2 + axis)];
    for (int d = 0; d < taps.length; d++) {
      if (g.hasStride(axis)) {
        taps[d] = new Tap(0, g.throughTap(axis, d, w));
      } else {
        ConvGeometry.Overlap o = g.overlap(axis, d, w.length());
        // A tap that reads only padding may lie anywhere.
        int from = o.count() == 0 ? 0 : o.source();
        taps[d] = new Tap(from, w.slice(o.position(), o.count()));
      }
    }
    return taps;
  }
}
