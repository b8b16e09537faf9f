package org.zkc.stablehlo.text;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.zkc.stablehlo.program.Block;
import org.zkc.stablehlo.program.DenseData;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloElementType;
import org.zkc.stablehlo.program.HloElementType.IntegerElement;
import org.zkc.stablehlo.program.HloElementType.Signedness;
import org.zkc.stablehlo.program.HloType;
import org.zkc.stablehlo.program.HloValue;
import org.zkc.stablehlo.text.PrettyParts.Kind;
import org.zkc.stablehlo.text.PrettyParts.Part;

/**
 * Pretty forms, which are a name, comma-separated items, an attribute dictionary and types. Each
 * item becomes an attribute of the generic form; {@link PrettyParts} lists the items that are a
 * name and a value.
 */
final class PrettyForms {
  private static final HloElementType I32 = new IntegerElement(Signedness.SIGNLESS, Integer.SIZE);
  private static final HloElementType I1 = new IntegerElement(Signedness.SIGNLESS, 1);
  private static final Pattern FORMAT = Pattern.compile("e([0-9]{1,4})m([0-9]{1,4})");

  private final SourceText source;
  private final AttributeReader attributes;
  private final TypeReader types;

  PrettyForms(SourceText source, AttributeReader attributes) {
    this.source = source;
    this.attributes = attributes;
    this.types = attributes.types();
  }

  /** An operation as far as its items have been read. */
  private static final class Draft {
    final String name;
    final ParserRuleContext at;
    final List<HloValue> operands = new ArrayList<>();
    final Map<String, HloAttribute> attributes = new LinkedHashMap<>();

    Draft(String name, ParserRuleContext at) {
      this.name = name;
      this.at = at;
    }
  }

  /**
   * An operation in a pretty form.
   *
   * @param regions those in parentheses
   */
  OperationReader.Parts read(StablehloParser.PrettyContext form, Scope scope, List<Block> regions) {
    String written = form.ID().getText();
    // The dialect of functions is left out in the body of one.
    String name = written.indexOf('.') < 0 ? "func." + written : written;
    Draft draft = new Draft(name, form);
    if (form.SYMBOL() != null) {
      symbol(draft, form.SYMBOL().getSymbol());
    }
    if (form.STRING() != null) {
      draft.attributes.put(
          "name", new HloAttribute.StringValue(Strings.value(source, form.STRING().getSymbol())));
    }
    for (StablehloParser.ItemsContext items : form.items()) {
      for (StablehloParser.ItemContext item : items.item()) {
        item(draft, item, scope);
      }
    }
    attributes.dictionary(form.dictionary()).forEach((key, value) -> put(draft, form, key, value));
    List<HloType> results =
        Signatures.results(source, types, draft.name, draft.operands, form.signature(), form);
    return new OperationReader.Parts(
        draft.name, draft.operands, results, draft.attributes, regions);
  }

  private void put(Draft draft, ParserRuleContext at, String key, HloAttribute value) {
    if (draft.attributes.put(key, value) != null) {
      throw source.fault(at, "the attribute %s stands twice".formatted(key), "remove one");
    }
  }

  private void symbol(Draft draft, Token symbol) {
    String target = Strings.symbol(source, symbol);
    switch (draft.name) {
      case "func.call" ->
          draft.attributes.put("callee", new HloAttribute.SymbolReference(target, List.of()));
      case "stablehlo.custom_call" ->
          draft.attributes.put("call_target_name", new HloAttribute.StringValue(target));
      default ->
          throw source.fault(
              symbol,
              "%s takes no symbol".formatted(draft.name),
              "write the operation in the generic form");
    }
  }

  private void item(Draft draft, StablehloParser.ItemContext item, Scope scope) {
    switch (item) {
      case StablehloParser.ValueItemContext value -> value(draft, value, scope);
      case StablehloParser.WordItemContext word -> word(draft, word);
      case StablehloParser.NamedItemContext named -> named(draft, named);
      case StablehloParser.DenseItemContext dense ->
          put(draft, dense, "value", attributes.dense(dense.DENSE().getSymbol(), dense.type()));
      default -> throw new IllegalStateException("unhandled item " + item.getClass());
    }
  }

  private void value(Draft draft, StablehloParser.ValueItemContext value, Scope scope) {
    draft.operands.add(scope.use(value.VALUE().getSymbol()));
    if (value.opaqueBody() != null) {
      put(draft, value, "sharding", new HloAttribute.Opaque("sdy", types.text(value.opaqueBody())));
    }
    if (value.bracketed() == null) {
      return;
    }
    switch (draft.name) {
      case "stablehlo.slice" -> ranges(draft, value.bracketed());
      case "stablehlo.get_tuple_element" -> {
        List<Long> index = attributes.integers(value.bracketed());
        if (index.size() != 1) {
          throw source.fault(value, "one index is expected", "write the index of an element");
        }
        put(draft, value, "index", StructureReader.integer(index.get(0), I32));
      }
      default ->
          throw source.fault(
              value.bracketed(),
              "%s takes no list after an operand".formatted(draft.name),
              "write the operation in the generic form");
    }
  }

