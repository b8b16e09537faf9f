package org.zkc.passes.quantize;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.DoubleSummaryStatistics;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Function;
import org.zkc.ir.Op;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Activation;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Clamp;
import org.zkc.ir.tensor.Composition;
import org.zkc.ir.tensor.Conv;
import org.zkc.ir.tensor.Divide;
import org.zkc.ir.tensor.FakeQuantize;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.MaxPool;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Pointwise;
import org.zkc.ir.tensor.Relu;
import org.zkc.ir.tensor.Standardization;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.UnaryView;

/**
 * Chooses a scale for each activation. Values between which only positions change (views, maxima,
 * concatenation) are one class with one scale, so that those ops cost nothing; union-find over the
 * values, near linear. Parts that only outputs read together may have scales of their own ({@link
 * JoinedParts}).
 */
final class ScaleClasses {
  /** Bits of activations by which order is asked. */
  private static final int DECISIVE_BITS = 12;

  /** Bits of activations whose tables' sizes do not depend on it. */
  static final int BOUNDED_BITS = 12;

  /** Bits of activations without bounds: one for the sign, one as scales are powers of two. */
  static final int UNBOUNDED_BITS = 12;

  /**
   * Bits of products of two computed values: their largest elements are the products of outliers,
   * and the table of their requantisation is as long as their own bits say.
   */
  static final int PRODUCT_BITS = 12;

  /** Bits of means: their accumulators are exact and their number small. */
  static final int MEAN_BITS = 12;

  /**
   * Bits of the factors of an output, and of what a norm or a quotient divides, whose lines may be
   * smaller than the greatest of calibration by orders of magnitude.
   */
  static final int STANDARDIZED_BITS = 13;

  /**
   * The same bits for channels with exponents. The greatest channel is rounded to 2^exponent times
   * the step, and a value that a stream cancels later is as precise as that. A norm reads fewer
   * bits.
   */
  private static final int SHIFTED_BITS = 16;

  /**
   * Bits of the factors of a gated product, of which the greatest are a hundred times the others
   * and decide what the map behind writes.
   */
  private static final int GATED_BITS = 13;

  /** The same where precision is generous. */
  private static final int GENEROUS_GATED_BITS = 14;

  /** Bits of the result of a norm, whose elements have a mean square of 1 and outliers. */
  static final int STANDARD_BITS = 10;

  /** The most of them: a massive channel is small in what the maps behind make of it. */
  private static final int MOST_STANDARD_BITS = 16;

  /** The least of them where precision is generous. */
  private static final int GENEROUS_STANDARD_BITS = 15;

  /** The steps that exact integers may reach where they are requantised: a quarter of a table. */
  private static final double MOST_STEPS = 0.25 * FieldBounds.MAX_TABLE_ROWS;

  /**
   * The rows of one table where precision is generous: a large program has more lookups than that.
   */
  private static final double MOST_ROWS = 0.9 * FieldBounds.MAX_TABLE_ROWS;

  /** The greatest numbers that a class of a unit of 1 or less holds. */
  private static final double MOST_WHOLE = 1 << 20;

  /** The ratio of ranges from which parts of a concatenation have scales of their own. */
  private static final double UNLIKE = 8;

  /** The steps that exact integers may reach where they are requantised in two limbs. */
  private static final double MOST_WIDE_STEPS = 1 << 25;

  /** Bits that no class falls below so that its tables fit. */
  private static final int FEWEST_BITS = 8;

  /**
   * Rows of a table for each element that the program computes: the proof of a program of few
   * elements is otherwise one of its tables' rows.
   */
  private static final long ROWS_PER_ELEMENT = 2;

  /** Rows of a table that a program of any size may have. */
  private static final long SPARED_ROWS = 1 << 11;

  /** Bits that no class falls below so that its tables are small. */
  private static final int SPARED_BITS = 10;

  private final TensorAnalysis analysis;
  private final Ranges ranges;
  private final QuantizationOptions options;
  private final Precision precision;
  private final Margins margins;
  private final InputBits inputBits;

  /** The most rows of a table that is not asked to have more. */
  private final long sparedRows;

  private final Map<Value, Value> parents = new IdentityHashMap<>();
  private final Map<Value, Members> classes = new IdentityHashMap<>();
  private final Map<Value, Quantum> quanta = new IdentityHashMap<>();

