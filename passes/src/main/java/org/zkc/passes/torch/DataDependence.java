package org.zkc.passes.torch;

import org.zkc.ir.Location;
import org.zkc.ir.UserException;

/**
 * A branch, index or size that is computed from the input. What it decides is needed for every
 * input once the model is mended, unlike what is unknown for another reason.
 */
final class DataDependence extends UserException {
  private static final long serialVersionUID = 1;

  DataDependence(Location location, String why, String remedy) {
    super(location, why, remedy);
  }
}
