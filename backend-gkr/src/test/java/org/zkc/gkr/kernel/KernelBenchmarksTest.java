package org.zkc.gkr.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;

/** Every benchmark has its elements and products, and every kernel benchmark runs. */
class KernelBenchmarksTest {
  private static Set<Method> benchmarks() {
    return Arrays.stream(KernelBenchmarks.class.getMethods())
        .filter(m -> m.isAnnotationPresent(Benchmark.class))
        .collect(Collectors.toSet());
  }

  @Test
  void everyBenchmarkHasItsBound() {
    Set<String> names =
        benchmarks().stream().map(Method::getName).collect(Collectors.toCollection(TreeSet::new));
    assertEquals(new TreeSet<>(KernelBenchmarks.named()), names);
  }

  @Test
  void everyBenchmarkRuns() throws Exception {
    KernelBenchmarks all = new KernelBenchmarks();
    all.fill();
    for (Method m : benchmarks()) {
      // Loops of vectors alone are slow until they are compiled.
      if (!m.getName().equals("multiplier") && !m.getName().equals("adder")) {
        m.invoke(all);
      }
    }
  }
}
