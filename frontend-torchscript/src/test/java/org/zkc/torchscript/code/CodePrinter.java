package org.zkc.torchscript.code;

import java.util.List;
import java.util.stream.Collectors;
import org.zkc.torchscript.code.FunctionDefinition.Parameter;

/** Prints trees back as code of the dialect, so that tests can see that parsing loses nothing. */
final class CodePrinter {
  private final StringBuilder out = new StringBuilder();

  static String print(CodeFile file) {
    CodePrinter printer = new CodePrinter();
    file.classes().forEach(printer::classDefinition);
    file.functions().forEach(f -> printer.function(f, ""));
    return printer.out.toString();
  }

  private void line(String indent, String text) {
    out.append(indent).append(text).append('\n');
  }

  private void classDefinition(ClassDefinition c) {
    line("", "class " + c.name() + c.base().map(b -> "(" + b + ")").orElse("") + ":");
    c.items().forEach(i -> line("  ", i.name() + " = " + expression(i.value())));
    c.fields()
        .forEach(f ->
            line(
                "  ",
                (f.name().matches("[A-Za-z_]\\w*")
                        ? f.name() + " : "
                        : "__annotations__[\"" + f.name() + "\"] = ")
                    + TypeNames.text(f.type())
                    + f.value().map(v -> " = " + expression(v)).orElse("")));
    c.methods().forEach(m -> function(m, "  "));
  }

  private void function(FunctionDefinition f, String indent) {
    String parameters =
        f.parameters().stream().map(CodePrinter::parameter).collect(Collectors.joining(", "));
    line(
        indent,
        "def "
            + f.name()
            + "("
            + parameters
            + ")"
            + f.returnType().map(t -> " -> " + TypeNames.text(t)).orElse("")
            + ":");
    block(f.body(), indent + "  ");
  }

  private static String parameter(Parameter p) {
    return p.name()
        + p.type().map(t -> ": " + TypeNames.text(t)).orElse("")
        + p.defaultValue().map(d -> "=" + expression(d)).orElse("");
  }

  private void block(List<Statement> statements, String indent) {
    statements.forEach(s -> statement(s, indent));
  }

  private void statement(Statement s, String indent) {
    switch (s) {
      case Statement.Assign a ->
          line(
              indent,
              a.target()
                  + a.type().map(t -> " : " + TypeNames.text(t)).orElse("")
                  + " = "
                  + expression(a.value()));
      case Statement.AssignResults a ->
          line(indent, String.join(", ", a.targets()) + " = " + expression(a.value()));
      case Statement.Unpack u ->
          line(indent, String.join(", ", u.targets()) + ", = " + expression(u.value()));
      case Statement.AssignTogether a ->
          line(indent, String.join(", ", a.targets()) + " = " + list(a.values()));
      case Statement.SetAttribute a ->
          line(indent, expression(a.object()) + "." + a.name() + " = " + expression(a.value()));
      case Statement.Effect e -> line(indent, expression(e.expression()));
      case Statement.Return r -> line(indent, "return " + expression(r.value()));
      case Statement.Pass _ -> line(indent, "pass");
      case Statement.If i -> {
        line(indent, "if " + expression(i.condition()) + ":");
        block(i.then(), indent + "  ");
        line(indent, "else:");
        block(i.otherwise(), indent + "  ");
      }
      case Statement.While w -> {
        line(indent, "while " + expression(w.condition()) + ":");
        block(w.body(), indent + "  ");
      }
      case Statement.For f -> {
        line(indent, "for " + f.index() + " in range(" + expression(f.count()) + "):");
        block(f.body(), indent + "  ");
      }
      case Statement.With w -> {
        line(
            indent,
            "with " + expression(w.context()) + w.name().map(n -> " as " + n).orElse("") + ":");
        block(w.body(), indent + "  ");
      }
      case Statement.NestedFunction n -> function(n.function(), indent);
    }
  }

  private static String list(List<Expression> expressions) {
    return expressions.stream().map(CodePrinter::expression).collect(Collectors.joining(", "));
  }

  static String expression(Expression e) {
    return switch (e) {
      case Expression.Name n -> n.name();
      case Expression.IntLiteral i -> Long.toString(i.value());
      case Expression.FloatLiteral f -> floating(f.value());
      case Expression.ComplexLiteral c -> c.text();
      case Expression.StringLiteral s -> quoted(s.value());
      case Expression.BoolLiteral b -> b.value() ? "True" : "False";
      case Expression.NoneLiteral _ -> "None";
      case Expression.ListLiteral l -> "[" + list(l.elements()) + "]";
      case Expression.TupleLiteral t ->
          t.elements().size() == 1
              ? "(" + list(t.elements()) + ",)"
              : "(" + list(t.elements()) + ")";
      case Expression.DictLiteral d -> {
        StringBuilder entries = new StringBuilder();
        for (int i = 0; i < d.keys().size(); i++) {
          entries
              .append(i == 0 ? "" : ", ")
              .append(expression(d.keys().get(i)))
              .append(": ")
              .append(expression(d.values().get(i)));
        }
        yield "{" + entries + "}";
      }
      case Expression.Attribute a -> base(a.base()) + "." + a.name();
      case Expression.Call c -> {
        String keywords =
            c.keywords().stream()
                .map(k -> k.name() + "=" + expression(k.value()))
                .collect(Collectors.joining(", "));
        String separator = c.positional().isEmpty() || c.keywords().isEmpty() ? "" : ", ";
        yield base(c.function()) + "(" + list(c.positional()) + separator + keywords + ")";
      }
      case Expression.Subscript s -> base(s.base()) + "[" + list(s.indices()) + "]";
      case Expression.Slice s ->
          base(s.base()) + "[" + expression(s.lower()) + ":" + expression(s.upper()) + "]";
      case Expression.Negation n -> "-" + expression(n.operand());
    };
  }

  private static String base(Expression e) {
    return e instanceof Expression.Negation ? "(" + expression(e) + ")" : expression(e);
  }

  /** As the dialect prints it where that is not an int. */
  private static String floating(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    return Double.toString(value).replace("E", "e");
  }

  private static String quoted(String value) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : value.toCharArray()) {
      switch (c) {
        case '\\', '\'', '"' -> out.append('\\').append(c);
        case '\u0007' -> out.append("\\a");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\u000b' -> out.append("\\v");
        default -> {
          if (c < 0x20 || c > 0x7e) {
            out.append('\\').append("%03o".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }
}
