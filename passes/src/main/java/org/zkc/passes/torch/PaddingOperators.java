package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.zkc.ir.Value;

/** Constant padding: Pad; negative amounts cut, as Slice. */
final class PaddingOperators {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator("aten.constant_pad_nd", "pad, slice", c -> pad(c, c.number(2, 0))),
          new TorchOperator(
              "aten.pad", "pad, slice", "mode 'constant'", PaddingOperators::withMode));

  private PaddingOperators() {}

  /** (input, pad, mode, value). */
  private static TorchValue withMode(OperatorCall call) {
    if (!call.isNone(2) && !call.text(2).equals("constant")) {
      throw call.refuse("mode '%s'; only 'constant' is supported".formatted(call.text(2)));
    }
    return pad(call, call.number(3, 0));
  }

  /** The amounts come in pairs (low, high) from the last axis backwards. */
  private static TorchValue pad(OperatorCall call, double value) {
    List<Integer> amounts = call.integers(1);
    Value current = call.value(0);
    int rank = current.shape().rank();
    if (amounts.size() % 2 != 0 || amounts.size() / 2 > rank) {
      throw call.refuse("amounts %s for a tensor of shape %s".formatted(amounts, current.shape()));
    }
    List<Integer> low = new ArrayList<>(Collections.nCopies(rank, 0));
    List<Integer> high = new ArrayList<>(Collections.nCopies(rank, 0));
    for (int k = 0; k < amounts.size() / 2; k++) {
      int axis = rank - 1 - k;
      int before = amounts.get(2 * k);
      int after = amounts.get(2 * k + 1);
      int extent = current.shape().extent(axis);
      int start = Math.max(0, -before);
      int end = extent - Math.max(0, -after);
      if (start > end) {
        throw call.refuse(
            "amounts %s for a tensor of shape %s".formatted(amounts, current.shape()));
      }
      current = call.emit().slice(current, axis, start, end, 1);
      low.set(axis, Math.max(0, before));
      high.set(axis, Math.max(0, after));
    }
    return call.result(call.emit().pad(current, low, high, value));
  }
}
