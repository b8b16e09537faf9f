package org.zkc.ir.text;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.zkc.ir.ColumnType;
import org.zkc.ir.DType;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Shape;
import org.zkc.ir.SpectrumType;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.TorchType;
import org.zkc.ir.Type;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.text.Parser.Source;
import org.zkc.ir.text.grammar.ZkirParser;

/** Attribute values, types, locations and names out of the parse tree. */
final class LiteralReader {
  private final Source source;
  private final SidecarReader sidecar;
  private final Level level;

  LiteralReader(Source source, SidecarReader sidecar, Level level) {
    this.source = source;
    this.sidecar = sidecar;
    this.level = level;
  }

  /** Runs a constructor; its refusal becomes an error at {@code token}. */
  <T> T guarded(Token token, Supplier<T> construct) {
    try {
      return construct.get();
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw source.error(token, String.valueOf(e.getMessage()));
    }
  }

  /** The value of an attribute, of the type that the op's record declares. */
  Object attribute(ZkirParser.LiteralContext literal, OpSpec.Component component) {
    return switch (component.cardinality()) {
      case ONE -> single(literal, component);
      case OPTIONAL -> Optional.of(single(literal, component));
      case MANY -> {
        if (!(literal instanceof ZkirParser.ListLiteralContext list)) {
          throw mismatch(literal, component, "a list");
        }
        List<Object> out = new ArrayList<>();
        for (ZkirParser.ElementContext each : list.list().element()) {
          out.add(element(each, component));
        }
        yield out;
      }
    };
  }

  /** The class of the component's elements; a number is real at the tensor level. */
  private Class<?> wanted(OpSpec.Component component) {
    return component.element() != Number.class
        ? component.element()
        : level == Level.TENSOR ? Double.class : Long.class;
  }

  private Object single(ZkirParser.LiteralContext literal, OpSpec.Component component) {
    Class<?> wanted = wanted(component);
    return switch (literal) {
      case ZkirParser.NumberLiteralContext number when isNumeric(wanted) ->
          number(number.number(), component);
      case ZkirParser.StringLiteralContext string when wanted == String.class ->
          unquote(string.STRING().getSymbol());
      case ZkirParser.BooleanLiteralContext flag when wanted == Boolean.class ->
          flag.getText().equals("true");
      case ZkirParser.TensorLiteralContext t when wanted == TensorData.class -> tensor(t.tensor());
      case ZkirParser.TensorLiteralContext t when wanted == IntegerWeights.class ->
          weights(t.tensor(), List.of());
      case ZkirParser.ShiftedLiteralContext t when wanted == IntegerWeights.class ->
          weights(t.tensor(), t.list().element());
      case ZkirParser.EnumLiteralContext word when wanted.isEnum() ->
          constant(word.IDENT().getSymbol(), wanted);
      default -> throw mismatch(literal, component, describe(wanted));
    };
  }

  private IntegerWeights weights(
      ZkirParser.TensorContext mantissas, List<ZkirParser.ElementContext> shifts) {
    TensorData data = tensor(mantissas);
    List<Integer> channelShifts = new ArrayList<>();
    for (ZkirParser.ElementContext each : shifts) {
      if (each.number() == null || each.number().INTEGER() == null) {
        throw source.error(each.getStart(), "'" + each.getText() + "' is not a shift");
      }
      channelShifts.add(int32(each.number().INTEGER().getSymbol()));
    }
    return guarded(mantissas.getStart(), () -> IntegerWeights.of(data, channelShifts));
  }

  private Object element(ZkirParser.ElementContext context, OpSpec.Component component) {
    Class<?> wanted = component.element();
    if (context.STRING() != null && wanted == String.class) {
      return unquote(context.STRING().getSymbol());
    }
    if (context.number() != null && isNumeric(wanted)) {
      return number(context.number(), component);
    }
    throw mismatch(context, component, "a list, each element " + describe(wanted));
  }

  private static boolean isNumeric(Class<?> type) {
    return type == Integer.class || type == Long.class || type == Double.class;
  }

  private static String describe(Class<?> type) {
    if (type.isEnum()) {
      return "one of " + names(type);
    }
    return type == Integer.class || type == Long.class
        ? "an integer"
        : type == Double.class
            ? "a number"
            : type == Boolean.class
                ? "true or false"
                : type == String.class
                    ? "a string"
                    : type == IntegerWeights.class
                        ? "a tensor (dense<...>), or a tensor << [shifts]"
                        : "a tensor (dense<...>)";
  }

