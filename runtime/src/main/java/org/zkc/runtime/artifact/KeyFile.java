package org.zkc.runtime.artifact;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.Interval;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.proof.Statement;
import org.zkc.gkr.proof.VerifierKey;
import org.zkc.ir.TensorData;
import org.zkc.runtime.wire.PortMessage;
import org.zkc.runtime.wire.VerifierKeyFileMessage;

/**
 * The content of a {@code .vk} file: the backend's key, and how its public integers correspond to
 * people's arrays. What the ports say is bound to every proof through {@link #boundContext}, so a
 * key whose scales were changed verifies nothing.
 */
public record KeyFile(VerifierKey key, List<Port> inputs, List<Port> outputs) {
  private static final byte[] MAGIC = "ZKC-KEY\n".getBytes(StandardCharsets.US_ASCII);
  static final int VERSION = 1;
  private static final String CONTEXT_LABEL = "zkc ports and context, version 1\n";

  public KeyFile {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  public CheckedCircuit circuit() {
    return key.circuit();
  }

  /** Whether the file begins as a key file does. */
  public static boolean isKeyFile(byte[] beginning) {
    return Envelope.has(MAGIC, beginning);
  }

  /** The arrays that stand for a statement's outputs, by name. */
  public SequencedMap<String, TensorData> outputArrays(Statement statement) {
    return arrays(outputs, statement.outputs(), circuit().circuit().outputs());
  }

  /** The arrays that stand for a statement's inputs, by name: what the model saw after rounding. */
  public SequencedMap<String, TensorData> inputArrays(Statement statement) {
    return arrays(inputs, statement.inputs(), circuit().circuit().inputs());
  }

  private SequencedMap<String, TensorData> arrays(
      List<Port> ports, List<int[]> elements, List<Integer> tensors) {
    SequencedMap<String, TensorData> out = new LinkedHashMap<>();
    for (int i = 0; i < ports.size(); i++) {
      out.put(
          ports.get(i).name(),
          ports.get(i).dequantize(elements.get(i), circuit().tensor(tensors.get(i)).shape()));
    }
    return out;
  }

  /** The bytes of the file; equal for equal content. */
  public byte[] encode() {
    VerifierKeyFileMessage message = message(ByteString.copyFrom(key.encode()));
    return Envelope.wrap(MAGIC, VERSION, message.toByteArray());
  }

  private VerifierKeyFileMessage message(ByteString keyBytes) {
    VerifierKeyFileMessage.Builder message = VerifierKeyFileMessage.newBuilder().setKey(keyBytes);
    inputs.forEach(p -> message.addInputs(encode(p)));
    outputs.forEach(p -> message.addOutputs(encode(p)));
    return message.build();
  }

  /**
   * Reads a key file and checks everything in it.
   *
   * @throws VerificationFailure when the bytes are not exactly what {@link #encode} writes for some
   *     key
   */
  public static KeyFile decode(byte[] bytes) {
    byte[] body = Envelope.unwrap("key file", MAGIC, VERSION, bytes);
    VerifierKeyFileMessage message;
    try {
      message = VerifierKeyFileMessage.parseFrom(body);
    } catch (InvalidProtocolBufferException e) {
      throw new VerificationFailure("key file", "a protobuf message", "damaged bytes");
    }
    VerifierKey key = VerifierKey.decode(message.getKey().toByteArray());
    KeyFile file =
        new KeyFile(key, decode(message.getInputsList()), decode(message.getOutputsList()));
    VerificationFailure.requireCount(
        "key file inputs", key.circuit().circuit().inputs().size(), file.inputs.size());
    VerificationFailure.requireCount(
        "key file outputs", key.circuit().circuit().outputs().size(), file.outputs.size());
    requireBooleans(file.inputs, key, key.circuit().circuit().inputs());
    requireBooleans(file.outputs, key, key.circuit().circuit().outputs());
    if (!Arrays.equals(file.message(message.getKey()).toByteArray(), body)) {
      throw new VerificationFailure(
          "key file", "the canonical encoding", "another encoding of the same key");
    }
    return file;
  }

  /**
   * A boolean port of a tensor with other elements would have statements that no array stands for.
   */
  private static void requireBooleans(List<Port> ports, VerifierKey key, List<Integer> tensors) {
    for (int k = 0; k < ports.size(); k++) {
      Interval interval = key.circuit().interval(tensors.get(k));
      if (ports.get(k).elementType() == ElementType.I1
          && (interval.low() < 0 || interval.high() > 1)) {
        throw new VerificationFailure(
            "key file port " + ports.get(k).name(),
            "a boolean tensor, in [0, 1]",
            interval.toString());
      }
    }
  }

  /** SHA-256 of the file, as {@code sha256sum} prints it: what {@code --expect-model} compares. */
  public String digest() {
    return HexFormat.of().formatHex(sha256().digest(encode()));
  }

  /**
   * What a proof is bound to besides circuit, model and statement: the ports, and the caller's own
   * context.
   */
  public byte[] boundContext(byte[] context) {
    MessageDigest ports = sha256();
    ports.update(message(ByteString.EMPTY).toByteArray());
    byte[] label = CONTEXT_LABEL.getBytes(StandardCharsets.US_ASCII);
    byte[] digest = ports.digest();
    byte[] out = Arrays.copyOf(label, label.length + digest.length + context.length);
    System.arraycopy(digest, 0, out, label.length, digest.length);
    System.arraycopy(context, 0, out, label.length + digest.length, context.length);
    return out;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static PortMessage encode(Port port) {
    return PortMessage.newBuilder()
        .setName(port.name())
        .setElementType(
            switch (port.elementType()) {
              case F32 -> PortMessage.ElementType.F32;
              case I64 -> PortMessage.ElementType.I64;
              case I1 -> PortMessage.ElementType.I1;
            })
        .setScale(port.scale())
        .build();
  }

  private static List<Port> decode(List<PortMessage> messages) {
    HashSet<String> names = new HashSet<>();
    for (PortMessage m : messages) {
      // Names are printed beside what was proved: none may hide another or write lines of its own.
      if (m.getName()
          .codePoints()
          .anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT)) {
        throw new VerificationFailure(
            "key file port", "a name without control characters", "one that has some");
      }
      if (!names.add(m.getName())) {
        throw new VerificationFailure(
            "key file port", "a name of its own", "another one's: " + m.getName());
      }
    }
    return messages.stream()
        .map(m -> {
          ElementType type =
              switch (m.getElementType()) {
                case F32 -> ElementType.F32;
                case I64 -> ElementType.I64;
                case I1 -> ElementType.I1;
                case UNRECOGNIZED ->
                    throw new VerificationFailure(
                        "key file port", "a known element type", "an unknown one");
              };
          try {
            return new Port(m.getName(), type, m.getScale());
          } catch (IllegalArgumentException e) {
            throw new VerificationFailure(
                "key file port", "a positive scale", String.valueOf(m.getScale()));
          }
        })
        .toList();
  }
}
