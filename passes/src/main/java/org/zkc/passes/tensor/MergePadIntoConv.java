package org.zkc.passes.tensor;

import java.util.ArrayList;
import java.util.List;
import org.zkc.ir.Op;
import org.zkc.ir.tensor.Conv;
import org.zkc.ir.view.Pad;

/**
 * Zero padding of spatial axes before a convolution becomes the convolution's own padding.
 *
 * <pre>
 *   %p = tensor.pad %x {0, [0,0,1,1], [0,0,2,2]}      %y = tensor.conv %x, %w {padding + [1,1], + [2,2]}
 *   %y = tensor.conv %p, %w
 * </pre>
 */
public final class MergePadIntoConv extends TensorRewrite {
  public MergePadIntoConv() {
    super("merge-pad-into-conv", "Makes zero padding before a convolution the convolution's own.");
  }

  @Override
  public boolean rewrite(Op op, Scope scope) {
    if (!(op instanceof Conv conv)
        || !(scope.definition(conv.input()).orElse(null) instanceof Pad pad)
        || pad.value().doubleValue() != 0
        || pad.low().get(0) + pad.high().get(0) + pad.low().get(1) + pad.high().get(1) != 0) {
      return false;
    }
    scope.define(
        new Conv(
            conv.result(),
            pad.input(),
            conv.weight(),
            conv.bias(),
            conv.strides(),
            sum(conv.paddingLow(), pad.low()),
            sum(conv.paddingHigh(), pad.high()),
            conv.dilations(),
            conv.groups(),
            conv.location()));
    return true;
  }

  private static List<Integer> sum(List<Integer> spatial, List<Integer> all) {
    List<Integer> out = new ArrayList<>();
    for (int k = 0; k < spatial.size(); k++) {
      out.add(Math.addExact(spatial.get(k), all.get(k + 2)));
    }
    return out;
  }
}
