package org.zkc.gkr.ligero;

import java.util.TreeSet;
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
    // A set, because sorting an array links more of the JDK than a fresh process has loaded.
    TreeSet<Integer> opened = new TreeSet<>();
    for (int column : drawn) {
      opened.add(column);
    }
    int[] out = new int[opened.size()];
    int at = 0;
    for (int column : opened) {
      out[at++] = column;
    }
    return out;
  }
}
