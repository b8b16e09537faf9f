package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloType;
import org.zkc.torchscript.lower.Binding;

/**
 * Convolutions (StableHLO specification, "convolution"): dimensions in any order, both dilations,
 * negative and uneven padding, reversed windows, groups of features and of the batch.
 */
final class ConvolutionOperations {
  static final Map<String, HloOperator> TABLE =
      Map.of("stablehlo.convolution", HloOperator.one(c -> new ConvolutionOperations(c).lower()));

  private static final long MOST_ELEMENTS = 1L << 26;

  private final HloCall call;
  private final HloAttribute.ConvolutionDimensions dimensions;
  private final int axes;
  private final List<Long> strides;
  private final List<Long> baseDilations;
  private final List<Long> dilations;
  private final List<Long> low = new ArrayList<>();
  private final List<Long> high = new ArrayList<>();

  /** The input as [batch, feature, spatial...] and the kernel as [output, input, spatial...]. */
  private Binding input;

  private Binding kernel;
  private List<Long> inputExtents;
  private List<Long> kernelExtents;

  private ConvolutionOperations(HloCall call) {
    this.call = call;
    if (!(call.required("dimension_numbers")
        instanceof HloAttribute.ConvolutionDimensions numbers)) {
      throw call.refused("its dimension numbers are none of a convolution");
    }
    this.dimensions = numbers;
    this.axes = numbers.inputSpatial().size();
    this.strides = call.integers("window_strides", axes, 1);
    this.baseDilations = call.integers("lhs_dilation", axes, 1);
    this.dilations = call.integers("rhs_dilation", axes, 1);
    Padding.read(call, axes, low, high);
    List<Long> inputOrder =
        order(numbers.inputBatch(), numbers.inputFeature(), numbers.inputSpatial());
    List<Long> kernelOrder =
        order(numbers.kernelOutputFeature(), numbers.kernelInputFeature(), numbers.kernelSpatial());
    DType result = call.dtype(call.resultType(0));
    this.input = moved(typed(0, result), inputOrder, call.type(0));
    this.kernel = moved(typed(1, result), kernelOrder, call.type(1));
    this.inputExtents = extents(call.type(0), inputOrder);
    this.kernelExtents = extents(call.type(1), kernelOrder);
  }

  private Binding typed(int operand, DType result) {
    DType dtype = call.dtype(call.type(operand));
    Binding whole = call.whole(operand);
    return dtype == result || dtype.isFloating() && result.isFloating()
        ? whole
        : call.aten("to", whole, result);
  }

  private static List<Long> order(long first, long second, List<Long> spatial) {
    List<Long> out = new ArrayList<>(List.of(first, second));
    out.addAll(spatial);
    return out;
  }

  private Binding moved(Binding x, List<Long> order, HloType.TensorOf type) {
    if (order.size() != type.rank()
        || order.stream().distinct().count() != order.size()
        || order.stream().anyMatch(d -> d < 0 || d >= type.rank())) {
      throw call.refused("its dimension numbers are none of %s".formatted(type.text()));
    }
    for (int i = 0; i < order.size(); i++) {
      if (order.get(i) != i) {
        return call.aten("permute", x, order);
      }
    }
    return x;
  }

  private static List<Long> extents(HloType.TensorOf type, List<Long> order) {
    return order.stream().map(d -> type.extents().get(Math.toIntExact(d))).toList();
  }

  private Held lower() {
    requireModest();
    reverse();
    long groups = groups();
    Binding result = transposed(groups).orElseGet(() -> plain(groups));
    return call.result(placed(result));
  }

  /** Refuses padding, gaps and windows that make much of little. */
  private void requireModest() {
    try {
      long padded = inputExtents.get(0) * inputExtents.get(1);
      long reached = 1;
      for (int k = 0; k < axes; k++) {
        long between = Math.multiplyExact(inputExtents.get(k + 2), baseDilations.get(k));
        long sides = Math.addExact(Math.max(0, low.get(k)), Math.max(0, high.get(k)));
        padded = Math.multiplyExact(padded, Math.addExact(between, sides));
        reached =
            Math.multiplyExact(
                reached, Math.multiplyExact(kernelExtents.get(k + 2), dilations.get(k)));
      }
      if (padded <= MOST_ELEMENTS && reached <= MOST_ELEMENTS) {
        return;
      }
    } catch (ArithmeticException e) {
      // more than 64 bits count
    }
    throw call.refused(
        "its input with padding, or its window with gaps, has more than 2^26 places");
  }

  /** A reversed window is one whose kernel is reversed. */
  private void reverse() {
    List<Long> flags = call.integers("window_reversal", axes, 0);
    List<Long> flipped = new ArrayList<>();
    for (int k = 0; k < axes; k++) {
      if (flags.get(k) != 0 && kernelExtents.get(k + 2) > 1) {
        flipped.add(k + 2L);
      }
    }
    if (!flipped.isEmpty()) {
      kernel = call.aten("flip", kernel, flipped);
    }
  }

