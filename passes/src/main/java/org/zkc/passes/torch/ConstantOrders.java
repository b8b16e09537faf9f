package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/** Constant tensors in order: sorting, the largest, distinct elements, places in a sorted line. */
final class ConstantOrders {
  static final Map<String, HostFunction> ALL =
      Map.ofEntries(
          Map.entry("aten.sort", ofTensor(call -> sort(call, false))),
          Map.entry("aten.argsort", ofTensor(call -> sort(call, true))),
          Map.entry("aten.topk", HostFunctions.ofConstants(ConstantOrders::largest)),
          Map.entry("aten._unique2", HostFunctions.ofConstants(ConstantOrders::distinct)),
          Map.entry("aten.bucketize", HostFunctions.ofConstants(c -> places(c, 1, 0, 3, -1))),
          Map.entry("aten.searchsorted", HostFunctions.ofConstants(c -> places(c, 0, 1, 3, 4))));

  private ConstantOrders() {}

  private static HostFunction ofTensor(OperatorLowering lowering) {
    HostFunction known = HostFunctions.ofConstants(lowering);
    return call -> call.argument(0) instanceof Tensor ? known.apply(call) : Optional.empty();
  }

  /**
   * The places of a line in ascending or descending order of its keys; equal ones keep theirs. A
   * merge of runs of primitives: millions of boxed places would take half a minute.
   */
  private static int[] order(long[] keys, boolean descending) {
    int count = keys.length;
    int[] from = IntStream.range(0, count).toArray();
    int[] to = new int[count];
    for (long run = 1; run < count; run *= 2) {
      for (long start = 0; start < count; start += 2 * run) {
        int middle = (int) Math.min(start + run, count);
        int end = (int) Math.min(start + 2 * run, count);
        int left = (int) start;
        int right = middle;
        for (int k = (int) start; k < end; k++) {
          boolean takesLeft =
              left < middle
                  && (right == end || comesFirst(keys[from[left]], keys[from[right]], descending));
          to[k] = takesLeft ? from[left++] : from[right++];
        }
      }
      int[] other = from;
      from = to;
      to = other;
    }
    return from;
  }

  /** Whether the left of two keys stays before the right one. */
  private static boolean comesFirst(long left, long right, boolean descending) {
    return descending ? left >= right : left <= right;
  }

  /** Keys in the order of a line's elements: integers themselves, of real numbers their bits. */
  private static long[] keys(TensorData data, Lanes lanes, int line) {
    long[] out = new long[lanes.extent()];
    for (int i = 0; i < out.length; i++) {
      int at = lanes.place(line, i);
      out[i] = data.dtype().isFloating() ? key(lanes.elements()[at]) : data.getLong(at);
    }
    return out;
  }

  /** A double's bits, those of the negative ones turned around; NaN comes after infinity. */
  private static long key(double x) {
    long word = Double.doubleToLongBits(x);
    return word < 0 ? word ^ Long.MAX_VALUE : word;
  }

  /** Overloads "" (self, dim, descending) and stable (self, stable, dim, descending). */
  private static TorchValue sort(OperatorCall call, boolean positionsOnly) {
    int at = call.overload().equals("stable") ? 2 : 1;
    TensorData data = call.knownTensor(0, "operand").data();
    Lanes lanes = Lanes.of(data, call.axis(at, data.shape().rank()));
    TorchValue both = taken(data, lanes, call.flag(at + 1), lanes.extent());
    return positionsOnly ? both.sequence().orElseThrow().get(1) : both;
  }

  /** (self, k, dim, largest, sorted). */
  private static TorchValue largest(OperatorCall call) {
    TensorData data = call.knownTensor(0, "operand").data();
    Lanes lanes = Lanes.of(data, call.axis(2, data.shape().rank()));
    int k = call.extent(1);
    if (k < 0 || k > lanes.extent()) {
      throw call.refuse("%d of %d elements".formatted(k, lanes.extent()));
    }
    return taken(data, lanes, call.isNone(3) || call.flag(3), k);
  }

  /** The first {@code count} elements of each line in order, and their positions. */
  private static TorchValue taken(TensorData data, Lanes lanes, boolean descending, int count) {
    List<double[]> positions = new ArrayList<>();
    int[] sources = new int[Math.multiplyExact(lanes.count(), count)];
    for (int l = 0; l < lanes.count(); l++) {
      int[] order = Arrays.copyOf(order(keys(data, lanes, l), descending), count);
      for (int i = 0; i < count; i++) {
        sources[(l / lanes.inner() * count + i) * lanes.inner() + l % lanes.inner()] =
            lanes.place(l, order[i]);
      }
      positions.add(Arrays.stream(order).asDoubleStream().toArray());
    }
    TensorData places = lanes.with(positions, DType.I64);
    TensorData flat = data.reshape(Shape.of(Math.toIntExact(data.elementCount())));
    return new Tuple(
        List.of(
            new KnownTensor(HostTensors.select(flat, 0, sources).reshape(places.shape()), ""),
            new KnownTensor(places, "")));
  }

  /** (self, sorted, return_inverse, return_counts): elements, places of each, counts. */
  private static TorchValue distinct(OperatorCall call) {
    TensorData data = call.knownTensor(0, "operand").data();
    TreeMap<Double, Integer> counts = new TreeMap<>();
    double[] elements = data.toDoubles();
    for (double e : elements) {
      counts.merge(e, 1, Integer::sum);
    }
    List<Double> values = List.copyOf(counts.keySet());
    double[] own = values.stream().mapToDouble(Double::doubleValue).toArray();
    double[] inverse = new double[elements.length];
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] = Arrays.binarySearch(own, elements[i]);
    }
    double[] times = counts.values().stream().mapToDouble(Integer::doubleValue).toArray();
    Shape shape = Shape.of(own.length);
    return new Tuple(
        List.of(
            known(shape, own, data.dtype()),
            call.flag(2) ? known(data.shape(), inverse, DType.I64) : none(),
            call.flag(3) ? known(shape, times, DType.I64) : none()));
  }

  private static KnownTensor none() {
    return known(Shape.of(0), new double[0], DType.I64);
  }

  private static KnownTensor known(Shape shape, double[] elements, DType type) {
    return new KnownTensor(HostTensors.cast(TensorData.ofDoubles(shape, elements), type), "");
  }

  /** The number of elements of a sorted line below each value; with {@code right}, not above it. */
  private static TorchValue places(
      OperatorCall call, int sortedAt, int valuesAt, int rightAt, int sideAt) {
    TensorData sorted = call.knownTensor(sortedAt, "boundaries").data();
    if (sorted.shape().rank() != 1 || (sideAt >= 0 && !call.isNone(5))) {
      throw call.refuse("boundaries of shape %s".formatted(sorted.shape()));
    }
    boolean right =
        call.flag(rightAt)
            || (sideAt >= 0 && !call.isNone(sideAt) && call.text(sideAt).equals("right"));
    TensorData values = ArithmeticOperators.data(call, valuesAt);
    double[] lines = sorted.toDoubles();
    double[] out = values.toDoubles();
    for (int i = 0; i < out.length; i++) {
      out[i] = below(lines, out[i], right);
    }
    return known(values.shape(), out, call.flag(2) ? DType.I32 : DType.I64);
  }

  /** The number of elements of a sorted line below a value, or not above it. */
  private static int below(double[] line, double value, boolean orEqual) {
    int from = 0;
    int to = line.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (line[middle] < value || (orEqual && line[middle] == value)) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }
}
