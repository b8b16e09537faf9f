package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.zkc.passes.torch.TorchValue.Bool;
import org.zkc.passes.torch.TorchValue.Int;
import org.zkc.passes.torch.TorchValue.ListOf;
import org.zkc.passes.torch.TorchValue.Text;

/** Methods of strings, on the host, with Python's meaning for ASCII text. */
final class StringFunctions {
  private static final String BLANKS = " \n\t\f\u000b";

  /** The texts that one call may make together. */
  private static final int MAXIMAL_LENGTH = 1 << 16;

  static final Map<String, HostFunction> ALL =
      Map.ofEntries(
          of("aten.startswith", (c, s) -> new Bool(part(c, s, 2).startsWith(c.text(1)))),
          of("aten.endswith", (c, s) -> new Bool(part(c, s, 2).endsWith(c.text(1)))),
          of("aten.find", (c, s) -> new Int(find(c, s, false))),
          of("aten.rfind", (c, s) -> new Int(find(c, s, true))),
          of("aten.index", (c, s) -> new Int(found(c, find(c, s, false)))),
          of("aten.rindex", (c, s) -> new Int(found(c, find(c, s, true)))),
          of("aten.count", (c, s) -> new Int(count(part(c, s, 2), c.text(1)))),
          mapped("aten.lower", StringFunctions::lower),
          mapped("aten.upper", StringFunctions::upper),
          mapped("aten.capitalize", StringFunctions::capitalized),
          of("aten.strip", (c, s) -> new Text(stripped(c, s, true, true))),
          of("aten.lstrip", (c, s) -> new Text(stripped(c, s, true, false))),
          of("aten.rstrip", (c, s) -> new Text(stripped(c, s, false, true))),
          of("aten.replace", StringFunctions::replaced),
          of("aten.split", StringFunctions::split),
          of("aten.join", StringFunctions::joined),
          of("aten.isdigit", (c, s) -> all(s, Character::isDigit)),
          of("aten.isalpha", (c, s) -> all(s, Character::isLetter)),
          of("aten.isalnum", (c, s) -> all(s, Character::isLetterOrDigit)),
          of("aten.isspace", (c, s) -> all(s, Character::isWhitespace)),
          of("aten.__getitem__", StringFunctions::character),
          of("aten.slice", StringFunctions::slice),
          of("aten.__contains__", (c, s) -> new Bool(s.contains(c.text(1)))),
          of("prim.type", (c, device) -> new Text(device.replaceFirst(":.*", ""))),
          of("aten.format", StringFunctions::formatted),
          of("aten.percentFormat", StringFunctions::percentFormatted));

  private StringFunctions() {}

  private static Map.Entry<String, HostFunction> of(
      String name, BiFunction<OperatorCall, String, TorchValue> function) {
    return Map.entry(
        name,
        call ->
            !call.arguments().isEmpty() && call.argument(0) instanceof Text t
                ? Optional.of(bounded(call, function.apply(call, t.value())))
                : Optional.empty());
  }

  private static Map.Entry<String, HostFunction> mapped(
      String name, UnaryOperator<String> function) {
    return of(name, (call, s) -> new Text(function.apply(s)));
  }

  /** The result, which is refused where it is a string that only a hostile archive would make. */
  static TorchValue bounded(OperatorCall call, TorchValue result) {
    if (result instanceof Text t && t.value().length() > MAXIMAL_LENGTH) {
      throw call.refuse("a string of more than %d characters".formatted(MAXIMAL_LENGTH));
    }
    return result;
  }

  /** The part that arguments start and end select; an end of -1 is that of the string. */
  private static String part(OperatorCall call, String s, int start) {
    long end = call.integer(start + 1, -1);
    int from = IndexOperators.bound(call.integer(start, 0), s.length());
    int to = end == -1 ? s.length() : IndexOperators.bound(end, s.length());
    return s.substring(Math.min(from, to), to);
  }

  private static int find(OperatorCall call, String s, boolean last) {
    String part = part(call, s, 2);
    int at = last ? part.lastIndexOf(call.text(1)) : part.indexOf(call.text(1));
    return at < 0 ? -1 : at + IndexOperators.bound(call.integer(2, 0), s.length());
  }

  private static int found(OperatorCall call, int at) {
    if (at < 0) {
      throw call.refuse("the string does not hold \"%s\"".formatted(call.text(1)));
    }
    return at;
  }

  private static int count(String s, String part) {
    int count = 0;
    for (int at = s.indexOf(part); at >= 0; at = s.indexOf(part, at + Math.max(1, part.length()))) {
      count++;
    }
    return count;
  }

