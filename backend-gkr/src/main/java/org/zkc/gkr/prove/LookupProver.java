package org.zkc.gkr.prove;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.channel.SendingChannel;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.layout.LeafLayout;
import org.zkc.gkr.lookup.LookupChallenges;
import org.zkc.gkr.prove.fraction.FractionTree;
import org.zkc.gkr.prove.sumcheck.TableMemory;
import org.zkc.gkr.prove.sumcheck.TiledTables;
import org.zkc.gkr.relation.Claims;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Holder;
import org.zkc.gkr.relation.Lookup;
import org.zkc.gkr.relation.LookupTable;
import org.zkc.gkr.weight.Weight;
import org.zkc.gkr.weight.WeightPool;

/** Multiplicities, leaves and closing claims of the lookup argument. */
final class LookupProver {
  private final ConstraintSystem system;
  private final LeafLayout layout;
  private final TensorValues values;
  private final Workers workers;

  LookupProver(ConstraintSystem system, LeafLayout layout, TensorValues values, Workers workers) {
    this.system = system;
    this.layout = layout;
    this.values = values;
    this.workers = workers;
  }

  /**
   * Counts how often each row of each table is looked up. The row of a tuple is found by its first
   * entry, which is first + row in every kind of table.
   *
   * <p>Each thread takes one relation after the other, because the tuples of a relation are
   * computed from each other. Each thread has counts of its own, and their sums do not depend on
   * the distribution of the relations.
   *
   * @throws IllegalArgumentException when an element is in no row: the witness is not one of the
   *     circuit; the first lookup with such an element is named
   */
  void count() {
    int[][][] columns = new int[system.tables().size()][][];
    for (int t = 0; t < columns.length; t++) {
      LookupTable table = system.tables().get(t);
      columns[t] = new int[table.width()][];
      for (int j = 0; j < table.width(); j++) {
        columns[t][j] = table.column(j);
      }
    }
    List<List<Lookup>> relations = byRelation();
    Missing[] missing = new Missing[relations.size()];
    int[][][] counts = new int[Math.clamp(relations.size(), 1, workers.threads())][][];
    AtomicInteger next = new AtomicInteger();
    workers.forEach(
        counts.length,
        thread -> {
          int[][] own = new int[columns.length][];
          Arrays.setAll(own, t -> new int[columns[t][0].length]);
          counts[thread] = own;
          for (int r = next.getAndIncrement(); r < missing.length; r = next.getAndIncrement()) {
            missing[r] = count(relations.get(r), columns, own);
          }
        });
    for (Missing m : missing) {
      if (m != null) {
        throw new IllegalArgumentException(m.sentence());
      }
    }
    for (int t = 0; t < columns.length; t++) {
      int[] total = counts[0][t];
      for (int thread = 1; thread < counts.length; thread++) {
        for (int row = 0; row < total.length; row++) {
          total[row] += counts[thread][t][row];
        }
      }
      values.set(system.multiplicities(t), total);
    }
  }

  /** The lookups in the circuit's order, those of one relation together. */
  private List<List<Lookup>> byRelation() {
    List<List<Lookup>> out = new ArrayList<>();
    for (Lookup l : system.lookups()) {
      if (out.isEmpty() || out.getLast().getFirst().relation() != l.relation()) {
        out.add(new ArrayList<>());
      }
      out.getLast().add(l);
    }
    return out;
  }

  /** An element that is in no row of its table, and the second entry of a pair. */
  private record Missing(String name, int element, int first, @Nullable Integer second) {
    String sentence() {
      return name
          + ": element "
          + element
          + " of the witness, "
          + first
          + (second == null ? "" : " with " + second)
          + ", is in no row of its table";
    }
  }

  /** Counts the lookups of a relation; the first element without a row, or null. */
  private @Nullable Missing count(List<Lookup> lookups, int[][][] columns, int[][] counts) {
    for (Lookup l : lookups) {
      int[][] rows = columns[l.table()];
      int[] first = values.real(l.tuple().get(0));
      int[] second = rows.length > 1 ? values.real(l.tuple().get(1)) : null;
      int missing =
          second == null
              ? count(first, rows[0][0], counts[l.table()])
              : count(first, second, rows, counts[l.table()]);
      if (missing >= 0) {
        return new Missing(
            l.name(),
            missing,
            M31.toSigned(first[missing]),
            second == null ? null : M31.toSigned(second[missing]));
      }
    }
    return null;
  }

