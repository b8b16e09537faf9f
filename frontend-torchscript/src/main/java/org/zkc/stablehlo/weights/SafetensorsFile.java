package org.zkc.stablehlo.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.torchscript.archive.ZipArchive;

/**
 * Reads {@code .safetensors} files: eight bytes with the length of a JSON header, the header, which
 * gives type, shape and range of each tensor, and the tensors, row-major and little-endian. A
 * tensor is a range of the mapped file.
 */
public final class SafetensorsFile {
  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** The format's own bound on its header. */
  private static final int MAX_HEADER = 100_000_000;

  private static final int MAX_NESTING = 20;
  private static final String METADATA = "__metadata__";

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_NESTING)
                          .maxDocumentLength(MAX_HEADER)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .build();

  private final String name;
  private final MemorySegment data;

  private SafetensorsFile(String name, MemorySegment data) {
    this.name = name;
    this.data = data;
  }

  /**
   * The tensors of a file by their names, in the order of the header.
   *
   * @throws UserException when the file is missing or damaged, or has a tensor of a type that zkc
   *     does not read
   */
  public static Map<String, TensorData> read(Path file) {
    return read(String.valueOf(file.getFileName()), ZipArchive.map(file));
  }

  /** Reads a file in memory; {@code name} is for messages. */
  static Map<String, TensorData> read(String name, MemorySegment file) {
    long length = file.byteSize() < Long.BYTES ? -1 : file.get(LENGTH, 0);
    if (length < 0 || length > MAX_HEADER || length > file.byteSize() - Long.BYTES) {
      throw new UserException(
          "%s is no safetensors file; save it again with safetensors".formatted(name));
    }
    byte[] header = file.asSlice(Long.BYTES, length).toArray(ValueLayout.JAVA_BYTE);
    SafetensorsFile tensors = new SafetensorsFile(name, file.asSlice(Long.BYTES + length));
    try {
      return tensors.tensors(JSON.readTree(header));
    } catch (IOException e) {
      throw tensors.damaged("its header is no JSON");
    }
  }

  private UserException damaged(String why) {
    return new UserException(
        "%s is damaged: %s; save it again with safetensors".formatted(name, why));
  }

  private Map<String, TensorData> tensors(JsonNode header) {
    if (!header.isObject()) {
      throw damaged("its header is no list of tensors");
    }
    Map<String, TensorData> out = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : header.properties()) {
      if (!entry.getKey().equals(METADATA)) {
        out.put(entry.getKey(), tensor(entry.getKey(), entry.getValue()));
      }
    }
    return out;
  }

  private TensorData tensor(String tensor, JsonNode entry) {
    DType dtype = dtype(tensor, entry.path("dtype").asText(""));
    Shape shape = shape(tensor, entry.path("shape"));
    JsonNode offsets = entry.path("data_offsets");
    long start = offsets.path(0).asLong(-1);
    long end = offsets.path(1).asLong(-1);
    boolean isRange = offsets.size() == 2 && start >= 0 && start <= end && end <= data.byteSize();
    if (!isRange
        || (end - start) % dtype.bytes() != 0
        || (end - start) / dtype.bytes() != shape.elementCount()) {
      throw damaged("the tensor %s is not where its header says".formatted(tensor));
    }
    MemorySegment elements = data.asSlice(start, end - start);
    if (dtype == DType.I1) {
      requireBooleans(tensor, elements);
    }
    return new TensorData(dtype, shape, elements);
  }

  private void requireBooleans(String tensor, MemorySegment elements) {
    for (long i = 0; i < elements.byteSize(); i++) {
      byte b = elements.get(ValueLayout.JAVA_BYTE, i);
      if (b != 0 && b != 1) {
        throw damaged("the tensor %s has a boolean that is neither 0 nor 1".formatted(tensor));
      }
    }
  }

  private Shape shape(String tensor, JsonNode extents) {
    List<Integer> out = new ArrayList<>();
    for (JsonNode extent : extents) {
      if (!extent.canConvertToInt() || extent.asInt() < 0) {
        throw damaged("the tensor %s has no shape".formatted(tensor));
      }
      out.add(extent.asInt());
    }
    try {
      return new Shape(out);
    } catch (ArithmeticException e) {
      throw damaged("the tensor %s is larger than any file".formatted(tensor));
    }
  }

  private DType dtype(String tensor, String word) {
    return switch (word) {
      case "F32" -> DType.F32;
      case "F64" -> DType.F64;
      case "F16" -> DType.F16;
      case "BF16" -> DType.BF16;
      case "I64" -> DType.I64;
      case "I32" -> DType.I32;
      case "I16" -> DType.I16;
      case "I8" -> DType.I8;
      case "U8" -> DType.U8;
      case "U16" -> DType.U16;
      case "U32" -> DType.U32;
      case "U64" -> DType.U64;
      case "BOOL" -> DType.I1;
      default ->
          throw new UserException(
              "%s has the tensor %s of type '%s', which zkc does not read; save it as F32"
                  .formatted(name, tensor, word));
    };
  }
}