  private static String lower(String s) {
    return s.chars()
        .map(c -> c >= 'A' && c <= 'Z' ? c + 32 : c)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  private static String upper(String s) {
    return s.chars()
        .map(c -> c >= 'a' && c <= 'z' ? c - 32 : c)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  private static String capitalized(String s) {
    return s.isEmpty() ? s : upper(s.substring(0, 1)) + lower(s.substring(1));
  }

  private static String stripped(OperatorCall call, String s, boolean left, boolean right) {
    String blanks = call.isNone(1) ? BLANKS : call.text(1);
    int from = 0;
    int to = s.length();
    while (left && from < to && blanks.indexOf(s.charAt(from)) >= 0) {
      from++;
    }
    while (right && to > from && blanks.indexOf(s.charAt(to - 1)) >= 0) {
      to--;
    }
    return s.substring(from, to);
  }

  /** (self, old, new, max): all where max is -1. */
  private static TorchValue replaced(OperatorCall call, String s) {
    String old = call.text(1);
    if (old.isEmpty()) {
      throw call.refuse("an empty string is replaced");
    }
    long left = call.integer(3, -1);
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (int at = s.indexOf(old); at >= 0 && left != 0; at = s.indexOf(old, from)) {
      out.append(s, from, at).append(call.text(2));
      from = at + old.length();
      left--;
      if (out.length() > MAXIMAL_LENGTH) {
        break;
      }
    }
    return new Text(out.append(s.substring(from)).toString());
  }

  /** (self, separator, max): at blanks where the separator is None. */
  private static TorchValue split(OperatorCall call, String s) {
    long left = call.integer(2, -1);
    List<TorchValue> out = new ArrayList<>();
    String rest = call.isNone(1) ? s.strip() : s;
    while (left != 0) {
      int at = 0;
      int end = 0;
      if (call.isNone(1)) {
        while (at < rest.length() && BLANKS.indexOf(rest.charAt(at)) < 0) {
          at++;
        }
        end = at;
        while (end < rest.length() && BLANKS.indexOf(rest.charAt(end)) >= 0) {
          end++;
        }
        at = at == rest.length() ? -1 : at;
      } else {
        if (call.text(1).isEmpty()) {
          throw call.refuse("an empty separator");
        }
        at = rest.indexOf(call.text(1));
        end = at + call.text(1).length();
      }
      if (at < 0) {
        break;
      }
      out.add(new Text(rest.substring(0, at)));
      rest = rest.substring(end);
      left--;
    }
    if (!call.isNone(1) || !rest.isEmpty()) {
      out.add(new Text(rest));
    }
    return new ListOf(out);
  }

  private static TorchValue joined(OperatorCall call, String s) {
    List<String> parts = new ArrayList<>();
    long length = 0;
    for (TorchValue each : call.elements(1)) {
      if (!(each instanceof Text t)) {
        throw call.refuse("an element is " + each.kind());
      }
      parts.add(t.value());
      length += t.value().length() + s.length();
      if (length > MAXIMAL_LENGTH) {
        throw call.refuse("a string of more than %d characters".formatted(MAXIMAL_LENGTH));
      }
    }
    return new Text(String.join(s, parts));
  }

  private static Bool all(String s, java.util.function.IntPredicate test) {
    return new Bool(!s.isEmpty() && s.chars().allMatch(test));
  }

  private static TorchValue character(OperatorCall call, String s) {
    long index = call.integer(1);
    long at = index < 0 ? index + s.length() : index;
    if (at < 0 || at >= s.length()) {
      throw call.refuse("index %d of a string of %d characters".formatted(index, s.length()));
    }
    return new Text(s.substring((int) at, (int) at + 1));
  }

  /** (self, start, end, step). */
  private static TorchValue slice(OperatorCall call, String s) {
    if (call.integer(3, 1) != 1) {
      throw call.refuse("a slice of a string with step %d".formatted(call.integer(3)));
    }
    int from = IndexOperators.bound(call.integer(1, 0), s.length());
    int to = IndexOperators.bound(call.integer(2, Long.MAX_VALUE), s.length());
    return new Text(s.substring(Math.min(from, to), to));
  }

  /** Each {@code {}} is the next argument. */
  private static TorchValue formatted(OperatorCall call, String template) {
    return new Text(filled(call, template, "\\{\\}"));
  }

  /** Each {@code %s}, {@code %d} and {@code %i} is the next argument. */
  private static TorchValue percentFormatted(OperatorCall call, String template) {
    return new Text(filled(call, template, "%[sdi]"));
  }

  private static String filled(OperatorCall call, String template, String place) {
    List<TorchValue> values = new ArrayList<>();
    for (int i = 1; i < call.arguments().size(); i++) {
      values.add(call.arguments().get(i));
    }
    if (values.size() == 1 && values.getFirst() instanceof TorchValue.Tuple t) {
      values = t.elements();
    }
    String[] parts = template.split(place, -1);
    StringBuilder out = new StringBuilder(parts[0]);
    for (int i = 1; i < parts.length; i++) {
      out.append(i <= values.size() ? text(values.get(i - 1)) : "").append(parts[i]);
      if (out.length() > MAXIMAL_LENGTH) {
        break;
      }
    }
    return out.toString();
  }

  /** A value as Python's {@code str} prints it; of tensors the kind alone. */
  static String text(TorchValue value) {
    return switch (value) {
      case Text t -> t.value();
      case Int i -> Long.toString(i.value());
      case TorchValue.Float f -> decimal(f.value());
      case Bool b -> b.value() ? "True" : "False";
      case TorchValue.None n -> "None";
      case ListOf l when l.elements().size() <= 100 ->
          l.elements().stream()
              .map(StringFunctions::quoted)
              .collect(Collectors.joining(", ", "[", "]"));
      default -> value.kind();
    };
  }

  private static String quoted(TorchValue value) {
    return value instanceof Text t
        ? "'" + t.value() + "'"
        : value instanceof ListOf ? value.kind() : text(value);
  }

  private static String decimal(double value) {
    String text = Double.toString(value);
    return text.replace("E", "e").replace("Infinity", "inf").replace("NaN", "nan");
  }
}
