package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/** Reductions of constant tensors. */
final class ConstantReductions {
  static final Map<String, HostFunction> ALL =
      Map.ofEntries(
          Map.entry("aten.max", extreme(true)),
          Map.entry("aten.min", extreme(false)),
          Map.entry("aten.argmax", HostFunctions.ofConstants(c -> position(c, true))),
          Map.entry("aten.argmin", HostFunctions.ofConstants(c -> position(c, false))),
          Map.entry("aten.prod", HostFunctions.ofConstants(ConstantReductions::product)),
          Map.entry("aten.any", quantified(false)),
          Map.entry("aten.all", quantified(true)),
          Map.entry("aten.cumprod", HostFunctions.ofConstants(ConstantReductions::running)),
          Map.entry("aten.diff", HostFunctions.ofConstants(ConstantReductions::differences)));

  private ConstantReductions() {}

  private static TensorData data(OperatorCall call, int index) {
    return call.knownTensor(index, "operand").data();
  }

  /** The lines along an axis argument, or all elements as one line where it is None. */
  private static Lanes lanes(OperatorCall call, int axisAt) {
    TensorData data = data(call, 0);
    if (axisAt >= call.arguments().size() || call.isNone(axisAt)) {
      Shape flat = Shape.of(Math.toIntExact(data.elementCount()));
      return Lanes.of(new TensorData(data.dtype(), flat, data.bytes()), 0);
    }
    return Lanes.of(data, call.axis(axisAt, data.shape().rank()));
  }

  private static KnownTensor reduced(
      Lanes lanes, DType type, boolean keep, ToDoubleFunction<double[]> function) {
    List<double[]> lines = new ArrayList<>();
    for (int l = 0; l < lanes.count(); l++) {
      lines.add(new double[] {function.applyAsDouble(lanes.line(l))});
    }
    TensorData out = lanes.with(lines, type);
    return new KnownTensor(Lanes.dropped(out, lanes.axis(), keep), "");
  }

  private static int place(OperatorCall call, double[] line, boolean largest) {
    if (line.length == 0) {
      throw call.refuse("the tensor has no elements");
    }
    int best = 0;
    for (int i = 1; i < line.length; i++) {
      boolean better = largest ? line[i] > line[best] : line[i] < line[best];
      best = better || (Double.isNaN(line[i]) && !Double.isNaN(line[best])) ? i : best;
    }
    return best;
  }

  /**
   * Overloads "" (self), dim (self, dim, keepdim) with positions, and other (self, other) element
   * by element.
   */
  private static HostFunction extreme(boolean largest) {
    HostFunction known =
        HostFunctions.ofConstants(call -> {
          if (call.overload().equals("other")) {
            DType type = Promotion.of(call.arguments());
            return new KnownTensor(
                HostTensors.zip(
                    data(call, 0),
                    data(call, 1),
                    type,
                    largest ? Math::max : Math::min,
                    largest ? Math::max : Math::min),
                "");
          }
          Lanes lanes = lanes(call, 1);
          boolean keep = call.arguments().size() > 2 && call.flag(2);
          KnownTensor values =
              reduced(lanes, lanes.dtype(), keep, line -> line[place(call, line, largest)]);
          return call.arguments().size() < 2
              ? values
              : new Tuple(
                  List.of(
                      values, reduced(lanes, DType.I64, keep, line -> place(call, line, largest))));
        });
    return call ->
        call.argument(0) instanceof TorchValue.Tensor ? known.apply(call) : Optional.empty();
  }

  /** (self, dim, keepdim). */
  private static TorchValue position(OperatorCall call, boolean largest) {
    boolean keep = !call.isNone(1) && call.flag(2);
    return reduced(lanes(call, 1), DType.I64, keep, line -> place(call, line, largest));
  }