  /** The grids of parameters that are read by simulated quantisation alone. */
  private final Map<Value, Quantum> grids = new IdentityHashMap<>();

  /** The values that norms read, and those that they are sums of. */
  private final Set<Value> standardized = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Values that join parts whose scales differ. */
  private final Set<Value> apart = Collections.newSetFromMap(new IdentityHashMap<>());

  /** The values that the scale of one class must hold. */
  private static final class Members {
    double magnitude;
    boolean nonNegative = true;
    boolean snapped;

    /** Whether the scale is a power of two, so that whole numbers have integers of their own. */
    boolean binary;

    boolean fixedBits;
    double variation = Double.POSITIVE_INFINITY;
    int bits;

    /** The bits that no smaller table is worth. */
    int sparedBits;

    int mostBits;
    int chosenBits;

    /** The step of the grid that elements lie on, 0 for none and NaN for several. */
    double step;

    /** The most steps from 0. */
    long steps;

    /** The most bits that readers have room for. */
    int room = Integer.MAX_VALUE;

    Members(int mostBits) {
      this.mostBits = mostBits;
    }

    private void lieOn(FakeQuantize grid) {
      step = step == 0 || step == grid.scale() ? grid.scale() : Double.NaN;
      steps = Math.max(steps, Math.max(Math.abs((long) grid.low()), Math.abs((long) grid.high())));
      snapped = true;
    }

    private boolean fitGrid() {
      return step > 0 && !fixedBits && magnitude <= step * steps * (1 + 1e-9);
    }
  }

  ScaleClasses(
      Function main,
      TensorAnalysis analysis,
      Ranges ranges,
      QuantizationOptions options,
      Precision precision,
      WeightCache cache) {
    this.analysis = analysis;
    this.precision = precision;
    this.ranges = ranges;
    this.options = options;
    this.margins = Margins.of(ranges);
    this.inputBits = new InputBits(analysis);
    this.sparedRows =
        Math.max(
            SPARED_ROWS,
            ROWS_PER_ELEMENT
                * main.body().stream()
                    .map(op -> op.definitions().getFirst())
                    .filter(v -> !analysis.isConstant(v))
                    .mapToLong(v -> v.shape().elementCount())
                    .sum());
    main.body().forEach(op -> unite((TensorOp) op));
    main.parameters().stream().filter(v -> !TensorAnalysis.isExact(v)).forEach(v -> join(v, null));
    LastProducts last = new LastProducts(main, analysis);
    ReaderVariation readers = new ReaderVariation(analysis, ranges, cache);
    for (Op op : main.body()) {
      Value result = op.definitions().getFirst();
      if (!analysis.isConstant(result) && !TensorAnalysis.isExact(result)) {
        join(result, (TensorOp) op);
      }
      if (op instanceof Activation a && a.range().isBounded()) {
        snapOperand(a.operands().getFirst());
      }
      if (op instanceof Linear l && isProduct(l.input())) {
        // Both are of few rows: the product's errors are those of its factors.
        analysis
            .definition(l.input())
            .operands()
            .forEach(v -> atLeast(v, precision.isGenerous() ? GENEROUS_GATED_BITS : GATED_BITS));
        Members members = members(find(l.input()));
        members.room =
            precision.isWide()
                ? Integer.MAX_VALUE
                : Math.min(
                    members.room, readers.bits(l, members.magnitude, precision.isGenerous()));
      }
      if (op instanceof Conv c && precision.isWide() && !analysis.isConstant(c.input())) {
        // Its weights have no rests, and would lose the bits that the input gains.
        members(find(c.input())).mostBits = Precision.MOST_BITS;
      }
      if (op instanceof Standardization s) {
        TensorAnalysis.Normed normed = analysis.normed(s);
        standardized(normed.input());
        Members members = members(find(s.result()));
        members.variation = Math.min(members.variation, readers.of(s.result()));
        members.mostBits = MOST_STANDARD_BITS;
        if (precision.isGenerous() && readers.of(s.result()) < Double.POSITIVE_INFINITY) {
          atLeast(s.result(), GENEROUS_STANDARD_BITS);
        }
        if (!normed.exponents().isEmpty()) {
          atLeast(normed.input(), SHIFTED_BITS);
          // Powers of two, so that sums take one site to the next exactly.
          members(find(normed.input())).snapped = true;
        }
      } else if (op instanceof Divide d && !analysis.isConstant(d.right())) {
        divided(d.left());
      } else if (op instanceof Multiply m && last.contains(m)) {
        divided(m.left());
        divided(m.right());
      }
    }
    for (Value parameter : main.parameters()) {
      if (!TensorAnalysis.isExact(parameter)
          && !options.bitsByName().containsKey(parameter.name())) {
        Set<Quantum> found = new HashSet<>();
        if (readsGrids(parameter, found) && found.size() == 1) {
          grids.put(parameter, found.iterator().next());
          quanta.put(find(parameter), found.iterator().next());
        }
      }
    }
  }

