package org.zkc.gkr.estimate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.layout.Opening;
import org.zkc.gkr.ligero.ColumnOpening;
import org.zkc.gkr.proof.Proof;
import org.zkc.gkr.proof.ProofFile;
import org.zkc.gkr.statement.Statement;

final class ProofCompositionTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void partsAreThoseOfTheFileAndAddUpToIt(long seed) {
    Random random = new Random(seed);
    Map<Section, byte[]> sections = new EnumMap<>(Section.class);
    for (Section section : Section.values()) {
      sections.put(section, new byte[16 * random.nextInt(200)]);
    }
    int[] columns = new int[random.nextInt(3000)];
    byte[] root = new byte[random.nextBoolean() ? 32 : 0];
    byte[] paths = new byte[32 * random.nextInt(50)];
    Proof proof =
        new Proof(
            root,
            random.nextInt(2) * random.nextLong(),
            sections,
            new byte[32],
            0,
            random.nextLong(),
            Map.of(Opening.WITNESS, new ColumnOpening(columns, paths)));
    Statement statement =
        new Statement(
            List.of(random.ints(2 + random.nextInt(100), -5, 0).toArray()),
            List.of(new int[7], new int[1]));
    statement.inputs().getFirst()[0] = -1029;
    statement.inputs().getFirst()[1] = 0;
    byte[] file = new ProofFile(statement, proof.encode()).encode();
    ProofComposition parts = ProofComposition.of(file);
    assertEquals(file.length, parts.total(), "seed " + seed);
    int elements = statement.inputs().getFirst().length;
    assertEquals(9 + (elements * 11 + 7) / 8, parts.inputs(), "differences of 11 bits");
    assertEquals(9 + 9, parts.outputs(), "differences of none");
    assertEquals(root.length, parts.witnessRoot());
    assertEquals(32, parts.combinationRoot());
    assertEquals(proof.lookupNonce() == 0 ? 8 : 16, parts.nonces());
    sections.forEach((s, bytes) -> assertEquals(bytes.length, parts.sections().get(s)));
    assertEquals(4L * columns.length, parts.columnsOf(Opening.WITNESS));
    assertEquals(paths.length, parts.pathsOf(Opening.WITNESS));
    assertEquals(0, parts.columnsOf(Opening.MODEL));
    assertTrue(parts.frame() >= 8 && parts.frame() < 120, "frame " + parts.frame());
    assertThrows(
        VerificationFailure.class, () -> ProofComposition.of(Arrays.copyOf(file, file.length - 1)));
  }
}
