package org.zkc.passes.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.Location;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Program;
import org.zkc.ir.Region;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.torch.Call;
import org.zkc.ir.torch.For;
import org.zkc.ir.torch.If;
import org.zkc.ir.torch.Operator;
import org.zkc.ir.torch.Raise;
import org.zkc.ir.torch.TensorConstant;
import org.zkc.ir.torch.While;

final class TorchToTensorTest {

  private static List<String> mnemonics(Program program) {
    return program.main().body().stream().map(op -> OpSpec.of(op).mnemonic()).toList();
  }

  private static UserException refused(TorchCase c, Shape shape, Object result) {
    return assertThrows(UserException.class, () -> c.lower(shape, result));
  }

  // ---- what is computed while compiling ----

  @Test
  void shapeArithmeticOfATraceLeavesNothingBehind() {
    TorchCase c = new TorchCase();
    Value rows = c.op("prim.NumToTensor", c.op("aten.size/int", c.x, 0));
    Value cols = c.op("prim.NumToTensor", c.op("aten.size/int", c.x, 1));
    TensorData two = TensorData.ofLongs(DType.I64, Shape.of(), new long[] {2});
    Value half = c.op("aten.floor_divide", cols, two);
    Value out = c.op("aten.view", c.x, List.of(c.op("aten.Int", rows), 2, c.op("aten.Int", half)));
    Program program = c.lower(Shape.of(3, 8), out);
    assertEquals(List.of("reshape"), mnemonics(program));
    assertEquals(Shape.of(3, 2, 4), program.main().results().getFirst().shape());
    assertEquals("model.py:9", program.main().body().getFirst().location().toString());
  }

  @Test
  void aTensorWithoutAxesDoesNotPromoteOneWithAxes() {
    TorchCase c = new TorchCase();
    Value y = c.op("aten.mul", c.x, TensorData.ofDoubles(Shape.of(), new double[] {0.5}));
    Value dtype = c.op("prim.dtype", y);
    Value asInt = c.op("aten.eq", dtype, 6);
    Value z =
        c.op("aten.mul", y, c.op("aten.Int", c.op("prim.NumToTensor", c.op("aten.Int", asInt))));
    assertArrayEquals(new float[] {0.5f, 1}, c.run(TorchCase.counting(2), z).toFloats());
  }

  @Test
  void f64IsKeptAsATypeAndComputedAsF32() {
    TorchCase c = new TorchCase();
    Value dtype = c.op("prim.dtype", c.op("aten.relu", c.x));
    Value y = c.op("aten.add", c.x, c.op("aten.sub", dtype, 7), 1);
    Program program = c.lower(new TensorType(DType.F64, Shape.of(2)), y);
    assertEquals(DType.F32, program.main().parameters().getFirst().tensorType().dtype());
    Constant shift = (Constant) program.main().body().getFirst();
    assertEquals(0, shift.data().getDouble(0), "the program sees dtype 7");
  }

  @Test
  void loopsRunWithTheirCarriedValuesAndListsGrow() {
    // outs = [] ; for i in range(3): x = relu(x) + i ; outs.append(x) ; return cat(outs)
    TorchCase c = new TorchCase();
    Value list = c.value(List.of());
    Value i = c.builder.fresh("i", TorchCase.any());
    Value carried = c.builder.fresh("carried", TorchCase.TENSOR);
    Value outs = c.builder.fresh("outs", TorchCase.any());
    TorchCase body = new TorchCase("body");
    Value relu = operator(body, "aten.relu", carried);
    Value sum = operator(body, "aten.add", relu, i, body.value(1));
    Value grown = operator(body, "aten.append", outs, sum);
    Region region = region(body, List.of(i, carried, outs), List.of(sum, grown));
    Value last = c.builder.fresh("last", TorchCase.TENSOR);
    Value all = c.builder.fresh("all", TorchCase.any());
    c.builder.append(new For(List.of(last, all), c.value(3), List.of(c.x, list), region, c.next()));
    TensorData out = c.run(TorchCase.data(Shape.of(2), -1, 5), c.op("aten.cat", all, 0));
    assertArrayEquals(new float[] {0, 5, 1, 6, 3, 8}, out.toFloats());
  }

