package org.zkc.runtime.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.ref.SoftReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.file.ModelVerifier;
import org.zkc.runtime.artifact.FileErrors;
import org.zkc.runtime.serve.Methods;

/**
 * A process that serves many commands, one at a time: models and keys that were used last stay
 * open. There are few of them, and the collector may drop them where memory is short, so that the
 * process holds no more than the heap's limit. A file that was replaced is opened again.
 */
final class WarmSession implements Session {
  private static final int MOST_MODELS = 4;
  private static final int MOST_KEYS = 16;

  /** The identity of a file's content: files are replaced by renaming. */
  private record Version(Path file, Object key, long size, long modified) {}

  private final Map<Version, SoftReference<OpenModel>> models =
      new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, SoftReference<ModelVerifier>> keys =
      new LinkedHashMap<>(16, 0.75f, true);
  private Methods.Progress progress = (stage, fraction) -> {};
  private @Nullable Supplier<Map<String, Object>> found;

  /** Begins a command, which tells {@code progress} how far it is. */
  void begin(Methods.Progress progress) {
    this.progress = progress;
    found = null;
  }

  /** The findings of the command; empty where it had none. */
  Map<String, Object> findings() {
    return found == null ? Map.of() : found.get();
  }

  /** Closes everything: an interrupted read closes its file. */
  void forget() {
    List<SoftReference<OpenModel>> all = new ArrayList<>(models.values());
    models.clear();
    keys.clear();
    all.forEach(WarmSession::close);
  }

  @Override
  public OpenModel model(Path file) throws IOException {
    FileErrors.requireReadable(file);
    Path absolute = file.toAbsolutePath();
    BasicFileAttributes attributes = Files.readAttributes(absolute, BasicFileAttributes.class);
    Version version =
        new Version(
            absolute,
            attributes.fileKey() == null ? "" : attributes.fileKey(),
            attributes.size(),
            attributes.lastModifiedTime().toMillis());
    OpenModel known = get(models, version);
    if (known != null) {
      return known;
    }
    // An older content of the file is of no use any more.
    for (Version other : List.copyOf(models.keySet())) {
      if (other.file().equals(absolute)) {
        drop(other);
      }
    }
    OpenModel opened = OpenModel.open(file);
    models.put(version, new SoftReference<>(opened));
    if (models.size() > MOST_MODELS) {
      drop(models.keySet().iterator().next());
    }
    return opened;
  }

  private void drop(Version version) {
    SoftReference<OpenModel> removed = models.remove(version);
    if (removed != null) {
      close(removed);
    }
  }

  private static void close(SoftReference<OpenModel> reference) {
    OpenModel model = reference.get();
    if (model != null) {
      model.close();
    }
  }

  @Override
  public ModelVerifier verifier(byte[] bytes, String digest) {
    ModelVerifier known = get(keys, digest);
    if (known != null) {
      return known;
    }
    ModelVerifier loaded = ModelVerifier.load(bytes);
    keys.put(digest, new SoftReference<>(loaded));
    if (keys.size() > MOST_KEYS) {
      keys.remove(keys.keySet().iterator().next());
    }
    return loaded;
  }

  private static <K, V> @Nullable V get(Map<K, SoftReference<V>> map, K key) {
    SoftReference<V> reference = map.get(key);
    return reference == null ? null : reference.get();
  }

  @Override
  public ProgressDisplay progress(ProgressMode mode, PrintWriter err) {
    Methods.Progress listener = progress;
    return new ProgressDisplay() {
      @Override
      public void report(String stage, double fraction) {
        listener.report(stage, fraction);
      }

      @Override
      public void close() {
        // Holds nothing.
      }
    };
  }

  @Override
  public void report(Supplier<Map<String, Object>> found) {
    this.found = found;
  }
}
