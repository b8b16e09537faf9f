package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.DType;
import org.zkc.ir.FunctionBuilder;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorType;
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
}
