package org.zkc.ir.interpret;

import org.zkc.ir.Value;

/**
 * Sees the values of several samples.
 *
 * @param <A> the array that holds a value's elements
 */
@FunctionalInterface
public interface SampleObserver<A> {
  /**
   * @param sample counted from 0
   * @param elements row-major; neither to be changed nor kept
   */
  void see(int sample, Value value, A elements);
}
