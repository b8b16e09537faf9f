package org.zkc.stablehlo.text;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.antlr.v4.runtime.BailErrorStrategy;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.DefaultErrorStrategy;
import org.antlr.v4.runtime.ListTokenSource;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.atn.PredictionMode;
import org.antlr.v4.runtime.misc.ParseCancellationException;
import org.zkc.ir.UserException;
import org.zkc.stablehlo.program.HloModule;
import org.zkc.stablehlo.program.HloProgram;
import org.zkc.torchscript.archive.ZipArchive;

/**
 * Reads StableHLO text. Literals stay ranges of the mapped file until they are needed. For every
 * text, the outcome is a program or a {@link UserException}, in time linear in the text and within
 * {@link TextLimits}.
 */
public final class StablehloText {
  private static final String REMEDY = "write the file with its exporter again, or mend this line";
  private static final int SHOWN = 40;

  private static final int NAMED_ALTERNATIVES = 5;

  private final SourceText source;

  private StablehloText(SourceText source) {
    this.source = source;
  }

  /**
   * Reads a file, which must not change while the program is in use.
   *
   * @throws UserException when the file cannot be read, or is no program
   */
  public static HloProgram read(Path file) {
    return read(String.valueOf(file.getFileName()), ZipArchive.map(file));
  }

  /** Reads a text in memory, as {@link #read(Path)} does a file; {@code name} is for messages. */
  public static HloProgram read(String name, MemorySegment bytes) {
    OtherForms.of(bytes)
        .ifPresent(form -> {
          throw new UserException("%s %s.".formatted(name, form.sentence()));
        });
    SourceText source = LiteralCutter.cut(name, bytes);
    try {
      return new StablehloText(source).program();
    } catch (StackOverflowError e) {
      // Nesting and chains of aliases are bounded each; the two together may still be too deep.
      throw source.faultAt(
          0, "the text nests too deeply to be a model", "write it with its exporter again");
    }
  }

  private HloProgram program() {
    List<Token> tokens = tokens();
    CommonTokenStream stream = new CommonTokenStream(new ListTokenSource(tokens));
    StablehloParser.FileContext file = parse(stream);
    return new HloProgram(source.name(), modules(file, tokens), source::line);
  }

  private List<Token> tokens() {
    StablehloLexer lexer = new StablehloLexer(CharStreams.fromString(source.text()));
    lexer.removeErrorListeners();
    List<Token> tokens = new ArrayList<>();
    int depth = 0;
    Token token;
    do {
      token = lexer.nextToken();
      tokens.add(token);
      switch (token.getType()) {
        case StablehloLexer.LEFT_PAREN,
            StablehloLexer.LEFT_BRACKET,
            StablehloLexer.LEFT_BRACE,
            StablehloLexer.LESS,
            StablehloLexer.TENSOR,
            StablehloLexer.SHAPED ->
            depth++;
        case StablehloLexer.RIGHT_PAREN,
            StablehloLexer.RIGHT_BRACKET,
            StablehloLexer.RIGHT_BRACE,
            StablehloLexer.GREATER ->
            depth--;
        default -> {}
      }
      if (depth > TextLimits.MAX_NESTING) {
        throw source.fault(
            token,
            "brackets are nested more than %d deep".formatted(TextLimits.MAX_NESTING),
            "write the program with less nesting");
      }
      if (tokens.size() > TextLimits.MAX_TOKENS) {
        throw source.fault(
            token,
            "the text has more than %d words and signs".formatted(TextLimits.MAX_TOKENS),
            "export the model in parts");
      }
    } while (token.getType() != Token.EOF);
    return tokens;
  }

  /**
   * Parses by SLL prediction, which does for every well-formed text; a text that it refuses is
   * parsed again with full context, for the message.
   */
  private StablehloParser.FileContext parse(CommonTokenStream stream) {
    StablehloParser parser = new StablehloParser(stream);
    parser.removeErrorListeners();
    parser.getInterpreter().setPredictionMode(PredictionMode.SLL);
    parser.setErrorHandler(new BailErrorStrategy());
    try {
      return parser.file();
    } catch (ParseCancellationException e) {
      stream.seek(0);
      parser.reset();
      parser.getInterpreter().setPredictionMode(PredictionMode.LL);
      parser.setErrorHandler(new DefaultErrorStrategy());
      parser.addErrorListener(new Thrower());
      return parser.file();
    }
  }