  /** Counts the rows of single values; the first element without one, or -1. */
  private static int count(int[] values, int least, int[] counts) {
    for (int k = 0; k < values.length; k++) {
      int row = M31.sub(values[k], least);
      if (row >= counts.length) {
        return k;
      }
      counts[row]++;
    }
    return -1;
  }

  /** {@link #count(int[], int, int[])} of pairs. */
  private static int count(int[] first, int[] second, int[][] rows, int[] counts) {
    int least = rows[0][0];
    int[] column = rows[1];
    for (int k = 0; k < first.length; k++) {
      int row = M31.sub(first[k], least);
      if (row >= counts.length || second[k] != column[row]) {
        return k;
      }
      counts[row]++;
    }
    return -1;
  }

  /**
   * Runs the argument; the tensors looked up then have claims.
   *
   * @param tableMemory used until it is over
   */
  void prove(SendingChannel out, Claims claims, WeightPool pool, TableMemory tableMemory) {
    LookupChallenges challenges = LookupChallenges.draw(out.transcript());
    ExtVector p = new ExtVector(1 << layout.tables().variables());
    ExtVector q = new ExtVector(1 << layout.tables().variables());
    tableFractions(challenges, p, q);
    LookupLeaves leaves = new LookupLeaves(layout.lookups(), values, challenges, workers);
    FractionTree lookups;
    if (leaves.variables() > TiledTables.DENSE_VARIABLES && !values.adversary().seesFractions()) {
      lookups = new FractionTree(leaves, tableMemory, workers);
    } else {
      ExtVector lookupP = new ExtVector(2 << leaves.variables());
      ExtVector lookupQ = new ExtVector(2 << leaves.variables());
      leaves.writeTo(lookupP, lookupQ);
      values.adversary().seeFractions(lookupP, lookupQ, p, q);
      lookups = new FractionTree(lookupP, lookupQ, layout.lookups().variables(), workers);
    }
    FractionTree tables = new FractionTree(p, q, layout.tables().variables(), workers);
    out.send(Section.LOOKUPS, "lookup root", lookups.root());
    out.send(Section.LOOKUPS, "lookup tables root denominator", tables.root()[1]);
    Ext[] lookupPoint = lookups.prove(out, "lookup");
    Ext[] tablePoint = tables.prove(out, "lookup tables");
    claim(out, claims, pool, layout.lookups(), lookupPoint);
    claim(out, claims, pool, layout.tables(), tablePoint);
  }

  private void claim(
      SendingChannel out, Claims claims, WeightPool pool, LeafLayout.Tree tree, Ext[] point) {
    record Sent(String name, int tensor, Weight weight) {}
    Map<String, Weight> weights = new HashMap<>();
    List<Sent> sent = new ArrayList<>();
    Set<List<Integer>> seen = new HashSet<>();
    for (LeafLayout.Block block : tree.blocks()) {
      Weight weight =
          weights.computeIfAbsent(
              block.layout().shape().toString(),
              s -> pool.fresh(Weight.eq(block.layout().shape(), tree.own(block, point))));
      for (int tensor : block.tuple()) {
        if (system.tensor(tensor).holder() != Holder.PUBLIC
            && claims.known(tensor, weight) == null
            && seen.add(List.of(tensor, weight.number()))) {
          sent.add(new Sent(block.name(), tensor, weight));
        }
      }
    }
    Ext[] found = new Ext[sent.size()];
    workers.forEach(
        found.length, k -> found[k] = sent.get(k).weight().dot(values.real(sent.get(k).tensor())));
    for (int k = 0; k < found.length; k++) {
      out.send(Section.LEAVES, sent.get(k).name(), found[k]);
      claims.add(sent.get(k).tensor(), sent.get(k).weight(), found[k]);
    }
  }

  private void tableFractions(LookupChallenges challenges, ExtVector p, ExtVector q) {
    q.fill(Ext.ONE);
    for (LeafLayout.Block block : layout.tables().blocks()) {
      LookupTable table = system.tables().get(block.table());
      int[][] columns = new int[table.width()][];
      for (int j = 0; j < columns.length; j++) {
        columns[j] = table.column(j);
      }
      Kernels.best()
          .denominators(
              challenges.constant(block.table()),
              challenges.factors(columns.length),
              columns,
              0,
              q.slice(block.offset(), table.size()));
      int[] counts = values.real(block.tuple().get(0));
      for (int k = 0; k < counts.length; k++) {
        p.set(block.offset() + k, Ext.of(M31.neg(counts[k])));
      }
    }
  }
}
