package org.zkc.runtime.compile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.ir.DType;
import org.zkc.ir.FloatReader;
import org.zkc.ir.FunctionBuilder;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.IntegerEvaluator;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.Relu;
import org.zkc.passes.PassCatalogue;
import org.zkc.passes.PassContext;
import org.zkc.passes.PassListener;
import org.zkc.passes.circuit.ConvolutionPolicy;
import org.zkc.passes.quantize.QuantizationOptions;

/** How often compilation reads the model's real weights, besides running the program on samples. */
class WeightReadsTest {
  /**
   * Norms for the equalisation of channels, statistics, one rounding for a precision, the
   * commitment, the file.
   */
  private static final int PASSES = 5;

  /** Samples of the beginnings of tensors, which tell blobs apart. */
  private static final int LOOKS = 3;

  /** Elements that are hashed, once or twice in each pass that looks for equal ops. */
  private static final int HASHED = 64;

  /**
   * Passes of the runs: samples and their variants for ranges, the choice of variants, the
   * correction of outputs, the report on samples and on varied inputs by floats and integers.
   */
  private static final int RUNS = 8;

  private static final String QUANTIZE = "org.zkc.passes.quantize.";

  private static final int INPUTS = 96;
  private static final int HIDDEN = 1500;
  private static final int OUTPUTS = 64;

  /** Elements beyond what looks read: the rest of a tensor must be read in passes alone. */
  private static final int BEGINNING = 1 << 16;

  @TempDir private Path folder;

  /** Counts the reads of each element, apart from those of runs of the program. */
  private static final class CountingReader implements FloatReader {
    private final float[] elements;
    private final int[] reads;
    private long runs;

    /** Reads by the analysis that each candidate of the search for precision has anew. */
    private long analysed;

    /** Reads of each element that were for rounding. */
    private final int[] rounded;

    CountingReader(float[] elements) {
      this.elements = elements;
      this.reads = new int[elements.length];
      this.rounded = new int[elements.length];
    }

    @Override
    public void read(long first, float[] out, int count) {
      System.arraycopy(elements, (int) first, out, 0, count);
      if (isIn(QUANTIZE + "TensorAnalysis")) {
        analysed += count;
      }
      if (isRun()) {
        runs += count;
        return;
      }
      int rounding = isIn(QUANTIZE + "WeightQuantizer") ? 1 : 0;
      for (int i = 0; i < count; i++) {
        reads[(int) first + i]++;
        rounded[(int) first + i] += rounding;
      }
    }

    private static boolean isIn(String name) {
      return StackWalker.getInstance()
          .walk(frames -> frames.anyMatch(f -> f.getClassName().equals(name)));
    }

    private static boolean isRun() {
      return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
          .walk(frames ->
              frames.anyMatch(f ->
                  f.getDeclaringClass() == TensorInterpreter.class
                      || f.getDeclaringClass() == IntegerEvaluator.class));
    }
  }

  private static CountingReader weights(int rows, int columns) {
    Random random = new Random(rows);
    float[] elements = new float[rows * columns];
    for (int i = 0; i < elements.length; i++) {
      // Columns of different size, so that channels are equalised.
      elements[i] = (float) (random.nextGaussian() * (1 + i % columns % 5) / columns);
    }
    return new CountingReader(elements);
  }

  private static Value linear(FunctionBuilder out, Value x, String name, TensorData weights) {
    Value w =
        out.value(
            new Constant(
                out.fresh(name, new TensorType(DType.F32, weights.shape())),
                name,
                weights,
                Location.UNKNOWN));
    Shape shape = Shape.of(1, weights.shape().extent(0));
    return out.value(
        new Linear(
            out.fresh("y", new TensorType(DType.F32, shape)),
            x,
            w,
            Optional.empty(),
            Location.UNKNOWN));
  }

  private static Program program(TensorData first, TensorData second) {
    FunctionBuilder out = new FunctionBuilder("main", Location.UNKNOWN);
    Value x = out.parameter("x", new TensorType(DType.F32, Shape.of(1, INPUTS)));
    Value hidden = linear(out, x, "a.weight", first);
    Value active = out.fresh("h", hidden.type());
    out.append(new Relu(active, hidden, Location.UNKNOWN));
    Value y = linear(out, active, "b.weight", second);
    Program program = Program.of(Level.TENSOR, out.build(List.of(y)));
    PassContext context = new PassContext();
    for (var pass : PassCatalogue.of(Level.TENSOR)) {
      program = pass.run(program, context);
    }
    assertTrue(
        context.statistics().getOrDefault("equalize-channels.channels", 0L) > 0,
        "channels are equalised");
    return program;
  }

