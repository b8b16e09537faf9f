package org.zkc.stablehlo.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;
import org.zkc.stablehlo.program.FloatFormat;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloElementType;
import org.zkc.stablehlo.program.HloElementType.IntegerElement;
import org.zkc.stablehlo.program.HloElementType.Signedness;
import org.zkc.stablehlo.program.HloType;
import org.zkc.stablehlo.program.HloType.TensorOf;
import org.zkc.stablehlo.text.StablehloParser.NonFunctionTypeContext;

/** Types of a text. */
final class TypeReader {
  private static final Pattern INTEGER = Pattern.compile("(si|ui|i)([0-9]{1,5})");
  private static final String NOT_READ = "export the model with the types of StableHLO";

  private final SourceText source;
  private final Aliases<StablehloParser.TypeContext, HloType> aliases;
  private final Aliases.Weight weight;
  private final Function<StablehloParser.AttributeContext, HloAttribute> attributes;

  TypeReader(
      SourceText source,
      Aliases<StablehloParser.TypeContext, HloType> aliases,
      Aliases.Weight weight,
      Function<StablehloParser.AttributeContext, HloAttribute> attributes) {
    this.source = source;
    this.aliases = aliases;
    this.weight = weight;
    this.attributes = attributes;
  }

  HloType type(StablehloParser.TypeContext type) {
    return type.functionType() != null
        ? function(type.functionType())
        : simple(type.nonFunctionType());
  }

  List<HloType> types(StablehloParser.@Nullable TypesContext types) {
    List<HloType> out = new ArrayList<>();
    if (types != null) {
      for (StablehloParser.TypeContext type : types.type()) {
        out.add(type(type));
      }
    }
    return out;
  }

  HloType.FunctionOf function(StablehloParser.FunctionTypeContext function) {
    weight.add(1);
    return new HloType.FunctionOf(types(function.types()), results(function.results()));
  }

  List<HloType> results(StablehloParser.ResultsContext results) {
    return results.nonFunctionType() != null
        ? List.of(simple(results.nonFunctionType()))
        : types(results.types());
  }

  HloType simple(NonFunctionTypeContext type) {
    weight.add(1);
    return switch (type) {
      case StablehloParser.TensorTypeContext tensor -> tensor(tensor);
      case StablehloParser.ShapedTypeContext shaped -> new HloType.Opaque(text(shaped));
      case StablehloParser.ComplexTypeContext complex -> new HloType.Scalar(complex(complex));
      case StablehloParser.TupleTypeContext tuple -> new HloType.TupleOf(types(tuple.types()));
      case StablehloParser.QuantizedTypeContext quantized ->
          new HloType.Scalar(quantized(quantized));
      case StablehloParser.DialectTypeContext dialect -> dialect(dialect);
      case StablehloParser.NamedTypeContext named -> named(named.ID().getSymbol());
      default -> throw new IllegalStateException("unhandled type " + type.getClass());
    };
  }

  private HloType dialect(StablehloParser.DialectTypeContext dialect) {
    String name = dialect.BANG().getText();
    if (name.equals("!stablehlo.token")) {
      return new HloType.Token();
    }
    if (dialect.opaqueBody() != null || name.indexOf('.') >= 0) {
      return new HloType.Opaque(text(dialect));
    }
    return aliases
        .resolve(name, dialect.getStart(), this::type)
        .orElseThrow(
            () -> source.fault(dialect, "the type %s is not defined".formatted(name), "define it"));
  }

  private HloType named(Token name) {
    String word = name.getText();
    if (word.equals("none")) {
      return new HloType.Opaque(word);
    }
    return new HloType.Scalar(
        element(word)
            .orElseThrow(() ->
                source.fault(name, "'%s' is no type that zkc reads".formatted(word), NOT_READ)));
  }

  /** The element type that a word names. */
  static Optional<HloElementType> element(String word) {
    Matcher integer = INTEGER.matcher(word);
    if (integer.matches()) {
      int bits = Integer.parseInt(integer.group(2));
      Signedness signedness =
          switch (integer.group(1)) {
            case "si" -> Signedness.SIGNED;
            case "ui" -> Signedness.UNSIGNED;
            default -> Signedness.SIGNLESS;
          };
      return bits >= 1 && bits <= Long.SIZE
          ? Optional.of(new IntegerElement(signedness, bits))
          : Optional.empty();
    }
    if (word.equals("index")) {
      return Optional.of(new HloElementType.IndexElement());
    }
    return FloatFormat.of(word).map(HloElementType.FloatElement::new);
  }

  private HloElementType complex(StablehloParser.ComplexTypeContext complex) {
    HloElementType part = elementOf(complex.nonFunctionType());
    if (part instanceof HloElementType.FloatElement || part instanceof IntegerElement) {
      return new HloElementType.ComplexElement(part);
    }
    throw source.fault(complex, part.text() + " is no part of a complex number", NOT_READ);
  }

  /** A type as that of a tensor's elements. */
  private HloElementType elementOf(NonFunctionTypeContext type) {
    return switch (simple(type)) {
      case HloType.Scalar scalar -> scalar.element();
      case HloType.Opaque opaque -> new HloElementType.Opaque(opaque.text());
      case HloType.TensorOf _,
          HloType.Unranked _,
          HloType.TupleOf _,
          HloType.Token _,
          HloType.FunctionOf _ ->
          throw source.fault(type, "this is no type of a tensor's elements", NOT_READ);
    };
  }

