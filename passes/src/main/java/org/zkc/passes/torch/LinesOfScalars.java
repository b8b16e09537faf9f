package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/**
 * Operators along an axis, which PyTorch also applies to tensors without axes: as to a line of one
 * element, whose results have no axes again.
 */
final class LinesOfScalars {
  private LinesOfScalars() {}

  /** The lowering of a call along an axis, extended to a first argument without axes. */
  static TorchValue along(OperatorCall call, OperatorLowering lowering) {
    Tensor x = call.tensor(0);
    if (x.shape().rank() > 0) {
      return lowering.lower(call);
    }
    OtherOperators c = new OtherOperators(call);
    List<TorchValue> arguments = new ArrayList<>(call.arguments());
    arguments.set(0, c.run("reshape", x, List.of(1)));
    TorchValue found =
        lowering.lower(
            new OperatorCall(
                call.operator(), call.overload(), arguments, call.location(), call.emit()));
    return found instanceof Tuple all
        ? new Tuple(all.elements().stream().map(each -> withoutAxes(c, each)).toList())
        : withoutAxes(c, found);
  }

  private static TorchValue withoutAxes(OtherOperators c, TorchValue line) {
    return c.run("reshape", line, List.of());
  }
}
