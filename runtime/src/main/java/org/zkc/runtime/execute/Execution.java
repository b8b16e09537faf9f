package org.zkc.runtime.execute;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.prove.Witness;
import org.zkc.gkr.statement.Statement;
import org.zkc.ir.TensorData;
import org.zkc.runtime.artifact.InputArrays;
import org.zkc.runtime.artifact.ModelFile;
import org.zkc.runtime.artifact.PortArrays;

/** A compiled model ready to run: arrays in, integers through the circuit, arrays out. */
public final class Execution {
  private static final int MOST_WARNINGS = 3;

  private final KeyFile key;
  private final Circuit circuit;
  private final IntegerExecutor executor;

  public Execution(ModelFile file) {
    key = file.keyFile();
    circuit = key.circuit().circuit();
    executor = new IntegerExecutor(circuit, file.weights(), SaturationLimits.of(file));
  }

  /** Witness, statement and outputs of one run. */
  public record Result(
      Witness witness, Statement statement, SequencedMap<String, TensorData> outputs) {}

  /**
   * The statement's integers for the arrays that {@code --input} names; {@code warnings} is told
   * where they are cut.
   */
  public List<int[]> quantize(List<String> files, Consumer<String> warnings) {
    return quantize(warnings, read(files));
  }

  /**
   * The statements' integers for several samples, all of which {@code --input} names; {@code
   * warnings} is told where they are cut.
   */
  public List<List<int[]>> quantizeSamples(List<String> files, Consumer<String> warnings) {
    return InputArrays.of(key).readSamples(files).stream()
        .map(arrays -> quantize(warnings, arrays))
        .toList();
  }

  private List<int[]> quantize(Consumer<String> warnings, List<TensorData> arrays) {
    List<int[]> out = quantizeArrays(arrays);
    for (int i = 0; i < arrays.size(); i++) {
      PortArrays.warning(
              key.inputs().get(i), arrays.get(i), circuit.tensors().get(circuit.inputs().get(i)))
          .ifPresent(warnings);
    }
    return out;
  }

  /** The arrays that {@code --input} names, one for each of the circuit's inputs, in order. */
  public List<TensorData> read(List<String> files) {
    return InputArrays.of(key).read(files);
  }

  /** The statement's integers for arrays in the order of the inputs. */
  public List<int[]> quantizeArrays(List<TensorData> arrays) {
    List<int[]> out = new ArrayList<>();
    for (int i = 0; i < arrays.size(); i++) {
      out.add(quantize(i, arrays.get(i)));
    }
    return out;
  }

  /** The statement's integers for the array of one input. */
  int[] quantize(int input, TensorData array) {
    return PortArrays.quantize(
        key.inputs().get(input), array, circuit.tensors().get(circuit.inputs().get(input)));
  }

  /**
   * Warnings about the tensors of which the last run cut elements that calibration did not foresee,
   * those that lose most first.
   */
  public List<String> saturationWarnings() {
    List<Saturation> all =
        executor.saturations().stream()
            .sorted(Comparator.comparingDouble(Saturation::lost).reversed())
            .toList();
    List<String> out = new ArrayList<>();
    all.stream().limit(MOST_WARNINGS).forEach(s -> out.add(s.warning()));
    if (all.size() > MOST_WARNINGS) {
      out.add("%d more tensors are cut so".formatted(all.size() - MOST_WARNINGS));
    }
    return out;
  }

  /** Evaluates the circuit for its outputs alone, in less memory than {@link #run}. */
  public SequencedMap<String, TensorData> outputs(List<int[]> inputs, int threads) {
    return PortArrays.outputs(key, statement(inputs, threads));
  }

  /** The statement of a run, in less memory than {@link #run}. */
  public Statement statement(List<int[]> inputs, int threads) {
    return new Statement(inputs, executor.runForOutputs(inputs, threads));
  }

  /** Evaluates the circuit. */
  public Result run(List<int[]> inputs, int threads) {
    Witness witness = executor.run(inputs, threads);
    Statement statement = new Statement(inputs, executor.outputs(witness));
    return new Result(witness, statement, PortArrays.outputs(key, statement));
  }
}
