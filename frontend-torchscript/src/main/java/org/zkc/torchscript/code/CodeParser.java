package org.zkc.torchscript.code;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.BailErrorStrategy;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.ParseCancellationException;
import org.zkc.ir.TorchType;
import org.zkc.ir.UserException;
import org.zkc.torchscript.code.FunctionDefinition.Parameter;

/**
 * Parses code records into definitions and statements; {@link ExpressionBuilder} makes the
 * expressions.
 */
public final class CodeParser {

  /** Thousand times the code of ResNet-18. */
  private static final int MAX_CHARACTERS = 32 << 20;

  private CodeParser() {}

  /**
   * Parses one record.
   *
   * @param record its name, for messages
   * @throws UserException when it is not in the dialect
   */
  public static CodeFile parse(String record, String text) {
    if (text.length() > MAX_CHARACTERS) {
      throw new UserException(
          "The record " + record + " is longer than zkc reads (32 MiB of code).");
    }
    try {
      TorchScriptLexer lexer = new TorchScriptLexer(CharStreams.fromString(text));
      lexer.removeErrorListeners();
      TorchScriptParser parser = new TorchScriptParser(new CommonTokenStream(lexer));
      parser.removeErrorListeners();
      parser.setErrorHandler(new OffsetReportingStrategy());
      return file(parser.file());
    } catch (CodeSyntaxException e) {
      long line = text.substring(0, Math.min(e.offset(), text.length())).lines().count();
      throw new UserException(
          "Line %d of the record %s is not TorchScript code as torch.jit.save prints it: %s."
              .formatted(Math.max(1, line), record, e.getMessage()));
    }
  }

  /** Stops at the first error, with the place of the token that does not fit. */
  private static final class OffsetReportingStrategy extends BailErrorStrategy {
    @Override
    public void recover(Parser recognizer, RecognitionException e) {
      throw unexpected(e.getOffendingToken());
    }

    @Override
    public Token recoverInline(Parser recognizer) throws ParseCancellationException {
      throw unexpected(recognizer.getCurrentToken());
    }

    private static CodeSyntaxException unexpected(Token token) {
      String what =
          switch (token.getType()) {
            case Token.EOF -> "the text ends too early";
            case TorchScriptLexer.NEWLINE -> "the line ends too early";
            case TorchScriptParser.INDENT, TorchScriptParser.DEDENT ->
                "the indentation changes unexpectedly";
            default -> "unexpected '" + abbreviated(token.getText()) + "'";
          };
      return new CodeSyntaxException(token.getStartIndex(), what);
    }

    private static String abbreviated(String text) {
      String clean = text.replaceAll("\\P{Print}", "?");
      return clean.length() <= 40 ? clean : clean.substring(0, 40) + "...";
    }
  }

  private static CodeFile file(TorchScriptParser.FileContext file) {
    List<ClassDefinition> classes = new ArrayList<>();
    List<FunctionDefinition> functions = new ArrayList<>();
    for (TorchScriptParser.DefinitionContext d : file.definition()) {
      if (d.classDefinition() != null) {
        classes.add(classDefinition(d.classDefinition()));
      } else {
        functions.add(function(d.functionDefinition()));
      }
    }
    return new CodeFile(classes, functions);
  }

  private static ClassDefinition classDefinition(TorchScriptParser.ClassDefinitionContext c) {
    List<ClassDefinition.Field> fields = new ArrayList<>();
    List<ClassDefinition.Item> items = new ArrayList<>();
    List<FunctionDefinition> methods = new ArrayList<>();
    for (TorchScriptParser.MemberContext member : c.member()) {
      switch (member) {
        case TorchScriptParser.FieldContext f ->
            fields.add(
                new ClassDefinition.Field(
                    f.NAME().getText(), type(f.type()), optional(f.expression())));
        case TorchScriptParser.AnnotationContext a ->
            fields.add(
                new ClassDefinition.Field(
                    StringEscapes.resolve(offset(a.start), a.STRING().getText()),
                    type(a.type()),
                    Optional.empty()));
        case TorchScriptParser.ListOrEnumItemContext i ->
            items.add(
                new ClassDefinition.Item(
                    i.NAME().getText(), ExpressionBuilder.build(i.expression())));
        case TorchScriptParser.MethodContext m -> methods.add(function(m.functionDefinition()));
        case TorchScriptParser.EmptyMemberContext _ -> {}
        default -> throw new IllegalStateException("unhandled member " + member.getClass());
      }
    }
    Optional<String> base =
        c.NAME().size() > 1 ? Optional.of(c.NAME(1).getText()) : Optional.empty();
    return new ClassDefinition(offset(c.start), c.NAME(0).getText(), base, fields, items, methods);
  }

  private static FunctionDefinition function(TorchScriptParser.FunctionDefinitionContext f) {
    List<Parameter> parameters = new ArrayList<>();
    for (TorchScriptParser.ParameterContext p : f.parameter()) {
      parameters.add(
          new Parameter(
              p.NAME().getText(),
              Optional.ofNullable(p.type()).map(CodeParser::type),
              optional(p.expression())));
    }
    return new FunctionDefinition(
        offset(f.start),
        f.NAME().getText(),
        parameters,
        Optional.ofNullable(f.type()).map(CodeParser::type),
        suite(f.suite()));
  }

