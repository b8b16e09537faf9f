package org.zkc.gkr.proof;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.hash.Digests;
import org.zkc.gkr.ligero.Commitment;
import org.zkc.gkr.lookup.LeafLayout;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.ConvGeometry;
import org.zkc.gkr.relation.Definition;
import org.zkc.gkr.relation.FftConvGeometry;
import org.zkc.gkr.relation.Holder;
import org.zkc.gkr.relation.ModelLayout;
import org.zkc.gkr.relation.WitnessLayout;
import org.zkc.gkr.relation.ZeroProduct;
import org.zkc.gkr.security.SecurityParameters;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.Weight;
import org.zkc.gkr.weight.WeightPool;

/**
 * The bytes of a proof, from the circuit alone. The sections are exact: this walks through the
 * claims in the verifier's order, with weights at points of no meaning and without values. The
 * openings are expectations: how many of the queries coincide, and how many Merkle nodes they
 * share, only a transcript says.
 *
 * @param sections bytes of each
 * @param witnessOpening columns and paths
 * @param modelOpening columns and paths
 */
public record ProofSize(Map<Section, Long> sections, double witnessOpening, double modelOpening) {
  private static final int ELEMENT = 4 * Integer.BYTES;

  /** Root, two nonces, and the tag and length of each field. */
  private static final int FRAME = 32 + 2 * Long.BYTES + 14 * 5;

  public ProofSize {
    sections = Map.copyOf(sections);
  }

  /** Of a circuit under these parameters. */
  public static ProofSize of(Arithmetization arithmetization, SecurityParameters parameters) {
    return new Walk(arithmetization).run(parameters.queries());
  }

  /** All bytes but those of the statement. */
  public long bytes() {
    long sum = FRAME;
    for (long s : sections.values()) {
      sum += s;
    }
    return sum + Math.round(witnessOpening + modelOpening);
  }

  /** Expected bytes of {@code queries} columns of {@code rows} cells, and of their multiproof. */
  private static double opening(int width, int rows, int queries) {
    double columns = Commitment.columns(width);
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
    private final List<Set<Weight>> claims = new ArrayList<>();
    private final EnumMap<Section, Long> sections = new EnumMap<>(Section.class);
    private int drawn = 1;

    Walk(Arithmetization arithmetization) {
      this.arithmetization = arithmetization;
      system = arithmetization.system();
      system.tensors().forEach(t -> claims.add(new LinkedHashSet<>()));
      for (Section s : Section.values()) {
        sections.put(s, 0L);
      }
    }

    ProofSize run(int queries) {
      lookups();
      for (ZeroProduct z : system.zeroProducts()) {
        TensorLayout layout = layout(z.factors().get(0));
        send(Section.ZERO_CHECKS, (long) layout.variables() * z.factors().size());
        Weight at = point(layout);
        z.factors().forEach(t -> value(Section.ZERO_CHECKS, t, at));
      }
      for (int t : system.circuit().outputs()) {
        if (system.circuit().tensors().get(t).role() == TensorDeclaration.Role.VIRTUAL) {
          claims.get(t).add(point(layout(t)));
        }
      }
      for (Definition d : system.definitions().reversed()) {
        List<Weight> own = List.copyOf(claims.get(d.result()));
        switch (d) {
          case Definition.LinearSum l -> linear(l, own);
          case Definition.Hadamard h -> hadamard(h);
          case Definition.MatrixProduct m -> matrixProduct(m, own);
          case Definition.Convolution c -> convolution(c, own);
          case Definition.FourierConvolution c -> fourierConvolution(c, own);
        }
      }
      WitnessLayout witness = arithmetization.witness();
      if (!witness.isEmpty()) {
        send(Section.WITNESS_BATCH, 2L * witness.variables() + witness.columns().size());
        send(Section.COMBINATIONS, witness.width());
      }
      ModelLayout model = arithmetization.model();
      if (!model.isEmpty()) {
        long merged = 0;
        for (ModelLayout.Entry e : model.entries()) {
          Set<Weight> own = claims.get(e.tensor());
          if (e.isSingleRow() || own.stream().allMatch(w -> w.hasPoint(0))) {
            merged += own.size();
          } else {
            merge(Section.MODEL_MERGE, e.tensor());
            merged++;
          }
        }
        send(Section.MODEL_MERGE, 2L * model.widthVariables() + merged);
        send(Section.COMBINATIONS, model.width());
      }
      return new ProofSize(
          sections,
          witness.isEmpty() ? 0 : opening(witness.width(), witness.rows(), queries),
          model.isEmpty() ? 0 : opening(model.width(), model.rows(), queries));
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
        Map<List<Integer>, Weight> weights = new HashMap<>();
        for (LeafLayout.Block b : tree.blocks()) {
          Weight at = weights.computeIfAbsent(b.layout().shape(), s -> point(b.layout()));
          b.tuple().forEach(t -> value(Section.LEAVES, t, at));
        }
      }
    }

