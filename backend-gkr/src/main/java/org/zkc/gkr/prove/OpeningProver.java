package org.zkc.gkr.prove;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.channel.SendingChannel;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.layout.ModelLayout;
import org.zkc.gkr.layout.TensorRows;
import org.zkc.gkr.layout.WitnessLayout;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.prove.sumcheck.JoiningTables;
import org.zkc.gkr.prove.sumcheck.StreamedTable;
import org.zkc.gkr.prove.sumcheck.SumcheckProver;
import org.zkc.gkr.prove.sumcheck.TableMemory;
import org.zkc.gkr.relation.Claims;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Merging;
import org.zkc.gkr.sumcheck.SumcheckVerifier;
import org.zkc.gkr.weight.Weight;
import org.zkc.gkr.weight.WeightRows;

/**
 * Turns the claims on committed tensors into one row combination each for witness and model: the
 * prover's side.
 */
final class OpeningProver {
  /** Elements of a row that a task combines, over all rows: their sums stay in the cache. */
  private static final int COMBINED = 1 << 10;

  private final ConstraintSystem system;
  private final SendingChannel out;
  private final Claims claims;
  private final TensorValues values;
  private final ReductionProver reductions;
  private final TableMemory tableMemory;
  private final Workers workers;

  OpeningProver(
      ConstraintSystem system,
      SendingChannel out,
      Claims claims,
      TensorValues values,
      ReductionProver reductions,
      TableMemory tableMemory,
      Workers workers) {
    this.system = system;
    this.out = out;
    this.claims = claims;
    this.values = values;
    this.reductions = reductions;
    this.tableMemory = tableMemory;
    this.workers = workers;
  }

  /**
   * The combination of one commitment's rows.
   *
   * @param elements as many as a row has
   * @param columnPoint its value is claimed against eq(columnPoint, .)
   */
  // The record carries arrays between two provers and is never compared.
  @SuppressWarnings("ArrayRecordComponent")
  record Row(ExtVector elements, Ext[] columnPoint) {}

  /** Turns the claims on one commitment's tensors into its combination. */
  Row row(TensorRows layout, ModelMatrix matrix) {
    return switch (layout) {
      case WitnessLayout w -> witness(w);
      case ModelLayout m -> model(m, matrix);
    };
  }

  /** The row combination of the witness. */
  private Row witness(WitnessLayout layout) {
    List<WitnessLayout.Table> all = layout.tables();
    Map<Integer, CellClaims> merged = merged(layout);
    Map<Integer, Ext> rests = rests(layout, merged);
    JoiningTables tables = new JoiningTables(layout.variables(), tableMemory.take(0), workers);
    Shared[] shared = shared(all, merged);
    for (int k = 0; k < all.size(); k++) {
      WitnessLayout.Table table = all.get(k);
      Ext sum = Ext.ZERO;
      for (WitnessLayout.Column c : table.columns()) {
        Ext rest = rests.getOrDefault(c.tensor(), Ext.ZERO);
        sum = sum.add(c.isRest() ? rest : of(merged, c).value().sub(rest));
      }
      Shared own = shared[k];
      if (own == null) {
        StreamedTable.Source source = source(table.last(), of(merged, table.last()));
        tables.add(table.variables(), layout.widthVariables(), source, sum);
      } else {
        tables.add(table.variables(), layout.widthVariables(), own.weights, own.elements, sum);
      }
    }
    Ext[] point = SumcheckProver.run(out, Section.WITNESS_BATCH, "witness batch", tables);
    Ext[] ends = new Ext[all.size()];
    for (int k = 0; k < ends.length; k++) {
      ends[k] = tables.value(k);
    }
    out.send(Section.WITNESS_BATCH, "witness batch ends", ends);

    ExtVector stacking = Merging.coefficients(out.transcript(), "witness rows", all.size());
    ExtVector coefficients = new ExtVector(layout.rows());
    for (int k = 0; k < all.size(); k++) {
      coefficients(layout, all.get(k), point, stacking.get(k), coefficients);
    }
    ExtVector u = new ExtVector(layout.width());
    int tile = Math.min(COMBINED, layout.width());
    workers.forEach(
        layout.width() / tile,
        task ->
            addRows(all, layout.width(), coefficients, task * tile, u.slice(task * tile, tile)));
    return new Row(u, SumcheckVerifier.suffix(point, layout.widthVariables()));
  }

