package org.zkc.torchscript;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What {@code zkpytorch.export} wrote to {@code extra/zkpytorch.json}: the version of that file's format, the inputs in
 * {@code forward}'s order, the torch version that made the archive, and the digest of the reference outputs.
 */
public record ExporterRecord(
    int formatVersion, List<TorchInput> inputs, Optional<String> torchVersion, Optional<String> referenceDigest) {
  public ExporterRecord {
    inputs = List.copyOf(inputs);
    Objects.requireNonNull(torchVersion);
    Objects.requireNonNull(referenceDigest);
  }
}
