package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.layout.ModelLayout;
import org.zkc.gkr.layout.WitnessLayout;
import org.zkc.gkr.proof.WeakKeys;
import org.zkc.gkr.prove.commitment.ModelCommitment;
import org.zkc.gkr.prove.commitment.RowSource;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Holder;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.verify.WeakVerifier;
import org.zkc.gkr.weight.TensorLayout;

/**
 * Junk in the padding of whatever is committed, on every axis: the same statement stays provable,
 * for the padding has no meaning, and no other becomes provable.
 */
class PaddingAttackTest {
  private static final long SEED = 41;

  @TempDir Path directory;
  private final Random random = new Random(SEED);

  // No extent is a power of two, so every axis of every tensor has padding; every kind of view
  // reads the activation.
  private static CircuitBuilder circuit() {
    CircuitBuilder b = new CircuitBuilder(9);
    int x = b.input(-100, 100, 1, 3, 5, 6);
    int a = b.requantize(b.conv(x, b.model(-9, 9, 5, 3, 3, 3), 1, 1, 1, 1), 5, 2, -20, 20);
    int slice =
        b.view(a, new ViewStep.Window(1, 3, 1, 1, 1, 1), new ViewStep.Window(3, 5, 1, 1, 0, 1));
    int zeroExtended = b.view(slice, new ViewStep.Window(2, 7, 1, 1, -1, 1));
    int flat =
        b.view(a, new ViewStep.Permute(List.of(0, 2, 3, 1)), new ViewStep.Reshape(List.of(1, 150)));
    int row =
        b.view(a, new ViewStep.Window(1, 1, 1, 1, 2, 1), new ViewStep.Window(3, 1, 1, 1, 5, 1));
    int broadcast =
        b.view(row, new ViewStep.Window(1, 3, 0, 1, 0, 1), new ViewStep.Window(3, 5, 0, 1, 0, 1));
    int mixed =
        b.affine(
            b.shape(slice),
            List.of(CircuitBuilder.term(slice, 2), CircuitBuilder.term(broadcast, -1)),
            new Affine.Box(3, List.of(0, 0, 0, 0), List.of(1, 3, 5, 5)));
    int dense = b.addBias(b.matMul(flat, b.model(-9, 9, 3, 150)), b.model(-50, 50, 3));
    return b.output(zeroExtended)
        .output(mixed)
        .output(dense)
        .output(b.view(a, new ViewStep.Ranges(2, List.of(0, 1), List.of(3, 4), List.of(2, -1))));
  }

  @Test
  void activationsLimbsAndMultiplicities() throws Exception {
    try (WeakProof weak = new WeakProof(circuit(), directory)) {
      VerifierKey key = weak.key.verifierKey();
      ConstraintSystem system = key.arithmetization().system();
      int padded = 0;
      for (WitnessLayout.Column column : key.arithmetization().witness().columns()) {
        if (column.isRest()) {
          continue;
        }
        ForgedValues values = new ForgedValues(weak, weak.honest);
        values.countLookups(null);
        TensorLayout layout = column.order().layout();
        int[] mask = new int[layout.elementCount()];
        Arrays.fill(mask, 1);
        mask = layout.pad(mask);
        int[] stored = layout.pad(values.real(column.tensor()));
        for (int k = 0; k < stored.length; k++) {
          if (mask[k] == 0) {
            stored[k] = random.nextInt(M31.P);
            padded++;
          }
        }
        values.forgeStored(column.tensor(), stored);
        byte[] proof = weak.prove(weak.statement(weak.honest), values);
        assertNull(
            weak.rejection(weak.statement(weak.honest), proof),
            "seed " + SEED + ": junk in the padding of " + system.tensor(column.tensor()).name());
      }
      assertTrue(padded > 100, "cells of padding: " + padded);
    }
  }

  @Test
  void junkBehindTheLastElementOfARow() throws Exception {
    try (WeakProof weak = new WeakProof(circuit(), directory)) {
      WitnessLayout layout = weak.key.verifierKey().arithmetization().witness();
      int insideTables = 0;
      int behindTables = 0;
      for (Reach reach : reaches(layout)) {
        WitnessLayout.Column column = reach.column();
        int cells = reach.cells();
        if (cells == column.length()) {
          continue;
        }
        ForgedValues values = new ForgedValues(weak, weak.honest);
        values.countLookups(null);
        int end = column.from() + cells;
        int[] table = column.order().layout().pad(values.real(column.tensor()));
        int[] stored = Arrays.copyOf(table, end);
        stored[end - 1] = 1234567;
        boolean insideTable = cells <= 1 << column.variables();
        if (insideTable) {
          // The last cell is the table's padding.
          values.forgeStored(column.tensor(), stored);
          insideTables++;
        } else {
          values.commitTo(column.tensor(), stored, true);
          behindTables++;
        }
        String why = weak.rejection(weak.honest, values);
        if (insideTable) {
          assertNull(why);
        } else {
          // This prover's sumcheck ends with the short table, its u holds the junk behind it, and
          // the two disagree.
          assertNotNull(why);
          assertTrue(why.startsWith("witness combination"), why);
        }
      }
      assertTrue(insideTables > 0 && behindTables > 0, insideTables + " and " + behindTables);
    }
  }

