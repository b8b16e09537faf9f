package org.zkc.gkr.encoding;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.wire.CircuitMessage;
import org.zkc.gkr.wire.ProofMessage;
import org.zkc.gkr.wire.VerifierKeyFileMessage;

class MessageShapeTest {
  /** Every message type of the three files, as protobuf itself has it. */
  @Test
  void theShapesAreThoseOfTheDescriptors() {
    List<String> lines =
        Stream.of(
                CircuitMessage.getDescriptor(),
                VerifierKeyFileMessage.getDescriptor(),
                ProofMessage.getDescriptor())
            .map(Descriptor::getFile)
            .map(FileDescriptor::getMessageTypes)
            .flatMap(List::stream)
            .map(MessageShapeTest::line)
            .toList();
    assertEquals(lines, List.of(MessageShape.TYPES.split("\n")));
  }

  private static String line(Descriptor type) {
    assertEquals(List.of(), type.getNestedTypes());
    List<String> words = new ArrayList<>(List.of(type.getName()));
    for (int number = 1; number <= type.getFields().size(); number++) {
      FieldDescriptor field = type.findFieldByNumber(number);
      words.add(field.getName() + ":" + kind(field));
    }
    return String.join(" ", words);
  }

  private static String kind(FieldDescriptor field) {
    if (field.isPacked()) {
      return "run";
    }
    String star = field.isRepeated() ? "*" : "";
    return switch (field.getType()) {
      case UINT32, UINT64, SINT32, SINT64, INT32, INT64, BOOL, ENUM -> "varint" + star;
      case DOUBLE, FIXED64, SFIXED64 -> "fixed64" + star;
      case STRING, BYTES -> "bytes" + star;
      case MESSAGE -> field.getMessageType().getName() + star;
      case FLOAT, FIXED32, SFIXED32, GROUP -> throw new AssertionError(field + " has no kind yet");
    };
  }
}