  private void ranges(Draft draft, StablehloParser.BracketedContext ranges) {
    List<Long> starts = new ArrayList<>();
    List<Long> limits = new ArrayList<>();
    List<Long> strides = new ArrayList<>();
    for (StablehloParser.BracketedEntryContext range : ranges.bracketedEntry()) {
      if (range.number().size() < 2) {
        throw source.fault(range, "this is no range", "write start:limit or start:limit:stride");
      }
      starts.add(types.integer(range.number(0)));
      limits.add(types.integer(range.number(1)));
      strides.add(range.number().size() == 3 ? types.integer(range.number(2)) : 1L);
    }
    put(draft, ranges, "start_indices", i64(starts));
    put(draft, ranges, "limit_indices", i64(limits));
    put(draft, ranges, "strides", i64(strides));
  }

  private static HloAttribute i64(List<Long> values) {
    return new HloAttribute.IntegerArray(AttributeReader.I64, values);
  }

  private void word(Draft draft, StablehloParser.WordItemContext item) {
    boolean isCompare = draft.name.equals("stablehlo.compare");
    boolean isFirst = draft.operands.isEmpty();
    if (!isCompare) {
      throw source.fault(
          item,
          "'%s' is not expected in %s".formatted(item.getText(), draft.name),
          "write the operation in the generic form");
    }
    if (isFirst) {
      put(
          draft,
          item,
          "comparison_direction",
          StructureReader.word("comparison_direction", item.getText()));
    } else {
      put(draft, item, "compare_type", StructureReader.word("comparison_type", item.getText()));
    }
  }

  private void named(Draft draft, StablehloParser.NamedItemContext item) {
    String key = item.word().getText();
    StablehloParser.ItemValueContext value = item.itemValue();
    Part part = PrettyParts.part(draft.name, key);
    if (part == null) {
      throw source.fault(
          item,
          "%s has no part '%s'".formatted(draft.name, key),
          "write the operation in the generic form");
    }
    switch (part.kind()) {
      case DIMENSION ->
          put(
              draft,
              item,
              part.attribute(),
              StructureReader.integer(integer(value), AttributeReader.I64));
      case LIST -> put(draft, item, part.attribute(), i64(attributes.integers(list(value))));
      case WORD ->
          put(draft, item, part.attribute(), StructureReader.word(part.attribute(), wordOf(value)));
      case BOOLEAN ->
          put(draft, item, part.attribute(), new HloAttribute.BooleanValue(truth(value)));
      case TEXT -> put(draft, item, part.attribute(), text(value));
      case REAL ->
          put(
              draft,
              item,
              part.attribute(),
              new HloAttribute.RealValue(
                  types.real(number(value)), TypeReader.element("f64").orElseThrow()));
      case PRECISION -> put(draft, item, part.attribute(), precision(list(value)));
      case ALGORITHM -> {
        if (!(value instanceof StablehloParser.StructureItemContext structure)) {
          throw unfit(value, "write <lhs_precision_type = ..., ...>");
        }
        put(
            draft,
            item,
            part.attribute(),
            attributes
                .structures()
                .structure("stablehlo", "dot_algorithm", structure.fields(), structure));
      }
      case BATCHING, CONTRACTING -> dimensions(draft, item, part.kind(), value);
      case CONVOLUTION -> {
        if (!(value instanceof StablehloParser.BracketedItemContext dims)
            || dims.bracketed().size() != 3) {
          throw unfit(value, "write [b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1]");
        }
        put(
            draft,
            item,
            part.attribute(),
            attributes
                .structures()
                .convolution(dims.bracketed(0), dims.bracketed(1), dims.bracketed(2)));
      }
      case WINDOW -> window(draft, value);
      case FORMAT -> format(draft, value);
    }
  }

  private HloSyntaxException unfit(ParserRuleContext at, String remedy) {
    return source.fault(at, "'%s' is not expected here".formatted(at.getStart().getText()), remedy);
  }

  private StablehloParser.NumberContext number(StablehloParser.ItemValueContext value) {
    if (value instanceof StablehloParser.NumberItemContext number) {
      return number.number();
    }
    throw unfit(value, "write a number");
  }

  private long integer(StablehloParser.ItemValueContext value) {
    return types.integer(number(value));
  }

  private StablehloParser.BracketedContext list(StablehloParser.ItemValueContext value) {
    if (value instanceof StablehloParser.BracketedItemContext list
        && list.bracketed().size() == 1) {
      return list.bracketed(0);
    }
    throw unfit(value, "write a list in brackets");
  }

