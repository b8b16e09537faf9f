package org.zkc.runtime.weights;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.runtime.artifact.FileErrors;
import org.zkc.runtime.numpy.NpzReader;
import org.zkc.stablehlo.weights.SafetensorsFile;

/** Weights that stand beside a model's text: {@code .npz} and {@code .safetensors} files. */
public final class WeightFiles {
  private WeightFiles() {}

  /**
   * The tensors of all files by name.
   *
   * @throws UserException when a file is missing, damaged or of another kind, or two have a tensor
   *     of one name
   */
  public static Map<String, TensorData> read(List<Path> files) {
    Map<String, TensorData> out = new LinkedHashMap<>();
    for (Path file : files) {
      read(file)
          .forEach((name, data) -> {
            if (out.put(name, data) != null) {
              throw new UserException(
                  "%s: another file has a weight %s as well; give one of the two"
                      .formatted(file, name));
            }
          });
    }
    return out;
  }

  private static Map<String, TensorData> read(Path file) {
    FileErrors.requireReadable(file);
    String name = String.valueOf(file.getFileName());
    if (name.endsWith(".npz")) {
      return NpzReader.read(file);
    }
    if (name.endsWith(".safetensors")) {
      return SafetensorsFile.read(file);
    }
    throw new UserException(
        "%s: weights are read from .npz and .safetensors files; save them as one".formatted(file));
  }
}
