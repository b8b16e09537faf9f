package org.zkc.stablehlo.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.stablehlo.program.HloFunction;
import org.zkc.stablehlo.program.HloProgram;

/**
 * A folder that torch_xla's {@code StableHLOGraphModule.save} wrote: {@code functions/NAME.mlir}
 * and {@code NAME.meta}, and a {@code .npy} file for each weight and constant. The {@code .meta}
 * says of each argument of the text which weight, constant or input stands for it.
 */
public final class TorchXlaFolder {
  private static final int MAX_META = 64 << 20;
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(100)
                          .maxDocumentLength(MAX_META)
                          .build())
                  .build())
          .build();
  private static final String AGAIN = "save it again with torch_xla";

  private final Path folder;
  private final String function;
  private final JsonNode locations;

  private TorchXlaFolder(Path folder, String function, JsonNode locations) {
    this.folder = folder;
    this.function = function;
    this.locations = locations;
  }

  /** Whether a path is such a folder. */
  public static boolean isFolder(Path path) {
    return Files.isDirectory(path.resolve("functions"));
  }

  /**
   * Opens a folder.
   *
   * @throws UserException when there is no text or description in it, or more than one and none is
   *     {@code forward}
   */
  public static TorchXlaFolder open(Path folder) {
    String function = function(folder);
    Path meta = folder.resolve("functions").resolve(function + ".meta");
    try {
      if (Files.size(meta) > MAX_META) {
        throw damaged(folder, "its description is longer than zkc reads");
      }
      JsonNode locations = JSON.readTree(Files.readAllBytes(meta)).path("input_locations");
      if (!locations.isArray()) {
        throw damaged(folder, "%s says nothing of the arguments".formatted(meta.getFileName()));
      }
      return new TorchXlaFolder(folder, function, locations);
    } catch (IOException e) {
      throw damaged(folder, "%s cannot be read".formatted(meta.getFileName()));
    }
  }

  private static UserException damaged(Path folder, String why) {
    return new UserException(
        "The folder %s is damaged: %s; %s".formatted(folder.getFileName(), why, AGAIN));
  }

  private static String function(Path folder) {
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve("functions"))) {
      files
          .map(f -> String.valueOf(f.getFileName()))
          .filter(n -> n.endsWith(".meta"))
          .map(n -> n.substring(0, n.length() - ".meta".length()))
          .sorted()
          .forEach(names::add);
    } catch (IOException e) {
      throw damaged(folder, "its functions cannot be listed");
    }
    if (names.isEmpty()) {
      throw damaged(folder, "it has no functions");
    }
    if (names.size() > 1 && !names.contains("forward")) {
      throw new UserException(
          "The folder %s has the functions %s and none is forward; save one function."
              .formatted(folder.getFileName(), String.join(", ", names)));
    }
    String name = names.size() == 1 ? names.get(0) : "forward";
    if (!Files.isRegularFile(folder.resolve("functions").resolve(name + ".mlir"))) {
      throw new UserException(
          "The folder %s has %s as bytecode alone; save it with StableHLOExportOptions(include_human_readable_text=True)."
              .formatted(folder.getFileName(), name));
    }
    return name;
  }

  /** The file of the program's text. */
  public Path text() {
    return folder.resolve("functions").resolve(function + ".mlir");
  }

  /**
   * The arguments of the text's function.
   *
   * @param npy reads a {@code .npy} file
   * @throws UserException when the description is not that of the text, or a weight is missing or
   *     of another shape or type than the argument
   */
  public List<ArgumentBinding> bind(
      HloProgram program, HloFunction main, Function<Path, TensorData> npy) {
    if (locations.size() != main.arguments().size()) {
      throw damaged(
          folder,
          "the text has %d arguments, the description %d"
              .formatted(main.arguments().size(), locations.size()));
    }
    List<ArgumentBinding> out = new ArrayList<>();
    Set<Integer> positions = new HashSet<>();
    for (int i = 0; i < locations.size(); i++) {
      HloFunction.Argument argument = main.arguments().get(i);
      JsonNode location = locations.get(i);
      String name = location.path("name").asText("");
      int position = location.path("position").asInt(-1);
      switch (location.path("type_").asText("")) {
        case "parameter" ->
            out.add(WeightBinding.checked(program, argument, name, npy.apply(file("data", name))));
        case "constant" ->
            out.add(
                WeightBinding.checked(
                    program,
                    argument,
                    "constant " + position,
                    npy.apply(file("constants", Integer.toString(position)))));
        case "input_arg" -> {
          if (position < 0 || !positions.add(position)) {
            throw damaged(folder, "an input has no place of its own");
          }
          out.add(new ArgumentBinding.Input("input_" + position, position));
        }
        default -> throw damaged(folder, "argument %d is of no known kind".formatted(i));
      }
    }
    return consecutive(out, positions);
  }

  /** The bindings with the inputs' places counted without gaps, which inputs not used leave. */
  private static List<ArgumentBinding> consecutive(
      List<ArgumentBinding> bindings, Set<Integer> positions) {
    List<Integer> sorted = positions.stream().sorted().toList();
    List<ArgumentBinding> out = new ArrayList<>();
    for (ArgumentBinding binding : bindings) {
      out.add(
          switch (binding) {
            case ArgumentBinding.Weight weight -> weight;
            case ArgumentBinding.Input input ->
                new ArgumentBinding.Input(input.name(), sorted.indexOf(input.position()));
          });
    }
    return out;
  }

  /** A file of one of the folders; a name that leads elsewhere is refused. */
  private Path file(String kind, String name) {
    Path parent = folder.resolve(kind).normalize();
    Path file =
        name.isEmpty() || name.indexOf('\0') >= 0 ? parent : parent.resolve(name).normalize();
    if (!parent.equals(file.getParent())) {
      throw damaged(folder, "'%s' is no name of a weight".formatted(name));
    }
    if (!Files.isRegularFile(file)) {
      throw new UserException(
          "The folder %s has no weight %s; save it with StableHLOExportOptions(save_weights=True)."
              .formatted(folder.getFileName(), name));
    }
    return file;
  }
}