  /** Overloads "" (self, dtype) and dim_int (self, dim, keepdim, dtype). */
  private static TorchValue product(OperatorCall call) {
    boolean whole = call.overload().isEmpty();
    int dtypeAt = whole ? 1 : 3;
    Lanes lanes = lanes(call, whole ? call.arguments().size() : 1);
    DType natural = lanes.dtype().isFloating() ? lanes.dtype() : DType.I64;
    DType type = call.isNone(dtypeAt) ? natural : CastOperators.dtype(call, call.integer(dtypeAt));
    return reduced(
        lanes,
        type,
        !whole && call.flag(2),
        line -> Arrays.stream(line).reduce(1, (x, y) -> x * y));
  }

  /** Overloads "" (self), dim (self, dim, keepdim) and dims (self, dims, keepdim). */
  private static HostFunction quantified(boolean all) {
    HostFunction known =
        HostFunctions.ofConstants(call -> {
          TensorData data = data(call, 0);
          int rank = data.shape().rank();
          TreeSet<Integer> axes = new TreeSet<>();
          if (!call.isNone(1)) {
            call.integers(1).forEach(a -> axes.add(call.resolveAxis(a, rank)));
          }
          boolean keep = call.arguments().size() > 2 && call.flag(2);
          ToDoubleFunction<double[]> function =
              line ->
                  (all
                          ? Arrays.stream(line).allMatch(x -> x != 0)
                          : Arrays.stream(line).anyMatch(x -> x != 0))
                      ? 1
                      : 0;
          if (axes.isEmpty()) {
            return reduced(lanes(call, call.arguments().size()), DType.I1, false, function);
          }
          KnownTensor out = new KnownTensor(data, "");
          for (int axis : axes.descendingSet()) {
            out = reduced(Lanes.of(out.data(), axis), DType.I1, keep, function);
          }
          return out;
        });
    return call ->
        call.argument(0) instanceof TorchValue.Tensor ? known.apply(call) : Optional.empty();
  }

  /** (self, dim, dtype): products of all elements up to each. */
  private static TorchValue running(OperatorCall call) {
    Lanes lanes = lanes(call, 1);
    DType natural = lanes.dtype().isFloating() ? lanes.dtype() : DType.I64;
    List<double[]> lines = new ArrayList<>();
    for (int l = 0; l < lanes.count(); l++) {
      double[] line = lanes.line(l);
      for (int i = 1; i < line.length; i++) {
        line[i] *= line[i - 1];
      }
      lines.add(line);
    }
    DType type = call.isNone(2) ? natural : CastOperators.dtype(call, call.integer(2));
    return new KnownTensor(lanes.with(lines, type), "");
  }

  /** (self, n, dim, prepend, append). */
  private static TorchValue differences(OperatorCall call) {
    TensorData data = data(call, 0);
    int axis = call.axis(2, data.shape().rank());
    List<double[]> lines = new ArrayList<>();
    Lanes lanes = Lanes.of(data, axis);
    for (int l = 0; l < lanes.count(); l++) {
      lines.add(lanes.line(l));
    }
    for (int end = 3; end <= 4; end++) {
      if (!call.isNone(end)) {
        Lanes more = Lanes.of(data(call, end), axis);
        if (more.count() != lines.size()) {
          throw call.refuse("a tensor of shape %s beside %s".formatted(more.shape(), data.shape()));
        }
        for (int l = 0; l < lines.size(); l++) {
          lines.set(
              l,
              end == 3 ? joined(more.line(l), lines.get(l)) : joined(lines.get(l), more.line(l)));
        }
      }
    }
    for (long n = Math.min(call.integer(1, 1), lines.isEmpty() ? 0 : lines.getFirst().length);
        n > 0;
        n--) {
      lines.replaceAll(ConstantReductions::difference);
    }
    return new KnownTensor(lanes.with(lines, data.dtype()), "");
  }

  private static double[] difference(double[] line) {
    double[] out = new double[Math.max(0, line.length - 1)];
    for (int i = 0; i < out.length; i++) {
      out[i] = line[i + 1] - line[i];
    }
    return out;
  }

  private static double[] joined(double[] first, double[] second) {
    double[] out = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, out, first.length, second.length);
    return out;
  }
}
