package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloType;
import org.zkc.torchscript.lower.Binding;

/**
 * Slices at computed places (StableHLO specification, "gather"). Places out of range are moved to
 * the nearest that is in range, as the specification says; where a program puts NaN in their stead,
 * which no proof is about, the places must be in range.
 */
final class GatherOperations {
  static final Map<String, HloOperator> TABLE =
      Map.of(
          "stablehlo.gather",
          HloOperator.one(c -> call(c, true)),
          "stablehlo.torch_index_select",
          HloOperator.one(GatherOperations::torchIndexSelect));

  private GatherOperations() {}

  private static Held call(HloCall call, boolean clamps) {
    return new Gathering(call, clamps).lower();
  }

  /**
   * The gather in {@code select(in range, gather, NaN)}, with places that must be in range; empty
   * for other choices.
   */
  static Optional<Held> filled(HloCall select, Held then, Held otherwise) {
    boolean none = otherwise.number().filter(n -> n.text().equals("nan")).isPresent();
    Optional<HloCall> gather =
        none ? select.definition(then).filter(g -> g.isOf("stablehlo.gather")) : Optional.empty();
    return gather
        .filter(g -> g.block() == select.block())
        .map(g -> call(g, false))
        .map(h -> new Held(h.binding(), h.extents(), select.resultType(0)));
  }

  private static Held torchIndexSelect(HloCall call) {
    if (call.integer("batch_dims", 0) != 0 || call.type(1).rank() != 1) {
      throw call.refused("batches of indices cannot be proved");
    }
    int d = call.dimension("dim", call.type(0).rank());
    return call.result(call.aten("index_select", call.whole(0), (long) d, call.whole(1)));
  }

  /** One gather. */
  private static final class Gathering {
    private final HloCall call;
    private final boolean clamps;
    private final HloAttribute.GatherDimensions numbers;
    private final HloType.TensorOf operand;
    private final HloType.TensorOf starts;
    private final List<Long> sizes;

    /** The dimension of the starts that holds the coordinates; their rank where there is none. */
    private final int vector;

    /** The dimensions of the starts that are not the vector's. */
    private final List<Integer> batch = new ArrayList<>();

    Gathering(HloCall call, boolean clamps) {
      this.call = call;
      this.clamps = clamps;
      if (!(call.required("dimension_numbers") instanceof HloAttribute.GatherDimensions d)) {
        throw call.refused("its dimension numbers are none of a gather");
      }
      this.numbers = d;
      this.operand = call.type(0);
      this.starts = call.type(1);
      this.sizes = call.integers("slice_sizes", operand.rank(), 1);
      this.vector = (int) d.indexVectorDim();
      if (d.indexVectorDim() < 0 || d.indexVectorDim() > starts.rank()) {
        throw call.refused("there is no dimension %d of indices".formatted(d.indexVectorDim()));
      }
      for (int k = 0; k < starts.rank(); k++) {
        if (k != vector) {
          batch.add(k);
        }
      }
      for (int k = 0; k < operand.rank(); k++) {
        if (sizes.get(k) < 0 || sizes.get(k) > operand.extents().get(k)) {
          throw call.refused(
              "slices of %d of %d elements".formatted(sizes.get(k), operand.extents().get(k)));
        }
      }
    }

    Held lower() {
      int rank = operand.rank();
      List<Integer> indexed = new ArrayList<>();
      List<Integer> order = new ArrayList<>();
      for (int k = 0; k < rank; k++) {
        if (!sizes.get(k).equals(operand.extents().get(k)) || !clamps && mayMiss(k)) {
          indexed.add(k);
        }
      }
      order.addAll(indexed);
      for (int k = 0; k < rank; k++) {
        if (!indexed.contains(k)) {
          order.add(k);
        }
      }
      List<Long> shape = new ArrayList<>();
      batch.forEach(k -> shape.add(starts.extents().get(k)));
      int batches = shape.size();
      order.forEach(k -> shape.add(sizes.get(k)));
      Binding x = isIdentity(order) ? call.whole(0) : call.aten("permute", call.whole(0), order);
      Binding taken;
      if (indexed.isEmpty()) {
        taken = call.aten("expand", x, shape);
      } else {
        List<Binding> indices = new ArrayList<>();
        for (int i = 0; i < indexed.size(); i++) {
          indices.add(index(indexed, i));
        }
        taken = call.aten("index", x, indices);
      }
      List<Long> kept = placed(order, batches);
      if (kept.size() != shape.size() || !inOrder(kept)) {
        // Dimensions that are dropped have extent 1: they go last, and then away.
        List<Long> all = new ArrayList<>(kept);
        for (long d = 0; d < shape.size(); d++) {
          if (!all.contains(d)) {
            all.add(d);
          }
        }
        taken = inOrder(all) ? taken : call.aten("permute", taken, all);
        List<Long> now = all.stream().map(d -> shape.get(Math.toIntExact(d))).toList();
        List<Long> result = call.resultType(0).extents();
        return call.result(now.equals(result) ? taken : call.aten("reshape", taken, result));
      }
      return call.result(taken);
    }

