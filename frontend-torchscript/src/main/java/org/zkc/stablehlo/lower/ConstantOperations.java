package org.zkc.stablehlo.lower;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.stablehlo.program.DenseData;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloType;
import org.zkc.torchscript.lower.Binding;

/** Constants (StableHLO specification, "constant", "iota", "partition_id", "replica_id"). */
final class ConstantOperations {
  static final Map<String, HloOperator> TABLE =
      Map.of(
          "stablehlo.constant", HloOperator.one(ConstantOperations::constant),
          "chlo.constant", HloOperator.one(ConstantOperations::constant),
          "stablehlo.iota", HloOperator.one(ConstantOperations::iota),
          "stablehlo.partition_id", HloOperator.one(ConstantOperations::first),
          "stablehlo.replica_id", HloOperator.one(ConstantOperations::first));

  private ConstantOperations() {}

  private static Held constant(HloCall call) {
    if (!(call.required("value") instanceof HloAttribute.Dense dense)) {
      throw call.refused("its value is no tensor");
    }
    HloType.TensorOf type = dense.type();
    DenseData data = dense.data();
    if (ComplexOperations.isComplex(type)) {
      return ComplexOperations.constant(call, type, data);
    }
    DType dtype = ElementTypes.ofConstants(type.element()).orElseGet(() -> call.dtype(type));
    if (dtype == DType.U64 && hasHuge(data)) {
      throw call.refused("it holds a number of 2^63 or more");
    }
    if (!data.isSplat() || data.count() == 0) {
      TensorData elements = elements(dtype, call.shape(type.extents()), data);
      return call.result(call.constant(elements));
    }
    List<Long> ones = Collections.nCopies(type.rank(), 1L);
    Binding held = call.constant(elements(dtype, call.shape(ones), data));
    return new Held(held, ones, call.resultType(0), Optional.of(number(dtype, data)));
  }

  /** The number of the one process that a proof is about, among partitions and replicas. */
  private static Held first(HloCall call) {
    HloType.TensorOf type = call.resultType(0);
    if (type.rank() != 0) {
      throw call.refused("its result is %s, and a number is asked for".formatted(type.text()));
    }
    TensorData zero = TensorData.ofLongs(call.dtype(type), Shape.of(), new long[] {0});
    return new Held(call.constant(zero), List.of(), type, Optional.of(Binding.Literal.of(0L)));
  }

  private static boolean hasHuge(DenseData data) {
    for (long i = 0; i < data.count(); i++) {
      if (data.getLong(i) < 0) {
        return true;
      }
    }
    return false;
  }

  /** The elements as they are stored, or each in the wider type that they are held in. */
  private static TensorData elements(DType dtype, Shape shape, DenseData data) {
    if (data.element().dtype().isPresent()) {
      return new TensorData(dtype, shape, stored(data));
    }
    int count = Math.toIntExact(shape.elementCount());
    if (dtype.isFloating()) {
      double[] reals = new double[count];
      for (int i = 0; i < count; i++) {
        reals[i] = data.getDouble(i);
      }
      return TensorData.ofReals(dtype, shape, reals);
    }
    long[] integers = new long[count];
    for (int i = 0; i < count; i++) {
      integers[i] = data.getLong(i);
    }
    return TensorData.ofLongs(dtype, shape, integers);
  }

  /** The bytes of a tensor without elements are none, splat or not. */
  private static MemorySegment stored(DenseData data) {
    return data.count() == 0 ? MemorySegment.ofArray(new byte[0]) : data.stored();
  }

  private static Binding.Literal number(DType dtype, DenseData data) {
    return dtype.isFloating()
        ? Binding.Literal.of(data.getDouble(0))
        : dtype == DType.I1
            ? Binding.Literal.of(data.getLong(0) != 0)
            : Binding.Literal.of(data.getLong(0));
  }

  /** The index along one dimension, held along that dimension alone. */
  private static Held iota(HloCall call) {
    HloType.TensorOf type = call.resultType(0);
    DType dtype = call.dtype(type);
    int dimension = call.dimension("iota_dimension", type.rank());
    List<Long> extents = new ArrayList<>(Collections.nCopies(type.rank(), 1L));
    extents.set(dimension, type.extents().get(dimension));
    int count = call.shape(extents).extent(dimension);
    if (!call.counts(count)) {
      throw call.refused(
          "it counts to more than %d, with what was counted before it"
              .formatted(ModuleLowering.MOST_COUNTED));
    }
    TensorData data;
    if (dtype.isFloating()) {
      double[] values = new double[count];
      for (int i = 0; i < count; i++) {
        values[i] = i;
      }
      data = TensorData.ofReals(dtype, call.shape(extents), values);
    } else {
      long[] values = new long[count];
      for (int i = 0; i < count; i++) {
        if (!dtype.holds(i)) {
          throw call.refused("%s has no number %d".formatted(dtype.text(), i));
        }
        values[i] = i;
      }
      data = TensorData.ofLongs(dtype, call.shape(extents), values);
    }
    return call.result(call.constant(data), extents);
  }
}
