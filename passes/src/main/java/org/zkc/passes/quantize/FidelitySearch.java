package org.zkc.passes.quantize;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.kernel.TaskRunner;

/**
 * Raises bits until the outputs have the fidelity that the user asks for. Each step tries more bits
 * for the layers that lose most by the report of all layers, for all weights, for all activations,
 * and wider ranges, and takes what gains most for its table rows; it ends when the target is
 * reached, nothing gains any more, or as many candidates were measured as take minutes.
 */
final class FidelitySearch {
  private static final int MOST_STEPS = 8;

  /** Bits that a step may add to the tensors of layers that lose much. */
  private static final int[] RAISES = {2, 1};

  private static final int MOST_BITS = 16;

  /** Steps of the activations that are looked ahead where nothing gains. */
  private static final int STEPS_AHEAD = 4;

  /** Candidates that are measured, at most. */
  private static final int MOST_CANDIDATES = 32;

  /** The same where a program is so large that measuring them would take hours. */
  private static final int FEWEST_CANDIDATES = 6;

  /** Multiplications that measuring all candidates may take. */
  private static final long BUDGET = 400_000_000_000L;

  /** Operations that all candidates together are lowered from. */
  private static final long BUDGET_OF_OPERATIONS = 400_000;

  /** Candidates of wide values that are measured for themselves, at most. */
  private static final int MOST_WIDE = 6;

  /** The coarsest share of activations and of weights that wide values are tried with. */
  private static final double WIDE_SHARE = 1e-6;

  private static final double WIDE_WEIGHT_SHARE = 1e-7;

  /** From one of these shares to the next: a bit and a half. */
  private static final double WIDE_STEP = 8;

  /** A step that gains less ends the search. */
  private static final double LEAST_GAIN = 1e-4;

  private final Program tensor;
  private final FidelityTarget target;
  private final PrecisionSearch search;
  private final boolean isFixed;
  private final boolean defaultNoise;
  private final TaskRunner tasks;
  private final FidelityMeter meter;

  /** Candidates that may still be measured. */
  private int left;

  /**
   * @param isFixed the user fixed the bits of all tensors
   * @param defaultNoise there is no calibration data
   */
  FidelitySearch(
      Program tensor,
      FidelityTarget target,
      PrecisionSearch search,
      boolean isFixed,
      boolean defaultNoise,
      TaskRunner tasks) {
    this.defaultNoise = defaultNoise;
    this.tasks = tasks;
    this.tensor = tensor;
    this.target = target;
    this.search = search;
    this.isFixed = isFixed;
    TensorInterpreter reference = new TensorInterpreter(tensor, tasks);
    List<List<TensorData>> outputs =
        reference.runAll(target.inputs(), (sample, value, elements) -> {});
    this.meter = new FidelityMeter(tensor, new Ranges.Runs(target.inputs(), outputs), tasks);
    this.left = candidates();
  }

  private int candidates() {
    long multiplications = Math.max(1, target.inputs().size() * Multiplications.of(tensor));
    long operations = Math.max(1, tensor.main().body().size());
    return Math.clamp(
        Math.min(BUDGET / multiplications, BUDGET_OF_OPERATIONS / operations),
        FEWEST_CANDIDATES,
        MOST_CANDIDATES);
  }

  /**
   * @param start what is to be improved
   * @throws UserException at the layer that loses most, when the target is not reached
   */
  PrecisionSearch.Candidate reach(PrecisionSearch.Candidate start) {
    PrecisionSearch.Candidate best = climbed(measured(start));
    if (!isReached(best) && !isFixed) {
      best = wide(best);
    }
    if (isReached(best)) {
      return best;
    }
    FidelityReport report = report(best);
    // The expected agreement of indices and truth values is a bit less than the counted one, or a
    // bit more.
    if (report.score() >= target.rSquared()) {
      return best;
    }
    throw unreachable(report);
  }

  /** The best candidate that steps lead to. */
  private PrecisionSearch.Candidate climbed(PrecisionSearch.Candidate from) {
    PrecisionSearch.Candidate best = from;
    for (int step = 0; step < MOST_STEPS && left > 0 && !isReached(best) && !isFixed; step++) {
      Optional<PrecisionSearch.Candidate> better = better(best);
      if (better.isEmpty()) {
        break;
      }
      best = better.get();
    }
    return best;
  }

  /**
   * The candidate with wide values that gains most, from coarser to finer shares as long as each
   * gains on the one before; the first that reaches the target. Lines of a residual stream that
   * differ by a factor of a thousand have the same weight behind a norm, and no number of bits that
   * one table holds is enough for the small ones.
   */
  private PrecisionSearch.Candidate wide(PrecisionSearch.Candidate from) {
    PrecisionSearch.Candidate best = from;
    double last = Double.NEGATIVE_INFINITY;
    Precision p = from.precision();
    double share = Math.min(p.share(), WIDE_SHARE);
    double weightShare = Math.min(p.weightShare(), WIDE_WEIGHT_SHARE);
    for (int step = 0; step < MOST_WIDE && !isReached(best); step++) {
      Optional<PrecisionSearch.Candidate> next =
          search
              .attempt(p.asWide().withShare(share).withWeightShare(weightShare), from)
              .map(search::corrected)
              .map(this::measured);
      if (next.isPresent()) {
        PrecisionSearch.Candidate candidate = next.get();
        if (candidate.rSquared() < last + LEAST_GAIN) {
          break;
        }
        last = candidate.rSquared();
        best = last >= best.rSquared() + LEAST_GAIN ? candidate : best;
      }
      share /= WIDE_STEP;
      weightShare /= WIDE_STEP;
    }
    return best;
  }

