package org.zkc.stablehlo.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;
import org.jspecify.annotations.Nullable;
import org.zkc.stablehlo.program.Block;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloFunction;
import org.zkc.stablehlo.program.HloLocation;
import org.zkc.stablehlo.program.HloModule;
import org.zkc.stablehlo.program.HloType;
import org.zkc.stablehlo.program.HloValue;
import org.zkc.stablehlo.program.Operation;
import org.zkc.stablehlo.text.StablehloParser.OperationContext;

/** Modules and functions, in their own syntax and in the generic form. */
final class ModuleReader {
  private final SourceText source;
  private final AttributeReader attributes;
  private final TypeReader types;
  private final LocationReader locations;
  private final OperationReader operations;

  ModuleReader(SourceText source, AttributeReader attributes, LocationReader locations) {
    this.source = source;
    this.attributes = attributes;
    this.types = attributes.types();
    this.locations = locations;
    this.operations = new OperationReader(source, attributes, locations);
  }

  /**
   * The module of a section: the only module in the section, or an unnamed module of the section's
   * content.
   */
  HloModule section(List<OperationContext> written) {
    HloModule all = module(Optional.empty(), Map.of(), written, HloLocation.at(1, 1));
    boolean isOne =
        all.modules().size() == 1 && all.functions().isEmpty() && all.others().isEmpty();
    return isOne ? all.modules().get(0) : all;
  }

  private HloModule module(
      Optional<String> symbol,
      Map<String, HloAttribute> moduleAttributes,
      List<OperationContext> written,
      HloLocation location) {
    List<HloFunction> functions = new ArrayList<>();
    Map<String, HloFunction> bySymbol = new HashMap<>();
    List<Operation> others = new ArrayList<>();
    List<HloModule> modules = new ArrayList<>();
    for (OperationContext operation : written) {
      switch (operation.body()) {
        case StablehloParser.ModuleContext module ->
            modules.add(
                module(
                    Optional.ofNullable(module.SYMBOL())
                        .map(s -> Strings.symbol(source, s.getSymbol())),
                    attributes.dictionary(module.dictionary()),
                    module.operation(),
                    locations.location(operation, operation.location())));
        case StablehloParser.FunctionContext function ->
            add(functions, bySymbol, function(function, operation), operation);
        case StablehloParser.GenericContext generic -> {
          switch (Strings.value(source, generic.STRING().getSymbol())) {
            case "builtin.module" -> modules.add(genericModule(generic, operation));
            case "func.func" ->
                add(functions, bySymbol, genericFunction(generic, operation), operation);
            default -> others.add(other(operation));
          }
        }
        default -> others.add(other(operation));
      }
    }
    Calls.check(source, functions, bySymbol);
    return new HloModule(symbol, moduleAttributes, functions, others, modules, location);
  }

  private Operation other(OperationContext operation) {
    return operations.operation(operation, Scope.isolated(source));
  }

  private void add(
      List<HloFunction> functions,
      Map<String, HloFunction> bySymbol,
      HloFunction function,
      ParserRuleContext at) {
    if (bySymbol.put(function.symbol(), function) != null) {
      throw source.fault(
          at,
          "the function @%s is defined twice".formatted(function.symbol()),
          "give the two different names");
    }
    functions.add(function);
  }

  private HloFunction function(
      StablehloParser.FunctionContext function, OperationContext operation) {
    String symbol = Strings.symbol(source, function.SYMBOL().getSymbol());
    Scope scope = Scope.isolated(source);
    List<HloFunction.Argument> arguments = new ArrayList<>();
    for (StablehloParser.ParameterContext parameter : function.parameter()) {
      String name = parameter.VALUE() == null ? "" : parameter.VALUE().getText().substring(1);
      HloValue value = new HloValue(name, types.type(parameter.type()));
      if (parameter.VALUE() != null) {
        scope.define(parameter.VALUE().getSymbol(), List.of(value));
      }
      arguments.add(
          new HloFunction.Argument(
              value,
              attributes.dictionary(parameter.dictionary()),
              locations.location(parameter, parameter.location())));
    }
    return new HloFunction(
        symbol,
        function.ID() != null && function.ID().getText().equals("private"),
        arguments,
        results(function.functionResults()),
        attributes.dictionary(function.dictionary()),
        Optional.ofNullable(function.region())
            .map(region ->
                operations.region(
                    region, scope, arguments.stream().map(HloFunction.Argument::value).toList())),
        locations.location(operation, operation.location()));
  }

