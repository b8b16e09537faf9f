package org.zkc.runtime.compile;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.UserException;
import org.zkc.runtime.numpy.ArrayFiles;
import org.zkc.runtime.numpy.NpyReader;

/**
 * The files that fidelity is reported on.
 *
 * @param inputs values of {@code --evaluate}: a file for each input in order, {@code NAME=FILE}, or
 *     one {@code .npz} with all of them; empty where the user gave none
 * @param labels value of {@code --labels}: the right class of each row of the first output
 */
public record EvaluationFiles(List<String> inputs, Optional<Path> labels) {
  /** No files: fidelity is reported on other inputs. */
  public static final EvaluationFiles NONE = new EvaluationFiles(List.of(), Optional.empty());

  private static final String FLAG = "--evaluate";

  /**
   * @throws UserException when there are labels and no inputs
   */
  public EvaluationFiles {
    inputs = List.copyOf(inputs);
    if (inputs.isEmpty() && labels.isPresent()) {
      throw new UserException(
          "--labels %s are the classes of the inputs of %s, and there are none; give both"
              .formatted(labels.get(), FLAG));
    }
  }

  /**
   * Reads the files; empty where there are none.
   *
   * @throws UserException when a file is missing, has another shape, holds less than two samples,
   *     or labels do not fit the output
   */
  Optional<EvaluationSet> read(List<TensorType> types, List<String> names, Program tensor) {
    if (inputs.isEmpty()) {
      return Optional.empty();
    }
    List<List<TensorData>> samples =
        SampleArrays.split(ArrayFiles.read(inputs, names, FLAG), types, names, "evaluation data");
    if (samples.size() < 2) {
      throw new UserException(
          "%s holds one sample of the input's shape; fidelity needs two or more".formatted(FLAG));
    }
    String name =
        "%d samples of %s"
            .formatted(
                samples.size(),
                String.join(", ", inputs.stream().map(EvaluationFiles::fileName).toList()));
    return Optional.of(
        new EvaluationSet(
            name, samples, labels.map(file -> classes(file, samples.size(), tensor))));
  }

  /** {@code x.npy} for {@code x=data/x.npy}. */
  private static String fileName(String argument) {
    return String.valueOf(Path.of(argument.substring(argument.indexOf('=') + 1)).getFileName());
  }

  private static long[] classes(Path file, int samples, Program tensor) {
    TensorData array = NpyReader.read(file);
    Shape output = tensor.main().results().getFirst().shape();
    int classes = output.rank() == 0 ? 1 : output.extent(output.rank() - 1);
    if (classes < 2) {
      throw new UserException(
          "labels %s: the model's first output is %s, whose rows have one element and no class"
              .formatted(file, output));
    }
    if (array.dtype().isFloating()) {
      throw new UserException(
          "labels %s holds %s; give the index of each row's class as integers"
              .formatted(file, array.dtype().text()));
    }
    long rows = output.elementCount() / classes * samples;
    if (array.elementCount() != rows) {
      throw new UserException(
          "labels %s holds %d numbers, the evaluation set has %d rows"
              .formatted(file, array.elementCount(), rows));
    }
    long[] labels = array.toLongs();
    for (long label : labels) {
      if (label < 0 || label >= classes) {
        throw new UserException(
            "labels %s holds %d, the model has classes 0 to %d"
                .formatted(file, label, classes - 1));
      }
    }
    return labels;
  }
}
