package org.zkc.runtime.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.zkc.passes.circuit.ConvolutionPolicy;
import org.zkc.passes.cost.ProverCosts;
import org.zkc.passes.cost.Work;
import org.zkc.runtime.artifact.AtomicFiles;
import org.zkc.runtime.bench.BenchmarkFigures;
import org.zkc.runtime.bench.BenchmarkRequest;
import org.zkc.runtime.bench.BenchmarkTarget;
import org.zkc.runtime.bench.ModelBenchmark;
import org.zkc.runtime.bench.ProofFigures;
import org.zkc.runtime.cost.CostFit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zkc bench fit}. */
@Command(
    name = "fit",
    description =
        "Measure models on this machine and fit the unit costs of the estimates to them; print the"
            + " costs and, for each model, what they predict.",
    sortOptions = false)
final class BenchFitCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description = "Models or groups of zkc bench; default: small full.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--keep",
      paramLabel = "DIR",
      description = "Keep the figures here; those that are there are not measured again.")
  private Path keep;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = "Write the costs to this file: prover-costs.properties of the sources.")
  private Path out;

  @Option(
      names = "--processor-time",
      description = "Fit to the proving thread's processor time: for a busy machine.")
  private boolean processorTime;

  @Option(
      names = "--heap",
      paramLabel = "SIZE",
      description = "The proving process's largest heap, as 8g; default: the launcher's.")
  private String heap = "";

  @Option(names = "--progress", paramLabel = "MODE", description = "auto, plain or none.")
  private ProgressMode progress = ProgressMode.AUTO;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter text = spec.commandLine().getOut();
    List<BenchmarkTarget> targets =
        (names.isEmpty() ? List.of("small", "full") : names)
            .stream().flatMap(n -> BenchmarkTarget.named(n).stream()).toList();
    List<BenchmarkFigures> measured = new ArrayList<>();
    try (ProgressDisplay display = ProgressDisplay.of(progress, spec.commandLine().getErr())) {
      for (BenchmarkTarget target : targets) {
        double done = (double) measured.size() / targets.size();
        measured.add(figures(target, what -> display.report(what, done)));
      }
    }
    List<CostFit.Sample> samples = measured.stream().map(this::sample).toList();
    ProverCosts costs = CostFit.fit(samples, ProverCosts.FITTED);
    if (out == null) {
      text.print(costs.text());
    } else {
      AtomicFiles.write(out, costs.text().getBytes(StandardCharsets.UTF_8));
    }
    text.println(
        "%-16s %12s %12s %6s   %12s %12s %6s   %12s %6s"
            .formatted(
                "model",
                "prove",
                "predicted",
                "ratio",
                "peak",
                "predicted",
                "ratio",
                "proof",
                "ratio"));
    for (int i = 0; i < measured.size(); i++) {
      print(text, measured.get(i), samples.get(i), costs);
    }
    return ExitCode.OK;
  }

  private CostFit.Sample sample(BenchmarkFigures figures) {
    ProofFigures f = figures.proof();
    Map<String, Double> stages = processorTime ? f.stagesCpu() : f.stages();
    return new CostFit.Sample(f.work(), stages, f.peakBytes());
  }

  private double seconds(ProofFigures f) {
    return processorTime ? f.proveCpu() : f.prove();
  }

  private void print(
      PrintWriter text, BenchmarkFigures figures, CostFit.Sample sample, ProverCosts costs) {
    ProofFigures f = figures.proof();
    double measured = seconds(f);
    double seconds = CostFit.predicted(sample, costs, false);
    double bytes = CostFit.predicted(sample, costs, true);
    text.println(
        String.format(
            Locale.ROOT,
            "%-16s %12s %12s %6.2f   %12s %12s %6.2f   %12s %6.2f",
            figures.model(),
            Figures.time(measured),
            Figures.time(seconds),
            seconds / measured,
            Figures.bytes(f.peakBytes()),
            Figures.bytes(Math.round(bytes)),
            bytes / Math.max(1, f.peakBytes()),
            Figures.bytes(f.proofBytes()),
            (double) f.predictedProof() / f.proofBytes()));
    StringBuilder stages = new StringBuilder();
    for (String stage : Work.stages()) {
      stages.append(
          String.format(
              Locale.ROOT,
              "  %s %.3f/%.3f",
              stage,
              costs.sum(stage, w -> f.work().getOrDefault(w.label(), 0.0)) / 1e9,
              sample.stages().getOrDefault(stage, 0.0)));
    }
    text.println("   predicted/measured s:" + stages);
  }

  private BenchmarkFigures figures(BenchmarkTarget target, Consumer<String> display)
      throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    Path file = keep == null ? null : keep.resolve(target.label() + ".json");
    if (file != null && Files.exists(file)) {
      return mapper.readValue(file.toFile(), BenchmarkFigures.class);
    }
    BenchmarkRequest request =
        new BenchmarkRequest(
            List.of(),
            List.of(),
            ConvolutionPolicy.AUTO,
            Set.of(),
            1,
            1,
            target.isLarge() ? 1 : 3,
            target.isLarge() ? 1 : 5,
            heap);
    BenchmarkFigures figures =
        new ModelBenchmark(request, Optional.empty()).measure(target, display);
    if (file != null) {
      Files.createDirectories(keep);
      mapper.writeValue(file.toFile(), figures);
    }
    return figures;
  }
}
