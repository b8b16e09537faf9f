package org.zkc.runtime.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.zkc.gkr.kernel.Workers;
import org.zkc.ir.ImportedModel;
import org.zkc.ir.Level;
import org.zkc.ir.Program;
import org.zkc.ir.UserException;
import org.zkc.ir.kernel.LoopChoice;
import org.zkc.ir.text.Printer;
import org.zkc.passes.PassListener;
import org.zkc.passes.circuit.ConvolutionPolicy;
import org.zkc.passes.quantize.QuantizationOptions;
import org.zkc.passes.quantize.TensorToInteger;
import org.zkc.runtime.artifact.AtomicFiles;
import org.zkc.runtime.artifact.Codewords;
import org.zkc.runtime.artifact.ModelFile;
import org.zkc.runtime.artifact.Summary;
import org.zkc.runtime.compile.CompileOptions;
import org.zkc.runtime.compile.CompilePipeline;
import org.zkc.runtime.compile.CompiledModel;
import org.zkc.runtime.compile.EvaluationFiles;
import org.zkc.runtime.compile.IrFiles;
import org.zkc.runtime.cost.MachineCosts;
import org.zkc.runtime.execute.WorkerTasks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zkc compile}. */
@Command(
    name = "compile",
    description = "Compile a model into a model file (.zkc) and a verifier key (.vk).",
    sortOptions = false)
final class CompileCommand implements Callable<Integer> {
  /** Bytes from which on a model is expected to multiply for seconds. */
  private static final long LARGE_ARCHIVE = 64 << 20;

  @Parameters(
      paramLabel = "MODEL",
      description =
          "The archive that zkpytorch.export, torch.jit.save or torch.export.save wrote, StableHLO"
              + " text (.mlir) or a folder of it that torch_xla saved, or a .zkir program of the"
              + " torch or tensor level.")
  private Path model;

  @Option(
      names = "--method",
      paramLabel = "NAME",
      description = "The method to compile, one that torch.jit.export kept; default forward.")
  private String method = "forward";

  @Option(
      names = "--input-shape",
      paramLabel = "SHAPE",
      description = "Shape of an input, 1x3x32x32; repeat in forward's order, or NAME=SHAPE.")
  private List<String> inputShapes = new ArrayList<>();

