package org.zkc.torchscript.code;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.Token;
import org.zkc.torchscript.code.TorchScriptParser.AtomContext;
import org.zkc.torchscript.code.TorchScriptParser.ExpressionContext;

/** Builds expressions from parse trees; resolves literals. */
final class ExpressionBuilder {

  /**
   * A chain {@code a.b.c(...)} is a tree as deep as it is long; real ones have 12 links at most.
   */
  private static final int MAX_TRAILERS = 100;

  private ExpressionBuilder() {}

  static List<Expression> buildAll(List<ExpressionContext> expressions) {
    return expressions.stream().map(ExpressionBuilder::build).toList();
  }

  static Expression build(ExpressionContext e) {
    boolean bare = e.postfix().trailer().isEmpty();
    if (e.minus != null && bare) {
      return negated(CodeParser.offset(e.minus), e.postfix().atom());
    }
    Expression value = postfix(e.postfix());
    return e.minus == null ? value : new Expression.Negation(CodeParser.offset(e.minus), value);
  }

  private static Expression negated(int offset, AtomContext atom) {
    if (atom instanceof TorchScriptParser.IntContext i) {
      return new Expression.IntLiteral(offset, integer(offset, "-" + i.getText()));
    }
    return switch (atom(atom)) {
      case Expression.FloatLiteral f -> new Expression.FloatLiteral(offset, -f.value());
      case Expression.ComplexLiteral c -> new Expression.ComplexLiteral(offset, "-" + c.text());
      case Expression operand -> new Expression.Negation(offset, operand);
    };
  }

  private static Expression postfix(TorchScriptParser.PostfixContext p) {
    if (p.trailer().size() > MAX_TRAILERS) {
      throw new CodeSyntaxException(
          CodeParser.offset(p.start),
          "more than " + MAX_TRAILERS + " attributes, calls and indices follow each other");
    }
    int offset = CodeParser.offset(p.start);
    Expression value = atom(p.atom());
    for (TorchScriptParser.TrailerContext trailer : p.trailer()) {
      value =
          switch (trailer) {
            case TorchScriptParser.AttributeContext a ->
                new Expression.Attribute(offset, value, a.NAME().getText());
            case TorchScriptParser.CallContext c -> call(offset, value, c);
            case TorchScriptParser.SubscriptContext s ->
                s.upper != null
                    ? new Expression.Slice(offset, value, build(s.expression(0)), build(s.upper))
                    : new Expression.Subscript(offset, value, buildAll(s.expression()));
            default -> throw new IllegalStateException("unhandled trailer " + trailer.getClass());
          };
    }
    return value;
  }

  private static Expression call(int offset, Expression function, TorchScriptParser.CallContext c) {
    List<Expression> positional = new ArrayList<>();
    List<Expression.Keyword> keywords = new ArrayList<>();
    for (TorchScriptParser.ArgumentContext argument : c.argument()) {
      if (argument.NAME() != null) {
        keywords.add(
            new Expression.Keyword(argument.NAME().getText(), build(argument.expression())));
      } else if (!keywords.isEmpty()) {
        throw new CodeSyntaxException(
            CodeParser.offset(argument.start), "a positional argument follows a keyword argument");
      } else {
        positional.add(build(argument.expression()));
      }
    }
    return new Expression.Call(offset, function, positional, keywords);
  }

  private static Expression atom(AtomContext atom) {
    int offset = CodeParser.offset(atom.start);
    return switch (atom) {
      case TorchScriptParser.NameContext n -> name(offset, n.getText());
      case TorchScriptParser.IntContext i ->
          new Expression.IntLiteral(offset, integer(offset, i.getText()));
      case TorchScriptParser.FloatContext f ->
          new Expression.FloatLiteral(offset, Double.parseDouble(f.getText()));
      case TorchScriptParser.ComplexContext c -> new Expression.ComplexLiteral(offset, c.getText());
      case TorchScriptParser.StringContext s ->
          new Expression.StringLiteral(offset, StringEscapes.resolve(offset, s.getText()));
      case TorchScriptParser.NoneContext _ -> new Expression.NoneLiteral(offset);
      case TorchScriptParser.TrueContext _ -> new Expression.BoolLiteral(offset, true);
      case TorchScriptParser.FalseContext _ -> new Expression.BoolLiteral(offset, false);
      case TorchScriptParser.ListContext l ->
          new Expression.ListLiteral(offset, buildAll(l.expression()));
      case TorchScriptParser.DictContext d -> dict(offset, d);
      case TorchScriptParser.ParenthesisContext p ->
          parenthesis(offset, p.expression(), p.trailing);
      default -> throw new IllegalStateException("unhandled atom " + atom.getClass());
    };
  }

  /** {@code inf} and {@code nan} are names to Python but constants here. */
  private static Expression name(int offset, String name) {
    return switch (name) {
      case "inf" -> new Expression.FloatLiteral(offset, Double.POSITIVE_INFINITY);
      case "nan" -> new Expression.FloatLiteral(offset, Double.NaN);
      default -> new Expression.Name(offset, name);
    };
  }

  private static Expression dict(int offset, TorchScriptParser.DictContext d) {
    List<Expression> keys = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    for (TorchScriptParser.EntryContext entry : d.entry()) {
      keys.add(build(entry.expression(0)));
      values.add(build(entry.expression(1)));
    }
    return new Expression.DictLiteral(offset, keys, values);
  }

  /** {@code (a)} is a; {@code ()}, {@code (a,)} and {@code (a, b)} are tuples. */
  private static Expression parenthesis(
      int offset, List<ExpressionContext> elements, Token trailing) {
    return elements.size() == 1 && trailing == null
        ? build(elements.get(0))
        : new Expression.TupleLiteral(offset, buildAll(elements));
  }

  private static long integer(int offset, String digits) {
    BigInteger value = digits.length() > 20 ? BigInteger.ONE.shiftLeft(64) : new BigInteger(digits);
    if (value.bitLength() > 63) {
      throw new CodeSyntaxException(offset, "an integer has more than 64 bits");
    }
    return value.longValue();
  }
}
