package org.zkc.ir.circuit;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * Product over F[i] point by point, batch axes broadcast as in NumPy: the spectrum of the cyclic
 * convolution of what was transformed.
 */
@Describes("product of two spectra, point by point")
public record SpectralProduct(Value result, Value left, Value right, Location location)
    implements CircuitOp {}
