package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.DType;
import org.zkc.ir.FunctionBuilder;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.integer.WindowSum;
import org.zkc.ir.tensor.Relu;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.passes.PassContext;

/** Means over many elements, such as squeeze and excitation takes of 112 x 112 pixels. */
final class LargeWindowMeanTest {

  @ParameterizedTest
  @ValueSource(ints = {49, 4096, 5000, 12544})
  void equalDivisorsAreInTheScale(int length) {
    FunctionBuilder builder = new FunctionBuilder("main", Location.UNKNOWN);
    TensorType type = new TensorType(DType.F32, Shape.of(1, length));
    Value x = builder.parameter("x", type);
    Value relu = builder.value(new Relu(builder.fresh("r", type), x, Location.UNKNOWN));
    Value mean =
        builder.value(
            new WindowMean(
                builder.fresh("m", new TensorType(DType.F32, Shape.of(1, 1))),
                relu,
                1,
                List.of(0),
                List.of(length),
                List.of(length),
                Location.UNKNOWN));
    Program tensor = Program.of(Level.TENSOR, builder.build(List.of(mean)));
    Program integer =
        TensorToInteger.lower(
                tensor,
                Calibrate.runDefault(tensor),
                QuantizationOptions.DEFAULT,
                new PassContext())
            .program();
    WindowSum sum =
        integer.main().body().stream()
            .filter(WindowSum.class::isInstance)
            .map(WindowSum.class::cast)
            .findFirst()
            .orElseThrow();
    assertEquals(List.of(1), sum.factors());
    assertEquals(
        sum.input().integerType().scale() / length, sum.result().integerType().scale(), 1e-15);
  }

  /** Sums of equal windows that are too long for any bits have a sentence of their own. */
  @Test
  void sumsThatDoNotFitAreRefused() {
    int length = 1 << 23;
    FunctionBuilder builder = new FunctionBuilder("main", Location.UNKNOWN);
    Value x = builder.parameter("x", new TensorType(DType.F32, Shape.of(1, length)));
    Value sum =
        builder.value(
            new WindowMean(
                builder.fresh("s", new TensorType(DType.F32, Shape.of(1, 1))),
                x,
                1,
                List.of(0),
                List.of(length),
                List.of(1),
                Location.UNKNOWN));
    Program tensor = Program.of(Level.TENSOR, builder.build(List.of(sum)));
    float[] sample = new float[length];
    sample[0] = 1;
    List<TensorData> inputs = List.of(TensorData.ofFloats(Shape.of(1, length), sample));
    UserException e =
        assertThrows(
            UserException.class,
            () ->
                TensorToInteger.lower(
                    tensor,
                    Calibrate.run(tensor, List.of(inputs)),
                    QuantizationOptions.DEFAULT,
                    new PassContext()));
    assertTrue(e.getMessage().contains("sums of 8388608 elements"), e.getMessage());
  }
}
