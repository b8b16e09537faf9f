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
import org.zkc.gkr.circuit.EuclideanNorm;
import org.zkc.gkr.circuit.FftConv;
import org.zkc.gkr.circuit.Gather;
import org.zkc.gkr.circuit.MatMul;
import org.zkc.gkr.circuit.Max;
import org.zkc.gkr.circuit.Normalize;
import org.zkc.gkr.circuit.Product;
import org.zkc.gkr.circuit.Reciprocal;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.Requantize;
import org.zkc.gkr.circuit.RoundedQuotient;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.circuit.TensorDeclaration.Role;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.layout.Arithmetization;
import org.zkc.gkr.layout.ModelLayout;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Holder;
import org.zkc.gkr.relation.Lookup;
import org.zkc.gkr.relation.LookupTable;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.ir.Shape;
import org.zkc.passes.cost.ConvolutionWork;
import org.zkc.passes.cost.Work;
import org.zkc.runtime.artifact.CircuitStatistics;

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
    private final Circuit circuit;
    private final int queries;
    private final EnumMap<Work, Double> whole = new EnumMap<>(Work.class);
    private final List<Map<Work, Double>> byRelation = new ArrayList<>();
    private final Map<Integer, ModelLayout.Entry> entries = new HashMap<>();
    private EnumMap<Work, Double> current = new EnumMap<>(Work.class);

    Count(VerifierKey key) {
      arithmetization = key.arithmetization();
      circuit = key.circuit().circuit();
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
        add(Work.COUNTED_LOOKUP, arithmetization.system().lookedUp(k));
        add(Work.FRACTION, arithmetization.system().lookedUp(k));
        add(Work.BATCHED_CELL, limbs[k]);
        add(Work.MEMORY_CELL, limbs[k]);
        relation(r);
        byRelation.add(current);
        current.forEach((work, amount) -> whole.merge(work, amount, Double::sum));
      }
      current = whole;
      long rows = 0;
      for (LookupTable table : arithmetization.system().tables()) {
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
      ConstraintSystem system = arithmetization.system();
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

    private void relation(Relation r) {
      int result = r.result();
      double cells = elements(result);
      double multiplications = CircuitStatistics.multiplications(circuit, r);
      if (circuit.tensors().get(result).role() == Role.WITNESS
          && !circuit.outputs().contains(result)) {
        add(Work.BATCHED_CELL, cells);
      }
      switch (r) {
        case Conv c -> {
          convolution(c).direct().forEach(this::add);
          factor(c.weight());
        }
        case FftConv c -> {
          convolution(c.conv()).fft(c.sizes()).forEach(this::add);
          factor(c.conv().weight());
        }
        case Gather g -> {
          add(Work.EXECUTED_CELL, cells);
          factor(g.table());
        }
        case MatMul m -> {
          add(Work.MATRIX_MULTIPLICATION, multiplications);
          parameters(m.left());
          factor(m.right());
        }
        case Affine a -> {
          add(Work.EXECUTED_CELL, cells * a.terms().size());
          add(Work.CARRIED_CELL, carried(a));
        }
        case Product p -> {
          add(Work.EXECUTED_CELL, cells);
          add(Work.PRODUCT_CELL, padded(result));
        }
        case Requantize _ -> add(Work.EXECUTED_CELL, cells);
        case Max m -> {
          add(Work.EXECUTED_CELL, cells * m.sources().size());
          add(Work.ZERO_PRODUCT_CELL, padded(result) * m.sources().size());
          add(Work.CARRIED_CELL, cells);
        }
        case EuclideanNorm n -> {
          add(Work.EXECUTED_CELL, elements(n.source()));
          add(Work.PRODUCT_CELL, padded(n.source()));
        }
        case Reciprocal _ -> {
          add(Work.EXECUTED_CELL, cells);
          add(Work.PRODUCT_CELL, 4 * padded(result));
        }
        case Normalize _ -> {
          add(Work.EXECUTED_CELL, cells);
          add(Work.PRODUCT_CELL, padded(result));
          add(Work.CARRIED_CELL, cells);
        }
        case RoundedQuotient q -> {
          add(Work.EXECUTED_CELL, cells);
          add(Work.PRODUCT_CELL, padded(result));
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
      add(Work.FOLDED_PARAMETER, elements(tensor));
      add(Work.MEMORY_PARAMETER, elements(tensor));
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

    private double padded(int tensor) {
      TensorDeclaration t = circuit.tensors().get(tensor);
      return new TensorLayout(t.shape()).paddedLength();
    }

    private void add(Work work, double amount) {
      if (amount != 0) {
        current.merge(work, amount, Double::sum);
      }
    }
  }
}
