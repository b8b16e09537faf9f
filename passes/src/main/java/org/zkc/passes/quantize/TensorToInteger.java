package org.zkc.passes.quantize;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.kernel.TaskRunner;
import org.zkc.passes.Fault;
import org.zkc.passes.Lowering;
import org.zkc.passes.PassContext;

/**
 * Quantisation: lowers a tensor-level program to the integer level, at the precision that a search
 * finds ({@link PrecisionSearch}, {@link FidelitySearch}). The scheme is docs/quantisation.md: each
 * activation has one real scale (per {@link ScaleClasses class} of values); each linear map's
 * integer weights absorb the ratio of scales, so that requantisation is a shift; sums are taken in
 * accumulators and requantised once, together with the activation that reads them.
 */
public final class TensorToInteger {
  /** The lowering under its name: ranges from noise, {@code bits} for all tensors. */
  public static final Lowering LOWERING =
      new Lowering(
          "tensor-to-integer",
          "Quantises a calibrated floating-point program to integers.",
          Level.TENSOR,
          Level.INTEGER,
          "BITS",
          arguments -> {
            if (arguments.size() > 1) {
              throw new IllegalArgumentException("one number of bits at most");
            }
            QuantizationOptions options =
                arguments.isEmpty()
                    ? QuantizationOptions.DEFAULT
                    : QuantizationOptions.fixed(Integer.parseInt(arguments.getFirst()), Map.of());
            return (program, context) ->
                lower(program, Calibrate.runDefault(program), options, context).program();
          });

  /** Counts that begin so are bits of tensors, by name. */
  public static final String BITS = "bits.";

  private TensorToInteger() {}

  /**
   * Lowers without a target of fidelity.
   *
   * @see #lower(Program, Ranges, QuantizationOptions, Optional, PassContext)
   */
  public static QuantizedProgram lower(
      Program tensor, Ranges ranges, QuantizationOptions options, PassContext context) {
    return lower(tensor, ranges, options, Optional.empty(), context);
  }

  /**
   * A program with what its values are.
   *
   * @param tensor main's parameters are floating-point or integers; weights are Constant ops
   * @param ranges calibration of this very program
   */
  public record Source(Program tensor, Ranges ranges) {}

  /**
   * Lowers one program at the precision that suits another.
   *
   * @param stated the program that is lowered
   * @param suited a program that computes the same values and has other outputs, on which fidelity
   *     is measured
   * @see #lower(Program, Ranges, QuantizationOptions, Optional, PassContext)
   */
  public static QuantizedProgram lower(
      Source stated,
      Source suited,
      QuantizationOptions options,
      Optional<FidelityTarget> target,
      PassContext context) {
    WeightCache cache = new WeightCache(context.tasks());
    Precision precision = choose(suited, options, target, cache, context).precision();
    return switch (IntegerLowering.lower(
        stated.tensor().main(), stated.ranges(), options, precision, cache)) {
      case IntegerLowering.Lowered l -> l.program();
      case IntegerLowering.Refused r -> throw r.exception();
    };
  }

  /**
   * @param tensor main's parameters are floating-point; weights are Constant ops
   * @param ranges calibration of this very program
   * @param target fidelity that is to be reached
   * @param context gets, among counts, the bits of each tensor as {@link #BITS} and its name
   * @throws UserException at the user's line for ops without an integer form, for sums that leave
   *     (-2^30, 2^30), and when the target is not reached
   */
  public static QuantizedProgram lower(
      Program tensor,
      Ranges ranges,
      QuantizationOptions options,
      Optional<FidelityTarget> target,
      PassContext context) {
    Source source = new Source(tensor, ranges);
    return choose(source, options, target, new WeightCache(context.tasks()), context).program();
  }

  private static PrecisionSearch.Candidate choose(
      Source source,
      QuantizationOptions options,
      Optional<FidelityTarget> target,
      WeightCache cache,
      PassContext context) {
    Program tensor = source.tensor();
    Ranges ranges = source.ranges();
    Function main = tensor.main();
    options.checkNames(main);
    PrecisionSearch search =
        new PrecisionSearch(
            tensor,
            ranges,
            precision -> IntegerLowering.lower(main, ranges, options, precision, cache),
            context.tasks());
    boolean isFixed = options.bits().isPresent();
    PrecisionSearch.Candidate chosen =
        isFixed ? search.asAsked(options.bits().getAsInt()) : search.cheapest();
    if (target.isPresent()) {
      chosen =
          new FidelitySearch(
                  tensor, target.get(), search, isFixed, ranges.isDefaultNoise(), context.tasks())
              .reach(chosen);
    }
    chosen.counts().statistics().forEach(context::count);
    chosen.bits().forEach((name, n) -> context.count(BITS + name, n));
    return chosen;
  }

  /**
   * Everything for which {@link #lower} would refuse a program at any precision, as far as ranges
   * tell: an operation without an integer form, or integers that do not fit even with the fewest
   * bits.
   *
   * @param samples calibration samples; none means noise, of which a range that a function does not
   *     take says nothing certain
   */
  public static List<Fault> check(Program tensor, Optional<List<List<TensorData>>> samples) {
    Ranges ranges;
    try {
      ranges =
          samples.isPresent()
              ? Calibrate.run(tensor, samples.get(), TaskRunner.CALLER)
              : Calibrate.runDefault(tensor);
    } catch (UserException e) {
      return List.of(Fault.of(e, samples.isPresent()));
    }
    return Fault.distinct(
        IntegerLowering.refusals(tensor.main(), ranges).stream()
            .map(e -> Fault.of(e, true))
            .toList());
  }
}
