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
 * Writes at computed places (StableHLO specification, "scatter"). A window that is not in range as
 * a whole is not written: its place is one more line of the tensor, which is cut off again.
 */
final class ScatterOperations {
  static final Map<String, HloOperator> TABLE =
      Map.of("stablehlo.scatter", HloOperator.one(c -> new ScatterOperations(c).lower()));

  /** Windows that are the whole operand, each of which is an operation. */
  private static final long MOST_WHOLE = 1024;

  private final HloCall call;
  private final HloAttribute.ScatterDimensions numbers;
  private final HloType.TensorOf operand;
  private final HloType.TensorOf starts;
  private final HloType.TensorOf updates;
  private final int vector;

  /** Sizes of a window along the operand's dimensions. */
  private final List<Long> sizes = new ArrayList<>();

  /** Dimensions of the starts that are not the vector's. */
  private final List<Integer> batch = new ArrayList<>();

  /** Dimensions of the operand that a window does not cover. */
  private final List<Integer> indexed = new ArrayList<>();

  private ScatterOperations(HloCall call) {
    this.call = call;
    if (!(call.required("scatter_dimension_numbers") instanceof HloAttribute.ScatterDimensions d)) {
      throw call.refused("its dimension numbers are none of a scatter");
    }
    if (call.operandCount() != 3) {
      throw call.refused("scatters into several tensors together cannot be proved");
    }
    this.numbers = d;
    this.operand = call.type(0);
    this.starts = call.type(1);
    this.updates = call.type(2);
    this.vector = (int) d.indexVectorDim();
    if (d.indexVectorDim() < 0 || d.indexVectorDim() > starts.rank()) {
      throw call.refused("there is no dimension %d of indices".formatted(d.indexVectorDim()));
    }
    for (int k = 0; k < starts.rank(); k++) {
      if (k != vector) {
        batch.add(k);
      }
    }
    int window = 0;
    for (int k = 0; k < operand.rank(); k++) {
      boolean dropped =
          d.insertedWindowDims().contains((long) k) || d.inputBatchingDims().contains((long) k);
      if (!dropped && window >= d.updateWindowDims().size()) {
        throw call.refused("its windows have fewer dimensions than its operand");
      }
      sizes.add(
          dropped
              ? 1L
              : updates
                  .extents()
                  .get(call.dimension(d.updateWindowDims().get(window++), updates.rank())));
      if (sizes.get(k) > operand.extents().get(k)) {
        throw call.refused("its windows are larger than its operand");
      }
      if (!sizes.get(k).equals(operand.extents().get(k))) {
        indexed.add(k);
      }
    }
  }

  private Held lower() {
    String reduction = reduction();
    boolean truth = ElementTypes.isBoolean(operand);
    List<Integer> order = new ArrayList<>(indexed);
    for (int k = 0; k < operand.rank(); k++) {
      if (!indexed.contains(k)) {
        order.add(k);
      }
    }
    Binding values = values(order);
    Binding x = call.aten("permute", call.whole(0), order);
    DType dtype = call.dtype(operand);
    boolean signed = dtype.isFloating() || dtype == DType.I32 || dtype == DType.I64;
    if (!signed && !reduction.isEmpty()) {
      values = call.aten("to", values, DType.I64);
      x = call.aten("to", x, DType.I64);
    }
    Binding written;
    if (indexed.isEmpty()) {
      written = covered(x, values, reduction);
    } else {
      int first = indexed.getFirst();
      long extent = operand.extents().get(first);
      long further = sizes.get(first);
      List<Long> sides = new ArrayList<>(Collections.nCopies(2 * operand.rank() - 1, 0L));
      sides.add(further);
      x = call.aten("constant_pad_nd", x, sides, 0L);
      List<Binding> indices = new ArrayList<>();
      Binding inside =
          inside().orElseThrow(() -> call.refused("its indices say nothing of its windows"));
      for (int i = 0; i < indexed.size(); i++) {
        indices.add(index(i, inside));
      }
      written =
          reduction.isEmpty() || reduction.equals("sum")
              ? call.aten("index_put", x, indices, values, !reduction.isEmpty())
              : reduced(x, indices, values, order, reduction);
      written = call.aten("slice", written, 0L, 0L, extent, 1L);
    }
    List<Integer> back = new ArrayList<>(Collections.nCopies(order.size(), 0));
    for (int i = 0; i < order.size(); i++) {
      back.set(order.get(i), i);
    }
    if (!signed && !reduction.isEmpty()) {
      written = truth ? call.aten("ne", written, 0L) : narrowed(written, dtype);
    }
    return call.result(call.aten("permute", written, back));
  }