  /** Groups of the batch become groups of features: each has outputs of its own. */
  private long groups() {
    long features = call.integer("feature_group_count", 1);
    long batches = call.integer("batch_group_count", 1);
    if (features < 1 || batches < 1 || features > 1 && batches > 1) {
      throw call.refused("%d groups of features and %d of the batch".formatted(features, batches));
    }
    if (batches == 1) {
      return features;
    }
    long count = inputExtents.get(0);
    if (count % batches != 0) {
      throw call.refused("a batch of %d in %d groups".formatted(count, batches));
    }
    List<Long> apart = new ArrayList<>(List.of(batches, count / batches));
    apart.addAll(inputExtents.subList(1, axes + 2));
    List<Long> order = new ArrayList<>(List.of(1L, 0L));
    for (long d = 2; d < apart.size(); d++) {
      order.add(d);
    }
    List<Long> together = new ArrayList<>(List.of(count / batches, batches * inputExtents.get(1)));
    together.addAll(inputExtents.subList(2, axes + 2));
    input = call.aten("reshape", input, apart);
    input = call.aten("reshape", call.aten("permute", input, order), together);
    inputExtents = together;
    return batches;
  }

  /**
   * A convolution of an input that is spread out, as a transposed convolution, where that is one:
   * with a stride of 1, and the padding that a transposed convolution has.
   */
  private Optional<Binding> transposed(long groups) {
    if (axes == 0
        || groups > 1
        || strides.stream().anyMatch(s -> s != 1)
        || baseDilations.stream().allMatch(s -> s == 1)) {
      return Optional.empty();
    }
    List<Long> padding = new ArrayList<>();
    List<Long> further = new ArrayList<>();
    for (int k = 0; k < axes; k++) {
      long reach = dilations.get(k) * (kernelExtents.get(k + 2) - 1);
      padding.add(reach - low.get(k));
      long more = high.get(k) - low.get(k);
      further.add(more);
      if (padding.get(k) < 0
          || more < 0
          || more >= Math.max(baseDilations.get(k), dilations.get(k))) {
        return Optional.empty();
      }
    }
    List<Long> order = new ArrayList<>(List.of(1L, 0L));
    List<Long> spatial = new ArrayList<>();
    for (long d = 2; d < axes + 2; d++) {
      order.add(d);
      spatial.add(d);
    }
    Binding weight = call.aten("flip", call.aten("permute", kernel, order), spatial);
    return Optional.of(
        call.aten(
            "convolution",
            input,
            weight,
            Optional.empty(),
            baseDilations,
            padding,
            dilations,
            true,
            further,
            1L));
  }

  private Binding plain(long groups) {
    spread();
    List<Long> sides = new ArrayList<>();
    List<Long> padding = new ArrayList<>();
    for (int k = axes - 1; k >= 0; k--) {
      boolean even = low.get(k).equals(high.get(k)) && low.get(k) >= 0;
      sides.add(even ? 0 : low.get(k));
      sides.add(even ? 0 : high.get(k));
      padding.addFirst(even ? low.get(k) : 0L);
    }
    if (sides.stream().anyMatch(s -> s != 0)) {
      input = call.aten("constant_pad_nd", input, sides, 0.0);
    }
    if (axes == 0) {
      return withoutAxes(groups);
    }
    return call.aten(
        "convolution",
        input,
        kernel,
        Optional.empty(),
        strides,
        padding,
        dilations,
        false,
        Collections.nCopies(axes, 0L),
        groups);
  }

  /** A convolution over no axes, as one over an axis of 1. */
  private Binding withoutAxes(long groups) {
    List<Long> one = List.of(1L);
    Binding x = call.aten("reshape", input, List.of(inputExtents.get(0), inputExtents.get(1), 1L));
    Binding w =
        call.aten("reshape", kernel, List.of(kernelExtents.get(0), kernelExtents.get(1), 1L));
    Binding out =
        call.aten(
            "convolution",
            x,
            w,
            Optional.empty(),
            one,
            List.of(0L),
            one,
            false,
            List.of(0L),
            groups);
    return call.aten("reshape", out, List.of(inputExtents.get(0), kernelExtents.get(0)));
  }

  /** Puts zeros between the elements of the input. */
  private void spread() {
    List<Long> extents = new ArrayList<>(inputExtents);
    for (int k = 0; k < axes; k++) {
      if (baseDilations.get(k) > 1) {
        input = Padding.between(call, input, extents, k + 2, baseDilations.get(k) - 1, 0.0);
      }
    }
    inputExtents = extents;
  }

  /** The result [batch, feature, spatial...] with its dimensions where they belong. */
  private Binding placed(Binding result) {
    List<Long> order =
        order(dimensions.outputBatch(), dimensions.outputFeature(), dimensions.outputSpatial());
    List<Long> back = new ArrayList<>(Collections.nCopies(order.size(), -1L));
    for (int i = 0; i < order.size(); i++) {
      back.set(call.dimension(order.get(i), order.size()), (long) i);
    }
    for (int i = 0; i < back.size(); i++) {
      if (back.get(i) != i) {
        return call.aten("permute", result, back);
      }
    }
    return result;
  }
}
