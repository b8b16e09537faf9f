package org.zkc.runtime.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * One request.
 *
 * @param id a string or an integer; {@link NullNode} for a notification, which is not answered
 * @param params those of the method
 * @param progress whether the client wants to be told how far the work is
 */
record Request(JsonNode id, String method, ObjectNode params, boolean progress) {
  /** The parameter that every method has. */
  private static final String PROGRESS = "progress";

  /** Ids come back with every answer. */
  private static final int MOST_ID_CHARACTERS = 256;

  static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  boolean isNotification() {
    return id.isNull();
  }

  /** A request that is refused; the id is the request's where it could be read. */
  static final class Refusal extends Exception {
    private static final long serialVersionUID = 1;
    private final transient JsonNode id;
    private final RpcException reason;

    Refusal(JsonNode id, RpcException reason) {
      super(reason);
      this.id = id;
      this.reason = reason;
    }

    JsonNode id() {
      return id;
    }

    RpcException reason() {
      return reason;
    }
  }

  /** Reads a line. */
  static Request read(byte[] line) throws Refusal {
    JsonNode json = parse(line);
    if (!(json instanceof ObjectNode object)) {
      throw invalid(NullNode.instance, "a request is a JSON object, one a line; batches are not");
    }
    JsonNode id = Objects.requireNonNullElse(object.get("id"), NullNode.instance);
    boolean known =
        !object.has("id")
            || id.isIntegralNumber()
            || id.isTextual() && id.textValue().length() <= MOST_ID_CHARACTERS;
    if (!known) {
      throw invalid(
          NullNode.instance,
          "an id is an integer or a string of at most %d characters".formatted(MOST_ID_CHARACTERS));
    }
    if (!"2.0".equals(text(object, "jsonrpc"))) {
      throw invalid(id, "the member jsonrpc must be \"2.0\"");
    }
    JsonNode params = object.path("params");
    if (!(params.isMissingNode() || params.isObject())) {
      throw new Refusal(
          id,
          new RpcException(
              RpcException.INVALID_PARAMS, "params must be an object: parameters have names"));
    }
    String method = text(object, "method");
    if (method.isEmpty()) {
      throw invalid(id, "the member method must be a string");
    }
    ObjectNode own = params instanceof ObjectNode given ? given : MAPPER.createObjectNode();
    JsonNode progress = own.remove(PROGRESS);
    if (progress != null && !progress.isBoolean()) {
      throw new Refusal(
          id, new RpcException(RpcException.INVALID_PARAMS, "progress must be true or false"));
    }
    return new Request(id, method, own, progress == null || progress.booleanValue());
  }

  private static String text(ObjectNode object, String member) {
    return object.path(member).isTextual() ? object.path(member).textValue() : "";
  }

  private static JsonNode parse(byte[] line) throws Refusal {
    try {
      // Strictly: the parser's own reader would guess other encodings.
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
      return MAPPER.readTree(text);
    } catch (CharacterCodingException e) {
      throw parseError("the line is not UTF-8");
    } catch (JsonProcessingException e) {
      throw parseError(
          "the line is no JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""));
    } catch (IOException e) {
      throw parseError("the line is no JSON");
    }
  }

  private static Refusal parseError(String message) {
    return new Refusal(NullNode.instance, new RpcException(RpcException.PARSE_ERROR, message));
  }

  private static Refusal invalid(JsonNode id, String message) {
    return new Refusal(id, new RpcException(RpcException.INVALID_REQUEST, message));
  }
}
