package org.zkc.runtime.compile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.kernel.TaskRunner;
import org.zkc.passes.quantize.FidelityRemedy;
import org.zkc.passes.quantize.FidelityReport;
import org.zkc.passes.quantize.QuantizedProgram;
import org.zkc.runtime.artifact.Evaluation;
import org.zkc.runtime.artifact.Summary;

/** The fidelity of a compiled model's integers to its floats, and the warnings about it. */
final class Measured {
  /** The R^2 below which there is a warning. */
  private static final double LOW = 0.9;

  /** The share of equal elements below which there is a warning. */
  private static final double LOW_AGREEMENT = 0.95;

  /** The share of its size by which an output varies that a warning of its fidelity mentions. */
  private static final double LITTLE_VARIATION = 0.1;

  private final CompilePipeline.Calibrated model;
  private final CompileOptions options;
  private final EvaluationSet set;
  private final FidelityReport primary;
  private final Optional<EvaluationSet> variedSet;
  private final Optional<FidelityReport> varied;
  private final Optional<Evaluation.Accuracy> accuracy;
  private final Optional<Evaluation.Perplexity> perplexity;

  private Measured(
      CompilePipeline.Calibrated model,
      CompileOptions options,
      EvaluationSet set,
      FidelityReport primary,
      Optional<EvaluationSet> variedSet,
      Optional<FidelityReport> varied,
      Optional<Evaluation.Accuracy> accuracy,
      Optional<Evaluation.Perplexity> perplexity) {
    this.model = model;
    this.options = options;
    this.set = set;
    this.primary = primary;
    this.variedSet = variedSet;
    this.varied = varied;
    this.accuracy = accuracy;
    this.perplexity = perplexity;
  }

  static Measured of(
      CompilePipeline.Calibrated model,
      QuantizedProgram quantized,
      CompileOptions options,
      TaskRunner tasks) {
    SampleSplit split = SampleSplit.of(model);
    EvaluationSet set =
        model.evaluation().isPresent()
            ? split.primary()
            : split.primary().first(VariedSet.affordable(model.tensor()));
    Counter counter = new Counter(set, model.tensor().main().results().getFirst().shape());
    Optional<Perplexity> perplexity = perplexity(model, quantized, set);
    FidelityReport report =
        FidelityReport.measure(
            model.tensor(),
            quantized,
            set.inputs(),
            tasks,
            (expected, found) -> {
              counter.accept(expected, found);
              perplexity.ifPresent(p -> p.accept(expected, found));
            });
    return new Measured(
        model,
        options,
        set,
        report,
        split.varied(),
        split
            .varied()
            .map(v ->
                FidelityReport.measure(
                    model.tensor(), quantized, v.inputs(), tasks, (expected, found) -> {})),
        set.labels().map(labels -> counter.accuracy()),
        perplexity.flatMap(Perplexity::measured));
  }

  /** The perplexity of a language model that gives its logits, and not tokens; empty for others. */
  private static Optional<Perplexity> perplexity(
      CompilePipeline.Calibrated model, QuantizedProgram quantized, EvaluationSet set) {
    return model
        .generation()
        .filter(
            g -> model.tensor().main().results().get(g.output()).tensorType().dtype().isFloating())
        .map(g ->
            new Perplexity(
                set,
                g,
                quantized.program().main().results().get(g.output()).integerType().scale()));
  }

  /** Counts rows of the first output whose largest element is at the label's index. */
  private static final class Counter implements FidelityReport.OutputListener {
    private final Optional<long[]> labels;
    private final int classes;
    private int row;
    private int floats;
    private int integers;

    Counter(EvaluationSet set, Shape output) {
      this.labels = set.labels();
      this.classes = output.rank() == 0 ? 1 : output.extent(output.rank() - 1);
    }

