package org.zkc.torchscript.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.TorchType;

/**
 * Parses one line of the operator registry's schema language: {@code ns::name.overload(args) ->
 * results}, types with {@code ?}, {@code []}, {@code [n]}, alias sets {@code (a!)}, {@code (a ->
 * *)}, keyword-only arguments after {@code *}.
 */
final class SchemaParser {
  private final String line;
  private int at;

  private SchemaParser(String line) {
    this.line = line;
  }

  /**
   * @throws IllegalArgumentException when the line is not a schema
   */
  static OperatorSchema parse(String line) {
    return new SchemaParser(line).schema();
  }

  /** The operator's name in a schema, {@code aten.add} of {@code aten::add.Tensor(...)}. */
  static String name(String line) {
    SchemaParser parser = new SchemaParser(line);
    String namespace = parser.word();
    parser.expect("::");
    return namespace + "." + parser.word();
  }

  private record AnnotatedType(TorchType type, int replication, boolean aliased, boolean written) {}

  private OperatorSchema schema() {
    String namespace = word();
    expect("::");
    String name = namespace + "." + word();
    String overload = take(".") ? word() : "";
    expect("(");
    List<SchemaArgument> arguments = new ArrayList<>();
    boolean keywordOnly = false;
    boolean variadic = false;
    while (!take(")")) {
      if (take("*")) {
        keywordOnly = true;
      } else if (take("...")) {
        variadic = true;
      } else {
        arguments.add(argument(keywordOnly));
      }
      take(",");
      take(" ");
    }
    expect(" -> ");
    List<OperatorSchema.Result> results = new ArrayList<>();
    if (take("(")) {
      while (!take(")")) {
        results.add(result());
        take(",");
        take(" ");
      }
    } else {
      results.add(result());
    }
    if (at != line.length()) {
      throw malformed();
    }
    return new OperatorSchema(name, overload, arguments, variadic, results);
  }

  private SchemaArgument argument(boolean keywordOnly) {
    AnnotatedType type = type();
    expect(" ");
    String name = word();
    Optional<String> value = take("=") ? Optional.of(defaultText()) : Optional.empty();
    return new SchemaArgument(
        name,
        type.type,
        type.replication,
        value,
        keywordOnly,
        type.aliased || type.written,
        type.written);
  }

  private OperatorSchema.Result result() {
    AnnotatedType type = type();
    if (peek(" ") && at + 1 < line.length() && Character.isLetter(line.charAt(at + 1))) {
      at++;
      word();
    }
    return new OperatorSchema.Result(type.type, type.aliased || type.written);
  }

  private AnnotatedType type() {
    TorchType type = baseType();
    int replication = 0;
    boolean aliased = false;
    boolean written = false;
    while (true) {
      if (take("?")) {
        type = new TorchType.Generic("Optional", List.of(type));
      } else if (take("[")) {
        int start = at;
        while (Character.isDigit(line.charAt(at))) {
          at++;
        }
        if (at > start) {
          replication = Integer.parseInt(line.substring(start, at));
        }
        expect("]");
        type = new TorchType.Generic("List", List.of(type));
      } else if (peek("(")) {
        int close = line.indexOf(')', at);
        aliased = true;
        written |= line.substring(at, close).contains("!");
        at = close + 1;
      } else {
        return new AnnotatedType(type, replication, aliased, written);
      }
    }
  }

  private TorchType baseType() {
    if (take("(")) {
      List<TorchType> elements = new ArrayList<>();
      while (!take(")")) {
        elements.add(type().type);
        take(",");
        take(" ");
      }
      return new TorchType.Generic("Tuple", elements);
    }
    String name = word();
    return switch (name) {
      case "Tensor" -> new TorchType.Tensor();
      case "Scalar" -> new TorchType.Simple("number");
      case "SymInt", "ScalarType", "Layout", "MemoryFormat" -> new TorchType.Simple("int");
      case "Dict" -> {
        expect("(");
        TorchType key = type().type;
        expect(", ");
        TorchType value = type().type;
        expect(")");
        yield new TorchType.Generic("Dict", List.of(key, value));
      }
      case "Future" -> {
        expect("(");
        TorchType value = type().type;
        expect(")");
        yield new TorchType.Generic("Future", List.of(value));
      }
      case "__torch__" -> {
        StringBuilder qualified = new StringBuilder(name);
        while (take(".")) {
          qualified.append('.').append(word());
        }
        yield new TorchType.Named(qualified.toString());
      }
      default -> new TorchType.Simple(name);
    };
  }

  /** A literal up to the comma or parenthesis that ends the argument. */
  private String defaultText() {
    int start = at;
    int depth = 0;
    boolean quoted = false;
    while (true) {
      char c = line.charAt(at);
      if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && c == '[') {
        depth++;
      } else if (!quoted && c == ']') {
        depth--;
      } else if (!quoted && depth == 0 && (c == ',' || c == ')')) {
        return line.substring(start, at);
      }
      at++;
    }
  }

  private String word() {
    int start = at;
    while (at < line.length()
        && (Character.isLetterOrDigit(line.charAt(at)) || line.charAt(at) == '_')) {
      at++;
    }
    if (start == at) {
      throw malformed();
    }
    return line.substring(start, at);
  }

  private boolean peek(String text) {
    return line.startsWith(text, at);
  }

  private boolean take(String text) {
    boolean found = peek(text);
    if (found) {
      at += text.length();
    }
    return found;
  }

  private void expect(String text) {
    if (!take(text)) {
      throw malformed();
    }
  }

  private IllegalArgumentException malformed() {
    return new IllegalArgumentException("not an operator schema at column " + at + ": " + line);
  }
}
