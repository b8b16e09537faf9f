package org.zkc.runtime.cost;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.circuit.Exponentials;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.TensorDeclaration.Role;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.layout.Arithmetization;
import org.zkc.gkr.layout.ModelLayout;
import org.zkc.gkr.layout.RowLayout;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Convolution;
import org.zkc.gkr.relation.Definition;
import org.zkc.gkr.relation.FourierConvolution;
import org.zkc.gkr.relation.Hadamard;
import org.zkc.gkr.relation.Holder;
import org.zkc.gkr.relation.Lookup;
import org.zkc.gkr.relation.LookupTable;
import org.zkc.gkr.relation.MatrixProduct;
import org.zkc.gkr.relation.RowGather;
import org.zkc.gkr.relation.ZeroProduct;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.ir.Shape;
import org.zkc.passes.cost.ConvolutionWork;
import org.zkc.passes.cost.Work;

/**
 * The amounts of {@link Work} that a proof of a circuit takes, from its shapes and layouts alone.
 *
 * @param whole units of the whole proof
 * @param byRelation units that one relation causes, in the circuit's order; what no relation causes
 *     (tables, fixed costs) is in {@code whole} only
 */
public record CircuitWork(Map<Work, Double> whole, List<Map<Work, Double>> byRelation) {
  public CircuitWork {
    whole = new EnumMap<>(whole);
    byRelation = List.copyOf(byRelation);
  }

  /** The work of a proof for this key. */
  public static CircuitWork of(VerifierKey key) {
    return new Count(key).count();
  }

  /** Units of one kind. */
  public double of(Work work) {
    return whole.getOrDefault(work, 0.0);
  }

  private static final class Count {
    private final Arithmetization arithmetization;
    private final ConstraintSystem system;
    private final Circuit circuit;
    private final int queries;
    private final long[] tableCells;
    private final EnumMap<Work, Double> whole = new EnumMap<>(Work.class);
    private final List<Map<Work, Double>> byRelation = new ArrayList<>();
    private final Map<Integer, ModelLayout.Entry> entries = new HashMap<>();
    private EnumMap<Work, Double> current = new EnumMap<>(Work.class);

    Count(VerifierKey key) {
      arithmetization = key.arithmetization();
      system = arithmetization.system();
      circuit = key.circuit().circuit();
      tableCells = new long[circuit.relations().size()];
      for (Lookup l : system.lookups()) {
        if (system.tables().get(l.table()) instanceof LookupTable.Function) {
          tableCells[l.relation()] += system.tensor(l.tuple().getFirst()).elementCount();
        }
      }
      queries = key.parameters().queries();
      arithmetization.model().entries().forEach(e -> entries.put(e.tensor(), e));
    }

    CircuitWork count() {
      long[] limbs = limbs();
      for (int k = 0; k < circuit.relations().size(); k++) {
        Relation r = circuit.relations().get(k);
        current = new EnumMap<>(Work.class);
        add(Work.RELATION, 1);
        add(Work.MEMORY_CELL, elements(r.result()));
        add(Work.COUNTED_LOOKUP, system.lookedUp(k));
        add(Work.FRACTION, system.lookedUp(k));
        add(Work.BATCHED_CELL, limbs[k]);
        add(Work.MEMORY_CELL, limbs[k]);
        relation(k, r);
        byRelation.add(current);
        current.forEach((work, amount) -> whole.merge(work, amount, Double::sum));
      }
      current = whole;
      long rows = 0;
      for (LookupTable table : system.tables()) {
        rows += table.size();
      }
      add(Work.FRACTION, rows);
      add(Work.BATCHED_CELL, rows);
      add(Work.EXECUTE_FIXED, 1);
      add(Work.WITNESS_FIXED, 1);
      add(Work.COMMITMENT_FIXED, 1);
      add(Work.LOOKUPS_FIXED, 1);
      add(Work.ZERO_PRODUCTS_FIXED, 1);
      add(Work.OPENINGS_FIXED, 1);
      RowLayout combinations = arithmetization.combination();
      add(Work.COMBINED_CELL, (double) combinations.rows() * combinations.width());
      add(Work.MEMORY_FIXED, 1);
      int inputs = 0;
      for (int t : circuit.inputs()) {
        inputs += elements(t);
      }
      add(Work.MEMORY_CELL, inputs);
      padded();
      return new CircuitWork(whole, byRelation);
    }

    /** Shares out in proportion what layouts add to the sums over relations. */
    private void padded() {
      double fractions = whole.getOrDefault(Work.FRACTION, 0.0);
      double leaves = arithmetization.leaves().live();
      double cells = (double) arithmetization.witness().rows() * arithmetization.witness().width();
      double batched = whole.getOrDefault(Work.BATCHED_CELL, 0.0);
      whole.put(Work.LEAF, leaves);
      whole.put(Work.MEMORY_LEAF, leaves);
      whole.put(Work.YOUNG_LEAF, leaves);
      whole.put(Work.ENCODED_CELL, arithmetization.witness().isEmpty() ? 0 : cells);
      for (Map<Work, Double> one : byRelation) {
        Double own = one.get(Work.FRACTION);
        if (own != null) {
          one.put(Work.LEAF, leaves * own / fractions);
        }
        Double committed = one.get(Work.BATCHED_CELL);
        if (committed != null) {
          one.put(Work.ENCODED_CELL, cells * committed / batched);
        }
      }
    }

