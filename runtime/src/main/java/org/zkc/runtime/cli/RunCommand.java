package org.zkc.runtime.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.runtime.artifact.AtomicFiles;
import org.zkc.runtime.artifact.ModelFile;
import org.zkc.runtime.execute.Execution;
import org.zkc.runtime.execute.LanguageModel;
import org.zkc.runtime.numpy.ArrayExcerpt;
import org.zkc.runtime.numpy.ArrayFiles;
import org.zkc.runtime.reference.ReferenceEngine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zkc run}. */
@Command(
    name = "run",
    description = "Run a compiled model on inputs, without a proof: exactly what would be proved.",
    sortOptions = false)
final class RunCommand implements Callable<Integer> {
  @Parameters(paramLabel = "MODEL.zkc", description = "What zkc compile wrote.")
  private Path model;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE",
      description = "An input (.npy; repeat in forward's order, NAME=FILE, or one .npz).")
  private List<String> inputs = new ArrayList<>();

  @Option(
      names = "--generate",
      paramLabel = "N",
      description =
          "Of a causal language model: generate N tokens after the prompt that --input gives,"
              + " greedily; --output takes them.")
  private Integer generate;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Write the outputs (.npy, repeated, or one .npz).")
  private List<String> outputs = new ArrayList<>();

  @Option(
      names = "--reference",
      paramLabel = "MODEL.pt",
      description = "Also run this archive in PyTorch and print the distance.")
  private Path reference;

  @Option(names = "--threads", paramLabel = "N", description = "Threads; default: all cores.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Spec private CommandSpec spec;

  private final Session session;

  RunCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    Threads.check(threads);
    new DistinctFiles()
        .reads("MODEL.zkc", model)
        .reads("its codeword", ModelFile.codeFile(model))
        .reads("its key", ModelFile.keyFile(model))
        .reads("--reference", reference)
        .reads("--input", inputs)
        .writes("--output", outputs);
    outputs.forEach(file -> AtomicFiles.requireWritable(Path.of(file)));
    OpenModel open = session.model(model);
    ModelFile file = open.file();
    Execution execution = open.execution();
    if (generate != null) {
      generate(file, execution);
      return ExitCode.OK;
    }
    SequencedMap<String, TensorData> result =
        execution.outputs(
            execution.quantize(
                inputs, warning -> spec.commandLine().getErr().println("warning: " + warning)),
            threads);
    execution
        .saturationWarnings()
        .forEach(text -> spec.commandLine().getErr().println("warning: " + text));
    PrintWriter out = spec.commandLine().getOut();
    if (!outputs.isEmpty() && ArrayFiles.write(outputs, result, "--output")) {
      spec.commandLine()
          .getErr()
          .println(
              "note: the model has %d outputs; --output took the first %d"
                  .formatted(result.size(), outputs.size()));
    }
    result.forEach((name, array) ->
        out.println("%s: %s: %s".formatted(name, array.shape(), Figures.elements(array))));
    session.report(() -> Map.of("outputs", ProveCommand.types(result)));
    if (reference != null) {
      compare(execution, result, out);
    }
    return ExitCode.OK;
  }

  private void generate(ModelFile file, Execution execution) throws IOException {
    if (generate < 1 || reference != null) {
      throw new UserException(
          "--generate takes the number of tokens, 1 or more, and no --reference beside it");
    }
    TensorData tokens =
        new LanguageModel(file, execution).generate(execution.read(inputs), generate, threads);
    SequencedMap<String, TensorData> result = new LinkedHashMap<>();
    result.put("generated", tokens);
    ArrayFiles.write(outputs, result, "--output");
    session.report(() -> Map.of("outputs", ProveCommand.types(result)));
    spec.commandLine()
        .getOut()
        .println(
            "generated: %s: %s".formatted(tokens.shape(), ArrayExcerpt.of(tokens, generate, 1)));
  }

  private void compare(
      Execution execution, SequencedMap<String, TensorData> result, PrintWriter out)
      throws IOException {
    List<TensorData> outputs =
        ReferenceEngine.run(
            reference,
            execution.read(inputs),
            text -> spec.commandLine().getErr().println("note: " + text));
    List<Map.Entry<String, TensorData>> proved = List.copyOf(result.entrySet());
    if (outputs.size() != proved.size()) {
      throw new UserException(
          "%s has %d outputs, the compiled model %d: is it the same model?"
              .formatted(reference, outputs.size(), proved.size()));
    }
    for (int i = 0; i < outputs.size(); i++) {
      TensorData expected = outputs.get(i);
      TensorData actual = proved.get(i).getValue();
      if (!expected.shape().equals(actual.shape())) {
        throw new UserException(
            "%s gives shape %s, the compiled model %s: is it the same model?"
                .formatted(reference, expected.shape(), actual.shape()));
      }
      out.println(
          "PyTorch %s: %s: %s"
              .formatted(proved.get(i).getKey(), expected.shape(), Figures.elements(expected)));
      Distance distance = Distance.between(actual.toDoubles(), expected.toDoubles());
      out.println(
          String.format(
              Locale.ROOT,
              "distance %s: largest %.6g, relative (2-norm) %.6g, cosine %.6f, largest element at"
                  + " the same index: %s",
              proved.get(i).getKey(),
              distance.largest(),
              distance.relative(),
              distance.cosine(),
              distance.sameArgmax() ? "yes" : "no"));
    }
  }

  private record Distance(double largest, double relative, double cosine, boolean sameArgmax) {
    static Distance between(double[] actual, double[] expected) {
      double largest = 0;
      double difference = 0;
      double norm = 0;
      double otherNorm = 0;
      double dot = 0;
      int best = 0;
      int otherBest = 0;
      for (int i = 0; i < actual.length; i++) {
        double d = actual[i] - expected[i];
        largest = Math.max(largest, Math.abs(d));
        difference += d * d;
        norm += expected[i] * expected[i];
        otherNorm += actual[i] * actual[i];
        dot += actual[i] * expected[i];
        best = actual[i] > actual[best] ? i : best;
        otherBest = expected[i] > expected[otherBest] ? i : otherBest;
      }
      return new Distance(
          largest,
          Math.sqrt(difference / norm),
          dot / Math.sqrt(norm * otherNorm),
          best == otherBest);
    }
  }
}
