package org.zkc.gkr.prove.sumcheck;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;

/**
 * sum over k of sum over x of w_k(x) f_k(x) for tables of different sizes in one sumcheck. A table
 * of fewer variables sits at 0 in the leading ones: w_k vanishes elsewhere there, and so does f_k
 * in those that lie within its row of a commitment.
 *
 * <pre>
 * leading variables: | outside the row: eq(0, .) w_k f_k | within the row: eq(0, .) w_k eq(0, .) f_k | the table's own
 * </pre>
 *
 * Until its own variables begin, a table adds its sum times eq(0, t), or eq(0, t)^2 within the row.
 */
public final class JoiningTables implements SumcheckTables {
  /**
   * The variables of a table from which on two of its rounds are streamed, not one: of a table of
   * 2^16 elements the rounds until three variables are bound take four fifths then, of one of 2^14
   * as long.
   */
  private static final int LARGE = 16;

  /** Pairs of a table that are worth a task of their own. */
  private static final int LEAST_PAIRS = 1 << 12;

  /** Pieces begin at multiples of this, so that vector loops have no ends inside. */
  private static final int GRAIN = 256;

  private static final ExtVector NONE = new ExtVector(0);

  private final Kernels kernels = Kernels.best();
  private final int rounds;
  private final Workers workers;
  private final ExtVector memory;
  private final AtomicInteger used = new AtomicInteger();
  private final List<Entry> entries = new ArrayList<>();
  private int left;

  /** Tables for {@code rounds} variables, worked on by several threads. */
  public JoiningTables(int rounds, Workers workers) {
    this(rounds, NONE, workers);
  }

  /** Tables over F that are stored in {@code memory} as long as it has room. */
  public JoiningTables(int rounds, ExtVector memory, Workers workers) {
    this.rounds = rounds;
    this.memory = memory;
    this.workers = workers;
    left = rounds;
  }

  /** Room for a table, of any content. */
  private ExtVector room(int length) {
    int from = used.getAndAdd(length);
    if (from <= memory.length() - length) {
      return memory.slice(from, length);
    }
    used.addAndGet(-length);
    return new ExtVector(length);
  }

  private static final class Entry {
    final int variables;
    final int rowVariables;
    // Null for a table over E.
    final StreamedTable.@Nullable Source source;
    // There while the first of the table's own variables are bound; weights and values follow.
    @Nullable StreamedTable streamed;
    ExtVector weights;
    ExtVector values;
    // The coming round where binding the last variable has found it, without the factor.
    Ext @Nullable [] round;
    // The entry's sum times its factor while it waits.
    Ext waiting;
    Ext factor = Ext.ONE;
    // f_k's own part of the factor.
    Ext extension = Ext.ONE;

    Entry(
        int variables,
        int rowVariables,
        StreamedTable.@Nullable Source source,
        ExtVector weights,
        ExtVector values,
        Ext sum) {
      this.variables = variables;
      this.rowVariables = Math.max(variables, rowVariables);
      this.source = source;
      this.weights = weights;
      this.values = values;
      this.waiting = sum;
    }

    /** Whether the table is to be stored now that {@code left} variables are left. */
    boolean isStored(int left) {
      return left == 0 || variables - left == (variables >= LARGE ? 2 : 1);
    }

    /** The value of a table without variables, or of which all are bound. */
    Ext value() {
      if (source != null && variables == 0) {
        int[] only = new int[1];
        source.copy(0, 1, only, 0);
        return Ext.of(only[0]);
      }
      return values.get(0);
    }
  }

  /**
   * Adds a table over F. Weights and values are asked for when the table's own variables begin, and
   * made as {@link StreamedTable} does; the threads that ask may be several.
   *
   * @param rowVariables variables of a row of the commitment that holds the table, 0 when none does
   * @param sum of weights times values
   */
  public void add(int variables, int rowVariables, StreamedTable.Source source, Ext sum) {
    entries.add(new Entry(variables, rowVariables, source, NONE, NONE, sum));
  }

  /** Adds a table over E; both vectors are overwritten. */
  public void add(int variables, int rowVariables, ExtVector weights, ExtVector values, Ext sum) {
    entries.add(new Entry(variables, rowVariables, null, weights, values, sum));
  }

  @Override
  public int rounds() {
    return rounds;
  }

  /** Some pairs of one table. */
  private record Piece(Entry entry, int from, int to) {}

  /** The pairs of the tables in question, in pieces; {@code pairs} of a table. */
  private List<Piece> pieces(List<Entry> of, int pairs) {
    ArrayList<Piece> out = new ArrayList<>();
    int count = workers.pieces(pairs, LEAST_PAIRS);
    for (Entry e : of) {
      for (int k = 0; k < count; k++) {
        int from = Workers.cut(pairs, count, k, GRAIN);
        int to = Workers.cut(pairs, count, k + 1, GRAIN);
        out.add(new Piece(e, from, to));
      }
    }
    return out;
  }

