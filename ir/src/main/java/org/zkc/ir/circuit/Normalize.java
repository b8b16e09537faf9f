package org.zkc.ir.circuit;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * x times the reciprocal of its Euclidean norm, repeated along the last axis. {@code norm} is an
 * {@link EuclideanNorm} of the input, {@code reciprocal} the {@link Reciprocal} of that with as
 * many bits; the bound 2^bits + norm / 2 of the result follows from that. As in the norm, x of
 * channel i is the element times 2^exponents[i].
 *
 * @param exponents those of the norm
 */
@Describes("x times the reciprocal of its norm along the last axis")
public record Normalize(
    Value result,
    Value input,
    Value norm,
    Value reciprocal,
    int bits,
    List<Integer> exponents,
    Location location)
    implements CommittedOp {
  public Normalize {
    exponents = List.copyOf(exponents);
  }
}
