package org.zkc.ir.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.ir.Checker;
import org.zkc.ir.DType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.TensorInterpreter;

/** Programs as front ends build them: typed by the rules, located, refused with the user's line. */
final class TensorBuilderTest {
  private static final Location LINE = new Location("model.py", 7, "y = f(x)");

  private final TensorBuilder builder = new TensorBuilder(Location.UNKNOWN);

  private Program program(Value... results) {
    Program program = Program.of(Level.TENSOR, builder.build(List.of(results)));
    assertEquals(List.of(), Checker.check(program));
    return program;
  }

  @ParameterizedTest
  @EnumSource(names = {"I64", "I32"})
  void integersStayIntegers(DType dtype) {
    Value x = builder.parameter("x", new TensorType(dtype, Shape.of(2, 3)));
    Value c =
        builder.constant(TensorData.ofLongs(dtype, Shape.of(3), new long[] {1, -2, 3}), "offsets");
    Value y = builder.transpose(builder.multiply(builder.add(x, c), c), List.of(1, 0));
    assertEquals(new TensorType(dtype, Shape.of(3, 2)), y.type());
    TensorData in = TensorData.ofLongs(dtype, Shape.of(2, 3), new long[] {1, 2, 3, 4, 5, -6});
    TensorData out = TensorInterpreter.run(program(y), List.of(in)).getFirst();
    assertEquals(dtype, out.dtype());
    assertArrayEquals(new long[] {2, 5, 0, -6, 18, -9}, out.toLongs());
    assertThrowsAbove(dtype);
  }

  private static void assertThrowsAbove(DType dtype) {
    TensorBuilder builder = new TensorBuilder(Location.UNKNOWN);
    Value x = builder.parameter("x", new TensorType(dtype, Shape.of(1)));
    builder.at(LINE, "y");
    Value y = builder.multiply(x, x);
    Program square = Program.of(Level.TENSOR, builder.build(List.of(y)));
    TensorData in = TensorData.ofLongs(dtype, Shape.of(1), new long[] {1 << 12});
    UserException e =
        assertThrows(UserException.class, () -> TensorInterpreter.run(square, List.of(in)));
    assertEquals(LINE, e.location());
    TensorData less = TensorData.ofLongs(dtype, Shape.of(1), new long[] {(1 << 12) - 1});
    assertEquals(4095L * 4095, TensorInterpreter.run(square, List.of(less)).getFirst().getLong(0));
  }

  @Test
  void booleansMoveThroughViews() {
    Value mask =
        builder.constant(TensorData.ofLongs(DType.I1, Shape.of(2), new long[] {1, 0}), "mask");
    Value wide = builder.broadcast(builder.reshape(mask, Shape.of(2, 1)), Shape.of(2, 2));
    assertEquals(new TensorType(DType.I1, Shape.of(2, 2)), wide.type());
    TensorData out = TensorInterpreter.run(program(wide), List.of()).getFirst();
    assertEquals(DType.I1, out.dtype());
    assertArrayEquals(new long[] {1, 1, 0, 0}, out.toLongs());
  }

  @Test
  void oneConstantForOneObject() {
    TensorData data = TensorData.ofFloats(Shape.of(1), new float[] {3});
    assertSame(builder.constant(data, "c"), builder.constant(data, "c"));
  }

  @Test
  void operandsOfTwoTypesAreRefusedAtTheLine() {
    Value x = builder.parameter("x", new TensorType(DType.F32, Shape.of(2)));
    Value i = builder.parameter("i", new TensorType(DType.I64, Shape.of(2)));
    builder.at(LINE, "y");
    UserException e = assertThrows(UserException.class, () -> builder.add(x, i));
    assertEquals(LINE, e.location());
    assertTrue(e.getMessage().contains("f32 and i64"), e.getMessage());
  }

  @Test
  void hugeTensorsAndInfinitiesAreRefusedAtTheLine() {
    Value x = builder.parameter("x", new TensorType(DType.F32, Shape.of(1)));
    builder.at(LINE, "y");
    UserException huge =
        assertThrows(UserException.class, () -> builder.broadcast(x, Shape.of(1 << 29)));
    assertEquals(LINE, huge.location());
    UserException infinite = assertThrows(UserException.class, () -> builder.scalar(1e39));
    assertEquals(LINE, infinite.location());
  }
}