  /** Ends the parse at the first error. */
  private final class Thrower extends BaseErrorListener {
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
              ? "the text ends too early"
              : "'%s' is not expected here".formatted(abbreviated(token.getText()));
      StablehloParser parser = (StablehloParser) recognizer;
      throw source.fault(token, found + expected(parser), REMEDY);
    }

    private String expected(StablehloParser parser) {
      List<Integer> tokens = parser.getExpectedTokens().toList();
      if (tokens.isEmpty() || tokens.size() > NAMED_ALTERNATIVES) {
        return "";
      }
      List<String> names =
          tokens.stream().map(t -> parser.getVocabulary().getDisplayName(t)).toList();
      return ", expected is " + String.join(" or ", names);
    }

    private static String abbreviated(String text) {
      String clean = text.replaceAll("\\P{Print}", "?");
      return clean.length() <= SHOWN ? clean : clean.substring(0, SHOWN) + "...";
    }
  }

  /** The text between two separators. */
  private static final class Section {
    final List<StablehloParser.OperationContext> operations = new ArrayList<>();
    final Map<String, StablehloParser.AttributeContext> attributes = new HashMap<>();
    final Map<String, StablehloParser.TypeContext> types = new HashMap<>();
    final Map<String, Token> resources = new HashMap<>();
  }

  private List<HloModule> modules(StablehloParser.FileContext file, List<Token> tokens) {
    List<Section> sections = new ArrayList<>();
    int before = 0;
    for (StablehloParser.TopLevelContext part : file.topLevel()) {
      int at = part.getStart().getTokenIndex();
      boolean isSplit = sections.isEmpty();
      for (int i = before; i < at; i++) {
        isSplit |= tokens.get(i).getType() == StablehloLexer.SPLIT;
      }
      if (isSplit) {
        sections.add(new Section());
      }
      before = part.getStop().getTokenIndex() + 1;
      add(sections.getLast(), part);
    }
    List<HloModule> out = new ArrayList<>();
    for (Section section : sections) {
      out.add(module(section));
    }
    return out;
  }

  private void add(Section section, StablehloParser.TopLevelContext part) {
    switch (part) {
      case StablehloParser.AttributeAliasContext alias -> {
        if (section.attributes.put(alias.HASH().getText(), alias.attribute()) != null) {
          throw twice(alias.getStart());
        }
      }
      case StablehloParser.TypeAliasContext alias -> {
        if (section.types.put(alias.BANG().getText(), alias.type()) != null) {
          throw twice(alias.getStart());
        }
      }
      case StablehloParser.ResourcesContext resources -> resources(section, resources);
      case StablehloParser.TopLevelOperationContext operation ->
          section.operations.add(operation.operation());
      default -> throw new IllegalStateException("unhandled part " + part.getClass());
    }
  }

  private HloSyntaxException twice(Token name) {
    return source.fault(name, "%s is defined twice".formatted(name.getText()), "define it once");
  }

  private void resources(Section section, StablehloParser.ResourcesContext resources) {
    for (StablehloParser.SectionContext s : resources.section()) {
      if (!s.word().getText().equals("dialect_resources")) {
        continue;
      }
      for (StablehloParser.ResourceGroupContext group : s.resourceGroup()) {
        for (StablehloParser.ResourceContext resource : group.resource()) {
          boolean isQuoted = resource.word() == null;
          Token value =
              resource.STRING(isQuoted ? 1 : 0) == null
                  ? null
                  : resource.STRING(isQuoted ? 1 : 0).getSymbol();
          if (value != null) {
            section.resources.put(
                isQuoted
                    ? Strings.value(source, resource.STRING(0).getSymbol())
                    : resource.word().getText(),
                value);
          }
        }
      }
    }
  }

  private HloModule module(Section section) {
    AttributeReader attributes =
        new AttributeReader(source, section.types, section.attributes, section.resources);
    LocationReader locations =
        new LocationReader(source, new Aliases<>(source, section.attributes, new Aliases.Weight()));
    return new ModuleReader(source, attributes, locations).section(section.operations);
  }
}
