package org.zkc.gkr.circuit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.zkc.gkr.circuit.TensorDeclaration.Role;
import org.zkc.gkr.kernel.FractionTile;

/**
 * The check that every circuit passes before anything is proved or verified about it; the loader of
 * every key runs it again. It holds, for a circuit that it accepts (docs/protocol.md section 2):
 *
 * <ol>
 *   <li>sizes are bounded, every index is in range, every tensor is defined once, before its use,
 *       by a relation of its role, and is used;
 *   <li>shapes fit every relation and every step of every view;
 *   <li>every element of every tensor lies inside (-2^30, 2^30) on every input within the declared
 *       bounds;
 *   <li>every Requantize, Max and RoundedQuotient names one integer only (window conditions), and
 *       its tables cover all that its sources can reach;
 *   <li>chains of uncommitted relations have multiplicative degree at most {@link #MAX_DEGREE};
 *   <li>one lookup argument holds fewer than p lookups.
 * </ol>
 *
 * <p>It allocates nothing larger than the element counts it has bounded first.
 */
public final class CircuitCheck {
  public static final int MAX_TENSORS = 1 << 16;
  public static final int MAX_RANK = 8;

  /** Padded elements of one tensor, and of one step of a view. */
  public static final long MAX_ELEMENTS = 1L << 24;

  /** Padded elements of all MODEL tensors together have no limit of their own but this one each. */
  public static final long MAX_MODEL_ELEMENTS = 1L << 30;

  /**
   * Elements of all tensors but MODEL ones, elements read and additions made by all steps of all
   * views, elements under constants, of sources of Conv and MatMul, table rows within reach of each
   * Requantize, and taps times positions of each axis of a Conv: what a check and a verification
   * may cost, up to a factor.
   */
  public static final long MAX_TOTAL_ELEMENTS = 1L << 29;

  /** Terms and constants of one Linear, and of all together. */
  public static final int MAX_TERMS = 1 << 12;

  public static final int MAX_TOTAL_TERMS = 1 << 17;

  /**
   * Lookups of a whole tensor: each but a Requantize's last has a column, and one opening merges
   * 2^16 claims at most.
   */
  public static final int MAX_LOOKUPS = 1 << 16;

  public static final int MAX_TABLES = 1 << 12;
  public static final int MAX_TABLE_SIZE = 1 << 20;

  /** Padded lookups and table rows of the whole circuit. */
  public static final long MAX_LEAVES = 1L << 28;

  /** Bits of one remainder limb, or of the differences of a Max. */
  public static final int MAX_RANGE_BITS = 20;

  public static final int MAX_QUOTIENT_BITS = 20;

  /**
   * The degree rule (docs/protocol.md section 2): a bound on what a circuit can compute between two
   * commitments, against circuits that evaluate their own Fiat-Shamir hash (Khovratovich, Rothblum,
   * Soukhanov 2025). A heuristic.
   */
  public static final int MAX_DEGREE = 1 << 4;

  private static final long P = Integer.MAX_VALUE;

  private final Circuit circuit;
  private final List<Interval> intervals = new ArrayList<>();
  private final int[] degree;
  private final boolean[] used;
  private final Set<Integer> outputs;
  private long elements;
  private long totalTerms;
  private long tensorLookups;
  private long lookups;
  private long leaves;

  private CircuitCheck(Circuit circuit) {
    this.circuit = circuit;
    this.degree = new int[circuit.tensors().size()];
    this.used = new boolean[circuit.tensors().size()];
    this.outputs = Set.copyOf(circuit.outputs());
  }

  /**
   * Recomputes every interval and checks every condition that soundness and totality rest on.
   *
   * @throws InvalidCircuit naming the tensor or relation and the condition it breaks
   */
  public static CheckedCircuit check(Circuit circuit) {
    CircuitCheck check = start(circuit);
    check.interfaces();
    return new CheckedCircuit(circuit, check.intervals);
  }