  @Test
  void whileLoopsEndWhenTheirKnownConditionSaysSo() {
    // n = 0 ; while n < 4: x = x * 2 ; n = n + 3
    TorchCase c = new TorchCase();
    Value n = c.builder.fresh("n", TorchCase.any());
    Value carried = c.builder.fresh("carried", TorchCase.TENSOR);
    TorchCase body = new TorchCase("body");
    Value doubled = operator(body, "aten.mul", carried, body.value(2));
    Value next = operator(body, "aten.add", n, body.value(3));
    Value more = operator(body, "aten.lt", next, body.value(4));
    Region region = region(body, List.of(n, carried), List.of(more, next, doubled));
    Value count = c.builder.fresh("count", TorchCase.any());
    Value out = c.builder.fresh("out", TorchCase.TENSOR);
    c.builder.append(
        new While(List.of(count, out), c.value(true), List.of(c.value(0), c.x), region, c.next()));
    assertArrayEquals(new float[] {4, 8}, c.run(TorchCase.counting(2), out).toFloats());
  }

  @Test
  void anEndlessLoopIsAnError() {
    TorchCase c = new TorchCase();
    TorchCase body = new TorchCase("body");
    Region region = region(body, List.of(), List.of(body.value(true)));
    c.builder.append(new While(List.of(), c.value(true), List.of(), region, c.next()));
    UserException e = refused(c, Shape.of(2), c.x);
    assertTrue(e.getMessage().contains("does a loop end"), e.getMessage());
    assertEquals("model.py:2", e.location().toString());
  }

  @Test
  void callsAreInlinedByTheCalleesDefinition() {
    TorchCase helper = new TorchCase("__torch__.helper");
    helper.builder.parameter(new Value("unused", TorchCase.any()));
    Value squared = helper.op("aten.mul", helper.x, helper.x);
    TorchCase c = new TorchCase();
    c.add(helper.builder.build(List.of(squared, helper.x)));
    Value first = c.builder.fresh("first", TorchCase.TENSOR);
    Value second = c.builder.fresh("second", TorchCase.TENSOR);
    c.builder.append(
        new Call(
            List.of(first, second), "__torch__.helper", List.of(c.x, c.value(null)), c.next()));
    Program program = c.lower(Shape.of(2), c.op("aten.add", first, second, 1));
    assertEquals(List.of("multiply", "add"), mnemonics(program));
  }

  @Test
  void anOpWithoutALocationStandsWhereItIsCalled() {
    TorchCase helper = new TorchCase("__torch__.relu");
    Value relu = helper.builder.fresh("relu", TorchCase.TENSOR);
    helper.builder.append(
        new Operator(List.of(relu), "aten.relu", "", List.of(helper.x), Location.UNKNOWN));
    TorchCase c = new TorchCase();
    c.add(helper.builder.build(List.of(relu)));
    Value before = c.op("aten.tanh", c.x);
    Value called = c.builder.fresh("called", TorchCase.TENSOR);
    c.builder.append(new Call(List.of(called), "__torch__.relu", List.of(before), c.next()));
    Value after = c.builder.fresh("after", TorchCase.TENSOR);
    c.builder.append(
        new Operator(List.of(after), "aten.tanh", "", List.of(called), Location.UNKNOWN));
    Program program = c.lower(Shape.of(2), after);
    assertEquals(
        List.of("model.py:2", "model.py:3", ""),
        program.main().body().stream().map(op -> op.location().toString()).toList());
  }

  // ---- branches ----

  private static Value branch(TorchCase c, Value condition) {
    TorchCase arms = new TorchCase("arms");
    Value relu = operator(arms, "aten.relu", c.x);
    Region then = region(arms, List.of(), List.of(relu));
    TorchCase other = new TorchCase("other");
    other.builder.append(new Raise("ValueError: odd size", c.next()));
    Region otherwise = region(other, List.of(), List.of(c.x));
    Value out = c.builder.fresh("out", TorchCase.TENSOR);
    c.builder.append(new If(List.of(out), condition, then, otherwise, c.next()));
    return out;
  }