  private CompiledModel.WithKeys compile(Program tensor, CompileOptions options, Path target)
      throws IOException {
    return new CompilePipeline(options)
        .compile(
            new CompilePipeline.Calibrated(
                tensor, List.of("x"), List.of("output"), Optional.of(samples()), "0".repeat(64)))
        .write(target, 1);
  }

  private static List<List<TensorData>> samples() {
    Random random = new Random(5);
    List<List<TensorData>> samples = new ArrayList<>();
    for (int s = 0; s < 3; s++) {
      float[] x = new float[INPUTS];
      for (int i = 0; i < INPUTS; i++) {
        // One magnitude: columns of a table that differ would have scales of their own.
        x[i] = random.nextBoolean() ? 1 : -1;
      }
      samples.add(List.of(TensorData.ofFloats(Shape.of(1, INPUTS), x)));
    }
    return samples;
  }

  private static CompileOptions options(
      QuantizationOptions quantization, OptionalDouble minFidelity) {
    return new CompileOptions(
        "forward",
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        EvaluationFiles.NONE,
        List.of(),
        quantization,
        ConvolutionPolicy.AUTO,
        Set.of(),
        false,
        minFidelity,
        PassListener.NONE,
        warning -> {});
  }

  @Test
  void noCandidateReadsWeightsForItsAnalysis() throws IOException {
    CountingReader first = weights(HIDDEN, INPUTS);
    CountingReader second = weights(OUTPUTS, HIDDEN);
    Program tensor =
        program(
            TensorData.computed(Shape.of(HIDDEN, INPUTS), first),
            TensorData.computed(Shape.of(OUTPUTS, HIDDEN), second));
    CompileOptions searching = options(QuantizationOptions.DEFAULT, OptionalDouble.of(0.9999));
    compile(tensor, searching, folder.resolve("searched.zkc"));
    int candidates = Arrays.stream(second.rounded).max().orElse(0);
    assertTrue(candidates > 1, "several precisions were tried");
    for (CountingReader reader : List.of(first, second)) {
      assertEquals(0, reader.analysed, "elements read by analyses");
      assertTrue(
          Arrays.stream(reader.reads, BEGINNING, reader.reads.length).max().orElse(0)
              <= PASSES - 1 + candidates,
          "a candidate reads an element to round it and for nothing else");
    }
  }

  @Test
  void eachWeightIsReadOnceForEachThingThatIsMadeOfIt() throws IOException {
    CountingReader first = weights(HIDDEN, INPUTS);
    CountingReader second = weights(OUTPUTS, HIDDEN);
    Program tensor =
        program(
            TensorData.computed(Shape.of(HIDDEN, INPUTS), first),
            TensorData.computed(Shape.of(OUTPUTS, HIDDEN), second));
    CompileOptions fixed = options(QuantizationOptions.fixed(8, Map.of()), OptionalDouble.empty());
    Path target = folder.resolve("counted.zkc");
    compile(tensor, fixed, target);
    for (CountingReader reader : List.of(first, second)) {
      assertTrue(reader.runs > 0, "the program was run on samples");
      assertTrue(
          reader.runs <= (long) RUNS * reader.elements.length,
          () -> "samples share passes: " + (double) reader.runs / reader.elements.length);
      assertEquals(
          PASSES,
          Arrays.stream(reader.reads, BEGINNING, reader.reads.length).max().orElse(0),
          "reads of an element");
      assertTrue(
          Arrays.stream(reader.reads, HASHED, BEGINNING).max().orElse(0) <= PASSES + LOOKS,
          "reads of an element at the beginning");
    }
    // The same from weights in memory: what is made when it is read is what would be stored.
    Path stored = folder.resolve("stored.zkc");
    compile(
        program(
            TensorData.ofFloats(Shape.of(HIDDEN, INPUTS), first.elements),
            TensorData.ofFloats(Shape.of(OUTPUTS, HIDDEN), second.elements)),
        fixed,
        stored);
    assertArrayEquals(Files.readAllBytes(target), Files.readAllBytes(stored));
  }
}