  /** Whether all readers of a value, through views, round it to grids, which are added. */
  private boolean readsGrids(Value value, Set<Quantum> found) {
    for (Op user : analysis.uses().users(value)) {
      if (user instanceof FakeQuantize f) {
        found.add(new Quantum(f.scale(), f.low(), f.high()));
      } else if (!(user instanceof UnaryView v) || !readsGrids(v.result(), found)) {
        return false;
      }
    }
    return true;
  }

  /** The grid that all readers of a parameter round it to, where there is one. */
  Optional<Quantum> grid(Value parameter) {
    return Optional.ofNullable(grids.get(parameter));
  }

  /**
   * Gives a norm's operand, and the terms of which it is a sum, the bits that they need: an error
   * of any term is an error of the line, which the norm divides by its size. Otherwise a class
   * token that is small beside the patches, as in an untrained vision transformer, would be a line
   * of a few steps.
   */
  private void standardized(Value input) {
    Deque<Value> left = new ArrayDeque<>(List.of(input));
    while (!left.isEmpty()) {
      Value value = left.pop();
      if (analysis.isConstant(value) || !standardized.add(value)) {
        continue;
      }
      divided(value);
      if (analysis.uses().definition(value).orElse(null) instanceof Gather g
          && analysis.isConstant(g.table())) {
        atLeast(value, SHIFTED_BITS);
      }
      switch (analysis.uses().definition(value).orElse(null)) {
        case Add a -> left.addAll(List.of(a.left(), a.right()));
        case Subtract s -> left.addAll(List.of(s.left(), s.right()));
        case Concatenate c -> left.addAll(c.inputs());
        case UnaryView v -> left.add(v.input());
        case Multiply m when analysis.byChannel(m).isPresent() ->
            left.add(analysis.byChannel(m).get().input());
        case Multiply m
            when analysis.scaled(m).orElse(null) instanceof TensorAnalysis.Scaled s
                && s.factor() instanceof ConstantFactor.Uniform ->
            left.add(s.input());
        case null, default -> {}
      }
    }
  }

  /** Gives what is divided, or multiplied at the end, the bits that it needs. */
  private void divided(Value value) {
    if (!analysis.isConstant(value)) {
      atLeast(value, STANDARDIZED_BITS);
    }
  }

  private void atLeast(Value value, int bits) {
    Members members = members(find(value));
    members.bits = members.fixedBits ? members.bits : Math.max(members.bits, bits);
    members.sparedBits = Math.max(members.sparedBits, bits);
  }

  /**
   * A table that reads integers of a class is a table for that class's scale. Powers of two make
   * the tables of a recurrent network's steps one; the bit that this may cost is given back.
   */
  private void snapOperand(Value operand) {
    if (!analysis.isConstant(operand) && !analysis.isDeferred(operand)) {
      Members members = members(find(operand));
      members.snapped = true;
      if (!members.fixedBits) {
        members.bits++;
        members.sparedBits++;
      }
    }
  }

  private void unite(TensorOp op) {
    Value result = op.definitions().getFirst();
    if (analysis.isConstant(result) || TensorAnalysis.isExact(result)) {
      return;
    }
    if (op instanceof UnaryView v && apart.contains(v.input())) {
      apart.add(result);
    }
    if (op instanceof UnaryView || op instanceof MaxPool) {
      unite(result, op.operands().getFirst());
    } else if (op instanceof Gather g && !analysis.isConstant(g.table())) {
      unite(result, g.table());
    } else if (op instanceof Concatenate c) {
      if (isOfUnlikeParts(c)) {
        apart.add(result);
      } else {
        c.inputs().stream().filter(v -> !analysis.isConstant(v)).forEach(v -> unite(result, v));
      }
    } else if ((op instanceof Relu || op instanceof Clamp)
        && !analysis.isAccumulating(op.operands().getFirst())) {
      unite(result, op.operands().getFirst());
    }
  }

