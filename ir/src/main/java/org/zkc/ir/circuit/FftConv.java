package org.zkc.ir.circuit;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * {@link Conv} by transforms over F[i] on sizes = (N_y, N_x) points: the same integers, executed
 * and checked through one forward transform for each input channel and one inverse transform for
 * each output channel (docs/protocol.md section 6).
 */
@Describes("convolution with model weights through transforms: one relation")
public record FftConv(
    Value result,
    Value input,
    Value weight,
    List<Integer> strides,
    List<Integer> paddingLow,
    List<Integer> paddingHigh,
    List<Integer> dilations,
    int groups,
    List<Integer> sizes,
    Location location)
    implements SumOfProducts {
  public FftConv {
    strides = List.copyOf(strides);
    paddingLow = List.copyOf(paddingLow);
    paddingHigh = List.copyOf(paddingHigh);
    dilations = List.copyOf(dilations);
    sizes = List.copyOf(sizes);
  }
}
