package org.zkc.runtime.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.FunctionBuilder;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.tensor.Softmax;
import org.zkc.ir.tensor.WindowMean;

/** Softmax over a thousand classes and means over thousands of samples, compiled and proved. */
class LongAxesTest {
  @Test
  void aSureWinnerAmongAThousandClassesIsProvedSure() {
    FunctionBuilder builder = new FunctionBuilder("main", Location.UNKNOWN);
    TensorType type = new TensorType(DType.F32, Shape.of(1, 1000));
    Value x = builder.parameter("x", type);
    Value y =
        builder.value(
            new Softmax(builder.fresh("y", type), x, Optional.empty(), 1, Location.UNKNOWN));
    List<List<TensorData>> samples = samples(1000, 6, 0);
    ProvedModel model =
        new ProvedModel(
            Program.of(Level.TENSOR, builder.build(List.of(y))), samples, CompileOptions.DEFAULT);
    float[] input = samples.getFirst().getFirst().toFloats();
    input[17] = 26;
    float[] proved =
        model.prove(List.of(TensorData.ofFloats(type.shape(), input))).getFirst().toFloats();
    assertEquals(1, proved[17], 0.05);
  }

  @Test
  void meansOverUnequalLongWindowsAreProved() {
    FunctionBuilder builder = new FunctionBuilder("main", Location.UNKNOWN);
    Value x = builder.parameter("x", new TensorType(DType.F32, Shape.of(1, 20000)));
    TensorType type = new TensorType(DType.F32, Shape.of(1, 3));
    List<Integer> lengths = List.of(6667, 6668, 6667);
    Value y =
        builder.value(
            new WindowMean(
                builder.fresh("y", type),
                x,
                1,
                List.of(0, 6666, 13333),
                lengths,
                lengths,
                Location.UNKNOWN));
    Program tensor = Program.of(Level.TENSOR, builder.build(List.of(y)));
    List<List<TensorData>> samples = samples(20000, 1, 3);
    ProvedModel model = new ProvedModel(tensor, samples, CompileOptions.DEFAULT);
    double[] exact = TensorInterpreter.run(tensor, samples.getFirst()).getFirst().toDoubles();
    double[] proved = model.prove(samples.getFirst()).getFirst().toDoubles();
    for (int i = 0; i < 3; i++) {
      assertEquals(exact[i], proved[i], 0.002 * exact[i]);
    }
  }

  private static List<List<TensorData>> samples(int elements, double deviation, double mean) {
    Random random = new Random(elements);
    List<List<TensorData>> samples = new ArrayList<>();
    for (int s = 0; s < 6; s++) {
      float[] x = new float[elements];
      for (int i = 0; i < elements; i++) {
        x[i] = (float) (mean + deviation * random.nextGaussian());
      }
      samples.add(List.of(TensorData.ofFloats(Shape.of(1, elements), x)));
    }
    return samples;
  }
}
