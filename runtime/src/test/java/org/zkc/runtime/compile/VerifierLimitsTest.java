package org.zkc.runtime.compile;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.Function;
import org.zkc.ir.FunctionBuilder;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.MaxPool;
import org.zkc.ir.tensor.Relu;
import org.zkc.ir.tensor.TopIndices;
import org.zkc.ir.tensor.TopValues;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.Slice;

/** Models that no verifier would take are refused before anything is committed to. */
class VerifierLimitsTest {
  private static final Location LINE = new Location("model.py", 7, "torch.cat([x, x, x], 1)");

  private static UserException refused(Program program, int elements, String name) {
    TensorData sample = TensorData.ofFloats(Shape.of(1, elements), new float[elements]);
    return assertThrows(
        UserException.class,
        () ->
            new CompilePipeline(CompileOptions.DEFAULT)
                .compile(
                    new CompilePipeline.Calibrated(
                        program,
                        List.of(name),
                        List.of("output"),
                        Optional.of(List.of(List.of(sample))),
                        "0".repeat(64))));
  }

  @Test
  void aTensorThatIsTooLongIsNamedByItsLine() {
    int elements = 1 << 20;
    FunctionBuilder builder = new FunctionBuilder("main", Location.UNKNOWN);
    Value x = builder.parameter("x", new TensorType(DType.F32, Shape.of(1, elements)));
    TensorType type = new TensorType(DType.F32, Shape.of(1, 3 * elements));
    Value y = builder.value(new Concatenate(builder.fresh("y", type), List.of(x, x, x), 1, LINE));
    UserException e = refused(Program.of(Level.TENSOR, builder.build(List.of(y))), elements, "x");
    assertTrue(e.getMessage().contains("too large to be verified"), e.getMessage());
    assertTrue(e.getMessage().contains("--input-shape"), e.getMessage());
    assertEquals(LINE.line(), e.location().line());
  }

  /** The output has more elements than this process could hold: nothing is run for the refusal. */
  @Test
  void aStatementThatIsTooLongIsRefusedFirst() {
    FunctionBuilder builder = new FunctionBuilder("main", Location.UNKNOWN);
    Value x = builder.parameter("x", new TensorType(DType.F32, Shape.of(1, 4)));
    TensorType type = new TensorType(DType.F32, Shape.of(1 << 15, 1 << 14, 4));
    Value y = builder.value(new Broadcast(builder.fresh("y", type), x, LINE));
    UserException e = refused(Program.of(Level.TENSOR, builder.build(List.of(y))), 4, "x");
    assertTrue(
        e.getMessage().contains("2147483652 elements of inputs and outputs"), e.getMessage());
    assertEquals(LINE.line(), e.location().line());
  }

  /** Running these once on a sample would take minutes each. */
  @Test
  void windowsAndOrdersThatReadTooMuchAreRefusedFirst() {
    int n = 1 << 20;
    Shape line = Shape.of(1, n);
    for (int kind = 0; kind < 3; kind++) {
      FunctionBuilder builder = new FunctionBuilder("main", Location.UNKNOWN);
      Value x = builder.parameter("x", new TensorType(DType.F32, line));
      List<Integer> one = Collections.nCopies(n, 1);
      List<Integer> lengths = IntStream.rangeClosed(1, n).boxed().toList();
      Value y = builder.fresh("y", new TensorType(DType.F32, line));
      Value pooled = builder.fresh("y", new TensorType(DType.F32, Shape.of(1, n / 2 + 1)));
      Value made =
          builder.value(
              switch (kind) {
                case 0 -> new WindowMean(y, x, 1, Collections.nCopies(n, 0), lengths, one, LINE);
                case 1 -> new TopValues(y, x, 1, n, LINE);
                default ->
                    new MaxPool(
                        pooled,
                        x,
                        List.of(n / 2),
                        List.of(1),
                        List.of(0),
                        List.of(0),
                        List.of(1),
                        LINE);
              });
      UserException e = refused(Program.of(Level.TENSOR, builder.build(List.of(made))), n, "x");
      assertTrue(e.getMessage().contains("that one operation reads"), e.getMessage());
      assertEquals(LINE.line(), e.location().line());
    }
  }

  /** A network of 136 stages sorts them, which reads far less than 2^16 selections would. */
  @Test
  void ordersOfTensOfThousandsAreNotRefusedFirst() {
    Shape line = Shape.of(1, 1 << 16);
    for (boolean isIndices : List.of(false, true)) {
      FunctionBuilder builder = new FunctionBuilder("main", Location.UNKNOWN);
      Value x = builder.parameter("x", new TensorType(DType.F32, line));
      Value y = builder.fresh("y", new TensorType(isIndices ? DType.I64 : DType.F32, line));
      Value made =
          builder.value(
              isIndices
                  ? new TopIndices(y, x, 1, 1 << 16, LINE)
                  : new TopValues(y, x, 1, 1 << 16, LINE));
      Function main = builder.build(List.of(made));
      assertDoesNotThrow(() -> VerifierLimits.requireReads(main, Optional.empty()));
    }
  }

