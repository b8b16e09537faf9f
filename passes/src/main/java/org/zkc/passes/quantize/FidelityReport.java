package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.IntegerEvaluator;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.kernel.TaskRunner;

/**
 * The fidelity of an integer program to the floating-point program that it came from.
 *
 * @param layers values of the tensor-level program that have integer counterparts, in program order
 * @param outputs one per result of main
 */
public record FidelityReport(List<Entry> layers, List<Entry> outputs) {
  /** Elements of layers that are held until the integers exist: 128 MiB. */
  private static final long MOST_HELD = 1L << 25;

  /**
   * One value over all samples.
   *
   * @param layer number of the layer whose result it is; 0 for outputs, and where layers are not
   *     numbered
   * @param rSquared 1 - sum |y' - y|^2 / sum |y - mean(y)|^2, the mean taken per element over the
   *     samples; a divisor below 10^-6 sum |y|^2 counts as that, so that R^2 of a value that does
   *     not vary is finite
   * @param varies whether the divisor is above that
   * @param variation by how much of its size the value differs from sample to sample: the root of
   *     sum |y - mean(y)|^2 / sum |y|^2
   * @param cosine of the vectors of all elements of all samples
   * @param top1Agreement share of rows (last axis) whose largest element, the first among equals,
   *     is at the same index; NaN where rows have one element, which says nothing, and for integers
   *     and truth values
   * @param agreement share of elements that are the same; NaN for real numbers, which never are
   */
  public record Entry(
      String name,
      int layer,
      double rSquared,
      boolean varies,
      double variation,
      double cosine,
      double top1Agreement,
      double agreement) {

    /** The fidelity of the integers in one number: R^2, or the agreement where there is one. */
    public double score() {
      return Double.isNaN(agreement) ? rSquared : agreement;
    }
  }

  /** Shown the outputs of each sample. */
  @FunctionalInterface
  public interface OutputListener {
    /**
     * @param expected what the floating-point program gives
     * @param found integers, one array per output
     */
    void accept(List<TensorData> expected, List<int[]> found);
  }

  public FidelityReport {
    layers = List.copyOf(layers);
    outputs = List.copyOf(outputs);
  }

  /**
   * Runs both programs on the samples.
   *
   * @param samples two or more, each with one tensor per parameter
   */
  public static FidelityReport measure(
      Program tensor, QuantizedProgram integer, List<List<TensorData>> samples) {
    return measure(tensor, integer, samples, TaskRunner.CALLER, (expected, found) -> {});
  }

  /**
   * The same on several threads, and shows the outputs.
   *
   * @param tasks where pieces of large products run; results do not depend on it
   */
  public static FidelityReport measure(
      Program tensor,
      QuantizedProgram integer,
      List<List<TensorData>> samples,
      TaskRunner tasks,
      OutputListener listener) {
    List<Value> tensorResults = tensor.main().results();
    List<Value> integerResults = integer.program().main().results();
    Map<Value, FidelityStatistics> layers = new LinkedHashMap<>();
    Map<Value, List<Value>> measured = new IdentityHashMap<>();
    for (Op op : tensor.main().body()) {
      Value value = op.definitions().getFirst();
      Value counterpart = integer.counterparts().get(value);
      if (counterpart != null) {
        layers.put(value, new FidelityStatistics(value, op.location().layer()));
        measured.computeIfAbsent(counterpart, c -> new ArrayList<>()).add(value);
      }
    }
    List<FidelityStatistics> outputs =
        tensorResults.stream().map(v -> new FidelityStatistics(v, 0)).toList();
    TensorInterpreter reference = new TensorInterpreter(tensor, tasks);
    IntegerEvaluator evaluator = new IntegerEvaluator(integer.program(), tasks);
    int group = group(layers.keySet());
    for (int from = 0; from < samples.size(); from += group) {
      List<List<TensorData>> some = samples.subList(from, Math.min(from + group, samples.size()));
      List<Map<Value, float[]>> reals = new ArrayList<>();
      some.forEach(sample -> reals.add(new IdentityHashMap<>()));
      List<List<TensorData>> expected =
          reference.runAll(
              some,
              (s, value, elements) -> {
                if (layers.containsKey(value)) {
                  reals.get(s).put(value, elements.clone());
                }
              });
      List<List<int[]>> found =
          evaluator.runAll(
              quantized(integer.program(), some),
              (s, counterpart, integers) ->
                  measured
                      .getOrDefault(counterpart, List.of())
                      .forEach(value ->
                          present(value, layers)
                              .add(
                                  present(value, reals.get(s)),
                                  integers,
                                  counterpart.integerType())));
      for (int s = 0; s < some.size(); s++) {
        listener.accept(expected.get(s), found.get(s));
        for (int i = 0; i < outputs.size(); i++) {
          outputs
              .get(i)
              .add(
                  expected.get(s).get(i).toFloats(),
                  found.get(s).get(i),
                  integerResults.get(i).integerType());
        }
      }
    }
    List<Entry> layerEntries = new ArrayList<>();
    layers.forEach((value, statistics) -> {
      if (statistics.samples() > 0) {
        layerEntries.add(statistics.entry(value.name()));
      }
    });
    List<Entry> outputEntries = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      outputEntries.add(outputs.get(i).entry(tensorResults.get(i).name()));
    }
    return new FidelityReport(layerEntries, outputEntries);
  }

  /** Samples whose layers are held at a time. */
  private static int group(Set<Value> layers) {
    long elements = layers.stream().mapToLong(v -> v.shape().elementCount()).sum();
    return (int) Math.clamp(MOST_HELD / Math.max(1, elements), 1, Integer.MAX_VALUE);
  }

  /** The integers that stand for samples. */
  static List<List<int[]>> quantized(Program integer, List<List<TensorData>> samples) {
    return samples.stream().map(sample -> narrow(quantize(integer, sample))).toList();
  }

  /** The integers that stand for a sample: clamp(roundHalfEven(x / scale)) in double precision. */
  public static List<long[]> quantize(Program integer, List<TensorData> sample) {
    List<long[]> out = new ArrayList<>();
    for (int i = 0; i < sample.size(); i++) {
      IntegerType type = integer.main().parameters().get(i).integerType();
      double[] reals = sample.get(i).toDoubles();
      long[] integers = new long[reals.length];
      for (int j = 0; j < reals.length; j++) {
        integers[j] =
            (long)
                Math.clamp(
                    Math.rint(reals[j] / type.scale()), (double) type.low(), (double) type.high());
      }
      out.add(integers);
    }
    return out;
  }

  static List<int[]> narrow(List<long[]> integers) {
    return integers.stream()
        .map(x -> Arrays.stream(x).mapToInt(Math::toIntExact).toArray())
        .toList();
  }

  private static <T> T present(Value value, Map<Value, T> map) {
    return Objects.requireNonNull(map.get(value), "the interpreter shows every layer");
  }

  /** The smallest R^2 of the outputs. */
  public double rSquared() {
    return outputs.stream().mapToDouble(Entry::rSquared).min().orElse(1);
  }

  /** The smallest score of the outputs. */
  public double score() {
    return outputs.stream().mapToDouble(Entry::score).min().orElse(1);
  }
}