    @Override
    public void accept(List<TensorData> expected, List<int[]> found) {
      if (labels.isEmpty()) {
        return;
      }
      float[] reals = expected.getFirst().toFloats();
      int[] numbers = found.getFirst();
      for (int from = 0; from < reals.length; from += classes) {
        int best = 0;
        int other = 0;
        for (int i = 1; i < classes; i++) {
          best = reals[from + i] > reals[from + best] ? i : best;
          other = numbers[from + i] > numbers[from + other] ? i : other;
        }
        long label = labels.get()[row++];
        floats += best == label ? 1 : 0;
        integers += other == label ? 1 : 0;
      }
    }

    Evaluation.Accuracy accuracy() {
      return new Evaluation.Accuracy(row, floats, integers);
    }
  }

  /**
   * @param names of the outputs
   */
  Evaluation evaluation(List<String> names) {
    return new Evaluation(
        set.name(),
        entries(primary, names),
        variedSet.map(EvaluationSet::name).orElse(""),
        varied.map(r -> entries(r, names)).orElse(List.of()),
        accuracy,
        perplexity);
  }

  private static List<Summary.Fidelity> entries(FidelityReport report, List<String> names) {
    List<Summary.Fidelity> entries = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      entries.add(entry(names.get(i), report.outputs().get(i)));
    }
    return entries;
  }

  List<Summary.Fidelity> layers() {
    return primary.layers().stream().map(e -> entry(e.name(), e)).toList();
  }

  private static Summary.Fidelity entry(String name, FidelityReport.Entry e) {
    return new Summary.Fidelity(
        name, e.layer(), e.rSquared(), e.cosine(), e.top1Agreement(), e.agreement());
  }

  /** One sentence for each output that does not follow, or of which R^2 says nothing. */
  List<String> warnings(List<String> names) {
    List<String> warnings = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      FidelityReport.Entry e = primary.outputs().get(i);
      if (!Double.isNaN(e.agreement())) {
        if (e.agreement() < LOW_AGREEMENT) {
          warnings.add(
              String.format(
                  Locale.ROOT,
                  "the integers of %s do not follow the network: %.1f %% of its elements agree on"
                      + " %s; %s",
                  names.get(i),
                  100 * e.agreement(),
                  set.name(),
                  remedy(i)));
        }
      } else if (!e.varies()) {
        warnings.add(
            "%s is the same for every one of the inputs that fidelity is measured on (%s), so R^2 says nothing; give --calibration or --evaluate data that varies"
                .formatted(names.get(i), set.name()));
      } else if (e.rSquared() < LOW) {
        warnings.add(
            "the integers of %s do not follow the network: R^2 = %s on %s%s; %s"
                .formatted(
                    names.get(i),
                    Summary.Fidelity.text(e.rSquared()),
                    set.name(),
                    variation(e),
                    remedy(i)));
      }
    }
    return warnings;
  }

  /** How little an output varies, where that is why a small error makes a low R^2. */
  private static String variation(FidelityReport.Entry e) {
    return e.variation() < LITTLE_VARIATION
        ? String.format(
            Locale.ROOT,
            ", between which it varies by %.2g %% of its size alone",
            100 * e.variation())
        : "";
  }

  private String remedy(int output) {
    return FidelityRemedy.of(
        model.tensor(),
        model.tensor().main().results().get(output),
        options.quantization().bits().isPresent(),
        model.samples().isEmpty());
  }

  /**
   * @throws UserException when an output stays below what {@code --min-fidelity} asks for on the
   *     whole set
   */
  void requireTarget(List<String> names) {
    for (int i = 0; i < names.size() && options.minFidelity().isPresent(); i++) {
      FidelityReport.Entry e = primary.outputs().get(i);
      double target = options.minFidelity().getAsDouble();
      if (e.score() < target) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "%s has %s = %s on %s, --min-fidelity asks for %s; give more calibration samples,"
                    + " or ask for less",
                names.get(i),
                Double.isNaN(e.agreement()) ? "R^2" : "agreement",
                Summary.Fidelity.text(e.score()),
                set.name(),
                target));
      }
    }
  }
}
