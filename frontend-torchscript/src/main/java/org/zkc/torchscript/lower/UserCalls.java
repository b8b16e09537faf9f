package org.zkc.torchscript.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.Location;
import org.zkc.ir.TorchType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.torch.Call;
import org.zkc.torchscript.code.ClassDefinition;
import org.zkc.torchscript.code.FunctionDefinition;
import org.zkc.torchscript.schema.StaticTypes;

/** Lowers calls of the archive's own methods and functions, bound by the callee's definition. */
final class UserCalls {
  private final CodeLowering lowering;
  private final Frame frame;

  UserCalls(CodeLowering lowering, Frame frame) {
    this.lowering = lowering;
    this.frame = frame;
  }

  Binding method(
      Binding.Module self,
      String name,
      List<Binding> positional,
      Map<String, Binding> keywords,
      Location at) {
    String className = self.object().className();
    CodeLibrary.Located<ClassDefinition> type = lowering.library().requireClass(className, at);
    FunctionDefinition method =
        type.definition()
            .method(name)
            .orElseThrow(() ->
                new UserException(
                    at,
                    "The class %s has no method '%s' in the archive; export the model again."
                        .formatted(CodeLibrary.demangled(className), name)));
    return call(
        new CodeLibrary.Located<>(method, type.code()),
        className + "." + name,
        Optional.of(self),
        positional,
        keywords,
        at);
  }

  /** Calls a method of an object that was made while the model runs. */
  Binding method(
      Binding.Dynamic object,
      String name,
      List<Binding> positional,
      Map<String, Binding> keywords,
      Location at) {
    String className = ((TorchType.Named) object.type()).qualifiedName();
    CodeLibrary.Located<ClassDefinition> type = lowering.library().requireClass(className, at);
    FunctionDefinition method =
        type.definition()
            .method(name)
            .orElseThrow(() ->
                new UserException(
                    at,
                    "The class %s has no method '%s' in the archive; export the model again."
                        .formatted(CodeLibrary.demangled(className), name)));
    List<Binding> arguments = new ArrayList<>();
    arguments.add(object);
    arguments.addAll(positional);
    return call(
        new CodeLibrary.Located<>(method, type.code()),
        className + "." + name,
        Optional.empty(),
        arguments,
        keywords,
        at);
  }

  Binding function(
      String qualifiedName, List<Binding> positional, Map<String, Binding> keywords, Location at) {
    CodeLibrary.Located<FunctionDefinition> function =
        lowering
            .library()
            .findFunction(qualifiedName)
            .orElseThrow(() ->
                new UserException(
                    at,
                    "The archive has no code for %s; export the model again."
                        .formatted(CodeLibrary.demangled(qualifiedName))));
    return call(function, qualifiedName, Optional.empty(), positional, keywords, at);
  }

  private Binding call(
      CodeLibrary.Located<FunctionDefinition> definition,
      String qualifiedName,
      Optional<Binding.Module> self,
      List<Binding> positional,
      Map<String, Binding> keywords,
      Location at) {
    List<Binding> arguments = bind(definition, self.isPresent(), positional, keywords, at);
    LoweredFunction function = lowering.function(definition, qualifiedName, self, arguments, at);
    List<Binding.Dynamic> passed =
        arguments.stream()
            .filter(Binding.Dynamic.class::isInstance)
            .map(Binding.Dynamic.class::cast)
            .toList();
    if (function.empty()) {
      return returned(function, passed, List.of());
    }
    List<Value> operands = frame.values(passed, at);
    refuseTangled(function, operands, at);
    refuseSharedWrites(function, operands, at);
    List<Value> results = new ArrayList<>();
    String hint = self.map(Binding.Module::name).orElse(definition.definition().name());
    for (TorchType type : function.resultTypes()) {
      results.add(frame.define(hint, type));
    }
    frame.region().add(new Call(results, function.name(), operands, at));
    applyEffects(function, operands, results, at);
    return returned(function, passed, results);
  }

  private static Binding returned(
      LoweredFunction function, List<Binding.Dynamic> passed, List<Value> results) {
    return switch (function.returned()) {
      case LoweredFunction.Returned.Known k -> k.binding();
      case LoweredFunction.Returned.Parameter p ->
          new Binding.Dynamic(passed.get(p.index()).value(), p.type());
      case LoweredFunction.Returned.Result r ->
          new Binding.Dynamic(results.get(r.index()), r.type());
    };
  }

