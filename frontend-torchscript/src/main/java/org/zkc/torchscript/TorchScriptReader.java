package org.zkc.torchscript;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.zkc.ir.ImportedModel;
import org.zkc.ir.ModelInput;
import org.zkc.ir.UserException;
import org.zkc.torchscript.archive.TorchArchive;
import org.zkc.torchscript.lower.Lowering;
import org.zkc.torchscript.pickle.PickleReader;
import org.zkc.torchscript.pickle.PickleValue;

/**
 * Reads archives written by {@code torch.jit.save}: traced, scripted or frozen. Nothing from an
 * archive is executed.
 */
public final class TorchScriptReader {

  private TorchScriptReader() {}

  /**
   * Reads a TorchScript archive. Weights stay memory-mapped for as long as the model is reachable;
   * the file must not change meanwhile.
   *
   * @throws UserException when the file is missing, is not a TorchScript archive, is damaged, or
   *     uses something that zkc does not support; the message names the remedy
   */
  public static ImportedModel read(Path file) {
    return read(TorchArchive.open(file));
  }

  /**
   * Reads an archive in memory, as {@link #read(Path)} does a file; {@code name} stands in
   * messages.
   */
  public static ImportedModel read(String name, MemorySegment file) {
    return read(TorchArchive.of(name, file));
  }

  private static ImportedModel read(TorchArchive archive) {
    try {
      return model(archive);
    } catch (StackOverflowError e) {
      throw new UserException(
          "The archive "
              + archive.displayName()
              + " nests its data or code too deeply to be a model; export it again.");
    }
  }

  private static ImportedModel model(TorchArchive archive) {
    Optional<ExporterRecord> exporter =
        archive.text("extra/zkpytorch.json").map(ExporterRecord::parse);
    List<TracedInputs.Example> examples = TracedInputs.read(archive);
    PickleValue root = pickle(archive, "data").orElseThrow();
    if (!(root instanceof PickleValue.Instance module)) {
      throw new UserException(
          "The archive " + archive.displayName() + " does not hold a module; export an nn.Module.");
    }
    Optional<PickleValue.Tuple> constants =
        pickle(archive, "constants")
            .filter(PickleValue.Tuple.class::isInstance)
            .map(PickleValue.Tuple.class::cast);
    Set<String> given = new HashSet<>();
    exporter.stream()
        .flatMap(e -> e.inputs().stream())
        .filter(i -> i.shape().isPresent())
        .forEach(i -> given.add(i.name()));
    Lowering.Lowered lowered = Lowering.lower(archive, module, constants, given);
    return new ImportedModel(
        lowered.program(),
        inputs(lowered.inputs(), exporter, examples),
        archive.record("extra/zkpytorch/calibration.npz"),
        archive.record("extra/zkpytorch/answers.npz"),
        archive.digest(),
        exporter.flatMap(ExporterRecord::torchVersion).map(version -> "torch " + version));
  }

  private static Optional<PickleValue> pickle(TorchArchive archive, String name) {
    return archive
        .record(name + ".pkl")
        .map(content ->
            PickleReader.read(name + ".pkl", content, key -> archive.record(name + "/" + key)));
  }

  /** The exporter's shapes where there are some, else those of the traced example. */
  private static List<ModelInput> inputs(
      List<String> names, Optional<ExporterRecord> exporter, List<TracedInputs.Example> examples) {
    List<ModelInput> out = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      Optional<ModelInput> exported =
          exporter.stream()
              .flatMap(e -> e.inputs().stream())
              .filter(input -> input.name().equals(name) && input.shape().isPresent())
              .findFirst();
      Optional<TracedInputs.Example> example =
          examples.size() == names.size() ? Optional.of(examples.get(i)) : Optional.empty();
      out.add(
          exported.orElseGet(() ->
              new ModelInput(
                  name,
                  example.map(TracedInputs.Example::shape),
                  example.map(TracedInputs.Example::dtype))));
    }
    return out;
  }
}