  @Test
  void tensorsThatShareARowExchanged() throws Exception {
    CircuitBuilder b = new CircuitBuilder(4);
    int x = b.requantize(b.input(-100, 100, 1, 9), 3, 2, -20, 20);
    b.output(b.requantize(b.product(x, x), 2, 2, -50, 50));
    try (WeakProof weak = new WeakProof(b, directory)) {
      WitnessLayout layout = weak.key.verifierKey().arithmetization().witness();
      int inTheBatch = 0;
      for (WitnessLayout.Table table : layout.tables()) {
        List<WitnessLayout.Column> columns = table.columns();
        for (int k = 0; k + 1 < columns.size(); k++) {
          int one = columns.get(k).tensor();
          int other = columns.get(k + 1).tensor();
          ForgedValues values = new ForgedValues(weak, weak.honest);
          values.countLookups(null);
          int[] ofOne = values.stored(one);
          int[] ofOther = values.stored(other);
          if (columns.get(k).isRest()
              || columns.get(k + 1).isRest()
              || Arrays.equals(ofOne, ofOther)
              || columns.get(k).variables() != columns.get(k + 1).variables()) {
            continue;
          }
          values.commitTo(one, ofOther, true).commitTo(other, ofOne, true);
          String why = weak.rejection(weak.honest, values);
          assertNotNull(why);
          assertTrue(why.startsWith("witness combination"), why);
          // The provers of relations and of the batch of claims go along.
          ForgedValues along = new ForgedValues(weak, weak.honest);
          along.countLookups(null);
          along.forgeStored(one, ofOther).forgeStored(other, ofOne);
          why = weak.rejection(weak.honest, along);
          assertNotNull(why);
          assertTrue(why.contains("ending"), why);
          inTheBatch += why.startsWith("witness batch ending") ? 1 : 0;
        }
      }
      assertTrue(inTheBatch > 0);
    }
  }

  @Test
  void cellsExchanged() throws Exception {
    try (WeakProof weak = new WeakProof(SmallCircuits.PLACES.build(1), directory)) {
      List<WitnessLayout.Column> columns =
          weak.key.verifierKey().arithmetization().witness().columns();
      int ordered = 0;
      int rests = 0;
      for (WitnessLayout.Column column : columns) {
        ForgedValues values = new ForgedValues(weak, weak.honest);
        values.countLookups(null);
        int[] cells = new int[column.order().layout().storedLength()];
        for (WitnessLayout.Column piece : columns) {
          if (piece.tensor() == column.tensor()) {
            values.stored(piece, 0, piece.length(), cells, piece.from());
          }
        }
        // The first cell of the tensor, and one of this piece that differs from it.
        int other = column.from() + column.length() - 1;
        while (other > column.from() && cells[other] == cells[0]) {
          other--;
        }
        if (cells[other] == cells[0]) {
          continue;
        }
        int kept = cells[0];
        cells[0] = cells[other];
        cells[other] = kept;
        values.commitTo(column.tensor(), cells, true);
        String why = weak.rejection(weak.honest, values);
        assertNotNull(why);
        assertTrue(why.contains("combination"), why);
        ordered += column.order().isOfAxes() ? 0 : 1;
        rests += column.isRest() ? 1 : 0;
      }
      assertTrue(ordered > 3 && rests > 1, ordered + " and " + rests);
    }
  }

  /** A column and its cells, up to the next column or to the end of its last row. */
  private record Reach(WitnessLayout.Column column, int cells) {}

  private static List<Reach> reaches(WitnessLayout layout) {
    ArrayList<Reach> out = new ArrayList<>();
    for (WitnessLayout.Table table : layout.tables()) {
      int end = table.rows() * layout.width();
      for (WitnessLayout.Column c : table.columns().reversed()) {
        out.add(new Reach(c, end - c.start()));
        end = c.start();
      }
    }
    return out;
  }

