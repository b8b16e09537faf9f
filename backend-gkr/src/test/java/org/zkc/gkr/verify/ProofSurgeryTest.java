package org.zkc.gkr.verify;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.layout.Arithmetization;
import org.zkc.gkr.layout.Opening;
import org.zkc.gkr.ligero.ColumnOpening;
import org.zkc.gkr.proof.Proof;
import org.zkc.gkr.prove.WeakProof;
import org.zkc.gkr.statement.Statement;

/**
 * Proofs whose messages were left out, repeated, exchanged, moved or written otherwise, field by
 * field.
 */
@ParameterizedClass
@EnumSource(CombinationForm.class)
class ProofSurgeryTest {
  /** Where other columns than those opened show. */
  private static final List<String> OPENED =
      List.of(
          "combination Merkle",
          "combination column",
          "combination queries",
          "witness Merkle",
          "witness column",
          "queries");

  @TempDir Path directory;
  private WeakProof weak;
  private Statement statement;
  private Proof proof;

  @Parameter CombinationForm form;

  @BeforeEach
  void prove() throws Exception {
    weak = new WeakProof(form.circuit(), directory);
    statement = weak.statement(weak.honest);
    proof = Proof.decode(weak.prove());
    weak.verify(statement, proof.encode());
  }

  @AfterEach
  void close() {
    weak.close();
  }

  private String rejection(String what, Proof altered) {
    String why = weak.rejection(statement, altered.encode());
    assertNotNull(why, what + " was accepted");
    return why;
  }

  private Proof with(Section section, byte[] bytes) {
    EnumMap<Section, byte[]> sections = new EnumMap<>(proof.sections());
    sections.put(section, bytes);
    return with(sections, proof.openings());
  }

  private Proof with(Map<Section, byte[]> sections, Map<Opening, ColumnOpening> openings) {
    return new Proof(
        proof.witnessRoot(),
        proof.lookupNonce(),
        sections,
        proof.combinationRoot(),
        proof.queryNonce(),
        proof.combinationNonce(),
        openings);
  }

  private Proof with(Opening of, ColumnOpening opening) {
    EnumMap<Opening, ColumnOpening> openings = new EnumMap<>(proof.openings());
    openings.put(of, opening);
    return with(proof.sections(), openings);
  }

  private static byte[] without(byte[] bytes, int from, int count) {
    byte[] out = Arrays.copyOf(bytes, bytes.length - count);
    System.arraycopy(bytes, from + count, out, from, bytes.length - from - count);
    return out;
  }

  private static byte[] doubled(byte[] bytes, int from, int count) {
    byte[] out = Arrays.copyOf(bytes, bytes.length + count);
    System.arraycopy(bytes, from, out, from + count, bytes.length - from);
    return out;
  }

  @Test
  void elementsLeftOut() {
    for (Section s : Section.values()) {
      byte[] bytes = proof.sections().get(s);
      assertTrue(bytes.length > 0, s.text());
      for (int at = 0; at < bytes.length; at += Ext.BYTES) {
        rejection(s + " without element " + at / Ext.BYTES, with(s, without(bytes, at, Ext.BYTES)));
      }
      String why =
          rejection(
              s + " without its last",
              with(s, without(bytes, bytes.length - Ext.BYTES, Ext.BYTES)));
      assertTrue(why.contains("left in the section"), why);
      // A whole round of two values, a layer's four ends, everything but the first element.
      for (int count : new int[] {2 * Ext.BYTES, 4 * Ext.BYTES, bytes.length - Ext.BYTES}) {
        if (count > 0 && count < bytes.length) {
          why =
              rejection(
                  s + " without its last " + count,
                  with(s, Arrays.copyOf(bytes, bytes.length - count)));
          assertTrue(why.contains("left in the section"), why);
        }
      }
    }
  }

  @Test
  void elementsTooMany() {
    for (Section s : Section.values()) {
      byte[] bytes = proof.sections().get(s);
      for (int at = 0; at < bytes.length; at += Ext.BYTES) {
        rejection(
            s + " with element " + at / Ext.BYTES + " twice",
            with(s, doubled(bytes, at, Ext.BYTES)));
      }
      String why =
          rejection(
              s + " with its last twice",
              with(s, doubled(bytes, bytes.length - Ext.BYTES, Ext.BYTES)));
      assertTrue(why.startsWith("bytes of section " + s.text()), why);
    }
  }

