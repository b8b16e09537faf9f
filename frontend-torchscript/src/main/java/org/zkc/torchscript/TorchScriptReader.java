package org.zkc.torchscript;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.zkc.ir.ImportedModel;
import org.zkc.ir.ModelInput;
import org.zkc.ir.UserException;
import org.zkc.torchscript.archive.TorchArchive;
import org.zkc.torchscript.lower.CodeLowering;
import org.zkc.torchscript.lower.Inputs;
import org.zkc.torchscript.pickle.PickleReader;
import org.zkc.torchscript.pickle.PickleValue;

/**
 * Reads archives written by {@code torch.jit.save}: traced, scripted or frozen. Nothing from an
 * archive is executed.
 */
public final class TorchScriptReader {

  private TorchScriptReader() {}

  /**
   * The method of a module that is read.
   *
   * @param method the method's name
   * @param inputs paths of tensors that the caller will pass, where the archive does not tell:
   *     {@code batch.mask}
   * @param inOrder tensors that the caller will pass in the order of the arguments: where they are
   *     more than the arguments that must be passed, the first optional ones are passed too
   */
  public record EntryPoint(String method, List<String> inputs, int inOrder) {
    public static final EntryPoint FORWARD = new EntryPoint("forward", List.of(), 0);

    public EntryPoint {
      inputs = List.copyOf(inputs);
    }
  }

  /** Reads the module's forward, as {@link #read(Path, EntryPoint)} does any method. */
  public static ImportedModel read(Path file) {
    return read(file, EntryPoint.FORWARD);
  }

  /**
   * Reads a TorchScript archive. Weights stay memory-mapped for as long as the model is reachable;
   * the file must not change meanwhile.
   *
   * @throws UserException when the file is missing, is not a TorchScript archive, is damaged, or
   *     uses something that zkc does not support; the message names the remedy
   */
  public static ImportedModel read(Path file, EntryPoint entry) {
    return read(TorchArchive.open(file), entry);
  }

  /**
   * Reads an archive in memory, as {@link #read(Path)} does a file; {@code name} stands in
   * messages.
   */
  public static ImportedModel read(String name, MemorySegment file) {
    return read(TorchArchive.of(name, file), EntryPoint.FORWARD);
  }

  /**
   * A model that was looked through for faults.
   *
   * @param model with unknown values in place of what could not be read ({@link
   *     org.zkc.ir.torch.Operator#UNKNOWN}); for {@code TorchToTensor.check} alone
   * @param faults empty where {@link #read(Path, EntryPoint)} succeeds
   */
  public record Checked(Optional<ImportedModel> model, List<UserException> faults) {}

  /**
   * Reads an archive as {@link #read(Path, EntryPoint)} does, and goes on after statements that it
   * cannot read.
   *
   * @throws UserException when the file is no archive at all, or damaged
   */
  public static Checked check(Path file, EntryPoint entry) {
    List<UserException> faults = new ArrayList<>();
    Optional<ImportedModel> model =
        bounded(
            TorchArchive.open(file),
            archive ->
                model(
                    archive,
                    entry,
                    (root, constants, inputs) -> {
                      CodeLowering.Checked checked =
                          CodeLowering.check(archive, root, constants, entry.method(), inputs);
                      faults.addAll(checked.faults());
                      return checked.lowered();
                    }));
    return new Checked(model, List.copyOf(faults));
  }

  private static ImportedModel read(TorchArchive file, EntryPoint entry) {
    return bounded(
            file,
            archive ->
                model(
                    archive,
                    entry,
                    (root, constants, inputs) ->
                        Optional.of(
                            CodeLowering.lower(archive, root, constants, entry.method(), inputs))))
        .orElseThrow();
  }

  /** The step from module tree and code to a program; empty where there is none. */
  @FunctionalInterface
  private interface Step {
    Optional<CodeLowering.Lowered> lower(
        PickleValue.Instance root, Optional<PickleValue.Tuple> constants, Inputs inputs);
  }

  private static <T> T bounded(TorchArchive archive, Function<TorchArchive, T> reading) {
    try {
      return reading.apply(archive);
    } catch (StackOverflowError e) {
      throw new UserException(
          "The archive "
              + archive.displayName()
              + " nests its data or code too deeply to be a model; export it again.");
    }
  }

  private static Optional<ImportedModel> model(TorchArchive archive, EntryPoint entry, Step step) {
    Optional<ExporterRecord> recorded =
        archive.text("extra/zkpytorch.json").map(ExporterRecord::parse);
    // The exporter's record is about one method.
    boolean ofAnother = recorded.filter(r -> !r.entry().equals(entry.method())).isPresent();
    Optional<ExporterRecord> exporter = ofAnother ? Optional.empty() : recorded;
    List<TracedInputs.Example> examples = TracedInputs.read(archive, entry.method());
    PickleValue root = pickle(archive, "data").orElseThrow();
    if (!(root instanceof PickleValue.Instance module)) {
      throw new UserException(
          "The archive " + archive.displayName() + " does not hold a module; export an nn.Module.");
    }
    Optional<PickleValue.Tuple> constants =
        pickle(archive, "constants")
            .filter(PickleValue.Tuple.class::isInstance)
            .map(PickleValue.Tuple.class::cast);
    List<String> given = new ArrayList<>();
    exporter.stream()
        .flatMap(e -> e.inputs().stream())
        .filter(i -> i.shape().isPresent())
        .forEach(i -> given.add(i.name()));
    given.addAll(entry.inputs());
    List<String> traced = examples.stream().map(TracedInputs.Example::path).toList();
    return step.lower(module, constants, new Inputs(given, traced, entry.inOrder()))
        .map(lowered ->
            new ImportedModel(
                lowered.program(),
                inputs(lowered, exporter, examples),
                ofAnother ? Optional.empty() : archive.record("extra/zkpytorch/calibration.npz"),
                ofAnother ? Optional.empty() : archive.record("extra/zkpytorch/answers.npz"),
                archive.digest(),
                recorded.flatMap(ExporterRecord::torchVersion).map(version -> "torch " + version)));
  }

  private static Optional<PickleValue> pickle(TorchArchive archive, String name) {
    return archive
        .record(name + ".pkl")
        .map(content ->
            PickleReader.read(name + ".pkl", content, key -> archive.record(name + "/" + key)));
  }

  /** The exporter's shapes where there are some, else those of the traced example. */
  private static List<ModelInput> inputs(
      CodeLowering.Lowered lowered,
      Optional<ExporterRecord> exporter,
      List<TracedInputs.Example> examples) {
    List<ModelInput> out = new ArrayList<>();
    for (CodeLowering.Input input : lowered.inputs()) {
      Optional<ModelInput> exported =
          exporter.stream()
              .flatMap(e -> e.inputs().stream())
              .filter(e -> e.name().equals(input.name()) && e.shape().isPresent())
              .findFirst();
      Optional<TracedInputs.Example> example =
          examples.stream().filter(e -> e.path().equals(input.position())).findFirst();
      out.add(
          exported.orElseGet(() ->
              new ModelInput(
                  input.name(),
                  example.map(TracedInputs.Example::shape),
                  example.map(TracedInputs.Example::dtype))));
    }
    return out;
  }
}
