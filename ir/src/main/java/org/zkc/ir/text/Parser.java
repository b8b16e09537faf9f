package org.zkc.ir.text;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.Token;
import org.zkc.ir.Checker;
import org.zkc.ir.Diagnostic;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.text.grammar.ZkirLexer;
import org.zkc.ir.text.grammar.ZkirParser;

/**
 * Reads the textual form. Names, operands, attributes and regions are matched against the ops'
 * records, so a new op is read without any change here. Whatever the text, the outcome is a program
 * or an {@link IrSyntaxException}.
 */
public final class Parser {
  /**
   * Brackets nested deeper than this are refused, so that the recursive descent cannot exhaust the
   * stack.
   */
  private static final int MAX_DEPTH = 200;

  /** A program, the place of each op's name in the text, and that of the program's header. */
  public record Parsed(Program program, Map<Op, Span> spans, Span header) {}

  private Parser() {}

  /**
   * The program that {@code text} stands for.
   *
   * @param fileName for messages only
   * @throws IrSyntaxException when it stands for none
   */
  public static Program parse(String text, String fileName, SidecarReader sidecar) {
    return parseWithSpans(text, fileName, sidecar).program();
  }

  /**
   * {@link #parse} for texts that people write: the program is checked as well.
   *
   * @throws IrSyntaxException when the text stands for no program
   * @throws IllFormedTextException when the {@link Checker} refuses the program
   */
  public static Program parseChecked(String text, String fileName, SidecarReader sidecar) {
    Parsed parsed = parseWithSpans(text, fileName, sidecar);
    List<Diagnostic> findings = Checker.check(parsed.program());
    if (!findings.isEmpty()) {
      throw IllFormedTextException.of(findings, parsed, fileName, text);
    }
    return parsed.program();
  }

  /** {@link #parse} together with the places of the ops. */
  public static Parsed parseWithSpans(String text, String fileName, SidecarReader sidecar) {
    Source source = new Source(fileName, text);
    ZkirLexer lexer = new ZkirLexer(CharStreams.fromString(text, fileName));
    lexer.removeErrorListeners();
    CommonTokenStream tokens = new CommonTokenStream(lexer);
    tokens.fill();
    checkDepth(tokens, source);
    ZkirParser parser = new ZkirParser(tokens);
    parser.removeErrorListeners();
    parser.addErrorListener(new Thrower(source));
    Map<Op, Span> spans = new IdentityHashMap<>();
    ZkirParser.FileContext file = parser.file();
    Program program = ProgramReader.program(file, source, sidecar, spans);
    return new Parsed(program, spans, Source.span(file.getStart()));
  }

  private static void checkDepth(CommonTokenStream tokens, Source source) {
    int depth = 0;
    for (Token token : tokens.getTokens()) {
      switch (token.getText()) {
        case "(", "[", "{", "<" -> depth++;
        case ")", "]", "}", ">" -> depth--;
        default -> {}
      }
      if (depth > MAX_DEPTH) {
        throw source.error(token, "brackets are nested more than " + MAX_DEPTH + " deep");
      }
    }
  }

  /** The text being read, as messages need it. */
  record Source(String file, String text) {
    IrSyntaxException error(Token token, String message) {
      return new IrSyntaxException(file, span(token), text, message);
    }

    static Span span(Token token) {
      int length = token.getType() == Token.EOF ? 1 : Math.max(1, token.getText().length());
      return new Span(token.getLine(), token.getCharPositionInLine() + 1, length);
    }
  }

  /** Ends the parse at the first error. */
  private static final class Thrower extends BaseErrorListener {
    private static final int NAMED_ALTERNATIVES = 5;
    private final Source source;

    Thrower(Source source) {
      this.source = source;
    }

    @Override
    public void syntaxError(
        Recognizer<?, ?> recognizer,
        Object offending,
        int line,
        int column,
        String message,
        RecognitionException cause) {
      Token token = (Token) offending;
      String found =
          token.getType() == Token.EOF
              ? "the text ends after this"
              : "'" + token.getText() + "' is not expected here";
      ZkirParser parser = (ZkirParser) recognizer;
      Token last = parser.getTokenStream().LT(-1);
      // An end that comes too early is shown at the last token: there may be no line at the end
      // itself.
      throw source.error(
          token.getType() == Token.EOF && last != null ? last : token, found + expected(parser));
    }

    private static String expected(ZkirParser parser) {
      var tokens = parser.getExpectedTokens().toList();
      if (tokens.isEmpty() || tokens.size() > NAMED_ALTERNATIVES) {
        return "";
      }
      return tokens.stream()
          .map(t -> describe(parser, t))
          .collect(Collectors.joining(" or ", ", expected is ", ""));
    }

    private static String describe(ZkirParser parser, int type) {
      return switch (type) {
        case Token.EOF -> "the end of the text";
        case ZkirParser.VALUE -> "a value (%name)";
        case ZkirParser.SYMBOL -> "a symbol (@name)";
        case ZkirParser.OPERATION -> "an operation (level.name)";
        case ZkirParser.IDENT -> "a name";
        case ZkirParser.EXTENTS -> "a shape (1x3x32x32)";
        case ZkirParser.INTEGER -> "an integer";
        case ZkirParser.DECIMAL -> "a decimal number";
        case ZkirParser.STRING -> "a string";
        default -> parser.getVocabulary().getDisplayName(type);
      };
    }
  }
}