    /** Whether slices of all of a dimension may start elsewhere than at its first element. */
    private boolean mayMiss(int k) {
      int named = numbers.startIndexMap().indexOf((long) k);
      return named >= 0 && !Definitions.isZero(call, call.operand(1), vector, named);
    }

    /**
     * The places of the result's dimensions among those of the batch and of the ordered operand.
     */
    private List<Long> placed(List<Integer> order, int batches) {
      List<Long> dropped = new ArrayList<>(numbers.collapsedSliceDims());
      dropped.addAll(numbers.operandBatchingDims());
      List<Integer> offsets = new ArrayList<>();
      for (int k = 0; k < operand.rank(); k++) {
        if (!dropped.contains((long) k)) {
          offsets.add(k);
        } else if (sizes.get(k) != 1) {
          throw call.refused("a dimension of %d elements is dropped".formatted(sizes.get(k)));
        }
      }
      List<Long> out = new ArrayList<>();
      int nextBatch = 0;
      int nextOffset = 0;
      int rank = call.resultType(0).rank();
      for (int p = 0; p < rank; p++) {
        if (numbers.offsetDims().contains((long) p)) {
          if (nextOffset >= offsets.size()) {
            throw call.refused("its result has more dimensions than its slices");
          }
          out.add((long) batches + order.indexOf(offsets.get(nextOffset++)));
        } else {
          out.add((long) nextBatch++);
        }
      }
      if (nextBatch != batches || nextOffset != offsets.size()) {
        throw call.refused("its result has other dimensions than its slices");
      }
      return out;
    }

    /**
     * The places along the i-th indexed dimension: [batch..., a dimension for each indexed one],
     * with 1 where they do not change.
     */
    private Binding index(List<Integer> indexed, int i) {
      int k = indexed.get(i);
      List<Long> shape = new ArrayList<>(Collections.nCopies(batch.size(), 1L));
      indexed.forEach(_ -> shape.add(1L));
      int named = numbers.startIndexMap().indexOf((long) k);
      int batching = numbers.operandBatchingDims().indexOf((long) k);
      Binding place;
      if (batching >= 0) {
        long of = numbers.startIndicesBatchingDims().get(batching);
        int at = batch.indexOf(Math.toIntExact(of));
        shape.set(at, starts.extents().get(Math.toIntExact(of)));
        place = numbers(shape, shape.get(at));
      } else if (named >= 0) {
        for (int b = 0; b < batch.size(); b++) {
          shape.set(b, starts.extents().get(batch.get(b)));
        }
        place = call.aten("reshape", start(named, k), shape);
      } else {
        place = numbers(shape, 1);
      }
      if (sizes.get(k) > 1) {
        List<Long> along = new ArrayList<>(Collections.nCopies(shape.size(), 1L));
        along.set(batch.size() + i, sizes.get(k));
        place = call.aten("add", place, numbers(along, sizes.get(k)));
      }
      return place;
    }

    private Binding numbers(List<Long> shape, long count) {
      long[] values = new long[Math.toIntExact(count)];
      for (int v = 0; v < values.length; v++) {
        values[v] = v;
      }
      return call.constant(shape, values);
    }

    /** One coordinate of the starts, in range. */
    private Binding start(int named, int k) {
      long last = operand.extents().get(k) - sizes.get(k);
      boolean single = vector == starts.rank() || starts.extents().get(vector) == 1;
      if (!clamps && single && sizes.get(k) == 1) {
        Optional<Held> counted =
            Definitions.wrapped(call, call.operand(1), operand.extents().get(k));
        if (counted.isPresent()) {
          return wide(call.whole(counted.orElseThrow()), counted.orElseThrow().type());
        }
      }
      Binding all = call.whole(1);
      Binding one =
          vector == starts.rank() ? all : call.aten("select", all, (long) vector, (long) named);
      Binding place = wide(one, starts);
      return clamps ? call.aten("clamp", place, 0L, last) : notNegative(place, k);
    }

    /** Negative places as one past the end, since ATen's operators count them from there. */
    private Binding notNegative(Binding place, int k) {
      Binding end =
          call.constant(
              TensorData.ofLongs(DType.I64, Shape.of(), new long[] {operand.extents().get(k)}));
      return call.aten("where", call.aten("ge", place, 0L), place, end);
    }

    private Binding wide(Binding indices, HloType.TensorOf type) {
      return call.dtype(type) == DType.I64 ? indices : call.aten("to", indices, DType.I64);
    }

    private static boolean isIdentity(List<Integer> order) {
      return inOrder(order.stream().map(Integer::longValue).toList());
    }

    private static boolean inOrder(List<Long> order) {
      for (int d = 0; d < order.size(); d++) {
        if (order.get(d) != d) {
          return false;
        }
      }
      return true;
    }
  }
}
