package org.zkc.gkr.prove;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.channel.SendingChannel;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.prove.sumcheck.SumcheckProver;
import org.zkc.gkr.prove.sumcheck.SumcheckTables;
import org.zkc.gkr.relation.Claims;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Convolution;
import org.zkc.gkr.relation.FourierConvolution;
import org.zkc.gkr.relation.Hadamard;
import org.zkc.gkr.relation.Holder;
import org.zkc.gkr.relation.MatrixProduct;
import org.zkc.gkr.relation.Merge;
import org.zkc.gkr.relation.MergedClaims;
import org.zkc.gkr.relation.Merging;
import org.zkc.gkr.relation.Reduction;
import org.zkc.gkr.relation.RowGather;
import org.zkc.gkr.relation.ZeroProduct;
import org.zkc.gkr.sumcheck.SumcheckVerifier;
import org.zkc.gkr.weight.Weight;
import org.zkc.gkr.weight.WeightPool;

/** Proves any {@link Reduction}, in step with the verifier. */
final class ReductionProver {
  private final ConstraintSystem system;
  private final SendingChannel out;
  private final Claims claims;
  private final TensorValues values;
  private final FactorFolds folds;
  private final WeightPool pool;
  private final Workers workers;
  private final Map<Integer, ExtVector> rows = new HashMap<>();

  ReductionProver(
      ConstraintSystem system,
      SendingChannel out,
      Claims claims,
      TensorValues values,
      FactorFolds folds,
      WeightPool pool,
      Workers workers) {
    this.system = system;
    this.out = out;
    this.claims = claims;
    this.values = values;
    this.folds = folds;
    this.pool = pool;
    this.workers = workers;
  }

  /**
   * The row combinations that were made on the way, without padding, by the number of the weight of
   * the MODEL claim they belong to.
   */
  Map<Integer, ExtVector> rows() {
    return rows;
  }

  /** Turns claims that the reduction takes into claims on its sources. */
  void reduce(Section section, Reduction reduction, List<Claims.Claim> own) {
    MergedClaims taken = Merging.combine(out.transcript(), reduction.name(), own);
    ReductionTables tables = tables(reduction, taken);
    Ext[] point = {};
    for (int k = 0; k < reduction.rounds().size(); k++) {
      String name = reduction.rounds().get(k).name();
      SumcheckTables part =
          values.adversary().seeRounds(reduction, k, taken, tables.part(k, point));
      Ext[] drawn = SumcheckProver.run(out, section, name, part);
      point = SumcheckVerifier.join(point, drawn);
    }
    Reduction.Closing closing = reduction.close(taken, point).numbered(pool);
    tables.rows().ifPresent(r -> rows.put(closing.weights().get(0).number(), r));
    Ext[] ends = tables.ends();
    values.adversary().seeEnds(reduction, closing, ends);
    for (int k = 0; k < ends.length; k++) {
      Reduction.End end = closing.ends().get(k);
      close(section, reduction.endsName(), end.source(), closing.weight(end), ends[k]);
    }
  }

  /** Turns all claims on a tensor into one at a point. */
  void merge(Section section, String name, int tensor) {
    reduce(section, Merge.of(system, name, tensor), claims.take(tensor));
  }

  private ReductionTables tables(Reduction reduction, MergedClaims taken) {
    return switch (reduction) {
      case Hadamard h -> new HadamardTables(h, taken, values, workers);
      case MatrixProduct m -> new MatrixProductTables(m, taken, folds, values, workers);
      case Convolution c -> new ConvolutionTables(c.geometry(), taken, folds, values, workers);
      case FourierConvolution c ->
          new FourierConvolutionTables(c.geometry(), taken, folds, values, workers);
      case RowGather g ->
          new RowGatherTables(g, taken, values.real(g.gather().indices()), folds, values, workers);
      case Merge m -> new MergeTables(m, taken, values, workers);
      case ZeroProduct z -> new ZeroTables(z, taken, values, workers);
    };
  }

  /** Sends the value of a claim unless the verifier knows it. */
  private void close(Section section, String label, int tensor, Weight weight, Ext value) {
    boolean isPublic = system.tensor(tensor).holder() == Holder.PUBLIC;
    if (!isPublic && claims.known(tensor, weight) == null) {
      out.send(section, label, value);
      claims.add(tensor, weight, value);
    }
  }
}
