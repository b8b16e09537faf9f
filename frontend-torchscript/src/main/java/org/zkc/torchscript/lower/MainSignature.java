package org.zkc.torchscript.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.Location;
import org.zkc.ir.TorchType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.torchscript.code.ClassDefinition;
import org.zkc.torchscript.code.FunctionDefinition;
import org.zkc.torchscript.code.TypeNames;
import org.zkc.torchscript.schema.StaticTypes;

/**
 * Parameters and results of main. Main takes tensors only: an argument that is a tuple, a list or a
 * dictionary is made of one parameter for each tensor in it, named by its path. Main returns the
 * elements of a tuple as results of their own, and a named tuple as a dictionary of its fields.
 */
final class MainSignature {
  private static final int MAX_DEPTH = 16;

  private final CodeLowering lowering;
  private final Frame frame;
  private final FunctionDefinition method;
  private final Inputs given;
  private final Location at;
  private final List<Value> parameters = new ArrayList<>();
  private final List<CodeLowering.Input> inputs = new ArrayList<>();

  MainSignature(CodeLowering lowering, Frame frame, FunctionDefinition method, Inputs given) {
    this.lowering = lowering;
    this.frame = frame;
    this.method = method;
    this.given = given;
    this.at = frame.locate(method.offset());
  }

  List<Value> parameters() {
    return parameters;
  }

  /** The path of each parameter. */
  List<CodeLowering.Input> inputs() {
    return inputs;
  }

  private static TorchType type(FunctionDefinition.Parameter parameter) {
    return parameter.type().orElse(StaticTypes.TENSOR);
  }

  private static boolean mayBeLeftOut(FunctionDefinition.Parameter parameter) {
    return parameter.defaultValue().isPresent() || StaticTypes.isOptional(type(parameter));
  }

  private static boolean mayBeTensor(FunctionDefinition.Parameter parameter) {
    TorchType type = type(parameter);
    return type.equals(StaticTypes.TENSOR)
        || StaticTypes.isOptional(type) && StaticTypes.argument(type, 0).equals(StaticTypes.TENSOR);
  }

  /** Binds the method's parameters after {@code self}. */
  void bindParameters() {
    List<FunctionDefinition.Parameter> all =
        method.parameters().subList(1, method.parameters().size());
    int more = given.inOrder() - (int) all.stream().filter(p -> !mayBeLeftOut(p)).count();
    for (int i = 0; i < all.size(); i++) {
      FunctionDefinition.Parameter p = all.get(i);
      CodeLowering.Input place = new CodeLowering.Input(p.name(), Integer.toString(i));
      TorchType type = type(p);
      boolean isNext = mayBeLeftOut(p) && mayBeTensor(p) && more > 0;
      more -= isNext ? 1 : 0;
      Binding binding;
      if (isNext) {
        binding = input(place, StaticTypes.TENSOR, 0);
      } else if (!mayBeLeftOut(p) || given.has(place)) {
        binding = input(place, type, 0);
      } else if (p.defaultValue().isPresent()) {
        binding = new ExpressionLowering(lowering, frame).evaluate(p.defaultValue().get());
      } else {
        binding = Binding.Literal.NONE;
      }
      frame.names().put(p.name(), binding);
    }
  }

  private Binding input(CodeLowering.Input path, TorchType type, int depth) {
    if (depth > MAX_DEPTH) {
      throw refused(path, type);
    }
    lowering.step(at);
    if (type.equals(StaticTypes.TENSOR)) {
      Value value = frame.define(path.name().replaceAll("[^A-Za-z0-9_.]", "_"), StaticTypes.TENSOR);
      parameters.add(value);
      inputs.add(path);
      return new Binding.Dynamic(value, StaticTypes.TENSOR);
    }
    if (StaticTypes.isOptional(type)) {
      return given.has(path)
          ? input(path, StaticTypes.argument(type, 0), depth + 1)
          : Binding.Literal.NONE;
    }
    if (type instanceof TorchType.Named named) {
      ClassDefinition definition =
          lowering.library().requireClass(named.qualifiedName(), at).definition();
      if (!definition.base().equals(Optional.of("NamedTuple"))) {
        throw refused(path, type);
      }
      List<Binding> fields = new ArrayList<>();
      for (ClassDefinition.Field field : definition.fields()) {
        fields.add(input(inside(path, field.name()), field.type(), depth + 1));
      }
      return frame.tuple(type, fields, at);
    }
    if (StaticTypes.isGeneric(type, "Tuple")) {
      List<TorchType> types = ((TorchType.Generic) type).arguments();
      List<Binding> elements = new ArrayList<>();
      for (int i = 0; i < types.size(); i++) {
        elements.add(input(inside(path, Integer.toString(i)), types.get(i), depth + 1));
      }
      return frame.tuple(type, elements, at);
    }
    if (StaticTypes.isList(type)) {
      List<Binding> elements = new ArrayList<>();
      List<String> names = known(path, type, "0");
      for (int i = 0; i < names.size(); i++) {
        elements.add(
            input(inside(path, Integer.toString(i)), StaticTypes.argument(type, 0), depth + 1));
      }
      return frame.list(StaticTypes.argument(type, 0), elements, at);
    }
    if (StaticTypes.isGeneric(type, "Dict")
        && StaticTypes.argument(type, 0).equals(StaticTypes.STRING)) {
      return dictionary(path, type, depth);
    }
    throw refused(path, type);
  }

