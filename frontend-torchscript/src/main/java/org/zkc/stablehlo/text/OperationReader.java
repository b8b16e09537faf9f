package org.zkc.stablehlo.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;
import org.zkc.stablehlo.program.Block;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloLocation;
import org.zkc.stablehlo.program.HloType;
import org.zkc.stablehlo.program.HloValue;
import org.zkc.stablehlo.program.Operation;
import org.zkc.stablehlo.text.StablehloParser.OperationContext;

/** Operations and the blocks that they stand in, in the generic form and in the pretty ones. */
final class OperationReader {
  private static final String RETURN = "stablehlo.return";

  private final SourceText source;
  private final AttributeReader attributes;
  private final TypeReader types;
  private final LocationReader locations;
  private final PrettyForms pretty;

  OperationReader(SourceText source, AttributeReader attributes, LocationReader locations) {
    this.source = source;
    this.attributes = attributes;
    this.types = attributes.types();
    this.locations = locations;
    this.pretty = new PrettyForms(source, attributes);
  }

  /** The parts of an operation before its results have names. */
  record Parts(
      String name,
      List<HloValue> operands,
      List<HloType> results,
      Map<String, HloAttribute> attributes,
      List<Block> regions) {}

  Operation operation(OperationContext operation, Scope scope) {
    StablehloParser.LocationContext inside =
        operation.body() instanceof StablehloParser.ReduceContext reduce ? reduce.location() : null;
    HloLocation location = locations.location(operation, operation.location(), inside);
    Parts parts =
        switch (operation.body()) {
          case StablehloParser.GenericContext generic -> generic(generic, scope);
          case StablehloParser.TypedConstantContext constant -> typedConstant(constant);
          case StablehloParser.ConstantContext constant -> constant(constant);
          case StablehloParser.ReduceContext reduce -> reduce(reduce, scope, location);
          case StablehloParser.WhileContext loop -> loop(loop, scope);
          case StablehloParser.ScanContext scan -> scan(scan, scope);
          case StablehloParser.DefinitionContext definition -> definition(definition);
          case StablehloParser.PrettyContext form ->
              pretty.read(
                  form,
                  scope,
                  form.regions() == null ? List.of() : regions(form.regions().region(), scope));
          case StablehloParser.ModuleContext module -> throw misplaced(module, "a module");
          case StablehloParser.FunctionContext function -> throw misplaced(function, "a function");
          default -> throw new IllegalStateException("unhandled operation " + operation.getClass());
        };
    List<HloValue> results = results(operation, parts.results(), scope);
    return new Operation(
        parts.name(),
        parts.operands(),
        results,
        ArrayForms.normalized(parts.name(), parts.attributes()),
        parts.regions(),
        location);
  }

  private HloSyntaxException misplaced(ParserRuleContext at, String what) {
    return source.fault(
        at, what + " stands inside the body of a function", "write it on the level of the module");
  }

