package org.zkc.tests.filetests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.zkc.ir.AxisParts;
import org.zkc.ir.Interval;
import org.zkc.ir.Level;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.CircuitInterpreter;
import org.zkc.ir.interpret.IntegerInterpreter;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.passes.tensor.SplitColumns;

/**
 * Runs a program before and after a pass or lowering on random inputs: exact on integers, to
 * rounding on floats.
 */
final class SameMeaning {
  private static final int SAMPLES = 5;
  private static final double TOLERANCE = 1e-4;

  private SameMeaning() {}

  static void require(Program before, Program after) {
    // The torch level has no interpreter: its lowering is tested against PyTorch's outputs.
    // Quantisation changes the meaning by what the fidelity tests measure.
    boolean isComparable =
        before.level() != Level.TORCH
            && (before.level() == Level.TENSOR) == (after.level() == Level.TENSOR);
    if (before == after || !isComparable) {
      return;
    }
    for (long seed = 0; seed < SAMPLES; seed++) {
      Random random = new Random(seed);
      if (before.level() == Level.TENSOR) {
        List<TensorData> inputs = new ArrayList<>();
        for (Value p : before.main().parameters()) {
          if (!p.tensorType().dtype().isFloating()) {
            // Truth values, and indices of any table of two rows.
            inputs.add(
                TensorData.ofLongs(
                    p.tensorType().dtype(),
                    p.shape(),
                    LongStream.generate(() -> random.nextInt(2))
                        .limit(p.shape().elementCount())
                        .toArray()));
            continue;
          }
          float[] elements = new float[(int) p.shape().elementCount()];
          for (int i = 0; i < elements.length; i++) {
            elements[i] = (float) random.nextGaussian();
          }
          inputs.add(TensorData.ofFloats(p.shape(), elements));
        }
        requireClose(
            TensorInterpreter.run(before, inputs),
            TensorInterpreter.run(after, parts(before, after, inputs)),
            seed);
      } else {
        List<long[]> inputs = new ArrayList<>();
        for (Value p : before.main().parameters()) {
          Interval interval =
              before.level() == Level.INTEGER
                  ? Interval.of(p.integerType())
                  : Interval.of(p.columnType());
          inputs.add(
              LongStream.generate(() -> random.nextLong(interval.low(), interval.high() + 1))
                  .limit(p.shape().elementCount())
                  .toArray());
        }
        List<long[]> expected = run(before, inputs);
        List<long[]> actual = run(after, inputs);
        assertEquals(expected.size(), actual.size(), "number of results");
        for (int i = 0; i < expected.size(); i++) {
          assertArrayEquals(
              expected.get(i), actual.get(i), "result " + i + " on inputs of seed " + seed);
        }
      }
    }
  }

  /** The same inputs, in parts where a program takes those. */
  private static List<TensorData> parts(Program before, Program after, List<TensorData> inputs) {
    if (after.main().parameters().size() == inputs.size()) {
      return inputs;
    }
    List<AxisParts> parts = SplitColumns.parts(before);
    List<TensorData> out = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      out.addAll(parts.get(i).split(inputs.get(i)));
    }
    return out;
  }

  private static List<long[]> run(Program program, List<long[]> inputs) {
    return program.level() == Level.INTEGER
        ? IntegerInterpreter.run(program, inputs)
        : CircuitInterpreter.run(program, inputs);
  }

  private static void requireClose(List<TensorData> expected, List<TensorData> actual, long seed) {
    assertEquals(expected.size(), actual.size(), "number of results");
    for (int i = 0; i < expected.size(); i++) {
      double[] e = expected.get(i).toDoubles();
      double[] a = actual.get(i).toDoubles();
      assertEquals(expected.get(i).shape(), actual.get(i).shape());
      for (int k = 0; k < e.length; k++) {
        assertEquals(
            e[k],
            a[k],
            TOLERANCE * Math.max(1, Math.abs(e[k])),
            "element " + k + " of result " + i + ", seed " + seed);
      }
    }
  }
}
