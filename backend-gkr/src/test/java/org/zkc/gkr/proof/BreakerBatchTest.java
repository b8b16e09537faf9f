package org.zkc.gkr.proof;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.encoding.Envelope;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.wire.ProofFileMessage;
import org.zkc.gkr.verify.Verifier;

/** Proof files of many samples that make a verifier fail with another failure, or take gigabytes. */
class BreakerBatchTest {
  private static final ThreadMXBean THREADS =
      (ThreadMXBean) ManagementFactory.getThreadMXBean();

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

  @Test
  void fortyBytesMakeNoGigabytes() {
    VerifierKey key = ofImages(1, 3, 224, 224);
    byte[] file = file(4096, 4096L * 3 * 224 * 224, 4096);
    System.out.println("file of " + file.length + " bytes");
    long before = THREADS.getCurrentThreadAllocatedBytes();
    Throwable t = null;
    try {
      Verifier.verify(key, ProofFile.decode(file, key), new byte[0]);
    } catch (VerificationFailure | OutOfMemoryError e) {
      t = e;
    }
    long spent = THREADS.getCurrentThreadAllocatedBytes() - before;
    System.out.println(t + "; allocated " + (spent >> 20) + " MB");
    assertTrue(t instanceof VerificationFailure, String.valueOf(t));
    assertTrue(spent < 512L << 20, "allocated " + (spent >> 20) + " MB");
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
