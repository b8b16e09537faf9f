package org.zkc.ir.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.antlr.v4.runtime.Token;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.OpCatalogue;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Program;
import org.zkc.ir.Region;
import org.zkc.ir.Value;
import org.zkc.ir.text.Parser.Source;
import org.zkc.ir.text.grammar.ZkirParser;
import org.zkc.ir.torch.Operator;

/**
 * Turns a parse tree into a program: names are resolved to values, components to the ops' records.
 */
final class ProgramReader {
  private final Source source;
  private final LiteralReader literals;
  private final Map<Op, Span> spans;
  private final Level level;

  /** Values by name: unique in the function, visible until their region ends. */
  private final Map<String, Value> visible = new HashMap<>();

  private final Set<String> defined = new HashSet<>();

  private ProgramReader(Source source, SidecarReader sidecar, Map<Op, Span> spans, Level level) {
    this.source = source;
    this.literals = new LiteralReader(source, sidecar, level);
    this.spans = spans;
    this.level = level;
  }

  /** The program of a parse tree; {@code spans} receives the places of its ops. */
  static Program program(
      ZkirParser.FileContext file, Source source, SidecarReader sidecar, Map<Op, Span> spans) {
    Token name = file.IDENT().getSymbol();
    for (Level level : Level.values()) {
      if (level.text().equals(name.getText())) {
        return new ProgramReader(source, sidecar, spans, level).program(file);
      }
    }
    throw source.error(
        name,
        "'" + name.getText() + "' is not a level; levels are torch, tensor, integer and circuit");
  }

  private Program program(ZkirParser.FileContext file) {
    List<Function> functions = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (ZkirParser.FunctionContext each : file.function()) {
      Token symbol = each.SYMBOL().getSymbol();
      String name = literals.symbol(symbol);
      if (!names.add(name)) {
        throw source.error(symbol, "function " + symbol.getText() + " is defined twice");
      }
      visible.clear();
      defined.clear();
      Location location = literals.location(each.location());
      functions.add(new Function(name, region(each.parameters(), each.block()), location));
    }
    return new Program(level, functions);
  }

  private Region region(ZkirParser.ParametersContext parameters, ZkirParser.BlockContext block) {
    List<String> scope = new ArrayList<>();
    List<Value> values = new ArrayList<>();
    if (parameters != null) {
      for (ZkirParser.ParameterContext each : parameters.parameter()) {
        Value value = newValue(each.VALUE().getSymbol(), literals.type(each.type()));
        define(each.VALUE().getSymbol(), value, scope);
        values.add(value);
      }
    }
    List<Op> body = new ArrayList<>();
    for (ZkirParser.OperationContext each : block.operation()) {
      body.add(operation(each, scope));
    }
    List<Value> results = values(block.terminator().values());
    scope.forEach(visible::remove);
    return new Region(values, body, results);
  }

  private Op operation(ZkirParser.OperationContext context, List<String> scope) {
    Token name = context.OPERATION().getSymbol();
    OpSpec spec = spec(name);
    Object[] components = new Object[spec.components().size()];
    for (int i = 0; i < components.length; i++) {
      if (spec.components().get(i).cardinality() == OpSpec.Cardinality.OPTIONAL) {
        components[i] = Optional.empty();
      }
    }
    readOperands(context.operands(), spec, components, name);
    readAttributes(context.attributes(), spec, components, name);
    readRegions(context.region(), spec, components, name);
    List<Token> resultNames = tokens(context.values());
    List<Value> results = readResults(context, resultNames, name);
    for (int i = 0; i < components.length; i++) {
      OpSpec.Component c = spec.components().get(i);
      if (c.role() == OpSpec.Role.LOCATION) {
        components[i] = literals.location(context.location());
      } else if (c.role() == OpSpec.Role.RESULT) {
        if (c.cardinality() == OpSpec.Cardinality.ONE && results.size() != 1) {
          throw source.error(
              name, name.getText() + " has one result, " + results.size() + " are named");
        }
        components[i] = c.cardinality() == OpSpec.Cardinality.ONE ? results.getFirst() : results;
      }
    }
    if (spec.components(OpSpec.Role.RESULT).isEmpty() && !results.isEmpty()) {
      throw source.error(resultNames.getFirst(), name.getText() + " has no result");
    }
    Op op = literals.guarded(name, () -> spec.create(components));
    for (int i = 0; i < results.size(); i++) {
      define(resultNames.get(i), results.get(i), scope);
    }
    spans.put(op, Source.span(name));
    return op;
  }