    private void linear(Definition.LinearSum sum, List<Weight> own) {
      List<Weight> reduced = own;
      if (own.size() > ConstraintSystem.MERGE_ABOVE) {
        reduced = List.of(merge(Section.RELATIONS, sum.result()));
      }
      for (Weight weight : reduced) {
        int unknown = 0;
        for (Definition.Term term : sum.terms()) {
          int source = term.source();
          Weight carried = pool.through(weight, system.tensor(source).shape(), term.steps());
          if (system.tensor(source).holder() != Holder.PUBLIC && claims.get(source).add(carried)) {
            unknown++;
          }
        }
        // One value follows from the equation.
        send(Section.RELATIONS, Math.max(0, unknown - 1));
      }
    }

    private void hadamard(Definition.Hadamard h) {
      TensorLayout layout = layout(h.result());
      send(Section.RELATIONS, 3L * layout.variables());
      Weight at = point(layout);
      value(Section.RELATIONS, h.left(), at);
      value(Section.RELATIONS, h.right(), at);
    }

    private void matrixProduct(Definition.MatrixProduct m, List<Weight> own) {
      int outputAxis = system.tensor(m.result()).shape().size() - 1;
      Weight claim = own.get(0);
      if (own.size() > 1 || !claim.hasPoint(outputAxis)) {
        claim = merge(Section.RELATIONS, m.result());
      }
      int weight = m.matMul().weight();
      int inner = system.tensor(weight).shape().get(1);
      send(Section.RELATIONS, 2L * Mle.variables(inner));
      value(Section.RELATIONS, weight, point(layout(weight)));
      Ext[] end = draw(Mle.variables(inner));
      value(Section.RELATIONS, m.matMul().source(), claim.withAxis(outputAxis, end, inner));
    }

    private void convolution(Definition.Convolution c, List<Weight> own) {
      ConvGeometry g = ConvGeometry.of(system, c.conv());
      Weight claim = own.get(0);
      if (own.size() > 1 || !claim.isByAxis() || !claim.hasPoint(1)) {
        claim = merge(Section.RELATIONS, c.result());
      }
      int variables = new TensorLayout(g.sumcheckShape()).variables();
      send(Section.RELATIONS, 2L * variables);
      ConvGeometry.Closing next = g.closing(claim, draw(variables));
      value(Section.RELATIONS, c.conv().weight(), next.kernel());
      value(Section.RELATIONS, c.conv().source(), next.source());
    }

    private void fourierConvolution(Definition.FourierConvolution c, List<Weight> own) {
      FftConvGeometry g = FftConvGeometry.of(system, c.fft());
      Weight claim = own.get(0);
      if (own.size() > 1 || !claim.isByAxis() || !claim.hasPoint(1)) {
        claim = merge(Section.RELATIONS, c.result());
      }
      int channels = g.channels().variables();
      int frequencies = g.frequencyVariables();
      send(Section.RELATIONS, 2L * channels + 3L * frequencies);
      FftConvGeometry.Closing next = g.closing(claim, draw(channels), draw(frequencies));
      value(Section.RELATIONS, c.fft().conv().weight(), next.kernel());
      value(Section.RELATIONS, c.fft().conv().source(), next.source());
    }

    private Weight merge(Section section, int tensor) {
      TensorLayout layout = layout(tensor);
      send(section, 2L * layout.variables() + 1);
      return point(layout);
    }

    private void value(Section section, int tensor, Weight weight) {
      if (system.tensor(tensor).holder() != Holder.PUBLIC && claims.get(tensor).add(weight)) {
        send(section, 1);
      }
    }

    private void send(Section section, long elements) {
      sections.merge(section, ELEMENT * elements, Long::sum);
    }

    private TensorLayout layout(int tensor) {
      return new TensorLayout(system.tensor(tensor).shape());
    }

    private Weight point(TensorLayout layout) {
      return Weight.eq(layout.shape(), draw(layout.variables()));
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
