package org.zkc.ir.storage;

import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;

/**
 * Programs as bytes ({@code stored_program.proto}). Generic over ops, through their records. The
 * bytes depend on the program and the blob numbers only; decoding accepts no bytes but those that
 * encoding gives.
 */
public final class ProgramStorage {
  /** Counts incompatible changes of the schema. */
  static final int FORMAT = 3;

  /** Tensors of at most so many bytes lie in the message itself. */
  static final int INLINE_BYTES = 256;

  /** Message nesting: about four for each nested region. */
  private static final int MAX_NESTING = 400;

  private ProgramStorage() {}

  /**
   * The stored form; tensors over 256 bytes go to {@code blobs}, in program order.
   *
   * @throws IllegalArgumentException when an op reads a value that is defined nowhere before it
   */
  public static byte[] encode(Program program, BlobSink blobs) {
    return new ProgramEncoder(blobs).encode(program).toByteArray();
  }

  /**
   * The program that {@code bytes} stand for; its large tensors are the segments that {@code blobs}
   * gives. It has the form of a program; whether it is a well-formed one says {@link
   * org.zkc.ir.Checker}.
   *
   * @throws StorageException when the bytes are not what {@link #encode} gives
   */
  public static Program decode(byte[] bytes, BlobSource blobs) {
    Map<TensorData, Long> numbers = new IdentityHashMap<>();
    Program program;
    try {
      CodedInputStream in = CodedInputStream.newInstance(bytes);
      in.setRecursionLimit(MAX_NESTING);
      Stored.Program stored = Stored.Program.parseFrom(in);
      if (stored.getFormat() != FORMAT) {
        throw new StorageException(
            "the program is stored in format %d, this version of zkc reads format %d; compile the model again"
                .formatted(stored.getFormat(), FORMAT));
      }
      program = new ProgramDecoder(stored, blobs, numbers).decode();
    } catch (IOException | IllegalArgumentException | ArithmeticException e) {
      // Records and types refuse invalid contents; here a refusal means a damaged file.
      throw new StorageException("the stored program is damaged: " + e.getMessage());
    }
    if (!Arrays.equals(
        bytes, new ProgramEncoder(blob -> numberOf(blob, numbers)).encode(program).toByteArray())) {
      throw new StorageException(
          "the stored program is damaged: its bytes are not in the one form there is");
    }
    return program;
  }

  /** Tensors of a decoded program are all in memory, and known by identity. */
  private static long numberOf(Blob blob, Map<TensorData, Long> numbers) {
    return switch (blob) {
      case Blob.Elements e ->
          Objects.requireNonNull(numbers.get(e.data()), "the decoder knows every blob");
      case Blob.Mantissas m -> throw new AssertionError("decoded weights are stored");
    };
  }
}