  private String wordOf(StablehloParser.ItemValueContext value) {
    if (value instanceof StablehloParser.EnumItemContext word) {
      return word.word().getText();
    }
    throw unfit(value, "write a word");
  }

  private boolean truth(StablehloParser.ItemValueContext value) {
    return switch (wordOf(value)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw unfit(value, "write true or false");
    };
  }

  private HloAttribute text(StablehloParser.ItemValueContext value) {
    if (value instanceof StablehloParser.StringItemContext string) {
      return new HloAttribute.StringValue(Strings.value(source, string.STRING().getSymbol()));
    }
    throw unfit(value, "write a string");
  }

  private HloAttribute precision(StablehloParser.BracketedContext list) {
    List<HloAttribute> words = new ArrayList<>();
    for (StablehloParser.BracketedEntryContext entry : list.bracketedEntry()) {
      if (entry.word() == null) {
        throw unfit(entry, "write DEFAULT, HIGH or HIGHEST");
      }
      words.add(StructureReader.word("precision", entry.word().getText()));
    }
    return new HloAttribute.ListValue(words);
  }

  /** One of the two pairs of lists that make the dimension numbers of dot_general. */
  private void dimensions(
      Draft draft, ParserRuleContext at, Kind kind, StablehloParser.ItemValueContext value) {
    if (!(value instanceof StablehloParser.BracketedItemContext pair)
        || pair.bracketed().size() != 2) {
      throw unfit(value, "write two lists with x between them, [1] x [0]");
    }
    List<Long> left = attributes.integers(pair.bracketed(0));
    List<Long> right = attributes.integers(pair.bracketed(1));
    boolean isBatching = kind == Kind.BATCHING;
    String key = "dot_dimension_numbers";
    HloAttribute.DotDimensions before =
        draft.attributes.remove(key) instanceof HloAttribute.DotDimensions d ? d : null;
    if (isBatching ? before != null : before != null && !before.lhsContracting().isEmpty()) {
      throw source.fault(at, "these dimensions stand twice or too late", "write them once");
    }
    draft.attributes.put(
        key,
        isBatching
            ? new HloAttribute.DotDimensions(left, right, List.of(), List.of())
            : new HloAttribute.DotDimensions(
                before == null ? List.of() : before.lhsBatching(),
                before == null ? List.of() : before.rhsBatching(),
                left,
                right));
  }

  private void window(Draft draft, StablehloParser.ItemValueContext value) {
    if (!(value instanceof StablehloParser.WindowItemContext windows)) {
      throw unfit(value, "write {stride = [1, 1], ...}");
    }
    for (StablehloParser.WindowContext window : windows.window()) {
      StablehloParser.BracketedContext list = window.bracketed();
      switch (window.word().getText()) {
        case "stride" -> put(draft, window, "window_strides", i64(attributes.integers(list)));
        case "lhs_dilate" -> put(draft, window, "lhs_dilation", i64(attributes.integers(list)));
        case "rhs_dilate" -> put(draft, window, "rhs_dilation", i64(attributes.integers(list)));
        case "reverse" ->
            put(
                draft,
                window,
                "window_reversal",
                new HloAttribute.IntegerArray(I1, attributes.integers(list)));
        case "pad" -> put(draft, window, "padding", pairs(attributes.structures().rows(list)));
        default ->
            throw source.fault(
                window,
                "a window has no '%s'".formatted(window.word().getText()),
                "write stride, pad, lhs_dilate, rhs_dilate or reverse");
      }
    }
  }

  private static HloAttribute pairs(List<List<Long>> rows) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[rows.size() * 2 * Long.BYTES]);
    ValueLayout.OfLong layout = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < rows.size(); i++) {
      bytes.setAtIndex(layout, 2L * i, rows.get(i).get(0));
      bytes.setAtIndex(layout, 2L * i + 1, rows.get(i).get(1));
    }
    return new HloAttribute.Dense(
        new HloType.TensorOf(List.of((long) rows.size(), 2L), AttributeReader.I64),
        new DenseData(AttributeReader.I64, 2L * rows.size(), false, () -> bytes));
  }

  private void format(Draft draft, StablehloParser.ItemValueContext value) {
    Matcher format = FORMAT.matcher(wordOf(value));
    if (!format.matches()) {
      throw unfit(value, "write the bits of exponent and mantissa, e8m10");
    }
    put(
        draft,
        value,
        "exponent_bits",
        StructureReader.integer(Long.parseLong(format.group(1)), I32));
    put(
        draft,
        value,
        "mantissa_bits",
        StructureReader.integer(Long.parseLong(format.group(2)), I32));
  }
}
