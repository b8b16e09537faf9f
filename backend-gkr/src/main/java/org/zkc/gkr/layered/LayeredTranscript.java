package org.zkc.gkr.layered;

import org.zkc.gkr.protocol.ProtocolConstants;
import org.zkc.gkr.transcript.Transcript;

/** The first steps of both sides: everything that a proof is about is absorbed. */
public final class LayeredTranscript {
  private LayeredTranscript() {}

  /** A transcript that has absorbed the statement. */
  public static Transcript begin(
      LayeredCircuit circuit,
      LayeredParameters parameters,
      LayeredStatement statement,
      byte[] context) {
    Transcript transcript = new Transcript(ProtocolConstants.LAYERED_LABEL);
    transcript.absorb(
        "security parameters",
        parameters.security().queries(),
        parameters.security().queryGrindingBits(),
        parameters.security().logBlowUp(),
        parameters.width());
    transcript.absorb("circuit", circuit.digest());
    transcript.absorb("copies", statement.copies());
    for (int[] input : statement.inputs()) {
      transcript.absorb("input", input);
    }
    for (int[] output : statement.outputs()) {
      transcript.absorb("output", output);
    }
    transcript.absorb("context", context);
    return transcript;
  }
}