  /** The claims on each tensor's cells as one, merged in the order of the columns. */
  private Map<Integer, CellClaims> merged(WitnessLayout layout) {
    List<WitnessLayout.Column> columns =
        layout.columns().stream().filter(c -> !c.isRest()).toList();
    int count = columns.stream().mapToInt(c -> claims.on(c.tensor()).size()).sum();
    ExtVector merging = Merging.coefficients(out.transcript(), "witness batch", count);
    HashMap<Integer, CellClaims> merged = new HashMap<>();
    HashMap<Integer, List<Weight>> carried = new HashMap<>();
    int at = 0;
    for (WitnessLayout.Column c : columns) {
      CellClaims own = new CellClaims();
      for (Claims.Claim claim : claims.on(c.tensor())) {
        Weight w = claim.weight();
        List<Weight> onCells = carried.computeIfAbsent(w.number(), n -> c.order().carry(w));
        own.add(onCells, claim.value(), merging.get(at++));
      }
      merged.put(c.tensor(), own);
    }
    return merged;
  }

  /**
   * By tensor, what cells that share a row contribute to the claims where the tensor's other cells
   * fill rows.
   */
  private Map<Integer, Ext> rests(WitnessLayout layout, Map<Integer, CellClaims> merged) {
    List<WitnessLayout.Column> columns =
        layout.columns().stream().filter(WitnessLayout.Column::isRest).toList();
    Ext[] sums = new Ext[columns.size()];
    workers.forEach(sums.length, k -> sums[k] = sum(columns.get(k), merged));
    HashMap<Integer, Ext> rests = new HashMap<>();
    for (int k = 0; k < sums.length; k++) {
      rests.put(columns.get(k).tensor(), sums[k]);
    }
    return rests;
  }

  /** The sum of a column's elements times the weights of the claims on its tensor. */
  private Ext sum(WitnessLayout.Column column, Map<Integer, CellClaims> merged) {
    int[] elements = new int[column.length()];
    values.stored(column, 0, elements.length, elements, 0);
    Ext sum = Ext.ZERO;
    for (WeightRows w : of(merged, column).rows()) {
      sum = sum.add(w.dot(column.from(), elements, elements.length));
    }
    return sum;
  }

  private static CellClaims of(Map<Integer, CellClaims> merged, WitnessLayout.Column column) {
    return Objects.requireNonNull(merged.get(column.tensor()), "each tensor has its claims");
  }

  /** Sets the coefficients of a table's rows in the combination. */
  private static void coefficients(
      WitnessLayout layout, WitnessLayout.Table table, Ext[] point, Ext scale, ExtVector out) {
    int own = Math.max(table.variables(), layout.widthVariables());
    int rowEnd = layout.variables() - layout.widthVariables();
    ExtVector rows = out.slice(table.firstRow(), table.rows());
    rows.copyFrom(
        EqTable.of(Arrays.copyOfRange(point, layout.variables() - own, rowEnd), table.rows()));
    Kernels.best().scale(rows, scale);
  }

  /** Adds up all rows' elements from {@code from} on, as many as {@code u} has. */
  private void addRows(
      List<WitnessLayout.Table> tables, int width, ExtVector coefficients, int from, ExtVector u) {
    int[] part = new int[u.length()];
    for (WitnessLayout.Table table : tables) {
      for (int r = 0; r < table.rows(); r++) {
        Arrays.fill(part, 0);
        int count =
            WitnessRows.copy(table, values::combined, r * width + from, part.length, part, 0);
        Kernels.best().addScaledBase(u, coefficients.get(table.firstRow() + r), part, 0, count);
      }
    }
  }

  /** A row that columns share, written out: such rows are few. */
  private record Shared(ExtVector weights, ExtVector elements) {}

