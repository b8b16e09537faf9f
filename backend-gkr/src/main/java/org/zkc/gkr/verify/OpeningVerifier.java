package org.zkc.gkr.verify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import org.zkc.gkr.channel.ReceivingChannel;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.layout.ColumnWeights;
import org.zkc.gkr.layout.ModelLayout;
import org.zkc.gkr.layout.TensorRows;
import org.zkc.gkr.layout.WitnessLayout;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.relation.Claims;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.MergedClaims;
import org.zkc.gkr.relation.Merging;
import org.zkc.gkr.sumcheck.SumcheckVerifier;
import org.zkc.gkr.weight.VerifierWork;

/**
 * Turns the claims on committed tensors into one claim about a row combination.
 *
 * <pre>
 * claim    &lt;w_j, f_j&gt; = v_j for all claims j
 * round    c = eq(tau, .) merges them; sumcheck of sum_j c_j w_j f_j; the weights of tables of fewer variables are eq(0, .) in the
 *          leading ones, and those of a tensor that shares its row eq(its place, .) in those that choose it, so that nothing else
 *          in the row has weight
 * check    its ending on the values f_j(z) sent
 * ending   fresh coefficients merge these; u = combination of the rows has &lt;u, eq(z_row, .)&gt; = the merged value,
 *          which {@link SentCombinationVerifier} or {@link CombinationVerifier} checks
 * </pre>
 *
 * The weights vanish outside the real indices, so the elements in a commitment's padding enter no
 * claim.
 */
final class OpeningVerifier {
  private final ConstraintSystem system;
  private final ReceivingChannel in;
  private final Claims claims;
  private final ReductionVerifier reductions;

  OpeningVerifier(
      ConstraintSystem system, ReceivingChannel in, Claims claims, ReductionVerifier reductions) {
    this.system = system;
    this.in = in;
    this.claims = claims;
    this.reductions = reductions;
  }

  /**
   * The combination of the rows with these coefficients has this value against eq(columnPoint, .).
   */
  record Combination(ExtVector coefficients, Ext[] columnPoint, Ext value) {}

  /** Turns the claims on one commitment's tensors into its combination. */
  Combination combination(TensorRows layout) {
    return switch (layout) {
      case WitnessLayout w -> witness(w);
      case ModelLayout m -> model(m);
    };
  }

  private Combination witness(WitnessLayout layout) {
    ArrayList<Claims.Claim> all = new ArrayList<>();
    HashMap<Integer, Integer> first = new HashMap<>();
    for (WitnessLayout.Column c : layout.columns()) {
      if (!c.isRest()) {
        first.put(c.tensor(), all.size());
        all.addAll(claims.on(c.tensor()));
      }
    }
    MergedClaims merged = Merging.combine(in.transcript(), "witness batch", all);
    SumcheckVerifier.Ending end =
        SumcheckVerifier.plain(
            in, Section.WITNESS_BATCH, "witness batch", merged.value(), layout.variables(), 2);
    List<WitnessLayout.Table> tables = layout.tables();
    Ext[] ends = in.receive(Section.WITNESS_BATCH, "witness batch ends", tables.size());
    Ext expected = Ext.ZERO;
    ColumnWeights weights = new ColumnWeights();
    for (int k = 0; k < tables.size(); k++) {
      WitnessLayout.Table table = tables.get(k);
      Ext[] own = SumcheckVerifier.suffix(end.point(), table.variables());
      Ext weight = Ext.ZERO;
      for (WitnessLayout.Column c : table.columns()) {
        List<Claims.Claim> claimed = claims.on(c.tensor());
        int at = Objects.requireNonNull(first.get(c.tensor()), "each tensor has its claims");
        ExtVector merging = merged.coefficients().slice(at, claimed.size());
        weight = weight.add(weight(table, c, own, claimed, merging, weights));
      }
      Ext leading = chooses(end.point(), layout.variables() - table.variables(), 0);
      expected = expected.add(leading.mul(weight).mul(ends[k]));
    }
    VerificationFailure.requireEqual("witness batch ending", expected, end.value());

    ExtVector stacking = Merging.coefficients(in.transcript(), "witness rows", tables.size());
    ExtVector coefficients = coefficients(layout);
    Ext value = Ext.ZERO;
    int rowEnd = layout.variables() - layout.widthVariables();
    for (int k = 0; k < tables.size(); k++) {
      WitnessLayout.Table table = tables.get(k);
      int own = Math.max(table.variables(), layout.widthVariables());
      value = value.add(stacking.get(k).mul(ends[k]));
      Ext[] rowPoint = Arrays.copyOfRange(end.point(), layout.variables() - own, rowEnd);
      place(coefficients, table.firstRow(), EqTable.of(rowPoint, table.rows()), stacking.get(k));
    }
    return new Combination(
        coefficients, SumcheckVerifier.suffix(end.point(), layout.widthVariables()), value);
  }

