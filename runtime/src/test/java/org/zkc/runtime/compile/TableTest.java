package org.zkc.runtime.compile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.zkc.ir.tensor.BatchNorm;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Divide;
import org.zkc.ir.tensor.Gelu;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.Sigmoid;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.view.Broadcast;

/**
 * Tables whose columns run from thousandths to thousands: scalers and batch norms before the first
 * map.
 */
class TableTest {
  private static final int ROWS = 16;

  /** Means and deviations of columns as medical tables have them: an area beside a smoothness. */
  private static final double[] MEANS = {14, 19, 92, 655, 0.096, 0.104, 0.089, 0.0038, 880, 0.25};

  private static final double[] DEVIATIONS = {
    3.5, 4.3, 24, 352, 0.014, 0.053, 0.08, 0.0026, 569, 0.06
  };

  private static List<List<TensorData>> samples(int count, long seed) {
    Random random = new Random(seed);
    List<List<TensorData>> samples = new ArrayList<>();
    for (int s = 0; s < count; s++) {
      float[] x = new float[ROWS * MEANS.length];
      for (int i = 0; i < x.length; i++) {
        int c = i % MEANS.length;
        x[i] = (float) Math.abs(MEANS[c] + DEVIATIONS[c] * random.nextGaussian());
      }
      samples.add(List.of(TensorData.ofFloats(Shape.of(ROWS, MEANS.length), x)));
    }
    return samples;
  }

  private final FunctionBuilder builder = new FunctionBuilder("main", Location.UNKNOWN);
  private final Random random = new Random(5);
  private final Value x =
      builder.parameter("x", new TensorType(DType.F32, Shape.of(ROWS, MEANS.length)));

  private Value fresh(int... shape) {
    return builder.fresh("v", new TensorType(DType.F32, Shape.of(shape)));
  }

  private Value constant(String name, double... elements) {
    float[] data = new float[elements.length];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) elements[i];
    }
    return builder.value(
        new Constant(
            fresh(data.length),
            name,
            TensorData.ofFloats(Shape.of(data.length), data),
            Location.UNKNOWN));
  }

  private Value row(String name, double... elements) {
    return builder.value(
        new Broadcast(fresh(ROWS, elements.length), constant(name, elements), Location.UNKNOWN));
  }

  private Value linear(Value input, String name, int outputs) {
    int inputs = input.shape().extent(1);
    float[] w = new float[outputs * inputs];
    for (int i = 0; i < w.length; i++) {
      w[i] = (float) (random.nextGaussian() / Math.sqrt(inputs));
    }
    Value weight =
        builder.value(
            new Constant(
                fresh(outputs, inputs),
                name + ".weight",
                TensorData.ofFloats(Shape.of(outputs, inputs), w),
                Location.UNKNOWN));
    return builder.value(
        new Linear(
            fresh(ROWS, outputs),
            input,
            weight,
            Optional.of(constant(name + ".bias", new double[outputs])),
            Location.UNKNOWN));
  }

  private static void check(Program tensor, double target) {
    List<List<TensorData>> samples = samples(20, 1);
    ProvedModel model = new ProvedModel(tensor, samples, CompileOptions.DEFAULT);
    assertEquals(
        "20 calibration samples, 3 of them held back",
        model.compiled().summary().evaluation().basis());
    assertEquals(MEANS.length, model.compiled().inputs().getFirst().units().size());
    assertTrue(
        model.compiled().summary().outputs().getFirst().rSquared() >= target,
        () -> model.compiled().summary().outputs().toString());
    // Rows that nobody has seen, through the port and the proof, against the program of x itself.
    List<List<TensorData>> unseen = samples(7, 2);
    double error = 0;
    double sum = 0;
    double squares = 0;
    int count = 0;
    for (List<TensorData> sample : unseen) {
      double[] exact = TensorInterpreter.run(tensor, sample).getFirst().toDoubles();
      double[] found = model.run(sample).getFirst().toDoubles();
      for (int i = 0; i < exact.length; i++) {
        error += (exact[i] - found[i]) * (exact[i] - found[i]);
        sum += exact[i];
        squares += exact[i] * exact[i];
        count++;
      }
    }
    double rSquared = 1 - error / (squares - sum * sum / count);
    assertTrue(rSquared >= target, "R^2 = " + rSquared);
    assertArrayEquals(
        model.run(unseen.getFirst()).getFirst().toDoubles(),
        model.prove(unseen.getFirst()).getFirst().toDoubles());
  }

  @Test
  void scalerAndLogisticRegression() {
    Value centred =
        builder.value(
            new Subtract(fresh(ROWS, MEANS.length), x, row("mean", MEANS), Location.UNKNOWN));
    Value scaled =
        builder.value(
            new Divide(
                fresh(ROWS, MEANS.length), centred, row("scale", DEVIATIONS), Location.UNKNOWN));
    Value y = builder.value(new Sigmoid(fresh(ROWS, 1), linear(scaled, "fc", 1), Location.UNKNOWN));
    check(Program.of(Level.TENSOR, builder.build(List.of(y))), 0.99);
  }

  @Test
  void batchNormAndGelu() {
    double[] variances = new double[MEANS.length];
    for (int i = 0; i < variances.length; i++) {
      variances[i] = DEVIATIONS[i] * DEVIATIONS[i];
    }
    Value normal =
        builder.value(
            new BatchNorm(
                fresh(ROWS, MEANS.length),
                x,
                Optional.empty(),
                Optional.empty(),
                constant("bn.mean", MEANS),
                constant("bn.variance", variances),
                1e-9,
                Location.UNKNOWN));
    Value hidden = linear(normal, "fc1", 32);
    Value active = builder.value(new Gelu(fresh(ROWS, 32), hidden, false, Location.UNKNOWN));
    check(Program.of(Level.TENSOR, builder.build(List.of(linear(active, "fc2", 1)))), 0.99);
  }
}