  /**
   * The interval of every tensor of a circuit that may still lack outputs: for whoever builds one
   * and must size its tables.
   *
   * @throws InvalidCircuit as {@link #check}, but for outputs and unused tensors
   */
  public static List<Interval> intervalsOf(Circuit circuit) {
    return List.copyOf(start(circuit).intervals);
  }

  private static CircuitCheck start(Circuit circuit) {
    require(circuit.tensors().size() <= MAX_TENSORS, "more than " + MAX_TENSORS + " tensors");
    require(circuit.relations().size() <= circuit.tensors().size(), "more relations than tensors");
    require(circuit.tables().size() <= MAX_TABLES, "more than " + MAX_TABLES + " tables");
    require(circuit.inputs().size() <= circuit.tensors().size(), "more inputs than tensors");
    require(circuit.outputs().size() <= circuit.tensors().size(), "more outputs than tensors");
    CircuitCheck check = new CircuitCheck(circuit);
    check.declarations();
    check.tables();
    for (int k = 0; k < circuit.relations().size(); k++) {
      try {
        check.relation(circuit.relations().get(k));
      } catch (InvalidCircuit e) {
        throw new InvalidCircuit(
            "relation "
                + k
                + " ("
                + circuit.relations().get(k).getClass().getSimpleName()
                + "): "
                + e.getMessage());
      } catch (ArithmeticException e) {
        throw new InvalidCircuit("relation " + k + ": bounds overflow 64 bits");
      }
    }
    require(check.lookups < P, "p or more lookups");
    require(
        check.leaves <= MAX_LEAVES, "more than " + MAX_LEAVES + " lookups and table rows, padded");
    return check;
  }

  // ---- declarations

  private void declarations() {
    for (int t = 0; t < circuit.tensors().size(); t++) {
      TensorDeclaration d = circuit.tensors().get(t);
      String name = "tensor " + t;
      boolean model = d.role() == Role.MODEL;
      long limit = model ? MAX_MODEL_ELEMENTS : MAX_ELEMENTS;
      requirePaddedSize(d.shape(), limit, name);
      if (!model) {
        count(d.elementCount());
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
      } else {
        require(
            d.positive() == 0 && d.negative() == 0,
            name + ": only MODEL tensors bound channel sums");
      }
      boolean given = model || d.role() == Role.INPUT;
      intervals.add(given ? new Interval(d.low(), d.high()) : null);
      degree[t] = given ? 1 : 0;
    }
  }

  private void tables() {
    for (int t = 0; t < circuit.tables().size(); t++) {
      Table table = circuit.tables().get(t);
      String name = "table " + t;
      require(table.size() >= 1 && table.size() <= MAX_TABLE_SIZE, name + ": size out of range");
      leaves += Long.highestOneBit(2L * table.size() - 1);
      require(
          table.first() > -Interval.BOUND && table.first() < Interval.BOUND,
          name + ": first out of range");
      require(table.first() + table.size() <= Interval.BOUND, name + ": last out of range");
      switch (table) {
        case Table.Clamp c -> {
          require(c.low() <= c.high(), name + ": empty clamp");
          require(
              new Interval(c.low(), c.high()).isBounded(), name + ": clamp outside (-2^30, 2^30)");
        }
        case Table.Entries e -> {
          for (int k = 0; k < e.size(); k++) {
            require(inBounds(e.value(k)), name + ": entry outside (-2^30, 2^30)");
          }
        }
      }
    }
  }

