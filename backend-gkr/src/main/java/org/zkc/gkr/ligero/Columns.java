package org.zkc.gkr.ligero;

import java.util.Arrays;
import org.zkc.gkr.protocol.ProtocolConstants;

/** The columns of an encoded matrix, and which of them are opened. */
public final class Columns {
  private Columns() {}

  /** The number of columns for rows of {@code width} elements. */
  public static int count(int width) {
    return ProtocolConstants.BLOW_UP * width;
  }

  /** Drawn queries as the ascending, distinct indices that are opened. */
  public static int[] distinct(int[] drawn) {
    return Arrays.stream(drawn).sorted().distinct().toArray();
  }
}
