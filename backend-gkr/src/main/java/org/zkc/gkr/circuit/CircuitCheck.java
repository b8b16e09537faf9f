package org.zkc.gkr.circuit;

import static org.zkc.gkr.circuit.CheckState.inBounds;
import static org.zkc.gkr.circuit.CheckState.require;
import static org.zkc.gkr.circuit.CheckState.requireFew;
import static org.zkc.gkr.circuit.CheckState.requirePaddedSize;
import static org.zkc.gkr.circuit.CheckState.requireShortAxes;

import java.util.HashSet;
import java.util.Set;
import org.zkc.gkr.circuit.TensorDeclaration.Role;

/**
 * The check that every circuit passes before anything is proved or verified about it; the loader of
 * every key runs it again. An accepted circuit has these properties (docs/protocol.md section 2):
 *
 * <ol>
 *   <li>sizes are within {@link CircuitLimits}, every index is in range, every tensor is defined
 *       once, before its use, by a relation of its role, and is used;
 *   <li>shapes fit every relation and every step of every view;
 *   <li>every element of every tensor lies inside (-2^30, 2^30) on every input within the declared
 *       bounds;
 *   <li>every Requantize, Exponentials, Max and RoundedQuotient names one integer only (window
 *       conditions), and its tables cover all that its sources can reach;
 *   <li>chains of uncommitted relations have multiplicative degree at most {@link
 *       CircuitLimits#DEGREE};
 *   <li>one lookup argument holds fewer than p lookups.
 * </ol>
 *
 * <p>The check allocates nothing larger than the element counts that it has bounded first. Each
 * kind of relation states its own conditions ({@link Relation#interval}).
 */
public final class CircuitCheck {
  private final Circuit circuit;
  private final CheckState state;
  private final Set<Integer> outputs;

  private CircuitCheck(Circuit circuit) {
    this.circuit = circuit;
    this.state = new CheckState(circuit);
    this.outputs = Set.copyOf(circuit.outputs());
  }

  /**
   * Recomputes every interval and checks every condition on which soundness and totality rest.
   *
   * @throws InvalidCircuit naming the tensor or relation and the condition it breaks
   */
  public static CheckedCircuit check(Circuit circuit) {
    CircuitCheck check = start(circuit);
    check.interfaces();
    CheckState state = check.state;
    return new CheckedCircuit(circuit, state.intervals(), state.degrees(), state.lookups());
  }

  /**
   * The knowledge of a circuit that may still lack outputs: for a test that builds one and must
   * size its tables.
   *
   * @throws InvalidCircuit as {@link #check}, but for outputs and unused tensors
   */
  static CheckState stateOf(Circuit circuit) {
    return start(circuit).state;
  }

  private static CircuitCheck start(Circuit circuit) {
    int tensors = circuit.tensors().size();
    requireFew(tensors <= CircuitLimits.TENSORS, "more than " + CircuitLimits.TENSORS + " tensors");
    require(circuit.relations().size() <= tensors, "more relations than tensors");
    requireFew(
        circuit.tables().size() <= CircuitLimits.TABLES,
        "more than " + CircuitLimits.TABLES + " tables");
    require(circuit.inputs().size() <= tensors, "more inputs than tensors");
    require(circuit.outputs().size() <= tensors, "more outputs than tensors");
    CircuitCheck check = new CircuitCheck(circuit);
    check.declarations();
    check.tables();
    for (int k = 0; k < circuit.relations().size(); k++) {
      Relation relation = circuit.relations().get(k);
      try {
        check.relation(relation);
      } catch (InvalidCircuit e) {
        throw e.at(k, relation.label());
      } catch (ArithmeticException e) {
        throw new InvalidCircuit("bounds overflow 64 bits").at(k, relation.label());
      }
    }
    check.state.requireFewLookups();
    return check;
  }

  private void declarations() {
    for (int t = 0; t < circuit.tensors().size(); t++) {
      TensorDeclaration d = circuit.tensors().get(t);
      String name = "tensor " + t;
      boolean model = d.role() == Role.MODEL;
      try {
        size(d, name);
      } catch (InvalidCircuit e) {
        throw ofDefinition(t, e);
      }
      require(d.low() <= d.high(), name + ": empty bounds");
      require(new Interval(d.low(), d.high()).isBounded(), name + ": bounds outside (-2^30, 2^30)");
      if (model) {
        require(d.rank() >= 1, name + ": a MODEL tensor needs an axis of output channels");
        require(
            d.positive() >= 0
                && d.negative() >= 0
                && d.positive() < 1L << 40
                && d.negative() < 1L << 40,
            name + ": bounds of the channel sums out of range");
        require(
            d.norm() >= 0 && d.norm() < Interval.BOUND, name + ": bound of the norms out of range");
      } else {
        require(
            d.positive() == 0 && d.negative() == 0 && d.norm() == 0,
            name + ": only MODEL tensors bound channel sums");
      }
      boolean given = model || d.role() == Role.INPUT;
      state.declare(given ? new Interval(d.low(), d.high()) : null);
    }
  }

