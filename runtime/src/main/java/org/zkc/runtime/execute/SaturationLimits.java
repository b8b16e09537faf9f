package org.zkc.runtime.execute;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.Requantize;
import org.zkc.gkr.circuit.Table;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.integer.RequantizeTable;
import org.zkc.runtime.artifact.Layer;
import org.zkc.runtime.artifact.ModelFile;

/**
 * The range of each requantised tensor beyond which elements are cut though the network does not
 * ask for it. A ReLU asks for a cut at 0 and a clamp at its own bounds; calibration did not see any
 * other element that is cut. A table has such an end where its function is cut off while it still
 * moves: a tanh is flat at its ends, a GELU is not flat at the upper one. A table whose elements
 * are chosen by an index is no function, and nothing is cut.
 */
final class SaturationLimits {
  /** A cut of less than this share of the tensor's mean square is not worth a word. */
  private static final double NOTABLE = 1e-3;

  /** Nor is one that does not stand out from rounding, whose mean square is 1/12. */
  private static final double ROUNDING = 8.0 / 12;

  /** A table is cut off where its slope at the end is more than this share of its steepest. */
  private static final double FLAT = 1.0 / 8;

  /** Slopes are taken over this share of a table. */
  private static final int STRETCHES = 16;

  /**
   * A table or a clamp that moves over no more rows than this is a comparison, a sign or the
   * exponential of a row of one element, which cut nothing off.
   */
  private static final int STEP = 2;

  static final SaturationLimits NONE = new SaturationLimits(Map.of());

  private final Map<Integer, Limit> limits;

  private SaturationLimits(Map<Integer, Limit> limits) {
    this.limits = limits;
  }

  /**
   * The range of the integers h that a table is entered with.
   *
   * @param low the least h that is kept; Integer.MIN_VALUE where nothing is cut unasked
   * @param high the largest, or Integer.MAX_VALUE
   * @param lowSlope how much of the result one step of h below {@code low} would be worth
   * @param highSlope the same above {@code high}
   */
  record Range(int low, int high, double lowSlope, double highSlope) {
    boolean isOpen() {
      return low == Integer.MIN_VALUE && high == Integer.MAX_VALUE;
    }
  }

  private static final Range OPEN = new Range(Integer.MIN_VALUE, Integer.MAX_VALUE, 0, 0);

  private record Limit(String tensor, int layer, String source, Range range) {}

  static SaturationLimits of(ModelFile file) {
    Circuit circuit = file.keyFile().circuit().circuit();
    Map<Integer, Limit> limits = new HashMap<>();
    Map<Integer, List<Relation>> readers = new HashMap<>();
    for (Relation relation : circuit.relations()) {
      for (int source : relation.sources()) {
        readers.computeIfAbsent(source, _ -> new ArrayList<>()).add(relation);
      }
    }
    for (int i = 0; i < circuit.relations().size(); i++) {
      if (circuit.relations().get(i) instanceof Requantize r) {
        int layer = file.origins().get(i).location().layer();
        Table table = circuit.tables().get(r.table());
        Optional<Op> op = counterpart(file.program(), table, r.shift(), layer);
        double scale =
            op.map(o -> o.definitions().getFirst().integerType().scale()).orElse(Double.NaN);
        List<Double> bounds = bounds(file.summary().graph(), layer);
        Range range =
            switch (table) {
              case Table.Clamp c ->
                  past(functions(circuit, readers, r.result()), ofClamp(c, scale, bounds));
              // The requantisation behind it tells of the same elements.
              case Table.Excess _ -> OPEN;
              case Table.Entries e ->
                  isChoice(file.summary().graph(), layer) ? OPEN : ofEntries(e, scale, bounds);
            };
        if (!range.isOpen()) {
          String tensor = op.map(o -> "%" + o.definitions().getFirst().name()).orElse("a tensor");
          limits.put(
              r.result(), new Limit(tensor, layer, source(file.summary().graph(), layer), range));
        }
      }
    }
    return new SaturationLimits(limits);
  }