  /** The weight at a point of a table of the claims on the tensor of one of its columns. */
  private static Ext weight(
      WitnessLayout.Table table,
      WitnessLayout.Column column,
      Ext[] point,
      List<Claims.Claim> claimed,
      ExtVector merging,
      ColumnWeights weights) {
    Ext[] own = SumcheckVerifier.suffix(point, column.variables());
    Ext weight = Ext.ZERO;
    for (int j = 0; j < claimed.size(); j++) {
      Ext value = weights.at(column, claimed.get(j).weight(), own);
      weight = weight.add(merging.get(j).mul(value));
    }
    int index = column.start() >>> column.variables();
    return weight.mul(chooses(point, column.choosing(table), index));
  }

  private Combination model(ModelLayout layout) {
    ArrayList<Claims.Claim> all = new ArrayList<>();
    for (ModelLayout.Entry e : layout.entries()) {
      all.addAll(toPoints(e));
    }
    MergedClaims merged = Merging.combine(in.transcript(), "model merge", all);
    SumcheckVerifier.Ending end =
        SumcheckVerifier.plain(
            in, Section.MODEL_MERGE, "model merge", merged.value(), layout.widthVariables(), 2);
    Ext[] ends = in.receive(Section.MODEL_MERGE, "model merge ends", all.size());
    Ext expected = Ext.ZERO;
    for (int k = 0; k < ends.length; k++) {
      ModelLayout.Entry e = layout.of(all.get(k).tensor());
      int variables = e.inRow().variables();
      Ext weight = e.inRow(all.get(k).weight()).at(SumcheckVerifier.suffix(end.point(), variables));
      Ext leading = chooses(end.point(), layout.widthVariables() - variables, 0);
      expected = expected.add(merged.coefficients().get(k).mul(leading).mul(weight).mul(ends[k]));
    }
    VerificationFailure.requireEqual("model merge ending", expected, end.value());

    ExtVector stacking = Merging.coefficients(in.transcript(), "model rows", all.size());
    ExtVector coefficients = coefficients(layout);
    Ext value = Ext.ZERO;
    for (int k = 0; k < ends.length; k++) {
      ModelLayout.Entry e = layout.of(all.get(k).tensor());
      value = value.add(stacking.get(k).mul(ends[k]));
      place(
          coefficients,
          e.firstRow(),
          EqTable.of(e.rowPoint(all.get(k).weight()), e.rows()),
          stacking.get(k));
    }
    return new Combination(coefficients, end.point(), value);
  }

  /**
   * The claims on one MODEL tensor. Claims that are not eq at a point on the rows are merged to one
   * claim that is.
   */
  private List<Claims.Claim> toPoints(ModelLayout.Entry entry) {
    List<Claims.Claim> own = claims.on(entry.tensor());
    if (entry.isSingleRow() || own.stream().allMatch(c -> c.weight().hasPoint(0))) {
      return own;
    }
    reductions.merge(Section.MODEL_MERGE, system.tensor(entry.tensor()).name(), entry.tensor());
    return claims.on(entry.tensor());
  }

  /**
   * Room for a coefficient of every row. The tables of one tensor's coefficients exist beside it.
   * Both are counted, because a proof may have one column of very many rows.
   */
  private static ExtVector coefficients(TensorRows layout) {
    VerifierWork.hold(2L * layout.rows());
    return new ExtVector(layout.rows());
  }

  /** eq(index, .) on the first {@code count} coordinates of a point, most significant bit first. */
  private static Ext chooses(Ext[] point, int count, int index) {
    Ext product = Ext.ONE;
    for (int j = 0; j < count; j++) {
      boolean one = (index >>> (count - 1 - j) & 1) == 1;
      product = product.mul(one ? point[j] : Ext.ONE.sub(point[j]));
    }
    return product;
  }

  private static void place(ExtVector coefficients, int firstRow, ExtVector rows, Ext scale) {
    for (int r = 0; r < rows.length(); r++) {
      coefficients.set(firstRow + r, coefficients.get(firstRow + r).add(scale.mul(rows.get(r))));
    }
  }
}
