package org.zkc.runtime.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.zkc.gkr.file.KeyFile;
import org.zkc.ir.DType;
import org.zkc.ir.Function;
import org.zkc.ir.ImportedModel;
import org.zkc.ir.Op;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.UserException;
import org.zkc.runtime.artifact.AtomicFiles;
import org.zkc.runtime.artifact.FileErrors;
import org.zkc.runtime.artifact.ModelFile;
import org.zkc.runtime.artifact.SmallFiles;
import org.zkc.runtime.compile.CompileOptions;
import org.zkc.runtime.compile.FrontEnd;
import org.zkc.runtime.compile.IrFiles;
import org.zkc.runtime.report.KeyPage;
import org.zkc.runtime.report.ModelPage;
import org.zkc.runtime.report.ProgramPage;
import org.zkc.runtime.report.ProofPage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zkc inspect}. */
@Command(
    name = "inspect",
    description = "Say what is in a file: .zkc, .vk, .zkp, .zkir or .pt.",
    sortOptions = false)
final class InspectCommand implements Callable<Integer> {
  private static final int BEGINNING = 16;

  @Parameters(paramLabel = "FILE", description = "Any file of zkc, or an archive.")
  private Path file;

  @Option(
      names = "--key",
      paramLabel = "MODEL.vk",
      description = "The key of a proof: its statement is then shown as arrays.")
  private Path key;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(
      names = "--html",
      paramLabel = "OUT",
      description = "Write one self-contained page for a browser.")
  private Path html;

  @Spec private CommandSpec spec;

  private final Session session;

  InspectCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    byte[] beginning = beginning();
    if (key != null && !ProofReport.isProof(beginning)) {
      throw new UserException("--key is for proofs, and %s is none".formatted(file));
    }
    if (html != null) {
      if (json) {
        throw new UserException("--html and --json exclude one another; run inspect twice");
      }
      new DistinctFiles().reads("FILE", file).reads("--key", key).writes("--html", html);
      AtomicFiles.requireWritable(html);
      byte[] page = page(beginning);
      AtomicFiles.write(html, page);
      out.println("wrote %s (%s)".formatted(html, Figures.bytes(page.length)));
      return ExitCode.OK;
    }
    if (ModelFile.isModelFile(beginning)) {
      ModelReport report = new ModelReport(session.model(file).file());
      session.report(report::json);
      if (json) {
        out.println(JsonText.of(report.json()));
      } else {
        out.println("%s: compiled model, %s".formatted(file, Figures.bytes(Files.size(file))));
        report.print(out);
        report.printLayers(out);
      }
    } else if (KeyFile.isKeyFile(beginning)) {
      inspectKey(out);
    } else if (isArchive(beginning)) {
      inspectArchive(out);
    } else if (ProofReport.isProof(beginning)) {
      ProofReport report = new ProofReport(file, key);
      session.report(report::json);
      if (json) {
        out.println(JsonText.of(report.json()));
      } else {
        report.print(out);
      }
    } else {
      inspectProgram(out);
    }
    return ExitCode.OK;
  }

  private byte[] page(byte[] beginning) {
    String name = String.valueOf(file.getFileName());
    if (ModelFile.isModelFile(beginning)) {
      return ModelPage.write(name, ModelFile.open(file));
    }
    if (KeyFile.isKeyFile(beginning)) {
      return KeyPage.write(name, KeyFile.decode(SmallFiles.readKey(file)));
    }
    if (isArchive(beginning)) {
      FrontEnd frontEnd = FrontEnd.of(file, CompileOptions.DEFAULT);
      ImportedModel model = frontEnd.read();
      List<String> inputs =
          model.inputs().stream()
              .map(i -> i.name() + i.shape().map(s -> ": " + s).orElse(""))
              .toList();
      return ProgramPage.ofArchive(name, frontEnd.kind(), model.program(), model.digest(), inputs);
    }
    if (ProofReport.isProof(beginning)) {
      Optional<KeyFile> named =
          Optional.ofNullable(key).map(k -> KeyFile.decode(SmallFiles.readKey(k)));
      return ProofPage.write(name, SmallFiles.readProof(file), named);
    }
    return ProgramPage.ofText(name, IrFiles.read(file));
  }

  private static boolean isArchive(byte[] beginning) {
    return beginning.length > 1 && beginning[0] == 'P' && beginning[1] == 'K';
  }

  private byte[] beginning() throws IOException {
    FileErrors.requireReadable(file);
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(BEGINNING);
    }
  }

  private void inspectKey(PrintWriter out) throws IOException {
    KeyFile keyFile = KeyFile.decode(SmallFiles.readKey(file));
    session.report(() -> ModelReport.keyJson(keyFile));
    if (json) {
      out.println(JsonText.of(ModelReport.keyJson(keyFile)));
      return;
    }
    out.println("%s: verifier key, %s".formatted(file, Figures.bytes(Files.size(file))));
    ModelReport.printKey(keyFile, out);
  }

  private void inspectArchive(PrintWriter out) throws IOException {
    FrontEnd frontEnd = FrontEnd.of(file, CompileOptions.DEFAULT);
    ImportedModel model = frontEnd.read();
    session.report(() -> archive(model));
    if (json) {
      out.println(JsonText.of(archive(model)));
    } else {
      printArchive(frontEnd.kind(), model, out);
    }
  }

  private static Map<String, Object> archive(ImportedModel model) {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("kind", "archive");
    content.put("sha256", model.digest());
    List<Object> inputs = new ArrayList<>();
    model
        .inputs()
        .forEach(i -> {
          Map<String, Object> entry = new LinkedHashMap<>();
          entry.put("name", i.name());
          entry.put("shape", i.shape().map(s -> (Object) s.extents()).orElse(null));
          entry.put("elementType", i.dtype().map(d -> (Object) d.text()).orElse(null));
          inputs.add(entry);
        });
    content.put("inputs", inputs);
    content.put("calibration", model.calibration().isPresent());
    model.producer().ifPresent(v -> content.put("producer", v));
    content.putAll(program(model.program()));
    return content;
  }

  private void printArchive(String kind, ImportedModel model, PrintWriter out) throws IOException {
    out.println(
        "%s: %s%s, %s"
            .formatted(
                file,
                kind,
                model.producer().map(v -> " of " + v).orElse(""),
                Figures.bytes(Files.size(file))));
    model
        .inputs()
        .forEach(i ->
            out.println(
                "  input        %s: %s %s"
                    .formatted(
                        i.name(),
                        i.shape().map(Shape::toString).orElse("shape not recorded,"),
                        i.dtype().map(DType::text).orElse("element type not recorded"))));
    out.println(
        "  calibration  "
            + (model.calibration().isPresent() ? "in the archive" : "none in the archive"));
    printProgram(model.program(), out);
    out.println("  sha256       " + model.digest());
  }

  private static void printProgram(Program program, PrintWriter out) {
    out.println(
        "  level        %s, %d function%s"
            .formatted(
                program.level().text(),
                program.functions().size(),
                program.functions().size() == 1 ? "" : "s"));
    out.println("  ops:");
    counts(program)
        .forEach((name, count) -> out.println("  %9s  %s".formatted(Figures.count(count), name)));
  }

  private void inspectProgram(PrintWriter out) throws IOException {
    Program program = IrFiles.read(file);
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("kind", "program");
    content.putAll(program(program));
    session.report(() -> content);
    if (json) {
      out.println(JsonText.of(content));
    } else {
      out.println("%s: program in text form, %s".formatted(file, Figures.bytes(Files.size(file))));
      printProgram(program, out);
    }
  }

  private static Map<String, Object> program(Program program) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("level", program.level().text());
    out.put("functions", program.functions().size());
    out.put("ops", counts(program));
    return out;
  }

  /** The number of occurrences of each op, by name. */
  private static Map<String, Integer> counts(Program program) {
    Map<String, Integer> ops = new TreeMap<>();
    for (Function f : program.functions()) {
      f.body().forEach(op -> count(op, ops));
    }
    return ops;
  }

  private static void count(Op op, Map<String, Integer> ops) {
    String name =
        op instanceof org.zkc.ir.torch.Operator operator
            ? operator.operator()
            : OpSpec.of(op).mnemonic();
    ops.merge(name, 1, Integer::sum);
    OpSpec.of(op).regions(op).forEach(r -> r.body().forEach(inner -> count(inner, ops)));
  }
}
