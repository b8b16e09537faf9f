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

/** Reads the files of {@code --evaluate}: one array for each input, and labels after them. */
final class EvaluationFiles {
  private static final String FLAG = "--evaluate";

  private EvaluationFiles() {}

  /**
   * @param files inputs in order, or one {@code .npz} with all of them; one more holds labels
   * @throws UserException when a file is missing, has another shape, holds less than two samples,
   *     or labels do not fit the output
   */
  static EvaluationSet read(
      List<String> files, List<TensorType> types, List<String> names, Program tensor) {
    int inputs = ArrayFiles.isNpz(files.getFirst()) ? 1 : names.size();
    if (files.size() > inputs + 1) {
      throw new UserException(
          "%s got %d files, the model takes %d, and one with labels may follow"
              .formatted(FLAG, files.size(), inputs));
    }
    List<String> arrays = files.subList(0, Math.min(inputs, files.size()));
    List<List<TensorData>> samples =
        SampleArrays.split(ArrayFiles.read(arrays, names, FLAG), types, names, "evaluation data");
    if (samples.size() < 2) {
      throw new UserException(
          "%s holds one sample of the input's shape; fidelity needs two or more".formatted(FLAG));
    }
    String name =
        "%d samples of %s"
            .formatted(
                samples.size(),
                String.join(", ", arrays.stream().map(EvaluationFiles::fileName).toList()));
    Optional<long[]> labels =
        files.size() == inputs + 1
            ? Optional.of(labels(files.getLast(), samples.size(), tensor))
            : Optional.empty();
    return new EvaluationSet(name, samples, labels);
  }

  /** {@code x.npy} for {@code x=data/x.npy}. */
  private static String fileName(String argument) {
    return String.valueOf(Path.of(argument.substring(argument.indexOf('=') + 1)).getFileName());
  }

  private static long[] labels(String file, int samples, Program tensor) {
    TensorData array = NpyReader.read(Path.of(file));
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
