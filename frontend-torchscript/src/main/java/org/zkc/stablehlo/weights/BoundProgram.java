package org.zkc.stablehlo.weights;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.stablehlo.program.HloFunction;
import org.zkc.stablehlo.program.HloModule;
import org.zkc.stablehlo.program.HloProgram;
import org.zkc.stablehlo.text.StablehloText;
import org.zkc.torchscript.archive.ZipArchive;

/**
 * A model of StableHLO text: the function that is the model, and what its arguments stand for.
 *
 * @param module the module that has the function
 * @param main the function
 * @param bindings one for each argument
 * @param digest SHA-256 of the text, and of the weights beside it, in the order of the arguments;
 *     64 lower-case hexadecimal digits
 */
public record BoundProgram(
    HloProgram program,
    HloModule module,
    HloFunction main,
    List<ArgumentBinding> bindings,
    String digest) {
  private static final int PART = 1 << 20;

  public BoundProgram {
    Objects.requireNonNull(program);
    Objects.requireNonNull(module);
    Objects.requireNonNull(main);
    bindings = List.copyOf(bindings);
    Objects.requireNonNull(digest);
  }

  /**
   * Opens a text, or a folder that torch_xla saved.
   *
   * @param weights weights beside a text, by name; empty for a text that has its own, whose
   *     arguments are inputs all
   * @param npy reads a {@code .npy} file, for folders
   * @throws UserException when it is no program, or the weights are not those of its arguments
   */
  public static BoundProgram open(
      Path path, Map<String, TensorData> weights, Function<Path, TensorData> npy) {
    if (!TorchXlaFolder.isFolder(path)) {
      return open(String.valueOf(path.getFileName()), ZipArchive.map(path), weights);
    }
    if (!weights.isEmpty()) {
      throw new UserException(
          "The folder %s has its own weights; leave the others out.".formatted(path.getFileName()));
    }
    TorchXlaFolder folder = TorchXlaFolder.open(path);
    MemorySegment text = ZipArchive.map(folder.text());
    HloProgram program = StablehloText.read(String.valueOf(folder.text().getFileName()), text);
    HloModule module = module(program);
    HloFunction main = main(program, module);
    return bound(program, module, main, folder.bind(program, main, npy), text);
  }

  /** A text in memory, as {@link #open(Path, Map, Function)} does a file. */
  public static BoundProgram open(
      String name, MemorySegment text, Map<String, TensorData> weights) {
    HloProgram program = StablehloText.read(name, text);
    HloModule module = module(program);
    HloFunction main = main(program, module);
    return bound(
        program,
        module,
        main,
        weights.isEmpty()
            ? WeightBinding.inputs(main)
            : WeightBinding.byName(program, main, weights),
        text);
  }

  private static BoundProgram bound(
      HloProgram program,
      HloModule module,
      HloFunction main,
      List<ArgumentBinding> bindings,
      MemorySegment text) {
    return new BoundProgram(program, module, main, bindings, digest(text, bindings));
  }

  private static HloModule module(HloProgram program) {
    if (program.modules().size() != 1) {
      throw new UserException(
          "%s has %d modules; a model is one: export it by itself."
              .formatted(program.file(), program.modules().size()));
    }
    return program.modules().getFirst();
  }

  /** The function {@code main}, or the only one that is not private. */
  private static HloFunction main(HloProgram program, HloModule module) {
    List<HloFunction> visible =
        module.functions().stream().filter(f -> !f.isPrivate() && f.body().isPresent()).toList();
    return module
        .function("main")
        .filter(f -> f.body().isPresent())
        .or(() -> visible.size() == 1 ? visible.stream().findFirst() : Optional.empty())
        .orElseThrow(() ->
            new UserException(
                "%s has no function @main; export the model as one public function of this name."
                    .formatted(program.file())));
  }

  private static String digest(MemorySegment text, List<ArgumentBinding> bindings) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      update(sha, text);
      for (ArgumentBinding binding : bindings) {
        if (binding instanceof ArgumentBinding.Weight weight) {
          sha.update(weight.name().getBytes(StandardCharsets.UTF_8));
          update(sha, weight.data().bytes());
        }
      }
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void update(MessageDigest sha, MemorySegment bytes) {
    for (long at = 0; at < bytes.byteSize(); at += PART) {
      sha.update(bytes.asSlice(at, Math.min(PART, bytes.byteSize() - at)).asByteBuffer());
    }
  }
}
