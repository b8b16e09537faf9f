package org.zkc.gkr.proof;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.Map;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.channel.SendingChannel;
import org.zkc.gkr.encoding.MessageShape;
import org.zkc.gkr.encoding.StrictMessage;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.layout.Opening;
import org.zkc.gkr.ligero.ColumnOpening;
import org.zkc.gkr.wire.ProofMessage;

/**
 * A proof's messages. Roots and openings are absent (empty) when the circuit commits to nothing of
 * the kind.
 *
 * @param witnessRoot 32 bytes
 * @param sections what {@link SendingChannel} collected
 * @param combinationRoot 32 bytes
 * @param queryNonce the work before the columns of witness and model are drawn
 * @param combinationNonce the work before the columns of the combinations are drawn
 * @param openings of what is committed
 */
// The record carries messages between codec, prover and verifier and is never compared.
@SuppressWarnings("ArrayRecordComponent")
public record Proof(
    byte[] witnessRoot,
    long lookupNonce,
    Map<Section, byte[]> sections,
    byte[] combinationRoot,
    long queryNonce,
    long combinationNonce,
    Map<Opening, ColumnOpening> openings) {

  private static final int FIELDS = MessageShape.of("ProofMessage").fields().size();

  /** The opening of a commitment that does not exist. */
  public static final ColumnOpening NONE = new ColumnOpening(new int[0], new byte[0]);

  public Proof {
    openings = Map.copyOf(openings);
  }

  /** An opening, or none when nothing of the kind is committed. */
  public ColumnOpening opening(Opening opening) {
    return openings.getOrDefault(opening, NONE);
  }

  public byte[] encode() {
    return ProofMessage.newBuilder()
        .setWitnessRoot(ByteString.copyFrom(witnessRoot))
        .setLookupNonce(lookupNonce)
        .setLookups(section(Section.LOOKUPS))
        .setLeaves(section(Section.LEAVES))
        .setZeroChecks(section(Section.ZERO_CHECKS))
        .setRelations(section(Section.RELATIONS))
        .setWitnessBatch(section(Section.WITNESS_BATCH))
        .setModelMerge(section(Section.MODEL_MERGE))
        .setCombinations(section(Section.COMBINATIONS))
        .setQueryNonce(queryNonce)
        .setWitnessColumns(residues(opening(Opening.WITNESS).columns()))
        .setWitnessPaths(ByteString.copyFrom(opening(Opening.WITNESS).multiproof()))
        .setModelColumns(residues(opening(Opening.MODEL).columns()))
        .setModelPaths(ByteString.copyFrom(opening(Opening.MODEL).multiproof()))
        .setCombinationRoot(ByteString.copyFrom(combinationRoot))
        .setCombinationNonce(combinationNonce)
        .setCombinationColumns(residues(opening(Opening.COMBINATION).columns()))
        .setCombinationPaths(ByteString.copyFrom(opening(Opening.COMBINATION).multiproof()))
        .build()
        .toByteArray();
  }

  /**
   * Reads a proof; the verifier checks the content of its fields.
   *
   * @throws VerificationFailure when the bytes are not exactly what {@link #encode} writes
   */
  public static Proof decode(byte[] bytes) {
    ProofMessage m =
        StrictMessage.read("proof", ProofMessage.getDefaultInstance(), bytes, 0, FIELDS);
    EnumMap<Section, byte[]> sections = new EnumMap<>(Section.class);
    sections.put(Section.LOOKUPS, m.getLookups().toByteArray());
    sections.put(Section.LEAVES, m.getLeaves().toByteArray());
    sections.put(Section.ZERO_CHECKS, m.getZeroChecks().toByteArray());
    sections.put(Section.RELATIONS, m.getRelations().toByteArray());
    sections.put(Section.WITNESS_BATCH, m.getWitnessBatch().toByteArray());
    sections.put(Section.MODEL_MERGE, m.getModelMerge().toByteArray());
    sections.put(Section.COMBINATIONS, m.getCombinations().toByteArray());
    return new Proof(
        m.getWitnessRoot().toByteArray(),
        m.getLookupNonce(),
        sections,
        m.getCombinationRoot().toByteArray(),
        m.getQueryNonce(),
        m.getCombinationNonce(),
        Map.of(
            Opening.WITNESS,
            opening("witness columns", m.getWitnessColumns(), m.getWitnessPaths()),
            Opening.MODEL,
            opening("model columns", m.getModelColumns(), m.getModelPaths()),
            Opening.COMBINATION,
            opening("combination columns", m.getCombinationColumns(), m.getCombinationPaths())));
  }

  private ByteString section(Section section) {
    return ByteString.copyFrom(sections.get(section));
  }

  private static ByteString residues(int[] values) {
    ByteBuffer b =
        ByteBuffer.allocate(Math.multiplyExact(4, values.length)).order(ByteOrder.LITTLE_ENDIAN);
    b.asIntBuffer().put(values);
    return ByteString.copyFrom(b.array());
  }

  private static ColumnOpening opening(String where, ByteString columns, ByteString paths) {
    VerificationFailure.requireCount(
        where + ", bytes beyond whole elements", 0, columns.size() % 4);
    int[] values = new int[columns.size() / 4];
    columns.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(values);
    return new ColumnOpening(values, paths.toByteArray());
  }
}
