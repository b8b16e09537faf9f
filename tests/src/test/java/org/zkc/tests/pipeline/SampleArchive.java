package org.zkc.tests.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.runtime.numpy.NpyReader;
import org.zkc.tests.Repository;

/**
 * An archive that {@code tests/archives/generate.py} wrote, with inputs and what PyTorch answers to
 * them.
 *
 * @param hasShapes whether the archive says the shapes of its inputs; scripted and frozen ones do
 *     not
 */
record SampleArchive(String name, boolean hasShapes) {
  private static final Path FOLDER = Repository.root().resolve("tests/src/test/resources/archives");

  /**
   * All archives that zkc is to compile, sorted by name: a file that appears in the folder is
   * tested.
   */
  static List<SampleArchive> all() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file ->
              file.endsWith(".pt")
                  && !file.startsWith("foreign_")
                  && !file.startsWith("unsupported_"))
          .map(file -> named(file.substring(0, file.length() - ".pt".length())))
          .sorted((a, b) -> a.name().compareTo(b.name()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static SampleArchive named(String name) {
    return new SampleArchive(
        name,
        !name.startsWith("scripted") && !name.endsWith("_scripted") && !name.endsWith("_frozen"));
  }

  /** A file of the folder of archives. */
  static Path file(String name) {
    return FOLDER.resolve(name);
  }

  Path path() {
    return file(name + ".pt");
  }

  /** Values of {@code --input-shape}, empty when the archive has the shapes. */
  List<String> inputShapes() {
    return hasShapes
        ? List.of()
        : samples("input").getFirst().stream().map(tensor -> tensor.shape().toString()).toList();
  }

  /** The recorded inputs: samples, each with one tensor for each argument of forward. */
  List<List<TensorData>> inputs() {
    return samples("input");
  }

  /** The answers of PyTorch, sample by sample. */
  List<List<TensorData>> outputs() {
    return samples("output");
  }

  private List<List<TensorData>> samples(String kind) {
    List<List<TensorData>> samples = new ArrayList<>();
    for (int k = 0; Files.exists(file(name + "." + kind + k + ".npy")); k++) {
      List<TensorData> stacked = unstack(NpyReader.read(file(name + "." + kind + k + ".npy")));
      for (int s = 0; s < stacked.size(); s++) {
        if (k == 0) {
          samples.add(new ArrayList<>());
        }
        samples.get(s).add(stacked.get(s));
      }
    }
    if (samples.isEmpty()) {
      throw new IllegalStateException("no file " + file(name + "." + kind + "0.npy"));
    }
    return samples;
  }

  /** Splits along the leading axis. */
  static List<TensorData> unstack(TensorData stacked) {
    List<Integer> extents = stacked.shape().extents();
    var shape = new Shape(extents.subList(1, extents.size()));
    long bytes = shape.elementCount() * stacked.dtype().bytes();
    List<TensorData> parts = new ArrayList<>();
    for (int s = 0; s < extents.getFirst(); s++) {
      parts.add(new TensorData(stacked.dtype(), shape, stacked.bytes().asSlice(s * bytes, bytes)));
    }
    return parts;
  }

  @Override
  public String toString() {
    return name;
  }
}