  @Test
  void elementsExchanged() {
    for (Section s : Section.values()) {
      byte[] bytes = proof.sections().get(s);
      for (int at = 0; at + 2 * Ext.BYTES <= bytes.length; at += Ext.BYTES) {
        byte[] swapped = bytes.clone();
        System.arraycopy(bytes, at, swapped, at + Ext.BYTES, Ext.BYTES);
        System.arraycopy(bytes, at + Ext.BYTES, swapped, at, Ext.BYTES);
        if (!Arrays.equals(bytes, swapped)) {
          rejection(s + " elements " + at / Ext.BYTES + " exchanged", with(s, swapped));
        }
      }
    }
  }

  @Test
  void sectionsMovedIntoOthers() {
    Section[] all = Section.values();
    for (int k = 0; k + 1 < all.length; k++) {
      byte[] first = proof.sections().get(all[k]);
      byte[] second = proof.sections().get(all[k + 1]);
      EnumMap<Section, byte[]> sections = new EnumMap<>(proof.sections());
      // The last element of one section becomes the first of the next: the same sequence of
      // elements.
      byte[] longer = new byte[second.length + Ext.BYTES];
      System.arraycopy(first, first.length - Ext.BYTES, longer, 0, Ext.BYTES);
      System.arraycopy(second, 0, longer, Ext.BYTES, second.length);
      sections.put(all[k], Arrays.copyOf(first, first.length - Ext.BYTES));
      sections.put(all[k + 1], longer);
      String why = rejection("moved from " + all[k], with(sections, proof.openings()));
      assertTrue(why.contains("left in the section"), why);
    }
  }

  @Test
  void secondEncodingsOfEveryResidue() {
    for (Section s : Section.values()) {
      byte[] bytes = proof.sections().get(s);
      for (int at = 0; at < bytes.length; at += 4) {
        byte[] altered = bytes.clone();
        ByteBuffer b = ByteBuffer.wrap(altered).order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(at, b.getInt(at) + M31.P);
        String why = rejection(s + " residue " + at / 4, with(s, altered));
        assertTrue(why.contains("below 2^31 - 1"), why);
      }
    }
    for (Opening of : Opening.values()) {
      ColumnOpening honest = proof.opening(of);
      for (int at = 0; at < honest.columns().length; at++) {
        int[] columns = honest.columns().clone();
        columns[at] += M31.P;
        ColumnOpening altered = new ColumnOpening(columns, honest.multiproof());
        String why = rejection("column residue " + at, with(of, altered));
        assertTrue(why.contains("a residue below p"), why);
      }
    }
  }

  @Test
  void aCombinationThatKeepsTheValueMovesTheQueries() {
    // u + d0 with <d0, eq> = 0 passes the value's check; u is absorbed before the queries are
    // drawn, so the columns are others. The last u is that of the combinations or of the model.
    byte[] u = proof.sections().get(Section.COMBINATIONS);
    Arithmetization arithmetization = weak.key.verifierKey().arithmetization();
    int width = arithmetization.layout(arithmetization.openings().getLast()).width();
    int from = u.length - width * Ext.BYTES;
    Ext[] change = new Ext[2];
    for (int k = 0; k < 2; k++) {
      byte[] altered = u.clone();
      int at = from + k * Ext.BYTES;
      Ext.read(altered, at).add(Ext.ONE).write(altered, at);
      change[k] = difference(with(Section.COMBINATIONS, altered));
    }
    byte[] altered = u.clone();
    Ext.read(altered, from).add(change[1]).write(altered, from);
    Ext.read(altered, from + Ext.BYTES).sub(change[0]).write(altered, from + Ext.BYTES);
    String why = rejection("another u of the same value", with(Section.COMBINATIONS, altered));
    assertTrue(OPENED.stream().anyMatch(why::startsWith), why);
  }

  /** By how much the value of the combinations' row misses the claimed one. */
  private Ext difference(Proof altered) {
    try {
      weak.verify(statement, altered.encode());
    } catch (org.zkc.gkr.failure.VerificationFailure e) {
      assertTrue(
          e.where().equals("combination row") || e.where().equals("model combination"),
          e.getMessage());
      return parse(e.actual()).sub(parse(e.expected()));
    }
    throw new AssertionError("accepted");
  }

  private static Ext parse(String text) {
    int[] limbs =
        Arrays.stream(text.substring(1, text.length() - 1).split(", ", -1))
            .mapToInt(Integer::parseInt)
            .toArray();
    return new Ext(limbs[0], limbs[1], limbs[2], limbs[3]);
  }

