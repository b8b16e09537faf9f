package org.zkc.torchexport.program;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.zkc.ir.UserException;

/**
 * Typed reads of JSON values: what has another type than the schema says is an error, never
 * converted.
 */
final class Fields {
  private Fields() {}

  static UserException damaged(String what) {
    return new UserException(
        "The archive's program is damaged: %s; export the model again.".formatted(what));
  }

  static JsonNode field(JsonNode object, String name) {
    JsonNode value = object.get(name);
    if (value == null) {
      throw damaged("the field '%s' is missing".formatted(name));
    }
    return value;
  }

  static JsonNode array(JsonNode value, String what) {
    if (!value.isArray()) {
      throw damaged("'%s' is no list".formatted(what));
    }
    return value;
  }

  static JsonNode object(JsonNode value, String what) {
    if (!value.isObject()) {
      throw damaged("'%s' is no object".formatted(what));
    }
    return value;
  }

  static String text(JsonNode value, String what) {
    if (!value.isTextual()) {
      throw damaged("'%s' is no text".formatted(what));
    }
    return value.asText();
  }

  static Optional<String> optionalText(JsonNode object, String name) {
    JsonNode value = object.path(name);
    return value.isTextual() ? Optional.of(value.asText()) : Optional.empty();
  }

  static long integer(JsonNode value, String what) {
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw damaged("'%s' is no integer of 64 bits".formatted(what));
    }
    return value.asLong();
  }

  static OptionalLong optionalInteger(JsonNode value) {
    return value.isIntegralNumber() && value.canConvertToLong()
        ? OptionalLong.of(value.asLong())
        : OptionalLong.empty();
  }

  static boolean truth(JsonNode value, String what) {
    if (!value.isBoolean()) {
      throw damaged("'%s' is no truth value".formatted(what));
    }
    return value.asBoolean();
  }

  /** A number, or one of the texts that stand for those without digits. */
  static double real(JsonNode value, String what) {
    if (value.isNumber()) {
      return value.asDouble();
    }
    return switch (value.isTextual() ? value.asText() : "") {
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      case "NaN" -> Double.NaN;
      default -> throw damaged("'%s' is no number".formatted(what));
    };
  }

  /** The one entry of an object that stands for a union. */
  static Map.Entry<String, JsonNode> union(JsonNode value, String what) {
    if (!value.isObject() || value.size() != 1) {
      throw damaged("'%s' is not one value of one kind".formatted(what));
    }
    return value.properties().iterator().next();
  }
}
