package org.zkc.gkr.relation;

import java.util.List;
import java.util.stream.IntStream;
import org.zkc.gkr.circuit.EuclideanNorm;
import org.zkc.gkr.circuit.ViewStep;

/** The channels of a tensor, along its last axis, each times its own power of two. */
final class Channels {
  private Channels() {}

  /** Every channel times 2^exponent. */
  static int all(SystemBuilder builder, String name, int source, List<Integer> exponents) {
    return times(
        builder,
        name,
        source,
        IntStream.range(0, exponents.size()).boxed().toList(),
        exponents.stream().map(e -> 1 << e).toList());
  }

  /** Every channel of exponent 0, and 0 for the others. */
  static int plain(SystemBuilder builder, String name, EuclideanNorm n) {
    return times(
        builder,
        name,
        n.source(),
        IntStream.range(0, n.exponents().size()).boxed().toList(),
        n.exponents().stream().map(e -> e == 0 ? 1 : 0).toList());
  }

  /** The channels of one exponent alone, unscaled. */
  static int of(SystemBuilder builder, String name, EuclideanNorm n, int exponent) {
    List<Integer> channels = n.channels(exponent);
    return times(builder, name, n.source(), channels, channels.stream().map(i -> 1).toList());
  }

  private static int times(
      SystemBuilder builder,
      String name,
      int source,
      List<Integer> channels,
      List<Integer> factors) {
    List<Integer> shape = builder.shape(source);
    List<Integer> ones = channels.stream().map(i -> 1).toList();
    ViewStep step = new ViewStep.Ranges(shape.size() - 1, channels, ones, factors);
    int result = builder.add(name, EuclideanNorm.withLast(shape, channels.size()), Holder.VIRTUAL);
    builder.definitions.add(
        new Definition.AffineSum(
            name, result, List.of(builder.term(source, 1, List.of(step))), List.of()));
    return result;
  }
}