  @Test
  void aConditionOnTheShapePicksTheArmAndARaisedExceptionIsTheUsers() {
    TorchCase c = new TorchCase();
    Value out =
        branch(c, c.op("aten.eq", c.op("aten.remainder", c.op("aten.size/int", c.x, 0), 2), 0));
    assertEquals(List.of("relu"), mnemonics(c.lower(Shape.of(4), out)));

    TorchCase odd = new TorchCase();
    Value raised =
        branch(
            odd,
            odd.op("aten.eq", odd.op("aten.remainder", odd.op("aten.size/int", odd.x, 0), 2), 0));
    UserException e = refused(odd, Shape.of(5), raised);
    assertTrue(e.getMessage().contains("ValueError: odd size"), e.getMessage());
    assertEquals("model.py:5", e.location().toString());
  }

  @Test
  void aConditionOnTheInputsElementsIsAnErrorAtTheBranch() {
    TorchCase c = new TorchCase();
    Value positive = c.op("aten.gt", c.op("aten.sum", c.x, null), 0);
    UserException e = refused(c, Shape.of(4), branch(c, positive));
    assertTrue(e.getMessage().contains("data-dependent branch"), e.getMessage());
    assertEquals("model.py:5", e.location().toString());
  }

  @Test
  void whetherAllElementsOfAConstantAreTrueIsKnown() {
    TorchCase c = new TorchCase();
    TensorData mixed = TorchCase.data(Shape.of(2), 0, 3);
    Value any = c.op("aten.Bool", c.op("aten.any", c.op("aten.gt", mixed, 1)));
    assertEquals(List.of("relu"), mnemonics(c.lower(Shape.of(4), branch(c, any))));
    TorchCase all = new TorchCase();
    Value no =
        all.op(
            "aten.__not__", all.op("aten.Bool", all.op("aten.all", all.op("aten.gt", mixed, 1))));
    assertEquals(List.of("relu"), mnemonics(all.lower(Shape.of(4), branch(all, no))));
    TorchCase traced = new TorchCase();
    Value unknown =
        traced.op("aten.Bool", traced.op("aten.all", traced.op("aten.gt", traced.x, 1)));
    assertTrue(
        refused(traced, Shape.of(4), branch(traced, unknown))
            .getMessage()
            .contains("data-dependent"));
  }

  @Test
  void aNumberReadFromTheInputIsAnErrorWhereItIsUsed() {
    TorchCase c = new TorchCase();
    Value n = c.op("aten.item", c.op("aten.select/int", c.x, 0, 0));
    UserException e = refused(c, Shape.of(4), c.op("aten.add", c.x, n, 1));
    assertEquals("model.py:4", e.location().toString());
    TorchCase index = new TorchCase();
    Value i = index.op("aten.Int", index.op("aten.select/int", index.x, 0, 0));
    assertEquals("model.py:3", refused(index, Shape.of(4), i).location().toString());
  }

  // ---- errors ----

  @Test
  void anOperatorThatIsNotInTheTableIsNamedAtTheUsersLine() {
    TorchCase c = new TorchCase();
    UserException e =
        refused(c, Shape.of(4), c.op("aten.special_bessel_j0", c.op("aten.relu", c.x)));
    assertEquals(
        "operator aten.special_bessel_j0 cannot be proved; `zkc ops` lists those that can",
        e.getMessage());
    assertEquals("model.py:3", e.location().toString());
  }

  @Test
  void trainingModeIsRefusedWithTheRemedy() {
    TorchCase c = new TorchCase();
    UserException e = refused(c, Shape.of(4), c.op("aten.dropout", c.x, 0.5, true));
    assertTrue(e.getMessage().contains("model.eval()"), e.getMessage());
    TorchCase inference = new TorchCase();
    assertEquals(
        List.of(),
        mnemonics(
            inference.lower(Shape.of(4), inference.op("aten.dropout", inference.x, 0.5, false))));
    TensorData ones = TorchCase.counting(3);
    TorchCase norm = new TorchCase();
    Value y = norm.op("aten.batch_norm", norm.x, ones, ones, ones, ones, true, 0.1, 1e-5, true);
    assertTrue(refused(norm, Shape.of(2, 3), y).getMessage().contains("model.eval()"));
  }