  private boolean isReached(PrecisionSearch.Candidate candidate) {
    return candidate.rSquared() >= target.rSquared();
  }

  /** The candidate of a step that gains most for its rows; the first that reaches the target. */
  private Optional<PrecisionSearch.Candidate> better(PrecisionSearch.Candidate from) {
    List<Optional<PrecisionSearch.Candidate>> next = new ArrayList<>();
    FidelityLosses losses = losses(from);
    for (int raise : RAISES) {
      next.add(search.attempt(from.precision().withRaised(raised(from, losses, raise)), from));
    }
    for (PrecisionSearch.Move move : PrecisionSearch.Move.values()) {
      next.add(search.moved(from, move));
    }
    next.add(search.together(from, 1));
    PrecisionSearch.Candidate best = null;
    double bestWorth = 0;
    for (Optional<PrecisionSearch.Candidate> option : next) {
      if (option.isEmpty() || left == 0) {
        continue;
      }
      left--;
      PrecisionSearch.Candidate candidate = measured(search.corrected(option.get()));
      double gain = candidate.rSquared() - from.rSquared();
      double rows = Math.max(0, candidate.cost().cutRows() - from.cost().cutRows());
      double worth = gain / (1 + rows / Math.max(1, from.cost().lookups()));
      if (gain >= LEAST_GAIN && worth > bestWorth) {
        best = candidate;
        bestWorth = worth;
        if (isReached(best)) {
          break;
        }
      }
    }
    return best == null ? ahead(from) : Optional.of(best);
  }

  /**
   * The first of the activations' further steps that gains something, else the first of those of
   * activations and weights together: one bit for all may change few tensors, and not yet those
   * that lose.
   */
  private Optional<PrecisionSearch.Candidate> ahead(PrecisionSearch.Candidate from) {
    PrecisionSearch.Candidate at = from;
    for (int step = 0; step < STEPS_AHEAD && left > 0; step++) {
      left--;
      Optional<PrecisionSearch.Candidate> next = search.moved(at, PrecisionSearch.Move.ACTIVATIONS);
      if (next.isEmpty()) {
        break;
      }
      at = measured(search.corrected(next.get()));
      if (at.rSquared() - from.rSquared() >= LEAST_GAIN) {
        return Optional.of(at);
      }
    }
    for (int step = 2; step <= PrecisionSearch.STEPS_TOGETHER && left > 0; step++) {
      left--;
      Optional<PrecisionSearch.Candidate> next =
          search.together(from, step).map(search::corrected).map(this::measured);
      if (next.isPresent() && next.get().rSquared() - from.rSquared() >= LEAST_GAIN) {
        return next;
      }
    }
    return Optional.empty();
  }

  /** The bits with more for the tensors of the layers that lose most. */
  private Map<String, Integer> raised(
      PrecisionSearch.Candidate from, FidelityLosses losses, int raise) {
    Map<String, Integer> bits = new HashMap<>(from.precision().raised());
    for (FidelityLosses.Loss loss : losses.notable()) {
      for (String name : loss.tensors()) {
        int now = Math.max(from.bits().getOrDefault(name, 0), bits.getOrDefault(name, 0));
        bits.put(
            name, Math.min(MOST_BITS, Math.max(now, QuantizationOptions.DEFAULT_BITS) + raise));
      }
    }
    return bits;
  }

  private FidelityLosses losses(PrecisionSearch.Candidate candidate) {
    return new FidelityLosses(tensor, report(candidate));
  }

  private FidelityReport report(PrecisionSearch.Candidate candidate) {
    return FidelityReport.measure(
        tensor, candidate.program(), target.inputs(), tasks, (expected, found) -> {});
  }

  private PrecisionSearch.Candidate measured(PrecisionSearch.Candidate candidate) {
    return candidate.withRSquared(meter.of(candidate.program()));
  }

  private UserException unreachable(FidelityReport report) {
    Optional<FidelityLosses.Loss> worst = new FidelityLosses(tensor, report).worst();
    int output = worstOutput(report);
    boolean isExact = !Double.isNaN(report.outputs().get(output).agreement());
    String where =
        worst
            .map(w ->
                String.format(
                    Locale.ROOT,
                    "; most is lost in this %s, %s = %s after it",
                    w.what(),
                    TensorAnalysis.isExact(w.op().definitions().getFirst()) ? "agreement" : "R^2",
                    text(w.rSquared())))
            .orElse("");
    return new UserException(
        worst.map(w -> w.op().location()).orElse(Location.UNKNOWN),
        String.format(
            Locale.ROOT,
            "the integer program reaches %s = %s at best on %s, --min-fidelity asks for %s%s; %s",
            isExact ? "agreement" : "R^2",
            text(report.score()),
            target.name(),
            target.rSquared(),
            where,
            remedy(output)));
  }

  /** The output that is furthest from its floats. */
  private static int worstOutput(FidelityReport report) {
    List<FidelityReport.Entry> outputs = report.outputs();
    int worst = 0;
    for (int i = 1; i < outputs.size(); i++) {
      worst = outputs.get(i).score() < outputs.get(worst).score() ? i : worst;
    }
    return worst;
  }

  private String remedy(int output) {
    return FidelityRemedy.of(tensor, tensor.main().results().get(output), isFixed, defaultNoise)
        + ", or ask for less";
  }

  /**
   * The text of an R^2, rounded down, with two digits of what is missing from 1, and with four
   * digits at least.
   */
  private static String text(double rSquared) {
    int digits = rSquared < 1 ? (int) Math.ceil(-StrictMath.log10(1 - rSquared)) + 1 : 0;
    return BigDecimal.valueOf(rSquared)
        .setScale(Math.max(4, digits), RoundingMode.FLOOR)
        .toPlainString();
  }
}