  private static List<String> names(Class<?> enumeration) {
    return Arrays.stream(enumeration.getEnumConstants())
        .map(e -> ((Enum<?>) e).name().toLowerCase(Locale.ROOT))
        .toList();
  }

  private IrSyntaxException mismatch(
      ParserRuleContext context, OpSpec.Component component, String wanted) {
    return source.error(
        context.getStart(), "attribute '" + component.name() + "' must be " + wanted);
  }

  private Object number(ZkirParser.NumberContext context, OpSpec.Component component) {
    Class<?> wanted = wanted(component);
    if (wanted == Double.class) {
      return real(context);
    }
    if (context.INTEGER() == null) {
      throw mismatch(context, component, "an integer");
    }
    Token token = context.INTEGER().getSymbol();
    return wanted == Integer.class ? (Object) int32(token) : (Object) int64(token);
  }

  private double real(ZkirParser.NumberContext context) {
    return switch (context.getText()) {
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      case "nan" -> Double.NaN;
      default -> Double.parseDouble(context.getText());
    };
  }

  private float real32(ZkirParser.NumberContext context) {
    return switch (context.getText()) {
      case "inf", "-inf", "nan" -> (float) real(context);
      default -> Float.parseFloat(context.getText()); // not through double: that would round twice
    };
  }

  private int int32(Token token) {
    long value = int64(token);
    if (value != (int) value) {
      throw source.error(token, token.getText() + " does not fit 32 bits");
    }
    return (int) value;
  }

  private long int64(Token token) {
    try {
      return Long.parseLong(token.getText());
    } catch (NumberFormatException e) {
      throw source.error(token, token.getText() + " does not fit 64 bits");
    }
  }

  private Object constant(Token token, Class<?> enumeration) {
    for (Object each : enumeration.getEnumConstants()) {
      if (((Enum<?>) each).name().toLowerCase(Locale.ROOT).equals(token.getText())) {
        return each;
      }
    }
    throw source.error(token, "'" + token.getText() + "' is not one of " + names(enumeration));
  }

  private TensorData tensor(ZkirParser.TensorContext context) {
    Shape shape = shape(context.shape());
    DType dtype = dtype(context.IDENT().getSymbol());
    if (context.SYMBOL() != null) {
      Token symbol = context.SYMBOL().getSymbol();
      MemorySegment bytes =
          sidecar
              .load(symbol(symbol))
              .orElseThrow(() ->
                  source.error(
                      symbol,
                      "tensor " + symbol.getText() + " is not in the file of tensors given"));
      return guarded(symbol, () -> new TensorData(dtype, shape, bytes));
    }
    List<ZkirParser.ElementContext> elements = context.list().element();
    if (shape.elementCount() != elements.size()) {
      throw source.error(
          context.list().getStart(),
          "shape "
              + shape
              + " has "
              + shape.elementCount()
              + " elements, the list has "
              + elements.size());
    }
    for (ZkirParser.ElementContext each : elements) {
      if (each.number() == null || (!dtype.isFloating() && each.number().INTEGER() == null)) {
        throw source.error(
            each.getStart(), "'" + each.getText() + "' is not an element of " + dtype.text());
      }
    }
    return switch (dtype) {
      case F32 -> {
        float[] values = new float[elements.size()];
        for (int i = 0; i < values.length; i++) {
          values[i] = real32(elements.get(i).number());
        }
        yield TensorData.ofFloats(shape, values);
      }
      case F64, F16, BF16 ->
          TensorData.ofReals(
              dtype, shape, elements.stream().mapToDouble(e -> real(e.number())).toArray());
      case I64, I32, I16, I8, U8, I1, U16, U32, U64 ->
          guarded(
              context.list().getStart(),
              () ->
                  TensorData.ofLongs(
                      dtype,
                      shape,
                      elements.stream()
                          .mapToLong(e -> int64(e.number().INTEGER().getSymbol()))
                          .toArray()));
    };
  }

  private DType dtype(Token token) {
    return (DType) constant(token, DType.class);
  }

  private Shape shape(ZkirParser.ShapeContext context) {
    Token token = context.getStart();
    if (token.getText().equals("scalar")) {
      return Shape.of();
    }
    List<Integer> extents = new ArrayList<>();
    for (String each : token.getText().split("x", -1)) {
      try {
        extents.add(Integer.parseInt(each));
      } catch (NumberFormatException e) {
        throw source.error(token, "extent " + each + " does not fit 32 bits");
      }
    }
    return guarded(token, () -> new Shape(extents));
  }

