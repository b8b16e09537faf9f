package org.zkc.gkr.estimate;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.hash.Digests;
import org.zkc.gkr.layout.Arithmetization;
import org.zkc.gkr.layout.ColumnWeights;
import org.zkc.gkr.layout.CombinationLayout;
import org.zkc.gkr.layout.LeafLayout;
import org.zkc.gkr.layout.ModelLayout;
import org.zkc.gkr.layout.Opening;
import org.zkc.gkr.layout.RowLayout;
import org.zkc.gkr.layout.WitnessLayout;
import org.zkc.gkr.ligero.Columns;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.relation.Bilinear;
import org.zkc.gkr.relation.Claims;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Definition;
import org.zkc.gkr.relation.Holder;
import org.zkc.gkr.relation.LookupTable;
import org.zkc.gkr.relation.Merge;
import org.zkc.gkr.relation.MergedClaims;
import org.zkc.gkr.relation.Merging;
import org.zkc.gkr.relation.Reduction;
import org.zkc.gkr.relation.ZeroProduct;
import org.zkc.gkr.security.SecurityParameters;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.VerifierWork;
import org.zkc.gkr.weight.Weight;
import org.zkc.gkr.weight.WeightPool;

/**
 * The bytes of a proof, from the circuit alone. The sections are exact: this walks through the
 * claims in the verifier's order, with weights at points of no meaning and without values, and
 * spends on weights what a verifier does ({@link VerifierWork}). The openings are expectations: how
 * many of the queries coincide, and how many Merkle nodes they share, only a transcript says.
 *
 * @param sections bytes of each
 * @param openings columns and paths of each commitment that there is
 * @param mostOpened bytes of all columns and paths when no queries coincide and no nodes are shared
 */