  /** The tables that columns share, or that are a rest; null for the others. */
  private @Nullable Shared[] shared(
      List<WitnessLayout.Table> tables, Map<Integer, CellClaims> merged) {
    Shared[] out = new Shared[tables.size()];
    workers.forEach(
        out.length,
        k -> {
          WitnessLayout.Table table = tables.get(k);
          if (table.columns().size() > 1 || table.last().isRest()) {
            out[k] = shared(table, merged);
          }
        });
    return out;
  }

  private Shared shared(WitnessLayout.Table table, Map<Integer, CellClaims> merged) {
    WitnessLayout.Column last = table.last();
    int[] elements = new int[last.start() + values.storedLength(last)];
    WitnessRows.copy(table, values::stored, 0, elements.length, elements, 0);
    ExtVector weights = new ExtVector(elements.length);
    for (WitnessLayout.Column c : table.columns()) {
      ExtVector own = weights.slice(c.start(), c.length());
      of(merged, c).rows().forEach(w -> w.addTo(own, c.from()));
    }
    return new Shared(weights, ExtVector.ofBase(elements, elements.length));
  }

  private StreamedTable.Source source(WitnessLayout.Column column, CellClaims claims) {
    return new StreamedTable.Source() {
      @Override
      public List<WeightRows> weights() {
        return claims.rows();
      }

      @Override
      public int length() {
        return values.storedLength(column);
      }

      @Override
      public int copy(int from, int count, int[] out, int at) {
        return values.stored(column, from, count, out, at);
      }
    };
  }

  /** The row combination of the model. */
  private Row model(ModelLayout layout, ModelMatrix matrix) {
    ArrayList<Claims.Claim> all = new ArrayList<>();
    for (ModelLayout.Entry e : layout.entries()) {
      all.addAll(toPoints(e));
    }
    ExtVector merging = Merging.coefficients(out.transcript(), "model merge", all.size());
    List<ModelLayout.Entry> entries = all.stream().map(c -> layout.of(c.tensor())).toList();
    ExtVector[] rows = new ExtVector[all.size()];
    for (int k = 0; k < rows.length; k++) {
      ModelLayout.Entry e = entries.get(k);
      Weight w = all.get(k).weight();
      ExtVector fold = reductions.rows().get(w.number());
      rows[k] =
          fold != null ? fold : matrix.combination(e, EqTable.of(e.rowPoint(w), e.rows()), workers);
    }
    workers.forEach(rows.length, k -> rows[k] = entries.get(k).inRow().pad(rows[k]));
    for (int k = 0; k < rows.length; k++) {
      ModelLayout.Entry e = entries.get(k);
      values.adversary().seeModelRow(e, e.rowPoint(all.get(k).weight()), rows[k]);
    }
    ExtVector[] weights = new ExtVector[rows.length];
    ExtVector[] elements = new ExtVector[rows.length];
    workers.forEach(
        rows.length,
        k -> {
          ModelLayout.Entry e = entries.get(k);
          weights[k] = new ExtVector(e.inRow().storedLength());
          e.inRow(all.get(k).weight()).addTo(weights[k], merging.get(k));
          elements[k] = rows[k].copy();
        });
    JoiningTables tables = new JoiningTables(layout.widthVariables(), workers);
    for (int k = 0; k < rows.length; k++) {
      tables.add(
          entries.get(k).inRow().variables(),
          layout.widthVariables(),
          weights[k],
          elements[k],
          merging.get(k).mul(all.get(k).value()));
    }
    Ext[] point = SumcheckProver.run(out, Section.MODEL_MERGE, "model merge", tables);
    Ext[] ends = new Ext[all.size()];
    for (int k = 0; k < ends.length; k++) {
      ends[k] = tables.value(k);
    }
    out.send(Section.MODEL_MERGE, "model merge ends", ends);
    ExtVector stacking = Merging.coefficients(out.transcript(), "model rows", all.size());
    ExtVector u = new ExtVector(layout.width());
    workers.forEachPiece(
        u.length(),
        rows.length,
        COMBINED,
        (from, to) -> {
          for (int k = 0; k < rows.length; k++) {
            int end = Math.min(to, rows[k].length());
            if (from < end) {
              ExtVector part = rows[k].slice(from, end - from);
              Kernels.best().addScaled(u.slice(from, to - from), stacking.get(k), part);
            }
          }
        });
    return new Row(u, point);
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