  /** Sums and extremes of numbers of a type as numbers of the type, which extremes always are. */
  private Binding narrowed(Binding wide, DType dtype) {
    Binding inside = wide;
    if (!reduction().equals("sum") && !reduction().equals("prod")) {
      int bits = 8 * dtype.bytes();
      inside =
          bits > 16
              ? call.aten("clamp_min", wide, 0L)
              : dtype.isUnsigned()
                  ? call.aten("clamp", wide, 0L, (1L << bits) - 1)
                  : call.aten("clamp", wide, -(1L << bits - 1), (1L << bits - 1) - 1);
    }
    return call.aten("to", inside, dtype);
  }

  /** The body's name to index_reduce; empty where elements are replaced. */
  private String reduction() {
    ReducerBody body =
        ReducerBody.of(call)
            .orElseThrow(() ->
                call.refused(
                    "its body is none of add, multiply, maximum, minimum and the new value"));
    boolean truth = ElementTypes.isBoolean(operand);
    return switch (body) {
      case SECOND -> "";
      case SUM -> truth ? "amax" : "sum";
      case PRODUCT -> truth ? "amin" : "prod";
      case MAXIMUM -> "amax";
      case MINIMUM -> "amin";
      case AND, OR -> {
        if (!truth) {
          throw call.refused("its body combines the bits of integers");
        }
        yield body == ReducerBody.AND ? "amin" : "amax";
      }
      case ARGUMENT_OF_MAXIMUM, ARGUMENT_OF_MINIMUM ->
          throw call.refused(
              "its body is none of add, multiply, maximum, minimum and the new value");
    };
  }

  /** Combines elements with the present ones, with the indexed dimensions as one. */
  private Binding reduced(
      Binding x, List<Binding> indices, Binding values, List<Integer> order, String reduction) {
    List<Long> extents = new ArrayList<>();
    order.forEach(k -> extents.add(operand.extents().get(k)));
    extents.set(0, extents.getFirst() + sizes.get(indexed.getFirst()));
    long rows = 1;
    Binding place = call.constant(List.of(), new long[] {0});
    for (int i = 0; i < indexed.size(); i++) {
      place = call.aten("add", call.aten("mul", place, extents.get(i)), indices.get(i));
      rows = Math.multiplyExact(rows, extents.get(i));
    }
    long width =
        extents.subList(indexed.size(), extents.size()).stream().reduce(1L, Math::multiplyExact);
    List<Long> points = new ArrayList<>();
    batch.forEach(b -> points.add(starts.extents().get(b)));
    indexed.forEach(k -> points.add(sizes.get(k)));
    long count = points.stream().reduce(1L, Math::multiplyExact);
    Binding at = call.aten("reshape", call.aten("expand", place, points), List.of(count));
    Binding lines =
        call.aten(
            "index_reduce",
            call.aten("reshape", x, List.of(rows, width)),
            0L,
            at,
            call.aten("reshape", values, List.of(count, width)),
            reduction);
    return call.aten("reshape", lines, extents);
  }

  /** Windows that are the whole operand, one after the other. */
  private Binding covered(Binding x, Binding values, String reduction) {
    List<Long> batches = batch.stream().map(k -> starts.extents().get(k)).toList();
    long count = batches.stream().reduce(1L, Math::multiplyExact);
    if (count == 0) {
      return x;
    }
    if (count > MOST_WHOLE) {
      throw call.refused(
          "it writes the whole tensor %d times, more than %d".formatted(count, MOST_WHOLE));
    }
    List<Long> all = new ArrayList<>(List.of(count));
    all.addAll(operand.extents());
    Binding lines = call.aten("reshape", values, all);
    Optional<Binding> inside =
        inside().map(i -> call.aten("reshape", call.aten("expand", i, batches), List.of(count)));
    Binding written = x;
    for (long k = 0; k < count; k++) {
      Binding value = call.aten("select", lines, 0L, k);
      Binding next =
          switch (reduction) {
            case "sum" -> call.aten("add", written, value);
            case "prod" -> call.aten("mul", written, value);
            case "amax" -> call.aten("maximum", written, value);
            case "amin" -> call.aten("minimum", written, value);
            default -> value;
          };
      written =
          inside.isPresent()
              ? call.aten("where", call.aten("select", inside.orElseThrow(), 0L, k), next, written)
              : next;
    }
    return written;
  }

