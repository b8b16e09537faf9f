package org.zkc.runtime.execute;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
import org.zkc.runtime.emit.ModelWeights;

/** A compiled model ready to run: arrays in, integers through the circuit, arrays out. */
public final class Execution {
  private static final int MOST_WARNINGS = 3;

  private final KeyFile key;
  private final Circuit circuit;
  private final ModelWeights weights;
  private final SaturationLimits limits;
  private final IntegerExecutor executor;
  private List<Saturation> saturations = List.of();

  public Execution(ModelFile file) {
    key = file.keyFile();
    circuit = key.circuit().circuit();
    weights = file.weights();
    limits = SaturationLimits.of(file);
    executor = new IntegerExecutor(circuit, weights, limits, 1);
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
   * those that lose most first; of several samples, each tensor's that loses most.
   */
  public List<String> saturationWarnings() {
    Map<String, Saturation> worst = new LinkedHashMap<>();
    saturations.stream()
        .sorted(Comparator.comparingDouble(Saturation::lost).reversed())
        .forEach(s -> worst.putIfAbsent(s.place(), s));
    List<String> out = new ArrayList<>();
    worst.values().stream().limit(MOST_WARNINGS).forEach(s -> out.add(s.warning()));
    if (worst.size() > MOST_WARNINGS) {
      out.add("%d more tensors are cut so".formatted(worst.size() - MOST_WARNINGS));
    }
    return out;
  }

  /** Evaluates the circuit for its outputs alone, in less memory than {@link #run}. */
  public SequencedMap<String, TensorData> outputs(List<int[]> inputs, int threads) {
    return PortArrays.outputs(key, statement(inputs, threads));
  }

  /** The statement of a run, in less memory than {@link #run}. */
  public Statement statement(List<int[]> inputs, int threads) {
    List<int[]> outputs = executor.runForOutputs(inputs, threads);
    saturations = executor.saturations();
    return new Statement(inputs, outputs);
  }

  /** Evaluates the circuit. */
  public Result run(List<int[]> inputs, int threads) {
    Witness witness = executor.run(inputs, threads);
    saturations = executor.saturations();
    Statement statement = new Statement(inputs, executor.outputs(witness));
    return new Result(witness, statement, PortArrays.outputs(key, statement));
  }

  /**
   * Evaluates the circuit for one sample or for several at once, whose weights are then read once.
   *
   * @param together the circuit of as many samples: for several, that of {@link
   *     org.zkc.gkr.prove.ProvingKey#batch}
   * @return the witness of {@code together}
   */
  public Witness run(List<List<int[]>> samples, Circuit together, int threads) {
    if (samples.size() == 1) {
      return run(samples.getFirst(), threads).witness();
    }
    List<int[]> inputs = new ArrayList<>();
    for (int i = 0; i < circuit.inputs().size(); i++) {
      int size = samples.getFirst().get(i).length;
      int[] all = new int[Math.multiplyExact(size, samples.size())];
      for (int k = 0; k < samples.size(); k++) {
        System.arraycopy(samples.get(k).get(i), 0, all, k * size, size);
      }
      inputs.add(all);
    }
    IntegerExecutor batch = new IntegerExecutor(together, weights, limits, samples.size());
    Witness witness = batch.run(inputs, threads);
    saturations = batch.saturations();
    return witness;
  }
}