  private HloType tensor(StablehloParser.TensorTypeContext tensor) {
    HloElementType element = elementOf(tensor.nonFunctionType());
    List<TerminalNode> written = tensor.EXTENT();
    if (written.size() == 1 && written.get(0).getText().startsWith("*")) {
      return new HloType.Unranked(element);
    }
    if (written.size() > TextLimits.MAX_RANK) {
      throw source.fault(
          tensor,
          "the tensor has %d dimensions, zkc reads %d at most"
              .formatted(written.size(), TextLimits.MAX_RANK),
          NOT_READ);
    }
    List<Long> extents = new ArrayList<>(written.size());
    for (TerminalNode extent : written) {
      extents.add(extent(extent.getSymbol()));
    }
    Optional<HloAttribute> encoding = Optional.ofNullable(tensor.attribute()).map(attributes);
    TensorOf type = new TensorOf(extents, element, encoding);
    if (type.isStatic()) {
      try {
        type.elementCount();
      } catch (ArithmeticException e) {
        throw source.fault(
            tensor, "the tensor has more elements than 64 bits count", "export a smaller one");
      }
    }
    return type;
  }

  private long extent(Token token) {
    String text = token.getText();
    String digits = text.substring(0, text.length() - 1).strip();
    if (digits.equals("?")) {
      return TensorOf.DYNAMIC;
    }
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw source.fault(token, "'%s' is no extent".formatted(digits), "write a number");
    }
  }

  private HloElementType quantized(StablehloParser.QuantizedTypeContext quantized) {
    String stored = quantized.ID(0).getText();
    String real = quantized.ID(1).getText();
    FloatFormat expressed =
        FloatFormat.of(real)
            .orElseThrow(() ->
                source.fault(
                    quantized.ID(1).getSymbol(),
                    "'%s' is no floating-point type".formatted(real),
                    NOT_READ));
    boolean isBlocked =
        quantized.quantizedAxis() != null && quantized.quantizedAxis().LEFT_BRACE() != null;
    if (isBlocked || !(element(stored).orElse(null) instanceof IntegerElement written)) {
      // Scales per block of an axis, and stored numbers that are no integers.
      return new HloElementType.Opaque(text(quantized));
    }
    // Without a sign in the type, MLIR's quantised types are signed.
    boolean signed = written.signedness() != Signedness.UNSIGNED;
    long least = signed ? -1L << written.bits() - 1 : 0;
    long greatest = signed ? ~least : (1L << written.bits()) - 1;
    if (!quantized.number().isEmpty()) {
      least = integer(quantized.number(0));
      greatest = integer(quantized.number(1));
    }
    OptionalInt axis =
        quantized.quantizedAxis() == null
            ? OptionalInt.empty()
            : OptionalInt.of(index(quantized.quantizedAxis().INT(0).getSymbol()));
    List<Double> scales = new ArrayList<>();
    List<Long> zeroPoints = new ArrayList<>();
    scales(quantized.quantizedScales(), axis.isPresent() ? 1 : 0, scales, zeroPoints);
    return new HloElementType.Quantized(
        written, least, greatest, expressed, axis, scales, zeroPoints);
  }

  private int index(Token token) {
    try {
      return Integer.parseInt(token.getText());
    } catch (NumberFormatException e) {
      throw source.fault(token, token.getText() + " is no dimension", "write a smaller number");
    }
  }

  private void scales(
      StablehloParser.QuantizedScalesContext written,
      int depth,
      List<Double> scales,
      List<Long> zeroPoints) {
    boolean isList = written.scale() == null;
    if (isList != (depth > 0)) {
      throw source.fault(
          written,
          isList ? "one scale is expected" : "a list of scales is expected",
          "write as many scales as the axis has indices");
    }
    if (isList) {
      written.quantizedScales().forEach(s -> scales(s, depth - 1, scales, zeroPoints));
      return;
    }
    scales.add(real(written.scale().number(0)));
    zeroPoints.add(written.scale().number().size() > 1 ? integer(written.scale().number(1)) : 0L);
  }

  /** An integer of at most 64 bits, as its bits. */
  long integer(StablehloParser.NumberContext number) {
    byte[] text = number.getText().getBytes(StandardCharsets.ISO_8859_1);
    try {
      return NumberText.integer(
          text, text.length, new IntegerElement(Signedness.SIGNLESS, Long.SIZE));
    } catch (NumberText.NotOfType e) {
      throw source.fault(number, String.valueOf(e.getMessage()), "write an integer of 64 bits");
    }
  }

  /** A real number; one in hexadecimal is the bits of an f64. */
  double real(StablehloParser.NumberContext number) {
    if (number.HEX() != null) {
      return Double.longBitsToDouble(integer(number));
    }
    byte[] text = number.getText().getBytes(StandardCharsets.ISO_8859_1);
    try {
      return NumberText.decimal(text, text.length);
    } catch (NumberText.NotOfType e) {
      throw source.fault(number, String.valueOf(e.getMessage()), "write a number");
    }
  }

  /** The characters of a part of the text, spaces and all. */
  String text(ParserRuleContext part) {
    return source
        .text()
        .substring(part.getStart().getStartIndex(), part.getStop().getStopIndex() + 1);
  }
}