  private void interfaces() {
    HashSet<Integer> inputs = new HashSet<>();
    for (int t : circuit.inputs()) {
      requireIndex(t);
      require(
          circuit.tensors().get(t).role() == Role.INPUT, "input " + t + " is not an INPUT tensor");
      require(inputs.add(t), "tensor " + t + " is listed twice as an input");
    }
    HashSet<Integer> outputs = new HashSet<>();
    require(!circuit.outputs().isEmpty(), "no outputs");
    for (int t : circuit.outputs()) {
      requireIndex(t);
      Role role = circuit.tensors().get(t).role();
      require(
          role == Role.WITNESS || role == Role.VIRTUAL,
          "output " + t + " is not defined by a relation: copy it with a Linear");
      require(outputs.add(t), "tensor " + t + " is listed twice as an output");
      used[t] = true;
    }
    for (int t = 0; t < circuit.tensors().size(); t++) {
      Role role = circuit.tensors().get(t).role();
      require(intervals.get(t) != null, "tensor " + t + " is defined by no relation");
      require(
          role != Role.INPUT || inputs.contains(t),
          "tensor " + t + " is an INPUT that no statement lists");
      // A WITNESS tensor is constrained by its own relation, and an input may be ignored; anything
      // else would be dead.
      require(
          used[t] || role == Role.WITNESS || role == Role.INPUT, "tensor " + t + " is not used");
    }
  }

  // ---- relations

  private void relation(Relation relation) {
    int t = relation.result();
    requireIndex(t);
    TensorDeclaration d = circuit.tensors().get(t);
    require(intervals.get(t) == null, "tensor " + t + " is already defined");
    require(
        d.role() == relation.role(), "its result, tensor " + t + ", must be " + relation.role());
    Interval found =
        switch (relation) {
          case Linear l -> linear(l, d);
          case Conv c -> conv(c, d);
          case FftConv c -> fftConv(c, d);
          case MatMul m -> matMul(m, d);
          case Product p -> product(p, d);
          case Requantize r -> requantize(r, d);
          case Max m -> max(m, d);
          case RoundedQuotient q -> quotient(q, d);
        };
    require(found.isBounded(), "its result ranges over " + found + ", outside (-2^30, 2^30)");
    Interval declared = new Interval(d.low(), d.high());
    require(
        declared.contains(found), "its result ranges over " + found + ", declared is " + declared);
    require(
        degree[t] <= MAX_DEGREE,
        "multiplicative degree " + degree[t] + " since the last commitment, above " + MAX_DEGREE);
    intervals.set(t, found);
    if (d.role() == Role.WITNESS || outputs.contains(t)) {
      degree[t] = 1;
    }
  }

  private Interval linear(Linear l, TensorDeclaration d) {
    require(!l.terms().isEmpty() || !l.constants().isEmpty(), "no terms and no constants");
    totalTerms += l.terms().size() + l.constants().size();
    require(
        l.terms().size() + l.constants().size() <= MAX_TERMS && totalTerms <= MAX_TOTAL_TERMS,
        "more than " + MAX_TERMS + " terms and constants, or " + MAX_TOTAL_TERMS + " in all");
    LinearBounds bounds = new LinearBounds(d.shape());
    for (Linear.Term term : l.terms()) {
      Interval source = source(term.source());
      require(
          term.coefficient() != 0 && inBounds(term.coefficient()),
          "coefficient 0 or outside (-2^30, 2^30)");
      degree[l.result()] = Math.max(degree[l.result()], degree[term.source()]);
      view(term, source, d, bounds);
    }
    degree[l.result()] = Math.max(degree[l.result()], 1);
    // A source whose terms cancel would leave the sweep without a claim on it.
    record View(int source, List<ViewStep> steps) {}
    HashMap<View, Long> sums = new HashMap<>();
    for (Linear.Term term : l.terms()) {
      sums.merge(new View(term.source(), term.steps()), term.coefficient(), Math::addExact);
    }
    require(
        sums.values().stream().noneMatch(c -> c % P == 0), "terms cancel each other: drop them");
    for (Linear.Box box : l.constants()) {
      require(inBounds(box.value()), "constant outside (-2^30, 2^30)");
      count(d.elementCount());
      bounds.addInside(box);
    }
    return bounds.interval();
  }

