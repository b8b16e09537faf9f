package org.zkc.gkr.estimate;

import com.google.protobuf.ByteString;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.circuit.CircuitLimits;
import org.zkc.gkr.encoding.Envelope;
import org.zkc.gkr.encoding.StrictMessage;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.layout.Opening;
import org.zkc.gkr.proof.Proof;
import org.zkc.gkr.wire.ProofFileMessage;

/**
 * The bytes of a proof file by their use. Finding them needs no key and checks nothing but the
 * outer form: the parts may hold anything. The parts add up to the file.
 *
 * @param inputs public integers of the inputs
 * @param outputs public integers of the outputs
 * @param witnessRoot Merkle root of the committed witness
 * @param combinationRoot Merkle root of the row combinations
 * @param nonces proofs of work
 * @param sections elements sent in each section
 * @param columns opened columns of each commitment
 * @param paths their Merkle multiproofs
 * @param frame file header, tags and lengths of the fields, and the claim
 */
public record ProofComposition(
    long inputs,
    long outputs,
    long witnessRoot,
    long combinationRoot,
    long nonces,
    Map<Section, Long> sections,
    Map<Opening, Long> columns,
    Map<Opening, Long> paths,
    long frame) {

  public ProofComposition {
    sections = Map.copyOf(sections);
    columns = Map.copyOf(columns);
    paths = Map.copyOf(paths);
  }

  /** Bytes of the opened columns of one commitment. */
  public long columnsOf(Opening opening) {
    return Objects.requireNonNull(columns.get(opening), "every opening has its columns");
  }

  /** Bytes of the Merkle multiproof of one commitment. */
  public long pathsOf(Opening opening) {
    return Objects.requireNonNull(paths.get(opening), "every opening has its paths");
  }

  /**
   * Takes a proof file apart.
   *
   * @throws VerificationFailure when the bytes are no proof file of this version
   */
  public static ProofComposition of(byte[] file) {
    ProofFileMessage message =
        StrictMessage.read(
            "proof file",
            ProofFileMessage.getDefaultInstance(),
            file,
            Envelope.PROOF.payload(file),
            2 * CircuitLimits.TENSORS + 2);
    Proof proof = Proof.decode(message.getProof().toByteArray());
    EnumMap<Section, Long> sections = new EnumMap<>(Section.class);
    proof.sections().forEach((section, bytes) -> sections.put(section, (long) bytes.length));
    long inputs = bytes(message.getInputsList());
    long outputs = bytes(message.getOutputsList());
    long nonces =
        nonce(proof.lookupNonce()) + nonce(proof.queryNonce()) + nonce(proof.combinationNonce());
    EnumMap<Opening, Long> columns = new EnumMap<>(Opening.class);
    EnumMap<Opening, Long> paths = new EnumMap<>(Opening.class);
    for (Opening o : Opening.values()) {
      columns.put(o, (long) Integer.BYTES * proof.opening(o).columns().length);
      paths.put(o, (long) proof.opening(o).multiproof().length);
    }
    long content =
        inputs
            + outputs
            + proof.witnessRoot().length
            + proof.combinationRoot().length
            + nonces
            + sum(sections)
            + sum(columns)
            + sum(paths);
    return new ProofComposition(
        inputs,
        outputs,
        proof.witnessRoot().length,
        proof.combinationRoot().length,
        nonces,
        sections,
        columns,
        paths,
        file.length - content);
  }

  private static long sum(Map<?, Long> bytes) {
    return bytes.values().stream().mapToLong(n -> n).sum();
  }

  /** A field of value 0 is not written. */
  private static long nonce(long value) {
    return value == 0 ? 0 : Long.BYTES;
  }

  private static long bytes(List<ByteString> arrays) {
    return arrays.stream().mapToLong(ByteString::size).sum();
  }

  /** All parts, which is the file's size. */
  public long total() {
    return inputs
        + outputs
        + witnessRoot
        + combinationRoot
        + nonces
        + sum(sections)
        + sum(columns)
        + sum(paths)
        + frame;
  }
}
