package org.zkc.passes.integer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.DType;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Requantize;
import org.zkc.ir.integer.RequantizeTable;
import org.zkc.ir.interpret.IntegerInterpreter;
import org.zkc.passes.PassContext;

class FuseRequantizeActivationTest {
  private static final int REACH = 600;

  private static IntegerBuilder builder() {
    return new IntegerBuilder("main", Location.UNKNOWN);
  }

  private static Value input(IntegerBuilder b) {
    return b.input("x", new IntegerType(Shape.of(2 * REACH + 1), -REACH, REACH, 0.5));
  }

  private static Program fuse(Program program) {
    return new FuseRequantizeActivation().run(program, new PassContext());
  }

  private static void assertSameEverywhere(Program before, Program after, String message) {
    List<long[]> inputs = List.of(LongStream.rangeClosed(-REACH, REACH).toArray());
    assertArrayEquals(
        IntegerInterpreter.run(before, inputs).getFirst(),
        IntegerInterpreter.run(after, inputs).getFirst(),
        message);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void tablesReadTheAccumulator(long seed) {
    Random random = new Random(seed);
    IntegerBuilder b = builder();
    long low = random.nextInt(-60, 20);
    Value h = b.requantize(input(b), random.nextInt(6), low, low + random.nextInt(60));
    long[] entries = random.longs(1 + random.nextInt(50), -100, 100).toArray();
    TensorData data = TensorData.ofLongs(DType.I32, Shape.of(entries.length), entries);
    Program before =
        Program.of(Level.INTEGER, b.build(List.of(b.table(h, random.nextInt(-50, 30), data, 1))));
    Program after = fuse(before);
    assertEquals(1, after.main().body().size());
    assertInstanceOf(RequantizeTable.class, after.main().body().getFirst());
    assertSameEverywhere(before, after, "seed " + seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void clampsMerge(long seed) {
    Random random = new Random(seed);
    IntegerBuilder b = builder();
    long low = random.nextInt(-60, 20);
    Value h = b.requantize(input(b), random.nextInt(6), low, low + random.nextInt(60));
    long least = random.nextInt(-60, 40);
    Value y = b.requantize(h, 0, least, least + random.nextInt(60));
    Program before = Program.of(Level.INTEGER, b.build(List.of(y)));
    Program after = fuse(before);
    assertEquals(1, after.main().body().size());
    assertInstanceOf(Requantize.class, after.main().body().getFirst());
    assertSameEverywhere(before, after, "seed " + seed);
  }

  @Test
  void chainsMergeToOneLookup() {
    IntegerBuilder b = builder();
    Value h = b.requantize(b.requantize(input(b), 3, -50, 50), 0, -20, 30);
    TensorData data = TensorData.ofLongs(DType.I32, Shape.of(3), new long[] {5, 6, 7});
    Program before = Program.of(Level.INTEGER, b.build(List.of(b.table(h, -1, data, 1))));
    Program after = fuse(before);
    assertEquals(1, after.main().body().size());
    assertSameEverywhere(before, after, "chain");
  }

  @Test
  void doesNotFireWhenTheRequantisedValueIsReadTwice() {
    IntegerBuilder b = builder();
    Value h = b.requantize(input(b), 3, -50, 50);
    TensorData data = TensorData.ofLongs(DType.I32, Shape.of(3), new long[] {5, 6, 7});
    Program program = Program.of(Level.INTEGER, b.build(List.of(b.table(h, -1, data, 1), h)));
    assertSame(program, fuse(program));
  }

  @Test
  void doesNotFireOnASecondShift() {
    IntegerBuilder b = builder();
    Value y = b.requantize(b.requantize(input(b), 3, -50, 50), 1, -20, 30);
    Program program = Program.of(Level.INTEGER, b.build(List.of(y)));
    assertSame(program, fuse(program));
  }
}
