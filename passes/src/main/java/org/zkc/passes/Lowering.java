package org.zkc.passes;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.zkc.ir.Level;
import org.zkc.ir.Program;
import org.zkc.ir.UserException;

/**
 * A translation from one level to another, as {@code zkc opt --passes} and file tests name it:
 * {@code torch-to-tensor(1x3x32x32)}. Compilation calls the classes behind the lowerings with typed
 * arguments and takes names and levels from here.
 *
 * @param name the name, {@code torch-to-tensor}
 * @param description one sentence for the catalogue
 * @param from the level of the program that is lowered
 * @param to the level of the result
 * @param arguments the arguments that may stand in parentheses after the name, for help and
 *     messages; empty where there are none
 * @param parser reads the arguments
 */
public record Lowering(
    String name, String description, Level from, Level to, String arguments, Parser parser) {
  private static final Pattern CALL = Pattern.compile("([a-z-]+)(?:\\((.*)\\))?");

  /** The translation of one program, with its arguments. */
  @FunctionalInterface
  public interface Step {
    /**
     * Translates a well-formed program of the level {@link Lowering#from}.
     *
     * @param context takes counts of what was done
     * @throws UserException for what the other level cannot say, at the user's line
     */
    Program run(Program program, PassContext context);
  }

  /** Reads the arguments of a lowering. */
  @FunctionalInterface
  public interface Parser {
    /**
     * Reads arguments that were separated by blanks.
     *
     * @throws IllegalArgumentException when they are not of the lowering's form
     */
    Step parse(List<String> arguments);
  }

  /** A name with its arguments, {@code torch-to-tensor(1x3x32x32)}. */
  public record Call(String name, List<String> arguments) {
    public Call {
      arguments = List.copyOf(arguments);
    }

    /**
     * Reads {@code name} or {@code name(argument argument)}.
     *
     * @throws UserException when the text is neither
     */
    public static Call parse(String text) {
      Matcher m = CALL.matcher(text.strip());
      if (!m.matches()) {
        throw new UserException(
            "'%s' is neither a pass nor a lowering; write NAME or NAME(ARGUMENT ARGUMENT)"
                .formatted(text));
      }
      String inside = m.group(2) == null ? "" : m.group(2);
      return new Call(
          m.group(1), Stream.of(inside.split(" +")).filter(each -> !each.isEmpty()).toList());
    }
  }

  /**
   * The translation with these arguments.
   *
   * @throws UserException when the arguments are not of this lowering's form
   */
  public Step with(List<String> given) {
    try {
      return parser.parse(given);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new UserException(
          "lowering %s cannot read (%s); write %s"
              .formatted(name, String.join(" ", given), signature()));
    }
  }

  /** The name with what may stand in parentheses. */
  public String signature() {
    return arguments.isEmpty() ? name : "%s(%s)".formatted(name, arguments);
  }
}
