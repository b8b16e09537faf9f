package org.zkc.stablehlo.text;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;
import org.zkc.stablehlo.program.DenseData;
import org.zkc.stablehlo.program.FloatFormat;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloElementType;
import org.zkc.stablehlo.program.HloElementType.IntegerElement;
import org.zkc.stablehlo.program.HloElementType.Signedness;
import org.zkc.stablehlo.program.HloType;
import org.zkc.stablehlo.text.StablehloParser.AttributeContext;

/** Attributes of a text. */
final class AttributeReader {
  static final HloElementType I64 = new IntegerElement(Signedness.SIGNLESS, Long.SIZE);
  private static final HloElementType F64 = new HloElementType.FloatElement(FloatFormat.F64);

  /** Bytes before the elements of a resource: the alignment. */
  private static final int RESOURCE_HEADER = 4;

  private final SourceText source;
  private final TypeReader types;
  private final StructureReader structures;
  private final Aliases<AttributeContext, HloAttribute> aliases;
  private final Aliases.Weight weight;
  private final Map<String, Token> resources;

  /**
   * A reader of the attributes of a section.
   *
   * @param typeAliases the section's types by name
   * @param attributeAliases the section's attributes by name
   * @param resources strings of {@code dialect_resources} by key
   */
  AttributeReader(
      SourceText source,
      Map<String, StablehloParser.TypeContext> typeAliases,
      Map<String, AttributeContext> attributeAliases,
      Map<String, Token> resources) {
    this.source = source;
    this.weight = new Aliases.Weight();
    this.aliases = new Aliases<>(source, attributeAliases, weight);
    this.types =
        new TypeReader(source, new Aliases<>(source, typeAliases, weight), weight, this::attribute);
    this.structures = new StructureReader(source, types, this::attribute);
    this.resources = resources;
  }

  TypeReader types() {
    return types;
  }

  StructureReader structures() {
    return structures;
  }

  /** The entries of an attribute dictionary; none where there is no dictionary. */
  Map<String, HloAttribute> dictionary(StablehloParser.@Nullable DictionaryContext dictionary) {
    Map<String, HloAttribute> out = new LinkedHashMap<>();
    if (dictionary == null) {
      return out;
    }
    for (StablehloParser.EntryContext entry : dictionary.entry()) {
      String key =
          entry.STRING() != null
              ? Strings.value(source, entry.STRING().getSymbol())
              : entry.word().getText();
      HloAttribute value =
          entry.attribute() == null ? new HloAttribute.Unit() : attribute(entry.attribute());
      if (out.put(key, value) != null) {
        throw source.fault(entry, "the attribute %s stands twice".formatted(key), "remove one");
      }
    }
    return out;
  }

  HloAttribute attribute(AttributeContext attribute) {
    weight.add(1);
    return switch (attribute) {
      case StablehloParser.NumberAttributeContext number -> number(number);
      case StablehloParser.BooleanAttributeContext b ->
          new HloAttribute.BooleanValue(b.TRUE() != null);
      case StablehloParser.StringAttributeContext s ->
          new HloAttribute.StringValue(Strings.value(source, s.STRING().getSymbol()));
      case StablehloParser.ListAttributeContext list -> list(list);
      case StablehloParser.DictionaryAttributeContext d ->
          new HloAttribute.Dictionary(dictionary(d.dictionary()));
      case StablehloParser.DenseAttributeContext dense ->
          dense(dense.DENSE().getSymbol(), dense.type());
      case StablehloParser.ResourceAttributeContext resource -> resource(resource);
      case StablehloParser.ArrayAttributeContext array -> array(array);
      case StablehloParser.SymbolAttributeContext symbol -> symbol(symbol);
      case StablehloParser.LocationAttributeContext location ->
          new HloAttribute.Opaque("", types.text(location));
      case StablehloParser.StructureAttributeContext structure -> structures.structure(structure);
      case StablehloParser.ConvolutionAttributeContext convolution ->
          structures.convolution(convolution);
      case StablehloParser.EnumAttributeContext word ->
          new HloAttribute.EnumCase(
              word.ENUMERATION().getText().substring(1),
              word.word(0).getText(),
              word.word(1).getText());
      case StablehloParser.HashAttributeContext hash -> hash(hash);
      case StablehloParser.MapAttributeContext map -> new HloAttribute.Opaque("", types.text(map));
      case StablehloParser.UnitAttributeContext _ -> new HloAttribute.Unit();
      case StablehloParser.TypeAttributeContext type ->
          new HloAttribute.TypeValue(types.type(type.type()));
      default -> throw new IllegalStateException("unhandled attribute " + attribute.getClass());
    };
  }

  private HloAttribute list(StablehloParser.ListAttributeContext list) {
    List<HloAttribute> elements = new ArrayList<>(list.attribute().size());
    for (AttributeContext element : list.attribute()) {
      elements.add(attribute(element));
    }
    return new HloAttribute.ListValue(elements);
  }

  private HloAttribute hash(StablehloParser.HashAttributeContext hash) {
    String name = hash.HASH().getText();
    if (hash.opaqueBody() == null) {
      Optional<HloAttribute> alias = aliases.resolve(name, hash.getStart(), this::attribute);
      if (alias.isPresent()) {
        return alias.get();
      }
      if (name.indexOf('.') < 0) {
        throw source.fault(hash, "the attribute %s is not defined".formatted(name), "define it");
      }
    }
    int dot = name.indexOf('.');
    return new HloAttribute.Opaque(
        name.substring(1, dot < 0 ? name.length() : dot), types.text(hash));
  }

