package org.zkc.runtime.emit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.Table;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.prove.Witness;
import org.zkc.ir.ColumnType;
import org.zkc.ir.DType;
import org.zkc.ir.FunctionBuilder;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.MatMul;
import org.zkc.ir.circuit.Model;
import org.zkc.ir.circuit.Sum;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.interpret.CircuitInterpreter;
import org.zkc.ir.view.Reshape;
import org.zkc.ir.view.Transpose;
import org.zkc.runtime.execute.IntegerExecutor;

final class CircuitEmitterTest {

  /**
   * The reference interpreter runs the program, the executor the emitted circuit: outputs agree,
   * whatever the threads.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void emittedCircuitsComputeWhatProgramsMean(int threads) {
    int relations = 0;
    for (long seed = 0; seed < 300; seed++) {
      Program program = RandomCircuitPrograms.generate(seed, 12);
      Random random = new Random(seed);
      List<long[]> inputs = new ArrayList<>();
      for (Value parameter : program.main().parameters()) {
        ColumnType type = parameter.columnType();
        inputs.add(
            random.longs(type.shape().elementCount(), type.low(), type.high() + 1).toArray());
      }
      List<long[]> expected = CircuitInterpreter.run(program, inputs);
      EmittedCircuit emitted = CircuitEmitter.emit(program);
      assertEquals(emitted.circuit().relations().size(), emitted.origins().size());
      relations += emitted.circuit().relations().size();
      IntegerExecutor executor = new IntegerExecutor(emitted.circuit(), emitted.model());
      Witness witness =
          executor.run(inputs.stream().map(CircuitEmitterTest::ints).toList(), threads);
      List<int[]> actual = executor.outputs(witness);
      assertEquals(expected.size(), actual.size());
      for (int i = 0; i < expected.size(); i++) {
        assertArrayEquals(ints(expected.get(i)), actual.get(i), "seed " + seed + ", output " + i);
      }
    }
    assertTrue(
        relations > 1000, "the generator makes trivial programs: " + relations + " relations");
  }

  private static int[] ints(long[] elements) {
    return Arrays.stream(elements).mapToInt(Math::toIntExact).toArray();
  }

  private static Value input(FunctionBuilder builder, int... shape) {
    return builder.parameter("x", new ColumnType(ColumnType.Kind.PUBLIC, Shape.of(shape), -5, 5));
  }

  private static Value virtual(FunctionBuilder builder, long bound, int... shape) {
    return builder.fresh(
        "v", new ColumnType(ColumnType.Kind.VIRTUAL, Shape.of(shape), -bound, bound));
  }

  @Test
  void chainsOfViewsAndSumsAreOneRelation() {
    FunctionBuilder builder = new FunctionBuilder("main", Location.UNKNOWN);
    Value x = input(builder, 2, 3);
    Value t = virtual(builder, 5, 3, 2);
    Value r = virtual(builder, 5, 6);
    Value s = virtual(builder, 20, 6);
    builder.append(new Transpose(t, x, List.of(1, 0), Location.UNKNOWN));
    builder.append(new Reshape(r, t, Location.UNKNOWN));
    builder.append(new Sum(s, List.of(r, r), List.of(3L, 1L), 0, Location.UNKNOWN));
    Circuit circuit =
        CircuitEmitter.emit(Program.of(Level.CIRCUIT, builder.build(List.of(s)))).circuit();
    assertEquals(1, circuit.relations().size());
    Affine affine = assertInstanceOf(Affine.class, circuit.relations().getFirst());
    assertEquals(1, affine.terms().size(), "equal views are collected: " + affine);
    assertEquals(4, affine.terms().getFirst().coefficient());
  }

  /** Softmax over one element is made of x - x. */
  @Test
  void sumsThatCancelAreZero() {
    FunctionBuilder builder = new FunctionBuilder("main", Location.UNKNOWN);
    Value x = input(builder, 3);
    Value s = virtual(builder, 10, 3);
    builder.append(new Sum(s, List.of(x, x), List.of(1L, -1L), 0, Location.UNKNOWN));
    EmittedCircuit emitted =
        CircuitEmitter.emit(Program.of(Level.CIRCUIT, builder.build(List.of(s))));
    CircuitCheck.check(emitted.circuit());
    IntegerExecutor executor = new IntegerExecutor(emitted.circuit(), emitted.model());
    assertArrayEquals(
        new int[3], executor.outputs(executor.run(List.of(new int[] {1, -2, 3}), 1)).getFirst());
  }

