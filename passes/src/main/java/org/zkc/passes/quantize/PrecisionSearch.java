package org.zkc.passes.quantize;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.kernel.TaskRunner;
import org.zkc.ir.tensor.Attention;
import org.zkc.passes.PassContext;

/**
 * Chooses how precise activations are, by what precision costs and gains. In the prover a row of a
 * table costs as much as a lookup, so bits whose rows are a small share of the lookups (large
 * images: many lookups, the same tables) are taken at once. More are taken one candidate after the
 * other while R^2 of the outputs, measured, is below {@link #TARGET}, while they gain something,
 * and while the rows that come on top stay a small share of the lookups.
 */
final class PrecisionSearch {
  /** The program at a precision. */
  @FunctionalInterface
  interface Lowering {
    IntegerLowering.Outcome at(Precision precision);
  }

  /** R^2 that is good enough: what is missing to 1 is not worth table rows. */
  private static final double TARGET = 0.993;

  /** An R^2 below which more precision may cost more rows than {@link #ROW_SHARE}. */
  private static final double POOR = 0.98;

  /**
   * The same bound for programs with attention, where the next token depends on small differences
   * between the likeliest ones.
   */
  private static final double POOR_ATTENTION = 0.992;

  /**
   * The rows of programs that are better than {@link #POOR} on samples and variants together, but
   * not on the samples alone, or not as good as attention asks, as a share of the lookups.
   */
  private static final double ROW_SHARE_OF_POOR = 1;

  /** The share of activations and of weights at which large programs with attention begin. */
  private static final double SHARE_OF_ATTENTION = 2e-5;

  private static final double SHARE_OF_ITS_WEIGHTS = 1e-6;

  /** The steps that leave time to come there one by one. */
  private static final int STEPS_OF_ATTENTION = 8;

  /**
   * The least gain of R^2 for which a more precise candidate is taken; {@link #GAIN_OF_DOUBLE_COST}
   * is the gain that as many rows as lookups must bring.
   */
  private static final double GAIN = 0.001;

  private static final double GAIN_OF_DOUBLE_COST = 0.01;

  /**
   * Rows that a more precise candidate may add, as a share of the lookups of the least precise one.
   */
  private static final double ROW_SHARE = 0.1;

  /** Rows, as a share of the lookups, that the floor of all activations may cost unmeasured. */
  private static final double FLOOR_SHARE = 0.05;

  /** Rows that are always allowed: about two milliseconds of the prover's time. */
  private static final long FREE_ROWS = 1 << 13;

  /**
   * Rows that a program below {@link #POOR} may add for {@link #GAIN_OF_DOUBLE_COST}, however few
   * lookups it has: some 16 milliseconds.
   */
  private static final long ROWS_OF_POOR = 1 << 16;

  /** The coarsest share of activations that is tried, and the finest. */
  private static final double COARSEST = 0.08;

  private static final double FINEST = 1e-7;

  /** From one share to the next finer: one bit. */
  private static final double STEP = 4;

  /** Steps that are looked beyond one that gains nothing. */
  private static final int STEPS_AHEAD = 3;

  /** Steps by which activations and weights are made more precise together. */
  static final int STEPS_TOGETHER = 4;

  /** Share of weights to begin with. */
  private static final double WEIGHT_SHARE = 1e-4;

  /** Candidates that are measured after the first, at most. */
  private static final int MOST_STEPS = 16;

  private static final int MOST_SAMPLES = 12;

  /** The number of samples below which R^2 says too little. */
  private static final int FEWEST_SAMPLES = 3;

  /** Multiplications that measuring one candidate may take. */
  private static final long BUDGET = 50_000_000_000L;

  /** Multiplications that measuring all candidates after the first may take. */
  private static final long BUDGET_OF_ALL = 4 * BUDGET;

  /**
   * Operations that all candidates together are lowered from: a program of tens of thousands has
   * few of them.
   */
  private static final long BUDGET_OF_OPERATIONS = 400_000;

  private static final long SEED = 0x70726563;

  private final Program tensor;
  private final Ranges ranges;
  private final Lowering lowering;
  private final boolean isAttentive;
  private final TaskRunner tasks;
  private Ranges.Runs runs = new Ranges.Runs(List.of(), List.of());

  /** The meter on {@link #runs}; null until it is asked. */
  private @Nullable FidelityMeter meter;