  private List<HloValue> results(OperationContext operation, List<HloType> types, Scope scope) {
    List<HloValue> all = new ArrayList<>(types.size());
    if (operation.resultPack().isEmpty()) {
      types.forEach(type -> all.add(new HloValue("", type)));
      return all;
    }
    long named = 0;
    for (StablehloParser.ResultPackContext pack : operation.resultPack()) {
      named += size(pack);
    }
    if (named != types.size()) {
      throw source.fault(
          operation,
          "the operation has %d results, %d are named".formatted(types.size(), named),
          "name as many as there are");
    }
    for (StablehloParser.ResultPackContext pack : operation.resultPack()) {
      int size = size(pack);
      String name = pack.VALUE().getText().substring(1);
      List<HloValue> values = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        values.add(new HloValue(size == 1 ? name : name + "#" + i, types.get(all.size() + i)));
      }
      all.addAll(values);
      scope.define(pack.VALUE().getSymbol(), values);
    }
    return all;
  }

  private int size(StablehloParser.ResultPackContext pack) {
    if (pack.INT() == null) {
      return 1;
    }
    try {
      int size = Integer.parseInt(pack.INT().getText());
      if (size > 0) {
        return size;
      }
    } catch (NumberFormatException e) {
      // Falls through to the fault.
    }
    throw source.fault(pack, "this is no number of results", "write how many results there are");
  }

  List<HloValue> values(StablehloParser.@Nullable ValuesContext values, Scope scope) {
    List<HloValue> out = new ArrayList<>();
    if (values != null) {
      for (TerminalNode value : values.VALUE()) {
        out.add(scope.use(value.getSymbol()));
      }
    }
    return out;
  }

  private List<Block> regions(List<StablehloParser.RegionContext> regions, Scope scope) {
    List<Block> out = new ArrayList<>(regions.size());
    for (StablehloParser.RegionContext region : regions) {
      out.add(region(region, scope.inner(), List.of()));
    }
    return out;
  }

  /**
   * The block of a region.
   *
   * @param scope the block's own
   * @param arguments those that the operation's syntax defines, already in the scope
   */
  Block region(StablehloParser.RegionContext region, Scope scope, List<HloValue> arguments) {
    List<HloValue> all = new ArrayList<>(arguments);
    List<OperationContext> operations = region.operation();
    if (!region.block().isEmpty()) {
      if (region.block().size() > 1 || !operations.isEmpty()) {
        throw source.fault(
            region.block(region.block().size() - 1),
            "the region has several blocks, which StableHLO does not have",
            "use stablehlo.if, stablehlo.case or stablehlo.while for control flow");
      }
      StablehloParser.BlockContext block = region.block(0);
      for (StablehloParser.ArgumentContext argument : block.argument()) {
        all.add(argument(argument, scope));
      }
      operations = block.operation();
    }
    List<Operation> read = new ArrayList<>(operations.size());
    for (OperationContext operation : operations) {
      read.add(operation(operation, scope));
      // The parse tree is larger than everything made of it, so it is released after reading.
      operation.children = null;
    }
    return new Block(all, read);
  }

  private HloValue argument(StablehloParser.ArgumentContext argument, Scope scope) {
    return define(argument.VALUE().getSymbol(), types.type(argument.type()), scope);
  }

  private static HloValue define(Token name, HloType type, Scope scope) {
    HloValue value = new HloValue(name.getText().substring(1), type);
    scope.define(name, List.of(value));
    return value;
  }

  /** Checks the types that an operation's signature repeats. */
  static void checkOperands(
      SourceText source, ParserRuleContext at, List<HloValue> operands, List<HloType> written) {
    if (operands.size() != written.size()) {
      throw source.fault(
          at,
          "the operation has %d operands, its type has %d"
              .formatted(operands.size(), written.size()),
          "write the type of each operand");
    }
    for (int i = 0; i < operands.size(); i++) {
      if (!operands.get(i).type().equals(written.get(i))) {
        throw source.fault(
            at,
            "operand %%%s is %s, and is called %s here"
                .formatted(
                    operands.get(i).name(), operands.get(i).type().text(), written.get(i).text()),
            "write the type that the value has");
      }
    }
  }

  private Parts generic(StablehloParser.GenericContext generic, Scope scope) {
    String name = Strings.value(source, generic.STRING().getSymbol());
    List<HloValue> operands = values(generic.values(), scope);
    HloType.FunctionOf type = types.function(generic.functionType());
    checkOperands(source, generic.functionType(), operands, type.inputs());
    return new Parts(
        name,
        operands,
        type.results(),
        attributes(generic.properties(), generic.dictionary()),
        generic.regions() == null ? List.of() : regions(generic.regions().region(), scope));
  }

  Map<String, HloAttribute> attributes(
      StablehloParser.@Nullable PropertiesContext properties,
      StablehloParser.@Nullable DictionaryContext dictionary) {
    Map<String, HloAttribute> all =
        properties == null ? new LinkedHashMap<>() : attributes.dictionary(properties.dictionary());
    attributes
        .dictionary(dictionary)
        .forEach((key, value) -> {
          if (all.putIfAbsent(key, value) != null && dictionary != null) {
            throw source.fault(
                dictionary, "the attribute %s stands twice".formatted(key), "remove one");
          }
        });
    return all;
  }

  private Parts typedConstant(StablehloParser.TypedConstantContext constant) {
    HloType.FunctionOf type = types.function(constant.functionType());
    checkOperands(source, constant.functionType(), List.of(), type.inputs());
    return new Parts(
        constant.CONSTANT().getText(),
        List.of(),
        type.results(),
        attributes(constant.properties(), constant.dictionary()),
        List.of());
  }

  private Parts constant(StablehloParser.ConstantContext constant) {
    Map<String, HloAttribute> all = attributes.dictionary(constant.dictionary());
    HloAttribute value = attributes.attribute(constant.attribute());
    all.put("value", value);
    return new Parts(
        constant.CONSTANT().getText(),
        List.of(),
        List.of(constantType(constant, value)),
        all,
        List.of());
  }

  private HloType constantType(StablehloParser.ConstantContext constant, HloAttribute value) {
    if (value instanceof HloAttribute.Dense dense) {
      return dense.type();
    }
    if (value instanceof HloAttribute.IntegerValue integer) {
      return new HloType.Scalar(integer.type());
    }
    if (value instanceof HloAttribute.RealValue real) {
      return new HloType.Scalar(real.type());
    }
    throw source.fault(constant.attribute(), "this is no tensor", "write dense<...> : tensor<...>");
  }

  private Parts definition(StablehloParser.DefinitionContext definition) {
    Map<String, HloAttribute> all = attributes.dictionary(definition.dictionary());
    all.put(
        "sym_name",
        new HloAttribute.StringValue(Strings.symbol(source, definition.SYMBOL().getSymbol())));
    all.put("definition", new HloAttribute.Opaque("", types.text(definition.opaqueBody())));
    return new Parts(definition.ID().getText(), List.of(), List.of(), all, List.of());
  }

  private Parts reduce(StablehloParser.ReduceContext reduce, Scope scope, HloLocation location) {
    List<HloValue> operands = new ArrayList<>();
    List<HloValue> starts = new ArrayList<>();
    for (StablehloParser.ReducePairContext pair : reduce.reducePair()) {
      operands.add(scope.use(pair.VALUE(0).getSymbol()));
      starts.add(scope.use(pair.VALUE(1).getSymbol()));
    }
    operands.addAll(starts);
    HloType.FunctionOf type = types.function(reduce.functionType());
    checkOperands(source, reduce.functionType(), operands, type.inputs());
    Map<String, HloAttribute> all = attributes.dictionary(reduce.dictionary());
    all.put(
        "dimensions",
        new HloAttribute.IntegerArray(
            AttributeReader.I64, attributes.integers(reduce.bracketed())));
    boolean applies = reduce.APPLIES() != null;
    if (applies == (reduce.reducer() != null)) {
      throw source.fault(
          reduce, "a reduce has either 'applies' or a reducer", "write one of the two");
    }
    Block body =
        applies
            ? applied(reduce, operands.get(0).type(), location)
            : reducer(reduce.reducer(), scope);
    return new Parts(reduce.REDUCE().getText(), operands, type.results(), all, List.of(body));
  }

  /** The body that {@code applies stablehlo.add} stands for. */
  private Block applied(StablehloParser.ReduceContext reduce, HloType input, HloLocation location) {
    if (reduce.reducePair().size() != 1) {
      throw source.fault(
          reduce, "'applies' is for a reduce of one tensor", "write the body as a reducer");
    }
    if (!(input instanceof HloType.TensorOf tensor)) {
      throw source.fault(reduce, "the input is no tensor of known rank", "export it with one");
    }
    HloType element = new HloType.TensorOf(List.of(), tensor.element());
    HloValue left = new HloValue("left", element);
    HloValue right = new HloValue("right", element);
    HloValue result = new HloValue("result", element);
    Operation inner =
        new Operation(
            reduce.word().getText(),
            List.of(left, right),
            List.of(result),
            Map.of(),
            List.of(),
            location);
    Operation end =
        new Operation(RETURN, List.of(result), List.of(), Map.of(), List.of(), location);
    return new Block(List.of(left, right), List.of(inner, end));
  }

  private Block reducer(StablehloParser.ReducerContext reducer, Scope scope) {
    Scope inner = scope.inner();
    List<HloValue> arguments = new ArrayList<>();
    List<HloValue> accumulators = new ArrayList<>();
    for (int i = 0; i < reducer.argument().size(); i += 2) {
      arguments.add(argument(reducer.argument(i), inner));
      accumulators.add(argument(reducer.argument(i + 1), inner));
    }
    arguments.addAll(accumulators);
    return region(reducer.region(), inner, arguments);
  }

  private Parts loop(StablehloParser.WhileContext loop, Scope scope) {
    List<HloValue> operands = new ArrayList<>();
    for (StablehloParser.WhilePairContext pair : loop.whilePair()) {
      operands.add(scope.use(pair.VALUE(1).getSymbol()));
    }
    List<HloType> written = types.types(loop.types());
    checkOperands(source, loop, operands, written);
    List<Block> regions = new ArrayList<>();
    for (StablehloParser.RegionContext region : loop.region()) {
      Scope inner = scope.inner();
      List<HloValue> arguments = new ArrayList<>();
      for (int i = 0; i < operands.size(); i++) {
        arguments.add(define(loop.whilePair(i).VALUE(0).getSymbol(), written.get(i), inner));
      }
      regions.add(region(region, inner, arguments));
    }
    return new Parts(
        loop.WHILE().getText(),
        operands,
        written,
        attributes.dictionary(loop.dictionary()),
        regions);
  }

  private Parts scan(StablehloParser.ScanContext scan, Scope scope) {
    List<HloValue> operands = values(scan.inputs, scope);
    operands.addAll(values(scan.starts, scope));
    HloType.FunctionOf type = types.function(scan.functionType());
    checkOperands(source, scan.functionType(), operands, type.inputs());
    Map<String, HloAttribute> all = attributes.dictionary(scan.dictionary());
    all.put(
        "dimension",
        new HloAttribute.IntegerValue(types.integer(scan.number()), AttributeReader.I64));
    return new Parts(
        scan.SCAN().getText(),
        operands,
        type.results(),
        all,
        List.of(region(scan.region(), scope.inner(), List.of())));
  }
}