  /** The product and its factor, a parameter, are read by two terms alone that cancel. */
  @Test
  void valuesThatCancelAreLeftOut() {
    FunctionBuilder builder = new FunctionBuilder("main", Location.UNKNOWN);
    Value x = builder.parameter("x", new ColumnType(ColumnType.Kind.PUBLIC, Shape.of(1, 3), 0, 1));
    Value w = builder.fresh("w", new ColumnType(ColumnType.Kind.MODEL, Shape.of(2, 3), -6, 5));
    Value y = virtual(builder, 18, 1, 2);
    Value more = virtual(builder, 40, 1, 2);
    Value view = virtual(builder, 18, 2);
    Value moreView = virtual(builder, 40, 2);
    Value s = virtual(builder, 60, 2);
    TensorData data =
        TensorData.ofLongs(DType.I8, Shape.of(2, 3), new long[] {1, -2, 3, -4, 5, -6});
    builder.append(new Model(w, "w", IntegerWeights.of(data, List.of(0, 0)), Location.UNKNOWN));
    builder.append(new MatMul(y, x, w, Location.UNKNOWN));
    builder.append(new Sum(more, List.of(y, y), List.of(1L, 1L), 1, Location.UNKNOWN));
    builder.append(new Reshape(view, y, Location.UNKNOWN));
    builder.append(new Reshape(moreView, more, Location.UNKNOWN));
    builder.append(new Sum(s, List.of(moreView, view), List.of(1L, -2L), 0, Location.UNKNOWN));
    EmittedCircuit emitted =
        CircuitEmitter.emit(Program.of(Level.CIRCUIT, builder.build(List.of(s))));
    CircuitCheck.check(emitted.circuit());
    assertEquals(List.of(), emitted.model().tensors());
    assertInstanceOf(Affine.class, emitted.circuit().relations().getFirst());
    IntegerExecutor executor = new IntegerExecutor(emitted.circuit(), emitted.model());
    assertArrayEquals(
        new int[] {1, 1},
        executor.outputs(executor.run(List.of(new int[] {1, 0, 1}), 1)).getFirst());
  }

  /** Doubling a value n times by adding it to itself costs n relations, not 2^n terms. */
  @Test
  void sharedSumsDoNotGrowExponentially() {
    FunctionBuilder builder = new FunctionBuilder("main", Location.UNKNOWN);
    Value x = input(builder, 4);
    Value y = input(builder, 4);
    Value current = virtual(builder, 1 << 20, 4);
    builder.append(new Sum(current, List.of(x, y), List.of(1L, -1L), 1, Location.UNKNOWN));
    for (int i = 0; i < 12; i++) {
      Value reversed = virtual(builder, 1 << 20, 2, 2);
      Value back = virtual(builder, 1 << 20, 4);
      Value next = virtual(builder, 1 << 20, 4);
      builder.append(new Reshape(reversed, current, Location.UNKNOWN));
      Value transposed = virtual(builder, 1 << 20, 2, 2);
      builder.append(new Transpose(transposed, reversed, List.of(1, 0), Location.UNKNOWN));
      builder.append(new Reshape(back, transposed, Location.UNKNOWN));
      builder.append(new Sum(next, List.of(current, back), List.of(1L, 1L), 0, Location.UNKNOWN));
      current = next;
    }
    Circuit circuit =
        CircuitEmitter.emit(Program.of(Level.CIRCUIT, builder.build(List.of(current)))).circuit();
    int terms = 0;
    for (Relation relation : circuit.relations()) {
      terms += assertInstanceOf(Affine.class, relation).terms().size();
    }
    assertTrue(terms < 60, terms + " terms");
  }

  @Test
  void tablesAreRecognisedAsClampsOnlyWhenTheyAre() {
    long[] entries = {-2, -2, -2, -1, 0, 1, 2, 3, 3, 3};
    TensorData data = TensorData.ofLongs(DType.I32, Shape.of(entries.length), entries);
    assertEquals(new Table.Clamp(-4, 10, -2, 3), EntryTables.of(-4, data));
    assertEquals(
        new Table.Entries(-3, 2, new int[] {-2, -1, 0, 1, 2, 3}, 10), EntryTables.of(-3, data));
  }

  @Test
  void boundsOfTheModelArePerOutputChannel() {
    TensorData data =
        TensorData.ofLongs(DType.I8, Shape.of(2, 3), new long[] {1, -2, 3, -4, 5, -6});
    FunctionBuilder builder = new FunctionBuilder("main", Location.UNKNOWN);
    Value x = builder.parameter("x", new ColumnType(ColumnType.Kind.PUBLIC, Shape.of(1, 3), 0, 1));
    Value w =
        builder.value(
            new Model(
                builder.fresh("w", new ColumnType(ColumnType.Kind.MODEL, Shape.of(2, 3), -24, 20)),
                "w",
                IntegerWeights.of(data, List.of(0, 2)),
                Location.UNKNOWN));
    Value y =
        builder.value(
            new MatMul(
                builder.fresh(
                    "y", new ColumnType(ColumnType.Kind.VIRTUAL, Shape.of(1, 2), -40, 20)),
                x,
                w,
                Location.UNKNOWN));
    TensorDeclaration declared =
        CircuitEmitter.emit(Program.of(Level.CIRCUIT, builder.build(List.of(y))))
            .circuit()
            .tensors()
            .stream()
            .filter(t -> t.role() == TensorDeclaration.Role.MODEL)
            .findFirst()
            .orElseThrow();
    assertEquals(
        new TensorDeclaration(TensorDeclaration.Role.MODEL, List.of(2, 3), -24, 20, 20, 40),
        declared);
  }

  @Test
  void modelTensorsApplyChannelShiftsInEveryWidth() {
    int[] expected = {1, -2, 12, -16};
    for (DType dtype : List.of(DType.I8, DType.I16, DType.I32, DType.I64)) {
      TensorData data = TensorData.ofLongs(dtype, Shape.of(2, 2), new long[] {1, -2, 3, -4});
      assertArrayEquals(
          expected,
          new ModelTensor(0, "w", IntegerWeights.of(data, List.of(0, 2))).elements(),
          dtype.text());
    }
  }
}
