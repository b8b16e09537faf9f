package org.zkc.torchexport.program;

import static org.zkc.torchexport.program.Fields.damaged;
import static org.zkc.torchexport.program.Fields.field;
import static org.zkc.torchexport.program.Fields.object;
import static org.zkc.torchexport.program.Fields.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.torchexport.archive.ExportArchive;
import org.zkc.torchscript.pickle.StorageType;
import org.zkc.torchscript.pickle.StridedTensor;
import org.zkc.torchscript.pickle.TensorStorage;

/**
 * The tensors of an archive by the names that the model gives them. Elements are slices of the
 * mapped file, and those that view the same elements of one record in the same way are one tensor,
 * under the first of their names: tied weights stay tied.
 */
public final class StoredTensors {
  private static final List<String> FOLDERS = List.of("weights", "constants");

  private final ExportArchive archive;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, TensorStorage> storages = new HashMap<>();
  private final Map<StridedTensor, Stored> tensors = new HashMap<>();

  /**
   * A tensor under its name.
   *
   * @param data elements; of a complex tensor pairs along a last axis of two
   */
  public record Stored(String name, TensorData data, boolean isComplex) {}

  private record Entry(String record, boolean isPickled, TensorMeta meta) {}

  /** Reads the lists of what is stored; the tensors themselves are read when asked for. */
  public StoredTensors(ExportArchive archive) {
    this.archive = archive;
    for (String folder : FOLDERS) {
      archive
          .text("data/%s/model_%s_config.json".formatted(folder, folder))
          .ifPresent(json -> list(folder, json));
    }
  }

  private void list(String folder, String json) {
    try {
      JsonNode config = object(field(JsonLimits.MAPPER.readTree(json), "config"), "config");
      config
          .properties()
          .forEach(e -> {
            JsonNode value = e.getValue();
            entries.put(
                e.getKey(),
                new Entry(
                    "data/" + folder + "/" + text(field(value, "path_name"), "path_name"),
                    value.path("use_pickle").asBoolean(false),
                    ArgumentReader.tensorMeta(field(value, "tensor_meta"))));
          });
    } catch (JsonProcessingException e) {
      throw damaged("the list of its %s cannot be read".formatted(folder));
    }
  }

  /**
   * A tensor by the name that the model gives it.
   *
   * @throws UserException when it is not there, damaged, or of a kind that zkc does not support
   */
  public Stored tensor(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw damaged("its tensor %s is not stored".formatted(name));
    }
    TensorMeta meta = entry.meta();
    StorageType type =
        meta.type()
            .filter(_ -> meta.isStrided())
            .orElseThrow(() ->
                new UserException(
                    "The model's tensor %s is %s, which zkc does not support; convert it before exporting."
                        .formatted(
                            name,
                            meta.isStrided()
                                ? "of element type %d of torch.export's schema"
                                    .formatted(meta.typeNumber())
                                : "sparse or of another layout")));
    if (entry.isPickled()) {
      throw new UserException(
          "The model's tensor %s is of a class of its own, stored as a pickle; convert it to a plain tensor before exporting, one of torchao by torchao.utils.unwrap_tensor_subclass(model)."
              .formatted(name));
    }
    TensorStorage storage = storages.computeIfAbsent(entry.record(), r -> storage(r, type));
    if (storage.type() != type) {
      throw damaged("its tensor %s has two element types".formatted(name));
    }
    StridedTensor view =
        new StridedTensor(
            storage,
            fixed(meta.offset(), name),
            meta.sizes().stream().map(s -> fixed(s, name)).toList(),
            meta.strides().stream().map(s -> fixed(s, name)).toList());
    if (view.sizes().size() != view.strides().size()) {
      throw damaged("its tensor %s has not one stride per size".formatted(name));
    }
    return tensors.computeIfAbsent(view, v -> new Stored(name, v.data(name), type.isComplex()));
  }

  private TensorStorage storage(String record, StorageType type) {
    MemorySegment bytes =
        archive
            .record(record)
            .orElseThrow(() -> damaged("its record %s is missing".formatted(record)));
    return new TensorStorage(record, type, bytes.byteSize() / type.bytes(), bytes);
  }

  private static long fixed(Extent extent, String name) {
    return Optional.of(extent)
        .filter(Extent.Fixed.class::isInstance)
        .map(e -> ((Extent.Fixed) e).value())
        .filter(v -> v >= 0)
        .orElseThrow(() -> damaged("its tensor %s has no fixed extents".formatted(name)));
  }
}