  @Test
  void outputsThatReadThePadding() throws Exception {
    // In each output one element moves by what it would read if the view reached the junk.
    CircuitBuilder b = circuit();
    try (WeakProof weak = new WeakProof(b, directory)) {
      ConstraintSystem system = weak.key.verifierKey().arithmetization().system();
      int activation = system.heldBy(Holder.COMMITTED).get(0);
      for (int output : system.circuit().outputs()) {
        int[][] elements = weak.honest.clone();
        elements[output] = weak.honest[output].clone();
        elements[output][3 % elements[output].length] +=
            elements[output][3 % elements[output].length] > 0 ? -1 : 1;
        ForgedValues values = new ForgedValues(weak, elements);
        TensorLayout layout = new TensorLayout(system.tensor(activation).shape());
        int[] stored = layout.pad(values.real(activation));
        for (int k = 6; k < stored.length; k += 8) {
          stored[k] = 1;
        }
        values.forgeStored(activation, stored);
        String why = weak.rejection(elements, values);
        assertNotNull(why, "output " + output);
        assertTrue(why.contains("ending"), why);
      }
    }
  }

  @Test
  void weights() throws Exception {
    CircuitBuilder b = circuit();
    try (WeakProof weak = new WeakProof(b, directory)) {
      VerifierKey honest = weak.key.verifierKey();
      ModelLayout layout = honest.arithmetization().model();
      assertTrue(
          layout.entries().stream().anyMatch(e -> !e.inRow().isPrefix()),
          "rows with padding inside");
      RowSource junk = (row, target, at) -> junk(layout, row, target, at);
      RowSource both =
          (row, target, at) -> {
            weak.key.model().fill(row, target, at);
            int[] more = new int[layout.width()];
            junk.fill(row, more, 0);
            for (int k = 0; k < more.length; k++) {
              target[at + k] = M31.add(target[at + k], more[k]);
            }
          };
      try (ModelCommitment dirty =
          ModelCommitment.create(
              directory.resolve("dirty.code"),
              layout.width(),
              layout.rows(),
              both,
              Workers.callerOnly())) {
        VerifierKey key = WeakKeys.of(weak.circuit, dirty.root());
        assertTrue(!Arrays.equals(dirty.root(), honest.modelRoot()));
        ProvingKey proving = new ProvingKey(key, weak.key.model(), dirty);
        ForgedValues values = new ForgedValues(weak, weak.honest).addToModelRows(junk);
        var statement = weak.statement(weak.honest);
        byte[] proof =
            Prover.prove(proving, statement, values, WeakProof.CONTEXT, ProverOptions.quiet());
        WeakVerifier.verify(key, statement, proof, WeakProof.CONTEXT);
        // Without the junk in u the same commitment does not open: it is there.
        byte[] without =
            Prover.prove(
                proving,
                statement,
                new ForgedValues(weak, weak.honest),
                WeakProof.CONTEXT,
                ProverOptions.quiet());
        String why = rejection(key, statement, without);
        assertTrue(why.startsWith("model column"), why);
        // An output that the junk would explain.
        int output = weak.circuit.circuit().outputs().get(2);
        int[][] elements = weak.honest.clone();
        elements[output] = weak.honest[output].clone();
        elements[output][0] += elements[output][0] > 0 ? -1 : 1;
        byte[] reading =
            Prover.prove(
                proving,
                weak.statement(elements),
                new ForgedValues(weak, elements).addToModelRows(junk),
                WeakProof.CONTEXT,
                ProverOptions.quiet());
        why = rejection(key, weak.statement(elements), reading);
        assertTrue(why.contains("ending"), why);
      }
    }
  }

  private static String rejection(VerifierKey key, Statement statement, byte[] proof) {
    try {
      WeakVerifier.verify(key, statement, proof, WeakProof.CONTEXT);
      return "accepted";
    } catch (VerificationFailure e) {
      return e.getMessage();
    }
  }

  /** Fills every cell of a row that the layout's stored prefix holds and no weight occupies. */
  private static void junk(ModelLayout layout, int row, int[] target, int at) {
    for (ModelLayout.Entry e : layout.entries()) {
      if (e.firstRow() <= row && row < e.firstRow() + e.rows()) {
        int[] mask = new int[e.inRow().elementCount()];
        Arrays.fill(mask, 1);
        mask = e.inRow().pad(mask);
        for (int k = 0; k < mask.length; k++) {
          if (mask[k] == 0) {
            target[at + k] = 1000003 * (row + 1) + k;
          }
        }
      }
    }
  }
}
