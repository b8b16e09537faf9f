package org.zkc.runtime.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.zkc.gkr.prove.ProvingKey;
import org.zkc.ir.TensorData;
import org.zkc.passes.quantize.VariedInputs;
import org.zkc.runtime.compile.CompileOptions;
import org.zkc.runtime.compile.CompilePipeline;
import org.zkc.runtime.compile.CompiledModel;

/**
 * How the cost of a proof grows with one thing at a time. Networks have seeded weights; all is
 * proved in this process, warm.
 */
public final class Scaling {
  private static final long SEED = 2015;

  /** The thing that grows. */
  public enum Axis {
    /** Linear maps of n x n, two of them with a ReLU between: hardly any lookups. */
    PARAMETERS("parameters"),
    /** Two convolutions of 8 channels on images of n x n: always the same 664 parameters. */
    ACTIVATIONS("activations"),
    /** LeNet-5 with n samples in one proof. */
    BATCH("samples in one proof"),
    /** ResNet-20 on n threads. */
    CORES("threads");

    private final String text;

    Axis(String text) {
      this.text = text;
    }

    /** The axis' name in a plot. */
    public String text() {
      return text;
    }
  }

  /**
   * One measurement.
   *
   * @param x the thing that grows: parameters, elements of the activations, samples, threads
   * @param prove seconds, median of the runs, from float input to proof bytes
   * @param bound seconds by {@link MultiplierBound}, divided by the threads
   */
  public record Row(
      double x,
      double prove,
      double bound,
      double verify,
      long proofBytes,
      long peakBytes,
      double securityBits) {}

  private final int runs;

  /**
   * Measures with {@code runs} proofs a point.
   *
   * @param runs at least 1
   */
  public Scaling(int runs) {
    this.runs = runs;
  }

  /** The points of one axis, up to the largest that takes some seconds. */
  public List<Row> measure(Axis axis, Consumer<String> progress) {
    List<Row> rows = new ArrayList<>();
    for (int n : sizes(axis)) {
      progress.accept(axis.text() + ": " + n);
      rows.add(
          switch (axis) {
            case PARAMETERS -> row(linear(n), 1, 1, Optional.empty());
            case ACTIVATIONS -> row(image(n), 1, 1, Optional.of(16.0 * n * n));
            case BATCH -> row(SmallNetworks.lenet5(SEED), n, 1, Optional.of((double) n));
            case CORES -> row(SmallNetworks.resnet20(SEED), 1, n, Optional.of((double) n));
          });
    }
    return rows;
  }

  private static int[] sizes(Axis axis) {
    return switch (axis) {
      case PARAMETERS -> new int[] {128, 256, 512, 1024, 2048};
      case ACTIVATIONS -> new int[] {16, 32, 64, 128, 224};
      case BATCH -> new int[] {1, 2, 4, 8, 16, 32};
      case CORES -> IntStream.rangeClosed(1, Runtime.getRuntime().availableProcessors()).toArray();
    };
  }

  private static NetworkBuilder linear(int n) {
    return new NetworkBuilder(SEED, 1, n).linear("fc1", n).relu().linear("fc2", n);
  }

  private static NetworkBuilder image(int n) {
    return new NetworkBuilder(SEED, 1, 1, n, n)
        .conv("conv1", 8, 3, 1, 1, true)
        .relu()
        .conv("conv2", 8, 3, 1, 1, true)
        .relu();
  }

  /** Measures one network; {@code x} is its parameters where nothing else is given. */
  private Row row(NetworkBuilder network, int samples, int threads, Optional<Double> x) {
    CompilePipeline.Calibrated calibrated =
        new CompilePipeline.Calibrated(
            network.build(), List.of("x"), List.of("output"), Optional.empty(), "");
    CompiledModel compiled = new CompilePipeline(CompileOptions.DEFAULT).compile(calibrated);
    CompiledModel.WithKeys keys = compiled.inMemory(1);
    List<List<TensorData>> inputs =
        new VariedInputs(SEED).samples(compiled.tensor().main().parameters(), samples);
    try (ProvingKey one = keys.provingKey()) {
      ProofFigures f = new ProofBenchmark(2, runs, threads).measure(keys.file(), one, inputs);
      return new Row(
          x.orElse((double) network.parameters()),
          f.prove(),
          f.boundSeconds(),
          f.verify(),
          f.proofBytes(),
          f.peakBytes(),
          f.securityBits());
    }
  }
}
