package org.zkc.runtime.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.passes.Pass;
import org.zkc.passes.PassCatalogue;
import org.zkc.passes.circuit.ConvolutionPolicy;
import org.zkc.passes.quantize.VariedInputs;
import org.zkc.runtime.artifact.CircuitStatistics;
import org.zkc.runtime.artifact.Summary;
import org.zkc.runtime.compile.CompileOptions;
import org.zkc.runtime.compile.CompilePipeline;
import org.zkc.runtime.compile.CompiledModel;
import org.zkc.runtime.cost.CostEstimate;

/**
 * The worth of each optimisation: the model compiled and proved with everything on, then with one
 * thing off at a time. All of it runs on one thread, in one process.
 */
public final class PassAblation {
  private static final long INPUT_SEED = 7;

  /** A variant whose proof is estimated above this is not proved. */
  private static final double MOST_SECONDS = 5;

  private final int warmUps;
  private final int runs;

  public PassAblation(int warmUps, int runs) {
    this.warmUps = warmUps;
    this.runs = runs;
  }

  /** One way of compiling: everything on, or all but something. */
  public record Variant(String name, CompileOptions options) {}

  /**
   * The figures of one variant.
   *
   * @param proveCpu seconds of processor time of a proof, the median
   * @param allocatedBytes of one proof, dead or alive
   * @param rSquared of the outputs against the floating-point program, the smallest
   * @param failure why the variant has no proof, else empty; the figures are then 0
   */
  public record Row(
      String variant,
      double proveCpu,
      long proofBytes,
      long lookups,
      long multiplicationsProved,
      long allocatedBytes,
      double rSquared,
      String failure) {
    /**
     * Whether it costs what {@code other} costs and is as faithful: the optimisation found nothing
     * to do.
     */
    public boolean isLike(Row other) {
      return failure.isEmpty()
          && other.failure.isEmpty()
          && rSquared == other.rSquared
          && proofBytes == other.proofBytes
          && lookups == other.lookups
          && multiplicationsProved == other.multiplicationsProved;
    }
  }

  /**
   * Everything on, then each pass that {@code --disable} accepts, off; then all convolutions in one
   * form, in place of the cheaper one each.
   */
  public static List<Variant> variants() {
    List<Variant> out = new ArrayList<>();
    out.add(new Variant("everything on", CompileOptions.DEFAULT));
    PassCatalogue.all().stream()
        .filter(Pass::isOptimisation)
        .map(Pass::name)
        .distinct()
        .forEach(
            name -> out.add(new Variant(name, CompileOptions.DEFAULT.withDisabled(Set.of(name)))));
    for (ConvolutionPolicy policy : List.of(ConvolutionPolicy.DIRECT, ConvolutionPolicy.FFT)) {
      out.add(
          new Variant(
              "--conv " + policy.name().toLowerCase(Locale.ROOT),
              CompileOptions.DEFAULT.withConvolutions(policy)));
    }
    return out;
  }

  /** The rows of one model, in the order of {@link #variants}. */
  public List<Row> measure(BenchmarkModel model, Consumer<String> progress) {
    List<Row> rows = new ArrayList<>();
    // This run is not recorded: the first row must not pay for compiling Java.
    progress.accept(model.label() + ": warming up");
    new PassAblation(3 * (warmUps + runs), 1).measure(model, variants().getFirst());
    for (Variant variant : variants()) {
      progress.accept(model.label() + ": " + variant.name());
      rows.add(measure(model, variant));
    }
    return rows;
  }

  private Row measure(BenchmarkModel model, Variant variant) {
    CompiledModel compiled;
    CompiledModel.WithKeys keys;
    try {
      compiled = new CompilePipeline(variant.options()).compile(BenchmarkStep.calibrated(model));
      keys = compiled.inMemory(1);
    } catch (UserException e) {
      return failed(variant, String.valueOf(e.getMessage()));
    }
    try (var key = keys.provingKey()) {
      double seconds = CostEstimate.of(keys.file().keyFile().key()).proveSeconds();
      if (seconds > MOST_SECONDS) {
        return failed(
            variant, String.format(Locale.ROOT, "not run: a proof takes about %.0f s", seconds));
      }
      List<TensorData> input =
          new VariedInputs(INPUT_SEED).samples(compiled.tensor().main().parameters(), 1).getFirst();
      ProofFigures f =
          new ProofBenchmark(warmUps, runs, 1).measure(keys.file(), key, List.of(input));
      CircuitStatistics s =
          CircuitStatistics.of(keys.file().keyFile().key().arithmetization().system());
      return new Row(
          variant.name(),
          f.proveCpu(),
          f.proofBytes(),
          s.lookups(),
          s.products(),
          f.allocatedBytes(),
          keys.file().summary().outputs().stream()
              .mapToDouble(Summary.Fidelity::rSquared)
              .min()
              .orElse(1),
          "");
    }
  }

  private static Row failed(Variant variant, String why) {
    return new Row(variant.name(), 0, 0, 0, 0, 0, 0, why);
  }
}
