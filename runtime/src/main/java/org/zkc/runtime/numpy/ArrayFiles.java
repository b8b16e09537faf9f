package org.zkc.runtime.numpy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.runtime.artifact.AtomicFiles;

/**
 * The arrays that a flag names: files in the order of the model's arguments, {@code NAME=FILE}, or
 * one {@code .npz} that holds them all by name (or, saved without names, in order).
 */
public final class ArrayFiles {
  private ArrayFiles() {}

  /**
   * Reads one array for each name, in that order.
   *
   * @param flag what to call the flag in errors, {@code --input}
   * @throws UserException when an array is missing, unknown, given twice or unreadable
   */
  public static List<TensorData> read(List<String> arguments, List<String> names, String flag) {
    if (arguments.size() == 1 && isNpz(arguments.getFirst())) {
      return fromNpz(Path.of(arguments.getFirst()), names);
    }
    List<String> files = NamedArguments.assign(arguments, names, flag);
    List<TensorData> out = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (files.get(i) == null) {
        throw new UserException(
            "no array given for %s; %s takes %s: repeat it in that order or write %s %s=FILE"
                .formatted(names.get(i), flag, String.join(", ", names), flag, names.get(i)));
      }
      out.add(NpyReader.read(Path.of(files.get(i))));
    }
    return out;
  }

  public static boolean isNpz(String file) {
    return file.endsWith(".npz");
  }

  private static List<TensorData> fromNpz(Path file, List<String> names) {
    SequencedMap<String, TensorData> arrays = NpzReader.read(file);
    return pick(arrays, names, file.toString());
  }

  /**
   * The arrays with these names; or all of them in order when they are NumPy's arr_0, arr_1, ...
   */
  public static List<TensorData> pick(
      SequencedMap<String, TensorData> arrays, List<String> names, String file) {
    if (arrays.size() == names.size()
        && arrays.keySet().stream().allMatch(n -> n.matches("arr_\\d+"))) {
      List<TensorData> out = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        TensorData array = arrays.get("arr_" + i);
        if (array == null) {
          throw new UserException("%s has no array arr_%d".formatted(file, i));
        }
        out.add(array);
      }
      return out;
    }
    List<TensorData> out = new ArrayList<>();
    for (String name : names) {
      TensorData array = arrays.get(name);
      if (array == null) {
        throw new UserException(
            "%s has no array named %s; it holds %s"
                .formatted(file, name, String.join(", ", arrays.keySet())));
      }
      out.add(array);
    }
    if (arrays.size() > names.size()) {
      List<String> unknown = new ArrayList<>(arrays.keySet());
      unknown.removeAll(names);
      throw new UserException(
          "%s has an array %s that the model does not take; it takes %s"
              .formatted(file, unknown.getFirst(), String.join(", ", names)));
    }
    return out;
  }

  /**
   * Writes arrays to the files given: one {@code .npz} takes all; {@code .npy} files take them in
   * order, and a single one takes the first.
   *
   * @return whether there were more arrays than files
   */
  public static boolean write(
      List<String> files, SequencedMap<String, TensorData> arrays, String flag) throws IOException {
    if (files.size() == 1 && isNpz(files.getFirst())) {
      AtomicFiles.write(Path.of(files.getFirst()), NpzWriter.encode(arrays));
      return false;
    }
    if (files.size() > arrays.size()) {
      throw new UserException(
          "%s is given %d times, the model has %d output%s"
              .formatted(flag, files.size(), arrays.size(), arrays.size() == 1 ? "" : "s"));
    }
    List<TensorData> values = List.copyOf(arrays.values());
    for (int i = 0; i < files.size(); i++) {
      AtomicFiles.write(Path.of(files.get(i)), NpyWriter.encode(values.get(i)));
    }
    return files.size() < arrays.size();
  }
}
