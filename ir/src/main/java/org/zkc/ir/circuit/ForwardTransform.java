package org.zkc.ir.circuit;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Factor;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * Discrete Fourier transform over F[i] of each plane [H, W] of the input on sizes = (N_y, N_x)
 * points, powers of two: element (y, x) stands at point (y dilations_y, x dilations_x), or with
 * {@code reversed} at minus that modulo the sizes, and the other points are zero. With w the root
 * of unity of order N (per axis), result[k] = sum over points t of w^(k t) plane[t]. A spectrum has
 * as many transforms as its batch axes count, and costs as much.
 */
@Describes("transform over F[i] of each plane of the last two axes")
public record ForwardTransform(
    Value result,
    Value input,
    List<Integer> sizes,
    List<Integer> dilations,
    boolean reversed,
    Location location)
    implements CircuitOp, Factor.MovingOp {
  public ForwardTransform {
    sizes = List.copyOf(sizes);
    dilations = List.copyOf(dilations);
  }
}
