package org.zkc.runtime.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.zkc.gkr.circuit.CircuitTooLarge;
import org.zkc.gkr.circuit.InvalidCircuit;
import org.zkc.gkr.estimate.VerifierBounds;
import org.zkc.gkr.file.Continuation;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.proof.ProofFile;
import org.zkc.gkr.prove.Prover;
import org.zkc.gkr.prove.ProverOptions;
import org.zkc.gkr.prove.ProvingKey;
import org.zkc.gkr.prove.StageTimes;
import org.zkc.gkr.prove.Witness;
import org.zkc.gkr.statement.Statement;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.runtime.artifact.AtomicFiles;
import org.zkc.runtime.artifact.Codewords;
import org.zkc.runtime.artifact.ModelFile;
import org.zkc.runtime.artifact.PortArrays;
import org.zkc.runtime.execute.Execution;
import org.zkc.runtime.execute.LanguageModel;
import org.zkc.runtime.execute.Leftovers;
import org.zkc.runtime.numpy.ArrayFiles;
import org.zkc.runtime.numpy.NpyReader;
import org.zkc.runtime.numpy.SampleFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zkc prove}. */
@Command(
    name = "prove",
    description = "Run a model on inputs and prove the outputs.",
    sortOptions = false)
final class ProveCommand implements Callable<Integer> {
  /** Values of {@code --private}. */
  enum Hidden {
    INPUT,
    MODEL,
    BOTH
  }

