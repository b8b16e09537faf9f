package org.zkc.runtime.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.zkc.runtime.serve.RpcException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The parameters of a request as words of a command line. Each flag is a parameter: {@code
 * --input-shape} is {@code inputShape}; the file that a command is about has its own name, {@code
 * model} for {@code MODEL.zkc}.
 */
final class ServedArguments {
  private ServedArguments() {}

  /**
   * The words, without the command's name.
   *
   * @throws RpcException where a parameter is none of the command's, or of another type
   */
  static List<String> of(CommandSpec command, ObjectNode params) throws RpcException {
    SortedMap<String, ArgSpec> known = parameters(command);
    List<String> words = new ArrayList<>();
    List<String> positional = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : params.properties()) {
      String name = entry.getKey();
      JsonNode value = entry.getValue();
      switch (known.get(name)) {
        case null ->
            throw invalid(
                "%s has no parameter %s; it has %s"
                    .formatted(command.name(), name, String.join(", ", known.keySet())));
        case OptionSpec option when isFlag(option) -> {
          if (!value.isBoolean()) {
            throw invalid(name + " must be true or false");
          }
          if (value.booleanValue()) {
            words.add(option.longestName());
          }
        }
        case OptionSpec option ->
            texts(name, value, option.isMultiValue())
                .forEach(text -> words.add(option.longestName() + "=" + text));
        case ArgSpec file -> positional.addAll(texts(name, value, file.isMultiValue()));
      }
    }
    words.add("--");
    words.addAll(positional);
    return words;
  }

  /** The parameters of a command, by name. */
  static SortedMap<String, ArgSpec> parameters(CommandSpec command) {
    SortedMap<String, ArgSpec> known = new TreeMap<>();
    for (OptionSpec option : command.options()) {
      // The flags that all commands have are about processes, and results are always for
      // programs.
      if (!option.inherited() && !isOfProcesses(option)) {
        known.put(camelCase(option.longestName()), option);
      }
    }
    for (PositionalParamSpec file : command.positionalParameters()) {
      known.put(file.paramLabel().split("\\.")[0].toLowerCase(Locale.ROOT), file);
    }
    return known;
  }

  private static boolean isOfProcesses(OptionSpec option) {
    return option.longestName().equals("--progress") || option.longestName().equals("--json");
  }

  private static boolean isFlag(OptionSpec option) {
    return option.arity().max() == 0;
  }

  private static String camelCase(String flag) {
    StringBuilder name = new StringBuilder();
    for (String word : flag.substring(2).split("-")) {
      String first = word.substring(0, 1);
      name.append(name.isEmpty() ? first : first.toUpperCase(Locale.ROOT))
          .append(word.substring(1));
    }
    return name.toString();
  }

  private static List<String> texts(String name, JsonNode value, boolean several)
      throws RpcException {
    if (!value.isArray()) {
      return List.of(text(name, value));
    }
    if (!several) {
      throw invalid(name + " takes one value, not a list");
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode element : value) {
      texts.add(text(name, element));
    }
    return texts;
  }

  private static String text(String name, JsonNode value) throws RpcException {
    if (!value.isTextual() && !value.isNumber()) {
      throw invalid(name + " must be a string or a number");
    }
    return value.asText();
  }

  private static RpcException invalid(String message) {
    return new RpcException(RpcException.INVALID_PARAMS, message, Map.of());
  }
}
