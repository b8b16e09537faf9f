package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.zkc.stablehlo.program.Block;
import org.zkc.stablehlo.program.HloValue;

/**
 * Comparators of sorts, recognised by their behaviour: exporters write "less" with and without
 * regard to signed zeros and NaN, and programs sort pairs by their first part.
 */
final class Comparator {
  /** Values on which the comparator is tried; its result depends on their order and signs. */
  private static final double[] VALUES = {-3, -1, 0, 1, 2};

  /** Operands that are sorted together. */
  private static final int MOST_OPERANDS = 16;

  /** Arguments that a comparator reads, each of which is tried with each value. */
  private static final int MOST_READ = 6;

  private Comparator() {}

  /**
   * An order.
   *
   * @param keys the operands whose elements are compared, each where those before are equal
   * @param descending whether the greatest comes first
   */
  record Order(List<Integer> keys, boolean descending) {
    Order {
      keys = List.copyOf(keys);
    }
  }

  /**
   * The order of a comparator of two elements of each operand; empty for others.
   *
   * @param outer constants of the blocks around that the comparator may read
   */
  static Optional<Order> of(Block body, Map<HloValue, Double> outer, int operands) {
    if (operands > MOST_OPERANDS || body.arguments().size() != 2 * operands) {
      return Optional.empty();
    }
    List<Integer> read = read(body);
    if (read.size() > MOST_READ) {
      return Optional.empty();
    }
    List<List<Integer>> candidates = new ArrayList<>();
    for (int key = 0; key < operands; key++) {
      candidates.add(List.of(key));
    }
    for (int count = 2; count <= Math.min(operands, MOST_READ / 2); count++) {
      candidates.add(IntStream.range(0, count).boxed().toList());
    }
    for (List<Integer> keys : candidates) {
      for (boolean descending : new boolean[] {false, true}) {
        if (is(body, outer, read, keys, descending)) {
          return Optional.of(new Order(keys, descending));
        }
      }
    }
    return Optional.empty();
  }

  /** The arguments that operations of the body read. */
  private static List<Integer> read(Block body) {
    Set<HloValue> operands = Collections.newSetFromMap(new IdentityHashMap<>());
    body.operations().forEach(o -> operands.addAll(o.operands()));
    return IntStream.range(0, body.arguments().size())
        .filter(i -> operands.contains(body.arguments().get(i)))
        .boxed()
        .toList();
  }

  private static boolean is(
      Block body,
      Map<HloValue, Double> outer,
      List<Integer> read,
      List<Integer> keys,
      boolean descending) {
    int tries = 1;
    for (int i = 0; i < read.size(); i++) {
      tries *= VALUES.length;
    }
    if (!keys.stream().allMatch(k -> read.contains(2 * k) && read.contains(2 * k + 1))) {
      return false;
    }
    for (int t = 0; t < tries; t++) {
      List<Double> arguments =
          new ArrayList<>(Collections.nCopies(body.arguments().size(), VALUES[0]));
      int rest = t;
      for (int i : read) {
        arguments.set(i, VALUES[rest % VALUES.length]);
        rest /= VALUES.length;
      }
      int order = 0;
      for (int key : keys) {
        double left = arguments.get(2 * key);
        double right = arguments.get(2 * key + 1);
        order = order != 0 ? order : left < right ? -1 : left > right ? 1 : 0;
      }
      boolean first = descending ? order > 0 : order < 0;
      Optional<List<Double>> result = ScalarBody.run(body, outer, arguments);
      if (result.isEmpty() || !result.orElseThrow().equals(List.of(first ? 1.0 : 0.0))) {
        return false;
      }
    }
    return true;
  }
}
