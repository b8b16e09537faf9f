package org.zkc.gkr.file;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.CircuitLimits;
import org.zkc.gkr.circuit.Interval;
import org.zkc.gkr.encoding.StrictMessage;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.wire.ArrayPartMessage;
import org.zkc.gkr.wire.PortMessage;
import org.zkc.gkr.wire.VerifierKeyFileMessage;

/**
 * The content of a {@code .vk} file: the backend's key, and the ports, which relate its public
 * integers to the users' arrays. {@link #boundContext} binds the ports to every proof, so a key
 * whose scales were changed verifies nothing.
 *
 * @param generation present in the key of a causal language model, whose proofs may speak of text
 *     that was generated
 */
public record KeyFile(
    VerifierKey key, List<Port> inputs, List<Port> outputs, Optional<Generation> generation) {
  private static final byte[] MAGIC = "ZKC-KEY\n".getBytes(StandardCharsets.US_ASCII);
  static final int VERSION = 1;

  /** A key file of more bytes than this is refused unread: a key, and a MB of names. */
  public static final int MOST_BYTES = VerifierKey.MAX_BYTES + (1 << 20);

  /** The key, every port with its name, and the part about generation. */
  private static final int MOST_PARTS = 1 + 2 * 2 * CircuitLimits.TENSORS + 1;

  private static final String CONTEXT_LABEL = "zkc ports and context, version 1\n";

  /** No beginning of the other label, so that no claim can be taken for a part of a context. */
  private static final String CLAIM_LABEL = "zkc ports, claim and context, version 1\n";

  public KeyFile {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** A key whose proofs speak of no generated text. */
  public KeyFile(VerifierKey key, List<Port> inputs, List<Port> outputs) {
    this(key, inputs, outputs, Optional.empty());
  }

  public CheckedCircuit circuit() {
    return key.circuit();
  }

  /** Whether the file begins as a key file does. */
  public static boolean isKeyFile(byte[] beginning) {
    return FileHeader.has(MAGIC, beginning);
  }

  /** The bytes of the file; equal for equal content. */
  public byte[] encode() {
    VerifierKeyFileMessage message = message(ByteString.copyFrom(key.encode()));
    return FileHeader.wrap(MAGIC, VERSION, message.toByteArray());
  }

  private VerifierKeyFileMessage message(ByteString keyBytes) {
    VerifierKeyFileMessage.Builder message = VerifierKeyFileMessage.newBuilder().setKey(keyBytes);
    for (Port p : inputs) {
      message.addInputs(encode(p));
    }
    for (Port p : outputs) {
      message.addOutputs(encode(p));
    }
    if (generation.isPresent()) {
      message.setGeneration(generation.get().encode());
    }
    return message.build();
  }

  /**
   * Reads a key file and checks everything in it.
   *
   * @throws VerificationFailure when the bytes are not exactly what {@link #encode} writes for some
   *     key
   */
  public static KeyFile decode(byte[] bytes) {
    if (bytes.length > MOST_BYTES) {
      throw new VerificationFailure(
          "key file", "at most " + MOST_BYTES + " bytes", bytes.length + " bytes");
    }
    VerifierKeyFileMessage message =
        StrictMessage.read(
            "key file",
            VerifierKeyFileMessage.getDefaultInstance(),
            bytes,
            FileHeader.payload("key file", MAGIC, VERSION, bytes),
            MOST_PARTS);
    VerifierKey key = VerifierKey.decode(message.getKey().toByteArray());
    KeyFile file =
        new KeyFile(
            key,
            decode(message.getInputsList()),
            decode(message.getOutputsList()),
            message.hasGeneration()
                ? Optional.of(Generation.decode(message.getGeneration()))
                : Optional.empty());
    VerificationFailure.requireCount(
        "key file inputs", key.circuit().circuit().inputs().size(), file.inputs.size());
    VerificationFailure.requireCount(
        "key file outputs", key.circuit().circuit().outputs().size(), file.outputs.size());
    requireHeld(file.inputs, key, key.circuit().circuit().inputs());
    requireHeld(file.outputs, key, key.circuit().circuit().outputs());
    requireUnits(file.inputs, key, key.circuit().circuit().inputs());
    requireUnits(file.outputs, key, key.circuit().circuit().outputs());
    requireParts(file.inputs, key, key.circuit().circuit().inputs());
    requireParts(file.outputs, key, key.circuit().circuit().outputs());
    if (file.generation.isPresent()) {
      file.generation.get().requireFit(file);
    }
    return file;
  }

  /**
   * Requires that each port's type can hold the elements of its tensor. Otherwise there would be
   * statements that no array stands for.
   */
  private static void requireHeld(List<Port> ports, VerifierKey key, List<Integer> tensors) {
    for (int k = 0; k < ports.size(); k++) {
      Interval interval = key.circuit().interval(tensors.get(k));
      ElementType type = ports.get(k).elementType();
      if (!type.carries(interval.low(), interval.high())) {
        throw new VerificationFailure(
            "key file port " + ports.get(k).name(),
            "a tensor whose elements " + type.text() + " holds",
            interval.toString());
      }
    }
  }

  private static void requireUnits(List<Port> ports, VerifierKey key, List<Integer> tensors) {
    for (int k = 0; k < ports.size(); k++) {
      List<Integer> shape = key.circuit().circuit().tensors().get(tensors.get(k)).shape();
      if (!ports.get(k).fits(shape)) {
        throw new VerificationFailure(
            "key file port " + ports.get(k).name(),
            "no units or one for each index on an axis of " + shape,
            ports.get(k).units().size() + " units of " + ports.get(k).unitRun() + " elements");
      }
    }
  }

  /**
   * Requires that the parts of an array are neighbours of its axes but one, and that no other has
   * its name.
   */
  private static void requireParts(List<Port> ports, VerifierKey key, List<Integer> tensors) {
    HashSet<String> arrays = new HashSet<>();
    for (int k = 0; k < ports.size(); k++) {
      Port port = ports.get(k);
      List<Integer> shape = key.circuit().tensor(tensors.get(k)).shape();
      boolean follows =
          k > 0 && port.part().isPresent() && port.part().equals(ports.get(k - 1).part());
      boolean fits =
          port.part().isEmpty()
              || port.part().get().axis() < shape.size()
                  && (!follows
                      || isAlike(
                          shape,
                          key.circuit().tensor(tensors.get(k - 1)).shape(),
                          port.part().get().axis()));
      if (!fits || !follows && !arrays.add(port.array())) {
        throw new VerificationFailure(
            "key file port " + port.name(),
            "an array of its own, or the next part of that of the port before it",
            "a part of " + port.array());
      }
    }
  }

  /** Whether shapes differ at one axis at most. */
  private static boolean isAlike(List<Integer> a, List<Integer> b, int axis) {
    boolean alike = a.size() == b.size();
    for (int k = 0; alike && k < a.size(); k++) {
      alike = k == axis || a.get(k).equals(b.get(k));
    }
    return alike;
  }

  /** SHA-256 of the file, as {@code sha256sum} prints it: what {@code --expect-model} compares. */
  public String digest() {
    return digest(encode());
  }

  /** {@link #digest()} of the file with these bytes, whatever they are. */
  public static String digest(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  /**
   * The context to which a proof is bound in addition to circuit, model and statement: the ports,
   * and the caller's own context.
   */
  public byte[] boundContext(byte[] context) {
    return bound(CONTEXT_LABEL, context);
  }

  /** The context of a proof that claims generated text. */
  public byte[] boundContext(byte[] context, Continuation claim) {
    byte[] encoded = claim.encode();
    byte[] all = Arrays.copyOf(encoded, encoded.length + context.length);
    System.arraycopy(context, 0, all, encoded.length, context.length);
    return bound(CLAIM_LABEL, all);
  }

  /** The context of a proof with the claim of its file, if any. */
  public byte[] boundContext(byte[] context, Optional<Continuation> claim) {
    return claim.isPresent() ? boundContext(context, claim.get()) : boundContext(context);
  }

  private byte[] bound(String labelText, byte[] content) {
    MessageDigest ports = sha256();
    ports.update(message(ByteString.EMPTY).toByteArray());
    byte[] label = labelText.getBytes(StandardCharsets.US_ASCII);
    byte[] digest = ports.digest();
    byte[] out = Arrays.copyOf(label, label.length + digest.length + content.length);
    System.arraycopy(digest, 0, out, label.length, digest.length);
    System.arraycopy(content, 0, out, label.length + digest.length, content.length);
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
    PortMessage.Builder message = PortMessage.newBuilder();
    if (port.part().isPresent()) {
      Port.Part part = port.part().get();
      message.setPart(ArrayPartMessage.newBuilder().setWhole(part.whole()).setAxis(part.axis()));
    }
    return message
        .setName(port.name())
        .setElementType(
            switch (port.elementType()) {
              case F32 -> PortMessage.ElementType.F32;
              case I64 -> PortMessage.ElementType.I64;
              case I1 -> PortMessage.ElementType.I1;
              case I32 -> PortMessage.ElementType.I32;
              case I16 -> PortMessage.ElementType.I16;
              case I8 -> PortMessage.ElementType.I8;
              case U8 -> PortMessage.ElementType.U8;
            })
        .setScale(port.scale())
        .addAllUnits(port.units())
        .setUnitRun(port.unitRun() == 1 ? 0 : port.unitRun())
        .build();
  }

  /**
   * Whether a character of a name has no sign of its own: controls, separators of lines, spaces but
   * the plain one, what no font has, variation selectors, and the letters and symbols that Unicode
   * defines as blank.
   */
  private static boolean isInvisible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          true;
      case Character.SPACE_SEPARATOR -> c != ' ';
      case Character.NON_SPACING_MARK ->
          c == 0x034F
              || c == 0x17B4
              || c == 0x17B5
              || c >= 0x180B && c <= 0x180F
              || c >= 0xFE00 && c <= 0xFE0F
              || c >= 0xE0100 && c <= 0xE01EF;
      case Character.OTHER_LETTER -> c == 0x115F || c == 0x1160 || c == 0x3164 || c == 0xFFA0;
      case Character.OTHER_SYMBOL -> c == 0x2800;
      default -> false;
    };
  }

  private static boolean hidesSomething(String name) {
    for (int at = 0; at < name.length(); at += Character.charCount(name.codePointAt(at))) {
      if (isInvisible(name.codePointAt(at))) {
        return true;
      }
    }
    return false;
  }

  private static List<Port> decode(List<PortMessage> messages) {
    HashSet<String> names = new HashSet<>();
    for (PortMessage m : messages) {
      // Names are printed beside what was proved: none may hide another or write lines of its own.
      if (hidesSomething(m.getName()) || hidesSomething(m.getPart().getWhole())) {
        throw new VerificationFailure(
            "key file port",
            "a name without control characters and invisible ones",
            "one that has some");
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
                case I32 -> ElementType.I32;
                case I16 -> ElementType.I16;
                case I8 -> ElementType.I8;
                case U8 -> ElementType.U8;
                case UNRECOGNIZED ->
                    throw new VerificationFailure(
                        "key file port", "a known element type", "an unknown one");
              };
          try {
            int run = m.getUnitRun() == 0 ? 1 : m.getUnitRun();
            Optional<Port.Part> part =
                m.hasPart()
                    ? Optional.of(new Port.Part(m.getPart().getWhole(), m.getPart().getAxis()))
                    : Optional.empty();
            return new Port(m.getName(), type, m.getScale(), m.getUnitsList(), run, part);
          } catch (IllegalArgumentException e) {
            throw new VerificationFailure(
                "key file port", "positive scales and units", String.valueOf(m.getScale()));
          }
        })
        .toList();
  }
}
