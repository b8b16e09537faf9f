package org.zkc.gkr.encoding;

import com.google.protobuf.WireFormat;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The fields of a message type, as far as {@link StrictMessage} looks at them. The descriptors of
 * protobuf say the same, but take a fifth of the time that a process of its own needs to verify a
 * proof. A test holds both equal.
 *
 * @param name of the type
 * @param fields that of number 1 first, without a gap
 */
public record MessageShape(String name, List<Field> fields) {
  /** One type a line; a run holds the numbers of a repeated field, and a star is a repeated one. */
  static final String TYPES =
      """
      CircuitMessage tensors:TensorMessage* tables:TableMessage* relations:RelationMessage* \
      inputs:run outputs:run
      TensorMessage role:varint shape:run low:varint high:varint positive:varint \
      negative:varint norm:varint
      TableMessage clamp:ClampMessage entries:EntriesMessage excess:ClampMessage
      ClampMessage first:varint size:varint low:varint high:varint
      EntriesMessage first:varint values:run size:varint start:varint
      RelationMessage result:varint linear:LinearMessage conv:ConvMessage matmul:MatMulMessage \
      product:ProductMessage requantize:RequantizeMessage max:MaxMessage \
      quotient:RoundedQuotientMessage fft_conv:FftConvMessage gather:GatherMessage \
      euclidean_norm:EuclideanNormMessage reciprocal:ReciprocalMessage \
      normalize:NormalizeMessage exponentials:ExponentialsMessage
      LinearMessage terms:TermMessage* constants:BoxMessage*
      TermMessage source:varint coefficient:varint steps:StepMessage*
      BoxMessage value:varint starts:run limits:run
      StepMessage permute:PermuteMessage reshape:ReshapeMessage window:WindowMessage \
      ranges:RangesMessage unfold:UnfoldMessage
      PermuteMessage permutation:run
      ReshapeMessage shape:run
      WindowMessage axis:varint extent:varint stride:varint dilation:varint offset:varint \
      taps:varint
      RangesMessage axis:varint starts:run lengths:run factors:run
      UnfoldMessage axis:varint positions:varint taps:varint stride:varint dilation:varint \
      offset:varint
      ConvMessage source:varint weight:varint strides:run padding_low:run dilations:run \
      groups:varint
      FftConvMessage conv:ConvMessage sizes:run
      GatherMessage table:varint indices:varint
      MatMulMessage left:varint right:varint
      ProductMessage left:varint right:varint
      RequantizeMessage source:varint shift:varint limbs:run table:varint
      ExponentialsMessage source:varint axis:varint shift:varint limbs:run table:varint
      MaxMessage sources:run bits:varint
      RoundedQuotientMessage numerator:varint denominator:varint bits:varint low:varint \
      excess:varint
      EuclideanNormMessage source:varint constant:varint exponents:run
      ReciprocalMessage source:varint bits:varint
      NormalizeMessage source:varint reciprocal:varint exponents:run
      PortMessage name:bytes element_type:varint scale:fixed64 units:run unit_run:varint \
      part:ArrayPartMessage
      ArrayPartMessage whole:bytes axis:varint
      VerifierKeyFileMessage key:bytes inputs:PortMessage* outputs:PortMessage* \
      generation:GenerationMessage
      GenerationMessage input:varint output:varint
      SecurityParametersMessage queries:varint query_grinding_bits:varint \
      lookup_grinding_bits:varint log_blow_up:varint
      VerifierKeyMessage circuit:CircuitMessage parameters:SecurityParametersMessage \
      model_root:bytes
      ProofMessage witness_root:bytes lookup_nonce:fixed64 lookups:bytes leaves:bytes \
      zero_checks:bytes relations:bytes witness_batch:bytes model_merge:bytes \
      combinations:bytes query_nonce:fixed64 witness_columns:bytes witness_paths:bytes \
      model_columns:bytes model_paths:bytes combination_root:bytes combination_nonce:fixed64 \
      combination_columns:bytes combination_paths:bytes
      ProofFileMessage inputs:bytes* outputs:bytes* proof:bytes claim:bytes samples:varint
      """;

  private static final Map<String, MessageShape> BY_NAME = parse();

  /** The kind of content of a field. */
  enum Kind {
    VARINT(WireFormat.WIRETYPE_VARINT),
    FIXED64(WireFormat.WIRETYPE_FIXED64),
    RUN(WireFormat.WIRETYPE_LENGTH_DELIMITED),
    BYTES(WireFormat.WIRETYPE_LENGTH_DELIMITED),
    MESSAGE(WireFormat.WIRETYPE_LENGTH_DELIMITED);

    private final int wireType;

    Kind(int wireType) {
      this.wireType = wireType;
    }

    /** The wire type that protobuf writes. */
    int wireType() {
      return wireType;
    }
  }

  /**
   * A field.
   *
   * @param type the name of a message's type; empty for other kinds
   * @param again whether it may stand in a message more than once
   */
  record Field(String name, Kind kind, String type, boolean again) {}

  /**
   * The fields of a message type.
   *
   * @param type one that proof files and key files have
   */
  public static MessageShape of(String type) {
    return Objects.requireNonNull(BY_NAME.get(type), type);
  }

  /** Whether the type has a field of that number, whatever the number. */
  boolean has(int number) {
    return number >= 1 && number <= fields.size();
  }

  /** The field of a number that the type {@link #has}. */
  Field field(int number) {
    return fields.get(number - 1);
  }

  private static Map<String, MessageShape> parse() {
    Map<String, MessageShape> out = new HashMap<>();
    for (String line : TYPES.split("\n")) {
      String[] words = line.split(" ");
      List<Field> fields = Stream.of(words).skip(1).map(MessageShape::field).toList();
      out.put(words[0], new MessageShape(words[0], fields));
    }
    return out;
  }

  private static Field field(String word) {
    int colon = word.indexOf(':');
    boolean again = word.endsWith("*");
    String name = word.substring(0, colon);
    String kind = word.substring(colon + 1, again ? word.length() - 1 : word.length());
    return switch (kind) {
      case "varint" -> new Field(name, Kind.VARINT, "", again);
      case "fixed64" -> new Field(name, Kind.FIXED64, "", again);
      case "run" -> new Field(name, Kind.RUN, "", again);
      case "bytes" -> new Field(name, Kind.BYTES, "", again);
      default -> new Field(name, Kind.MESSAGE, kind, again);
    };
  }
}