  private HloAttribute number(StablehloParser.NumberAttributeContext attribute) {
    StablehloParser.NumberContext number = attribute.number();
    HloElementType type = number.FLOAT() != null ? F64 : I64;
    if (attribute.type() != null) {
      if (types.type(attribute.type()) instanceof HloType.Scalar scalar) {
        type = scalar.element();
      } else {
        throw source.fault(
            attribute.type(), "this is no type of a number", "write the type of a number");
      }
    }
    return switch (type) {
      case IntegerElement _, HloElementType.IndexElement _ ->
          new HloAttribute.IntegerValue(types.integer(number), type);
      case HloElementType.FloatElement real ->
          new HloAttribute.RealValue(rounded(number, real.format()), type);
      case HloElementType.ComplexElement _, HloElementType.Quantized _, HloElementType.Opaque _ ->
          throw source.fault(
              attribute,
              "%s has no numbers like this".formatted(type.text()),
              "write another type");
    };
  }

  private double rounded(StablehloParser.NumberContext number, FloatFormat format) {
    byte[] text = number.getText().getBytes(StandardCharsets.ISO_8859_1);
    HloElementType type = new HloElementType.FloatElement(format);
    MemorySegment one = MemorySegment.ofArray(new byte[type.bytes()]);
    try {
      NumberText.write(text, text.length, type, one, 0);
    } catch (NumberText.NotOfType e) {
      throw source.fault(number, String.valueOf(e.getMessage()), "write a number of the type");
    }
    return new DenseData(type, 1, true, () -> one).getDouble(0);
  }

  /** A literal whose token is {@code dense<>}. */
  HloAttribute.Dense dense(Token token, StablehloParser.TypeContext written) {
    HloType.TensorOf type = literalType(written);
    // The cut stands after "dense<".
    int inside = token.getStopIndex();
    return new HloAttribute.Dense(type, DenseReader.read(source, source.cutAt(inside), type));
  }

  private HloType.TensorOf literalType(StablehloParser.TypeContext written) {
    HloType type = types.type(written);
    if (type instanceof HloType.TensorOf tensor && tensor.isStatic()) {
      switch (tensor.element()) {
        case IntegerElement _,
            HloElementType.IndexElement _,
            HloElementType.FloatElement _,
            HloElementType.ComplexElement _ -> {
          return tensor;
        }
        case HloElementType.Quantized _, HloElementType.Opaque _ -> {}
      }
    }
    throw source.fault(
        written,
        "a literal cannot have the type %s".formatted(type.text()),
        "write a tensor of numbers with known extents");
  }

  private HloAttribute resource(StablehloParser.ResourceAttributeContext resource) {
    String key =
        resource.STRING() != null
            ? Strings.value(source, resource.STRING().getSymbol())
            : resource.word().getText();
    Token blob = resources.get(key);
    if (blob == null) {
      throw source.fault(
          resource,
          "the resource %s is not in the text".formatted(key),
          "write the file with its dialect_resources");
    }
    HloType.TensorOf type = literalType(resource.type());
    SourceText.Range cut = source.cutAt(blob.getStartIndex() + 1);
    SourceText.Range content =
        cut.length() > 0
            ? cut
            : new SourceText.Range(
                source.offset(blob.getStartIndex() + 1), blob.getText().length() - 2);
    if (content.length() < 2) {
      throw source.fault(blob, "this resource has no bytes", "write the file again");
    }
    return new HloAttribute.Dense(
        type,
        DenseReader.of(
            source,
            new SourceText.Range(content.start() + 2, content.length() - 2),
            type,
            RESOURCE_HEADER));
  }

  private HloAttribute array(StablehloParser.ArrayAttributeContext array) {
    HloElementType type =
        TypeReader.element(array.ID().getText())
            .orElseThrow(() ->
                source.fault(
                    array.ID().getSymbol(),
                    "'%s' is no type of an array".formatted(array.ID().getText()),
                    "write a type of integers or real numbers"));
    if (type instanceof HloElementType.FloatElement real) {
      List<Double> values = new ArrayList<>();
      for (StablehloParser.ArrayElementContext e : array.arrayElement()) {
        values.add(rounded(number(e), real.format()));
      }
      return new HloAttribute.RealArray(type, values);
    }
    List<Long> values = new ArrayList<>();
    for (StablehloParser.ArrayElementContext e : array.arrayElement()) {
      values.add(e.number() == null ? (e.TRUE() != null ? 1L : 0L) : types.integer(e.number()));
    }
    return new HloAttribute.IntegerArray(type, values);
  }

  private StablehloParser.NumberContext number(StablehloParser.ArrayElementContext element) {
    if (element.number() == null) {
      throw source.fault(element, "a number is expected", "write a number");
    }
    return element.number();
  }

  private HloAttribute symbol(StablehloParser.SymbolAttributeContext symbol) {
    List<String> path =
        symbol.SYMBOL().stream().map(s -> Strings.symbol(source, s.getSymbol())).toList();
    return new HloAttribute.SymbolReference(path.get(0), path.subList(1, path.size()));
  }

  /** A list of integers in brackets, {@code [1, 0]}. */
  List<Long> integers(StablehloParser.BracketedContext list) {
    List<Long> out = new ArrayList<>();
    for (StablehloParser.BracketedEntryContext entry : list.bracketedEntry()) {
      if (entry.number().size() == 1) {
        out.add(types.integer(entry.number(0)));
      } else if (entry.word() != null && isBoolean(entry.word().getText())) {
        out.add(entry.word().getText().equals("true") ? 1L : 0L);
      } else {
        throw notInteger(entry);
      }
    }
    return out;
  }

  private static boolean isBoolean(String word) {
    return word.equals("true") || word.equals("false");
  }

  private HloSyntaxException notInteger(ParserRuleContext at) {
    return source.fault(at, "an integer is expected", "write a list of integers");
  }
}
