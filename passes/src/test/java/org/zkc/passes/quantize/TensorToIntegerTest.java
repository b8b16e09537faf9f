package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Add;
import org.zkc.ir.integer.Multiply;
import org.zkc.ir.integer.Parameter;
import org.zkc.ir.integer.Requantize;
import org.zkc.ir.integer.WindowMax;
import org.zkc.ir.interpret.IntegerInterpreter;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.passes.PassContext;
import org.zkc.passes.integer.IntegerBuilder;

class TensorToIntegerTest {
  private static Program lower(Program tensor) {
    return lower(tensor, QuantizationOptions.DEFAULT);
  }

  private static Program lower(Program tensor, QuantizationOptions options) {
    return TensorToInteger.lower(tensor, Calibrate.runDefault(tensor), options, new PassContext())
        .program();
  }

  private static long count(Program program, Class<?> type) {
    return program.main().body().stream().filter(type::isInstance).count();
  }

  @Test
  void oneRequantisationForAResidualSumAndItsActivation() {
    TensorProgramBuilder b = new TensorProgramBuilder(1);
    Value x = b.relu(b.conv(b.input(1, 3, 8, 8), 4, 3, 1, 1, 1, 1));
    Value y = b.relu(b.add(b.conv(x, 4, 3, 1, 1, 1, 1), x));
    Program program = lower(b.build(b.linear(b.flatten(y), 3)));
    assertEquals(2, count(program, Requantize.class));
    assertEquals(1, count(program, Add.class));
  }

  /** A loop makes sums of any length; the work on one must not recur as deep as it is long. */
  @Test
  void longSumsAreRequantisedOnTheWay() {
    TensorProgramBuilder b = new TensorProgramBuilder(3);
    Value x = b.input(1, 4);
    Value sum = x;
    for (int i = 0; i < 5000; i++) {
      sum = b.add(sum, x);
    }
    Program program = lower(b.build(b.relu(sum)), QuantizationOptions.fixed(8, Map.of()));
    assertEquals(5000, count(program, Add.class));
    assertTrue(count(program, Requantize.class) <= 5000 / 255 + 1);
  }

  @Test
  void convolutionsAddAtOneScaleWithoutMultipliers() {
    TensorProgramBuilder b = new TensorProgramBuilder(2);
    Value x = b.input(1, 3, 8, 8);
    Value y = b.relu(b.add(b.conv(x, 4, 3, 2, 1, 1, 1), b.conv(x, 4, 1, 2, 0, 1, 1)));
    Program program = lower(b.build(b.linear(b.flatten(y), 3)));
    assertEquals(1, count(program, Requantize.class));
    assertEquals(0, count(program, org.zkc.ir.integer.Scale.class));
  }

  @Test
  void maximaAndMeansNeedNoRequantisation() {
    TensorProgramBuilder b = new TensorProgramBuilder(3);
    Value x = b.maxPool(b.relu(b.conv(b.input(1, 3, 8, 8), 4, 3, 1, 1, 1, 1)), 2, 2, 0);
    Program program = lower(b.build(b.linear(b.flatten(b.averagePool(x, 4)), 3)));
    assertEquals(1, count(program, Requantize.class));
    assertEquals(2, count(program, WindowMax.class));
  }

  @Test
  void activationsAfterReluAreUnsigned() {
    TensorProgramBuilder b = new TensorProgramBuilder(4);
    Program program = lower(b.build(b.linear(b.relu(b.linear(b.input(1, 64), 64)), 3)));
    Requantize r =
        program.main().body().stream()
            .filter(Requantize.class::isInstance)
            .map(Requantize.class::cast)
            .findFirst()
            .orElseThrow();
    assertEquals(0, r.low());
    assertEquals(255, r.high());
  }

