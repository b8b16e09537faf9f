package org.zkc.torchscript.lower;

import org.zkc.ir.TorchType;
import org.zkc.ir.Value;
import org.zkc.torchscript.pickle.PickleValue;
import org.zkc.torchscript.schema.StaticTypes;

/** The meaning of a name of the code while its function is lowered. */
public sealed interface Binding {

  /**
   * A value of the program; {@code type} may be narrower than the value's own ({@code
   * unchecked_cast}).
   */
  record Dynamic(Value value, TorchType type) implements Binding {}

  /**
   * A scalar known while reading. {@code text} is its text in the dialect; folding and
   * specialisation work on these, so that arms which cannot run are not read further.
   */
  record Literal(TorchType type, String text) implements Binding {
    public static final Literal NONE = new Literal(StaticTypes.NONE, "None");

    public static Literal of(long value) {
      return new Literal(StaticTypes.INT, Long.toString(value));
    }

    public static Literal of(double value) {
      String text =
          Double.isNaN(value)
              ? "nan"
              : Double.isInfinite(value)
                  ? (value > 0 ? "inf" : "-inf")
                  : Double.toString(value).replace('E', 'e');
      return new Literal(StaticTypes.FLOAT, text);
    }

    public static Literal of(boolean value) {
      return new Literal(StaticTypes.BOOL, value ? "True" : "False");
    }

    public static Literal of(String value) {
      return new Literal(StaticTypes.STRING, quoted(value));
    }

    public static Literal device(String name) {
      return new Literal(StaticTypes.DEVICE, quoted(name));
    }

    boolean isNone() {
      return type.equals(StaticTypes.NONE);
    }

    boolean isInt() {
      return type.equals(StaticTypes.INT);
    }

    boolean isBool() {
      return type.equals(StaticTypes.BOOL);
    }

    boolean isString() {
      return type.equals(StaticTypes.STRING);
    }

    /** The value of an int, float or bool literal. */
    double asDouble() {
      return switch (text) {
        case "inf" -> Double.POSITIVE_INFINITY;
        case "-inf" -> Double.NEGATIVE_INFINITY;
        case "nan" -> Double.NaN;
        case "True" -> 1;
        case "False" -> 0;
        default -> Double.parseDouble(text);
      };
    }

    long asLong() {
      return Long.parseLong(text);
    }

    boolean asBoolean() {
      return text.equals("True");
    }

    /** A string literal's value. */
    String asString() {
      StringBuilder out = new StringBuilder();
      for (int i = 1; i < text.length() - 1; i++) {
        char c = text.charAt(i);
        if (c != '\\') {
          out.append(c);
          continue;
        }
        char escape = text.charAt(++i);
        switch (escape) {
          case 'n' -> out.append('\n');
          case 't' -> out.append('\t');
          case '\\', '"' -> out.append(escape);
          default -> {
            out.append((char) Integer.parseInt(text.substring(i, i + 3), 8));
            i += 2;
          }
        }
      }
      return out.toString();
    }

    private static String quoted(String value) {
      StringBuilder out = new StringBuilder("\"");
      for (int i = 0; i < value.length(); i++) {
        char c = value.charAt(i);
        switch (c) {
          case '\n' -> out.append("\\n");
          case '\t' -> out.append("\\t");
          case '\\', '"' -> out.append('\\').append(c);
          default -> {
            if (c < 0x20 || c == 0x7f) {
              out.append('\\').append("%03o".formatted((int) c));
            } else {
              out.append(c);
            }
          }
        }
      }
      return out.append('"').toString();
    }

    /** This literal where a float is wanted: integral floats of 1e10 and more print as ints. */
    Literal toFloat() {
      return isInt() ? of((double) asLong()) : this;
    }

    /** Whether this int may be a float that lost its dot, see {@link #toFloat}. */
    boolean mayBeFloat() {
      return isInt() && Math.abs(asDouble()) >= 1e10;
    }
  }

  /**
   * A module or other object of the archive, with its attribute path from the root ({@code
   * features.0}).
   */
  record Module(PickleValue.Instance object, String path) implements Binding {

    /**
     * The last part of the path, {@code conv1}; for an element of a list with the list's name,
     * {@code layers_0}.
     */
    String name() {
      int dot = path.lastIndexOf('.');
      String last = path.substring(dot + 1);
      boolean element = dot > 0 && !last.isEmpty() && Character.isDigit(last.charAt(0));
      return element
          ? path.substring(path.lastIndexOf('.', dot - 1) + 1).replace('.', '_')
          : last.isEmpty() ? "self" : last;
    }

    String pathOf(String attribute) {
      return path.isEmpty() ? attribute : path + "." + attribute;
    }
  }

  /** A free function of the archive as a value. */
  record FunctionReference(String qualifiedName) implements Binding {}

  /** A context of a {@code with} block that changes no result: a gradient mode, a profiler's. */
  record InertGuard() implements Binding {}
}
