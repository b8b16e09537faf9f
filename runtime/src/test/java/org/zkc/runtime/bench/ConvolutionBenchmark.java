package org.zkc.runtime.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.prove.Prover;
import org.zkc.gkr.prove.ProverOptions;
import org.zkc.gkr.prove.ProvingKey;
import org.zkc.gkr.prove.StageTimes;
import org.zkc.gkr.prove.Witness;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.verify.Verifier;
import org.zkc.ir.DType;
import org.zkc.ir.FunctionBuilder;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Interval;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Conv;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.integer.Parameter;
import org.zkc.ir.integer.WeightSums;
import org.zkc.passes.circuit.CheapestForm;
import org.zkc.passes.circuit.ConvolutionForm;
import org.zkc.passes.circuit.ConvolutionPolicy;
import org.zkc.passes.cost.ProverCosts;
import org.zkc.runtime.compile.CompileOptions;
import org.zkc.runtime.compile.CompilePipeline;
import org.zkc.runtime.emit.CircuitEmitter;
import org.zkc.runtime.emit.EmittedCircuit;
import org.zkc.runtime.execute.IntegerExecutor;

/**
 * Measures single convolutions in direct and in FFT form, against what the cost model says of them:
 * a circuit of one convolution is executed, proved and verified, and execution and the proof's
 * stage of relations are what the forms differ in. One thread; medians after warm-ups.
 */
public final class ConvolutionBenchmark {
  private static final long SEED = 1965; // Cooley and Tukey
  private static final Interval INPUT = new Interval(-128, 127);
  private static final int LARGEST_WEIGHT = 31;

  /** How long a form may go on warming up after its first proofs. */
  private static final double SETTLING_SECONDS = 5;

  private final int warmUps;
  private final int runs;

  public ConvolutionBenchmark(int warmUps, int runs) {
    this.warmUps = warmUps;
    this.runs = runs;
  }

  /**
   * A convolution over planes with as much padding as taps need to stay in place, or none.
   *
   * @param height 1 for a convolution over one axis
   */
  public record Case(
      String name,
      int channels,
      int outputs,
      int height,
      int width,
      int kernelHeight,
      int kernelWidth,
      int stride,
      boolean isPadded) {

    private ConvolutionForm.Geometry geometry() {
      List<Integer> strides = List.of(height == 1 ? 1 : stride, stride);
      List<Integer> padding = isPadded ? List.of(kernelHeight / 2, kernelWidth / 2) : List.of(0, 0);
      List<Integer> dilations = List.of(1, 1);
      Shape input = Shape.of(1, channels, height, width);
      Shape weight = Shape.of(outputs, channels, kernelHeight, kernelWidth);
      Shape result =
          Shapes.conv(input, weight, Optional.empty(), strides, padding, padding, dilations, 1);
      return new ConvolutionForm.Geometry(input, weight, result, strides, padding, dilations, 1);
    }
  }

  /** Shapes of known networks, and over one axis kernels from short to long. */
  public static final List<Case> CASES =
      List.of(
          plane("lenet conv1", 1, 6, 28, 5, 1, true),
          plane("lenet conv2", 6, 16, 14, 5, 1, false),
          plane("vgg conv1_1", 3, 64, 224, 3, 1, true),
          plane("vgg conv3_2", 256, 256, 56, 3, 1, true),
          plane("vgg conv5_1", 512, 512, 14, 3, 1, true),
          plane("resnet conv1", 3, 64, 224, 7, 2, true),
          line(1, 1, 1024, 64),
          line(1, 8, 1024, 257),
          line(8, 8, 1024, 64),
          line(8, 8, 4096, 257),
          line(1, 8, 8192, 1025),
          line(8, 8, 2048, 1025),
          line(8, 8, 8192, 1025),
          line(2, 2, 8192, 4097),
          line(32, 32, 4096, 257),
          line(32, 32, 4096, 1025),
          line(1, 1, 65536, 64),
          line(1, 1, 65536, 1025),
          line(8, 8, 65536, 257));

  private static Case plane(
      String name, int channels, int outputs, int size, int kernel, int stride, boolean padded) {
    return new Case(name, channels, outputs, size, size, kernel, kernel, stride, padded);
  }

  private static Case line(int channels, int outputs, int length, int kernel) {
    return new Case("line", channels, outputs, 1, length, 1, kernel, 1, true);
  }

  /**
   * One form of one convolution, seconds.
   *
   * @param estimate of execution and relation together
   */
  public record Form(double estimate, double execute, double relation, double verify) {
    /** The measured counterpart of the estimate. */
    public double measured() {
      return execute + relation;
    }
  }

