package org.zkc.gkr.prove;

import java.util.Arrays;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.relation.ConvGeometry;
import org.zkc.gkr.weight.Weight;

/**
 * E(channel, dy, dx) = sum over n, y, x of w_n w_y w_x X(n, channel, s y + dy d - pad, s x + dx d -
 * pad), the source's side of a convolution's sumcheck. The sums along x come first: kw passes over
 * the source, then kh passes over the result.
 */
final class ConvWindows {
  /** Products of F and E that a thread does at a time at least. */
  private static final int PIECE = 1 << 13;

  /** Elements of a line below which channels are worked on side by side, and as many channels. */
  private static final int SHORT_LINE = 32;

  private static final int MANY_CHANNELS = 16;

  private final Kernels kernels = Kernels.best();
  private final int batch;
  private final int channels;
  private final int height;
  private final int width;
  private final int kh;
  private final int kw;
  private final ExtVector batchWeights;
  private final Ext scale;
  private final Tap[] alongY;
  private final Tap[] alongX;
  private final int[] source;
  private final ExtVector out;

  private ConvWindows(
      ConvGeometry g, ExtVector batchWeights, Ext scale, Tap[] alongY, Tap[] alongX, int[] source) {
    batch = g.source().get(0);
    channels = g.source().get(1);
    height = g.source().get(2);
    width = g.source().get(3);
    kh = g.kernel().get(2);
    kw = g.kernel().get(3);
    this.batchWeights = batchWeights;
    this.scale = scale;
    this.alongY = alongY;
    this.alongX = alongX;
    this.source = source;
    out = new ExtVector(channels * kh * kw);
  }

  /**
   * E over [channels, kh, kw], for a claim on the result with weights by axis and residues of the
   * source.
   */
  static ExtVector of(ConvGeometry g, Weight result, int[] source, Workers workers) {
    ConvWindows windows =
        new ConvWindows(
            g,
            result.axisValues(0),
            result.scale(),
            taps(g, 0, result.axisValues(2)),
            taps(g, 1, result.axisValues(3)),
            source);
    boolean across = windows.width < SHORT_LINE && windows.channels >= MANY_CHANNELS;
    workers.forEachPiece(
        windows.channels,
        (long) windows.batch * windows.kw * windows.height * windows.width,
        across ? 4 * PIECE : PIECE,
        (first, end) -> {
          if (across) {
            windows.acrossChannels(first, end);
          } else {
            windows.byChannel(first, end);
          }
        });
    return windows.out;
  }

  /** Sums along each line of a channel's plane. */
  private void byChannel(int first, int end) {
    ExtVector row = new ExtVector(height);
    for (int n = 0; n < batch; n++) {
      Ext weight = batchWeights.get(n).mul(scale);
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
  }

  /**
   * Adds up lines of all channels side by side. This serves lines shorter than a loop that pays,
   * because there are more channels than elements of a line.
   */
  private void acrossChannels(int first, int end) {
    int count = end - first;
    int[] line = new int[width * count];
    ExtVector sum = new ExtVector(count);
    ExtVector[] sums = new ExtVector[kh * kw];
    Arrays.setAll(sums, tap -> new ExtVector(count));
    for (int n = 0; n < batch; n++) {
      Ext weight = batchWeights.get(n).mul(scale);
      for (int y = 0; y < height; y++) {
        for (int c = 0; c < count; c++) {
          int at = ((n * channels + first + c) * height + y) * width;
          for (int x = 0; x < width; x++) {
            line[x * count + c] = source[at + x];
          }
        }
        for (int dx = 0; dx < kw; dx++) {
          sum.fill(Ext.ZERO);
          ExtVector weights = alongX[dx].weights();
          for (int k = 0; k < weights.length(); k++) {
            int at = (alongX[dx].from() + k) * count;
            kernels.addScaledBase(sum, weights.get(k), line, at, count);
          }
          for (int dy = 0; dy < kh; dy++) {
            int k = y - alongY[dy].from();
            ExtVector down = alongY[dy].weights();
            if (k >= 0 && k < down.length()) {
              kernels.addScaled(sums[dy * kw + dx], weight.mul(down.get(k)), sum);
            }
          }
        }
      }
    }
    for (int tap = 0; tap < sums.length; tap++) {
      out.setStrided(first * sums.length + tap, sums.length, sums[tap]);
    }
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