  /** The updates as [batch..., windows in the order of the operand's dimensions]. */
  private Binding values(List<Integer> order) {
    List<Long> scattered = new ArrayList<>();
    for (long p = 0; p < updates.rank(); p++) {
      if (!numbers.updateWindowDims().contains(p)) {
        scattered.add(p);
      }
    }
    List<Long> from = new ArrayList<>(scattered);
    List<Long> shape = new ArrayList<>();
    scattered.forEach(p -> shape.add(updates.extents().get(Math.toIntExact(p))));
    List<Integer> kept = new ArrayList<>();
    for (int k = 0; k < operand.rank(); k++) {
      if (!numbers.insertedWindowDims().contains((long) k)
          && !numbers.inputBatchingDims().contains((long) k)) {
        kept.add(k);
      }
    }
    for (int k : order) {
      if (kept.contains(k)) {
        from.add(numbers.updateWindowDims().get(kept.indexOf(k)));
      }
      shape.add(sizes.get(k));
    }
    return call.aten("reshape", call.aten("permute", call.whole(2), from), shape);
  }

  /**
   * Whether each window is in range as a whole: [batch...], truth values; empty where all start at
   * the first element.
   */
  private Optional<Binding> inside() {
    List<Binding> each = new ArrayList<>();
    for (int k = 0; k < operand.rank(); k++) {
      int named = numbers.scatterDimsToOperandDims().indexOf((long) k);
      if (named >= 0
          && (indexed.contains(k) || !Definitions.isZero(call, call.operand(1), vector, named))) {
        Binding start = start(named);
        long last = operand.extents().get(k) - sizes.get(k);
        each.add(
            call.aten("logical_and", call.aten("ge", start, 0L), call.aten("le", start, last)));
      }
    }
    return each.stream().reduce((a, b) -> call.aten("logical_and", a, b));
  }

  private Binding start(int named) {
    Binding all = call.whole(1);
    Binding one =
        vector == starts.rank() ? all : call.aten("select", all, (long) vector, (long) named);
    return call.dtype(starts) == DType.I64 ? one : call.aten("to", one, DType.I64);
  }

  /** Places along the i-th indexed dimension; those of windows out of range are past the end. */
  private Binding index(int i, Binding inside) {
    int k = indexed.get(i);
    List<Long> shape = new ArrayList<>();
    batch.forEach(b -> shape.add(starts.extents().get(b)));
    List<Long> rows = List.copyOf(shape);
    indexed.forEach(_ -> shape.add(1L));
    int named = numbers.scatterDimsToOperandDims().indexOf((long) k);
    int batching = numbers.inputBatchingDims().indexOf((long) k);
    Binding place;
    if (batching >= 0) {
      int at = batch.indexOf(Math.toIntExact(numbers.scatterIndicesBatchingDims().get(batching)));
      List<Long> along = new ArrayList<>(Collections.nCopies(rows.size(), 1L));
      along.set(at, rows.get(at));
      place = call.aten("expand", numbers(along, rows.get(at)), rows);
    } else if (named >= 0) {
      place = start(named);
    } else {
      place = numbers(Collections.nCopies(rows.size(), 1L), 1);
    }
    Binding outside = numbersAt(rows.size(), i == 0 ? operand.extents().get(k) : 0);
    Binding at = call.aten("reshape", call.aten("where", inside, place, outside), shape);
    if (sizes.get(k) > 1) {
      List<Long> along = new ArrayList<>(Collections.nCopies(shape.size(), 1L));
      along.set(rows.size() + i, sizes.get(k));
      at = call.aten("add", at, numbers(along, sizes.get(k)));
    }
    return at;
  }

  private Binding numbersAt(int rank, long value) {
    return call.constant(Collections.nCopies(rank, 1L), new long[] {value});
  }

  private Binding numbers(List<Long> shape, long count) {
    long[] values = new long[Math.toIntExact(count)];
    for (int v = 0; v < values.length; v++) {
      values[v] = v;
    }
    return call.constant(shape, values);
  }
}
