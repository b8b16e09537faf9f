package org.zkc.runtime.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.ir.DType;
import org.zkc.ir.FunctionBuilder;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.MatMul;
import org.zkc.ir.tensor.Softmax;
import org.zkc.ir.view.Reshape;
import org.zkc.passes.PassListener;
import org.zkc.passes.circuit.ConvolutionPolicy;
import org.zkc.passes.quantize.QuantizationOptions;
import org.zkc.runtime.artifact.Evaluation;
import org.zkc.runtime.numpy.NpyWriter;

/** Which inputs fidelity is about, and what is said where integers do not follow. */
class EvaluationTest {
  private static final int INPUTS = 6;

  @TempDir Path folder;

  private final List<String> warnings = new ArrayList<>();
  private final CompileOptions options = CompileOptions.DEFAULT.withWarnings(warnings::add);

  /** x to its first {@code outputs} elements, exactly. */
  private static Program selection(int outputs) {
    FunctionBuilder builder = new FunctionBuilder("main", Location.UNKNOWN);
    Value x = builder.parameter("x", new TensorType(DType.F32, Shape.of(1, INPUTS)));
    float[] w = new float[outputs * INPUTS];
    for (int o = 0; o < outputs; o++) {
      w[o * INPUTS + o] = 1;
    }
    Shape shape = Shape.of(outputs, INPUTS);
    Value weight =
        builder.value(
            new Constant(
                builder.fresh("w", new TensorType(DType.F32, shape)),
                "fc.weight",
                TensorData.ofFloats(shape, w),
                Location.UNKNOWN));
    Value y =
        builder.value(
            new Linear(
                builder.fresh("y", new TensorType(DType.F32, Shape.of(1, outputs))),
                x,
                weight,
                Optional.empty(),
                Location.UNKNOWN));
    return Program.of(Level.TENSOR, builder.build(List.of(y)));
  }

