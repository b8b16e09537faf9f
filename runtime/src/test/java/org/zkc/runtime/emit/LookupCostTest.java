package org.zkc.runtime.emit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.ir.DType;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.passes.PassContext;
import org.zkc.passes.circuit.IntegerToCircuit;
import org.zkc.passes.integer.IntegerBuilder;
import org.zkc.passes.quantize.LookupCost;
import org.zkc.runtime.artifact.CircuitStatistics;

/** The search for precision counts the lookups that are proved, before there is a circuit. */
final class LookupCostTest {
  private static final TensorData ENTRIES =
      TensorData.ofLongs(DType.I32, Shape.of(201), new long[201]);

  /** Lookups counted at the integer level, and lookups of the proof. */
  private record Counts(long estimated, long proved) {}

  /** Counts of a program that is one op or a few, of an input with elements in [-bound, bound]. */
  private static Counts counts(
      long bound, Shape shape, BiFunction<IntegerBuilder, Value, Value> body) {
    IntegerBuilder out = new IntegerBuilder("main", Location.UNKNOWN);
    Value x = out.input("x", new IntegerType(shape, -bound, bound, 1));
    Value y = body.apply(out, x);
    Program integer = Program.of(Level.INTEGER, out.build(List.of(y)));
    Program circuit = IntegerToCircuit.lower(integer, new PassContext());
    ConstraintSystem system =
        ConstraintSystem.of(CircuitCheck.check(CircuitEmitter.emit(circuit).circuit()));
    return new Counts(LookupCost.of(integer).lookups(), CircuitStatistics.of(system).lookups());
  }

  /** The counts agree where every remainder has one limb. */
  private static void assertSame(long lookups, Counts counts) {
    assertEquals(lookups, counts.estimated());
    assertEquals(lookups, counts.proved());
  }

  @Test
  void valuesAndRemainders() {
    assertSame(24, counts(1000, Shape.of(3, 4), (out, x) -> out.requantize(x, 4, -50, 50)));
    assertSame(12, counts(1000, Shape.of(3, 4), (out, x) -> out.requantize(x, 0, -50, 50)));
    assertSame(12, counts(100, Shape.of(3, 4), (out, x) -> out.table(x, -100, ENTRIES, 1)));
    assertSame(
        24, counts(1600, Shape.of(3, 4), (out, x) -> out.requantizeTable(x, 4, -100, ENTRIES, 1)));
    assertSame(18, counts(100, Shape.of(3, 4), (out, x) -> out.windowMax(x, 1, 3, 2, 1, 1, 0)));
  }

  @Test
  void exponentials() {
    TensorData entries = TensorData.ofLongs(DType.I32, Shape.of(3), new long[] {9, 3, 1});
    Counts counts = counts(100, Shape.of(3, 4), (out, x) -> out.exponentials(x, 1, 4, entries, 1));
    assertSame(24, counts);
  }

  /** A quotient, and two remainders below twice the denominator. */
  @Test
  void quotients() {
    assertSame(12 + 36, counts(300, Shape.of(3, 4), (out, x) -> quotient(out, x, 10)));
    assertEquals(
        new Counts(12 + 36, 12 + 60),
        counts(3000, Shape.of(3, 4), (out, x) -> quotient(out, x, 1000)),
        "two limbs for each of two remainders");
  }

  private static Value quotient(IntegerBuilder out, Value x, long by) {
    Value positive = out.requantize(x, 0, 1, by);
    return out.roundedQuotient(x, positive, 4, -48_000, 48_000, 1);
  }

  @Test
  void norms() {
    assertEquals(
        new Counts(15, 30),
        counts(100, Shape.of(3, 4), (out, x) -> out.euclideanNorm(x, 1)),
        "limbs of the carry of 19 bits and of remainders of 21");
    assertEquals(
        new Counts(42, 75),
        counts(100, Shape.of(3, 4), (out, x) -> out.normalize(x, 1, List.of(), 1)));
    assertEquals(
        new Counts(3 * (14 + 2 * 4), 3 * (25 + 3 * 4)),
        counts(30_000, Shape.of(3, 4), (out, x) -> out.normalize(x, 1, List.of(), 1)),
        "four groups of one square each");
  }
}
