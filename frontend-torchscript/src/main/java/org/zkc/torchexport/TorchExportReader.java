package org.zkc.torchexport;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.ImportedModel;
import org.zkc.ir.UserException;
import org.zkc.torchexport.archive.ExportArchive;
import org.zkc.torchexport.lower.ProgramLowering;
import org.zkc.torchexport.program.ExportedProgram;
import org.zkc.torchexport.program.ExportedProgramReader;
import org.zkc.torchexport.program.StoredTensors;
import org.zkc.torchscript.ExporterRecord;

/**
 * Reads archives written by {@code torch.export.save}, schema version 8: plain exports, and those
 * whose operators were decomposed. Nothing from an archive is executed.
 */
public final class TorchExportReader {
  private TorchExportReader() {}

  /** Whether a file is an archive of torch.export rather than of TorchScript. */
  public static boolean isExport(Path file) {
    return ExportArchive.isExport(file);
  }

  /**
   * Reads an archive. Weights stay memory-mapped for as long as the model is reachable; the file
   * must not change meanwhile.
   *
   * @param dimensions values of symbolic dimensions by name
   * @throws UserException when the file is damaged or uses something that zkc does not support; the
   *     message names the remedy
   */
  public static ImportedModel read(Path file, Map<String, Long> dimensions) {
    return read(ExportArchive.open(file), dimensions, Optional.empty());
  }

  /** Reads an archive in memory, as {@link #read(Path, Map)} does a file. */
  public static ImportedModel read(String name, MemorySegment file) {
    return read(ExportArchive.of(name, file), Map.of(), Optional.empty());
  }

  /**
   * A model that was looked through for faults.
   *
   * @param model with unknown values in place of what could not be read ({@link
   *     org.zkc.ir.torch.Operator#UNKNOWN}); none where reading could not go on
   * @param faults empty where {@link #read(Path, Map)} succeeds
   */
  public record Checked(Optional<ImportedModel> model, List<UserException> faults) {
    public Checked {
      faults = List.copyOf(faults);
    }
  }

  /**
   * Reads an archive as {@link #read(Path, Map)} does, and goes on after nodes that it cannot read.
   *
   * @throws UserException when the file is no archive at all, or damaged
   */
  public static Checked check(Path file, Map<String, Long> dimensions) {
    List<UserException> faults = new ArrayList<>();
    try {
      ImportedModel model = read(ExportArchive.open(file), dimensions, Optional.of(faults));
      return new Checked(Optional.of(model), faults);
    } catch (UserException e) {
      if (faults.isEmpty()) {
        throw e;
      }
      faults.add(e);
      return new Checked(Optional.empty(), faults);
    }
  }

  private static ImportedModel read(
      ExportArchive archive, Map<String, Long> dimensions, Optional<List<UserException>> faults) {
    try {
      ExportedProgram program = ExportedProgramReader.read(archive.program());
      ProgramLowering.Lowered lowered =
          ProgramLowering.lower(program, new StoredTensors(archive), dimensions, faults);
      Optional<ExporterRecord> exporter =
          archive.text("extra/zkpytorch.json").map(ExporterRecord::parse);
      return new ImportedModel(
          lowered.program(),
          lowered.inputs(),
          archive.record("extra/zkpytorch/calibration.npz"),
          archive.record("extra/zkpytorch/answers.npz"),
          archive.digest(),
          program
              .torchVersion()
              .or(() -> exporter.flatMap(ExporterRecord::torchVersion))
              .map(version -> "torch " + version));
    } catch (StackOverflowError e) {
      throw new UserException(
          "The archive %s nests its data too deeply to be a model; export it again."
              .formatted(archive.displayName()));
    }
  }
}
