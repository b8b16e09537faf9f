package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.zkc.ir.Checker;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Interval;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.RequantizeTable;
import org.zkc.ir.integer.Requantize;
import org.zkc.ir.interpret.CircuitInterpreter;
import org.zkc.ir.interpret.IntegerInterpreter;
import org.zkc.passes.Pass;
import org.zkc.passes.PassCatalogue;
import org.zkc.passes.PassContext;
import org.zkc.passes.circuit.IntegerToCircuit;
import org.zkc.passes.integer.IntegerBuilder;

/** Limbs together are the integers that they stand for, in the program as in its circuit. */
class TwoLimbsTest {
  private static final long LIMIT = (long) TwoLimbs.ROOM;
  private static final int ELEMENTS = 30;

  @Test
  void requantisationsInLimbsAreThoseOfOneTable() {
    Random random = new Random(3);
    for (int run = 0; run < 24; run++) {
      long low = -random.nextLong(1 << 20, LIMIT);
      long high = random.nextLong(1 << 20, LIMIT);
      int shift = random.nextInt(0, 12);
      long bound = TwoLimbs.greatest(random.nextInt(17, 21));
      IntegerBuilder out = new IntegerBuilder("main", Location.UNKNOWN);
      Value x = out.input("x", new IntegerType(Shape.of(ELEMENTS), low, high, 0.5));
      Value y = TwoLimbs.requantize(out, x, shift, -bound, bound);
      assertTrue(TwoLimbs.of(y, out).isPresent());
      Program program = Program.of(Level.INTEGER, out.build(List.of(y)));
      assertEquals(List.of(), Checker.check(program));
      Program circuit = circuit(program);
      assertTrue(longest(circuit) <= 1 << 15, longest(circuit) + " rows");
      for (int k = 0; k < 8; k++) {
        long[] in = random.longs(ELEMENTS, low, high + 1).toArray();
        in[0] = low;
        in[1] = high;
        for (int i = 2; i < 12; i++) {
          long near = (i % 2 == 0 ? bound : -bound) << shift;
          in[i] = Math.clamp(near + random.nextLong(-1 << 9, 1 << 9), low, high);
        }
        long[] found = IntegerInterpreter.run(program, List.of(in)).getFirst();
        long half = shift == 0 ? 0 : 1L << shift - 1;
        for (int i = 0; i < ELEMENTS; i++) {
          assertEquals(Math.clamp(in[i] + half >> shift, -bound, bound), found[i]);
        }
        assertArrayEquals(found, CircuitInterpreter.run(circuit, List.of(in)).getFirst());
      }
    }
  }

  /** Bounds that no limbs have are those of one table. */
  @Test
  void otherBoundsAreOfOneTable() {
    IntegerBuilder out = new IntegerBuilder("main", Location.UNKNOWN);
    Value x = out.input("x", new IntegerType(Shape.of(4), -1 << 20, 1 << 20, 1));
    for (long high : new long[] {127, 32_767, 65_535, 131_071, 262_143}) {
      Value y = TwoLimbs.requantize(out, x, 1, -high, high);
      assertTrue(out.definition(y).orElseThrow() instanceof Requantize);
    }
    Value y = TwoLimbs.requantize(out, x, 1, 0, TwoLimbs.greatest(19));
    assertTrue(out.definition(y).orElseThrow() instanceof Requantize);
  }

  /** A product in limbs is exact down to a step of 2^-22 of its greatest, through views too. */
  @Test
  void productsKeepTheBitsOfBothFactors() {
    Random random = new Random(4);
    for (int run = 0; run < 12; run++) {
      boolean isWide = run % 2 == 0;
      long wide = isWide ? TwoLimbs.greatest(20) : random.nextLong(1 << 14, 1 << 17);
      long other = random.nextLong(1 << 13, 1 << 15);
      IntegerBuilder out = new IntegerBuilder("main", Location.UNKNOWN);
      IntegerType type = new IntegerType(Shape.of(2, 3), isWide ? -1L << 25 : -wide, wide, 0.25);
      Value in =
          out.input("x", isWide ? new IntegerType(Shape.of(2, 3), -1 << 25, 1 << 25, 0.25) : type);
      Value x = isWide ? TwoLimbs.requantize(out, in, 6, -wide, wide) : in;
      Value y = out.input("y", new IntegerType(Shape.of(3, 2), -other, other, 0.125));
      Value turned = out.transpose(y, List.of(1, 0));
      LimbProducts products = new LimbProducts(out);
      boolean isSum = run % 4 >= 2;
      Value product =
          isSum
              ? products.of(x, turned, 3, out::matMul).orElseThrow()
              : products.of(x, turned, 1, out::multiply).orElseThrow();
      Program program = Program.of(Level.INTEGER, out.build(List.of(x, product)));
      assertEquals(List.of(), Checker.check(program));
      double scale = product.integerType().scale() / x.integerType().scale() / 0.125;
      double step = Math.max(1, Math.scalb((double) magnitude(product), -22));
      Program circuit = circuit(program);
      for (int k = 0; k < 6; k++) {
        List<long[]> inputs = new ArrayList<>();
        for (Value p : List.of(in, y)) {
          Interval reached = IntegerBuilder.interval(p);
          boolean atEnds = k < 2;
          inputs.add(
              random
                  .longs(6, reached.low(), reached.high() + 1)
                  .map(v -> atEnds ? v < 0 ? reached.low() : reached.high() : v)
                  .toArray());
        }
        List<long[]> found = IntegerInterpreter.run(program, inputs);
        for (int i = 0; i < found.get(1).length; i++) {
          double exact = 0;
          if (isSum) {
            for (int j = 0; j < 3; j++) {
              exact += found.getFirst()[i / 2 * 3 + j] * (double) inputs.get(1)[i % 2 + 2 * j];
            }
          } else {
            exact = found.getFirst()[i] * (double) inputs.get(1)[i % 3 * 2 + i / 3];
          }
          assertEquals(exact / scale, found.get(1)[i], step);
        }
        List<long[]> proved = CircuitInterpreter.run(circuit, inputs);
        assertArrayEquals(found.get(1), proved.get(1));
      }
    }
  }

  private static long magnitude(Value value) {
    return IntegerBuilder.interval(value).magnitude();
  }

  private static long longest(Program circuit) {
    return circuit.main().body().stream()
        .mapToLong(op ->
            switch (op) {
              case org.zkc.ir.circuit.Requantize r -> r.size();
              case RequantizeTable t -> t.entries().elementCount();
              default -> 0;
            })
        .max()
        .orElse(0);
  }

  /** The circuit with all optimisations, each of which is checked. */
  private static Program circuit(Program integer) {
    Program circuit = IntegerToCircuit.lower(integer, new PassContext());
    assertEquals(List.of(), Checker.check(circuit));
    for (Pass pass : PassCatalogue.all()) {
      if (pass.level() == Level.CIRCUIT) {
        circuit = pass.run(circuit, new PassContext());
        assertEquals(List.of(), Checker.check(circuit), pass.name());
      }
    }
    return circuit;
  }
}