  /**
   * Adds the bounds of one term. Every source element has the same bounds, so a result element that
   * sums m of them, with weights that add up to P - N, lies in [P low - N high, P high - N low].
   */
  private void view(Linear.Term term, Interval source, TensorDeclaration d, LinearBounds bounds) {
    TensorDeclaration from = circuit.tensors().get(term.source());
    boolean summing = false;
    boolean negative = false;
    List<Integer> shape = from.shape();
    require(term.steps().size() <= 64, "more than 64 steps in a view");
    for (ViewStep step : term.steps()) {
      boolean moves = step instanceof ViewStep.Permute || step instanceof ViewStep.Reshape;
      summing |= !moves;
      // MODEL tensors seen through windows are broadcast or sliced: bounded like every other tensor
      // here.
      long limit = from.role() == Role.MODEL && !summing ? MAX_MODEL_ELEMENTS : MAX_ELEMENTS;
      requirePaddedSize(shape, limit, "source of a step of a view");
      List<Integer> outcome = ViewSemantics.outcomeShape(shape, step);
      count(elementCount(shape));
      count(ViewSemantics.work(shape, step));
      shape = outcome;
      requirePaddedSize(shape, limit, "step of a view");
      negative |= step instanceof ViewStep.Ranges r && r.factors().stream().anyMatch(f -> f < 0);
    }
    require(shape.equals(d.shape()), "a term has shape " + shape + ", the result " + d.shape());
    if (!summing) {
      long a = Math.multiplyExact(source.low(), term.coefficient());
      long b = Math.multiplyExact(source.high(), term.coefficient());
      bounds.addEverywhere(Math.min(a, b), Math.max(a, b));
      return;
    }
    bounds.addWeighted(from.shape(), term.steps(), negative, source, term.coefficient());
  }

  private Interval conv(Conv c, TensorDeclaration d) {
    Interval result = convolution(c, d);
    for (int a = 2; a < 4; a++) {
      long taps = circuit.tensors().get(c.weight()).extent(a);
      // The verifier carries a weight through every tap.
      count(taps * ((long) d.extent(a) + circuit.tensors().get(c.source()).extent(a)));
    }
    return result;
  }

  private Interval fftConv(FftConv c, TensorDeclaration d) {
    Interval result = convolution(c.conv(), d);
    TensorDeclaration s = circuit.tensors().get(c.conv().source());
    TensorDeclaration w = circuit.tensors().get(c.conv().weight());
    ConvShapes.requirePoints(c, s, w, d);
    for (int a = 0; a < 2; a++) {
      // The verifier evaluates one function at all points, two products of E each, one by one, and
      // reads it at every index.
      count(16L * c.sizes().get(a) + s.extent(2 + a) + w.extent(2 + a) + d.extent(2 + a));
    }
    return result;
  }

  /** What both ways to prove a convolution ask for. */
  private Interval convolution(Conv c, TensorDeclaration d) {
    source(c.source());
    source(c.weight());
    TensorDeclaration s = circuit.tensors().get(c.source());
    TensorDeclaration w = circuit.tensors().get(c.weight());
    ConvShapes.require(c, s, w, d);
    return sumOfProducts(c, elementCount(w.shape().subList(1, 4)));
  }

  private Interval matMul(MatMul m, TensorDeclaration d) {
    source(m.left());
    source(m.right());
    TensorDeclaration l = circuit.tensors().get(m.left());
    TensorDeclaration r = circuit.tensors().get(m.right());
    MatMulShapes.require(l, r, d);
    return sumOfProducts(m, r.extent(r.rank() - 1));
  }

  /**
   * Sums of up to {@code terms} products of an element each of both sources, each element once;
   * from the bounds of a MODEL tensor's positive and negative sums where there is one.
   */
  private Interval sumOfProducts(Relation relation, long terms) {
    int a = relation.sources().get(0);
    int b = relation.sources().get(1);
    degree[relation.result()] = degree[a] + degree[b];
    TensorDeclaration first = circuit.tensors().get(a);
    TensorDeclaration second = circuit.tensors().get(b);
    count(first.elementCount());
    if (second.role() == Role.MODEL) {
      return weightedSum(second, intervals.get(a));
    }
    count(second.elementCount());
    if (first.role() == Role.MODEL) {
      return weightedSum(first, intervals.get(b));
    }
    Interval each = intervals.get(a).times(intervals.get(b));
    return new Interval(
        Math.multiplyExact(terms, Math.min(0, each.low())),
        Math.multiplyExact(terms, Math.max(0, each.high())));
  }