  @Override
  public Ext[] message() {
    Ext[] sums = {Ext.ZERO, Ext.ZERO};
    ArrayList<Entry> own = new ArrayList<>();
    for (Entry e : entries) {
      if (e.variables < left) {
        // (1 - t) or (1 - t)^2 times the sum, at t = 0 and t = 2.
        sums[0] = sums[0].add(e.waiting);
        sums[1] = left > e.rowVariables ? sums[1].sub(e.waiting) : sums[1].add(e.waiting);
      } else if (e.round == null) {
        own.add(e);
      } else {
        add(sums, e, e.round);
      }
    }
    workers.forEach(own.size(), k -> begin(own.get(k)));
    int half = 1 << left >> 1;
    List<Piece> pieces = pieces(own, half);
    Ext[][] parts = new Ext[pieces.size()][];
    workers.forEach(parts.length, k -> parts[k] = message(pieces.get(k), half));
    for (int k = 0; k < parts.length; k++) {
      add(sums, pieces.get(k).entry(), parts[k]);
    }
    return sums;
  }

  private static void add(Ext[] sums, Entry e, Ext[] part) {
    sums[0] = sums[0].add(e.factor.mul(part[0]));
    sums[1] = sums[1].add(e.factor.mul(part[1]));
  }

  private static void begin(Entry e) {
    if (e.source != null && e.streamed == null && e.values == NONE) {
      e.streamed = new StreamedTable(e.variables, e.source);
    }
  }

  private Ext[] message(Piece piece, int half) {
    Entry e = piece.entry();
    return e.streamed != null
        ? e.streamed.message(piece.from(), piece.to())
        : kernels.roundOfTwo(e.weights, e.values, half, piece.from(), piece.to());
  }

  @Override
  public void bind(Ext challenge) {
    int half = 1 << left >> 1;
    ArrayList<Entry> own = new ArrayList<>();
    for (Entry e : entries) {
      if (e.variables < left) {
        wait(e, challenge);
      } else {
        own.add(e);
      }
    }
    left--;
    workers.forEach(own.size(), k -> prepare(own.get(k), half, challenge));
    // The next round's share is taken while what was bound is in the cache.
    own.removeIf(e -> e.streamed != null && !e.isStored(left));
    own.removeIf(e -> e.streamed == null && !isBoundWithRound(e, half));
    List<Piece> pieces = pieces(own, Math.max(1, half / 2));
    Ext[][] parts = new Ext[pieces.size()][];
    workers.forEach(parts.length, k -> parts[k] = bind(pieces.get(k), half, challenge));
    own.forEach(e -> end(e, half));
    for (int k = 0; k < parts.length && left > 0; k++) {
      Ext[] round = pieces.get(k).entry().round;
      for (int v = 0; round != null && v < round.length; v++) {
        round[v] = round[v].add(parts[k][v]);
      }
    }
  }

  private void wait(Entry e, Ext challenge) {
    Ext zero = Ext.ONE.sub(challenge);
    if (left <= e.rowVariables) {
      e.extension = e.extension.mul(zero);
      zero = zero.square();
    }
    e.waiting = e.waiting.mul(zero);
    e.factor = e.factor.mul(zero);
  }

  private static boolean isBoundWithRound(Entry e, int half) {
    return half > 1 && e.weights.length() == e.values.length();
  }

  /** Does the part of binding that concerns the table as a whole. */
  private void prepare(Entry e, int half, Ext challenge) {
    e.round = null;
    StreamedTable streamed = e.streamed;
    if (streamed != null) {
      streamed.bind(challenge);
      if (e.isStored(left)) {
        e.weights = room(streamed.length());
        e.values = room(streamed.length());
      }
    } else if (!isBoundWithRound(e, half)) {
      e.weights = kernels.bind(e.weights, half, challenge);
      e.values = kernels.bind(e.values, half, challenge);
    }
  }

  private Ext[] bind(Piece piece, int half, Ext challenge) {
    Entry e = piece.entry();
    return e.streamed != null
        ? e.streamed.store(e.values, e.weights, piece.from(), piece.to())
        : kernels.bindTwo(e.weights, e.values, half, challenge, piece.from(), piece.to());
  }

  private void end(Entry e, int half) {
    e.streamed = null;
    int length = Math.min(e.weights.length(), half);
    e.weights = e.weights.slice(0, length);
    e.values = e.values.slice(0, length);
    e.round = left == 0 ? null : new Ext[] {Ext.ZERO, Ext.ZERO};
  }

  /**
   * f of table {@code index}, in the order added, at the last coordinates of the point: its own and
   * those of its row.
   */
  public Ext value(int index) {
    Entry e = entries.get(index);
    return e.extension.mul(e.value());
  }
}
