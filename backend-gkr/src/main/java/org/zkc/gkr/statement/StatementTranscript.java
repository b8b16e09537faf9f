package org.zkc.gkr.statement;

import java.util.List;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.protocol.ProtocolConstants;
import org.zkc.gkr.relation.SystemTensor;
import org.zkc.gkr.transcript.Transcript;

/** The beginning of every transcript: all that a proof is about (docs/protocol.md section 5.0). */
public final class StatementTranscript {
  private StatementTranscript() {}

  /** Absorbs version, parameters, circuit, model, public values with their shapes, and context. */
  public static Transcript begin(VerifierKey key, Statement statement, byte[] context) {
    Transcript t = new Transcript(ProtocolConstants.LABEL);
    t.absorb(
        "security parameters",
        key.parameters().queries(),
        key.parameters().queryGrindingBits(),
        key.parameters().lookupGrindingBits(),
        key.parameters().logBlowUp());
    t.absorb("circuit", key.circuitDigest());
    t.absorb("model", key.modelRoot());
    absorb(t, key, "input", key.circuit().circuit().inputs(), statement.inputs());
    absorb(t, key, "output", key.circuit().circuit().outputs(), statement.outputs());
    t.absorb("context", context);
    return t;
  }

  private static void absorb(
      Transcript t, VerifierKey key, String kind, List<Integer> tensors, List<int[]> values) {
    t.absorb(kind + " count", tensors.size());
    for (int k = 0; k < tensors.size(); k++) {
      SystemTensor tensor = key.arithmetization().system().tensor(tensors.get(k));
      t.absorb(kind + " shape", tensor.shape().stream().mapToInt(Integer::intValue).toArray());
      t.absorb(kind, values.get(k));
    }
  }
}
