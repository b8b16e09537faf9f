package org.zkc.gkr.relation;

import java.util.List;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.Weight;

/**
 * The shapes of a convolution and the weights in which its sumcheck ends, for prover and verifier.
 *
 * @param source shape [N, C, H, W]
 * @param kernel shape [O, C / groups, h, w]
 */
public record ConvGeometry(Conv conv, List<Integer> source, List<Integer> kernel) {
  static ConvGeometry of(SystemBuilder builder, Conv conv) {
    return new ConvGeometry(conv, builder.shape(conv.source()), builder.shape(conv.weight()));
  }

  public int groups() {
    return conv.groups();
  }

  public int outputsPerGroup() {
    return kernel.get(0) / groups();
  }

  public int channelsPerGroup() {
    return kernel.get(1);
  }

  /** The products in one element of the result: the kernel's elements of an output channel. */
  public long taps() {
    return (long) kernel.get(1) * kernel.get(2) * kernel.get(3);
  }

  /** The axes (c, dy, dx) of the sumcheck, or (g, c, dy, dx) when there are groups. */
  public List<Integer> sumcheckShape() {
    List<Integer> rest = kernel.subList(1, 4);
    return groups() == 1 ? rest : List.of(groups(), rest.get(0), rest.get(1), rest.get(2));
  }

  /**
   * The source's index along spatial axis 0 (rows) or 1 (columns) for an output position and a tap;
   * the index may lie outside the source.
   */
  public int sourceIndex(int axis, int position, int tap) {
    return position * conv.strides().get(axis)
        + tap * conv.dilations().get(axis)
        - conv.paddingLow().get(axis);
  }

  /**
   * The {@code count} positions from {@code position} on whose tap reads the source, the first of
   * them at index {@code source}. With stride 1 they are one run in both.
   */
  public record Overlap(int position, int source, int count) {}

  /** The overlap of a tap along an axis of stride 1 with the first {@code positions} positions. */
  public Overlap overlap(int axis, int tap, int positions) {
    int shift = sourceIndex(axis, 0, tap);
    int first = Math.clamp(-(long) shift, 0, positions);
    int end = Math.clamp((long) source.get(2 + axis) - shift, first, positions);
    return new Overlap(first, first + shift, end - first);
  }

  public boolean hasStride(int axis) {
    return conv.strides().get(axis) != 1;
  }

  /**
   * The weights along the source's axis that the weights {@code w} along the result's axis become
   * for one tap.
   */
  public ExtVector throughTap(int axis, int tap, ExtVector w) {
    int extent = source.get(2 + axis);
    ExtVector out = new ExtVector(extent);
    for (int position = 0; position < w.length(); position++) {
      int at = sourceIndex(axis, position, tap);
      if (at >= 0 && at < extent) {
        out.set(at, w.get(position));
      }
    }
    return out;
  }

  /** A(y') = sum over the taps d and positions y that read y' of taps[d] w[y]. */
  public ExtVector throughTaps(int axis, ExtVector taps, ExtVector w) {
    ExtVector out = new ExtVector(source.get(2 + axis));
    for (int d = 0; d < taps.length(); d++) {
      if (hasStride(axis)) {
        Kernels.best().addScaled(out, taps.get(d), throughTap(axis, d, w));
        continue;
      }
      Overlap o = overlap(axis, d, w.length());
      if (o.count() > 0) {
        Kernels.best()
            .addScaled(
                out.slice(o.source(), o.count()), taps.get(d), w.slice(o.position(), o.count()));
      }
    }
    return out;
  }

  /**
   * out[j] = perGroup[j / size] within[j mod size]: weights along an axis whose groups have {@code
   * size} elements each.
   */
  public static ExtVector byGroup(ExtVector perGroup, ExtVector within) {
    ExtVector out = new ExtVector(perGroup.length() * within.length());
    for (int g = 0; g < perGroup.length(); g++) {
      Kernels.best()
          .addScaled(out.slice(g * within.length(), within.length()), perGroup.get(g), within);
    }
    return out;
  }

  /** values[o] times perGroup[group of o]. */
  public ExtVector scaledByGroup(ExtVector values, ExtVector perGroup) {
    ExtVector out = new ExtVector(values.length());
    for (int o = 0; o < values.length(); o++) {
      Ext g = perGroup.get(o / outputsPerGroup());
      out.set(o, values.get(o).mul(g));
    }
    return out;
  }

  /**
   * The weights of the claims on kernel and source in which the sumcheck over {@link
   * #sumcheckShape} ends.
   */
  public record Closing(Weight kernel, Weight source) {}

  /**
   * The closing weights for a claim on the result with weights by axis, eq at a point on its
   * channels, and the point of the sumcheck. Without groups
   *
   * <pre>
   * kernel eq(r_o, o) eq(rho_c, c) eq(rho_dy, dy) eq(rho_dx, dx), source w_n eq(rho_c, c) A_y A_x
   * </pre>
   *
   * and with groups there is the further factor eq(rho_g, .) of the group of o, or of the source's
   * channel.
   */
  public Closing closing(Weight result, Ext[] point) {
    boolean grouped = groups() > 1;
    Ext[][] parts = new TensorLayout(sumcheckShape()).byAxis(point);
    int c = grouped ? 1 : 0;
    ExtVector channel = EqTable.of(parts[c], channelsPerGroup());
    ExtVector rows = EqTable.of(parts[c + 1], kernel.get(2));
    ExtVector columns = EqTable.of(parts[c + 2], kernel.get(3));
    ExtVector sourceY = throughTaps(0, rows, result.axisValues(2));
    ExtVector sourceX = throughTaps(1, columns, result.axisValues(3));
    if (grouped) {
      ExtVector group = EqTable.of(parts[0], groups());
      ExtVector outputs = scaledByGroup(result.axisValues(1), group);
      return new Closing(
          Weight.ofAxes(List.of(outputs, channel, rows, columns), Ext.ONE),
          Weight.ofAxes(
              List.of(result.axisValues(0), byGroup(group, channel), sourceY, sourceX),
              result.scale()));
    }
    return new Closing(
        Weight.ofPoints(kernel, List.of(result.axisPoint(1), parts[0], parts[1], parts[2])),
        Weight.ofAxes(List.of(result.axisValues(0), channel, sourceY, sourceX), result.scale()));
  }
}
