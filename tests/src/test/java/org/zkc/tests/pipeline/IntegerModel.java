package org.zkc.tests.pipeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.ir.TensorData;
import org.zkc.runtime.artifact.PortArrays;
import org.zkc.runtime.compile.CompileOptions;
import org.zkc.runtime.compile.CompilePipeline;
import org.zkc.runtime.compile.CompiledModel;
import org.zkc.runtime.execute.IntegerExecutor;

/** A compiled archive that can be run: arrays in, the arrays of the proved integers out. */
final class IntegerModel {
  private static final Map<Path, IntegerModel> COMPILED = new ConcurrentHashMap<>();

  private final CompiledModel compiled;
  private final IntegerExecutor executor;

  private IntegerModel(CompiledModel compiled) {
    this.compiled = compiled;
    this.executor = new IntegerExecutor(compiled.emitted().circuit(), compiled.emitted().model());
  }

  /** Compiles with the default options; once for each archive in a run of the tests. */
  static IntegerModel of(SampleArchive archive) {
    return of(archive.path(), archive.inputShapes());
  }

  static IntegerModel of(Path archive, List<String> inputShapes) {
    return COMPILED.computeIfAbsent(
        archive, file -> new IntegerModel(new CompilePipeline(options(inputShapes)).compile(file)));
  }

  /** The default options with input shapes. */
  static CompileOptions options(List<String> inputShapes) {
    return CompileOptions.DEFAULT.withInputShapes(inputShapes);
  }

  CompiledModel compiled() {
    return compiled;
  }

  List<TensorData> run(List<TensorData> inputs) {
    Circuit circuit = compiled.emitted().circuit();
    List<int[]> integers = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      TensorDeclaration declaration = circuit.tensors().get(circuit.inputs().get(i));
      integers.add(PortArrays.quantize(compiled.inputs().get(i), inputs.get(i), declaration));
    }
    List<int[]> results = executor.outputs(executor.run(integers, 1));
    List<TensorData> outputs = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      TensorDeclaration declaration = circuit.tensors().get(circuit.outputs().get(i));
      outputs.add(
          PortArrays.dequantize(compiled.outputs().get(i), results.get(i), declaration.shape()));
    }
    return outputs;
  }
}
