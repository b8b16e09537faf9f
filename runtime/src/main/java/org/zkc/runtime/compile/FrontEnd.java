package org.zkc.runtime.compile;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.zkc.ir.ImportedModel;
import org.zkc.ir.UserException;
import org.zkc.runtime.artifact.FileErrors;
import org.zkc.runtime.numpy.NpyReader;
import org.zkc.runtime.weights.WeightFiles;
import org.zkc.stablehlo.StablehloReader;
import org.zkc.stablehlo.weights.BoundProgram;
import org.zkc.stablehlo.weights.TorchXlaFolder;
import org.zkc.torchexport.TorchExportReader;
import org.zkc.torchscript.TorchScriptReader;

/**
 * The reader that a model file is for: those of {@code .zkir} and StableHLO text by the file's
 * name, that of torch.export archives by what is in the file, else that of TorchScript archives.
 */
public sealed interface FrontEnd {

  /** The name of the reading among the steps of a compilation. */
  String step();

  /** The kind of file, {@code TorchScript archive}. */
  String kind();

  /**
   * Reads the model.
   *
   * @throws UserException when the file is not supported
   */
  ImportedModel read();

  /** Reads the model and goes on after faults. */
  Checked check();

  /**
   * A model that was looked through for faults.
   *
   * @param model with unknown values in place of what could not be read
   * @param faults empty where reading succeeds
   */
  record Checked(Optional<ImportedModel> model, List<UserException> faults) {
    public Checked {
      faults = List.copyOf(faults);
    }
  }

  /** {@code .zkir} text. */
  record Text(Path file) implements FrontEnd {
    @Override
    public String step() {
      return "read-ir";
    }

    @Override
    public String kind() {
      return "IR text";
    }

    @Override
    public ImportedModel read() {
      return IrFiles.readModel(file);
    }

    @Override
    public Checked check() {
      return new Checked(Optional.of(read()), List.of());
    }
  }

  /** An archive of TorchScript. */
  record TorchScript(Path file, TorchScriptReader.EntryPoint entry) implements FrontEnd {
    @Override
    public String step() {
      return "read-torchscript";
    }

    @Override
    public String kind() {
      return "TorchScript archive";
    }

    @Override
    public ImportedModel read() {
      return TorchScriptReader.read(file, entry);
    }

    @Override
    public Checked check() {
      TorchScriptReader.Checked checked = TorchScriptReader.check(file, entry);
      return new Checked(checked.model(), checked.faults());
    }
  }

  /** An archive of torch.export. */
  record TorchExport(Path file, Map<String, Long> dimensions) implements FrontEnd {
    public TorchExport {
      dimensions = Map.copyOf(dimensions);
    }

    @Override
    public String step() {
      return "read-torch-export";
    }

    @Override
    public String kind() {
      return "torch.export archive";
    }

    @Override
    public ImportedModel read() {
      return TorchExportReader.read(file, dimensions);
    }

    @Override
    public Checked check() {
      TorchExportReader.Checked checked = TorchExportReader.check(file, dimensions);
      return new Checked(checked.model(), checked.faults());
    }
  }

  /**
   * StableHLO text, or a folder of torch_xla.
   *
   * @param weights files of weights beside the text
   */
  record StableHlo(Path file, List<Path> weights) implements FrontEnd {
    public StableHlo {
      weights = List.copyOf(weights);
    }

    @Override
    public String step() {
      return "read-stablehlo";
    }

    @Override
    public String kind() {
      return "StableHLO program";
    }

    @Override
    public ImportedModel read() {
      return StablehloReader.read(open());
    }

    @Override
    public Checked check() {
      StablehloReader.Checked checked = StablehloReader.check(open());
      return new Checked(Optional.of(checked.model()), checked.faults());
    }

    private BoundProgram open() {
      return BoundProgram.open(file, WeightFiles.read(weights), NpyReader::read);
    }
  }

  /**
   * The reader for a file.
   *
   * @throws UserException when the file is missing, of a kind that zkc does not read, or not one
   *     that the options are for
   */
  static FrontEnd of(Path file, CompileOptions options) {
    String name = String.valueOf(file.getFileName());
    boolean isFolder = TorchXlaFolder.isFolder(file);
    if (!isFolder) {
      FileErrors.requireReadable(file);
    }
    if (isFolder || name.endsWith(".mlir")) {
      refuseForStableHlo(options);
      return new StableHlo(file, options.weights());
    }
    if (!options.weights().isEmpty()) {
      throw new UserException(
          "--weights is for StableHLO text, whose weights may stand beside it; leave --weights"
              + " out");
    }
    if (!name.endsWith(".zkir") && TorchExportReader.isExport(file)) {
      if (!options.method().equals(CompileOptions.DEFAULT.method())) {
        throw new UserException(
            "--method %s: a torch.export archive holds forward alone; leave --method out"
                .formatted(options.method()));
      }
      return new TorchExport(file, dimensions(options.dimensions()));
    }
    if (!options.dimensions().isEmpty()) {
      throw new UserException(
          "--dim is for torch.export archives with symbolic dimensions; use --input-shape");
    }
    return name.endsWith(".zkir") ? new Text(file) : new TorchScript(file, entryPoint(options));
  }

  private static void refuseForStableHlo(CompileOptions options) {
    if (!options.method().equals(CompileOptions.DEFAULT.method())) {
      throw new UserException(
          "--method %s: of StableHLO text the function @main is read; leave --method out"
              .formatted(options.method()));
    }
    if (!options.dimensions().isEmpty()) {
      throw new UserException(
          "--dim is for torch.export archives with symbolic dimensions; export the text with fixed"
              + " shapes");
    }
  }

  /** The method, and the inputs that {@code --input-shape} names, or gives in order. */
  private static TorchScriptReader.EntryPoint entryPoint(CompileOptions options) {
    List<String> named =
        options.inputShapes().stream()
            .filter(shape -> shape.indexOf('=') > 0)
            .map(shape -> shape.substring(0, shape.indexOf('=')))
            .toList();
    return new TorchScriptReader.EntryPoint(
        options.method(), named, options.inputShapes().size() - named.size());
  }

  private static Map<String, Long> dimensions(List<String> given) {
    Pattern form = Pattern.compile("([^=]+)=(\\d{1,9})");
    Map<String, Long> out = new HashMap<>();
    for (String text : given) {
      Matcher m = form.matcher(text);
      if (!m.matches()) {
        throw new UserException("--dim %s: write NAME=EXTENT, as batch=1".formatted(text));
      }
      out.put(m.group(1), Long.parseLong(m.group(2)));
    }
    return out;
  }
}
