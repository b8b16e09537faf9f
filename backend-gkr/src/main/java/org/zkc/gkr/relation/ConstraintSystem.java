package org.zkc.gkr.relation;

import java.util.ArrayList;
import java.util.List;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.circuit.EuclideanNorm;
import org.zkc.gkr.circuit.Exponentials;
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
import org.zkc.gkr.protocol.ProtocolConstants;

/**
 * A circuit expanded into what the protocol proves: definitions (backward sweep), lookups (one
 * logup-GKR argument) and products that are zero. The system is a function of the circuit alone,
 * and prover and verifier each compute it.
 *
 * <p>The first tensors are the circuit's, under its indices. Definitions are in topological order.
 * Behind the tensors that the relations add come the multiplicities, one COMMITTED tensor for every
 * table.
 */
public final class ConstraintSystem {
  private final CheckedCircuit checked;
  private final List<SystemTensor> tensors;
  private final List<Definition> definitions;
  private final List<LookupTable> tables;
  private final List<Lookup> lookups;
  private final List<ZeroProduct> zeroProducts;
  private final List<Advice> advice;
  private final List<Integer> multiplicities;
  private final List<Integer> definitionEnds;
  private final List<Integer> zeroProductEnds;
  private final int[] uses;
  private final long[] lookedUp;

  private ConstraintSystem(SystemBuilder builder) {
    checked = builder.checked;
    tables = builder.tables();
    ArrayList<Integer> columns = new ArrayList<>();
    for (int t = 0; t < tables.size(); t++) {
      columns.add(
          builder.add(
              "multiplicities of table " + t, List.of(tables.get(t).size()), Holder.COMMITTED));
    }
    multiplicities = List.copyOf(columns);
    tensors = List.copyOf(builder.tensors);
    definitions = List.copyOf(builder.definitions);
    lookups = List.copyOf(builder.lookups);
    zeroProducts = List.copyOf(builder.zeroProducts);
    advice = List.copyOf(builder.advice);
    definitionEnds = List.copyOf(builder.definitionEnds);
    zeroProductEnds = List.copyOf(builder.zeroProductEnds);
    uses = countUses();
    lookedUp = new long[circuit().relations().size()];
    for (Lookup l : lookups) {
      lookedUp[l.relation()] += tensor(l.tuple().getFirst()).elementCount();
    }
  }

  /** Expands a circuit. */
  public static ConstraintSystem of(CheckedCircuit checked) {
    Circuit circuit = checked.circuit();
    SystemBuilder builder = new SystemBuilder(checked);
    for (int t = 0; t < circuit.tensors().size(); t++) {
      TensorDeclaration d = circuit.tensors().get(t);
      Holder own =
          switch (d.role()) {
            case INPUT -> Holder.PUBLIC;
            case MODEL -> Holder.MODEL;
            case WITNESS -> Holder.COMMITTED;
            case VIRTUAL -> Holder.VIRTUAL;
          };
      builder.add("tensor " + t, d.shape(), checked.isPublic(t) ? Holder.PUBLIC : own);
    }
    for (int k = 0; k < circuit.relations().size(); k++) {
      Relation relation = circuit.relations().get(k);
      builder.relation = k;
      String name = "relation " + k + " " + relation.label();
      switch (relation) {
        case Affine a -> AffineRelation.expand(builder, name, a);
        case Conv c -> builder.definitions.add(Convolution.of(builder, name, c));
        case FftConv c -> builder.definitions.add(FourierConvolution.of(builder, name, c));
        case Gather g -> builder.definitions.add(RowGather.of(builder, name, g));
        case MatMul m -> builder.definitions.add(MatrixProduct.of(builder, name, m));
        case Product p ->
            builder.definitions.add(
                new Hadamard(name, p.result(), p.left(), p.right(), builder.shape(p.result())));
        case Requantize r -> RequantizeRelation.expand(builder, name, r);
        case Exponentials e -> ExponentialsRelation.expand(builder, name, e);
        case Max m -> MaxRelation.expand(builder, name, m);
        case RoundedQuotient q -> RoundedQuotientRelation.expand(builder, name, q);
        case EuclideanNorm n -> EuclideanNormRelation.expand(builder, name, n);
        case Reciprocal r -> ReciprocalRelation.expand(builder, name, r);
        case Normalize n -> NormalizeRelation.expand(builder, name, n);
      }
      builder.end();
    }
    return new ConstraintSystem(builder);
  }

  public CheckedCircuit checked() {
    return checked;
  }

  public Circuit circuit() {
    return checked.circuit();
  }

  public List<SystemTensor> tensors() {
    return tensors;
  }

  public SystemTensor tensor(int id) {
    return tensors.get(id);
  }

  public List<Definition> definitions() {
    return definitions;
  }

  public List<LookupTable> tables() {
    return tables;
  }

  public List<Lookup> lookups() {
    return lookups;
  }

  public List<ZeroProduct> zeroProducts() {
    return zeroProducts;
  }

  public List<Advice> advice() {
    return advice;
  }

  /** The tensor that holds the multiplicities of table {@code table}. */
  public int multiplicities(int table) {
    return multiplicities.get(table);
  }

  /** The definitions that a relation of the circuit expands to. */
  public List<Definition> definitions(int relation) {
    return part(definitions, definitionEnds, relation);
  }

  /** The products that a relation of the circuit says are zero. */
  public List<ZeroProduct> zeroProducts(int relation) {
    return part(zeroProducts, zeroProductEnds, relation);
  }

  private static <T> List<T> part(List<T> all, List<Integer> ends, int relation) {
    return all.subList(relation == 0 ? 0 : ends.get(relation - 1), ends.get(relation));
  }

  /** The products of two variables in the definitions of a relation of the circuit. */
  public long multiplications(int relation) {
    long sum = 0;
    for (Definition d : definitions(relation)) {
      sum +=
          switch (d) {
            case Definition.AffineSum _ -> 0;
            case Bilinear b -> b.multiplications(tensor(d.result()).elementCount());
          };
    }
    return sum;
  }

  /** The elements that a relation of the circuit looks up, in tables and ranges. */
  public long lookedUp(int relation) {
    return lookedUp[relation];
  }

  /** The claims about a MODEL tensor that can reach the opening, at most. */
  public int modelClaims(int tensor) {
    return uses[tensor];
  }

  /**
   * The claims that can arise on each tensor, apart from those on it as a result or an output. A
   * lookup makes one claim, a term one for each claim on its result, and anything else one for each
   * time it names the tensor.
   */
  private int[] countUses() {
    int[] out = new int[tensors.size()];
    for (Lookup l : lookups) {
      countOne(out, l.tuple());
    }
    for (ZeroProduct z : zeroProducts) {
      countOne(out, z.sources());
    }
    for (Definition d : definitions) {
      switch (d) {
        case Definition.AffineSum a -> {
          for (Definition.Term t : a.terms()) {
            out[t.source()] += ProtocolConstants.MERGE_ABOVE;
          }
        }
        case Bilinear b -> countOne(out, b.sources());
      }
    }
    return out;
  }

  private static void countOne(int[] counts, List<Integer> named) {
    for (int tensor : named) {
      counts[tensor]++;
    }
  }

  /** The tensors of one holder, ascending. */
  public List<Integer> heldBy(Holder holder) {
    ArrayList<Integer> out = new ArrayList<>();
    for (int t = 0; t < tensors.size(); t++) {
      if (tensors.get(t).holder() == holder) {
        out.add(t);
      }
    }
    return out;
  }
}