  @Test
  void columnsLeftOutRepeatedAndUnsorted() {
    for (Opening of : weak.key.verifierKey().arithmetization().openings()) {
      ColumnOpening honest = proof.opening(of);
      int rows = weak.key.verifierKey().arithmetization().layout(of).rows();
      int[] columns = honest.columns();
      int count = columns.length / rows;
      assertTrue(count > 1 && rows > 1, count + " columns of " + rows);
      String name = of.text();
      altered(of, new int[0], new byte[0], name + " column elements");
      altered(of, new int[0], honest.multiproof(), name + " column elements");
      altered(
          of,
          Arrays.copyOf(columns, columns.length - rows),
          honest.multiproof(),
          name + " column elements");
      altered(
          of,
          Arrays.copyOf(columns, columns.length + rows),
          honest.multiproof(),
          name + " column elements");
      // A row fewer in every column.
      int[] fewer = new int[count * (rows - 1)];
      for (int q = 0; q < count; q++) {
        System.arraycopy(columns, q * rows, fewer, q * (rows - 1), rows - 1);
      }
      altered(of, fewer, honest.multiproof(), name + " column elements");
      // The first column in every place, and the columns in another order.
      int[] repeated = columns.clone();
      int[] reversed = columns.clone();
      for (int q = 0; q < count; q++) {
        System.arraycopy(columns, 0, repeated, q * rows, rows);
        System.arraycopy(columns, (count - 1 - q) * rows, reversed, q * rows, rows);
      }
      altered(of, repeated, honest.multiproof(), name + " Merkle root");
      altered(of, reversed, honest.multiproof(), name + " Merkle root");
      // The last element of a column and the first of the next exchanged, and all elements moved by
      // one place.
      int[] boundary = columns.clone();
      boundary[rows - 1] = columns[rows];
      boundary[rows] = columns[rows - 1];
      altered(of, boundary, honest.multiproof(), name + " Merkle root");
      int[] rotated = new int[columns.length];
      System.arraycopy(columns, 1, rotated, 0, columns.length - 1);
      rotated[columns.length - 1] = columns[0];
      altered(of, rotated, honest.multiproof(), name + " Merkle root");
      // A node more, a node less, nodes exchanged.
      byte[] paths = honest.multiproof();
      altered(of, columns, Arrays.copyOf(paths, paths.length - 32), name + " Merkle proof bytes");
      altered(of, columns, Arrays.copyOf(paths, paths.length + 32), name + " Merkle proof bytes");
      byte[] exchanged = paths.clone();
      System.arraycopy(paths, 0, exchanged, 32, 32);
      System.arraycopy(paths, 32, exchanged, 0, 32);
      altered(of, columns, exchanged, name + " Merkle root");
    }
  }

  private void altered(Opening of, int[] columns, byte[] paths, String step) {
    String why = rejection(step, with(of, new ColumnOpening(columns, paths)));
    assertTrue(why.startsWith(step), why);
  }

  @Test
  void oneOpeningForTheOther() {
    for (Opening of : Opening.values()) {
      for (Opening other : weak.key.verifierKey().arithmetization().openings()) {
        if (of != other) {
          rejection(of + " opened as " + other, with(of, proof.opening(other)));
          EnumMap<Opening, ColumnOpening> openings = new EnumMap<>(proof.openings());
          openings.put(of, proof.opening(other));
          openings.put(other, proof.opening(of));
          rejection(of + " and " + other + " exchanged", with(proof.sections(), openings));
        }
      }
    }
  }

  @Test
  void rootAndNoncesOfTheCombinations() {
    byte[] root = proof.combinationRoot();
    if (form == CombinationForm.SENT) {
      String why = rejection("a root of nothing", withRoot(proof.witnessRoot()));
      assertTrue(why.startsWith("bytes of a combination root without"), why);
      return;
    }
    for (int k = 0; k < root.length; k++) {
      byte[] other = root.clone();
      other[k] ^= 1;
      String why = rejection("byte " + k + " of the root", withRoot(other));
      // The columns of witness and model are others then.
      assertTrue(why.startsWith("witness"), why);
    }
    for (byte[] other : new byte[][] {new byte[0], new byte[31], Arrays.copyOf(root, 33)}) {
      String why = rejection("a root of " + other.length + " bytes", withRoot(other));
      assertTrue(why.startsWith("bytes of the combination root"), why);
    }
    rejection("the root of the witness", withRoot(proof.witnessRoot()));
  }

  private Proof withRoot(byte[] root) {
    return new Proof(
        proof.witnessRoot(),
        proof.lookupNonce(),
        proof.sections(),
        root,
        proof.queryNonce(),
        proof.combinationNonce(),
        proof.openings());
  }
}