  private static List<List<TensorData>> samples(int count, int elements, double deviation) {
    Random random = new Random(count);
    List<List<TensorData>> samples = new ArrayList<>();
    for (int s = 0; s < count; s++) {
      float[] x = new float[elements];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) (deviation * random.nextGaussian());
      }
      samples.add(new ArrayList<>(List.of(TensorData.ofFloats(Shape.of(1, elements), x))));
    }
    return samples;
  }

  private CompiledModel compile(
      Program tensor, List<List<TensorData>> samples, CompileOptions asked) {
    return new CompilePipeline(asked)
        .compile(
            new CompilePipeline.Calibrated(
                tensor, List.of("x"), List.of("output"), Optional.of(samples), ""));
  }

  @Test
  void theBasisIsNamed() {
    for (int count : new int[] {2, 9, 10, 20, 100}) {
      Evaluation e =
          compile(selection(3), samples(count, INPUTS, 1), options).summary().evaluation();
      String expected =
          switch (count) {
            case 2, 9 ->
                "the %d calibration samples themselves, too few to hold some back".formatted(count);
            case 10 -> "10 calibration samples, 2 of them held back";
            case 20 -> "20 calibration samples, 3 of them held back";
            default -> "15 of 100 calibration samples held back";
          };
      assertEquals(expected, e.basis());
      assertTrue(e.varied().isEmpty(), "inputs are no images");
      assertTrue(e.outputs().getFirst().rSquared() > 0.99);
    }
    Evaluation one = compile(selection(3), samples(1, INPUTS, 1), options).summary().evaluation();
    assertEquals("synthetic inputs of varied mean and contrast", one.basis());
  }

  private CompileOptions inputOf(int bits) {
    return new CompileOptions(
        "forward",
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        EvaluationFiles.NONE,
        List.of(),
        QuantizationOptions.fixed(8, Map.of("x", bits)),
        ConvolutionPolicy.AUTO,
        Set.of(),
        false,
        OptionalDouble.empty(),
        PassListener.NONE,
        warnings::add);
  }

  /** A small error is a low R^2 where an output is nearly the same for every input. */
  @Test
  void outputsThatHardlyVarySayBy() {
    for (double deviation : new double[] {0.2, 30}) {
      List<List<TensorData>> samples = samples(20, INPUTS, deviation);
      for (List<TensorData> sample : samples) {
        float[] x = sample.getFirst().toFloats().clone();
        for (int i = 0; i < x.length; i++) {
          x[i] += 100;
        }
        sample.set(0, TensorData.ofFloats(Shape.of(1, INPUTS), x));
      }
      warnings.clear();
      compile(selection(3), samples, inputOf(deviation < 1 ? 8 : 4));
      String all = String.join("\n", warnings);
      assertTrue(all.contains("do not follow the network"), all);
      assertEquals(
          deviation < 1, all.matches("(?s).*between which it varies by 0\\.[12]\\d* % .*"), all);
    }
  }

  @Test
  void rangesDoNotComeFromSamplesHeldBack() {
    List<List<TensorData>> samples = samples(20, INPUTS, 1);
    SampleSplit split =
        SampleSplit.of(
            new CompilePipeline.Calibrated(
                selection(3), List.of("x"), List.of("output"), Optional.of(samples), ""));
    assertEquals(17, split.calibration().orElseThrow().size());
    List<List<TensorData>> reported = split.primary().inputs();
    assertEquals(20, reported.size());
    for (int i = 0; i < 20; i++) {
      assertEquals(i >= 3, split.calibration().get().contains(reported.get(i)), "held back first");
      assertTrue(samples.contains(reported.get(i)));
    }
  }

  /** Where enough are held back, or a run takes long, the report is about these alone. */
  @Test
  void onlySamplesHeldBackWhereThatIsEnough() {
    List<List<TensorData>> many = samples(60, INPUTS, 1);
    SampleSplit enough =
        SampleSplit.of(
            new CompilePipeline.Calibrated(
                selection(3), List.of("x"), List.of("output"), Optional.of(many), ""));
    assertEquals("9 of 60 calibration samples held back", enough.primary().name());
    assertEquals(9, enough.primary().inputs().size());
    for (List<TensorData> held : enough.primary().inputs()) {
      assertFalse(enough.calibration().orElseThrow().contains(held));
    }
    Program large = square(50_000);
    TensorData zeros = TensorData.ofFloats(Shape.of(1, 50_000), new float[50_000]);
    SampleSplit slow =
        SampleSplit.of(
            new CompilePipeline.Calibrated(
                large,
                List.of("x"),
                List.of("output"),
                Optional.of(Collections.nCopies(10, List.of(zeros))),
                ""));
    assertEquals("2 of 10 calibration samples held back", slow.primary().name());
    assertEquals(2, slow.primary().inputs().size());
  }

  /** A product of the input with itself, of n^2 multiplications. */
  private static Program square(int n) {
    FunctionBuilder builder = new FunctionBuilder("main", Location.UNKNOWN);
    Value x = builder.parameter("x", new TensorType(DType.F32, Shape.of(1, n)));
    Value column =
        builder.value(
            new Reshape(
                builder.fresh("c", new TensorType(DType.F32, Shape.of(n, 1))),
                x,
                Location.UNKNOWN));
    Value y =
        builder.value(
            new MatMul(
                builder.fresh("y", new TensorType(DType.F32, Shape.of(n, n))),
                column,
                x,
                Location.UNKNOWN));
    return Program.of(Level.TENSOR, builder.build(List.of(y)));
  }

  @Test
  void labelsGiveAccuracyOfBothPrograms() throws IOException {
    List<List<TensorData>> rows = samples(40, INPUTS, 1);
    float[] x = new float[rows.size() * INPUTS];
    long[] labels = new long[rows.size()];
    for (int r = 0; r < rows.size(); r++) {
      float[] row = rows.get(r).getFirst().toFloats();
      System.arraycopy(row, 0, x, r * INPUTS, INPUTS);
      int best = 0;
      for (int i = 1; i < 3; i++) {
        best = row[i] > row[best] ? i : best;
      }
      // Every fourth label is wrong.
      labels[r] = r % 4 == 0 ? (best + 1) % 3 : best;
    }
    String inputs = file("x.npy", TensorData.ofFloats(Shape.of(rows.size(), INPUTS), x));
    String classes = file("y.npy", TensorData.ofLongs(DType.I64, Shape.of(rows.size()), labels));
    Program tensor = selection(3);
    EvaluationSet set = read(labelled(inputs, classes), tensor);
    CompiledModel model =
        new CompilePipeline(options)
            .compile(
                new CompilePipeline.Calibrated(
                    tensor,
                    List.of("x"),
                    List.of(Optional.empty()),
                    List.of("output"),
                    Optional.of(samples(20, INPUTS, 1)),
                    Optional.of(set),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    ""));
    Evaluation e = model.summary().evaluation();
    assertEquals("40 samples of x.npy", e.basis());
    Evaluation.Accuracy accuracy = e.accuracy().orElseThrow();
    assertEquals(40, accuracy.rows());
    assertEquals(30, accuracy.floats());
    assertEquals(30, accuracy.integers(), 1);
  }

  @Test
  void labelsThatDoNotFitAreRefused() throws IOException {
    Program tensor = selection(3);
    String x = file("x.npy", TensorData.ofFloats(Shape.of(2, INPUTS), new float[2 * INPUTS]));
    String few = file("few.npy", TensorData.ofLongs(DType.I64, Shape.of(1), new long[1]));
    String high = file("high.npy", TensorData.ofLongs(DType.I64, Shape.of(2), new long[] {0, 3}));
    String real = file("real.npy", TensorData.ofFloats(Shape.of(2), new float[2]));
    String one = file("one.npy", TensorData.ofFloats(Shape.of(1, INPUTS), new float[INPUTS]));
    assertRefused(labelled(x, few), tensor, "holds 1 numbers, the evaluation set has 2 rows");
    assertRefused(labelled(x, high), tensor, "classes 0 to 2");
    assertRefused(labelled(x, real), tensor, "as integers");
    assertRefused(labelled(x, few), selection(1), "rows have one element");
    assertRefused(new EvaluationFiles(List.of(one), Optional.empty()), tensor, "two or more");
    assertRefused(
        new EvaluationFiles(List.of(x, few), Optional.of(Path.of(few))), tensor, "--evaluate");
    UserException alone =
        assertThrows(
            UserException.class, () -> new EvaluationFiles(List.of(), Optional.of(Path.of(few))));
    assertTrue(alone.getMessage().contains("give both"), alone.getMessage());
  }

  @Test
  void samplesThatDoNotVaryAreWarnedOf() {
    List<List<TensorData>> zeros = new ArrayList<>();
    for (int s = 0; s < 8; s++) {
      zeros.add(List.of(TensorData.ofFloats(Shape.of(1, INPUTS), new float[INPUTS])));
    }
    CompiledModel model = compile(selection(3), zeros, options);
    assertTrue(
        warnings.stream().anyMatch(w -> w.contains("samples of input x do not vary")),
        warnings::toString);
    double rSquared = model.summary().outputs().getFirst().rSquared();
    assertTrue(rSquared >= -1e6 && rSquared <= 1, "R^2 = " + rSquared);
  }

  @Test
  void aRowOfOneElementHasNoTopOne() {
    CompiledModel model = compile(selection(1), samples(20, INPUTS, 1), options);
    assertTrue(Double.isNaN(model.summary().outputs().getFirst().top1Agreement()));
    assertEquals(List.of(), warnings);
  }

  @Test
  void softmaxOverManyClassesSaysWhatHelps() {
    FunctionBuilder builder = new FunctionBuilder("main", Location.UNKNOWN);
    TensorType type = new TensorType(DType.F32, Shape.of(1, 2000));
    Value x = builder.parameter("x", type);
    Value y =
        builder.value(
            new Softmax(builder.fresh("y", type), x, Optional.empty(), 1, Location.UNKNOWN));
    Program tensor = Program.of(Level.TENSOR, builder.build(List.of(y)));
    // Nearly equal shares: 2^-9 cannot tell them apart.
    List<List<TensorData>> samples = samples(20, 2000, 0.5);
    UserException e =
        assertThrows(
            UserException.class, () -> compile(tensor, samples, options.withMinFidelity(0.95)));
    assertTrue(e.getMessage().contains("return the logits"), e.getMessage());
    assertTrue(
        e.getMessage().contains("20 calibration samples, 3 of them held back"), e.getMessage());
    compile(tensor, samples, options);
    assertTrue(
        warnings.stream()
            .anyMatch(w -> w.contains("do not follow") && w.contains("return the logits")),
        warnings::toString);
  }

  private String file(String name, TensorData array) throws IOException {
    Path file = folder.resolve(name);
    Files.write(file, NpyWriter.encode(array));
    return file.toString();
  }

  private static EvaluationFiles labelled(String inputs, String labels) {
    return new EvaluationFiles(List.of(inputs), Optional.of(Path.of(labels)));
  }

  private static EvaluationSet read(EvaluationFiles files, Program tensor) {
    return files
        .read(List.of(new TensorType(DType.F32, Shape.of(1, INPUTS))), List.of("x"), tensor)
        .orElseThrow();
  }

  private static void assertRefused(EvaluationFiles files, Program tensor, String text) {
    UserException e = assertThrows(UserException.class, () -> read(files, tensor));
    assertTrue(e.getMessage().contains(text), e.getMessage());
  }
}
