package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.Level;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.passes.Pass;
import org.zkc.passes.PassCatalogue;
import org.zkc.passes.PassContext;

/** Networks that lose their fidelity at the least bits keep it by default, whatever calibrated. */
class HostileFidelityTest {
  private static final double R_SQUARED = 0.95;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4})
  void everyNetworkAtDefaultBits(int samples) {
    for (long seed = 1; seed <= 2; seed++) {
      for (Map.Entry<String, Program> network : HostileNetworks.all(seed).entrySet()) {
        Program program = optimised(network.getValue());
        QuantizedProgram quantized =
            TensorToInteger.lower(
                program, ranges(program, samples), QuantizationOptions.DEFAULT, new PassContext());
        double found = rSquared(program, quantized, 900 + seed);
        assertTrue(
            found >= R_SQUARED,
            "%s, seed %d, %d samples: R^2 = %s".formatted(network.getKey(), seed, samples, found));
      }
    }
  }

  @Test
  void theLeastBitsAreNotEnough() {
    Program program = optimised(HostileNetworks.mobileLike(1));
    QuantizedProgram quantized =
        TensorToInteger.lower(
            program, ranges(program, 1), QuantizationOptions.fixed(8, Map.of()), new PassContext());
    assertTrue(rSquared(program, quantized, 901) < R_SQUARED);
  }

  @Test
  void bitsAreRaisedUntilTheTargetIsReached() {
    Program program = optimised(HostileNetworks.mobileLike(1));
    Ranges ranges = ranges(program, 1);
    List<List<TensorData>> inputs = new VariedInputs(77).samples(program.main().parameters(), 8);
    PassContext byDefault = new PassContext();
    QuantizedProgram start =
        TensorToInteger.lower(program, ranges, QuantizationOptions.DEFAULT, byDefault);
    double before = FidelityReport.measure(program, start, inputs).rSquared();
    double target = 1 - 0.2 * (1 - before);
    PassContext raised = new PassContext();
    QuantizedProgram reached =
        TensorToInteger.lower(
            program,
            ranges,
            QuantizationOptions.DEFAULT,
            Optional.of(new FidelityTarget(target, "varied inputs", inputs)),
            raised);
    assertTrue(before < target);
    assertTrue(FidelityReport.measure(program, reached, inputs).rSquared() >= target);
    assertTrue(bits(raised) > bits(byDefault), bits(raised) + " bits of all tensors together");
  }

  private static long bits(PassContext context) {
    return context.statistics().entrySet().stream()
        .filter(e -> e.getKey().startsWith("bits."))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  @Test
  void aTargetOutOfReachNamesTheBestValueAndTheWorstLayer() {
    Program program = optimised(HostileNetworks.mobileLike(2));
    List<List<TensorData>> inputs = new VariedInputs(78).samples(program.main().parameters(), 4);
    FidelityTarget target = new FidelityTarget(0.9999999, "varied inputs", inputs);
    UserException e =
        assertThrows(
            UserException.class,
            () ->
                TensorToInteger.lower(
                    program,
                    ranges(program, 1),
                    QuantizationOptions.DEFAULT,
                    Optional.of(target),
                    new PassContext()));
    assertTrue(
        e.getMessage()
            .matches(
                "(?s).*reaches R\\^2 = 0\\.\\d{4,7} at best.*0\\.9999999.*most is lost in this .*"),
        e.getMessage());
  }

  @Test
  void fixedBitsAreNotRaised() {
    Program program = optimised(HostileNetworks.mobileLike(2));
    List<List<TensorData>> inputs = new VariedInputs(78).samples(program.main().parameters(), 4);
    UserException e =
        assertThrows(
            UserException.class,
            () ->
                TensorToInteger.lower(
                    program,
                    ranges(program, 1),
                    QuantizationOptions.fixed(8, Map.of()),
                    Optional.of(new FidelityTarget(0.999, "varied inputs", inputs)),
                    new PassContext()));
    assertTrue(e.getMessage().contains("leave out --bits"), e.getMessage());
  }

  @Test
  void bitsByNameHoldWhileOthersAreRaised() {
    Program program = optimised(HostileNetworks.mobileLike(1));
    PassContext context = new PassContext();
    TensorToInteger.lower(
        program,
        ranges(program, 1),
        new QuantizationOptions(
            QuantizationOptions.DEFAULT.bits(), Map.of("conv3.weight", 6), Map.of()),
        context);
    assertEquals(6, context.statistics().get("bits.conv3.weight"));
  }

  /**
   * A network that follows badly gets the tables that it needs, though they have many more rows
   * than it has lookups: counted are those that are left when the excess of its sums is cut off.
   */
  @Test
  void tablesMayBeLongerThanTheLookupsOfASmallNetworkThatFollowsBadly() {
    Program program = optimised(HostileNetworks.gatedLike(3));
    List<List<TensorData>> samples = new VariedInputs(5).samples(program.main().parameters(), 14);
    QuantizedProgram quantized =
        TensorToInteger.lower(
            program,
            Calibrate.run(program, samples),
            QuantizationOptions.DEFAULT,
            new PassContext());
    assertTrue(FidelityReport.measure(program, quantized, samples).rSquared() >= 0.98);
    LookupCost cost = LookupCost.of(quantized.program());
    assertTrue(cost.cutRows() > 10 * cost.lookups(), cost::toString);
    assertTrue(cost.rows() > 4 * cost.cutRows(), cost::toString);
  }

  private static Program optimised(Program program) {
    PassContext context = new PassContext();
    Program current = program;
    for (Pass pass : PassCatalogue.of(Level.TENSOR)) {
      current = pass.run(current, context);
    }
    return current;
  }

  private static Ranges ranges(Program program, int samples) {
    return samples == 0
        ? Calibrate.runDefault(program)
        : Calibrate.run(program, new VariedInputs(5).samples(program.main().parameters(), samples));
  }

  private static double rSquared(Program program, QuantizedProgram quantized, long seed) {
    List<List<TensorData>> inputs = new VariedInputs(seed).samples(program.main().parameters(), 16);
    return FidelityReport.measure(program, quantized, inputs).rSquared();
  }
}