  private List<HloFunction.Result> results(
      StablehloParser.@Nullable FunctionResultsContext results) {
    if (results == null) {
      return List.of();
    }
    if (results.nonFunctionType() != null) {
      return List.of(new HloFunction.Result(types.simple(results.nonFunctionType()), Map.of()));
    }
    List<HloFunction.Result> out = new ArrayList<>();
    for (StablehloParser.FunctionResultContext result : results.functionResult()) {
      out.add(
          new HloFunction.Result(
              types.type(result.type()), attributes.dictionary(result.dictionary())));
    }
    return out;
  }

  // The generic form.

  private HloModule genericModule(
      StablehloParser.GenericContext generic, OperationContext operation) {
    Map<String, HloAttribute> all =
        operations.attributes(generic.properties(), generic.dictionary());
    Optional<String> symbol =
        all.remove("sym_name") instanceof HloAttribute.StringValue name
            ? Optional.of(name.value())
            : Optional.empty();
    StablehloParser.RegionContext region = onlyRegion(generic);
    List<OperationContext> written = new ArrayList<>(region.operation());
    region.block().forEach(block -> written.addAll(block.operation()));
    return module(symbol, all, written, locations.location(operation, operation.location()));
  }

  private StablehloParser.RegionContext onlyRegion(StablehloParser.GenericContext generic) {
    if (generic.regions() == null || generic.regions().region().size() != 1) {
      throw source.fault(generic, "one region is expected", "write the operation's body");
    }
    return generic.regions().region(0);
  }

  private HloFunction genericFunction(
      StablehloParser.GenericContext generic, OperationContext operation) {
    Map<String, HloAttribute> all =
        operations.attributes(generic.properties(), generic.dictionary());
    if (!(all.remove("sym_name") instanceof HloAttribute.StringValue name)
        || !(all.remove("function_type") instanceof HloAttribute.TypeValue typeValue)
        || !(typeValue.type() instanceof HloType.FunctionOf type)) {
      throw source.fault(
          generic, "the function has no name or type", "write sym_name and function_type");
    }
    boolean isPrivate =
        all.remove("sym_visibility") instanceof HloAttribute.StringValue visibility
            && visibility.value().equals("private");
    List<HloAttribute> argumentAttributes = list(all.remove("arg_attrs"));
    List<HloAttribute> resultAttributes = list(all.remove("res_attrs"));
    StablehloParser.RegionContext region = onlyRegion(generic);
    Block body = operations.region(region, Scope.isolated(source), List.of());
    boolean isDeclared = body.operations().isEmpty() && body.arguments().isEmpty();
    List<HloValue> values =
        isDeclared
            ? type.inputs().stream().map(t -> new HloValue("", t)).toList()
            : body.arguments();
    OperationReader.checkOperands(source, generic, values, type.inputs());
    List<HloFunction.Argument> arguments = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      arguments.add(
          new HloFunction.Argument(
              values.get(i), entries(argumentAttributes, i), argumentLocation(region, i)));
    }
    List<HloFunction.Result> results = new ArrayList<>();
    for (int i = 0; i < type.results().size(); i++) {
      results.add(new HloFunction.Result(type.results().get(i), entries(resultAttributes, i)));
    }
    return new HloFunction(
        name.value(),
        isPrivate,
        arguments,
        results,
        all,
        isDeclared ? Optional.empty() : Optional.of(body),
        locations.location(operation, operation.location()));
  }

  private HloLocation argumentLocation(StablehloParser.RegionContext region, int index) {
    if (region.block().isEmpty() || region.block(0).argument().size() <= index) {
      return locations.location(region);
    }
    StablehloParser.ArgumentContext argument = region.block(0).argument(index);
    return locations.location(argument, argument.location());
  }

  private static List<HloAttribute> list(@Nullable HloAttribute attribute) {
    return attribute instanceof HloAttribute.ListValue list ? list.elements() : List.of();
  }

  private static Map<String, HloAttribute> entries(List<HloAttribute> all, int index) {
    return index < all.size() && all.get(index) instanceof HloAttribute.Dictionary dictionary
        ? new LinkedHashMap<>(dictionary.entries())
        : Map.of();
  }
}
