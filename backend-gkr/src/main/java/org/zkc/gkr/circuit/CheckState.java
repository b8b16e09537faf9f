package org.zkc.gkr.circuit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.protocol.ProtocolConstants;

/**
 * The knowledge of a {@link CircuitCheck} after some of the relations: the interval and the degree
 * of every tensor defined so far, which tensors are used, and the sums that have limits.
 */
public final class CheckState {
  static final long P = M31.P;

  private final Circuit circuit;
  private final List<@Nullable Interval> intervals = new ArrayList<>();
  private final @Nullable Relation[] definitions;
  private final int[] degree;
  private final long[] lineNorms;
  private final boolean[] used;
  private long elements;
  private long publicElements;
  private long channels;
  private long terms;
  private long tensorLookups;
  private long lookups;
  private long leaves;

  CheckState(Circuit circuit) {
    this.circuit = circuit;
    this.definitions = new Relation[circuit.tensors().size()];
    this.degree = new int[circuit.tensors().size()];
    this.lineNorms = new long[circuit.tensors().size()];
    Arrays.fill(lineNorms, LineNorms.UNKNOWN);
    this.used = new boolean[circuit.tensors().size()];
  }

  Circuit circuit() {
    return circuit;
  }

  /**
   * Enters the next tensor, in order, with its interval; null where a relation will define the
   * tensor.
   */
  void declare(@Nullable Interval given) {
    degree[intervals.size()] = given == null ? 0 : 1;
    intervals.add(given);
  }

  void define(int t, Interval interval, Relation relation) {
    intervals.set(t, interval);
    definitions[t] = relation;
  }

  /** The relation that defines a tensor; null where none does, or none so far. */
  @Nullable Relation definition(int t) {
    return definitions[t];
  }

  boolean isDefined(int t) {
    return intervals.get(t) != null;
  }

  /** The intervals of all tensors, every one of which is defined. */
  List<Interval> intervals() {
    ArrayList<Interval> out = new ArrayList<>();
    for (Interval interval : intervals) {
      out.add(Objects.requireNonNull(interval));
    }
    return List.copyOf(out);
  }

  TensorDeclaration tensor(int t) {
    return circuit.tensors().get(t);
  }

  /**
   * The interval of a tensor that a relation reads; the tensor counts as used from then on.
   *
   * @throws InvalidCircuit when there is no such tensor, or it is not defined yet
   */
  Interval source(int t) {
    requireIndex(t);
    Interval x = intervals.get(t);
    if (x == null) {
      throw new InvalidCircuit("tensor " + t + " is used before it is defined");
    }
    used[t] = true;
    return x;
  }

  void use(int t) {
    used[t] = true;
  }

  boolean isUsed(int t) {
    return used[t];
  }

  /** The multiplicative degree since the last commitment. */
  int degree(int t) {
    return degree[t];
  }

  /** The degrees of all tensors. */
  int[] degrees() {
    return degree.clone();
  }

  void degree(int t, int value) {
    degree[t] = value;
  }

  /**
   * A bound on the 2-norm of every line of a tensor along its last axis; {@link LineNorms#UNKNOWN}
   * where there is none.
   */
  long lineNorm(int t) {
    return lineNorms[t];
  }

  void lineNorm(int t, long bound) {
    lineNorms[t] = bound;
  }

  void requireIndex(int t) {
    require(t >= 0 && t < circuit.tensors().size(), "there is no tensor " + t);
  }

  // ---- sums that have limits

  /** Counts what a check or a verification touches. */
  void count(long more) {
    elements = more > CircuitLimits.TOTAL_ELEMENTS ? more : elements + more;
    requireFew(
        elements <= CircuitLimits.TOTAL_ELEMENTS,
        "more than " + CircuitLimits.TOTAL_ELEMENTS + " elements in all");
  }

  /** Counts the elements of an input or output. */
  void countPublic(TensorDeclaration d) {
    publicElements += d.elementCount();
    requireFew(
        publicElements <= CircuitLimits.PUBLIC_ELEMENTS,
        "more than " + CircuitLimits.PUBLIC_ELEMENTS + " elements of inputs and outputs");
  }

