package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.zkc.ir.TensorData;
import org.zkc.ir.interpret.TensorInterpreter;

/**
 * Leaves out variants of samples that drive the network where no input of its kind does. A deep
 * network whose batch statistics were measured amplifies what is unlike its data: of variants of
 * one image half moved the outputs of a ResNet-50 a thousand times as much (mean square) as other
 * images do, the other half about as much. Such a variant alone would say how precise activations
 * need to be, and how well candidates do.
 */
final class VariantSelection {
  /**
   * The limit on how far variants may move the outputs (mean square), against the lower quartile of
   * all.
   */
  private static final double MOST_MOVED = 8;

  private VariantSelection() {}

  /**
   * The first {@code count} of {@code variants}, fewer where there are not as many, that move the
   * outputs no more than {@value #MOST_MOVED} times as much as the quarter that moves them least.
   *
   * @param outputs of the samples
   * @param variants of the samples in turn
   */
  static List<List<TensorData>> of(
      TensorInterpreter reference,
      List<List<TensorData>> outputs,
      List<List<TensorData>> variants,
      int count) {
    double[] moved = new double[variants.size()];
    List<List<TensorData>> found = reference.runAll(variants, (sample, value, elements) -> {});
    for (int k = 0; k < moved.length; k++) {
      moved[k] = distance(found.get(k), outputs.get(k % outputs.size()));
    }
    double[] sorted = moved.clone();
    Arrays.sort(sorted);
    List<List<TensorData>> kept = new ArrayList<>();
    for (int k = 0; k < moved.length && kept.size() < count; k++) {
      if (moved[k] <= MOST_MOVED * sorted[(moved.length - 1) / 4]) {
        kept.add(variants.get(k));
      }
    }
    return kept;
  }

  /** The sum of squared differences, each output divided by its own mean square. */
  private static double distance(List<TensorData> found, List<TensorData> of) {
    double sum = 0;
    for (int i = 0; i < of.size(); i++) {
      float[] a = found.get(i).toFloats();
      float[] b = of.get(i).toFloats();
      double squares = 0;
      double differences = 0;
      for (int j = 0; j < a.length; j++) {
        squares += (double) b[j] * b[j];
        differences += ((double) a[j] - b[j]) * ((double) a[j] - b[j]);
      }
      sum += differences / Math.max(squares, Double.MIN_NORMAL);
    }
    return sum;
  }
}
