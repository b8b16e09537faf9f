package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;

/**
 * Resampling of the last one to three axes. Nearest neighbours are picks. Everything else is linear
 * along each axis, with a constant matrix of the weights that PyTorch computes
 * (area_pixel_compute_scale and its neighbours in ATen/native/UpSample.h; with antialiasing
 * HelperInterpBase in ATen/native/cpu/UpSampleKernel.cpp).
 */
final class InterpolationOperators {
  private static final String PICKS = "reshape, broadcast; slice, or window_mean";
  private static final String MATRICES = "linear, transpose";

  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator("aten.upsample_nearest1d", PICKS, c -> nearest(c, 1, 0)),
          new TorchOperator("aten.upsample_nearest2d", PICKS, c -> nearest(c, 2, 0)),
          new TorchOperator("aten.upsample_nearest3d", PICKS, c -> nearest(c, 3, 0)),
          new TorchOperator("aten._upsample_nearest_exact1d", PICKS, c -> nearest(c, 1, 0.5f)),
          new TorchOperator("aten._upsample_nearest_exact2d", PICKS, c -> nearest(c, 2, 0.5f)),
          new TorchOperator("aten._upsample_nearest_exact3d", PICKS, c -> nearest(c, 3, 0.5f)),
          matrices("aten.upsample_linear1d", 1, Kernel.LINEAR),
          matrices("aten.upsample_bilinear2d", 2, Kernel.LINEAR),
          matrices("aten.upsample_trilinear3d", 3, Kernel.LINEAR),
          matrices("aten.upsample_bicubic2d", 2, Kernel.CUBIC),
          matrices("aten._upsample_bilinear2d_aa", 2, Kernel.LINEAR_ANTIALIASED),
          matrices("aten._upsample_bicubic2d_aa", 2, Kernel.CUBIC_ANTIALIASED));

  private static TorchOperator matrices(String name, int axes, Kernel kernel) {
    return new TorchOperator(name, MATRICES, c -> linear(c, axes, kernel));
  }

  private enum Kernel {
    LINEAR,
    CUBIC,
    LINEAR_ANTIALIASED,
    CUBIC_ANTIALIASED;

    private TensorData weights(ResamplingWeights axis) {
      return switch (this) {
        case LINEAR -> axis.linear();
        case CUBIC -> axis.cubic();
        case LINEAR_ANTIALIASED -> axis.smoothed(ResamplingWeights.Filter.TRIANGLE);
        case CUBIC_ANTIALIASED -> axis.smoothed(ResamplingWeights.Filter.CUBIC);
      };
    }
  }

  private InterpolationOperators() {}

  /**
   * The length of one axis before and after.
   *
   * @param factor after / before as the caller gave it, where it did
   */
  private record Resampling(int from, int to, Optional<Double> factor) {

    /** Elements of the input for one of the output. */
    float step() {
      return factor.filter(f -> f > 0).map(f -> (float) (1 / f)).orElseGet(() -> (float) from / to);
    }
  }

  /**
   * The sizes and factors of a call: overload vec has them as lists of which one is None, the other
   * has sizes and a factor for each axis.
   *
   * @param at the index of the first argument about factors
   */
  private static List<Resampling> resamplings(OperatorCall call, int axes, int at) {
    Shape shape = call.value(0).shape();
    if (shape.rank() != axes + 2) {
      throw call.refuse("its input has shape %s; %d axes are needed".formatted(shape, axes + 2));
    }
    List<Optional<Double>> factors = new ArrayList<>();
    for (int k = 0; k < axes; k++) {
      factors.add(Optional.empty());
    }
    if (call.overload().equals("vec")) {
      if (!call.isNone(at)) {
        for (int k = 0; k < axes; k++) {
          factors.set(k, Optional.of(factor(call, call.elements(at), k)));
        }
      }
    } else {
      for (int k = 0; k < axes; k++) {
        factors.set(k, call.isNone(at + k) ? Optional.empty() : Optional.of(call.number(at + k)));
      }
    }
    List<Resampling> out = new ArrayList<>();
    for (int k = 0; k < axes; k++) {
      int from = shape.extent(2 + k);
      int to =
          call.isNone(1)
              ? (int) (from * factors.get(k).orElseThrow(() -> call.refuse("it has no sizes")))
              : call.perAxis(1, axes).get(k);
      if (to < 1) {
        throw call.refuse("an axis of %d elements becomes one of %d".formatted(from, to));
      }
      out.add(new Resampling(from, to, factors.get(k)));
    }
    return out;
  }

  private static double factor(OperatorCall call, List<TorchValue> factors, int axis) {
    return factors.stream()
        .skip(axis)
        .findFirst()
        .map(TorchValue::number)
        .flatMap(n -> n.isPresent() ? Optional.of(n.getAsDouble()) : Optional.empty())
        .orElseThrow(() -> call.refuse("its scale_factor is not a list of numbers, one per axis"));
  }

  /**
   * @param offset where in an element of the output its position is taken
   */
  private static TorchValue nearest(OperatorCall call, int axes, float offset) {
    List<Resampling> resamplings = resamplings(call, axes, 2);
    Value x = call.value(0);
    for (int k = 0; k < axes; k++) {
      Resampling r = resamplings.get(k);
      int[] sources = new int[r.to];
      for (int i = 0; i < r.to; i++) {
        sources[i] = Math.min((int) ((i + offset) * r.step()), r.from - 1);
      }
      if (axes == 2 && offset == 0) {
        requireOneReading(call, r, sources);
      }
      x = Picks.neighbours(call.emit(), x, 2 + k, sources);
    }
    return call.result(x);
  }

  /**
   * In two dimensions PyTorch has two kernels, and the image's size and memory layout choose: one
   * goes by the factor alone, the other copies an axis that keeps its length and repeats one that
   * doubles. Where the two differ there is no one answer.
   */
  private static void requireOneReading(OperatorCall call, Resampling r, int[] sources) {
    int repeated = r.to == r.from ? 1 : r.to == 2 * r.from ? 2 : 0;
    if (repeated > 0 && !isRule(sources, 1, repeated)) {
      throw call.refuse(
          "PyTorch's answer for %d elements made %d by factor %s depends on the image's size and layout; give size= or recompute_scale_factor=True"
              .formatted(r.from, r.to, r.factor.orElse((double) r.to / r.from)));
    }
  }

  /** Whether sources[i] = sources[0] + floor(i / divisor) factor. */
  private static boolean isRule(int[] sources, int factor, int divisor) {
    for (int i = 0; i < sources.length; i++) {
      if (sources[i] != sources[0] + i / divisor * factor) {
        return false;
      }
    }
    return true;
  }

  private static TorchValue linear(OperatorCall call, int axes, Kernel kernel) {
    List<Resampling> resamplings = resamplings(call, axes, 3);
    boolean alignCorners = call.flag(2);
    Value x = call.value(0);
    for (int k = 0; k < axes; k++) {
      Resampling r = resamplings.get(k);
      if (r.from != r.to) { // PyTorch copies an axis that keeps its length, whatever the factor
        float step = alignCorners ? (r.to > 1 ? (float) (r.from - 1) / (r.to - 1) : 0) : r.step();
        x =
            along(
                call.emit(),
                x,
                2 + k,
                kernel.weights(new ResamplingWeights(r.from, r.to, step, alignCorners)));
      }
    }
    return call.result(x);
  }

  /** The matrix times each vector that lies along the axis. */
  private static Value along(TensorEmitter emit, Value x, int axis, TensorData matrix) {
    int rank = x.shape().rank();
    List<Integer> swap = ViewOperators.swapped(rank, axis, rank - 1);
    Value last = emit.linear(emit.transpose(x, swap), emit.constant(matrix, ""), Optional.empty());
    return emit.transpose(last, swap);
  }
}
