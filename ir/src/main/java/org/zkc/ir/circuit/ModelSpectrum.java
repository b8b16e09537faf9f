package org.zkc.ir.circuit;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Factor;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * {@link ForwardTransform} of a view of model weights. It is known when the model is compiled:
 * neither execution nor proof transforms it, and claims about it are claims about the weights.
 */
@Describes("the spectrum of model weights, known at compile time")
public record ModelSpectrum(
    Value result,
    Value input,
    List<Integer> sizes,
    List<Integer> dilations,
    boolean reversed,
    Location location)
    implements CircuitOp, Factor.MovingOp {
  public ModelSpectrum {
    sizes = List.copyOf(sizes);
    dilations = List.copyOf(dilations);
  }
}
