package org.zkc.runtime.numpy;

import java.util.Locale;
import org.zkc.ir.TensorData;

/** The beginning of an array, for people. */
public final class ArrayExcerpt {
  private ArrayExcerpt() {}

  /**
   * The first elements, row by row, with a space between and dots where there are more.
   *
   * @param most elements that are shown
   * @param digits of floating-point elements; integers are shown whole
   */
  public static String of(TensorData array, int most, int digits) {
    StringBuilder text = new StringBuilder();
    long n = Math.min(array.elementCount(), most);
    for (long i = 0; i < n; i++) {
      text.append(i == 0 ? "" : " ");
      text.append(
          array.dtype().isFloating()
              ? String.format(Locale.ROOT, "%." + digits + "g", array.getDouble(i))
              : Long.toString(array.getLong(i)));
    }
    return text + (array.elementCount() > n ? " ..." : "");
  }
}