  Type type(ZkirParser.TypeContext context) {
    Token start = context.getStart();
    return switch (context) {
      case ZkirParser.TensorTypeContext t -> {
        expectWord(start, "tensor");
        yield new TensorType(dtype(t.IDENT(1).getSymbol()), shape(t.shape()));
      }
      case ZkirParser.IntegerTypeContext t -> {
        expectWord(start, "int");
        Shape shape = shape(t.shape());
        long low = int64(t.interval().INTEGER(0).getSymbol());
        long high = int64(t.interval().INTEGER(1).getSymbol());
        yield guarded(start, () -> new IntegerType(shape, low, high, real(t.number())));
      }
      case ZkirParser.ColumnTypeContext t -> {
        boolean isSpectrum = start.getText().equals("spectrum");
        if (!isSpectrum) {
          expectWord(start, "col");
        }
        ColumnType.Kind kind =
            (ColumnType.Kind) constant(t.IDENT(1).getSymbol(), ColumnType.Kind.class);
        Shape shape = shape(t.shape());
        long low = int64(t.interval().INTEGER(0).getSymbol());
        long high = int64(t.interval().INTEGER(1).getSymbol());
        yield guarded(
            start,
            () ->
                isSpectrum
                    ? new SpectrumType(kind, shape, low, high)
                    : new ColumnType(kind, shape, low, high));
      }
      case ZkirParser.ClassTypeContext t -> {
        expectWord(start, "class");
        yield new TorchType.Named(unquote(t.STRING().getSymbol()));
      }
      case ZkirParser.TorchTypeContext t -> torchType(t);
      default -> throw new IllegalStateException("unknown alternative of the type rule");
    };
  }

  private TorchType torchType(ZkirParser.TorchTypeContext context) {
    Token start = context.getStart();
    String name = start.getText();
    boolean plain = context.getChildCount() == 1;
    if (plain) {
      return name.equals("Tensor")
          ? new TorchType.Tensor()
          : guarded(start, () -> new TorchType.Simple(name));
    }
    List<TorchType> arguments = new ArrayList<>();
    for (ZkirParser.TypeContext each : context.type()) {
      if (!(type(each) instanceof TorchType argument)) {
        throw source.error(each.getStart(), "a type argument must be a type of the torch level");
      }
      arguments.add(argument);
    }
    return guarded(start, () -> new TorchType.Generic(name, arguments));
  }

  private void expectWord(Token token, String word) {
    if (!token.getText().equals(word)) {
      throw source.error(
          token, "'" + token.getText() + "' is not a type; this form belongs to '" + word + "'");
    }
  }

  /** The location, {@link Location#UNKNOWN} where none is given. */
  Location location(ZkirParser.LocationContext context) {
    if (context == null) {
      return Location.UNKNOWN;
    }
    String text = context.STRING().size() == 2 ? unquote(context.STRING(1).getSymbol()) : "";
    int layer = context.INTEGER().size() == 2 ? layer(context.INTEGER(1).getSymbol()) : 0;
    return new Location(
        unquote(context.STRING(0).getSymbol()), int32(context.INTEGER(0).getSymbol()), text, layer);
  }

  private int layer(Token token) {
    int layer = int32(token);
    if (layer < 1) {
      throw source.error(token, "layers are numbered from 1");
    }
    return layer;
  }

  /** The name behind the @ sign. */
  String symbol(Token token) {
    String text = token.getText().substring(1);
    return text.startsWith("\"") ? unquote(token, text) : text;
  }

  private String unquote(Token token) {
    return unquote(token, token.getText());
  }

  private String unquote(Token token, String quoted) {
    StringBuilder out = new StringBuilder();
    for (int i = 1; i < quoted.length() - 1; i++) {
      char c = quoted.charAt(i);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escape = quoted.charAt(++i);
      switch (escape) {
        case '"', '\\' -> out.append(escape);
        case 'n' -> out.append('\n');
        case 't' -> out.append('\t');
        case 'u' -> {
          String digits = quoted.substring(i + 1, Math.min(i + 5, quoted.length() - 1));
          if (!digits.matches("[0-9a-f]{4}")) {
            throw source.error(token, "\\u takes four lower-case hexadecimal digits");
          }
          out.append((char) Integer.parseInt(digits, 16));
          i += 4;
        }
        default ->
            throw source.error(
                token,
                (Character.isISOControl(escape) ? "\\ before a control character" : "\\" + escape)
                    + " is not an escape; there are \\\" \\\\ \\n \\t \\u");
      }
    }
    return out.toString();
  }
}