  private OpSpec spec(Token name) {
    String text = name.getText();
    int dot = text.indexOf('.');
    if (!text.substring(0, dot).equals(level.text())) {
      throw source.error(name, text + " is not an operation of the " + level.text() + " level");
    }
    String mnemonic = text.substring(dot + 1);
    if (isOperator(name)) {
      return OpSpec.of(Operator.class);
    }
    return OpCatalogue.find(level, mnemonic)
        .orElseThrow(() -> source.error(name, "there is no operation " + text));
  }

  /** {@code torch.aten.conv2d}: an operator of PyTorch rather than an op of its own. */
  private boolean isOperator(Token name) {
    String text = name.getText();
    return level == Level.TORCH && text.indexOf('.') != text.lastIndexOf('.');
  }

  private void readOperands(
      ZkirParser.OperandsContext context, OpSpec spec, Object[] components, Token name) {
    List<ZkirParser.OperandContext> operands = context == null ? List.of() : context.operand();
    List<OpSpec.Component> declared = spec.components(OpSpec.Role.OPERAND);
    if (Printer.isSoleList(declared)) {
      List<Value> list = new ArrayList<>();
      for (ZkirParser.OperandContext each : operands) {
        if (!(each instanceof ZkirParser.PlainOperandContext plain)) {
          throw source.error(each.getStart(), name.getText() + " takes plain values only");
        }
        list.add(value(plain.VALUE().getSymbol()));
      }
      components[spec.components().indexOf(declared.getFirst())] = list;
      return;
    }
    List<OpSpec.Component> positional =
        declared.stream().filter(c -> c.cardinality() != OpSpec.Cardinality.OPTIONAL).toList();
    int next = 0;
    for (ZkirParser.OperandContext each : operands) {
      if (each instanceof ZkirParser.NamedOperandContext named) {
        readNamedOperand(named, declared, spec, components, name);
        continue;
      }
      if (next == positional.size()) {
        throw source.error(
            each.getStart(), "too many operands: " + name.getText() + " takes " + names(declared));
      }
      OpSpec.Component component = positional.get(next++);
      components[spec.components().indexOf(component)] = positionalOperand(each, component, name);
    }
    if (next < positional.size()) {
      throw source.error(
          name,
          "operand '"
              + positional.get(next).name()
              + "' is missing: "
              + name.getText()
              + " takes "
              + names(declared));
    }
  }

  private Object positionalOperand(
      ZkirParser.OperandContext context, OpSpec.Component component, Token name) {
    boolean many = component.cardinality() == OpSpec.Cardinality.MANY;
    if (many && context instanceof ZkirParser.ListOperandContext list) {
      return values(list.values());
    }
    if (!many && context instanceof ZkirParser.PlainOperandContext plain) {
      return value(plain.VALUE().getSymbol());
    }
    throw source.error(
        context.getStart(),
        "operand '"
            + component.name()
            + "' of "
            + name.getText()
            + " is "
            + (many ? "a list of values" : "one value"));
  }

  private void readNamedOperand(
      ZkirParser.NamedOperandContext named,
      List<OpSpec.Component> declared,
      OpSpec spec,
      Object[] components,
      Token name) {
    String key = named.name().getText();
    for (OpSpec.Component c : declared) {
      if (c.cardinality() == OpSpec.Cardinality.OPTIONAL && c.name().equals(key)) {
        int i = spec.components().indexOf(c);
        if (!components[i].equals(Optional.empty())) {
          throw source.error(named.getStart(), "operand '" + key + "' is given twice");
        }
        components[i] = Optional.of(value(named.VALUE().getSymbol()));
        return;
      }
    }
    throw source.error(
        named.getStart(),
        name.getText() + " has no optional operand '" + key + "'; it takes " + names(declared));
  }

  private static String names(List<OpSpec.Component> declared) {
    return declared.isEmpty()
        ? "no operands"
        : declared.stream()
            .map(c ->
                switch (c.cardinality()) {
                  case ONE -> c.name();
                  case OPTIONAL -> c.name() + " = ...";
                  case MANY -> "[" + c.name() + "]";
                })
            .collect(Collectors.joining(", ", "(", ")"));
  }

