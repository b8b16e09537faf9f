package org.zkc.torchexport.program;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.zkc.torchscript.pickle.StorageType;

/**
 * The type of a tensor and, for one of the archive, where its elements lie in the stored bytes.
 *
 * @param type empty for one that zkc does not have
 * @param typeNumber the element type by its number in the schema, for messages
 * @param offset in elements
 */
public record TensorMeta(
    Optional<StorageType> type,
    int typeNumber,
    List<Extent> sizes,
    List<Extent> strides,
    Extent offset,
    boolean isStrided) {
  public TensorMeta {
    Objects.requireNonNull(type);
    sizes = List.copyOf(sizes);
    strides = List.copyOf(strides);
    Objects.requireNonNull(offset);
  }
}
