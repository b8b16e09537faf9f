package org.zkc.gkr.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.proof.ProofFile;
import org.zkc.gkr.prove.WeakProof;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.wire.ProofMessage;

/** Proofs, proof files and keys that were altered on the way. */
@ParameterizedClass
@EnumSource(CombinationForm.class)
class AlteredProofTest {
  private static final long SEED = 77;

  /** The fields that only a commitment to the combinations has. */
  private static final Set<String> OF_A_MATRIX =
      Set.of("combination_root", "combination_columns", "combination_paths");

  @TempDir Path directory;
  private WeakProof weak;
  private Statement statement;
  private byte[] proof;

  @Parameter CombinationForm form;

  @BeforeEach
  void prove() throws Exception {
    weak = new WeakProof(form.circuit(), directory);
    statement = weak.statement(weak.honest);
    proof = weak.prove();
    weak.verify(statement, proof);
  }

  @AfterEach
  void close() {
    weak.close();
  }

  private void rejected(String what, byte[] altered) {
    assertThrows(VerificationFailure.class, () -> weak.verify(statement, altered), what);
  }

  @Test
  void everySectionIsThere() throws Exception {
    ProofMessage m = ProofMessage.parseFrom(proof);
    for (FieldDescriptor f : ProofMessage.getDescriptor().getFields()) {
      if (f.getType() == FieldDescriptor.Type.BYTES) {
        boolean absent = form == CombinationForm.SENT && OF_A_MATRIX.contains(f.getName());
        assertEquals(absent, ((ByteString) m.getField(f)).isEmpty(), f.getName());
      }
    }
  }

  @Test
  void everyFieldIsBoundAndItsLengthToo() throws Exception {
    ProofMessage m = ProofMessage.parseFrom(proof);
    for (FieldDescriptor f : ProofMessage.getDescriptor().getFields()) {
      if (f.getType() != FieldDescriptor.Type.BYTES) {
        ProofMessage other = m.toBuilder().setField(f, (long) m.getField(f) + 1).build();
        rejected(f.getName(), other.toByteArray());
        continue;
      }
      byte[] bytes = ((ByteString) m.getField(f)).toByteArray();
      if (bytes.length == 0) {
        rejected(f.getName() + " that is there", with(m, f, new byte[32]));
        continue;
      }
      for (int at : new int[] {0, bytes.length / 2, bytes.length - 1}) {
        byte[] flipped = bytes.clone();
        flipped[at] ^= 1;
        rejected(f.getName() + " byte " + at, with(m, f, flipped));
      }
      rejected(f.getName() + " empty", with(m, f, new byte[0]));
      for (int change : new int[] {-32, -16, -4, -1, 1, 4, 16, 32}) {
        if (bytes.length + change >= 0) {
          rejected(
              f.getName() + " length by " + change,
              with(m, f, Arrays.copyOf(bytes, bytes.length + change)));
        }
      }
      // p in place of the first residue; for 0 that would be a second encoding of the same value.
      byte[] notCanonical = bytes.clone();
      notCanonical[0] = (byte) 0xff;
      notCanonical[1] = (byte) 0xff;
      notCanonical[2] = (byte) 0xff;
      notCanonical[3] = 0x7f;
      rejected(f.getName() + " not canonical", with(m, f, notCanonical));
    }
  }

  private static byte[] with(ProofMessage m, FieldDescriptor f, byte[] bytes) {
    return m.toBuilder().setField(f, ByteString.copyFrom(bytes)).build().toByteArray();
  }

  @Test
  void zeroWrittenAsPIsRejected() throws Exception {
    ProofMessage m = ProofMessage.parseFrom(proof);
    byte[] columns = m.getWitnessColumns().toByteArray();
    for (int at = 0; at < columns.length; at += 4) {
      if (columns[at] == 0
          && columns[at + 1] == 0
          && columns[at + 2] == 0
          && columns[at + 3] == 0) {
        Arrays.fill(columns, at, at + 3, (byte) 0xff);
        columns[at + 3] = 0x7f;
        rejected(
            "0 as p",
            m.toBuilder().setWitnessColumns(ByteString.copyFrom(columns)).build().toByteArray());
        return;
      }
    }
    // No zero among the opened cells: any p must fail all the same.
    Arrays.fill(columns, 0, 3, (byte) 0xff);
    columns[3] = 0x7f;
    rejected(
        "p", m.toBuilder().setWitnessColumns(ByteString.copyFrom(columns)).build().toByteArray());
  }