  @Test
  void parametersThatAreNoNumbersAreRefused() {
    TorchCase c = new TorchCase();
    Value y = c.op("aten.linear", c.x, TorchCase.data(Shape.of(1, 2), 1, Double.NaN), null);
    assertTrue(
        refused(c, Shape.of(2), y).getMessage().contains("parameter p holds NaN at element 1"));
    TorchCase norm = new TorchCase();
    TensorData ones = TorchCase.data(Shape.of(2), 1, 1);
    TensorData negative = TorchCase.data(Shape.of(2), 1, -1);
    Value z =
        norm.op("aten.batch_norm", norm.x, ones, ones, ones, negative, false, 0.1, 1e-5, true);
    assertTrue(refused(norm, Shape.of(1, 2), z).getMessage().contains("channel 1"));
    TorchCase bound = new TorchCase();
    Value clamped = bound.op("aten.clamp", bound.x, 2, 1);
    assertArrayEquals(new float[] {1, 1}, bound.run(TorchCase.counting(2), clamped).toFloats());
  }

  @Test
  void shapesThatDoNotFitAreTheUsersError() {
    TorchCase c = new TorchCase();
    UserException e =
        refused(c, Shape.of(2, 5), c.op("aten.linear", c.x, TorchCase.counting(3, 4), null));
    assertTrue(e.getMessage().contains("--input-shape"), e.getMessage());
    assertEquals("model.py:2", e.location().toString());
  }

  @Test
  void outputsThatDoNotDependOnTheInputStandBesideOthersAlone() {
    TorchCase c = new TorchCase();
    assertTrue(
        refused(c, Shape.of(2), c.tuple(TorchCase.counting(2), TorchCase.counting(3)))
            .getMessage()
            .contains("does not depend"));
    TorchCase both = new TorchCase();
    Program program = both.lower(Shape.of(2), both.tuple(both.x, TorchCase.counting(2)));
    assertArrayEquals(
        new float[] {1, 2},
        TensorInterpreter.run(program, List.of(TorchCase.counting(2))).get(1).toFloats());
    TorchCase number = new TorchCase();
    assertTrue(
        refused(number, Shape.of(2), number.op("aten.size/int", number.x, 0))
            .getMessage()
            .contains("does not depend"));
  }

  @Test
  void outputsNestedWithoutEndAndArgumentsThatFitNoSchemaAreErrors() {
    TorchCase c = new TorchCase();
    Value nested = c.tuple(c.x, c.x);
    for (int i = 0; i < 40; i++) {
      nested = c.tuple(nested, nested);
    }
    assertTrue(refused(c, Shape.of(2), nested).getMessage().contains("nested"));
    TorchCase missing = new TorchCase();
    assertEquals(
        "model.py:2",
        refused(missing, Shape.of(2), missing.op("aten.append", missing.value(List.of())))
            .location()
            .toString());
    TorchCase negative = new TorchCase();
    Value y =
        negative.op(
            "aten.constant_pad_nd", negative.x, List.of(Integer.MAX_VALUE, Integer.MAX_VALUE), 0);
    assertEquals("model.py:2", refused(negative, Shape.of(2), y).location().toString());
  }

  @Test
  void hugeShapesAreRefusedBeforeTheyAreMade() {
    TorchCase c = new TorchCase();
    assertTrue(
        refused(
                c,
                Shape.of(4),
                c.op("aten.zeros", List.of(1 << 20, 1 << 20), null, null, null, null))
            .getMessage()
            .contains("too large"));
    TorchCase expanded = new TorchCase();
    Value y = expanded.op("aten.expand", expanded.x, List.of(1 << 28, 4), false);
    assertTrue(refused(expanded, Shape.of(4), y).getMessage().contains("too large"));
  }

  // ---- outputs, parameters ----

  @Test
  void nestedOutputsAreFlattenedInOrder() {
    TorchCase c = new TorchCase();
    Value relu = c.op("aten.relu", c.x);
    Value tanh = c.op("aten.tanh", c.x);
    Program program = c.lower(Shape.of(2), c.tuple(tanh, List.of(relu, c.x)));
    assertEquals(3, program.main().results().size());
    assertEquals(program.main().parameters().getFirst(), program.main().results().get(2));
  }