  private static CodeLowering.Input inside(CodeLowering.Input place, String part) {
    return new CodeLowering.Input(place.name() + "." + part, place.position() + "." + part);
  }

  private Binding dictionary(CodeLowering.Input path, TorchType type, int depth) {
    List<String> keys = known(path, type, "KEY");
    List<Binding> values = new ArrayList<>();
    for (String key : keys) {
      values.add(input(inside(path, key), StaticTypes.argument(type, 1), depth + 1));
    }
    return frame.dictionary(keys, values, type, at);
  }

  private List<String> known(CodeLowering.Input path, TorchType type, String example) {
    List<String> names = given.inside(path);
    if (names.isEmpty()) {
      throw new UserException(
          at,
          "%s's argument '%s' is of type %s, and the archive does not say what is in it; name each of its tensors: --input-shape %s.%s=1x8"
              .formatted(method.name(), path.name(), TypeNames.text(type), path.name(), example));
    }
    return names;
  }

  private UserException refused(CodeLowering.Input path, TorchType type) {
    return new UserException(
        at,
        "%s's argument '%s' is of type %s; zkc takes tensors, and tuples, lists and dictionaries of them, as inputs, so wrap the model in a module whose forward takes those only."
            .formatted(method.name(), path.name(), CodeLibrary.demangled(TypeNames.text(type))));
  }

  /** The values that main returns for what the method does. */
  List<Value> results(Binding returned) {
    TorchType type = Frame.typeOf(returned);
    if (!StaticTypes.isGeneric(type, "Tuple")) {
      return List.of(frame.value(output(returned, 0), at));
    }
    return unpacked(returned, ((TorchType.Generic) type).arguments()).stream()
        .map(element -> frame.value(output(element, 0), at))
        .toList();
  }

  /** The value with dictionaries in place of named tuples, at any depth of tuples. */
  private Binding output(Binding value, int depth) {
    TorchType type = Frame.typeOf(value);
    if (depth > MAX_DEPTH || !holdsNamedTuple(type, 0)) {
      return value;
    }
    if (type instanceof TorchType.Named named) {
      List<ClassDefinition.Field> fields = fields(named);
      List<Binding> elements =
          unpacked(value, fields.stream().map(ClassDefinition.Field::type).toList()).stream()
              .map(element -> output(element, depth + 1))
              .toList();
      List<String> names = fields.stream().map(ClassDefinition.Field::name).toList();
      return frame.dictionary(
          names, elements, StaticTypes.dict(StaticTypes.STRING, StaticTypes.ANY), at);
    }
    List<Binding> elements =
        unpacked(value, ((TorchType.Generic) type).arguments()).stream()
            .map(element -> output(element, depth + 1))
            .toList();
    return frame.tuple(
        StaticTypes.tuple(elements.stream().map(Frame::typeOf).toList()), elements, at);
  }

  private boolean holdsNamedTuple(TorchType type, int depth) {
    return switch (type) {
      case TorchType.Named n ->
          lowering
              .library()
              .findClass(n.qualifiedName())
              .filter(c -> c.definition().base().equals(Optional.of("NamedTuple")))
              .isPresent();
      case TorchType.Generic g ->
          g.constructor().equals("Tuple")
              && depth <= MAX_DEPTH
              && g.arguments().stream().anyMatch(a -> holdsNamedTuple(a, depth + 1));
      case TorchType.Tensor _, TorchType.Simple _ -> false;
    };
  }

  private List<ClassDefinition.Field> fields(TorchType.Named type) {
    return lowering.library().requireClass(type.qualifiedName(), at).definition().fields();
  }

  private List<Binding> unpacked(Binding tuple, List<TorchType> types) {
    return frame.unpack(tuple, types, types.stream().map(_ -> "output").toList(), at);
  }
}