  PrecisionSearch(Program tensor, Ranges ranges, Lowering lowering, TaskRunner tasks) {
    this.tasks = tasks;
    this.tensor = tensor;
    this.ranges = ranges;
    this.lowering = lowering;
    this.isAttentive = tensor.main().body().stream().anyMatch(Attention.class::isInstance);
  }

  /**
   * A program with its precision, its cost and its fidelity.
   *
   * @param rSquared on samples and their variants together, or what {@link FidelityMeter} gives for
   *     outputs of indices and truth values
   * @param realRSquared on the samples alone where that is another number, else the same
   * @param bits of tensors, by name
   */
  record Candidate(
      QuantizedProgram program,
      Precision precision,
      LookupCost cost,
      double rSquared,
      double realRSquared,
      Map<String, Integer> bits,
      PassContext counts) {
    Candidate withRSquared(double newRSquared) {
      return withRSquared(newRSquared, newRSquared);
    }

    Candidate withRSquared(double newRSquared, double newRealRSquared) {
      return new Candidate(program, precision, cost, newRSquared, newRealRSquared, bits, counts);
    }

    /** The lesser measure: inputs will be like the samples, which may vary less than variants. */
    double score() {
      return Math.min(rSquared, realRSquared);
    }

    /** Whether bits, tables and ranges are the other's. */
    boolean isLike(Candidate other) {
      return bits.equals(other.bits)
          && cost.equals(other.cost)
          && precision.margin() == other.precision.margin();
    }
  }

  /** The respect in which a candidate is better than the best one so far. */
  enum Move {
    WEIGHTS,
    ACTIVATIONS,
    RANGES
  }

  /**
   * @throws UserException when the least precise candidate does not fit; more precise ones that do
   *     not are left out
   */
  Candidate cheapest() {
    Candidate first = affordable();
    Candidate start = start(first);
    Candidate best = together(search(first, start), first);
    if (best.realRSquared() >= Math.min(POOR, start.realRSquared() - GAIN)) {
      return best;
    }
    // Variants were gained at the cost of the samples: they do not count here.
    runs = ranges.samples();
    meter = null;
    return together(search(first, measured(first)), first);
  }

  /**
   * The best candidate whose activations and weights are both more precise, where the search ends
   * below {@link #POOR}. The choice of rows by computed indices, say, is as good as the least
   * precise of all tensors by which it is made: more bits of one of them gain nothing.
   */
  private Candidate together(Candidate found, Candidate first) {
    Candidate best = found;
    int left = Math.min(STEPS_TOGETHER, steps());
    for (int step = 1; step <= left && best.score() < POOR; step++) {
      Optional<Candidate> next = together(found, step).map(this::measured);
      best = next.isPresent() && gains(next.get(), best, first.cost()) ? next.get() : best;
    }
    return best;
  }

  /**
   * The candidate whose activations have two bits more for each step, as far as they need them, and
   * weights likewise; empty when nothing changes, or does not fit.
   */
  Optional<Candidate> together(Candidate from, int steps) {
    Precision p = from.precision();
    double finer = StrictMath.pow(STEP * STEP, -steps);
    return attempt(
        p.withShare(Math.min(COARSEST, p.share()) * finer).withWeightShare(p.weightShare() * finer),
        from);
  }

  /**
   * The candidate to begin with. A large program with attention has no time for the steps that its
   * precision takes, one bit after the other, so it begins where such programs end. So does a
   * program that says nothing of the network at the least precision, where no single step shows
   * what it gains.
   */
  private Candidate start(Candidate first) {
    Candidate start = measured(first);
    boolean isHurried = isAttentive && steps() < STEPS_OF_ATTENTION;
    if (start.score() >= TARGET || start.score() > 0 && !isHurried) {
      return start;
    }
    Optional<Candidate> finer = Optional.empty();
    for (double share = SHARE_OF_ATTENTION; finer.isEmpty() && share < COARSEST; share *= STEP) {
      finer = fitting(Precision.LEAST.withWeightShare(SHARE_OF_ITS_WEIGHTS).withShare(share));
    }
    return finer
        .map(this::measured)
        .filter(c -> runs.count() == 0 || c.rSquared() > Math.max(0, start.rSquared()) + GAIN)
        .orElse(start);
  }