  @Test
  void parametersKeepTheirNamesAndATransposedOneSaysSo() {
    TorchCase c = new TorchCase();
    Value weight = c.value(TorchCase.counting(4, 3));
    Program program = c.lower(Shape.of(2, 4), c.op("aten.matmul", c.x, weight));
    assertEquals(List.of("constant", "linear"), mnemonics(program));
    assertEquals("p.transpose", ((Constant) program.main().body().getFirst()).name());
  }

  // ---- operators ----

  @Test
  void productsWithAConstantFactorOnEitherSide() {
    TensorData square = TorchCase.data(Shape.of(2, 2), 1, 2, 3, 4);
    TensorData x = TorchCase.data(Shape.of(2, 2), 1, 0, 2, 1);
    TorchCase right = new TorchCase();
    assertArrayEquals(
        new float[] {1, 2, 5, 8}, right.run(x, right.op("aten.mm", right.x, square)).toFloats());
    TorchCase left = new TorchCase();
    assertArrayEquals(
        new float[] {5, 2, 11, 4}, left.run(x, left.op("aten.matmul", square, left.x)).toFloats());
    TorchCase vector = new TorchCase();
    TensorData v = TorchCase.data(Shape.of(2), 1, -1);
    assertArrayEquals(
        new float[] {1, 1}, vector.run(x, vector.op("aten.matmul", vector.x, v)).toFloats());
    TorchCase affine = new TorchCase();
    Value y = affine.op("aten.addmm", v, affine.x, square, 2, 3.0);
    assertArrayEquals(new float[] {5, 4, 17, 22}, affine.run(x, y).toFloats());
  }

  @Test
  void samePaddingPutsTheOddElementAtTheEnd() {
    TorchCase c = new TorchCase();
    TensorData kernel = TorchCase.data(Shape.of(1, 1, 4), 1, 10, 100, 1000);
    Value y = c.op("aten.conv1d/padding", c.x, kernel, null, List.of(1), "same", List.of(1), 1);
    assertArrayEquals(
        new float[] {3210, 4321, 432, 43}, c.run(TorchCase.counting(1, 1, 4), y).toFloats());
  }

  @Test
  void arithmeticWithAlphaNumbersAndBroadcasting() {
    TorchCase c = new TorchCase();
    TensorData row = TorchCase.data(Shape.of(3), 10, 20, 30);
    Value y = c.op("aten.sub", c.op("aten.add", c.x, row, 2), 1.5, 2);
    Value z = c.op("aten.div", c.op("aten.rsub", y, 1, 1), 4);
    assertArrayEquals(
        new float[] {-4.25f, -9.5f, -14.75f, -5, -10.25f, -15.5f},
        c.run(TorchCase.counting(2, 3), z).toFloats());
    TorchCase column = new TorchCase();
    Value outer = column.op("aten.mul", column.x, row);
    assertArrayEquals(
        new float[] {10, 20, 30, 20, 40, 60},
        column.run(TorchCase.counting(2, 1), outer).toFloats());
  }

  @Test
  void meansAndSumsOverAxes() {
    TorchCase c = new TorchCase();
    TensorData x = TorchCase.counting(2, 2, 3);
    assertArrayEquals(new float[] {6.5f}, c.run(x, c.op("aten.mean", c.x, null)).toFloats());
    TorchCase outer = new TorchCase();
    TensorData mean = outer.run(x, outer.op("aten.mean/dim", outer.x, List.of(0, -1), true, null));
    assertEquals(Shape.of(1, 2, 1), mean.shape());
    assertArrayEquals(new float[] {5, 8}, mean.toFloats());
    TorchCase sum = new TorchCase();
    TensorData total =
        sum.run(x, sum.op("aten.sum/dim_IntList", sum.x, List.of(1, 2), false, null));
    assertEquals(Shape.of(2), total.shape());
    assertArrayEquals(new float[] {21, 57}, total.toFloats());
    TorchCase joined = new TorchCase();
    Program program =
        joined.lower(
            Shape.of(2, 2, 3), joined.op("aten.mean/dim", joined.x, List.of(1, 2), false, null));
    assertEquals(
        1,
        mnemonics(program).stream().filter("window_mean"::equals).count(),
        "one rounding, not two");
  }