  /** Both forms. */
  public record Figures(Case convolution, Form direct, Form fft, ConvolutionForm chosen) {
    /** Seconds of one form. */
    public double measured(ConvolutionForm form) {
      return switch (form) {
        case DIRECT -> direct.measured();
        case FFT -> fft.measured();
      };
    }

    /** Seconds by which the chosen form is slower than the other, 0 where it is not. */
    public double lost() {
      return measured(chosen) - Math.min(direct.measured(), fft.measured());
    }
  }

  /** Measures both forms of one convolution. */
  public Figures measure(Case convolution) {
    ConvolutionForm.Geometry geometry = convolution.geometry();
    CheapestForm model = new CheapestForm(ProverCosts.FITTED);
    CheapestForm.Estimates estimates = model.estimates(geometry);
    Program program = program(geometry);
    return new Figures(
        convolution,
        measure(program, ConvolutionPolicy.DIRECT, estimates.direct() / 1e9),
        measure(program, ConvolutionPolicy.FFT, estimates.fft() / 1e9),
        model.of(geometry));
  }

  private Form measure(Program program, ConvolutionPolicy policy, double estimate) {
    EmittedCircuit emitted =
        CircuitEmitter.emit(
            new CompilePipeline(CompileOptions.DEFAULT.withConvolutions(policy))
                .toCircuit(program));
    CheckedCircuit checked = CircuitCheck.check(emitted.circuit());
    Path code = null;
    try {
      code = Files.createTempFile("zkc", ".code");
      ProvingKey key = ProvingKey.generate(checked, emitted.model(), code, 1);
      IntegerExecutor executor = new IntegerExecutor(emitted.circuit(), emitted.model());
      int[] x =
          new Random(SEED)
              .ints(
                  program.main().parameters().getFirst().shape().elementCount(),
                  (int) INPUT.low(),
                  (int) INPUT.high() + 1)
              .toArray();
      double[] execute = new double[runs];
      double[] relation = new double[runs];
      double[] verify = new double[runs];
      IntConsumer proof =
          slot -> {
            long start = cpuTime();
            Witness witness = executor.run(List.of(x), 1);
            execute[slot] = (cpuTime() - start) / 1e9;
            Statement statement = new Statement(List.of(x), executor.outputs(witness));
            StageClock clock = new StageClock("");
            byte[] bytes =
                Prover.prove(
                    key,
                    witness,
                    new byte[0],
                    new ProverOptions(1, clock::begin, new StageTimes()));
            clock.end();
            relation[slot] = clock.nanoseconds("relations") / 1e9;
            start = cpuTime();
            Verifier.verify(key.verifierKey(), statement, bytes, new byte[0]);
            verify[slot] = (cpuTime() - start) / 1e9;
          };
      WarmUp.of(() -> proof.accept(0), warmUps, SETTLING_SECONDS);
      for (int run = 0; run < runs; run++) {
        proof.accept(run);
      }
      return new Form(estimate, median(execute), median(relation), median(verify));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      delete(code);
    }
  }

  private static void delete(@Nullable Path file) {
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static long cpuTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** The convolution alone, random weights. */
  private static Program program(ConvolutionForm.Geometry g) {
    FunctionBuilder out = new FunctionBuilder("main", Location.UNKNOWN);
    Value x = out.parameter("x", new IntegerType(g.input(), INPUT.low(), INPUT.high(), 1));
    long[] elements =
        new Random(SEED)
            .longs(g.weight().elementCount(), -LARGEST_WEIGHT, LARGEST_WEIGHT + 1)
            .toArray();
    IntegerWeights weights = IntegerWeights.of(TensorData.ofLongs(DType.I8, g.weight(), elements));
    WeightSums sums = weights.sums();
    Interval bound = sums.outputs(INPUT, new long[0]);
    Value weight =
        out.value(
            new Parameter(
                out.fresh(
                    "weight",
                    new IntegerType(g.weight(), sums.elements().low(), sums.elements().high(), 1)),
                "weight",
                weights,
                Location.UNKNOWN));
    Value result =
        out.value(
            new Conv(
                out.fresh("y", new IntegerType(g.result(), bound.low(), bound.high(), 1)),
                x,
                weight,
                Optional.empty(),
                g.strides(),
                g.paddingLow(),
                g.paddingLow(),
                g.dilations(),
                g.groups(),
                Location.UNKNOWN));
    return Program.of(Level.INTEGER, out.build(List.of(result)));
  }
}
