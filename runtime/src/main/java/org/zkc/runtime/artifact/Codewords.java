package org.zkc.runtime.artifact;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.zkc.gkr.prove.ProvingKey;

/**
 * Finds the codeword of a model, or makes it where files can be made: beside the model, else in the
 * user's cache, else for one proof alone in the folder that the proof goes to. A model may lie
 * where its user can only read.
 *
 * @param cache the folder of the user's cache, which need not exist
 * @param scratch a folder for a file that is deleted when it has been read
 * @param notes is told of a codeword that does not lie beside its model
 */
public record Codewords(Path cache, Path scratch, Consumer<String> notes) {

  /** The user's cache as the XDG base directories name it: {@code zkc} in {@code ~/.cache}. */
  public static Path cache(Map<String, String> environment) {
    String folder = environment.getOrDefault("XDG_CACHE_HOME", "");
    return folder.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".cache", "zkc")
        : Path.of(folder, "zkc");
  }

  /**
   * The proving key of a model.
   *
   * @param model where the model file lies
   * @param threads at least 1
   * @throws IOException when there is no codeword and none can be made, with all reasons
   */
  public ProvingKey open(ModelFile file, Path model, int threads) throws IOException {
    Path beside = ModelFile.codeFile(model);
    Optional<ProvingKey> found = ProvingKey.find(file.keyFile().key(), file.weights(), beside);
    if (found.isPresent()) {
      return found.get();
    }
    List<String> reasons = new ArrayList<>();
    Optional<ProvingKey> made = make(file, beside, threads, reasons);
    if (made.isPresent()) {
      return made.get();
    }
    String why =
        "the model's codeword cannot be kept beside the model (" + reasons.getFirst() + ")";
    Path cached =
        cache.resolve(HexFormat.of().formatHex(file.keyFile().key().modelRoot()) + ".code");
    found = ProvingKey.find(file.keyFile().key(), file.weights(), cached);
    if (found.isPresent()) {
      notes.accept("%s: it was read from %s".formatted(why, cached));
      return found.get();
    }
    made = makeIn(cache, file, cached, threads, reasons);
    if (made.isPresent()) {
      notes.accept("%s: it was made in %s, for the next proof too".formatted(why, cached));
      return made.get();
    }
    Path once = scratch.resolve(".%s.code".formatted(UUID.randomUUID()));
    made = make(file, once, threads, reasons);
    if (made.isPresent()) {
      // An open file is read to its end where it has no name any more; other systems wait.
      try {
        Files.delete(once);
      } catch (IOException stillOpen) {
        once.toFile().deleteOnExit();
      }
      notes.accept("%s: it was made in %s for this proof alone".formatted(why, scratch));
      return made.get();
    }
    throw new IOException(
        "the model's codeword can be made nowhere: %s".formatted(String.join("; ", reasons)));
  }

  private static Optional<ProvingKey> makeIn(
      Path folder, ModelFile file, Path code, int threads, List<String> reasons) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      reasons.add("%s: %s".formatted(folder, FileErrors.reason(e)));
      return Optional.empty();
    }
    return make(file, code, threads, reasons);
  }

  private static Optional<ProvingKey> make(
      ModelFile file, Path code, int threads, List<String> reasons) {
    // Looked at first: to encode a large model takes long.
    if (Files.isDirectory(code)) {
      reasons.add(code + " is a folder");
      return Optional.empty();
    }
    Path folder = AtomicFiles.folder(code);
    if (!Files.isWritable(folder)) {
      reasons.add(folder + " takes no files");
      return Optional.empty();
    }
    try {
      return Optional.of(ProvingKey.open(file.keyFile().key(), file.weights(), code, threads));
    } catch (IOException e) {
      reasons.add("%s: %s".formatted(code, FileErrors.reason(e)));
      return Optional.empty();
    }
  }
}
