package org.zkc.runtime.numpy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.zkc.ir.UserException;

/**
 * Repeated flags whose values belong to the model's arguments: in order, or as {@code NAME=VALUE}.
 */
public final class NamedArguments {
  private NamedArguments() {}

  /**
   * The value for each name, null where none is given.
   *
   * @throws UserException when there are more values than names, an unknown name, or two values for
   *     one name
   */
  public static List<String> assign(List<String> arguments, List<String> names, String flag) {
    String[] values = new String[names.size()];
    int next = 0;
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      String name = equals > 0 ? argument.substring(0, equals) : "";
      int at = names.indexOf(name);
      String value = argument;
      if (at >= 0) {
        value = argument.substring(equals + 1);
      } else if (equals > 0
          && name.matches("[A-Za-z_][A-Za-z0-9_.]*")
          && !Files.exists(Path.of(argument))) {
        throw new UserException(
            "%s %s: the model has no argument %s; it has %s"
                .formatted(flag, argument, name, String.join(", ", names)));
      } else {
        at = next++;
      }
      if (at >= names.size()) {
        throw new UserException(
            "%s is given %d times, the model has %d argument%s (%s)"
                .formatted(
                    flag,
                    arguments.size(),
                    names.size(),
                    names.size() == 1 ? "" : "s",
                    String.join(", ", names)));
      }
      if (values[at] != null) {
        throw new UserException("%s is given twice for %s".formatted(flag, names.get(at)));
      }
      values[at] = value;
    }
    return Arrays.asList(values);
  }
}
