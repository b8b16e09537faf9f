package org.zkc.ir.tensor;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * Mean over windows [starts[j], starts[j] + lengths[j]) of one axis, divided by divisors[j]:
 * average pooling of every kind, one axis at a time (windows are clipped to the input; the divisor
 * counts what PyTorch counts). With divisors 1 the results are sums, which integers have too.
 */
@Describes("mean over windows of one axis: average pooling of every kind")
public record WindowMean(
    Value result,
    Value input,
    int axis,
    List<Integer> starts,
    List<Integer> lengths,
    List<Integer> divisors,
    Location location)
    implements TensorOp {}
