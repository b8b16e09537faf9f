package org.zkc.runtime.compile;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.DoubleStream;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Program;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Activation;
import org.zkc.ir.tensor.Clamp;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Elementwise;
import org.zkc.ir.tensor.FakeQuantize;
import org.zkc.ir.tensor.IndexWrap;
import org.zkc.ir.tensor.Relu;
import org.zkc.ir.text.OpText;
import org.zkc.passes.quantize.QuantizedProgram;
import org.zkc.runtime.artifact.Layer;

/** The layers of a tensor-level program whose ops are numbered. */
final class Layers {
  /** A function that is the same here and at twice this is flat, for all that networks compute. */
  private static final double FAR = 1e6;

  private Layers() {}

  static List<Layer> of(Program tensor, QuantizedProgram quantized) {
    Uses uses = Uses.of(tensor.main());
    Uses integers = Uses.of(quantized.program().main());
    OpText texts = OpText.of(tensor);
    List<Layer> layers = new ArrayList<>();
    for (Op op : tensor.main().body()) {
      if (op instanceof Constant) {
        continue;
      }
      Value result = op.definitions().getFirst();
      Set<Integer> inputs = new LinkedHashSet<>();
      Set<Integer> parameters = new LinkedHashSet<>();
      for (Value operand : op.operands()) {
        uses.definition(operand)
            .ifPresentOrElse(
                source -> {
                  if (!(source instanceof Constant)) {
                    inputs.add(source.location().layer());
                  }
                },
                () -> parameters.add(tensor.main().parameters().indexOf(operand)));
      }
      int carrier =
          Optional.ofNullable(quantized.counterparts().get(result))
              .flatMap(integers::definition)
              .map(o -> o.location().layer())
              .orElse(0);
      layers.add(
          new Layer(
              module(op, uses),
              OpSpec.of(op).mnemonic(),
              texts.of(op),
              op.location(),
              result.shape().extents(),
              List.copyOf(inputs),
              List.copyOf(parameters),
              carrier,
              bounds(op)));
    }
    return layers;
  }

  /**
   * The numbers that a function of one variable stays at: a clamp's bounds, and what other
   * functions are for all numbers of great magnitude.
   */
  private static List<Double> bounds(Op op) {
    return op instanceof Elementwise e
        ? switch (e) {
          case Clamp c ->
              DoubleStream.of(c.low(), c.high()).filter(Double::isFinite).boxed().toList();
          case IndexWrap _ -> List.of();
          case Activation _, FakeQuantize _, Relu _ ->
              DoubleStream.of(-FAR, FAR)
                  .filter(x -> Double.isFinite(e.apply(x)) && e.apply(x) == e.apply(2 * x))
                  .map(e::apply)
                  .boxed()
                  .toList();
        }
        : List.of();
  }

  /** The number of the layer of each result of main. */
  static List<Integer> results(Program tensor) {
    Uses uses = Uses.of(tensor.main());
    return tensor.main().results().stream()
        .map(v -> uses.definition(v).map(Op::location).map(Location::layer).orElse(0))
        .toList();
  }

  /** {@code layer1.0.conv1} for an op that reads {@code layer1.0.conv1.weight}. */
  private static String module(Op op, Uses uses) {
    for (Value operand : op.operands()) {
      if (uses.definition(operand).orElse(null) instanceof Constant c) {
        int at = c.name().lastIndexOf(".weight");
        if (at > 0) {
          return c.name().substring(0, at);
        }
      }
    }
    return "";
  }
}
