package org.zkc.gkr.prove;

import java.util.Arrays;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.prove.fourier.FourierTransform;
import org.zkc.gkr.relation.ConvGeometry;
import org.zkc.gkr.relation.FftConvGeometry;
import org.zkc.gkr.weight.Weight;

/**
 * The prover's tables for one claim on a convolution in FFT form: over frequencies, in the order
 * that {@link FourierTransform} gives them, whose highest variable is the frequency's lowest bit.
 */
final class FourierTables {
  private final FftConvGeometry geometry;
  private final ConvGeometry direct;
  private final Weight result;
  private final int[] source;
  private final FourierTransform transform;
  private final int columns;

  /** N g(f). */
  private final ExtVector positions;

  /**
   * The tables for a claim with weights by axis.
   *
   * @param source residues
   */
  FourierTables(FftConvGeometry geometry, Weight result, int[] source) {
    this.geometry = geometry;
    this.direct = geometry.direct();
    this.result = result;
    this.source = source;
    columns = geometry.size(1);
    transform = FourierTransform.of(geometry.size(0), columns);
    ExtVector ofRows = ofPositions(0);
    ExtVector ofColumns = ofPositions(1);
    positions = new ExtVector(transform.points());
    for (int f = 0; f < ofRows.length(); f++) {
      Kernels.best().addScaled(positions.slice(f * columns, columns), ofRows.get(f), ofColumns);
    }
  }

  private ExtVector ofPositions(int axis) {
    ExtVector w = result.axisValues(2 + axis);
    ExtVector out = new ExtVector(geometry.size(axis));
    for (int y = 0; y < w.length(); y++) {
      add(out, geometry.ofPosition(axis, y), w.get(y));
    }
    FourierTransform.of(1, out.length()).forward(out);
    return out;
  }

  private static void add(ExtVector v, int k, Ext value) {
    v.set(k, v.get(k).add(value));
  }

  /** g(f). */
  ExtVector g() {
    ExtVector g = positions.copy();
    Kernels.best().scale(g, Ext.of(M31.inv(transform.points())));
    return g;
  }

  /**
   * K'(f) for a kernel folded over outputs and channels.
   *
   * @param kernel over (dy, dx)
   */
  ExtVector kernel(ExtVector kernel) {
    ExtVector out = new ExtVector(transform.points());
    int kw = direct.kernel().get(3);
    for (int k = 0; k < kernel.length(); k++) {
      add(out, geometry.ofTap(0, k / kw) * columns + geometry.ofTap(1, k % kw), kernel.get(k));
    }
    transform.forward(out);
    return out;
  }

  /** X'(f) for the source folded over the batch by w_n and over the channels by eq(point, .). */
  ExtVector source(Ext[] channelPoint) {
    int groupVariables = channelPoint.length - Mle.variables(direct.channelsPerGroup());
    ExtVector channel =
        ConvGeometry.byGroup(
            EqTable.of(Arrays.copyOf(channelPoint, groupVariables), direct.groups()),
            EqTable.of(
                Arrays.copyOfRange(channelPoint, groupVariables, channelPoint.length),
                direct.channelsPerGroup()));
    ExtVector out = new ExtVector(transform.points());
    ExtVector batchWeights = result.axisValues(0);
    for (int n = 0; n < direct.source().get(0); n++) {
      Ext weight = batchWeights.get(n).mul(result.scale());
      for (int c = 0; c < channel.length(); c++) {
        Ext coefficient = weight.mul(channel.get(c));
        forEachRun(
            n,
            c,
            (from, at, count) ->
                Kernels.best()
                    .addScaledBase(out.slice(at, count), coefficient, source, from, count));
      }
    }
    transform.forward(out);
    return out;
  }

  /** Elements of the source and where they go, contiguous in both. */
  private interface Run {
    void at(int from, int at, int count);
  }

  /** The runs of one channel of one image. Indices go around when the source is longer than N. */
  private void forEachRun(int n, int c, Run run) {
    int height = direct.source().get(2);
    int width = direct.source().get(3);
    int plane = (n * direct.source().get(1) + c) * height * width;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x += columns) {
        run.at(
            plane + y * width + x, geometry.ofSource(0, y) * columns, Math.min(columns, width - x));
      }
    }
  }

  /**
   * E(channel, dy, dx) as in {@link ConvWindows}, by the faster of two ways. The choice compares
   * nanoseconds for a channel, fitted to measurements of 256 to 65536 elements and 3 to 4097 taps
   * with 512-bit vectors on one core.
   */
  ExtVector windows(Workers workers) {
    double height = direct.source().get(2);
    double kh = direct.kernel().get(2);
    double kw = direct.kernel().get(3);
    double dots =
        kw * height * (80 + 0.36 * direct.source().get(3)) + kh * kw * (80 + 0.5 * height);
    int log = Mle.variables(transform.points());
    double transforms = transform.points() * (3.5 + 0.75 * log);
    return dots < transforms
        ? ConvWindows.of(direct, result, source, workers)
        : transformedWindows();
  }

  /**
   * E(channel, dy, dx) by a transform of every channel: E(c, d) = sum over f of omega^(-f d dil)
   * g(f) X^(c, f).
   */
  ExtVector transformedWindows() {
    int points = transform.points();
    int kh = direct.kernel().get(2);
    int kw = direct.kernel().get(3);
    int channels = direct.source().get(1);
    ExtVector out = new ExtVector(channels * kh * kw);
    int[] re = new int[points];
    int[] im = new int[points];
    ExtVector product = new ExtVector(points);
    ExtVector batchWeights = result.axisValues(0);
    for (int n = 0; n < direct.source().get(0); n++) {
      Ext weight = batchWeights.get(n).mul(result.scale());
      for (int c = 0; c < channels; c++) {
        Arrays.fill(re, 0);
        Arrays.fill(im, 0);
        forEachRun(
            n,
            c,
            (from, at, count) -> {
              for (int k = 0; k < count; k++) {
                re[at + k] = M31.add(re[at + k], source[from + k]);
              }
            });
        transform.forward(re, im, 0);
        for (int part = 0; part < 4; part += 2) {
          transform.multiply(
              re,
              im,
              0,
              positions.limb(part),
              positions.limb(part + 1),
              0,
              product.limb(part),
              product.limb(part + 1),
              0);
        }
        transform.inverse(product);
        for (int dy = 0; dy < kh; dy++) {
          // The inverse has conjugate exponents itself: taps lie at d dil there.
          int row = (geometry.size(0) - geometry.ofTap(0, dy)) % geometry.size(0) * columns;
          for (int dx = 0; dx < kw; dx++) {
            int column = (columns - geometry.ofTap(1, dx)) % columns;
            add(out, (c * kh + dy) * kw + dx, weight.mul(product.get(row + column)));
          }
        }
      }
    }
    return out;
  }
}
