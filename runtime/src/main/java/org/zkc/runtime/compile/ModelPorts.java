package org.zkc.runtime.compile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zkc.gkr.file.ElementType;
import org.zkc.gkr.file.Port;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Program;
import org.zkc.ir.Value;
import org.zkc.passes.quantize.ColumnScales;
import org.zkc.runtime.artifact.PortArrays;

/** The ports that relate a quantised program's integers to the users' arrays. */
final class ModelPorts {
  private ModelPorts() {}

  /** The ports of the circuit's inputs, in order. */
  static List<Port> inputs(CompilePipeline.Calibrated model, Program integer) {
    List<Port> ports = new ArrayList<>();
    for (int i = 0; i < model.inputNames().size(); i++) {
      int input = i;
      Value parameter = integer.main().parameters().get(i);
      ports.add(
          port(
              model.inputNames().get(i),
              model.tensor().main().parameters().get(i),
              parameter,
              model.columns().map(c -> c.inputs().get(input)).orElse(ColumnScales.Units.ONE),
              model.inputParts().get(i)));
    }
    return ports;
  }

  /** The ports of the circuit's outputs, in order. */
  static List<Port> outputs(CompilePipeline.Calibrated model, Program integer) {
    List<Port> ports = new ArrayList<>();
    List<Value> results = integer.main().results();
    for (int i = 0; i < results.size(); i++) {
      ports.add(
          port(
              model.outputNames().get(i),
              model.tensor().main().results().get(i),
              results.get(i),
              ColumnScales.Units.ONE,
              Optional.empty()));
    }
    return ports;
  }

  private static Port port(
      String name,
      Value tensor,
      Value integer,
      ColumnScales.Units units,
      Optional<Port.Part> part) {
    IntegerType type = integer.integerType();
    ElementType elementType = PortArrays.elementType(tensor.tensorType().dtype());
    double scale = elementType == ElementType.F32 ? type.scale() : 1;
    return new Port(name, elementType, scale, units.units(), units.run(), part);
  }
}