  @Test
  void truncatedExtendedAndForeignBytes() {
    for (int length : new int[] {0, 1, 7, proof.length / 2, proof.length - 1}) {
      rejected("length " + length, Arrays.copyOf(proof, length));
    }
    rejected("one more byte", Arrays.copyOf(proof, proof.length + 1));
    byte[] unknown = Arrays.copyOf(proof, proof.length + 3);
    unknown[proof.length] = (byte) 0xf8;
    unknown[proof.length + 1] = 0x7f;
    unknown[proof.length + 2] = 1;
    rejected("unknown field", unknown);
    byte[] random = new byte[500];
    new Random(SEED).nextBytes(random);
    rejected("random bytes", random);
  }

  @Test
  void statementContextAndKeyAreBound() throws Exception {
    assertThrows(
        VerificationFailure.class,
        () ->
            WeakVerifier.verify(weak.key.verifierKey(), statement, proof, new byte[] {1, 2, 3, 0}));
    int[] output = statement.outputs().get(0).clone();
    output[0] ^= 1;
    assertNotNull(weak.rejection(new Statement(statement.inputs(), List.of(output)), proof));
    int[] longer = Arrays.copyOf(statement.inputs().get(0), statement.inputs().get(0).length + 1);
    assertNotNull(weak.rejection(new Statement(List.of(longer), statement.outputs()), proof));
    assertNotNull(weak.rejection(new Statement(List.of(), statement.outputs()), proof));
    // The same circuit with another model.
    CircuitBuilder other = new CircuitBuilder(22);
    int x = other.input(-100, 100, 1, 1, 4, 5);
    other.output(other.conv(x, other.model(-9, 9, 3, 1, 2, 2), 1, 0, 1, 1));
    try (WeakProof foreign = new WeakProof(other, directory)) {
      assertNotNull(foreign.rejection(foreign.statement(foreign.honest), proof));
    }
  }

  @Test
  void releaseVerifiersRefuseWeakParameters() {
    VerifierKey key = weak.key.verifierKey();
    VerificationFailure e =
        assertThrows(
            VerificationFailure.class,
            () -> Verifier.verify(key, statement, proof, WeakProof.CONTEXT));
    assertTrue(e.getMessage().contains("security parameters"), e.getMessage());
    e = assertThrows(VerificationFailure.class, () -> VerifierKey.decode(key.encode()));
    assertTrue(e.getMessage().contains("security parameters"), e.getMessage());
  }

  @Test
  void everyByteOfAKeyCounts() {
    VerifierKey key = VerifierKey.of(weak.circuit, weak.key.verifierKey().modelRoot());
    byte[] bytes = key.encode();
    assertTrue(Arrays.equals(bytes, VerifierKey.decode(bytes).encode()));
    for (int at = 0; at < bytes.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] altered = bytes.clone();
        altered[at] ^= (byte) (1 << bit);
        try {
          VerifierKey other = VerifierKey.decode(altered);
          // Another circuit or model: another key altogether, under which this proof's transcript
          // begins otherwise.
          assertTrue(
              !Arrays.equals(other.circuitDigest(), key.circuitDigest())
                  || !Arrays.equals(other.modelRoot(), key.modelRoot()),
              "byte " + at + " bit " + bit);
        } catch (VerificationFailure refused) {
          assertNotNull(refused.getMessage());
        }
      }
    }
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThrows(VerificationFailure.class, () -> VerifierKey.decode(cut), "length " + length);
    }
  }

  @Test
  void proofFiles() {
    VerifierKey key = weak.key.verifierKey();
    byte[] file = new ProofFile(statement, proof).encode();
    ProofFile read = ProofFile.decode(file, key);
    assertEquals(statement.outputs().size(), read.statement().outputs().size());
    assertTrue(Arrays.equals(statement.outputs().get(0), read.statement().outputs().get(0)));
    Random random = new Random(SEED);
    for (int trial = 0; trial < 300; trial++) {
      int at = trial < 100 ? trial : random.nextInt(file.length);
      byte[] altered = file.clone();
      altered[at] ^= (byte) (1 << random.nextInt(8));
      assertThrows(
          VerificationFailure.class,
          () -> {
            ProofFile f = ProofFile.decode(altered, key);
            weak.verify(f.statement(), f.proof());
          },
          "seed " + SEED + " byte " + at);
    }
    for (int length = 0; length < file.length; length += 97) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThrows(VerificationFailure.class, () -> ProofFile.decode(cut, key), "length " + length);
    }
  }
}
