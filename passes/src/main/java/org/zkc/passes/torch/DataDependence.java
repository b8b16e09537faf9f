package org.zkc.passes.torch;

import org.zkc.ir.Location;
import org.zkc.ir.UserException;

/**
 * A branch, index or size that is computed from the input. Unlike a value that is unknown for
 * another reason, the value that it decides is needed for every input once the model is mended.
 */
final class DataDependence extends UserException {
  private static final long serialVersionUID = 1;

  DataDependence(Location location, String why, String remedy) {
    super(location, why, remedy);
  }
}
