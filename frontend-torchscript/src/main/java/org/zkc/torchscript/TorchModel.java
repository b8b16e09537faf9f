package org.zkc.torchscript;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.zkc.ir.Level;
import org.zkc.ir.Program;

/**
 * A model as read from its archive.
 *
 * @param program torch level; {@code main} is the root module's {@code forward} without {@code
 *     self}, one parameter per element of {@code inputs}; other parameters of {@code forward} are
 *     fixed to their defaults
 * @param inputs the tensor inputs, in order
 * @param calibration the bytes of {@code extra/zkpytorch/calibration.npz}, read-only, possibly
 *     memory-mapped
 * @param archiveDigest SHA-256 of the archive file, 64 lower-case hexadecimal digits
 * @param exporter the content of {@code extra/zkpytorch.json}, where there is one
 */
public record TorchModel(
    Program program,
    List<TorchInput> inputs,
    Optional<MemorySegment> calibration,
    String archiveDigest,
    Optional<ExporterRecord> exporter) {
  public TorchModel {
    if (program.level() != Level.TORCH) {
      throw new IllegalArgumentException("a model read from an archive is at the torch level");
    }
    inputs = List.copyOf(inputs);
    Objects.requireNonNull(calibration);
    Objects.requireNonNull(archiveDigest);
    Objects.requireNonNull(exporter);
  }
}