  /** Samples of 2^24 elements through dozens of activations would fill the memory. */
  @Test
  void activationsOfMoreElementsThanAProofLooksUpAreRefusedFirst() {
    FunctionBuilder builder = new FunctionBuilder("main", Location.UNKNOWN);
    Value x = builder.parameter("x", new TensorType(DType.F32, Shape.of(1, 4)));
    TensorType type = new TensorType(DType.F32, Shape.of(1 << 13, 1 << 9, 4));
    Value y = builder.value(new Broadcast(builder.fresh("y", type), x, Location.UNKNOWN));
    for (int k = 0; k < 17; k++) {
      y = builder.value(new Relu(builder.fresh("y", type), y, LINE));
    }
    TensorType single = new TensorType(DType.F32, Shape.of(1, 1, 1));
    Value first =
        builder.value(
            new Slice(
                builder.fresh("z", single),
                y,
                List.of(0, 0, 0),
                List.of(1, 1, 1),
                List.of(1, 1, 1),
                LINE));
    UserException e = refused(Program.of(Level.TENSOR, builder.build(List.of(first))), 4, "x");
    assertTrue(e.getMessage().contains("285212672 lookups of activations"), e.getMessage());
    assertEquals(LINE.line(), e.location().line());
  }

  /** Each text of five lines would fill the memory with one sample, or run for minutes. */
  @Test
  void runsThatHoldOrComputeFarMoreThanACircuitAreRefusedFirst() {
    assertFirst(1 << 20, 1 << 3, "a tensor of 33554432 elements", true, 1);
    assertFirst(1 << 22, 1, "4194304 elements along an axis", true, 1);
    assertFirst(1 << 24, 1, "elements that a run holds at a time", false, 1);
    assertFirst(1 << 22, 1, "elements that a run computes", false, 65);
  }

  private static void assertFirst(int rows, int copies, String found, boolean isLookup, int ops) {
    FunctionBuilder builder = new FunctionBuilder("main", Location.UNKNOWN);
    Value x = builder.parameter("x", new TensorType(DType.F32, Shape.of(1, 4)));
    TensorType type = new TensorType(DType.F32, Shape.of(copies, rows, 4));
    Value y = builder.value(new Broadcast(builder.fresh("y", type), x, LINE));
    for (int k = 0; k < ops; k++) {
      Value z = builder.fresh("z", type);
      y = builder.value(isLookup ? new Relu(z, y, LINE) : new Add(z, y, y, LINE));
    }
    TensorType one = new TensorType(DType.F32, Shape.of(1, 1, 1));
    List<Integer> ones = List.of(1, 1, 1);
    Value first =
        builder.value(new Slice(builder.fresh("f", one), y, List.of(0, 0, 0), ones, ones, LINE));
    UserException e = refused(Program.of(Level.TENSOR, builder.build(List.of(first))), 4, "x");
    assertTrue(e.getMessage().contains(found), e.getMessage());
    assertEquals(LINE.line(), e.location().line());
  }

  /** Values that were read for the last time are not held, and constants of a model are its own. */
  @Test
  void runsOfLargeModelsAreNotRefusedFirst() {
    FunctionBuilder builder = new FunctionBuilder("main", Location.UNKNOWN);
    TensorType type = new TensorType(DType.F32, Shape.of(8, 1 << 21));
    Value y = builder.parameter("x", type);
    for (int k = 0; k < 16; k++) {
      y = builder.value(new Relu(builder.fresh("y", type), y, LINE));
    }
    Function main = builder.build(List.of(y));
    assertDoesNotThrow(() -> SampleBounds.require(main));
  }

  @Test
  void aNameThatNoVerifierPrintsIsRefused() {
    FunctionBuilder builder = new FunctionBuilder("main", Location.UNKNOWN);
    TensorType type = new TensorType(DType.F32, Shape.of(1, 4));
    Value x = builder.parameter("x", type);
    Value y = builder.value(new Relu(builder.fresh("y", type), x, Location.UNKNOWN));
    UserException e =
        refused(Program.of(Level.TENSOR, builder.build(List.of(y))), 4, "x\u2028VALID");
    assertTrue(e.getMessage().contains("would not read the key"), e.getMessage());
  }
}