  /** One binding per parameter, defaults filled in. */
  private List<Binding> bind(
      CodeLibrary.Located<FunctionDefinition> definition,
      boolean method,
      List<Binding> positional,
      Map<String, Binding> keywords,
      Location at) {
    FunctionDefinition function = definition.definition();
    List<FunctionDefinition.Parameter> parameters =
        function
            .parameters()
            .subList(
                Math.min(method ? 1 : 0, function.parameters().size()),
                function.parameters().size());
    Map<String, Binding> unused = new HashMap<>(keywords);
    List<Binding> out = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      FunctionDefinition.Parameter p = parameters.get(i);
      Binding binding = i < positional.size() ? positional.get(i) : unused.remove(p.name());
      if (binding == null) {
        binding =
            p.defaultValue()
                .map(d -> new ExpressionLowering(lowering, frame).evaluate(d))
                .orElseThrow(() -> arityError(function, at));
      }
      out.add(asParameter(binding, p.type(), at));
    }
    if (positional.size() > parameters.size() || !unused.isEmpty()) {
      throw arityError(function, at);
    }
    return out;
  }

  private static UserException arityError(FunctionDefinition function, Location at) {
    return new UserException(
        at,
        "A call does not fit the definition of %s in the archive; export the model again."
            .formatted(function.name()));
  }

  /**
   * Conversions that PyTorch makes when calling: a literal that is printed as an int may be a
   * float, a tuple a list.
   */
  private Binding asParameter(Binding binding, Optional<TorchType> declared, Location at) {
    if (declared.isEmpty()) {
      return binding;
    }
    TorchType wanted = declared.get();
    TorchType bare = StaticTypes.isOptional(wanted) ? StaticTypes.argument(wanted, 0) : wanted;
    TorchType actual = Frame.typeOf(binding);
    if (binding instanceof Binding.Literal l && bare.equals(StaticTypes.FLOAT)) {
      return l.toFloat();
    }
    if (binding instanceof Binding.Dynamic d
        && StaticTypes.isList(bare)
        && StaticTypes.isGeneric(actual, "Tuple")) {
      List<TorchType> types = ((TorchType.Generic) actual).arguments();
      List<String> hints = types.stream().map(_ -> "element").toList();
      return frame.list(StaticTypes.argument(bare, 0), frame.unpack(d, types, hints, at), at);
    }
    if (binding instanceof Binding.Dynamic d && actual.equals(StaticTypes.TENSOR)) {
      if (bare.equals(StaticTypes.INT)) {
        return frame.operator(
            "aten.IntImplicit", "", List.of(frame.value(d, at)), bare, "scalar", at);
      }
      if (bare.equals(StaticTypes.FLOAT)) {
        return frame.operator(
            "aten.FloatImplicit", "", List.of(frame.value(d, at)), bare, "scalar", at);
      }
    }
    return binding;
  }

  /**
   * A callee takes its parameters to be distinct; that matters only if it writes one that another
   * one shares.
   */
  private void refuseSharedWrites(LoweredFunction function, List<Value> operands, Location at) {
    for (int i : function.writtenInside()) {
      for (int j = 0; j < operands.size(); j++) {
        if (j != i && frame.aliases().mayReach(operands.get(i), operands.get(j))) {
          throw sharedWrite(function, at);
        }
      }
    }
    for (LoweredFunction.Written w : function.written()) {
      for (int j = 0; j < operands.size(); j++) {
        Value writtenOperand = operands.get(w.parameter());
        if (j != w.parameter()
            && (writtenOperand == operands.get(j)
                || frame.aliases().mayShare(writtenOperand, operands.get(j))
                || frame.aliases().mayHold(operands.get(j), writtenOperand)
                || (isObject(writtenOperand)
                    && frame.aliases().mayShareContents(writtenOperand, operands.get(j))))) {
          throw sharedWrite(function, at);
        }
      }
    }
  }

  private static UserException sharedWrite(LoweredFunction function, Location at) {
    return new UserException(
        at,
        "%s changes one of its arguments in place while another argument shares its memory; use an out-of-place operation."
            .formatted(function.name()));
  }

  /**
   * A callee takes the attributes of an object to be distinct, and the lists in a list that it
   * writes.
   */
  private void refuseTangled(LoweredFunction function, List<Value> operands, Location at) {
    for (int i = 0; i < operands.size(); i++) {
      boolean isObject = isObject(operands.get(i));
      if ((isObject || function.writtenInside().contains(i))
          && frame.aliases().isTangled(operands.get(i))) {
        throw new UserException(
            at,
            isObject
                ? "%s gets an object that holds one list or tensor in two attributes, which zkc cannot follow; give each attribute a copy of its own."
                    .formatted(function.name())
                : "%s writes to lists in a list that may hold one of them twice, which zkc cannot follow; give each place a copy of its own."
                    .formatted(function.name()));
      }
    }
  }

  private boolean isObject(Value value) {
    return Objects.isObject(lowering.library(), (TorchType) value.type());
  }

  private void applyEffects(
      LoweredFunction function, List<Value> operands, List<Value> results, Location at) {
    MemoryAliases aliases = frame.aliases();
    function.writtenInside().forEach(i -> aliases.writeInside(operands.get(i), at));
    List<Value> places = new ArrayList<>(operands);
    places.addAll(results);
    for (LoweredFunction.Relation r : function.relations()) {
      Value left = places.get(r.left());
      Value right = places.get(r.right());
      switch (r.kind()) {
        case SHARE -> aliases.share(left, right);
        case LEFT_HOLDS_RIGHT -> aliases.hold(left, right);
        case SHARE_CONTENTS -> aliases.shareContents(left, right);
      }
    }
    if (function.tangles()) {
      places.stream().filter(this::isObject).forEach(aliases::tangle);
      places.forEach(aliases::tangleElements);
    }
    for (LoweredFunction.Written w : function.written()) {
      aliases.replace(operands.get(w.parameter()), results.get(w.result()), frame.region(), at);
    }
    for (LoweredFunction.Stale s : function.stale()) {
      aliases.markStale(operands.get(s.parameter()), s.writer().isKnown() ? s.writer() : at);
    }
  }
}
