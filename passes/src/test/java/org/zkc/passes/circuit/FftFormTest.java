package org.zkc.passes.circuit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.Checker;
import org.zkc.ir.DType;
import org.zkc.ir.FunctionBuilder;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Interval;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.FftConv;
import org.zkc.ir.integer.Conv;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.integer.Parameter;
import org.zkc.ir.integer.WeightSums;
import org.zkc.ir.interpret.CircuitInterpreter;
import org.zkc.ir.interpret.IntegerInterpreter;
import org.zkc.passes.Pass;
import org.zkc.passes.PassCatalogue;
import org.zkc.passes.PassContext;

/**
 * Convolutions in FFT form compute the integers of the integer level: as lowering writes them,
 * reduced, as a relation, and as the relation of each pair of channels when they are not reduced.
 */
class FftFormTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void formsComputeTheSameIntegers(long seed) {
    Random random = new Random(seed);
    for (int axes = 1; axes <= 2; axes++) {
      Program integer = convolution(random, axes);
      Program written =
          IntegerToCircuit.lower(integer, convolution -> ConvolutionForm.FFT, new PassContext());
      PassContext counts = new PassContext();
      Program reduced = new ReduceFftSteps().run(written, counts);
      List<Program> forms = new ArrayList<>(List.of(written, reduced));
      forms.add(passes(written, true));
      forms.add(passes(written, false));
      assertEquals(1, relations(forms.get(2)));
      assertEquals(1, relations(forms.get(3)));
      Conv conv = (Conv) integer.main().body().getLast();
      long batch = conv.input().shape().extent(0);
      long pairs = batch * conv.weight().shape().extent(0) * conv.weight().shape().extent(1);
      assertCount(pairs, "forward-before", counts, seed);
      assertCount(pairs, "kernel-before", counts, seed);
      assertCount(pairs, "inverse-before", counts, seed);
      assertCount(batch * conv.input().shape().extent(1), "forward-after", counts, seed);
      assertCount(0, "kernel-after", counts, seed);
      assertCount(batch * conv.weight().shape().extent(0), "inverse-after", counts, seed);
      long[] x =
          random
              .longs(integer.main().parameters().getFirst().shape().elementCount(), -128, 128)
              .toArray();
      long[] expected = IntegerInterpreter.run(integer, List.of(x)).getFirst();
      for (Program form : forms) {
        assertEquals(List.of(), Checker.check(form), "seed " + seed);
        assertArrayEquals(
            expected, CircuitInterpreter.run(form, List.of(x)).getFirst(), "seed " + seed);
      }
    }
  }

  private static void assertCount(long expected, String name, PassContext counts, long seed) {
    assertEquals(
        expected, counts.statistics().get("reduce-fft-steps." + name), name + ", seed " + seed);
  }

  private static Program passes(Program program, boolean reduce) {
    Program current = program;
    for (Pass pass : PassCatalogue.of(Level.CIRCUIT)) {
      if (reduce || !pass.name().equals("reduce-fft-steps")) {
        current = pass.run(current, new PassContext());
        assertEquals(List.of(), Checker.check(current), pass.name());
      }
    }
    return current;
  }

  private static long relations(Program program) {
    return program.main().body().stream().filter(FftConv.class::isInstance).count();
  }

  /** One convolution of random shape. */
  private static Program convolution(Random random, int axes) {
    int groups = 1 + random.nextInt(2);
    int channels = 1 + random.nextInt(3);
    int outputs = groups * (1 + random.nextInt(3));
    List<Integer> extents = new ArrayList<>(List.of(1 + random.nextInt(2), channels * groups));
    List<Integer> kernel = new ArrayList<>(List.of(outputs, channels));
    List<Integer> strides = new ArrayList<>();
    List<Integer> low = new ArrayList<>();
    List<Integer> high = new ArrayList<>();
    List<Integer> dilations = new ArrayList<>();
    for (int axis = 0; axis < axes; axis++) {
      int taps = 1 + random.nextInt(4);
      int dilation = 1 + random.nextInt(3);
      int reach = (taps - 1) * dilation + 1;
      low.add(random.nextInt(4));
      high.add(random.nextInt(4));
      int least = Math.max(1, reach - low.getLast() - high.getLast());
      extents.add(least + random.nextInt(9));
      kernel.add(taps);
      strides.add(1 + random.nextInt(3));
      dilations.add(dilation);
    }
    FunctionBuilder out = new FunctionBuilder("main", Location.UNKNOWN);
    Value x = out.parameter("x", new IntegerType(new Shape(extents), -128, 127, 1));
    Shape weights = new Shape(kernel);
    TensorData data =
        TensorData.ofLongs(
            DType.I8, weights, random.longs(weights.elementCount(), -128, 128).toArray());
    List<Integer> shifts = random.ints(outputs, 0, 3).boxed().toList();
    IntegerWeights kernels = IntegerWeights.of(data, shifts);
    WeightSums sums = kernels.sums();
    Interval elements = sums.elements();
    Value w =
        out.value(
            new Parameter(
                out.fresh("w", new IntegerType(weights, elements.low(), elements.high(), 1)),
                "conv.weight",
                kernels,
                Location.UNKNOWN));
    Shape shape =
        Shapes.conv(x.shape(), weights, Optional.empty(), strides, low, high, dilations, groups);
    Interval bound = sums.outputs(new Interval(-128, 127), new long[0]);
    Value y =
        out.value(
            new Conv(
                out.fresh("y", new IntegerType(shape, bound.low(), bound.high(), 1)),
                x,
                w,
                Optional.empty(),
                strides,
                low,
                high,
                dilations,
                groups,
                Location.UNKNOWN));
    Program program = Program.of(Level.INTEGER, out.build(List.of(y)));
    assertEquals(List.of(), Checker.check(program));
    return program;
  }
}
