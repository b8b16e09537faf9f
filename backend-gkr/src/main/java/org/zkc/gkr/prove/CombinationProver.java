package org.zkc.gkr.prove;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.channel.SendingChannel;
import org.zkc.gkr.code.Symbols;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.layout.CombinationLayout;
import org.zkc.gkr.layout.Opening;
import org.zkc.gkr.ligero.ColumnOpening;
import org.zkc.gkr.ligero.Columns;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.prove.commitment.Commitment;
import org.zkc.gkr.prove.commitment.RowSource;
import org.zkc.gkr.prove.commitment.WitnessCommitment;
import org.zkc.gkr.prove.sumcheck.JoiningTables;
import org.zkc.gkr.prove.sumcheck.SumcheckProver;
import org.zkc.gkr.relation.Merging;
import org.zkc.gkr.security.SecurityParameters;
import org.zkc.gkr.transcript.Transcript;

/**
 * Commits to the row combinations and shows that they are those of the committed rows: the prover's
 * side.
 */
final class CombinationProver {
  private final CombinationLayout layout;
  private final SecurityParameters parameters;
  private final SendingChannel out;
  private final Workers workers;

  CombinationProver(
      CombinationLayout layout,
      SecurityParameters parameters,
      SendingChannel out,
      Workers workers) {
    this.layout = layout;
    this.parameters = parameters;
    this.out = out;
    this.workers = workers;
  }

  /**
   * The messages besides the sections.
   *
   * @param openings of all commitments
   */
  // The record carries arrays between two provers and is never compared.
  @SuppressWarnings("ArrayRecordComponent")
  record Opened(byte[] root, long queryNonce, long nonce, Map<Opening, ColumnOpening> openings) {
    /** The state of a proof that commits to no combination. */
    static final Opened NONE = new Opened(new byte[0], 0, 0, Map.of());
  }

  /**
   * Proves.
   *
   * @param rows the combinations, in the layout's order
   * @param commitments the commitments whose rows they combine, in the same order
   */
  Opened prove(List<OpeningProver.Row> rows, List<Commitment> commitments) {
    Transcript transcript = out.transcript();
    WitnessCommitment commitment =
        WitnessCommitment.commit(layout.width(), layout.rows(), source(rows), workers);
    transcript.absorb("combination root", commitment.root());
    long queryNonce = transcript.grind("queries", parameters.queryGrindingBits());
    EnumMap<Opening, ColumnOpening> openings = new EnumMap<>(Opening.class);
    int[][] indices = new int[rows.size()][];
    int claims = 0;
    for (int k = 0; k < indices.length; k++) {
      Opening of = layout.entries().get(k).of();
      indices[k] = draw(of.text() + " queries", commitments.get(k).width());
      openings.put(of, commitments.get(k).open(indices[k]));
      claims += 1 + indices[k].length;
    }
    ExtVector merging = Merging.coefficients(transcript, "combination claims", claims);
    JoiningTables tables = new JoiningTables(layout.variables(), workers);
    int[] first = new int[indices.length];
    for (int k = 1; k < first.length; k++) {
      first[k] = first[k - 1] + 1 + indices[k - 1].length;
    }
    ExtVector[] weights = new ExtVector[indices.length];
    Ext[] sums = new Ext[indices.length];
    workers.forEach(
        indices.length,
        k -> {
          ExtVector u = rows.get(k).elements();
          weights[k] =
              Symbols.ofDimension(u.length())
                  .transposed(indices[k], merging.slice(first[k] + 1, indices[k].length));
          ExtVector eq = EqTable.of(rows.get(k).columnPoint());
          Kernels.best().addScaled(weights[k], merging.get(first[k]), eq);
          sums[k] = Kernels.best().dot(weights[k], u);
        });
    for (int k = 0; k < indices.length; k++) {
      tables.add(
          layout.entries().get(k).variables(),
          layout.widthVariables(),
          weights[k],
          rows.get(k).elements().copy(),
          sums[k]);
    }
    Ext[] point = SumcheckProver.run(out, Section.COMBINATIONS, "combination claims", tables);
    Ext[] ends = new Ext[indices.length];
    for (int k = 0; k < ends.length; k++) {
      ends[k] = tables.value(k);
    }
    out.send(Section.COMBINATIONS, "combination ends", ends);
    out.send(Section.COMBINATIONS, "combination row", row(point, rows));
    long nonce = transcript.grind("combination queries", parameters.queryGrindingBits());
    openings.put(Opening.COMBINATION, commitment.open(draw("combination queries", layout.width())));
    return new Opened(commitment.root(), queryNonce, nonce, openings);
  }

  private int[] draw(String label, int width) {
    return Columns.distinct(
        out.transcript().challengeIndices(label, parameters.queries(), Columns.count(width)));
  }

  /** The combinations as rows over F. */
  private RowSource source(List<OpeningProver.Row> rows) {
    int[] firstRows =
        layout.entries().stream().mapToInt(CombinationLayout.Entry::firstRow).toArray();
    return (row, target, at) -> {
      int overE = row / CombinationLayout.LIMBS;
      int found = Arrays.binarySearch(firstRows, overE);
      int entry = found >= 0 ? found : -found - 2;
      ExtVector u = rows.get(entry).elements();
      int from = (overE - firstRows[entry]) * layout.width();
      System.arraycopy(
          u.limb(row % CombinationLayout.LIMBS),
          u.offset() + from,
          target,
          at,
          Math.min(layout.width(), u.length() - from));
    };
  }

  /** The combination of the matrix' rows over E at a point. */
  private ExtVector row(Ext[] point, List<OpeningProver.Row> rows) {
    ExtVector stacking =
        Merging.coefficients(out.transcript(), "combination rows", layout.entries().size());
    ExtVector u = new ExtVector(layout.width());
    for (int k = 0; k < rows.size(); k++) {
      CombinationLayout.Entry entry = layout.entries().get(k);
      int own = Math.max(entry.variables(), layout.widthVariables());
      ExtVector eq =
          EqTable.of(
              Arrays.copyOfRange(point, point.length - own, point.length - layout.widthVariables()),
              entry.rows());
      ExtVector elements = rows.get(k).elements();
      for (int r = 0; r < entry.rows(); r++) {
        int from = r * layout.width();
        Kernels.best()
            .addScaled(
                u,
                stacking.get(k).mul(eq.get(r)),
                elements.slice(from, Math.min(layout.width(), elements.length() - from)));
      }
    }
    return u;
  }
}