    /** Per relation, the elements of the limbs that a proof commits to and looks up. */
    private long[] limbs() {
      long[] out = new long[circuit.relations().size()];
      for (Lookup lookup : system.lookups()) {
        for (int t : lookup.tuple()) {
          if (t >= circuit.tensors().size() && system.tensor(t).holder() == Holder.COMMITTED) {
            out[lookup.relation()] += system.tensor(t).elementCount();
          }
        }
      }
      return out;
    }

    private void relation(int k, Relation r) {
      if (circuit.tensors().get(r.result()).role() == Role.WITNESS
          && !circuit.outputs().contains(r.result())) {
        add(Work.BATCHED_CELL, elements(r.result()));
      }
      add(Work.EXECUTED_CELL, tableCells[k]);
      for (Definition d : system.definitions(k)) {
        definition(r, d);
      }
      for (ZeroProduct z : system.zeroProducts(k)) {
        double cells = new TensorLayout(z.shape()).elementCount();
        add(Work.EXECUTED_CELL, cells * z.factors().size());
        add(Work.ZERO_PRODUCT_CELL, padded(z.shape()) * z.factors().size());
        add(Work.CARRIED_CELL, cells);
        if (r instanceof Exponentials) {
          add(Work.BATCHED_CELL, cells);
          add(Work.MEMORY_CELL, cells);
        }
      }
    }

    private void definition(Relation r, Definition d) {
      double cells = system.tensor(d.result()).elementCount();
      switch (d) {
        case Convolution c -> {
          convolution(c.geometry().conv()).direct().forEach(this::add);
          factor(c.geometry().conv().weight());
        }
        case FourierConvolution c -> {
          Conv conv = c.geometry().direct().conv();
          convolution(conv).fft(c.geometry().sizes()).forEach(this::add);
          factor(conv.weight());
        }
        case RowGather g -> {
          add(Work.EXECUTED_CELL, cells);
          factor(g.gather().table());
        }
        case MatrixProduct m -> {
          add(Work.MATRIX_MULTIPLICATION, m.multiplications(Math.round(cells)));
          add(Work.MATRIX_ELEMENT, system.tensor(m.matMul().right()).elementCount());
          parameters(m.matMul().left());
          factor(m.matMul().right());
        }
        case Hadamard h -> {
          add(Work.EXECUTED_CELL, cells);
          add(Work.PRODUCT_CELL, padded(h.shape()));
        }
        case Definition.AffineSum s -> {
          if (r instanceof Affine a) {
            add(Work.EXECUTED_CELL, cells * a.terms().size());
            add(Work.CARRIED_CELL, carried(a));
          } else if (s.terms().stream().anyMatch(t -> !t.view().isWhole())) {
            add(Work.CARRIED_CELL, cells);
          }
        }
      }
    }

    private ConvolutionWork convolution(Conv c) {
      return new ConvolutionWork(
          shape(c.source()), shape(c.weight()), shape(c.result()), c.groups());
    }

    private Shape shape(int tensor) {
      return new Shape(circuit.tensors().get(tensor).shape());
    }

    /** A kernel or right factor, which is folded element by element where it is no parameter. */
    private void factor(int tensor) {
      parameters(tensor);
      if (circuit.tensors().get(tensor).role() != Role.MODEL) {
        add(Work.CARRIED_CELL, elements(tensor));
      }
    }

    private void parameters(int tensor) {
      if (circuit.tensors().get(tensor).role() != Role.MODEL) {
        return;
      }
      add(Work.READ_PARAMETER, elements(tensor));
      add(Work.FOLDED_PARAMETER, elements(tensor));
      add(Work.MEMORY_PARAMETER, elements(tensor));
      add(Work.YOUNG_PARAMETER, elements(tensor));
      ModelLayout.Entry e = entries.get(tensor);
      if (e != null) {
        add(Work.MODEL_ROW_CELL, e.inRow().storedLength());
        add(Work.OPENED_MODEL_CELL, (double) e.rows() * queries);
      }
    }

    /** All sources have their values sent but public ones and one that the equation gives. */
    private double carried(Affine affine) {
      Set<Integer> sources = new LinkedHashSet<>();
      affine.terms().forEach(t -> sources.add(t.source()));
      double sum = 0;
      double largest = 0;
      for (int source : sources) {
        if (circuit.tensors().get(source).role() != Role.INPUT) {
          sum += elements(source);
          largest = Math.max(largest, elements(source));
        }
      }
      return sum - largest;
    }

    private double elements(int tensor) {
      return circuit.tensors().get(tensor).elementCount();
    }

    private static double padded(List<Integer> shape) {
      return new TensorLayout(shape).paddedLength();
    }

    private void add(Work work, double amount) {
      if (amount != 0) {
        current.merge(work, amount, Double::sum);
      }
    }
  }
}
