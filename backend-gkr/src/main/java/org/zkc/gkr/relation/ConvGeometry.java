package org.zkc.gkr.relation;

import java.util.List;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;

/** The shapes of a convolution and the weights that its sumcheck leaves, for prover and verifier. */
public record ConvGeometry(Conv conv, List<Integer> source, List<Integer> kernel, List<Integer> result) {
  public static ConvGeometry of(ConstraintSystem system, Conv conv) {
    return new ConvGeometry(
        conv,
        system.tensor(conv.source()).shape(),
        system.tensor(conv.weight()).shape(),
        system.tensor(conv.result()).shape());
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

  /** The axes (c, dy, dx) of the sumcheck, or (g, c, dy, dx) when there are groups. */
  public List<Integer> sumcheckShape() {
    List<Integer> rest = kernel.subList(1, 4);
    return groups() == 1 ? rest : List.of(groups(), rest.get(0), rest.get(1), rest.get(2));
  }

  /** The source's index along spatial axis 0 (rows) or 1 (columns) for an output position and a tap; may lie outside. */
  public int sourceIndex(int axis, int position, int tap) {
    return position * conv.strides().get(axis) + tap * conv.dilations().get(axis) - conv.paddingLow().get(axis);
  }

  /** For one tap: the weights along the source's axis that the weights {@code w} along the result's axis become. */
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
      Kernels.best().addScaled(out, taps.get(d), throughTap(axis, d, w));
    }
    return out;
  }

  /** out[j] = perGroup[j / size] within[j mod size]: weights along an axis of which each group holds {@code size}. */
  public static ExtVector byGroup(ExtVector perGroup, ExtVector within) {
    ExtVector out = new ExtVector(perGroup.length() * within.length());
    for (int g = 0; g < perGroup.length(); g++) {
      Kernels.best().addScaled(out.slice(g * within.length(), within.length()), perGroup.get(g), within);
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
}
