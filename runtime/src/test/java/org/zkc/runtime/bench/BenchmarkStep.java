package org.zkc.runtime.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.zkc.gkr.prove.ProvingKey;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.passes.quantize.VariedInputs;
import org.zkc.runtime.artifact.ModelFile;
import org.zkc.runtime.compile.CompileOptions;
import org.zkc.runtime.compile.CompilePipeline;
import org.zkc.runtime.compile.CompiledModel;
import org.zkc.runtime.execute.Execution;
import org.zkc.runtime.numpy.ArrayFiles;
import org.zkc.runtime.numpy.NpyReader;
import org.zkc.runtime.numpy.NpyWriter;
import org.zkc.runtime.numpy.NpzReader;

/**
 * One step of a benchmark, in a process of its own: compiling, or proving. Its request and its
 * figures are files of the benchmark's folder.
 */
public final class BenchmarkStep {
  static final String REQUEST = "request.json";
  static final String MODEL = "model.zkc";
  private static final long INPUT_SEED = 7;
  private static final long CALIBRATION_SEED = 8;

  private BenchmarkStep() {}

  /** The steps of a benchmark. */
  enum Kind {
    COMPILE_GENERATED,
    COMPILE_ARCHIVE,
    PROVE;

    String figuresFile() {
      return (this == PROVE ? "proof" : "compile") + ".json";
    }
  }

  /** Arguments: the step, the benchmark's folder, and the name or file that it is about. */
  public static void main(String[] arguments) throws IOException {
    Kind kind = Kind.valueOf(arguments[0]);
    Path folder = Path.of(arguments[1]);
    ObjectMapper json = new ObjectMapper();
    BenchmarkRequest request =
        json.readValue(folder.resolve(REQUEST).toFile(), BenchmarkRequest.class);
    try {
      Object figures =
          switch (kind) {
            case COMPILE_GENERATED ->
                compileGenerated(BenchmarkModel.named(arguments[2]).getFirst(), folder, request);
            case COMPILE_ARCHIVE -> compileArchive(Path.of(arguments[2]), folder, request);
            case PROVE -> prove(Path.of(arguments[2]), folder, request);
          };
      json.writeValue(folder.resolve(kind.figuresFile()).toFile(), figures);
    } catch (UserException e) {
      System.err.println("error: " + e.getMessage());
      System.exit(2);
    }
  }

  static CompileFigures compileGenerated(
      BenchmarkModel model, Path folder, BenchmarkRequest request) throws IOException {
    CompilePipeline.Calibrated calibrated = calibrated(model);
    List<Value> parameters = calibrated.tensor().main().parameters();
    List<List<TensorData>> samples =
        new VariedInputs(INPUT_SEED).samples(parameters, request.samples());
    for (int s = 0; s < samples.size(); s++) {
      for (int i = 0; i < samples.get(s).size(); i++) {
        Files.write(inputFile(folder, s, i), NpyWriter.encode(samples.get(s).get(i)));
      }
    }
    long start = System.nanoTime();
    CompiledModel compiled =
        new CompilePipeline(
                CompileOptions.DEFAULT
                    .withConvolutions(request.convolutions())
                    .withDisabled(request.disabled()))
            .compile(calibrated);
    return written(compiled, start, folder, request.threads());
  }

  /** Full-size models are calibrated on one sample, the others on the default noise. */
  static CompilePipeline.Calibrated calibrated(BenchmarkModel model) {
    org.zkc.ir.Program program = model.program();
    Optional<List<List<TensorData>>> samples =
        model.group() == BenchmarkModel.Group.FULL
            ? Optional.of(
                new VariedInputs(CALIBRATION_SEED).samples(program.main().parameters(), 1))
            : Optional.empty();
    return new CompilePipeline.Calibrated(program, List.of("x"), List.of("output"), samples, "");
  }

  private static CompileFigures compileArchive(Path archive, Path folder, BenchmarkRequest request)
      throws IOException {
    CompileOptions options =
        CompileOptions.DEFAULT
            .withConvolutions(request.convolutions())
            .withDisabled(request.disabled())
            .withInputShapes(shapes(request.inputs()));
    long start = System.nanoTime();
    CompiledModel compiled =
        new CompilePipeline(options.withCalibration(request.calibration())).compile(archive);
    return written(compiled, start, folder, request.threads());
  }

  /** The values of {@code --input-shape} that stand for these values of {@code --input}. */
  private static List<String> shapes(List<String> inputs) {
    List<String> out = new ArrayList<>();
    for (String input : inputs) {
      if (ArrayFiles.isNpz(input)) {
        NpzReader.read(Path.of(input)).forEach((name, a) -> out.add(name + "=" + a.shape()));
      } else {
        int name = Files.exists(Path.of(input)) ? 0 : input.indexOf('=') + 1;
        Path file = Path.of(input.substring(name));
        out.add(input.substring(0, name) + NpyReader.read(file).shape());
      }
    }
    return out;
  }

  private static CompileFigures written(
      CompiledModel compiled, long start, Path folder, int threads) throws IOException {
    long compiledAt = System.nanoTime();
    compiled.write(folder.resolve(MODEL), threads).provingKey().close();
    return new CompileFigures(
        (compiledAt - start) / 1e9,
        (System.nanoTime() - compiledAt) / 1e9,
        PeakMemory.bytes().orElse(0));
  }

  private static ProofFigures prove(Path file, Path folder, BenchmarkRequest request)
      throws IOException {
    ModelFile model = ModelFile.open(file);
    List<TensorData> input = new Execution(model).read(inputs(folder, request));
    try (ProvingKey key =
        ProvingKey.open(
            model.keyFile().key(), model.weights(), ModelFile.codeFile(file), request.threads())) {
      List<List<TensorData>> samples = new ArrayList<>(List.of(input));
      for (int s = 1; s < request.samples(); s++) {
        samples.add(new Execution(model).read(inputs(folder, s)));
      }
      return new ProofBenchmark(request.warmUps(), request.runs(), request.threads())
          .measure(model, key, samples);
    }
  }

  /** Values of {@code --input}: the user's, else the generated ones. */
  static List<String> inputs(Path folder, BenchmarkRequest request) {
    if (!request.inputs().isEmpty()) {
      return request.inputs();
    }
    return inputs(folder, 0);
  }

  private static List<String> inputs(Path folder, int sample) {
    List<String> out = new ArrayList<>();
    for (int i = 0; Files.exists(inputFile(folder, sample, i)); i++) {
      out.add(inputFile(folder, sample, i).toString());
    }
    return out;
  }

  private static Path inputFile(Path folder, int sample, int index) {
    return folder.resolve(String.format(Locale.ROOT, "input%d-%d.npy", sample, index));
  }
}
