package org.zkc.gkr.proof;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.encoding.Envelope;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.verify.Verifier;
import org.zkc.gkr.wire.ProofFileMessage;

/** Proof files that claim many samples in few bytes, and keys whose batches have no circuit. */
class BatchFilesTest {
  /** So many equal integers in nine bytes. */
  private static ByteString zeros(long count) {
    return ByteString.copyFrom(
        ByteBuffer.allocate(9).order(ByteOrder.LITTLE_ENDIAN).putInt((int) count).array());
  }

  private static byte[] file(int samples, long input, long output) {
    return Envelope.PROOF.wrap(
        ProofFileMessage.newBuilder()
            .addInputs(zeros(input))
            .addOutputs(zeros(output))
            .setSamples(samples)
            .build()
            .toByteArray());
  }

  private static VerifierKey loaded(CircuitBuilder b, int rootBytes) {
    return VerifierKey.decode(
        VerifierKey.of(CircuitCheck.check(b.circuit()), new byte[rootBytes]).encode());
  }

  /** The key of a network on images of 3 x 224 x 224: any such key, honest ones too. */
  private static VerifierKey ofImages(int... extents) {
    CircuitBuilder b = new CircuitBuilder(1);
    Integer[] shape = new Integer[extents.length];
    for (int a = 0; a < shape.length; a++) {
      shape[a] = extents[a];
    }
    int x = b.input(0, 255, shape);
    ViewStep[] sums = new ViewStep[shape.length];
    for (int a = 0; a < shape.length; a++) {
      sums[a] = new ViewStep.Window(a, 1, 1, 1, 0, shape[a]);
    }
    b.output(b.view(x, sums));
    return loaded(b, 0);
  }

  /** Integers that are all equal take no bytes: refused before anything is made for them. */
  @Test
  void integersBeyondTheLimitAreRefusedUnread() {
    VerifierKey key = ofImages(1, 3, 224, 224);
    byte[] file = file(4096, 4096L * 3 * 224 * 224, 4096);
    VerificationFailure refused =
        assertThrows(VerificationFailure.class, () -> ProofFile.decode(file, key));
    assertTrue(refused.getMessage().contains("input 0, elements"), refused.getMessage());
  }

  @Test
  void moreIntegersThanAnArrayHas() {
    VerifierKey key = ofImages(1, 512, 1024);
    byte[] file = file(4096, 4096L * 512 * 1024, 4096);
    assertThrows(VerificationFailure.class, () -> ProofFile.decode(file, key));
  }

  @Test
  void aBatchOfAConvolutionWhoseElementsOverflow() {
    CircuitBuilder b = new CircuitBuilder(1);
    int x = b.input(0, 1, 1, 1, 1, 1);
    int wide = b.view(x, new ViewStep.Window(0, 1 << 20, 0, 1, 0, 1));
    int y = b.conv(wide, b.model(0, 1, 1, 1, 1, 1), 1, 0, 1, 1);
    b.output(b.view(y, new ViewStep.Window(0, 1, 1, 1, 0, 1 << 20)));
    VerifierKey key = loaded(b, 32);
    ProofFile file = ProofFile.decode(file(4096, 4096, 4096), key);
    assertThrows(VerificationFailure.class, () -> Verifier.verify(key, file, new byte[0]));
  }

  @Test
  void aBatchOfAProductWhoseLinesOverflow() {
    CircuitBuilder b = new CircuitBuilder(1);
    int x = b.input(0, 1, 1, 1, 1);
    int wide = b.view(x, new ViewStep.Window(1, 1 << 20, 0, 1, 0, 1));
    int y = b.matMul(wide, b.model(0, 1, 1, 1, 1));
    b.output(b.view(y, new ViewStep.Window(1, 1, 1, 1, 0, 1 << 20)));
    VerifierKey key = loaded(b, 32);
    ProofFile file = ProofFile.decode(file(4096, 4096, 4096), key);
    assertThrows(VerificationFailure.class, () -> Verifier.verify(key, file, new byte[0]));
  }
}