  @Option(
      names = "--dim",
      paramLabel = "NAME=N",
      description =
          "Extent of a symbolic dimension of a torch.export archive: by its symbol (s77=1), or by"
              + " input and axis (x.0=1); any name where there is only one.")
  private List<String> dimensions = new ArrayList<>();

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description =
          "Weights beside StableHLO text, .npz or .safetensors, by the names of the text's"
              + " arguments; repeat for several files.")
  private List<Path> weights = new ArrayList<>();

  @Option(
      names = "--calibration",
      paramLabel = "FILE",
      description =
          "Sample inputs (.npy; repeat in forward's order, NAME=FILE, or one .npz) that ranges are"
              + " taken from.")
  private List<String> calibration = new ArrayList<>();

  @Option(
      names = "--evaluate",
      paramLabel = "FILE",
      description =
          "Inputs that fidelity is reported on (.npy; repeat in forward's order, NAME=FILE, or one"
              + " .npz).")
  private List<String> evaluation = new ArrayList<>();

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description =
          "The right class of each row of the first output on the inputs of --evaluate (.npy of"
              + " integers), for top-1 accuracy.")
  private Path labels;

  @Option(
      names = "--reference",
      paramLabel = "FILE",
      description =
          "What the model answers: inputs and then outputs (.npy; repeat in that order, NAME=FILE,"
              + " or one .npz). Nothing is compiled that does not compute the same.")
  private List<String> reference = new ArrayList<>();

  @Option(
      names = "--bits",
      paramLabel = "N|NAME=N",
      description = "Bits of the quantisation, 4 to 16, for all tensors or one; default 8.")
  private List<String> bits = new ArrayList<>();

  @Option(
      names = "--min-fidelity",
      paramLabel = "R2",
      description =
          "Raise bits until the integer program has this R^2 against fp32, on the inputs that the"
              + " report is about; fail where that is not reached.")
  private Double minFidelity;

  @Option(
      names = "--generation",
      description =
          "Of a causal language model: state the likeliest next token after each token in place of"
              + " the logits.")
  private boolean generation;

  @Option(
      names = "--conv",
      paramLabel = "FORM",
      description =
          "Convolutions as sums of products (direct), through transforms (fft), or each as is"
              + " estimated cheaper (auto); default auto.")
  private ConvolutionPolicy conv = ConvolutionPolicy.AUTO;

  @Option(
      names = "--disable",
      paramLabel = "PASS",
      description = "Leave out an optimisation pass; zkc ops --passes lists them.")
  private List<String> disabled = new ArrayList<>();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description =
          "The model file; default: beside the archive, with .zkc. With --emit: the IR file.")
  private Path out;

  @Option(
      names = "--dump-ir",
      paramLabel = "DIR",
      description = "Write the program after every pass into this folder.")
  private Path dump;

  @Option(
      names = "--emit",
      paramLabel = "LEVEL",
      description = "Stop at a level (torch, tensor, integer, circuit) and print the IR.")
  private Level emit;

  @Option(
      names = "--explain",
      description = "Print every pass with its time and counts, and the fidelity of every layer.")
  private boolean explain;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads; default: all cores. The files do not depend on it.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--progress", paramLabel = "MODE", description = "auto, plain or none.")
  private ProgressMode progress = ProgressMode.AUTO;

  @Spec private CommandSpec spec;

  private final Session session;

  CompileCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    Threads.check(threads);
    if (minFidelity != null && !(minFidelity >= 0 && minFidelity <= 1)) {
      throw new UserException(
          "--min-fidelity must be from 0 to 1, where 1 is the floating-point network itself, got "
              + minFidelity);
    }
    PrintWriter err = spec.commandLine().getErr();
    try (ProgressDisplay display = session.progress(progress, err);
        Workers workers = Workers.of(threads);
        IrFiles.Dump dumps = dump == null ? null : IrFiles.dumpInto(dump)) {
      PassListener listener =
          step -> {
            display.report(step.name(), Math.min(0.9, step.number() / 40.0));
            if (dumps != null) {
              dumps.after(step);
            }
          };
      CompileOptions options =
          new CompileOptions(
              method,
              inputShapes,
              dimensions,
              weights,
              calibration,
              new EvaluationFiles(evaluation, Optional.ofNullable(labels)),
              reference,
              quantization(),
              conv,
              new HashSet<>(disabled),
              generation,
              minFidelity == null ? OptionalDouble.empty() : OptionalDouble.of(minFidelity),
              listener,
              warning -> err.println("warning: " + warning));
      CompilePipeline pipeline = new CompilePipeline(options, new WorkerTasks(workers));
      if (emit != null) {
        emit(pipeline);
        return ExitCode.OK;
      }
      return compile(pipeline, display);
    }
  }

  private Integer compile(CompilePipeline pipeline, ProgressDisplay display) throws IOException {
    long start = System.nanoTime();
    Path target = out != null ? out : beside(model, ".zkc");
    Path key = ModelFile.keyFile(target);
    Path code = ModelFile.codeFile(target);
    sources().writes("--out", target).writes("the key", key).writes("the codeword", code);
    for (Path written : List.of(target, key, code)) {
      AtomicFiles.requireWritable(written);
    }
    if (Files.isRegularFile(model) && Files.size(model) >= LARGE_ARCHIVE) {
      // The archive is read by one thread; the loops that calibrate are compiled meanwhile.
      LoopChoice.announceFloats();
    }
    CompiledModel compiled = pipeline.compile(model);
    display.report("committing to the model", 0.95);
    CompiledModel.WithKeys keys = compiled.write(target, threads);
    MachineCosts costs = MachineCosts.read(Codewords.cache(System.getenv()));
    if (!costs.isSettled()) {
      display.report("measuring this machine", 0.99);
      costs.measure();
    }
    display.close();
    PrintWriter text = spec.commandLine().getOut();
    if (explain) {
      explain(pipeline, compiled, text);
    }
    double seconds = Figures.secondsSince(start);
    text.println("compiled %s in %s".formatted(model, Figures.time(seconds)));
    ModelReport report = new ModelReport(keys.file());
    report.print(text);
    session.report(() -> {
      Map<String, Object> found = report.json();
      found.put("modelFile", target.toString());
      found.put("keyFile", key.toString());
      found.put("compileSeconds", seconds);
      return found;
    });
    List<String> written = new ArrayList<>();
    for (Path file : List.of(target, key, code)) {
      // A model without parameters has no codeword.
      if (Files.exists(file)) {
        written.add(
            "%s (%s)"
                .formatted(
                    file.equals(code) ? file.getFileName() : file,
                    Figures.bytes(Files.size(file))));
      }
    }
    text.println("  wrote        " + String.join(", ", written));
    return ExitCode.OK;
  }

  private DistinctFiles sources() {
    DistinctFiles files = new DistinctFiles();
    weights.forEach(file -> files.reads("--weights", file));
    return files
        .reads("MODEL", model)
        .reads("--calibration", calibration)
        .reads("--evaluate", evaluation)
        .reads("--labels", labels)
        .reads("--reference", reference);
  }

  private void emit(CompilePipeline pipeline) throws IOException {
    sources().writes("--out", out);
    ImportedModel torch = pipeline.read(model);
    Program program =
        switch (emit) {
          case TORCH -> torch.program();
          case TENSOR -> pipeline.toTensor(torch).tensor();
          case INTEGER -> pipeline.toInteger(pipeline.toTensor(torch)).program();
          case CIRCUIT ->
              pipeline.toCircuit(pipeline.toInteger(pipeline.toTensor(torch)).program());
        };
    if (out == null) {
      spec.commandLine().getOut().print(Printer.print(program));
    } else {
      IrFiles.write(out, program);
    }
  }

  private QuantizationOptions quantization() {
    OptionalInt all = OptionalInt.empty();
    Map<String, Integer> named = new HashMap<>();
    for (String value : bits) {
      int equals = value.lastIndexOf('=');
      try {
        int n = Integer.parseInt(value.substring(equals + 1));
        if (equals < 0) {
          all = OptionalInt.of(n);
        } else {
          named.put(value.substring(0, equals), n);
        }
      } catch (NumberFormatException e) {
        throw new UserException(
            "--bits %s: write a number from 4 to 16, or NAME=NUMBER for one tensor"
                .formatted(value));
      }
    }
    return new QuantizationOptions(all, named, Map.of());
  }

  private static void explain(CompilePipeline pipeline, CompiledModel compiled, PrintWriter out) {
    out.println("passes:");
    for (PassListener.Step step : pipeline.passes().steps()) {
      out.println(
          String.format(
              Locale.ROOT,
              "  %2d %-28s %8.1f ms%s",
              step.number(),
              step.name(),
              step.nanoseconds() / 1e6,
              step.changed() ? "" : "  (no change)"));
    }
    out.println("counts:");
    pipeline
        .passes()
        .context()
        .statistics()
        .forEach((name, n) -> {
          if (!name.startsWith(TensorToInteger.BITS)) {
            out.println("  %-40s %s".formatted(name, Figures.count(n)));
          }
        });
    out.println(
        "bits by tensor (%d unless given or raised):".formatted(QuantizationOptions.DEFAULT_BITS));
    pipeline
        .passes()
        .context()
        .statistics()
        .forEach((name, n) -> {
          if (name.startsWith(TensorToInteger.BITS)) {
            out.println("  %-40s %d".formatted(name.substring(TensorToInteger.BITS.length()), n));
          }
        });
    out.println("fidelity by layer (R^2, cosine):");
    compiled
        .summary()
        .layers()
        .forEach(f ->
            out.println(
                String.format(
                    Locale.ROOT,
                    "  %-32s %s  %.5f",
                    f.name(),
                    Summary.Fidelity.text(f.rSquared()),
                    f.cosine())));
  }

  static Path beside(Path file, String extension) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return file.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + extension);
  }
}
