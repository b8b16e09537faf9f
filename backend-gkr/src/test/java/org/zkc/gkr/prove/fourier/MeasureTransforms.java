package org.zkc.gkr.prove.fourier;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.zkc.gkr.field.RandomElements;
import org.zkc.gkr.kernel.Provider;

/**
 * Prints microseconds of processor time of transforms over F[i] and the butterflies that they do in
 * a second. A main program: run it with {@code -Dzkc.vector=on}.
 */
public final class MeasureTransforms {
  private static final long WARM_NANOS = 1_500_000_000L;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final RandomElements random = new RandomElements(1);

  private MeasureTransforms() {}

  public static void main(String[] arguments) {
    System.out.println(Provider.reason());
    System.out.printf(
        "%-16s %12s %12s %18s%n", "rows x columns", "forward us", "inverse us", "butterflies / ns");
    MeasureTransforms measure = new MeasureTransforms();
    for (List<Integer> size :
        List.of(
            List.of(1, 256),
            List.of(1, 1024),
            List.of(1, 8192),
            List.of(1, 65536),
            List.of(1, 1 << 20),
            List.of(8, 8),
            List.of(32, 32),
            List.of(256, 256))) {
      measure.transform(size.get(0), size.get(1));
    }
  }

  private void transform(int rows, int columns) {
    FourierTransform transform = FourierTransform.of(rows, columns);
    int[] re = random.residues(rows * columns);
    int[] im = random.residues(rows * columns);
    double forward = best(() -> transform.forward(re, im, 0), re.length);
    double inverse = best(() -> transform.inverse(re, im, 0), re.length);
    double butterflies = re.length / 2 * Math.log(re.length) / Math.log(2);
    System.out.printf(
        "%-16s %12.1f %12.1f %18.2f%n",
        rows + " x " + columns, forward, inverse, butterflies / (1000 * forward));
  }

  /** Microseconds of one run. */
  private double best(Runnable work, int points) {
    int batch = Math.max(1, 1_000_000 / points);
    long best = Long.MAX_VALUE;
    long start = System.nanoTime();
    while (System.nanoTime() - start < WARM_NANOS) {
      long before = threads.getCurrentThreadCpuTime();
      for (int k = 0; k < batch; k++) {
        work.run();
      }
      best = Math.min(best, threads.getCurrentThreadCpuTime() - before);
    }
    return best / 1000.0 / batch;
  }
}