  @Parameters(paramLabel = "MODEL.zkc", description = "What zkc compile wrote.")
  private Path model;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE",
      description = "An input (.npy; repeat in forward's order, NAME=FILE, or one .npz).")
  private List<String> inputs = new ArrayList<>();

  @Option(
      names = "--batch",
      description =
          "Prove all samples that --input gives in one proof: arrays of several samples, or, of a"
              + " model with one input, several files.")
  private boolean batch;

  @Option(
      names = "--generated",
      paramLabel = "TOKENS.npy",
      description =
          "Prove that a causal language model, greedily, generates these tokens after the prompt"
              + " that --input gives.")
  private Path generated;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = "The proof; default: beside the model, with .zkp.")
  private Path proof;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Also write the outputs (.npy, repeated, or one .npz).")
  private List<String> outputs = new ArrayList<>();

  @Option(
      names = "--context",
      paramLabel = "TEXT",
      description = "Bind the proof to this text; verify needs the same.")
  private String context = "";

  @Option(
      names = "--private",
      paramLabel = "WHAT",
      description = "input, model or both: does not exist yet.")
  private Hidden hidden;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Threads; default: all cores, one for small proofs. The proof does not depend on it.")
  private Integer threads;

  @Option(names = "--progress", paramLabel = "MODE", description = "auto, plain or none.")
  private ProgressMode progress = ProgressMode.AUTO;

  @Spec private CommandSpec spec;

  private final Session session;

  ProveCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    if (threads != null) {
      Threads.check(threads);
    }
    if (hidden != null) {
      throw new UserException(
          "--private does not exist yet: inputs and outputs are public, and a proof may reveal"
              + " linear combinations of the weights; leave the flag out");
    }
    if (batch && generated != null) {
      throw new UserException("--generated is about one sequence; leave out --batch");
    }
    long start = System.nanoTime();
    Path target = proof != null ? proof : CompileCommand.beside(model, ".zkp");
    new DistinctFiles()
        .reads("MODEL.zkc", model)
        .reads("its codeword", ModelFile.codeFile(model))
        .reads("its key", ModelFile.keyFile(model))
        .reads("--input", inputs)
        .reads("--generated", generated)
        .writes("--out", target)
        .writes("--output", outputs);
    AtomicFiles.requireWritable(target);
    outputs.forEach(file -> AtomicFiles.requireWritable(Path.of(file)));
    OpenModel open = session.model(model);
    ModelFile file = open.file();
    Execution execution = open.execution();
    Optional<LanguageModel.Text> text =
        Optional.ofNullable(generated)
            .map(tokens ->
                new LanguageModel(file, execution)
                    .text(execution.read(inputs), NpyReader.read(tokens)));
    Optional<Continuation> claim = text.map(LanguageModel.Text::claim);
    List<List<int[]>> samples =
        text.map(t -> List.of(t.inputs())).orElseGet(() -> samples(execution));
    PrintWriter out = spec.commandLine().getOut();
    StageTimes times = new StageTimes();
    Leftovers.collect();
    Statement statement;
    byte[] proofBytes;
    List<String> saturated;
    try (ProgressDisplay display = session.progress(progress, spec.commandLine().getErr())) {
      display.report("opening the model", 0);
      ProvingKey one = openKey(open, AtomicFiles.folder(target));
      ProvingKey key = batch(one, samples.size());
      Prover.expect(key.verifierKey());
      int workers = Threads.of(threads, key.verifierKey());
      display.report("running the model", 0.05);
      times.add("load", System.nanoTime() - start);
      long begin = System.nanoTime();
      Witness witness = execution.run(samples, key.verifierKey().circuit().circuit(), workers);
      saturated = execution.saturationWarnings();
      times.add("execute", System.nanoTime() - begin);
      statement = Prover.statement(key.verifierKey(), witness);
      if (claim.isPresent()) {
        new LanguageModel(file, execution).requirePicked(statement, claim.get());
      }
      ProverOptions options =
          new ProverOptions(
              workers,
              (stage, part) -> {
                Leftovers.collect();
                display.report(stage, 0.1 + 0.9 * part);
              },
              times);
      byte[] bound = file.keyFile().boundContext(context.getBytes(StandardCharsets.UTF_8), claim);
      proofBytes = Prover.proveConsuming(key, witness, bound, options);
    }
    ProofFile proved =
        new ProofFile(
            statement,
            samples.size(),
            proofBytes,
            claim.map(Continuation::encode).orElseGet(() -> new byte[0]));
    byte[] bytes = proved.encode();
    AtomicFiles.write(target, bytes);
    saturated.forEach(warning -> spec.commandLine().getErr().println("warning: " + warning));
    SequencedMap<String, TensorData> arrays = outputs(file.keyFile(), proved);
    if (!outputs.isEmpty() && ArrayFiles.write(outputs, arrays, "--output")) {
      spec.commandLine()
          .getErr()
          .println(
              "note: the model has %d outputs; --output took the first %d"
                  .formatted(arrays.size(), outputs.size()));
    }
    double seconds = Figures.secondsSince(start);
    out.println(
        "proved %s in %s (%s)"
            .formatted(target, Figures.time(seconds), Figures.bytes(bytes.length)));
    session.report(() -> {
      Map<String, Object> found = new LinkedHashMap<>();
      found.put("proofFile", target.toString());
      found.put("proofBytes", bytes.length);
      found.put("model", file.keyFile().digest());
      found.put("proveSeconds", seconds);
      Map<String, Object> stages = new LinkedHashMap<>();
      times.nanoseconds().forEach((stage, nanos) -> stages.put(stage, nanos / 1e9));
      found.put("stages", stages);
      found.put("samples", samples.size());
      claim.ifPresent(
          c -> found.put("generation", ProvedText.of(file.keyFile(), statement, c).json()));
      found.put("outputs", types(arrays));
      return found;
    });
    claim.ifPresent(c -> ProvedText.of(file.keyFile(), statement, c).print(out));
    if (samples.size() > 1) {
      out.println("  samples      " + samples.size());
    }
    arrays.forEach((name, array) ->
        out.println("  %-12s %s: %s".formatted(name, array.shape(), Figures.elements(array))));
    times
        .nanoseconds()
        .forEach((stage, nanos) ->
            out.println("  %-24s %s".formatted(stage, Figures.time(nanos / 1e9))));
    return ExitCode.OK;
  }

  private List<List<int[]>> samples(Execution execution) {
    Consumer<String> warnings =
        warning -> spec.commandLine().getErr().println("warning: " + warning);
    return batch
        ? execution.quantizeSamples(inputs, warnings)
        : List.of(execution.quantize(inputs, warnings));
  }

  /** The key of as many samples, whose proofs a verifier will take. */
  private static ProvingKey batch(ProvingKey one, int samples) {
    if (samples == 1) {
      return one;
    }
    try {
      ProvingKey key = one.batch(samples);
      VerifierBounds.require(key.verifierKey());
      return key;
    } catch (CircuitTooLarge e) {
      throw new UserException(
          "%d samples are too many for one proof of this model: %s; prove fewer at once"
              .formatted(samples, e.getMessage()));
    } catch (InvalidCircuit e) {
      throw new UserException(
          "several samples of this model have no common proof: %s; prove them one by one"
              .formatted(e.getMessage()));
    }
  }

  /** The outputs of all samples, with a first axis for them where there are several. */
  private static SequencedMap<String, TensorData> outputs(KeyFile key, ProofFile proved) {
    if (proved.samples() == 1) {
      return PortArrays.outputs(key, proved.statement());
    }
    List<SequencedMap<String, TensorData>> samples = new ArrayList<>();
    for (int k = 0; k < proved.samples(); k++) {
      samples.add(PortArrays.outputs(key, proved.sample(key.key(), k)));
    }
    SequencedMap<String, TensorData> out = new LinkedHashMap<>();
    for (String name : samples.getFirst().keySet()) {
      out.put(
          name,
          SampleFiles.stack(
              samples.stream()
                  .map(sample -> Objects.requireNonNull(sample.get(name), "one model's outputs"))
                  .toList()));
    }
    return out;
  }

  /** Name, shape and element type of each array. */
  static List<Object> types(SequencedMap<String, TensorData> arrays) {
    List<Object> out = new ArrayList<>();
    arrays.forEach((name, array) -> {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", name);
      entry.put("shape", array.shape().extents());
      entry.put("elementType", array.dtype().text());
      out.add(entry);
    });
    return out;
  }

  private ProvingKey openKey(OpenModel open, Path proofFolder) throws IOException {
    Codewords codewords =
        new Codewords(
            Codewords.cache(System.getenv()),
            proofFolder,
            note -> spec.commandLine().getErr().println("note: " + note));
    return open.provingKey(codewords, Threads.of(threads));
  }
}