  private static List<Statement> suite(TorchScriptParser.SuiteContext suite) {
    return suite.statement().stream().map(CodeParser::statement).toList();
  }

  private static Statement statement(TorchScriptParser.StatementContext s) {
    int offset = offset(s.start);
    return switch (s) {
      case TorchScriptParser.SimpleContext simple -> simple(simple.simpleStatement());
      case TorchScriptParser.IfContext i ->
          new Statement.If(
              offset,
              ExpressionBuilder.build(i.expression()),
              suite(i.suite(0)),
              suite(i.suite(1)));
      case TorchScriptParser.WhileContext w ->
          new Statement.While(offset, ExpressionBuilder.build(w.expression()), suite(w.suite()));
      case TorchScriptParser.ForContext f ->
          new Statement.For(
              offset, f.NAME().getText(), rangeCount(f.expression()), suite(f.suite()));
      case TorchScriptParser.WithContext w ->
          new Statement.With(
              offset,
              ExpressionBuilder.build(w.expression()),
              Optional.ofNullable(w.NAME()).map(n -> n.getText()),
              suite(w.suite()));
      case TorchScriptParser.NestedFunctionContext n ->
          new Statement.NestedFunction(offset, function(n.functionDefinition()));
      default -> throw new IllegalStateException("unhandled statement " + s.getClass());
    };
  }

  private static Expression rangeCount(TorchScriptParser.ExpressionContext e) {
    if (ExpressionBuilder.build(e) instanceof Expression.Call call
        && call.function() instanceof Expression.Name n
        && n.name().equals("range")
        && call.positional().size() == 1
        && call.keywords().isEmpty()) {
      return call.positional().get(0);
    }
    throw new CodeSyntaxException(
        offset(e.start), "a 'for' iterates over something else than range(n)");
  }

  private static Statement simple(TorchScriptParser.SimpleStatementContext s) {
    int offset = offset(s.start);
    return switch (s) {
      case TorchScriptParser.TypedAssignmentContext a ->
          new Statement.Assign(
              offset,
              a.NAME().getText(),
              Optional.of(type(a.type())),
              ExpressionBuilder.build(a.expression()));
      case TorchScriptParser.ReturnContext r ->
          new Statement.Return(offset, ExpressionBuilder.build(r.expression()));
      case TorchScriptParser.PassContext _ -> new Statement.Pass(offset);
      case TorchScriptParser.AssignmentOrEffectContext a -> assignmentOrEffect(offset, a);
      default -> throw new IllegalStateException("unhandled statement " + s.getClass());
    };
  }

  private static Statement assignmentOrEffect(
      int offset, TorchScriptParser.AssignmentOrEffectContext a) {
    List<Expression> left = ExpressionBuilder.buildAll(a.expressions(0).expression());
    boolean comma = a.trailing != null;
    if (a.expressions().size() == 1) {
      if (left.size() != 1 || comma) {
        throw new CodeSyntaxException(offset, "several expressions stand without an assignment");
      }
      return new Statement.Effect(offset, left.get(0));
    }
    List<Expression> right = ExpressionBuilder.buildAll(a.expressions(1).expression());
    if (left.size() == 1
        && !comma
        && left.get(0) instanceof Expression.Attribute target
        && right.size() == 1) {
      return new Statement.SetAttribute(offset, target.base(), target.name(), right.get(0));
    }
    List<String> targets = new ArrayList<>();
    for (Expression target : left) {
      if (!(target instanceof Expression.Name n)) {
        throw new CodeSyntaxException(target.offset(), "something else than a name is assigned to");
      }
      targets.add(n.name());
    }
    if (right.size() == 1) {
      Expression value = right.get(0);
      if (comma) {
        return new Statement.Unpack(offset, targets, value);
      }
      return targets.size() == 1
          ? new Statement.Assign(offset, targets.get(0), Optional.empty(), value)
          : new Statement.AssignResults(offset, targets, value);
    }
    if (comma || right.size() != targets.size()) {
      throw new CodeSyntaxException(
          offset, "the two sides of an assignment have different lengths");
    }
    return new Statement.AssignTogether(offset, targets, right);
  }

  private static TorchType type(TorchScriptParser.TypeContext t) {
    return switch (t) {
      case TorchScriptParser.NamedTypeContext n -> TypeNames.named(n.getText());
      case TorchScriptParser.NoneTypeContext _ -> new TorchType.Simple("NoneType");
      case TorchScriptParser.EmptyTupleTypeContext e ->
          new TorchType.Generic(constructor(e.NAME().getText(), e.start), List.of());
      case TorchScriptParser.GenericTypeContext g ->
          TypeNames.type(
              constructor(g.NAME().getText(), g.start),
              g.type().stream().map(CodeParser::type).toList());
      default -> throw new IllegalStateException("unhandled type " + t.getClass());
    };
  }

  private static String constructor(String name, Token at) {
    if (!TypeNames.isConstructor(name)) {
      throw new CodeSyntaxException(offset(at), "'" + name + "' takes no type arguments");
    }
    return name;
  }

  private static Optional<Expression> optional(TorchScriptParser.ExpressionContext e) {
    return Optional.ofNullable(e).map(ExpressionBuilder::build);
  }

  static int offset(Token token) {
    return token.getStartIndex();
  }
}
