package org.zkc.gkr.encoding;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.zkc.gkr.failure.VerificationFailure;

/**
 * Reads protobuf messages that a stranger wrote. A parser makes an object of every submessage and
 * of every unknown field, 100 bytes and more for two bytes of a file, so the tags are walked first.
 * Every field must be one that the message has, have its wire type, stand in ascending order, and
 * occur once unless it is repeated; the number of submessages is limited. The parsed message is
 * encoded again, without a copy, and must give the same bytes.
 */
public final class StrictMessage {
  private StrictMessage() {}

  /**
   * The message that fills {@code bytes} from {@code from} on. Its byte strings are views of the
   * array, which must not change any more.
   *
   * @param name how failures call it
   * @param prototype an empty message of the type, one of {@link MessageShape}
   * @param most submessages, strings and byte strings in it, at most
   * @throws VerificationFailure when the bytes are not exactly what protobuf writes for a message
   */
  public static <M extends Message> M read(
      String name, M prototype, byte[] bytes, int from, int most) {
    M message;
    try {
      new Walk(name, most)
          .message(MessageShape.of(prototype.getClass().getSimpleName()), input(bytes, from));
      @SuppressWarnings("unchecked") // A message's parser gives messages of its own type.
      Parser<M> parser = (Parser<M>) prototype.getParserForType();
      message = parser.parseFrom(input(bytes, from));
    } catch (InvalidProtocolBufferException e) {
      throw notProtobuf(name, e);
    } catch (IOException e) {
      throw new UncheckedIOException("an array has no such failures", e);
    }
    if (!writes(message, bytes, from)) {
      throw new VerificationFailure(
          name, "the canonical encoding", "another one of the same content");
    }
    return message;
  }

  private static CodedInputStream input(byte[] bytes, int from) {
    CodedInputStream in = CodedInputStream.newInstance(bytes, from, bytes.length - from);
    in.enableAliasing(true);
    return in;
  }

  private static VerificationFailure notProtobuf(String name, Exception cause) {
    VerificationFailure f = new VerificationFailure(name, "a protobuf", "bytes that are none");
    f.initCause(cause);
    return f;
  }

  /** Whether a message's encoding is exactly the bytes from {@code from} on. */
  private static boolean writes(Message message, byte[] bytes, int from) {
    if (message.getSerializedSize() != bytes.length - from) {
      return false;
    }
    Comparison same = new Comparison(bytes, from);
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(same);
      message.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("a comparison has no such failures", e);
    }
    return same.equal;
  }

  private static final class Comparison extends OutputStream {
    private final byte[] expected;
    private int at;
    private boolean equal = true;

    Comparison(byte[] expected, int from) {
      this.expected = expected;
      this.at = from;
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] b, int from, int count) {
      equal =
          equal
              && count <= expected.length - at
              && Arrays.equals(b, from, from + count, expected, at, at + count);
      at += count;
    }
  }

  private static final class Walk {
    private final String name;
    private final int most;
    private int parts;

    Walk(String name, int most) {
      this.name = name;
      this.most = most;
    }

    /** Walks one message up to the stream's limit; types of messages do not nest in themselves. */
    void message(MessageShape type, CodedInputStream in) throws IOException {
      int last = 0;
      while (!in.isAtEnd()) {
        int tag = in.readTag();
        int number = WireFormat.getTagFieldNumber(tag);
        if (!type.has(number)
            || WireFormat.getTagWireType(tag) != type.field(number).kind().wireType()) {
          throw new VerificationFailure(
              name + ", " + type.name(),
              "fields of this version",
              "field " + number + ", an unknown one");
        }
        MessageShape.Field field = type.field(number);
        if (number < last || number == last && !field.again()) {
          throw new VerificationFailure(
              name + ", " + type.name(),
              "every field once, ascending",
              field.name() + " out of turn");
        }
        last = number;
        switch (field.kind()) {
          case MESSAGE -> {
            count();
            int outer = in.pushLimit(in.readRawVarint32());
            message(MessageShape.of(field.type()), in);
            in.popLimit(outer);
          }
          case BYTES -> {
            count();
            in.skipField(tag);
          }
          case VARINT, FIXED64, RUN -> in.skipField(tag);
        }
      }
    }

    private void count() {
      parts++;
      if (parts > most) {
        throw new VerificationFailure(name, "at most " + most + " parts", "more");
      }
    }
  }
}
