package org.zkc.torchscript.lower;

import java.util.ArrayList;
import java.util.List;
import org.zkc.ir.Location;
import org.zkc.ir.TorchType;
import org.zkc.torchscript.schema.SchemaArgument;
import org.zkc.torchscript.schema.StaticTypes;

/**
 * Default values of schema arguments, from the registry's text: {@code 1}, {@code [0, 0]}, {@code
 * "valid"}, {@code None}.
 */
final class SchemaDefaults {

  private SchemaDefaults() {}

  static Binding bind(Frame frame, SchemaArgument formal, String text, Location at) {
    TorchType type =
        StaticTypes.isOptional(formal.type())
            ? StaticTypes.argument(formal.type(), 0)
            : formal.type();
    if (text.equals("None")) {
      return Binding.Literal.NONE;
    }
    if (!StaticTypes.isList(type)) {
      return scalar(type, text);
    }
    TorchType element = StaticTypes.argument(type, 0);
    List<Binding> elements = new ArrayList<>();
    if (text.startsWith("[")) {
      for (String part : text.substring(1, text.length() - 1).split(",", -1)) {
        if (!part.isBlank()) {
          elements.add(scalar(element, part.strip()));
        }
      }
    } else {
      for (int i = 0; i < Math.max(1, formal.replication()); i++) {
        elements.add(scalar(element, text));
      }
    }
    return frame.list(element, elements, at);
  }

  private static Binding.Literal scalar(TorchType type, String text) {
    if (text.startsWith("\"")) {
      return Binding.Literal.of(text.substring(1, text.length() - 1));
    }
    return switch (text) {
      case "True" -> Binding.Literal.of(true);
      case "False" -> Binding.Literal.of(false);
      default ->
          type.equals(StaticTypes.FLOAT) || !text.matches("-?\\d+")
              ? Binding.Literal.of(Double.parseDouble(text))
              : Binding.Literal.of(Long.parseLong(text));
    };
  }
}
