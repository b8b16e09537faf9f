package org.zkc.gkr.prove;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.channel.SendingChannel;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.layout.ModelLayout;
import org.zkc.gkr.layout.RowLayout;
import org.zkc.gkr.layout.WitnessLayout;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.prove.sumcheck.JoiningTables;
import org.zkc.gkr.prove.sumcheck.SumcheckProver;
import org.zkc.gkr.relation.Claims;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.MergedClaims;
import org.zkc.gkr.relation.Merging;
import org.zkc.gkr.weight.TensorLayout;

/**
 * Turns the claims on committed tensors into one row combination each for witness and model: the
 * prover's side.
 */
final class OpeningProver {
  private final ConstraintSystem system;
  private final SendingChannel out;
  private final Claims claims;
  private final TensorValues values;
  private final ReductionProver reductions;
  private final Workers workers;

  OpeningProver(
      ConstraintSystem system,
      SendingChannel out,
      Claims claims,
      TensorValues values,
      ReductionProver reductions,
      Workers workers) {
    this.system = system;
    this.out = out;
    this.claims = claims;
    this.values = values;
    this.reductions = reductions;
    this.workers = workers;
  }

  /** The combination of one commitment's rows. */
  ExtVector row(RowLayout layout, ModelMatrix matrix) {
    return switch (layout) {
      case WitnessLayout w -> witness(w);
      case ModelLayout m -> model(m, matrix);
    };
  }

  /** The row combination of the witness. */
  private ExtVector witness(WitnessLayout layout) {
    List<WitnessLayout.Column> columns = layout.columns();
    int count = columns.stream().mapToInt(c -> claims.on(c.tensor()).size()).sum();
    ExtVector merging = Merging.coefficients(out.transcript(), "witness batch", count);
    JoiningTables tables = new JoiningTables(layout.variables(), workers);
    int at = 0;
    for (WitnessLayout.Column c : columns) {
      List<Claims.Claim> own = claims.on(c.tensor());
      MergedClaims merged = new MergedClaims(own, merging.slice(at, own.size()));
      at += own.size();
      tables.add(
          c.layout().variables(),
          layout.widthVariables(),
          () -> weights(c.layout(), merged),
          () -> values.stored(c.tensor()),
          merged.value());
    }
    Ext[] point = SumcheckProver.run(out, Section.WITNESS_BATCH, "witness batch", tables);
    Ext[] ends = new Ext[columns.size()];
    for (int k = 0; k < ends.length; k++) {
      ends[k] = tables.value(k);
    }
    out.send(Section.WITNESS_BATCH, "witness batch ends", ends);

    ExtVector stacking = Merging.coefficients(out.transcript(), "witness rows", columns.size());
    // A combination of a part of the columns for each thread; sums in E are exact.
    int pieces = Math.min(workers.threads(), columns.size());
    ExtVector[] parts = new ExtVector[pieces];
    workers.forEach(
        pieces,
        piece -> {
          ExtVector u = new ExtVector(layout.width());
          for (int k = piece; k < columns.size(); k += pieces) {
            addRows(layout, columns.get(k), point, stacking.get(k), u);
          }
          parts[piece] = u;
        });
    for (int piece = 1; piece < pieces; piece++) {
      Kernels.best().addScaled(parts[0], Ext.ONE, parts[piece]);
    }
    return parts[0];
  }

  /** Adds the combination of a column's rows. */
  private void addRows(
      WitnessLayout layout, WitnessLayout.Column column, Ext[] point, Ext scale, ExtVector u) {
    int own = Math.max(column.layout().variables(), layout.widthVariables());
    int rowEnd = layout.variables() - layout.widthVariables();
    ExtVector rows =
        EqTable.of(Arrays.copyOfRange(point, layout.variables() - own, rowEnd), column.rows());
    int[] stored = values.combined(column.tensor());
    for (int r = 0; r < column.rows(); r++) {
      int from = r * layout.width();
      Kernels.best()
          .addScaledBase(
              u,
              scale.mul(rows.get(r)),
              stored,
              from,
              Math.min(layout.width(), stored.length - from));
    }
  }

  private static ExtVector weights(TensorLayout layout, MergedClaims claims) {
    ExtVector out = new ExtVector(layout.storedLength());
    claims.addTo(out, Workers.callerOnly());
    return out;
  }

  /** The row combination of the model. */
  private ExtVector model(ModelLayout layout, ModelMatrix matrix) {
    ArrayList<Claims.Claim> all = new ArrayList<>();
    for (ModelLayout.Entry e : layout.entries()) {
      all.addAll(toPoints(e));
    }
    ExtVector merging = Merging.coefficients(out.transcript(), "model merge", all.size());
    JoiningTables tables = new JoiningTables(layout.widthVariables(), workers);
    ArrayList<ExtVector> rows = new ArrayList<>();
    for (int k = 0; k < all.size(); k++) {
      Claims.Claim claim = all.get(k);
      ModelLayout.Entry e = layout.of(claim.tensor());
      ExtVector fold = reductions.rows().get(claim.weight().number());
      if (fold == null) {
        fold = matrix.combination(e, EqTable.of(e.rowPoint(claim.weight()), e.rows()), workers);
      }
      ExtVector weights = new ExtVector(e.inRow().storedLength());
      e.inRow(claim.weight()).addTo(weights, merging.get(k));
      ExtVector row = e.inRow().pad(fold);
      values.adversary().seeModelRow(e, e.rowPoint(claim.weight()), row);
      rows.add(row);
      tables.add(
          e.inRow().variables(),
          layout.widthVariables(),
          weights,
          row.copy(),
          merging.get(k).mul(claim.value()));
    }
    SumcheckProver.run(out, Section.MODEL_MERGE, "model merge", tables);
    Ext[] ends = new Ext[all.size()];
    for (int k = 0; k < ends.length; k++) {
      ends[k] = tables.value(k);
    }
    out.send(Section.MODEL_MERGE, "model merge ends", ends);
    ExtVector stacking = Merging.coefficients(out.transcript(), "model rows", all.size());
    ExtVector u = new ExtVector(layout.width());
    for (int k = 0; k < ends.length; k++) {
      Kernels.best().addScaled(u, stacking.get(k), rows.get(k));
    }
    return u;
  }

  private List<Claims.Claim> toPoints(ModelLayout.Entry entry) {
    List<Claims.Claim> own = claims.on(entry.tensor());
    if (entry.isSingleRow() || own.stream().allMatch(c -> c.weight().hasPoint(0))) {
      return own;
    }
    reductions.merge(Section.MODEL_MERGE, system.tensor(entry.tensor()).name(), entry.tensor());
    return claims.on(entry.tensor());
  }
}