  private void readAttributes(
      ZkirParser.AttributesContext context, OpSpec spec, Object[] components, Token name) {
    Map<String, ZkirParser.AttributeContext> given = new HashMap<>();
    if (context != null) {
      for (ZkirParser.AttributeContext each : context.attribute()) {
        if (given.put(each.name().getText(), each) != null) {
          throw source.error(
              each.getStart(), "attribute '" + each.name().getText() + "' is given twice");
        }
      }
    }
    for (int i = 0; i < components.length; i++) {
      OpSpec.Component c = spec.components().get(i);
      if (c.role() != OpSpec.Role.ATTRIBUTE) {
        continue;
      }
      if (isOperator(name) && c.name().equals("operator")) {
        components[i] = name.getText().substring(name.getText().indexOf('.') + 1);
        continue;
      }
      ZkirParser.AttributeContext attribute = given.remove(c.name());
      if (attribute != null) {
        components[i] = literals.attribute(attribute.literal(), c);
      } else if (c.cardinality() != OpSpec.Cardinality.OPTIONAL) {
        throw source.error(
            name, "attribute '" + c.name() + "' of " + name.getText() + " is missing");
      }
    }
    given.values().stream()
        .min(Comparator.comparingInt(a -> a.getStart().getTokenIndex()))
        .ifPresent(unknown -> {
          throw source.error(
              unknown.getStart(),
              name.getText() + " has no attribute '" + unknown.name().getText() + "'");
        });
  }

  private void readRegions(
      List<ZkirParser.RegionContext> regions, OpSpec spec, Object[] components, Token name) {
    Map<String, List<Region>> read = new HashMap<>();
    for (ZkirParser.RegionContext each : regions) {
      String key = each.name().getText();
      if (spec.components(OpSpec.Role.REGION).stream().noneMatch(c -> c.name().equals(key))) {
        throw source.error(each.getStart(), name.getText() + " has no region '" + key + "'");
      }
      read.computeIfAbsent(key, k -> new ArrayList<>())
          .add(region(each.parameters(), each.block()));
    }
    for (OpSpec.Component c : spec.components(OpSpec.Role.REGION)) {
      List<Region> found = read.getOrDefault(c.name(), List.of());
      boolean fits =
          switch (c.cardinality()) {
            case ONE -> found.size() == 1;
            case OPTIONAL -> found.size() <= 1;
            case MANY -> true;
          };
      if (!fits) {
        throw source.error(
            name,
            "region '"
                + c.name()
                + "' of "
                + name.getText()
                + " is given "
                + found.size()
                + " times");
      }
      components[spec.components().indexOf(c)] =
          switch (c.cardinality()) {
            case ONE -> found.getFirst();
            case OPTIONAL -> found.stream().findFirst();
            case MANY -> found;
          };
    }
  }

  private List<Value> readResults(
      ZkirParser.OperationContext context, List<Token> resultNames, Token name) {
    List<ZkirParser.TypeContext> types =
        context.types() == null ? List.of() : context.types().type();
    if (types.size() != resultNames.size()) {
      throw source.error(
          name,
          name.getText()
              + " names "
              + resultNames.size()
              + " results and "
              + types.size()
              + " types");
    }
    List<Value> results = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      results.add(newValue(resultNames.get(i), literals.type(types.get(i))));
    }
    return results;
  }

  private static Value newValue(Token token, org.zkc.ir.Type type) {
    return new Value(token.getText().substring(1), type);
  }

  private void define(Token token, Value value, List<String> scope) {
    if (!defined.add(value.name())) {
      throw source.error(token, "value " + token.getText() + " is defined twice");
    }
    visible.put(value.name(), value);
    scope.add(value.name());
  }

  private Value value(Token token) {
    Value value = visible.get(token.getText().substring(1));
    if (value == null) {
      throw source.error(token, "value " + token.getText() + " is not defined here");
    }
    return value;
  }

  private List<Value> values(ZkirParser.ValuesContext context) {
    return tokens(context).stream().map(this::value).toList();
  }

  private static List<Token> tokens(ZkirParser.ValuesContext context) {
    return context == null ? List.of() : context.VALUE().stream().map(v -> v.getSymbol()).toList();
  }
}