  @Test
  void slicesSelectionsSplitsAndJoins() {
    TorchCase c = new TorchCase();
    Value slice = c.op("aten.slice/Tensor", c.x, 1, -3, Long.MAX_VALUE, 2);
    Value select = c.op("aten.select/int", c.x, 0, -1);
    Value stacked = c.op("aten.stack", List.of(select, select), 1);
    Value flat =
        c.op(
            "aten.cat",
            List.of(c.op("aten.flatten", slice, 0, -1), c.op("aten.flatten", stacked, 0, -1)),
            0);
    assertArrayEquals(
        new float[] {2, 4, 6, 8, 5, 5, 6, 6, 7, 7, 8, 8},
        c.run(TorchCase.counting(2, 4), flat).toFloats());
    TorchCase split = new TorchCase();
    Value parts = split.op("aten.split/Tensor", split.x, 3, 1);
    Value second = split.op("aten.__getitem__", parts, 1);
    assertArrayEquals(new float[] {4, 8}, split.run(TorchCase.counting(2, 4), second).toFloats());
    TorchCase chunk = new TorchCase();
    Value third = chunk.op("aten.__getitem__", chunk.op("aten.chunk", chunk.x, 3, 0), 2);
    assertArrayEquals(new float[] {5}, chunk.run(TorchCase.counting(5), third).toFloats());
  }

  @Test
  void rangesCountTheirNumbers() {
    TorchCase c = new TorchCase();
    Value length = c.op("aten.__range_length", 7, 0, -3);
    Value last = c.op("aten.__derive_index", c.op("aten.sub", length, 1), 7, -3);
    Value y = c.op("aten.add", c.op("aten.mul", c.x, length), last, 1);
    assertArrayEquals(new float[] {4, 7}, c.run(TorchCase.counting(2), y).toFloats());
    TorchCase empty = new TorchCase();
    Value none = empty.op("aten.__range_length", 3, 3, 1);
    assertArrayEquals(
        new float[] {0},
        empty.run(TorchCase.counting(1), empty.op("aten.mul", empty.x, none)).toFloats());
  }

  @Test
  void movedAxesAndTiles() {
    TorchCase c = new TorchCase();
    Program moved =
        c.lower(Shape.of(2, 3, 4, 5), c.op("aten.movedim", c.x, List.of(0, -1), List.of(2, 0)));
    assertEquals(Shape.of(5, 3, 2, 4), moved.main().results().getFirst().shape());
    TorchCase t = new TorchCase();
    assertArrayEquals(
        new float[] {1, 2, 1, 2, 3, 4, 3, 4},
        t.run(TorchCase.counting(2, 2), t.op("aten.tile", t.x, List.of(2))).toFloats());
  }

  @Test
  void negativePaddingCuts() {
    TorchCase c = new TorchCase();
    Value y = c.op("aten.constant_pad_nd", c.x, List.of(1, -1, 0, 1), 9.0);
    assertArrayEquals(
        new float[] {9, 1, 2, 9, 4, 5, 9, 9, 9}, c.run(TorchCase.counting(2, 3), y).toFloats());
  }

  @Test
  void pixelShuffleMovesChannelsToSpace() {
    TorchCase c = new TorchCase();
    TensorData out = c.run(TorchCase.counting(1, 4, 1, 2), c.op("aten.pixel_shuffle", c.x, 2));
    assertEquals(Shape.of(1, 1, 2, 4), out.shape());
    assertArrayEquals(new float[] {1, 3, 2, 4, 5, 7, 6, 8}, out.toFloats());
  }

  @Test
  void refusalsNameAReplacementWhereThereIsOne() {
    TorchCase c = new TorchCase();
    Value y = c.op("aten.argwhere", c.x);
    UserException e = assertThrows(UserException.class, () -> c.lower(Shape.of(1, 2, 2), y));
    assertEquals(
        "operator aten.argwhere cannot be proved; how many elements it returns depends on the"
            + " input; keep all of them and weigh them by a mask",
        e.getMessage());
    TorchCase detector = new TorchCase();
    Value kept = detector.op("torchvision.nms", detector.x, detector.x, 0.5);
    UserException boxes = refused(detector, Shape.of(3, 4), kept);
    assertTrue(boxes.getMessage().contains("prove the boxes and scores"), boxes::getMessage);
  }

