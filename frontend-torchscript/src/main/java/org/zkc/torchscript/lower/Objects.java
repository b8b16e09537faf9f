package org.zkc.torchscript.lower;

import java.util.List;
import org.zkc.ir.Location;
import org.zkc.ir.TorchType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.torch.Operator;
import org.zkc.torchscript.code.ClassDefinition;
import org.zkc.torchscript.schema.StaticTypes;

/**
 * Objects of the archive's own classes that are made while the model runs. At the torch level an
 * object is a dictionary of its attributes; setting one makes a new dictionary, as with all
 * containers.
 */
final class Objects {
  private Objects() {}

  /** Whether values of the type are objects: of a class that is neither a tuple nor a module. */
  static boolean isObject(CodeLibrary library, TorchType type) {
    return type instanceof TorchType.Named named
        && library
            .findClass(named.qualifiedName())
            .filter(c -> c.definition().base().isEmpty())
            .isPresent();
  }

  /** An object without attributes, as {@code __new__} makes it. */
  static Binding create(Frame frame, CodeLibrary library, String className, Location at) {
    TorchType type = new TorchType.Named(className);
    if (!isObject(library, type)) {
      throw new UserException(
          at,
          "The model makes an object of the class %s while it runs; zkc supports tensors, numbers, containers and objects of plain classes only."
              .formatted(CodeLibrary.demangled(className)));
    }
    String name = className.substring(className.lastIndexOf('.') + 1);
    Value result = frame.define(name, type);
    frame.region().add(new Operator(List.of(result), "prim.DictConstruct", "", List.of(), at));
    return new Binding.Dynamic(result, type);
  }

  /** The attribute of an object. */
  static Binding get(
      Frame frame, CodeLibrary library, Binding.Dynamic object, String name, Location at) {
    TorchType type = attributeType(library, object, name, at);
    Value source = frame.value(object, at);
    Value key = frame.value(Binding.Literal.of(name), at);
    Value result = frame.define(name, type);
    Operator read =
        new Operator(List.of(result), "aten.__getitem__", "Dict_str", List.of(source, key), at);
    frame.region().add(read);
    if (StaticTypes.isMutable(type)) {
      frame.aliases().hold(source, result);
      frame.aliases().recordAttribute(result, read, name);
    }
    return new Binding.Dynamic(result, type);
  }

  /** Sets an attribute of an object. */
  static void set(
      Frame frame,
      CodeLibrary library,
      Binding.Dynamic object,
      String name,
      Binding value,
      Location at) {
    TorchType type = attributeType(library, object, name, at);
    boolean widened =
        value instanceof Binding.Literal l && type.equals(StaticTypes.FLOAT) && l.isInt();
    Value source = frame.value(object, at);
    Value key = frame.value(Binding.Literal.of(name), at);
    Value element = frame.value(widened ? ((Binding.Literal) value).toFloat() : value, at);
    Value changed = frame.define(source.name(), object.type());
    frame
        .region()
        .add(
            new Operator(
                List.of(changed), "aten._set_item", "str", List.of(source, key, element), at));
    MemoryAliases aliases = frame.aliases();
    aliases.setAttribute(source, changed, name, element);
    aliases.share(source, changed);
    aliases.replace(object.value(), changed, frame.region(), at);
  }

  private static TorchType attributeType(
      CodeLibrary library, Binding.Dynamic object, String name, Location at) {
    String className = ((TorchType.Named) object.type()).qualifiedName();
    return library
        .requireClass(className, at)
        .definition()
        .field(name)
        .map(ClassDefinition.Field::type)
        .orElseThrow(() ->
            new UserException(
                at,
                "The class %s has no attribute '%s'; export the model again."
                    .formatted(CodeLibrary.demangled(className), name)));
  }
}
