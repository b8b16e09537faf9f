package org.zkc.passes.circuit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.zkc.ir.ColumnType;
import org.zkc.ir.DType;
import org.zkc.ir.FunctionBuilder;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.Requantize;
import org.zkc.ir.circuit.RequantizeTable;
import org.zkc.ir.interpret.CircuitInterpreter;
import org.zkc.passes.PassContext;

class CutExcessTest {
  private static final int ELEMENTS = 40;

  /** A table that changes between some rows only, at random places in a long window. */
  private static TensorData entries(Random random, int rows) {
    long[] entries = new long[rows];
    int from = random.nextInt(rows);
    int to = Math.min(rows, from + 1 + random.nextInt(300));
    for (int k = from; k < rows; k++) {
      entries[k] = k < to ? random.nextInt(-1000, 1000) : entries[k - 1];
    }
    return TensorData.ofLongs(DType.I32, Shape.of(rows), entries);
  }

  /** What is computed stays the same, every element inside its column's interval. */
  @Test
  void resultsStay() {
    Random random = new Random(11);
    for (int run = 0; run < 60; run++) {
      long low = -random.nextLong(1, 1 << 22);
      long high = random.nextLong(1, 1 << 22);
      int shift = random.nextInt(7);
      FunctionBuilder function = new FunctionBuilder("main", Location.UNKNOWN);
      Value x =
          function.parameter(
              "x", new ColumnType(ColumnType.Kind.PUBLIC, Shape.of(ELEMENTS), low, high));
      CircuitBuilder out = new CircuitBuilder(function);
      out.at("y", Location.UNKNOWN);
      long window = (high - low >> shift) + 2;
      Value y;
      if (run % 2 == 0) {
        long least = low + random.nextLong(high - low) >> shift;
        y = out.requantize(x, shift, least, least + random.nextInt(1, 300));
      } else {
        TensorData entries = entries(random, Math.toIntExact(Math.min(window, 1 << 18)));
        y = out.requantizeTable(x, shift, low >> shift, entries);
      }
      Program before = Program.of(Level.CIRCUIT, function.build(List.of(y)));
      Program after = new CutExcess().run(before, new PassContext());
      if (window > 1 << 13) {
        assertTrue(2 * rows(after) < rows(before), "run " + run);
      }
      for (int k = 0; k < 20; k++) {
        long[] input = random.longs(ELEMENTS, low, high + 1).toArray();
        input[0] = low;
        input[1] = high;
        assertArrayEquals(
            CircuitInterpreter.run(before, List.of(input)).getFirst(),
            CircuitInterpreter.run(after, List.of(input)).getFirst(),
            "run " + run);
      }
    }
  }

  private static long rows(Program program) {
    return program.main().body().stream()
        .mapToLong(op ->
            op instanceof Requantize r
                ? r.size()
                : op instanceof RequantizeTable t ? t.entries().elementCount() : 0)
        .sum();
  }
}
