package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.Interval;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Comparison;
import org.zkc.ir.tensor.TensorBuilder;
import org.zkc.passes.PassContext;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * Inputs that are compared with numbers have 16 bits, also where their elements are moved before:
 * features of a decision tree are picked by known indices at the root and by computed ones below.
 */
class DecisiveInputsTest {
  private static final Interval ALL = new Interval(-32767, 32767);

  private final TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
  private final Value x = b.parameter("x", new TensorType(DType.F32, Shape.of(6)));

  private Interval ofInput(BinaryOperator<Value> threshold, Value moved) {
    Value zero = b.broadcast(b.scalar(0.25), moved.shape());
    Value above = b.compareZero(threshold.apply(moved, zero), Comparison.GREATER);
    Program tensor = Program.of(Level.TENSOR, b.build(List.of(above)));
    float[] seen = new float[6];
    Random random = new Random(1);
    for (int i = 0; i < seen.length; i++) {
      seen[i] = (float) random.nextGaussian();
    }
    Program integer =
        TensorToInteger.lower(
                tensor,
                Calibrate.run(tensor, List.of(List.of(TensorData.ofFloats(x.shape(), seen)))),
                QuantizationOptions.DEFAULT,
                Optional.empty(),
                new PassContext())
            .program();
    return IntegerBuilder.interval(integer.main().parameters().getFirst());
  }

  @Test
  void pickedByKnownIndices() {
    Value picked = b.windowMean(x, 0, List.of(3, 3, 1), List.of(1, 1, 1), List.of(1, 1, 1));
    assertEquals(ALL, ofInput(b::subtract, picked));
  }

  @Test
  void pickedByComputedIndices() {
    Value half = b.broadcast(b.scalar(0.5), x.shape());
    Value index = b.cast(b.compareZero(b.subtract(x, half), Comparison.GREATER), DType.I64);
    assertEquals(ALL, ofInput(b::subtract, b.gather(x, index)));
  }
}
