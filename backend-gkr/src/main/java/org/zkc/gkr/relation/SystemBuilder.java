package org.zkc.gkr.relation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.RoundedQuotient;
import org.zkc.gkr.circuit.ViewSemantics;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.weight.TensorView;

/** Collects the expansions of the relations, in the circuit's order. */
final class SystemBuilder {
  final CheckedCircuit checked;
  final List<SystemTensor> tensors = new ArrayList<>();
  final List<Definition> definitions = new ArrayList<>();
  final List<Lookup> lookups = new ArrayList<>();
  final List<ZeroProduct> zeroProducts = new ArrayList<>();
  final List<Advice> advice = new ArrayList<>();

  /** The definitions and the zero products that there were when each relation was expanded. */
  final List<Integer> definitionEnds = new ArrayList<>();

  final List<Integer> zeroProductEnds = new ArrayList<>();

  /** The index of the relation that is being expanded. */
  int relation;

  private final Map<LookupTable, Integer> tables = new LinkedHashMap<>();
  // The map is ordered and not hashed: the maker of a circuit chooses the steps, and could choose
  // steps with colliding hashes.
  private final TreeMap<int[], TensorView> views = new TreeMap<>(Arrays::compare);

  SystemBuilder(CheckedCircuit checked) {
    this.checked = checked;
  }

  /** Ends the expansion of a relation. */
  void end() {
    definitionEnds.add(definitions.size());
    zeroProductEnds.add(zeroProducts.size());
  }

  List<Integer> shape(int tensor) {
    return tensors.get(tensor).shape();
  }

  int add(String name, List<Integer> shape, Holder holder) {
    tensors.add(new SystemTensor(name, shape, holder));
    return tensors.size() - 1;
  }

  /** The tag of a table; equal range tables are one. */
  int table(LookupTable table) {
    return tables.computeIfAbsent(table, t -> tables.size());
  }

  List<LookupTable> tables() {
    return List.copyOf(tables.keySet());
  }

  /** The source through the steps; equal steps on equal shapes are one view. */
  Definition.Term term(int source, int coefficient, List<ViewStep> steps) {
    List<Integer> shape = shape(source);
    TensorView view =
        steps.isEmpty()
            ? new TensorView(0, shape, steps)
            : views.computeIfAbsent(
                ViewSemantics.numbers(shape, steps),
                k -> new TensorView(views.size() + 1, shape, steps));
    return new Definition.Term(source, coefficient, view);
  }

  void lookUp(String name, List<Integer> tuple, LookupTable table) {
    lookups.add(new Lookup(relation, name, tuple, table(table)));
  }

  /**
   * The terms of factor times (source + addend - r), the addend's own left out. Here r is the
   * integer in [0, 2^(sum of limbs)) whose limbs, least significant first, are committed and each
   * looked up in its range. Limbs before number {@code first} are left out of r, so their value
   * remains in the result.
   */
  List<Definition.Term> withoutLimbs(
      String name, int source, long addend, List<Integer> limbs, int first, int factor) {
    ArrayList<Definition.Term> terms = new ArrayList<>();
    int offset = 0;
    for (int k = 0; k < limbs.size(); k++) {
      int bits = limbs.get(k);
      if (k >= first) {
        String of = name + " limb " + k;
        int limb = add(of, shape(source), Holder.COMMITTED);
        advice.add(new Advice.Bits(limb, source, addend, offset, bits));
        lookUp(of, List.of(limb), new LookupTable.Range(1 << bits));
        int scale = M31.neg(M31.mul(factor, M31.pow(2, offset)));
        terms.add(term(limb, scale, List.of()));
      }
      offset += bits;
    }
    // The source comes last, because the equation gives its value.
    terms.add(term(source, factor, List.of()));
    return terms;
  }

  /**
   * Asserts that a virtual tensor is in [0, 2^bits), in limbs of at most 10 bits: {@link #inLimbs}.
   */
  void inRange(String name, int value, int bits) {
    inLimbs(name, value, RoundedQuotient.limbs(bits));
  }

  /**
   * Asserts that a virtual tensor is in [0, 2^(sum of limbs)): the higher limbs are committed, the
   * lowest, value - sum of the higher ones, is virtual; all are looked up in their ranges.
   */
  void inLimbs(String name, int value, List<Integer> limbs) {
    int low = value;
    if (limbs.size() > 1) {
      List<Definition.Term> terms = withoutLimbs(name, value, 0, limbs, 1, 1);
      low = add(name + " limb 0", shape(value), Holder.VIRTUAL);
      definitions.add(new Definition.AffineSum(name + " limb 0", low, terms, List.of()));
    }
    lookUp(name + " limb 0", List.of(low), new LookupTable.Range(1 << limbs.get(0)));
  }
}