  /** Counts channels with exponents. */
  void countChannels(int more) {
    channels += more;
    requireFew(
        channels <= CircuitLimits.CHANNELS,
        "more than " + CircuitLimits.CHANNELS + " channels with exponents");
  }

  /** Counts terms and constants of one Affine. */
  void countTerms(int more) {
    terms += more;
    requireFew(
        more <= CircuitLimits.TERMS && terms <= CircuitLimits.TOTAL_TERMS,
        "more than "
            + CircuitLimits.TERMS
            + " terms and constants, or "
            + CircuitLimits.TOTAL_TERMS
            + " in all");
  }

  /** Counts lookups of every element of a tensor. */
  void look(TensorDeclaration d, int times) {
    tensorLookups += times;
    requireFew(
        tensorLookups <= CircuitLimits.LOOKUPS,
        "more than " + CircuitLimits.LOOKUPS + " lookups of a tensor");
    lookups += d.elementCount() * times;
    long padded = 1;
    for (int e : d.shape()) {
      padded *= Long.highestOneBit(2L * e - 1);
    }
    leaves += Math.max(padded, ProtocolConstants.LEAST_BLOCK) * times;
  }

  /** Checks the limbs of a remainder of {@code shift} bits, and counts their lookups. */
  void limbs(List<Integer> limbs, int shift, TensorDeclaration d) {
    require(shift >= 0 && shift <= CircuitLimits.SHIFT, "shift out of range");
    require(limbs.size() <= CircuitLimits.SHIFT, "too many limbs");
    int bits = 0;
    for (int limb : limbs) {
      require(limb >= 1 && limb <= CircuitLimits.RANGE_BITS, "a limb of " + limb + " bits");
      bits += limb;
      look(d, 1);
    }
    require(bits == shift, "the limbs have " + bits + " bits, the shift " + shift);
  }

  /** The interval of the values in rows {@code first} to {@code last} of a table. */
  Interval values(Table table, int first, int last) {
    if (table instanceof Table.Clamp || table instanceof Table.Excess) {
      // Neither falls.
      return new Interval(table.value(first), table.value(last));
    }
    count(last - first + 1);
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (int k = first; k <= last; k++) {
      long value = table.value(k);
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    return new Interval(min, max);
  }

  /** Counts the rows of a table. */
  void countRows(int rows) {
    leaves += Long.highestOneBit(2L * rows - 1);
  }

  /** The lookups counted so far. */
  long lookups() {
    return lookups;
  }

  /** Requires that the sums of lookups stay within their limits, once everything is counted. */
  void requireFewLookups() {
    requireFew(lookups < P, "p or more lookups");
    requireFew(
        leaves <= CircuitLimits.LEAVES,
        "more than " + CircuitLimits.LEAVES + " lookups and table rows, padded");
  }

  // ---- conditions that several checks ask for

  static boolean inBounds(long value) {
    return value > -Interval.BOUND && value < Interval.BOUND;
  }

  static void requirePaddedSize(List<Integer> shape, long limit, String name) {
    requireFew(
        shape.size() <= CircuitLimits.RANK, name + ": more than " + CircuitLimits.RANK + " axes");
    long padded = 1;
    for (int e : shape) {
      require(e >= 1, name + ": extent " + e + " out of range");
      requireFew(e <= limit, name + ": extent " + e + " out of range");
      padded *= Long.highestOneBit(2L * e - 1);
      requireFew(padded <= limit, name + ": too many elements");
    }
  }

  static void requireShortAxes(List<Integer> shape, String name) {
    int longest = 0;
    for (int extent : shape) {
      longest = Math.max(longest, extent);
    }
    requireFew(
        longest <= CircuitLimits.AXIS,
        name + ": more than " + CircuitLimits.AXIS + " elements along an axis");
  }

  /** Requires a condition that a smaller circuit would satisfy. */
  static void requireFew(boolean condition, String message) {
    if (!condition) {
      throw new CircuitTooLarge(message);
    }
  }

  static void require(boolean condition, String message) {
    if (!condition) {
      throw new InvalidCircuit(message);
    }
  }
}
