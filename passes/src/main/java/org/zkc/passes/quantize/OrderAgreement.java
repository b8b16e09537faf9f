package org.zkc.passes.quantize;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Cast;
import org.zkc.ir.tensor.CompareZero;
import org.zkc.ir.tensor.Pointwise;
import org.zkc.ir.tensor.ScalarFunction;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.tensor.TopIndices;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.UnaryView;

/**
 * The agreement that is to be expected of a comparison, or of indices of largest elements, by how
 * far the integers that decide are from their floats. Counting takes many samples: twelve rows have
 * twelve argmaxes, of which 99 % is no number. The deviation of the errors and the distances at
 * which decisions turn are known well from few. With errors that are normally distributed, a
 * comparison of x with 0 turns with probability Q(|x| / deviation), and two neighbours in order
 * change places with probability Q(distance / deviation of the difference of their errors).
 */
final class OrderAgreement {
  private final TensorOp op;
  private final Value decisive;
  private final Map<Integer, float[]> floats;
  private final double gain;

  /** A value that an output is made of, and what a change of 1 in it changes there. */
  private record Part(Value value, double gain) {}

  private OrderAgreement(TensorOp op, Value decisive, double gain) {
    this.gain = gain;
    this.op = op;
    this.decisive = decisive;
    this.floats = new HashMap<>();
  }

  /**
   * The decisions that an output is made of: one of indices or truth values through logic, views
   * and arithmetic of integers, one of real numbers through casts, views, sums and means. Empty for
   * one that is made of none.
   */
  static List<OrderAgreement> of(Value output, Uses uses) {
    List<OrderAgreement> found = new ArrayList<>();
    Deque<Part> open = new ArrayDeque<>(List.of(new Part(output, 1)));
    Set<Value> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    while (!open.isEmpty()) {
      Part part = open.pop();
      Value value = part.value;
      Optional<Op> op = uses.definition(value);
      if (op.isEmpty() || !seen.add(value)) {
        continue;
      }
      if (!TensorAnalysis.isExact(value)) {
        if (isSum(op.get())) {
          double divisor = op.get() instanceof WindowMean m ? m.divisors().getFirst() : 1;
          op.get().operands().forEach(v -> open.push(new Part(v, part.gain / divisor)));
        }
        continue;
      }
      switch ((TensorOp) op.get()) {
        case CompareZero c when !TensorAnalysis.isExact(c.input()) ->
            found.add(new OrderAgreement(c, c.input(), part.gain));
        case TopIndices t when !TensorAnalysis.isExact(t.input()) ->
            found.add(new OrderAgreement(t, t.input(), part.gain));
        case Cast c when !TensorAnalysis.isExact(c.input()) ->
            step(c.input(), uses)
                .ifPresent(s -> found.add(new OrderAgreement(s, s.input(), part.gain)));
        case TensorOp other -> other.operands().forEach(v -> open.push(new Part(v, part.gain)));
      }
    }
    return found;
  }

  /** The function that jumps by which real numbers became whole, before they were moved. */
  private static Optional<Pointwise> step(Value value, Uses uses) {
    return switch (uses.definition(value).orElse(null)) {
      case Pointwise p when StepLowering.isStep(p) -> Optional.of(p);
      case UnaryView v -> step(v.input(), uses);
      case null, default -> Optional.empty();
    };
  }

  private static boolean isSum(Op op) {
    return op instanceof Cast
        || op instanceof UnaryView
        || op instanceof Concatenate
        || op instanceof Add
        || op instanceof Subtract
        || op instanceof WindowMean;
  }

  /** The change of an element of the output by a decision that turns. */
  double gain() {
    return gain;
  }

  /** The number of decisions of a run. */
  long count() {
    return op.definitions().getFirst().shape().elementCount();
  }

  /** The value by which is decided. */
  Value decisive() {
    return decisive;
  }

  /** A sample's floats of {@link #decisive}. */
  void add(int sample, float[] elements) {
    floats.put(sample, elements);
  }

  private float[] floats(int sample) {
    return Objects.requireNonNull(floats.get(sample), "the sample was added");
  }

  /**
   * The share of elements that are expected to agree.
   *
   * @param found for the first samples that were added the reals that integers stand for
   */
  double expected(List<double[]> found) {
    return switch (op) {
      case TopIndices t -> ofLines(found, t);
      default -> ofSigns(found);
    };
  }

  private double ofSigns(List<double[]> found) {
    double squares = 0;
    long count = 0;
    for (int s = 0; s < found.size(); s++) {
      float[] expected = floats(s);
      for (int i = 0; i < expected.length; i++) {
        double error = found.get(s)[i] - expected[i];
        squares += error * error;
        count++;
      }
    }
    double deviation = Math.sqrt(squares / Math.max(1, count));
    double turned = 0;
    for (int s = 0; s < found.size(); s++) {
      for (float x : floats(s)) {
        turned += tail(distance(x), deviation);
      }
    }
    return 1 - turned / Math.max(1, count);
  }

  /** The distance from a number to the nearest at which the decision turns. */
  private double distance(double x) {
    double fromWhole = Math.abs(x - Math.rint(x));
    return switch (op) {
      case Pointwise p when p.function() == ScalarFunction.ROUND -> 0.5 - fromWhole;
      case Pointwise p when p.function() == ScalarFunction.TRUNC && Math.abs(x) < 1 ->
          1 - Math.abs(x);
      case Pointwise p when p.function() != ScalarFunction.SIGN -> fromWhole;
      default -> Math.abs(x);
    };
  }

  /** The errors of a line count less their mean: what all of a line are off by changes no order. */
  private double ofLines(List<double[]> found, TopIndices t) {
    Shape shape = t.input().shape();
    int extent = shape.extent(t.axis());
    int inner = (int) shape.strides()[t.axis()];
    double squares = 0;
    long count = 0;
    for (int s = 0; s < found.size(); s++) {
      float[] expected = floats(s);
      double[] errors = new double[extent];
      for (int line = 0; line < expected.length / extent; line++) {
        double mean = 0;
        for (int j = 0; j < extent; j++) {
          int at = at(line, j, extent, inner);
          errors[j] = found.get(s)[at] - expected[at];
          mean += errors[j] / extent;
        }
        for (double error : errors) {
          squares += (error - mean) * (error - mean);
          count++;
        }
      }
    }
    double deviation = Math.sqrt(2 * squares / Math.max(1, count));
    double turned = 0;
    long places = 0;
    for (int s = 0; s < found.size(); s++) {
      float[] expected = floats(s);
      float[] sorted = new float[extent];
      for (int line = 0; line < expected.length / extent; line++) {
        for (int j = 0; j < extent; j++) {
          sorted[j] = -expected[at(line, j, extent, inner)];
        }
        Arrays.sort(sorted);
        for (int k = 0; k < t.k(); k++) {
          double before = k == 0 ? 0 : tail((double) sorted[k] - sorted[k - 1], deviation);
          double after = k == extent - 1 ? 0 : tail((double) sorted[k + 1] - sorted[k], deviation);
          turned += Math.min(1, before + after);
          places++;
        }
      }
    }
    return 1 - turned / Math.max(1, places);
  }

  private static int at(int line, int j, int extent, int inner) {
    return (line / inner * extent + j) * inner + line % inner;
  }

  /** The probability of a normal error beyond the distance; equal elements stay equal. */
  private static double tail(double distance, double deviation) {
    return distance == 0 || deviation == 0
        ? 0
        : 0.5 - 0.5 * ScalarFunction.ERF.apply(distance / deviation / Math.sqrt(2), List.of());
  }
}