  private void size(TensorDeclaration d, String name) {
    boolean model = d.role() == Role.MODEL;
    requirePaddedSize(
        d.shape(), model ? CircuitLimits.MODEL_ELEMENTS : CircuitLimits.ELEMENTS, name);
    if (!model) {
      requireShortAxes(d.shape(), name);
      state.count(d.elementCount());
    }
  }

  /** The refusal of a tensor, with the relation that defines the tensor where there is one. */
  private InvalidCircuit ofDefinition(int tensor, InvalidCircuit e) {
    for (int k = 0; k < circuit.relations().size(); k++) {
      Relation r = circuit.relations().get(k);
      if (r.result() == tensor) {
        return e.at(k, r.label());
      }
    }
    return e;
  }

  private void tables() {
    for (int t = 0; t < circuit.tables().size(); t++) {
      Table table = circuit.tables().get(t);
      String name = "table " + t;
      require(
          table.size() >= 1 && table.size() <= CircuitLimits.TABLE_SIZE,
          name + ": size out of range");
      state.countRows(table.size());
      require(
          table.first() > -Interval.BOUND && table.first() < Interval.BOUND,
          name + ": first out of range");
      require(table.first() + table.size() <= Interval.BOUND, name + ": last out of range");
      switch (table) {
        case Table.Clamp c -> clamp(name, c.low(), c.high());
        case Table.Excess e -> {
          clamp(name, e.low(), e.high());
          // It does not fall, so what lies between is inside too.
          require(
              inBounds(e.value(0)) && inBounds(e.value(e.size() - 1)),
              name + ": excess outside (-2^30, 2^30)");
        }
        case Table.Entries e -> {
          require(e.given() >= 1 && e.given() <= e.size(), name + ": " + e.given() + " entries");
          require(
              e.start() >= 0 && e.start() <= e.size() - e.given(),
              name + ": entries from row " + e.start());
          for (int k = 0; k < e.given(); k++) {
            require(inBounds(e.given(k)), name + ": entry outside (-2^30, 2^30)");
          }
        }
      }
    }
  }

  private static void clamp(String table, long low, long high) {
    require(low <= high, table + ": empty clamp");
    require(new Interval(low, high).isBounded(), table + ": clamp outside (-2^30, 2^30)");
  }

  private void relation(Relation relation) {
    int t = relation.result();
    state.requireIndex(t);
    TensorDeclaration d = circuit.tensors().get(t);
    require(!state.isDefined(t), "tensor " + t + " is already defined");
    require(
        d.role() == relation.role(), "its result, tensor " + t + ", must be " + relation.role());
    Interval found = relation.interval(d, state);
    require(found.isBounded(), "its result ranges over " + found + ", outside (-2^30, 2^30)");
    Interval declared = new Interval(d.low(), d.high());
    require(
        declared.contains(found), "its result ranges over " + found + ", declared is " + declared);
    require(
        state.degree(t) <= CircuitLimits.DEGREE,
        "multiplicative degree "
            + state.degree(t)
            + " since the last commitment, above "
            + CircuitLimits.DEGREE);
    state.define(t, found, relation);
    state.lineNorm(t, relation.lineNorm(state));
    if (d.role() == Role.WITNESS || outputs.contains(t)) {
      state.degree(t, 1);
    }
  }

  private void interfaces() {
    HashSet<Integer> inputs = new HashSet<>();
    for (int t : circuit.inputs()) {
      state.requireIndex(t);
      require(
          circuit.tensors().get(t).role() == Role.INPUT, "input " + t + " is not an INPUT tensor");
      require(inputs.add(t), "tensor " + t + " is listed twice as an input");
      state.countPublic(circuit.tensors().get(t));
    }
    HashSet<Integer> listed = new HashSet<>();
    require(!circuit.outputs().isEmpty(), "no outputs");
    for (int t : circuit.outputs()) {
      state.requireIndex(t);
      Role role = circuit.tensors().get(t).role();
      require(
          role == Role.WITNESS || role == Role.VIRTUAL,
          "output " + t + " is not defined by a relation: copy it with an Affine");
      require(listed.add(t), "tensor " + t + " is listed twice as an output");
      state.use(t);
      state.countPublic(circuit.tensors().get(t));
    }
    for (int t = 0; t < circuit.tensors().size(); t++) {
      Role role = circuit.tensors().get(t).role();
      require(state.isDefined(t), "tensor " + t + " is defined by no relation");
      require(
          role != Role.INPUT || inputs.contains(t),
          "tensor " + t + " is an INPUT that no statement lists");
      // A WITNESS tensor is constrained by its own relation, and an input may be ignored; anything
      // else would be dead.
      require(
          state.isUsed(t) || role == Role.WITNESS || role == Role.INPUT,
          "tensor " + t + " is not used");
    }
  }
}