public record ProofSize(
    Map<Section, Long> sections, Map<Opening, Double> openings, long mostOpened) {
  private static final int ELEMENT = 4 * Integer.BYTES;

  /** Two roots, three nonces, and the tag and length of each field. */
  private static final int FRAME = 2 * 32 + 3 * Long.BYTES + 18 * 5;

  public ProofSize {
    sections = Map.copyOf(sections);
    openings = Map.copyOf(openings);
  }

  /** Columns and paths of one commitment; 0 when nothing of the kind is committed. */
  public double opening(Opening opening) {
    return openings.getOrDefault(opening, 0.0);
  }

  /** The size of a proof of a circuit under these parameters. */
  public static ProofSize of(Arithmetization arithmetization, SecurityParameters parameters) {
    return new Walk(arithmetization).run(parameters.queries());
  }

  /** All bytes but those of the statement. */
  public long bytes() {
    return sent() + Math.round(openings.values().stream().mapToDouble(b -> b).sum());
  }

  /** The bytes of the longest proof, but those of the statement. */
  public long mostBytes() {
    return sent() + mostOpened;
  }

  private long sent() {
    return FRAME + sections.values().stream().mapToLong(b -> b).sum();
  }

  private static long most(int width, int rows, int queries) {
    long path = (long) Mle.variables(Columns.count(width)) * Digests.BYTES;
    return queries * ((long) rows * Integer.BYTES + path);
  }

  /** Expected bytes of {@code queries} columns of {@code rows} cells, and of their multiproof. */
  private static double expected(int width, int rows, int queries) {
    double columns = Columns.count(width);
    double distinct = columns * (1 - StrictMath.pow(1 - 1 / columns, queries));
    double nodes = 0;
    for (double level = columns; level > 1; level /= 2) {
      // A pair needs one node in the proof when queries meet exactly one of its two subtrees.
      double missesOne = StrictMath.pow(1 - 1 / level, queries);
      double missesBoth = StrictMath.pow(1 - 2 / level, queries);
      nodes += level * (missesOne - missesBoth);
    }
    return distinct * rows * Integer.BYTES + nodes * Digests.BYTES;
  }

  private static final class Walk {
    private final Arithmetization arithmetization;
    private final ConstraintSystem system;
    private final WeightPool pool = new WeightPool();
    private final Claims claims;
    private final EnumMap<Section, Long> sections = new EnumMap<>(Section.class);
    // By tensor and weight: numbers, which no choice of a key's author makes collide for long.
    private final Set<Long> evaluated = new HashSet<>();
    private int drawn = 1;

    Walk(Arithmetization arithmetization) {
      this.arithmetization = arithmetization;
      system = arithmetization.system();
      claims = new Claims(system.tensors().size());
      for (Section s : Section.values()) {
        sections.put(s, 0L);
      }
    }

    ProofSize run(int queries) {
      lookups();
      for (ZeroProduct z : system.zeroProducts()) {
        Weight at = point(new TensorLayout(z.shape()));
        reduce(
            Section.ZERO_CHECKS, z, List.of(new Claims.Claim(ZeroProduct.PRODUCT, at, Ext.ZERO)));
      }
      for (int t : system.circuit().outputs()) {
        if (system.circuit().tensors().get(t).role() == TensorDeclaration.Role.VIRTUAL) {
          Weight at = point(layout(t));
          evaluate(t, at);
          claims.add(t, at, Ext.ZERO);
        }
      }
      for (Definition d : system.definitions().reversed()) {
        if (!d.takes(claims.on(d.result()))) {
          merge(Section.RELATIONS, d.result());
        }
        List<Claims.Claim> own = claims.take(d.result());
        switch (d) {
          case Definition.AffineSum a -> own.forEach(c -> affine(a, c.weight()));
          case Bilinear b -> reduce(Section.RELATIONS, b, own);
        }
      }
      WitnessLayout witness = arithmetization.witness();
      if (!witness.isEmpty()) {
        witness(witness);
      }
      ModelLayout model = arithmetization.model();
      if (!model.isEmpty()) {
        model(model);
      }
      CombinationLayout combinations = arithmetization.combination();
      if (combinations.isEmpty()) {
        for (Opening o : arithmetization.openings()) {
          send(Section.COMBINATIONS, arithmetization.layout(o).width());
        }
      } else {
        send(
            Section.COMBINATIONS,
            2L * combinations.variables() + combinations.entries().size() + combinations.width());
      }
      EnumMap<Opening, Double> openings = new EnumMap<>(Opening.class);
      long most = 0;
      for (Opening o : arithmetization.openings()) {
        RowLayout layout = arithmetization.layout(o);
        openings.put(o, expected(layout.width(), layout.rows(), queries));
        most += most(layout.width(), layout.rows(), queries);
      }
      return new ProofSize(sections, openings, most);
    }

    private void witness(WitnessLayout layout) {
      send(Section.WITNESS_BATCH, 2L * layout.variables() + layout.tables().size());
      int merged = 0;
      ColumnWeights weights = new ColumnWeights();
      for (WitnessLayout.Column c : layout.columns()) {
        for (Claims.Claim claim : claims.on(c.tensor())) {
          weights.at(c, claim.weight(), draw(c.variables()));
          merged += c.isRest() ? 0 : 1;
        }
      }
      Merging.requireFew("witness batch", merged);
      Merging.requireFew("witness rows", layout.tables().size());
      VerifierWork.hold(2L * layout.rows());
    }

    private void model(ModelLayout layout) {
      ArrayList<Claims.Claim> all = new ArrayList<>();
      for (ModelLayout.Entry e : layout.entries()) {
        List<Claims.Claim> own = claims.on(e.tensor());
        if (!e.isSingleRow() && own.stream().anyMatch(c -> !c.weight().hasPoint(0))) {
          merge(Section.MODEL_MERGE, e.tensor());
        }
        all.addAll(claims.on(e.tensor()));
      }
      send(Section.MODEL_MERGE, 2L * layout.widthVariables() + all.size());
      for (Claims.Claim claim : all) {
        ModelLayout.Entry e = layout.of(claim.tensor());
        e.inRow(claim.weight()).at(draw(e.inRow().variables()));
      }
      Merging.requireFew("model merge", all.size());
      VerifierWork.hold(2L * layout.rows());
    }

    private void lookups() {
      LeafLayout leaves = arithmetization.leaves();
      if (leaves.isEmpty()) {
        return;
      }
      send(Section.LOOKUPS, 3);
      for (LeafLayout.Tree tree : List.of(leaves.lookups(), leaves.tables())) {
        for (int layer = 0; layer < tree.variables(); layer++) {
          send(Section.LOOKUPS, 2L * layer + 4);
        }
        Map<String, Weight> weights = new HashMap<>();
        for (LeafLayout.Block b : tree.blocks()) {
          Weight at =
              weights.computeIfAbsent(b.layout().shape().toString(), s -> point(b.layout()));
          if (tree == leaves.tables()) {
            LookupTable table = system.tables().get(b.table());
            VerifierWork.spend((long) table.width() * table.size());
          }
          b.tuple().forEach(t -> value(Section.LEAVES, t, at));
        }
      }
    }

    private void affine(Definition.AffineSum sum, Weight weight) {
      for (Definition.Constant c : sum.constants()) {
        weight.sum(c.starts(), c.limits());
      }
      int unknown = 0;
      for (Definition.Term term : sum.terms()) {
        unknown += claim(term.source(), pool.through(weight, term.view()));
      }
      // One value follows from the equation.
      send(Section.RELATIONS, Math.max(0, unknown - 1));
    }

    private void reduce(Section section, Reduction reduction, List<Claims.Claim> own) {
      Merging.requireFew(reduction.name(), own.size());
      int variables = 0;
      for (Reduction.Rounds r : reduction.rounds()) {
        send(section, r.elements());
        variables += r.variables();
      }
      ExtVector coefficients = new ExtVector(own.size());
      MergedClaims taken = new MergedClaims(own, coefficients);
      Ext[] point = draw(variables);
      Reduction.Closing closing = reduction.close(taken, point).numbered(pool);
      reduction.publicFactor(taken, point, t -> new int[system.tensor(t).elementCount()]);
      closing.ends().forEach(e -> value(section, e.source(), closing.weight(e)));
    }

    private void merge(Section section, int tensor) {
      reduce(section, Merge.of(system, "", tensor), claims.take(tensor));
    }

    private void value(Section section, int tensor, Weight weight) {
      send(section, claim(tensor, weight));
    }

    /** The elements that a claim's value takes: 1 when the verifier does not know it. */
    private int claim(int tensor, Weight weight) {
      if (system.tensor(tensor).holder() == Holder.PUBLIC) {
        evaluate(tensor, weight);
        return 0;
      }
      if (claims.known(tensor, weight) != null) {
        return 0;
      }
      claims.add(tensor, weight, Ext.ZERO);
      return 1;
    }

    /** Spends the cost of a public tensor's value at its first use. */
    private void evaluate(int tensor, Weight weight) {
      if (evaluated.add((long) tensor << Integer.SIZE | weight.number())) {
        weight.dot(new int[system.tensor(tensor).elementCount()]);
      }
    }

    private void send(Section section, long elements) {
      sections.merge(section, ELEMENT * elements, Long::sum);
    }

    private TensorLayout layout(int tensor) {
      return new TensorLayout(system.tensor(tensor).shape());
    }

    private Weight point(TensorLayout layout) {
      return pool.fresh(Weight.eq(layout.shape(), draw(layout.variables())));
    }

    private Ext[] draw(int variables) {
      Ext[] out = new Ext[variables];
      for (int j = 0; j < variables; j++) {
        out[j] = Ext.of(++drawn);
      }
      return out;
    }
  }
}