  /** A remedy for what can be proved would never be seen. */
  @Test
  void remediesAreForOperatorsThatAreRefused() {
    for (TorchOperatorTable.Row row : TorchOperatorTable.rows()) {
      if (row.remarks().equals("constants only")) {
        continue;
      }
      assertEquals(
          "`zkc ops` lists those that can",
          Remedies.refusal(row.operator(), Location.UNKNOWN).remedy());
    }
  }

  @Test
  void integersArePaddedByIntegers() {
    TorchCase c = new TorchCase();
    Value whole = c.op("aten.gt/Scalar", c.x, 0);
    Value padded = c.op("aten.constant_pad_nd", whole, List.of(1, 2, -1, 1), 1);
    Value y = c.op("aten.to/dtype", padded, 6, false, false, null);
    assertArrayEquals(
        new float[] {1, 0, 1, 1, 1, 1, 1, 1, 1, 1},
        c.run(TorchCase.data(Shape.of(2, 2), 1, -2, -3, 4), y).toFloats());
  }

  /** Orthogonal parametrizations are written for complex numbers too. */
  @Test
  void conjugatesOfRealNumbersAreThemselves() {
    TorchCase c = new TorchCase();
    Value y = c.op("aten.resolve_conj", c.op("aten.conj", c.op("aten.mH", c.x)));
    assertArrayEquals(
        new float[] {1, 3, 2, 4}, c.run(TorchCase.data(Shape.of(2, 2), 1, 2, 3, 4), y).toFloats());
  }

  @Test
  void clampsWithOneBound() {
    TorchCase c = new TorchCase();
    TensorData x = TorchCase.data(Shape.of(3), -2, 0.5, 2);
    assertArrayEquals(
        new float[] {-2, 0.5f, 1}, c.run(x, c.op("aten.clamp", c.x, null, 1)).toFloats());
    TorchCase h = new TorchCase();
    assertArrayEquals(
        new float[] {-1, 0.5f, 1}, h.run(x, h.op("aten.hardtanh", h.x, -1, 1)).toFloats());
    TorchCase s = new TorchCase();
    float[] swish = s.run(x, s.op("aten.hardswish", s.x)).toFloats();
    assertArrayEquals(new float[] {-0.33333334f, 0.29166666f, 1.6666666f}, swish, 1e-6f);
  }

  @Test
  void everyRowOfTheTableSaysWhatItBecomes() {
    List<TorchOperatorTable.Row> rows = TorchOperatorTable.rows();
    assertTrue(rows.size() > 100, "rows: " + rows.size());
    for (TorchOperatorTable.Row row : rows) {
      assertTrue(
          row.operator().matches("(aten|prim|quantized|quantized_decomposed|stablehlo)\\.\\w+"),
          row.toString());
      assertTrue(!row.becomes().isBlank(), row.toString());
    }
  }

  // ---- pieces ----

  private static Value operator(TorchCase c, String name, Value... arguments) {
    Value result = c.builder.fresh(name, TorchCase.any());
    c.builder.append(new Operator(List.of(result), name, "", List.of(arguments), c.next()));
    return result;
  }

  /** The ops built so far as the body of a region. */
  private static Region region(TorchCase c, List<Value> parameters, List<Value> results) {
    return new Region(parameters, c.builder.build(List.of()).body(), results);
  }

  @Test
  void integerConstantsTooLargeForF32AreNotRounded() {
    TorchCase c = new TorchCase();
    Value big =
        c.builder.value(
            new TensorConstant(
                c.builder.fresh("big", TorchCase.TENSOR),
                "big",
                TensorData.ofLongs(DType.I64, Shape.of(1), new long[] {(1 << 24) + 1}),
                c.next()));
    assertTrue(
        refused(c, Shape.of(1), c.op("aten.mul", c.x, big)).getMessage().contains("not exact"));
  }
}