  /**
   * Whether the parts of a concatenation have ranges that differ by much, and outputs alone read
   * it: parts may have scales of their own there.
   */
  private boolean isOfUnlikeParts(Concatenate op) {
    DoubleSummaryStatistics magnitudes =
        op.inputs().stream()
            .filter(v -> !analysis.isConstant(v))
            .mapToDouble(v -> ranges.of(v).magnitude())
            .filter(m -> m > 0)
            .summaryStatistics();
    return magnitudes.getMax() >= UNLIKE * magnitudes.getMin()
        && analysis.feedsOutputsOnly(op.result());
  }

  /**
   * Whether a value joins parts whose scales differ, by itself or as a view of one that does: its
   * integers are wide, and nothing but outputs reads them.
   */
  boolean isApart(Value value) {
    return apart.contains(value);
  }

  private void unite(Value a, Value b) {
    parents.put(find(a), find(b));
  }

  private Value find(Value value) {
    Value root = value;
    for (Value up = parents.get(root); up != null && up != root; up = parents.get(root)) {
      root = up;
    }
    for (Value at = value; at != root; ) {
      Value next = parents.put(at, root);
      at = next;
    }
    return root;
  }

  /**
   * @param op null for a parameter of main
   */
  private void join(Value value, @Nullable TensorOp op) {
    Members members = classes.computeIfAbsent(find(value), v -> new Members(precision.mostBits()));
    ValueBounds.Bounds bounds = analysis.bounds(value);
    boolean input = analysis.isInputLike(value);
    boolean nonNegative = bounds.low() >= 0;
    members.variation = Math.min(members.variation, ranges.of(value).variation());
    members.nonNegative &= nonNegative;
    members.snapped |= op instanceof Activation;
    members.binary |= analysis.decisive().isRounded(value);
    if (op instanceof FakeQuantize f) {
      members.lieOn(f);
    }
    int bits = options.bitsOf(value.name());
    members.fixedBits |= options.bitsByName().containsKey(value.name());
    if (!members.fixedBits) {
      int least =
          input
              ? Math.max(inputBits.of(value), options.leastBits().getOrDefault(value.name(), 0))
              : Math.max(leastBits(op), analysis.decisive().isDecisive(value) ? DECISIVE_BITS : 0);
      bits = precision.least(value.name(), Math.max(bits, least));
    }
    members.bits = Math.max(members.bits, bits);
    boolean isSpared = op != null && !input && !analysis.decisive().isDecisive(value);
    members.sparedBits =
        Math.max(members.sparedBits, isSpared ? precision.least(value.name(), SPARED_BITS) : bits);
    double threshold =
        ranges
            .of(value)
            .histogram()
            .threshold(
                precision.margin() * (input ? margins.input() : margins.activation()),
                Precision.greatest(bits, nonNegative));
    members.magnitude = Math.max(members.magnitude, Math.min(threshold, bounds.magnitude()));
  }

  private boolean isProduct(Value value) {
    return analysis.uses().definition(value).orElse(null) instanceof Multiply m
        && !analysis.isConstant(m.left())
        && !analysis.isConstant(m.right());
  }

  private Members members(Value root) {
    return Objects.requireNonNull(
        classes.get(root), "every value that is not constant joined a class");
  }

  private int leastBits(@Nullable TensorOp op) {
    return switch (op) {
      case WindowMean m -> MEAN_BITS;
      case Pointwise _, Composition _ -> BOUNDED_BITS;
      case Gather g -> InputBits.LEAST;
      case Multiply m
          when !options.isFixed(m.result().name())
              && !analysis.isConstant(m.left())
              && !analysis.isConstant(m.right()) ->
          PRODUCT_BITS;
      case Activation t -> t.range().isBounded() ? BOUNDED_BITS : UNBOUNDED_BITS;
      case Standardization s -> STANDARD_BITS;
      case null, default -> 0;
    };
  }

  /** The greatest magnitude that the value is given room for. */
  double greatest(Value value) {
    return precision.margin() * margins.activation() * ranges.of(value).magnitude();
  }

  /** The scale and clamp bounds that the value gets where it is requantised. */
  Quantum quantum(Value value) {
    return quantum(value, 0, 0);
  }

