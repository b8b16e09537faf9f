package org.zkc.ir.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;

/** Every benchmark has its multiplications and its bound. */
class ProductBenchmarksTest {
  @Test
  void everyBenchmarkHasItsBound() {
    Set<String> names =
        Arrays.stream(ProductBenchmarks.class.getMethods())
            .filter(method -> method.isAnnotationPresent(Benchmark.class))
            .map(method -> method.getName())
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(new TreeSet<>(ProductBenchmarks.named()), names);
  }
}