  /** The integer-level op of a requantisation; of several that agree in all, the last. */
  private static Optional<Op> counterpart(Program program, Table table, int shift, int layer) {
    return program.main().body().stream()
        .filter(op -> op.location().layer() == layer)
        .filter(op ->
            switch (table) {
              case Table.Clamp c ->
                  op instanceof org.zkc.ir.integer.Requantize q
                      && q.shift() == shift
                      && q.low() == c.low()
                      && q.high() == c.high();
              case Table.Excess _ -> false;
              case Table.Entries _ ->
                  op instanceof RequantizeTable t && t.shift() == shift
                      || op instanceof org.zkc.ir.integer.Table && shift == 0;
            })
        .reduce((first, second) -> second);
  }

  /** Whether a layer takes elements of a table by an index that is shown to be in its range. */
  private static boolean isChoice(List<Layer> layers, int layer) {
    return layer > 0 && layer <= layers.size() && layers.get(layer - 1).mnemonic().equals("gather");
  }

  private static String source(List<Layer> layers, int layer) {
    if (layer == 0 || layer > layers.size()) {
      return "";
    }
    Layer of = layers.get(layer - 1);
    return of.mnemonic() + (of.location().isKnown() ? ", " + of.location() : "");
  }

  /** The bounds that ops of the network have whose integers this layer computes. */
  private static List<Double> bounds(List<Layer> layers, int layer) {
    List<Double> bounds = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      if (i + 1 == layer || layers.get(i).carrier() == layer) {
        bounds.addAll(layers.get(i).bounds());
      }
    }
    return bounds;
  }

  /** A clamp's range; a bound of 0 is a ReLU's. */
  private static Range ofClamp(Table.Clamp c, double scale, List<Double> bounds) {
    if (c.high() - c.low() <= STEP) {
      return OPEN;
    }
    boolean asksLow = c.low() == 0 || isBound(c.low(), scale, bounds);
    boolean asksHigh = c.high() == 0 || isBound(c.high(), scale, bounds);
    return new Range(
        asksLow ? Integer.MIN_VALUE : (int) c.low(),
        asksHigh ? Integer.MAX_VALUE : (int) c.high(),
        1,
        1);
  }

  /**
   * The functions that are all that reads a tensor, whose elements they take as they are; empty
   * where anything else reads it.
   */
  private static List<Table.Entries> functions(
      Circuit circuit, Map<Integer, List<Relation>> readers, int tensor) {
    List<Table.Entries> out = new ArrayList<>();
    for (Relation reader : readers.getOrDefault(tensor, List.of())) {
      if (reader instanceof Requantize r
          && r.shift() == 0
          && circuit.tables().get(r.table()) instanceof Table.Entries e) {
        out.add(e);
      } else {
        return List.of();
      }
    }
    return circuit.outputs().contains(tensor) ? List.of() : out;
  }

  /** The ends of a clamp past which one of the functions that read it still moves. */
  static Range past(List<Table.Entries> functions, Range clamp) {
    boolean isFlatBelow = !functions.isEmpty();
    boolean isFlatAbove = !functions.isEmpty();
    for (Table.Entries e : functions) {
      Course course = Course.of(e);
      isFlatBelow &= course.isFlat(clamp.low() - e.first());
      isFlatAbove &= course.isFlat(clamp.high() - e.first());
    }
    return new Range(
        isFlatBelow ? Integer.MIN_VALUE : clamp.low(),
        isFlatAbove ? Integer.MAX_VALUE : clamp.high(),
        clamp.lowSlope(),
        clamp.highSlope());
  }

  /**
   * The course of a table: its entries change from {@code from} to {@code to} alone.
   *
   * @param steepest its greatest slope over {@code stretch} rows
   */
  // The record lives within one method and is never compared.
  @SuppressWarnings("ArrayRecordComponent")
  private record Course(int[] values, int from, int to, int stretch, double steepest) {
    static Course of(Table.Entries e) {
      int[] v = IntStream.range(0, e.size()).map(k -> (int) e.value(k)).toArray();
      int from = 0;
      int to = v.length - 1;
      while (from < to && v[from] == v[from + 1]) {
        from++;
      }
      while (to > from && v[to] == v[to - 1]) {
        to--;
      }
      int stretch = Math.max(1, (to - from) / STRETCHES);
      double steepest = 0;
      for (int at = from; at + stretch <= to; at++) {
        steepest = Math.max(steepest, slope(v, at, stretch));
      }
      return new Course(v, from, to, stretch, steepest);
    }

    /** Whether the function hardly moves at a row, or from there to the nearer end. */
    boolean isFlat(long row) {
      if (row <= from || row >= to) {
        return true;
      }
      int at = (int) Math.min(row, to - stretch);
      return slope(values, Math.max(from, at), stretch) <= FLAT * steepest;
    }
  }

  /** Whether an integer stands for a bound of the network itself. */
  private static boolean isBound(long integer, double scale, List<Double> bounds) {
    return bounds.stream().anyMatch(bound -> Math.abs(bound / scale - integer) <= 1);
  }

  private static Range ofEntries(Table.Entries e, double scale, List<Double> bounds) {
    Course course = Course.of(e);
    int[] v = course.values();
    int from = course.from();
    int to = course.to();
    int stretch = course.stretch();
    double steepest = course.steepest();
    if (to - from <= STEP) {
      return OPEN;
    }
    double lowSlope = from + stretch > to ? 0 : slope(v, from, stretch);
    double highSlope = to - stretch < from ? 0 : slope(v, to - stretch, stretch);
    boolean cutsLow = from > 0 && lowSlope > FLAT * steepest && !isBound(v[from], scale, bounds);
    boolean cutsHigh =
        to < v.length - 1 && highSlope > FLAT * steepest && !isBound(v[to], scale, bounds);
    return new Range(
        cutsLow ? (int) e.first() + from : Integer.MIN_VALUE,
        cutsHigh ? (int) e.first() + to : Integer.MAX_VALUE,
        lowSlope,
        highSlope);
  }

  private static double slope(int[] v, int at, int stretch) {
    return Math.abs(v[at + stretch] - v[at]) / (double) stretch;
  }

  /**
   * Whether a run may have cut elements of a tensor.
   *
   * @param result index of the tensor in the circuit
   * @param least the smallest h that its table was entered with
   * @param most the largest h
   */
  boolean areExceeded(int result, int least, int most) {
    Limit limit = limits.get(result);
    return limit != null && (least < limit.range.low || most > limit.range.high);
  }

  /**
   * The elements that a run cut of one sample of a tensor; empty where too little was lost to tell
   * anyone.
   *
   * @param result index of the tensor in the circuit
   * @param source the elements that were requantised
   * @param out the elements of the tensor
   * @param from where the sample begins in both
   * @param end where it ends
   */
  Optional<Saturation> of(int result, int shift, int[] source, int[] out, int from, int end) {
    Limit limit = Objects.requireNonNull(limits.get(result), "a tensor that is exceeded");
    Range range = limit.range;
    int half = shift == 0 ? 0 : 1 << (shift - 1);
    long cut = 0;
    double lost = 0;
    double kept = 0;
    for (int i = from; i < end; i++) {
      int h = (source[i] + half) >> shift;
      double beyond =
          h < range.low
              ? ((double) range.low - h) * range.lowSlope
              : h > range.high ? ((double) h - range.high) * range.highSlope : 0;
      cut += beyond > 0 ? 1 : 0;
      lost += beyond * beyond;
      kept += (double) out[i] * out[i];
    }
    int count = end - from;
    return lost > NOTABLE * kept && lost > ROUNDING * count
        ? Optional.of(
            new Saturation(limit.tensor, limit.layer, limit.source, cut, count, lost / kept))
        : Optional.empty();
  }
}
