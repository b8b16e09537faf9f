package org.zkc.gkr.relation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.zkc.gkr.code.CirclePoint;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.Weight;

/**
 * The shapes of a convolution in FFT form, the places of its indices modulo the points, and the
 * weights in which its sumcheck ends, for prover and verifier. Axis 0 is rows, axis 1 columns.
 */
public record FftConvGeometry(ConvGeometry direct, List<Integer> sizes) {
  /** Points along an axis. */
  public int size(int axis) {
    return sizes.get(axis);
  }

  /** The axes (c), or (g, c) when there are groups, that the sumcheck begins with. */
  public TensorLayout channels() {
    return new TensorLayout(
        direct.groups() == 1
            ? List.of(direct.channelsPerGroup())
            : List.of(direct.groups(), direct.channelsPerGroup()));
  }

  /** The variables of the frequencies of both axes. */
  public int frequencyVariables() {
    return Mle.variables(size(0)) + Mle.variables(size(1));
  }

  /** The place of a source index in the transform. */
  public int ofSource(int axis, int index) {
    return index & size(axis) - 1;
  }

  /** The place of a tap in the transform: d dil, negated, because K^ has conjugate exponents. */
  public int ofTap(int axis, int tap) {
    return -tap * direct.conv().dilations().get(axis) & size(axis) - 1;
  }

  /** The place of an output position in the transform: s y - low, negated. */
  public int ofPosition(int axis, int position) {
    return -direct.sourceIndex(axis, position, 0) & size(axis) - 1;
  }

  /**
   * h(t) = sum over f of eq(point, f) omega^(f t) for t in [0, N), N = 2^point.length, the point's
   * first coordinate belonging to the least significant bit of f.
   */
  public static ExtVector characters(Ext[] point) {
    ExtVector h = new ExtVector(1 << point.length);
    h.set(0, Ext.ONE);
    // The last k bits alone give h of 2^k points. One more bit, below them, doubles them: for t < m
    // h(t) = (1 - rho + rho omega^t) h'(t), and omega^(t + m) = -omega^t.
    for (int log = 0; log < point.length; log++) {
      int m = 1 << log;
      Ext rho = point[point.length - 1 - log];
      CirclePoint root = CirclePoint.ofOrder(log + 1);
      CirclePoint power = new CirclePoint(1, 0);
      for (int t = 0; t < m; t++) {
        Ext old = h.get(t);
        Ext scaled = old.mul(rho);
        Ext rest = old.sub(scaled);
        Ext turned = scaled.mul(new Ext(power.x(), power.y(), 0, 0));
        h.set(t, rest.add(turned));
        h.set(m + t, rest.sub(turned));
        power = power.add(root);
      }
    }
    return h;
  }

  /**
   * The end of the sumcheck: claims on kernel and source with these weights, and g at the point.
   */
  public record Closing(Weight kernel, Weight source, Ext positions) {}

  /**
   * The closing for a claim on the result with weights by axis, eq at a point on its channels.
   *
   * @param channelPoint the point of {@link #channels}
   * @param frequencyPoint that of the frequencies, rows first
   */
  public Closing closing(Weight result, Ext[] channelPoint, Ext[] frequencyPoint) {
    int rowVariables = Mle.variables(size(0));
    ExtVector[] h = {
      characters(Arrays.copyOf(frequencyPoint, rowVariables)),
      characters(Arrays.copyOfRange(frequencyPoint, rowVariables, frequencyPoint.length))
    };
    Ext positions = Ext.ONE;
    ArrayList<ExtVector> ofKernel = new ArrayList<>();
    ArrayList<ExtVector> ofSource = new ArrayList<>();
    for (int axis = 0; axis < 2; axis++) {
      ExtVector taps = new ExtVector(direct.kernel().get(2 + axis));
      for (int d = 0; d < taps.length(); d++) {
        taps.set(d, h[axis].get(ofTap(axis, d)));
      }
      ofKernel.add(taps);
      ExtVector indices = new ExtVector(direct.source().get(2 + axis));
      for (int t = 0; t < indices.length(); t++) {
        indices.set(t, h[axis].get(ofSource(axis, t)));
      }
      ofSource.add(indices);
      positions = positions.mul(atPositions(axis, result.axisValues(2 + axis), h[axis]));
    }
    int groupVariables = channelPoint.length - Mle.variables(direct.channelsPerGroup());
    ExtVector channel =
        EqTable.of(
            Arrays.copyOfRange(channelPoint, groupVariables, channelPoint.length),
            direct.channelsPerGroup());
    if (direct.groups() == 1) {
      ofKernel.add(0, channel);
      ofKernel.add(0, result.axisValues(1));
      ofSource.add(0, channel);
      ofSource.add(0, result.axisValues(0));
      // Axis 0 keeps its point, which numbers the rows of the model's commitment.
      return new Closing(
          Weight.ofAxes(ofKernel, Ext.ONE).withAxis(0, result.axisPoint(1), direct.kernel().get(0)),
          Weight.ofAxes(ofSource, result.scale()),
          positions);
    }
    ExtVector group = EqTable.of(Arrays.copyOf(channelPoint, groupVariables), direct.groups());
    ofKernel.add(0, channel);
    ofKernel.add(0, direct.scaledByGroup(result.axisValues(1), group));
    ofSource.add(0, ConvGeometry.byGroup(group, channel));
    ofSource.add(0, result.axisValues(0));
    return new Closing(
        Weight.ofAxes(ofKernel, Ext.ONE), Weight.ofAxes(ofSource, result.scale()), positions);
  }

  /** 1/N sum over the positions of w(y) h(-(s y - low)). */
  private Ext atPositions(int axis, ExtVector w, ExtVector h) {
    Ext sum = Ext.ZERO;
    for (int y = 0; y < w.length(); y++) {
      sum = sum.add(w.get(y).mul(h.get(ofPosition(axis, y))));
    }
    return sum.mulBase(M31.inv(size(axis)));
  }
}