  private Candidate search(Candidate first, Candidate start) {
    Candidate best = start;
    EnumSet<Move> open = EnumSet.allOf(Move.class);
    int left = steps();
    while (!open.isEmpty() && left > 0 && best.score() < TARGET) {
      for (Move move : List.copyOf(open)) {
        Optional<Candidate> next = moved(best, move);
        if (next.isEmpty() || isTooDear(next.get(), best, first.cost())) {
          open.remove(move);
          continue;
        }
        Candidate candidate = measured(next.get());
        left--;
        for (int ahead = 0; ahead < STEPS_AHEAD && left > 0; ahead++) {
          Optional<Candidate> further = further(candidate, best, move, first);
          if (further.isEmpty()) {
            break;
          }
          candidate = measured(further.get());
          left--;
        }
        if (gains(candidate, best, first.cost())) {
          best = candidate;
          open = EnumSet.allOf(Move.class);
        } else {
          open.remove(move);
        }
        if (left == 0 || best.score() >= TARGET) {
          break;
        }
      }
    }
    return best;
  }

  /**
   * The activations' next step behind one that gains nothing, where much is missing: the coarsest
   * shares change few tensors, and not yet those that lose most.
   */
  private Optional<Candidate> further(
      Candidate candidate, Candidate best, Move move, Candidate first) {
    return move == Move.ACTIVATIONS
            && best.score() < TARGET
            && !gains(candidate, best, first.cost())
        ? moved(candidate, move).filter(c -> !isTooDear(c, best, first.cost()))
        : Optional.empty();
  }

  private boolean isTooDear(Candidate next, Candidate best, LookupCost first) {
    double poor = isAttentive ? POOR_ATTENTION : POOR;
    long more = next.cost().rows() - first.rows();
    return best.score() >= poor && more > allowedRows(first, ROW_SHARE)
        || best.rSquared() >= POOR && more > allowedRows(first, ROW_SHARE_OF_POOR);
  }

  /**
   * Whether a candidate is worth its further rows. Those of programs below {@link #POOR} are
   * counted as they will be, with the excess of sums cut off, and beside {@link #ROWS_OF_POOR} at
   * least; others would take more for what they have.
   */
  private static boolean gains(Candidate candidate, Candidate best, LookupCost first) {
    boolean isPoor = best.score() < POOR;
    long more =
        isPoor
            ? candidate.cost().cutRows() - best.cost().cutRows()
            : candidate.cost().rows() - best.cost().rows();
    long beside = Math.max(isPoor ? ROWS_OF_POOR : 1, first.lookups());
    double costShare = (double) Math.max(0, more - FREE_ROWS) / beside;
    // Below 0 the integers say nothing of the network, and one candidate no less than another.
    return candidate.score() > Math.max(0, best.score()) + GAIN + GAIN_OF_DOUBLE_COST * costShare;
  }

  /** Candidates after the first that time allows to measure; none where none can be. */
  private int steps() {
    if (runs.count() == 0) {
      return 0;
    }
    long runMultiplications = runs.count() * Math.max(1, Multiplications.of(tensor));
    long operations = Math.max(1, tensor.main().body().size());
    return (int)
        Math.min(
            Math.min(MOST_STEPS, BUDGET_OF_ALL / runMultiplications),
            BUDGET_OF_OPERATIONS / operations);
  }

  /** The next candidate of a kind; empty when nothing changes any more, or does not fit. */
  Optional<Candidate> moved(Candidate from, Move move) {
    Precision p = from.precision();
    return switch (move) {
      case WEIGHTS -> attempt(p.withWeightShare(p.weightShare() / (STEP * STEP)), from);
      case RANGES -> attempt(p.withMargin(2 * p.margin()), from);
      case ACTIVATIONS -> {
        double share = Double.isInfinite(p.share()) ? COARSEST : p.share() / STEP;
        Optional<Candidate> next = attempt(p.withShare(share), from);
        while (next.isEmpty() && share > FINEST) {
          share /= STEP;
          next = attempt(p.withShare(share), from);
        }
        yield next;
      }
    };
  }

  /** The candidate of a precision; empty when it is the same program, or does not fit. */
  Optional<Candidate> attempt(Precision precision, Candidate from) {
    return fitting(precision).filter(c -> !c.isLike(from));
  }

