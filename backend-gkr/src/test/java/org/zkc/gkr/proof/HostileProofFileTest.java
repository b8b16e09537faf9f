package org.zkc.gkr.proof;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.encoding.Envelope;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.prove.WeakProof;
import org.zkc.gkr.verify.WeakVerifier;
import org.zkc.gkr.wire.ProofFileMessage;
import org.zkc.gkr.wire.ProofMessage;

/**
 * Proof files that lie about counts and lengths, or are garbage: one typed failure each, in bounded
 * time and memory.
 */
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileProofFileTest {
  private static final long SEED = 6;

  /**
   * The bytes that a verification may allocate besides a few copies of the file. The honest one of
   * this circuit needs less than half.
   */
  private static final long ALLOCATION = 32L << 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path directory;
  private WeakProof weak;
  private VerifierKey key;
  private byte[] file;

  @BeforeEach
  void prove() throws Exception {
    CircuitBuilder b = new CircuitBuilder(3);
    int x = b.input(-100, 100, 1, 12);
    int y = b.requantize(b.matMul(x, b.model(-9, 9, 5, 12)), 4, 2, 0, 60);
    weak = new WeakProof(b.output(b.matMul(y, b.model(-9, 9, 3, 5))), directory);
    key = weak.key.verifierKey();
    file = new ProofFile(weak.statement(weak.honest), weak.prove()).encode();
    long before = THREADS.getCurrentThreadAllocatedBytes();
    verify(file);
    assertTrue(
        THREADS.getCurrentThreadAllocatedBytes() - before < ALLOCATION / 2,
        "the bound is generous");
  }

  @AfterEach
  void close() {
    weak.close();
  }

  private void verify(byte[] bytes) {
    ProofFile f = ProofFile.decode(bytes, key);
    WeakVerifier.verify(key, f.statement(), f.proof(), WeakProof.CONTEXT);
  }

  private void refused(byte[] bytes, String what) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    assertThrows(VerificationFailure.class, () -> verify(bytes), what);
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated < ALLOCATION + 16L * bytes.length, what + " allocates " + allocated);
  }

  @Test
  void randomDamage() {
    Random random = new Random(SEED);
    byte[] values = {0, 1, 2, 8, 0x7f, (byte) 0x80, (byte) 0xff};
    for (int trial = 0; trial < 3000; trial++) {
      byte[] altered = file.clone();
      switch (random.nextInt(4)) {
        case 0 -> altered[random.nextInt(altered.length)] ^= (byte) (1 + random.nextInt(255));
        case 1 -> {
          // Among the first bytes lie the lengths of the statement's fields and of the proof.
          for (int k = 0; k < 1 + random.nextInt(4); k++) {
            altered[random.nextInt(100)] = values[random.nextInt(values.length)];
          }
        }
        case 2 -> {
          int from = random.nextInt(altered.length);
          int count = random.nextInt(altered.length - from);
          System.arraycopy(file, random.nextInt(altered.length - count), altered, from, count);
        }
        default -> {
          int from = random.nextInt(altered.length);
          int count = 1 + random.nextInt(Math.min(40, altered.length - from));
          System.arraycopy(file, from + count, altered, from, altered.length - from - count);
          altered = Arrays.copyOf(altered, altered.length - count);
        }
      }
      if (!Arrays.equals(altered, file)) {
        refused(altered, "seed " + SEED + " trial " + trial);
      }
    }
  }

  @Test
  void garbage() {
    Random random = new Random(SEED);
    for (int trial = 0; trial < 500; trial++) {
      byte[] bytes = new byte[random.nextInt(3000)];
      random.nextBytes(bytes);
      refused(bytes, "seed " + SEED + " trial " + trial);
      if (bytes.length > 8) {
        System.arraycopy(file, 0, bytes, 0, 8);
        refused(bytes, "seed " + SEED + " trial " + trial + " with a header");
      }
    }
  }

  @Test
  void lengthsThatTheFileDoesNotHave() throws IOException {
    // Field 3 (the proof), then an input (1), each with a length far beyond the end.
    for (int field : new int[] {1, 2, 3, 4}) {
      for (long length :
          new long[] {1 << 20, 1L << 30, Integer.MAX_VALUE, 1L << 31, 1L << 40, -1}) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeTag(field, 2);
        out.writeUInt64NoTag(length);
        out.writeRawBytes(new byte[100]);
        out.flush();
        refused(
            Envelope.PROOF.wrap(bytes.toByteArray()), "field " + field + " of length " + length);
        byte[] nested =
            ProofFileMessage.parseFrom(payload(file)).toBuilder()
                .setProof(ByteString.copyFrom(bytes.toByteArray()))
                .build()
                .toByteArray();
        refused(
            Envelope.PROOF.wrap(nested), "in the proof, field " + field + " of length " + length);
      }
    }
  }

  @Test
  void oversizedCounts() throws Exception {
    ProofFileMessage m = ProofFileMessage.parseFrom(payload(file));
    ProofMessage p = ProofMessage.parseFrom(m.getProof());
    ByteString megabyte = ByteString.copyFrom(new byte[1 << 20]);
    for (var field : ProofMessage.getDescriptor().getFields()) {
      if (field.getJavaType()
          == com.google.protobuf.Descriptors.FieldDescriptor.JavaType.BYTE_STRING) {
        ByteString longer = ((ByteString) p.getField(field)).concat(megabyte);
        ProofMessage altered = p.toBuilder().setField(field, longer).build();
        refused(
            wrap(m.toBuilder().setProof(altered.toByteString())),
            field.getName() + " with a megabyte more");
      }
    }
    refused(
        wrap(m.toBuilder().setInputs(0, m.getInputs(0).concat(megabyte))),
        "an input with a megabyte more");
    ProofFileMessage.Builder many = m.toBuilder();
    for (int k = 0; k < 100_000; k++) {
      many.addOutputs(ByteString.EMPTY);
    }
    refused(wrap(many), "a hundred thousand outputs");
    refused(wrap(m.toBuilder().clearOutputs()), "no outputs");
    refused(wrap(m.toBuilder().clearProof()), "no proof");
    for (int samples : new int[] {1, 2, 3, 1 << 12, (1 << 12) + 1, Integer.MAX_VALUE, -1, -2}) {
      refused(wrap(m.toBuilder().setSamples(samples)), samples + " samples");
    }
  }

  @Test
  void filesLargerThanAnyProof() {
    byte[] large = Arrays.copyOf(file, (int) ProofFile.MOST_BYTES + 1);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    VerificationFailure e =
        assertThrows(VerificationFailure.class, () -> ProofFile.decode(large, key));
    assertTrue(e.getMessage().contains("at most"), e.getMessage());
    assertTrue(THREADS.getCurrentThreadAllocatedBytes() - before < 1 << 20, "refused unread");
  }

  private static byte[] payload(byte[] file) {
    return Arrays.copyOfRange(file, Envelope.PROOF.payload(file), file.length);
  }

  private static byte[] wrap(ProofFileMessage.Builder m) {
    return Envelope.PROOF.wrap(m.build().toByteArray());
  }

  @Test
  void otherWritingsOfTheSameContent() throws IOException {
    byte[] body = payload(file);
    ProofFileMessage m = ProofFileMessage.parseFrom(body);
    // The same fields in another order.
    byte[] proofFirst = m.toBuilder().clearInputs().clearOutputs().build().toByteArray();
    byte[] rest = m.toBuilder().clearProof().build().toByteArray();
    byte[] reordered = Arrays.copyOf(proofFirst, proofFirst.length + rest.length);
    System.arraycopy(rest, 0, reordered, proofFirst.length, rest.length);
    refused(Envelope.PROOF.wrap(reordered), "fields in another order");
    // The proof field twice, the last counting; and an unknown field.
    byte[] twice = Arrays.copyOf(proofFirst, proofFirst.length + body.length);
    System.arraycopy(body, 0, twice, proofFirst.length, body.length);
    refused(Envelope.PROOF.wrap(twice), "the proof twice");
    byte[] unknown = Arrays.copyOf(body, body.length + 3);
    unknown[body.length] = (byte) 0xf8;
    unknown[body.length + 1] = 0x7f;
    unknown[body.length + 2] = 1;
    refused(Envelope.PROOF.wrap(unknown), "an unknown field");
    byte[] version = file.clone();
    version[4]++;
    refused(version, "another version");
    refused(key.encode(), "a key");
  }
}