  @Test
  void clampBoundsAreExactUnitsOfTheScale() {
    TensorProgramBuilder b = new TensorProgramBuilder(5);
    Program tensor = b.build(b.clamp(b.linear(b.input(1, 64), 32), -0.25, 0.125));
    Program program = lower(tensor);
    IntegerType type = program.main().results().getFirst().integerType();
    assertEquals(-0.25, type.low() * type.scale(), 0.5 * type.scale());
    assertEquals(0.125, type.high() * type.scale(), 0.5 * type.scale());
  }

  @Test
  void bitsByNameHold() {
    TensorProgramBuilder b = new TensorProgramBuilder(6);
    Program tensor = b.build(b.linear(b.relu(b.linear(b.input(1, 16), 16)), 3));
    Program program =
        lower(tensor, QuantizationOptions.fixed(8, Map.of("fc0.weight", 4, "fc1.weight", 14)));
    Map<String, Parameter> parameters = new TreeMap<>();
    program
        .main()
        .body()
        .forEach(op -> {
          if (op instanceof Parameter p) {
            parameters.put(p.name(), p);
          }
        });
    long most = 0;
    for (long m : parameters.get("fc0.weight").weights().mantissas().toLongs()) {
      most = Math.max(most, Math.abs(m));
    }
    assertTrue(most <= 7, "mantissas of 4 bits reach " + most);
    assertEquals(DType.I16, parameters.get("fc1.weight").weights().dtype());
  }

  @Test
  void outputsHaveThePrecisionOfTheAccumulator() {
    TensorProgramBuilder b = new TensorProgramBuilder(7);
    Program tensor = b.build(b.linear(b.input(1, 64), 10));
    QuantizedProgram quantized =
        TensorToInteger.lower(
            tensor, Calibrate.runDefault(tensor), QuantizationOptions.DEFAULT, new PassContext());
    assertEquals(0, count(quantized.program(), Requantize.class));
    List<List<TensorData>> samples = new VariedInputs(7).samples(tensor.main().parameters(), 8);
    assertTrue(FidelityReport.measure(tensor, quantized, samples).rSquared() > 0.9999);
  }

  @Test
  void softmaxIsCloseAndSumsToOne() {
    for (boolean logarithm : new boolean[] {false, true}) {
      Program tensor = SampleNetworks.classifier(8, logarithm);
      Program program = lower(tensor);
      for (List<TensorData> sample : new VariedInputs(8).samples(tensor.main().parameters(), 8)) {
        double[] expected = TensorInterpreter.run(tensor, sample).getFirst().toDoubles();
        long[] found =
            IntegerInterpreter.run(program, FidelityReport.quantize(program, sample)).getFirst();
        double scale = program.main().results().getFirst().integerType().scale();
        for (int row = 0; row < 2; row++) {
          double sum = 0;
          for (int i = 10 * row; i < 10 * row + 10; i++) {
            double y = found[i] * scale;
            assertEquals(expected[i], y, logarithm ? 0.1 : 0.02);
            sum += logarithm ? Math.exp(y) : y;
          }
          assertEquals(1, sum, 0.01);
        }
      }
    }
  }

  @Test
  void constantFactorsGoIntoTheScale() {
    TensorProgramBuilder b = new TensorProgramBuilder(9);
    Value x = b.input(1, 8);
    Value factor = b.constant("", x.shape(), new float[] {-2, -2, -2, -2, -2, -2, -2, -2});
    Program tensor = b.build(b.multiply(x, factor));
    Program program = lower(tensor);
    IntegerType in = program.main().parameters().getFirst().integerType();
    IntegerType out = program.main().results().getFirst().integerType();
    assertEquals(2 * in.scale(), out.scale(), 1e-12);
    List<long[]> inputs = new ArrayList<>(List.of(new long[] {1, 2, 3, -4, 5, 6, 7, -8}));
    assertEquals(
        List.of(-1L, -2L, -3L, 4L, -5L, -6L, -7L, 8L),
        Arrays.stream(IntegerInterpreter.run(program, inputs).getFirst()).boxed().toList());
  }

  @Test
  void bitsOutsideFourToSixteenAreRefused() {
    assertThrows(UserException.class, () -> QuantizationOptions.fixed(3, Map.of()));
    assertThrows(UserException.class, () -> QuantizationOptions.fixed(8, Map.of("w", 17)));
  }