  /**
   * The same where the scale should be {@code leastScale} or more: a class that has no scale yet
   * gets fewer bits for that.
   *
   * @param reach of what is requantised, from -reach to reach: the table has a row for every step
   */
  Quantum quantum(Value value, double leastScale, double reach) {
    return quanta.computeIfAbsent(find(value), root -> choose(members(root), leastScale, reach));
  }

  /** The steps that exact integers may reach to each side where they are requantised. */
  private double steps() {
    return precision.isWide()
        ? MOST_WIDE_STEPS
        : precision.isGenerous() ? MOST_ROWS / 2 : MOST_STEPS / 4;
  }

  /** Whether values may be wide, at scales that are powers of two. */
  boolean isWide() {
    return precision.isWide();
  }

  /** Whether a table of so many steps to each side is larger than the program is worth. */
  boolean isWasteful(double steps) {
    return !precision.isGenerous() && 2 * steps > sparedRows;
  }

  /**
   * The quantum for integers of scale {@code unit} that are requantised to the value's class. A
   * class without a scale gets unit 2^k, at most twice as fine as its own would have been, so that
   * no multiplier is needed.
   *
   * @param greatest of the integers: the table of the requantisation has a row for every step up to
   *     it, so the class gets fewer bits where these would be too many
   */
  Quantum aligned(Value value, double unit, long greatest) {
    Value root = find(value);
    Members members = members(root);
    double leastScale = unit * greatest / steps();
    if (!quanta.containsKey(root) && !members.snapped && !members.binary && !members.fixedBits) {
      // The unit is up to twice as fine as what is wanted.
      Quantum wanted = choose(members, leastScale, 2 * unit * greatest);
      int shift =
          (int) Math.floor(StrictMath.log(wanted.scale() / unit) / StrictMath.log(2) + 1e-9);
      if (shift >= 0) {
        long high = precision.high(members.chosenBits + 1, members.nonNegative);
        quanta.put(
            root, new Quantum(Math.scalb(unit, shift), members.nonNegative ? 0 : -high, high));
      }
    }
    return quantum(value, leastScale, unit * greatest);
  }

  private Quantum choose(Members members, double leastScale, double reach) {
    if (members.fitGrid()) {
      return new Quantum(members.step, members.nonNegative ? 0 : -members.steps, members.steps);
    }
    double magnitude = members.magnitude == 0 ? 1 : members.magnitude;
    if (members.snapped || precision.isWide()) {
      // Powers of two only, so that layers with the same activation share its table.
      magnitude =
          Math.scalb(1.0, (int) Math.ceil(StrictMath.log(magnitude) / StrictMath.log(2) - 1e-9));
    }
    int bits =
        members.fixedBits
            ? members.bits
            : precision.ofActivation(
                members.bits, members.mostBits, magnitude, members.nonNegative, members.variation);
    if (!members.fixedBits) {
      bits = Math.min(bits, Math.max(members.room, members.bits));
    }
    if (!members.fixedBits) {
      int spared =
          precision.ofActivation(
              members.sparedBits,
              members.mostBits,
              magnitude,
              members.nonNegative,
              members.variation);
      while (bits > spared
          && isWasteful(reach * precision.high(bits, members.nonNegative) / magnitude)) {
        bits--;
      }
      while (bits > FEWEST_BITS
          && magnitude / precision.high(bits, members.nonNegative) < leastScale) {
        bits--;
      }
    }
    members.chosenBits = bits;
    long high = precision.high(bits, members.nonNegative);
    if (precision.isWide() && !members.binary) {
      // Scales too, so that wide terms add exactly.
      double unit = Math.scalb(magnitude, members.nonNegative ? -bits : 1 - bits);
      return new Quantum(unit, members.nonNegative ? 0 : -high, high);
    }
    if (members.binary) {
      int exponent = (int) Math.ceil(StrictMath.log(magnitude / high) / StrictMath.log(2) - 1e-9);
      // Up to one bit more makes up for the power of two.
      exponent -= members.fixedBits ? 0 : 1;
      boolean hasWholes = !members.fixedBits && magnitude < MOST_WHOLE;
      double unit = Math.scalb(1.0, hasWholes ? Math.min(0, exponent) : exponent);
      long most = Math.max(high, (long) Math.ceil(magnitude / unit - 1e-9));
      return new Quantum(unit, members.nonNegative ? 0 : -most, most);
    }
    return new Quantum(magnitude / high, members.nonNegative ? 0 : -high, high);
  }
}