  /** The finest share whose rows are few beside the lookups; the least bits where none is. */
  private Candidate affordable() {
    Candidate best = required(Precision.LEAST.withWeightShare(WEIGHT_SHARE));
    double allowed = FLOOR_SHARE * best.cost().lookups();
    double share = COARSEST;
    while (share > FINEST) {
      Optional<Candidate> candidate =
          fitting(Precision.LEAST.withWeightShare(WEIGHT_SHARE).withShare(share));
      if (candidate.isEmpty() || candidate.get().cost().rows() > allowed) {
        break;
      }
      best = candidate.get();
      // A bit more is a fourth of the share and doubles the rows, as soon as it counts.
      int bits =
          (int) (StrictMath.log(allowed / Math.max(1, best.cost().rows())) / StrictMath.log(2));
      share *= StrictMath.pow(STEP, -Math.max(1, bits));
    }
    return best;
  }

  private static double allowedRows(LookupCost cost, double share) {
    return Math.max(FREE_ROWS, share * cost.lookups());
  }

  /** The candidate of a precision; empty when integers or tables do not fit. */
  private Optional<Candidate> fitting(Precision precision) {
    return switch (lowering.at(precision)) {
      case IntegerLowering.Lowered l -> Optional.of(unmeasured(l, precision));
      case IntegerLowering.Refused r -> Optional.empty();
    };
  }

  /**
   * The candidate of a precision.
   *
   * @throws UserException when integers or tables do not fit
   */
  private Candidate required(Precision precision) {
    return switch (lowering.at(precision)) {
      case IntegerLowering.Lowered l -> unmeasured(l, precision);
      case IntegerLowering.Refused r -> throw r.exception();
    };
  }

  /** An unmeasured candidate counts as {@link #POOR}. */
  private static Candidate unmeasured(IntegerLowering.Lowered lowered, Precision precision) {
    return new Candidate(
        lowered.program(),
        precision,
        LookupCost.of(lowered.program().program()),
        POOR,
        POOR,
        lowered.bits(),
        lowered.counts());
  }

  /** The program with the bits asked for, and no others tried. */
  Candidate asAsked(int bits) {
    return corrected(required(Precision.LEAST.withTablesFor(bits)));
  }

  /** The candidate with what its outputs lack on average added to their biases. */
  Candidate corrected(Candidate c) {
    return new Candidate(
        OutputCorrection.apply(c.program(), ranges, tasks),
        c.precision(),
        c.cost(),
        c.rSquared(),
        c.realRSquared(),
        c.bits(),
        c.counts());
  }

  /**
   * The candidate with its outputs corrected and its R^2 measured: on the user's calibration
   * samples, with variants of them where they are few, or on varied inputs where there are none. A
   * program too large for that counts as {@link #POOR}, so that it is kept as it is.
   */
  private Candidate measured(Candidate candidate) {
    Candidate corrected = corrected(candidate);
    if (runs.count() == 0) {
      runs = runs(Multiplications.of(tensor));
    }
    if (runs.count() == 0) {
      return corrected;
    }
    double measure = meter().of(corrected.program());
    int real = ranges.samples().count();
    boolean isMixed = !ranges.isDefaultNoise() && real >= 2 && real < runs.count();
    return corrected.withRSquared(
        measure, isMixed ? meter().of(corrected.program(), real) : measure);
  }

  private FidelityMeter meter() {
    FidelityMeter current = meter;
    if (current == null) {
      current = new FidelityMeter(tensor, runs, tasks);
      meter = current;
    }
    return current;
  }

  private Ranges.Runs runs(long multiplications) {
    int affordable = (int) Math.min(MOST_SAMPLES, BUDGET / Math.max(1, multiplications));
    if (affordable < FEWEST_SAMPLES) {
      return new Ranges.Runs(List.of(), List.of());
    }
    if (ranges.isDefaultNoise()) {
      List<List<TensorData>> inputs =
          new VariedInputs(SEED, ranges.integerInputs())
              .samples(tensor.main().parameters(), affordable);
      TensorInterpreter reference = new TensorInterpreter(tensor, tasks);
      List<List<TensorData>> outputs = reference.runAll(inputs, (sample, value, elements) -> {});
      return new Ranges.Runs(inputs, outputs);
    }
    Ranges.Runs all = ranges.samples().and(ranges.variants());
    int count = Math.min(affordable, all.count());
    return all.first(count < FEWEST_SAMPLES ? 0 : count);
  }
}
