package org.zkc.passes.quantize;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.Function;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Interval;
import org.zkc.ir.Level;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Program;
import org.zkc.ir.Rewriter;
import org.zkc.ir.TensorData;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Conv;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.integer.Linear;
import org.zkc.ir.integer.Parameter;
import org.zkc.ir.interpret.IntegerEvaluator;
import org.zkc.ir.kernel.TaskRunner;

/**
 * Removes the systematic part of the error from the outputs. The integer program runs on
 * calibration samples, and the bias of each output that is a linear map's result receives the
 * output's average shortfall. Activations that are nearly the same for every input are rounded the
 * same way each time, which no single layer's statistics show.
 */
final class OutputCorrection {
  private static final int MOST_SAMPLES = 16;

  /** Multiplications that all runs together may take. */
  private static final long BUDGET = 50_000_000_000L;

  private OutputCorrection() {}

  static QuantizedProgram apply(QuantizedProgram quantized, Ranges ranges, TaskRunner tasks) {
    Program program = quantized.program();
    int samples = (int) Math.min(MOST_SAMPLES, BUDGET / Math.max(1, Multiplications.of(program)));
    samples = Math.min(samples, ranges.samples().count());
    if (samples < 2) {
      return quantized;
    }
    Uses uses = Uses.of(program.main());
    List<Value> results = program.main().results();
    // A run of a large program takes long, and no other outputs have use of what it finds.
    if (results.stream().allMatch(r -> bias(r, uses).isEmpty())) {
      return quantized;
    }
    Map<Parameter, TensorData> biases = new IdentityHashMap<>();
    double[][][] errors = errors(program, ranges.samples().first(samples), tasks);
    for (int k = 0; k < errors.length; k++) {
      Value result = results.get(k);
      Optional<Parameter> bias = bias(result, uses);
      if (bias.isPresent()) {
        biases.put(
            bias.get(),
            corrected(
                bias.get().weights().mantissas(),
                result,
                uses.definition(result).orElseThrow() instanceof Conv,
                errors[k]));
      }
    }
    return replace(quantized, biases);
  }

  /** fp32 minus integer result in units of the result's scale: per result, sample and element. */
  private static double[][][] errors(Program program, Ranges.Runs runs, TaskRunner tasks) {
    IntegerEvaluator evaluator = new IntegerEvaluator(program, tasks);
    int samples = runs.count();
    List<Value> results = program.main().results();
    double[][][] errors = new double[results.size()][samples][];
    List<List<int[]>> allFound =
        evaluator.runAll(
            FidelityReport.quantized(program, runs.inputs()), (sample, value, elements) -> {});
    for (int s = 0; s < samples; s++) {
      List<int[]> found = allFound.get(s);
      for (int k = 0; k < errors.length; k++) {
        double[] error = runs.outputs().get(s).get(k).toDoubles();
        double scale = results.get(k).integerType().scale();
        for (int i = 0; i < error.length; i++) {
          error[i] = error[i] / scale - found.get(k)[i];
        }
        errors[k][s] = error;
      }
    }
    return errors;
  }

  /** The bias of the linear map that defines an output, when nothing else reads either. */
  private static Optional<Parameter> bias(Value result, Uses uses) {
    Optional<Value> bias =
        switch (uses.definition(result).orElse(null)) {
          case Linear l -> l.bias();
          case Conv c -> c.bias();
          case null, default -> Optional.empty();
        };
    return bias.filter(b -> uses.count(b) == 1 && uses.count(result) == 1)
        .flatMap(uses::definition)
        .filter(Parameter.class::isInstance)
        .map(Parameter.class::cast);
  }

  /** Channels are axis 1 of a convolution's result, the last axis of a linear map's. */
  private static TensorData corrected(
      TensorData bias, Value result, boolean isConv, double[][] errors) {
    long[] integers = bias.toLongs();
    int inner = isConv ? (int) result.shape().strides()[1] : 1;
    int samples = errors.length;
    double[][] means = new double[samples][];
    for (int s = 0; s < samples; s++) {
      means[s] = means(errors[s], inner, integers.length);
    }
    for (int c = 0; c < integers.length; c++) {
      double sum = 0;
      double squares = 0;
      for (double[] ofSample : means) {
        sum += ofSample[c];
        squares += ofSample[c] * ofSample[c];
      }
      double mean = sum / samples;
      // The variance of the mean itself: the part of the mean that may be chance is not corrected.
      double chance = Math.max(0, squares / samples - mean * mean) / (samples - 1);
      double share = mean == 0 ? 0 : Math.max(0, 1 - chance / (mean * mean));
      integers[c] += (long) Math.rint(share * mean);
    }
    return TensorData.ofLongs(DType.I32, bias.shape(), integers);
  }

  /** The mean of each channel's elements, in one pass: a vocabulary is hundreds of thousands. */
  private static double[] means(double[] error, int inner, int channels) {
    double[] means = new double[channels];
    for (int i = 0; i < error.length; i++) {
      means[i / inner % channels] += error[i];
    }
    for (int c = 0; c < channels; c++) {
      means[c] /= error.length / channels;
    }
    return means;
  }

  private static QuantizedProgram replace(
      QuantizedProgram quantized, Map<Parameter, TensorData> biases) {
    Map<Value, Long> low = new IdentityHashMap<>();
    Map<Value, Long> high = new IdentityHashMap<>();
    Map<Value, Value> renewed = new IdentityHashMap<>();
    Function main =
        Rewriter.rewrite(
            quantized.program().main(),
            (op, rewriter) -> {
              if (op instanceof Parameter p && biases.containsKey(p)) {
                Interval before = Interval.of(p.result().integerType());
                Interval after = elements(biases.get(p));
                Value value = fresh(rewriter, p.result(), after);
                rewriter.append(
                    new Parameter(value, p.name(), IntegerWeights.of(biases.get(p)), p.location()));
                rewriter.replace(p.result(), value);
                low.put(value, after.low() - before.low());
                high.put(value, after.high() - before.high());
                return;
              }
              Optional<Value> bias = op.operands().stream().filter(low::containsKey).findFirst();
              if (bias.isEmpty()) {
                rewriter.keep(op);
                return;
              }
              Value result = op.definitions().getFirst();
              Interval before = Interval.of(result.integerType());
              Interval after =
                  new Interval(
                      before.low() + Objects.requireNonNull(low.get(bias.get())),
                      before.high() + Objects.requireNonNull(high.get(bias.get())));
              Value value = fresh(rewriter, result, after);
              rewriter.append(OpSpec.mapValues(op, r -> value, v -> v, region -> region));
              rewriter.replace(result, value);
              renewed.put(result, value);
            });
    Map<Value, Value> counterparts = new IdentityHashMap<>(quantized.counterparts());
    counterparts.replaceAll((tensor, integer) -> renewed.getOrDefault(integer, integer));
    return new QuantizedProgram(Program.of(Level.INTEGER, main), counterparts);
  }

  private static Value fresh(Rewriter rewriter, Value old, Interval interval) {
    IntegerType type = old.integerType();
    return rewriter.fresh(
        old.name(), new IntegerType(type.shape(), interval.low(), interval.high(), type.scale()));
  }

  private static Interval elements(TensorData data) {
    long[] integers = data.toLongs();
    long low = Long.MAX_VALUE;
    long high = Long.MIN_VALUE;
    for (long e : integers) {
      low = Math.min(low, e);
      high = Math.max(high, e);
    }
    return new Interval(low, high);
  }
}
