package org.zkc.runtime.compile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.ImportedModel;
import org.zkc.ir.ModelInput;
import org.zkc.ir.Program;
import org.zkc.ir.TensorType;
import org.zkc.ir.UserException;
import org.zkc.ir.text.Parser;
import org.zkc.ir.text.Printer;
import org.zkc.ir.text.SidecarFile;
import org.zkc.ir.text.SidecarReader;
import org.zkc.passes.PassListener;
import org.zkc.runtime.artifact.AtomicFiles;
import org.zkc.runtime.artifact.FileErrors;

/**
 * Programs as {@code .zkir} text. Large tensors of all programs in one folder lie in one file
 * beside them.
 */
public final class IrFiles {
  /** The file with the large tensors. */
  static final String SIDECAR = "tensors.zkir-data";

  private IrFiles() {}

  /** Writes one program. */
  public static void write(Path file, Program program) throws IOException {
    AtomicFiles.requireWritable(file);
    try (SidecarFile sidecar = SidecarFile.append(file.resolveSibling(SIDECAR))) {
      AtomicFiles.write(file, Printer.print(program, sidecar).getBytes(StandardCharsets.UTF_8));
    }
  }

  /**
   * Reads one program.
   *
   * @throws UserException when the file is missing or is not a well-formed program
   */
  public static Program read(Path file) {
    FileErrors.requireReadable(file);
    try {
      String text = Files.readString(file);
      Path tensors = file.resolveSibling(SIDECAR);
      SidecarReader sidecar =
          Files.exists(tensors) ? SidecarFile.open(tensors) : SidecarReader.NONE;
      return Parser.parseChecked(text, String.valueOf(file.getFileName()), sidecar);
    } catch (CharacterCodingException e) {
      throw new UserException(
          file + " is no program as text, and none of the other files that zkc reads");
    } catch (IOException e) {
      throw FileErrors.unreadable(file, e);
    }
  }

  /**
   * Reads what passes run on: a program as text, or a StableHLO text as a program of the torch
   * level.
   *
   * @throws UserException when the file is missing or is neither
   */
  public static Program readForPasses(Path file) {
    return String.valueOf(file.getFileName()).endsWith(".mlir")
        ? new FrontEnd.StableHlo(file, List.of()).read().program()
        : read(file);
  }

  /**
   * Reads a torch- or tensor-level program as a model to compile. The digest is the text's, which
   * names the tensors beside it by their own digests.
   *
   * @throws UserException when the file is missing, is not a well-formed program, or is of a level
   *     behind quantisation
   */
  static ImportedModel readModel(Path file) {
    Program program = read(file);
    switch (program.level()) {
      case TORCH, TENSOR -> {}
      case INTEGER, CIRCUIT ->
          throw new UserException(
              "%s is a program of the %s level; compile takes those of the torch and tensor levels, zkc opt takes all"
                  .formatted(file, program.level().text()));
    }
    List<ModelInput> inputs =
        program.main().parameters().stream()
            .map(p ->
                p.type() instanceof TensorType t
                    ? new ModelInput(p.name(), Optional.of(t.shape()), Optional.of(t.dtype()))
                    : new ModelInput(p.name(), Optional.empty(), Optional.empty()))
            .toList();
    try {
      String digest =
          HexFormat.of()
              .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
      return new ImportedModel(
          program, inputs, Optional.empty(), Optional.empty(), digest, Optional.empty());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UserException("cannot read %s: %s".formatted(file, e.getMessage()));
    }
  }

  /**
   * A listener that writes the program after every pass into a folder, made when it is not there.
   */
  public static Dump dumpInto(Path folder) throws IOException {
    Files.createDirectories(folder);
    return new Dump(folder, SidecarFile.append(folder.resolve(SIDECAR)));
  }

  /** See {@link #dumpInto}. */
  public static final class Dump implements PassListener, AutoCloseable {
    private final Path folder;
    private final SidecarFile sidecar;

    private Dump(Path folder, SidecarFile sidecar) {
      this.folder = folder;
      this.sidecar = sidecar;
    }

    @Override
    public void after(Step step) {
      String name = "%02d-%s.zkir".formatted(step.number(), step.name());
      try {
        AtomicFiles.write(
            folder.resolve(name),
            Printer.print(step.result(), sidecar).getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      sidecar.close();
    }
  }
}