  @Test
  void bitsOfUnknownTensorsAreRefused() {
    TensorProgramBuilder b = new TensorProgramBuilder(11);
    Program tensor = b.build(b.linear(b.input(1, 8), 3));
    QuantizationOptions options = QuantizationOptions.fixed(8, Map.of("fc7.weight", 4));
    UserException e = assertThrows(UserException.class, () -> lower(tensor, options));
    assertTrue(e.getMessage().contains("fc7.weight"), e.getMessage());
  }

  @Test
  void productsOfPreciseFactorsAreCutByOneShortTable() {
    for (int bits : new int[] {8, 12, 14}) {
      Program program = lower(SampleNetworks.gate(12), QuantizationOptions.fixed(bits, Map.of()));
      Op product = only(program, Multiply.class);
      Value reader =
          only(program, Requantize.class, r -> r.input() == product.definitions().getFirst())
              .result();
      assertEquals(
          0,
          count(program, org.zkc.ir.integer.Scale.class),
          "the product is scaled by a shift alone");
      assertTrue(reader.integerType().high() < 1L << (bits + 1), reader.integerType().toString());
      long rows = LookupCost.of(program).rows();
      assertTrue(rows < 1L << (bits + 9), bits + " bits take " + rows + " rows");
    }
  }

  @Test
  void summandsAreNeverScaledByNearlyOne() {
    Program program = lower(SampleNetworks.hardSwish(13));
    for (Op op : program.main().body()) {
      if (op instanceof org.zkc.ir.integer.Scale s && Math.abs(s.factor()) > 1) {
        double exact = s.input().integerType().scale() / s.result().integerType().scale();
        assertEquals(1, exact / s.factor(), 0.02, "factor " + s.factor());
      }
    }
  }

  @Test
  void tablesAboveTheBackendsLimitAreRefusedAtTheUsersLine() {
    IntegerBuilder out = new IntegerBuilder("main", Location.UNKNOWN);
    Value x =
        out.input(
            "x",
            new IntegerType(
                Shape.of(4), -FieldBounds.MAX_TABLE_ROWS, FieldBounds.MAX_TABLE_ROWS, 1));
    Location line = new Location("model.py", 7, "y = torch.relu(x)");
    out.at("v", "relu", line);
    assertEquals(0, out.requantize(x, 2, 0, 255).integerType().low());
    // A clamp that keeps little of x goes in two steps, whose tables are short; one that keeps all
    // of x needs a row for each of its values.
    assertEquals(255, out.requantize(x, 0, 0, 255).integerType().high());
    long all = FieldBounds.MAX_TABLE_ROWS;
    UserException e = assertThrows(UserException.class, () -> out.requantize(x, 0, -all, all));
    assertEquals(line, e.location());
    assertTrue(e.getMessage().contains("this relu"), e.getMessage());
  }

  @Test
  void overflowNamesTheUsersOpAndNoGeneratedName() {
    IntegerBuilder out = new IntegerBuilder("main", Location.UNKNOWN);
    Value x = out.input("x", new IntegerType(Shape.of(4), 0, 1 << 20, 1));
    Location line = new Location("model.py", 9, "return x * x");
    out.at("v_17", "multiply", line);
    UserException e = assertThrows(UserException.class, () -> out.multiply(x, x));
    assertEquals(line, e.location());
    assertTrue(
        e.getMessage().contains("this multiply") && !e.getMessage().contains("v_17"),
        e.getMessage());
  }

  private static <T extends Op> T only(Program program, Class<T> type) {
    return only(program, type, op -> true);
  }

  private static <T extends Op> T only(Program program, Class<T> type, Predicate<T> wanted) {
    List<T> found =
        program.main().body().stream()
            .filter(type::isInstance)
            .map(type::cast)
            .filter(wanted)
            .toList();
    assertEquals(1, found.size(), type.getSimpleName());
    return found.getFirst();
  }
}
