package org.zkc.runtime.bench;

import java.nio.file.Path;
import java.util.List;
import org.zkc.ir.UserException;
import org.zkc.runtime.artifact.FileErrors;

/** The model that a benchmark measures. */
public sealed interface BenchmarkTarget {
  /** How it is called in print. */
  String label();

  /** A generated network. */
  record Generated(BenchmarkModel model) implements BenchmarkTarget {
    @Override
    public String label() {
      return model.label();
    }
  }

  /** A user's archive, compiled first. */
  record Archive(Path file) implements BenchmarkTarget {
    @Override
    public String label() {
      return String.valueOf(file.getFileName());
    }
  }

  /** A user's compiled model. */
  record Compiled(Path file) implements BenchmarkTarget {
    @Override
    public String label() {
      return String.valueOf(file.getFileName());
    }
  }

  /**
   * The targets that a word on the command line names: a model, a group of models, or a file.
   *
   * @throws UserException when there is none
   */
  static List<BenchmarkTarget> named(String word) {
    if (word.endsWith(".zkc") || word.endsWith(".pt")) {
      Path file = Path.of(word).toAbsolutePath();
      FileErrors.requireReadable(file);
      return List.of(word.endsWith(".zkc") ? new Compiled(file) : new Archive(file));
    }
    return BenchmarkModel.named(word).stream().<BenchmarkTarget>map(Generated::new).toList();
  }

  /** Whether one proof takes long enough that few runs do. */
  default boolean isLarge() {
    return !(this instanceof Generated g) || g.model().group() == BenchmarkModel.Group.FULL;
  }

  /** The bounds that hold its figures. */
  default BenchmarkModel.Bounds bounds() {
    return this instanceof Generated g ? g.model().bounds() : BenchmarkModel.Bounds.NONE;
  }
}
