package org.zkc.ir.interpret;

import java.util.List;
import java.util.function.Predicate;
import org.zkc.ir.Function;
import org.zkc.ir.Value;

/**
 * The number of samples that go through a program together, so that they share one reading of the
 * matrices of its linear maps. A larger group holds more values at a time.
 */
final class SampleGroups {
  /** Elements that the values of all samples of a group may have at a time: 256 MiB. */
  private static final long MOST_ELEMENTS = 1L << 26;

  private SampleGroups() {}

  /**
   * The number of samples of a group: 1 where the matrices are small beside a sample's values,
   * which are in the cache more often when samples go one after the other.
   *
   * @param lastUses per op, the values that are let go after it
   * @param isShared whether a value belongs to all samples
   * @param matrixElements elements of the matrices that a sample has to pass
   */
  static int size(
      Function main, List<List<Value>> lastUses, Predicate<Value> isShared, long matrixElements) {
    long live = main.parameters().stream().mapToLong(SampleGroups::elements).sum();
    long most = live;
    for (int i = 0; i < main.body().size(); i++) {
      live += own(main.body().get(i).definitions(), isShared);
      most = Math.max(most, live);
      live -= own(lastUses.get(i), isShared);
    }
    return matrixElements <= most
        ? 1
        : (int) Math.clamp(MOST_ELEMENTS / Math.max(1, most), 1, Integer.MAX_VALUE);
  }

  private static long own(List<Value> values, Predicate<Value> isShared) {
    return values.stream().filter(isShared.negate()).mapToLong(SampleGroups::elements).sum();
  }

  private static long elements(Value value) {
    return value.shape().elementCount();
  }
}