  /**
   * The sum of weights times elements or zeros, from the bounds of the weights' positive and
   * negative sums.
   */
  private static Interval weightedSum(TensorDeclaration w, Interval x) {
    long low = Math.min(0, x.low());
    long high = Math.max(0, x.high());
    return new Interval(
        Math.subtractExact(
            Math.multiplyExact(w.positive(), low), Math.multiplyExact(w.negative(), high)),
        Math.subtractExact(
            Math.multiplyExact(w.positive(), high), Math.multiplyExact(w.negative(), low)));
  }

  private Interval product(Product p, TensorDeclaration d) {
    Interval a = source(p.left());
    Interval b = source(p.right());
    require(circuit.tensors().get(p.left()).shape().equals(d.shape()), "the left shape differs");
    require(circuit.tensors().get(p.right()).shape().equals(d.shape()), "the right shape differs");
    degree[p.result()] = degree[p.left()] + degree[p.right()];
    return a.times(b);
  }

  private Interval requantize(Requantize r, TensorDeclaration d) {
    Interval x = source(r.source());
    require(
        circuit.tensors().get(r.source()).shape().equals(d.shape()),
        "source and result differ in shape");
    require(r.shift() >= 0 && r.shift() <= 29, "shift out of range");
    require(r.limbs().size() <= 29, "too many limbs");
    int bits = 0;
    for (int limb : r.limbs()) {
      require(limb >= 1 && limb <= MAX_RANGE_BITS, "a limb of " + limb + " bits");
      bits += limb;
      look(d, 1);
    }
    require(bits == r.shift(), "the limbs have " + bits + " bits, the shift " + r.shift());
    require(r.table() >= 0 && r.table() < circuit.tables().size(), "no such table");
    Table table = circuit.tables().get(r.table());
    long half = r.shift() == 0 ? 0 : 1L << (r.shift() - 1);
    long reachLow = x.low() + half;
    long reachHigh = x.high() + half;
    // Everything that 2^s h + r can name, over the whole table and remainder range.
    long windowLow = table.first() << r.shift();
    long windowHigh = (table.first() + table.size() << r.shift()) - 1;
    require(
        windowLow <= reachLow && reachHigh <= windowHigh,
        "the table covers ["
            + windowLow
            + ", "
            + windowHigh
            + "], the source reaches ["
            + reachLow
            + ", "
            + reachHigh
            + "]");
    require(
        windowHigh - reachLow < P && reachHigh - windowLow < P,
        "window condition: table and remainder name several integers for one residue");
    look(d, 1);
    int first = (int) ((reachLow >> r.shift()) - table.first());
    int last = (int) ((reachHigh >> r.shift()) - table.first());
    if (table instanceof Table.Clamp) {
      // It does not fall.
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

  private Interval max(Max m, TensorDeclaration d) {
    require(m.sources().size() >= 2 && m.sources().size() <= 4, "2 to 4 sources");
    require(m.bits() >= 1 && m.bits() <= MAX_RANGE_BITS, "bits out of range");
    int product = 0;
    long low = Long.MIN_VALUE;
    long high = Long.MIN_VALUE;
    for (int t : m.sources()) {
      Interval x = source(t);
      require(circuit.tensors().get(t).shape().equals(d.shape()), "a source's shape differs");
      product += degree[t];
      low = Math.max(low, x.low());
      high = Math.max(high, x.high());
      look(d, 1);
    }
    require(
        product <= MAX_DEGREE,
        "multiplicative degree " + product + " of the differences' product, above " + MAX_DEGREE);
    // The product forces the result to be one of the sources, so a difference is an integer between
    // two sources.
    long range = (1L << m.bits()) - 1;
    for (int t : m.sources()) {
      Interval x = intervals.get(t);
      for (int other : m.sources()) {
        Interval y = intervals.get(other);
        long least = x.low() - y.high();
        long most = x.high() - y.low();
        require(most < P && range - least < P, "window condition: a difference wraps around p");
        if (t != other) {
          // Reached only where x is the maximum: y is at most that.
          require(
              most <= range, "a difference reaches " + most + ", above its " + m.bits() + " bits");
        }
      }
    }
    return new Interval(low, high);
  }

  private Interval quotient(RoundedQuotient q, TensorDeclaration d) {
    Interval n = source(q.numerator());
    Interval den = source(q.denominator());
    require(
        circuit.tensors().get(q.numerator()).shape().equals(d.shape()),
        "the numerator's shape differs");
    require(
        circuit.tensors().get(q.denominator()).shape().equals(d.shape()),
        "the denominator's shape differs");
    require(q.bits() >= 1 && q.bits() <= MAX_QUOTIENT_BITS, "bits out of range");
    require(n.low() >= 0, "the numerator reaches " + n.low());
    require(den.low() >= 1, "the denominator reaches " + den.low());
    require(degree[q.denominator()] + 1 <= MAX_DEGREE, "multiplicative degree above " + MAX_DEGREE);
    long scale = 1L << q.bits() + 1;
    int remainderBits = RoundedQuotient.remainderBits(den);
    long range = (1L << remainderBits) - 1;
    long most = Math.addExact(Math.multiplyExact(scale, n.high()), den.high());
    long least = den.low() - 2 * den.high() * (1L << q.bits());
    require((scale + 2) * den.high() < P, "(2^bits + 1) 2 d must stay below p");
    require(most < P && range - least < P, "window condition: the remainder wraps around p");
    require(
        2 * den.high() - 1 < P && range - (2 * den.low() - 1 - range) < P,
        "window condition: 2d - 1 - rem wraps around p");
    look(d, 1 + 2 * RoundedQuotient.limbs(remainderBits).size());
    return new Interval(0, 1L << q.bits());
  }

  /** Counts lookups of every element of a tensor. */
  private void look(TensorDeclaration d, int times) {
    tensorLookups += times;
    require(tensorLookups <= MAX_LOOKUPS, "more than " + MAX_LOOKUPS + " lookups of a tensor");
    lookups += d.elementCount() * times;
    long padded = 1;
    for (int e : d.shape()) {
      padded *= Long.highestOneBit(2L * e - 1);
    }
    leaves += Math.max(padded, 2L * FractionTile.SIZE) * times;
  }

  // ---- small things

  private static boolean inBounds(long value) {
    return value > -Interval.BOUND && value < Interval.BOUND;
  }

  private Interval source(int t) {
    requireIndex(t);
    Interval x = intervals.get(t);
    require(x != null, "tensor " + t + " is used before it is defined");
    used[t] = true;
    return x;
  }

  private void requireIndex(int t) {
    require(t >= 0 && t < circuit.tensors().size(), "there is no tensor " + t);
  }

  private void count(long more) {
    elements = more > MAX_TOTAL_ELEMENTS ? more : elements + more;
    require(elements <= MAX_TOTAL_ELEMENTS, "more than " + MAX_TOTAL_ELEMENTS + " elements in all");
  }

  private static int elementCount(List<Integer> shape) {
    return shape.stream().reduce(1, Math::multiplyExact);
  }

  private static void requirePaddedSize(List<Integer> shape, long limit, String name) {
    require(shape.size() <= MAX_RANK, name + ": more than " + MAX_RANK + " axes");
    long padded = 1;
    for (int e : shape) {
      require(e >= 1 && e <= limit, name + ": extent " + e + " out of range");
      padded *= Long.highestOneBit(2L * e - 1);
      require(padded <= limit, name + ": too many elements");
    }
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new InvalidCircuit(message);
    }
  }
}
