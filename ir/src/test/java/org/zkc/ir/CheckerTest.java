package org.zkc.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Relu;
import org.zkc.ir.text.Diagnostics;
import org.zkc.ir.torch.If;

/** Violations of SSA and levels, which no text can express; the others are in tests/filetests. */
final class CheckerTest {
  private static final TensorType TYPE = new TensorType(DType.F32, Shape.of(2, 3));
  private static final Location LINE = new Location("model.py", 15, "x = self.relu(x)");

  private final Value x = new Value("x", TYPE);
  private final Value y = new Value("y", TYPE);
  private final Value z = new Value("z", TYPE);

  private static Program program(List<Value> parameters, List<Op> body, List<Value> results) {
    return Program.of(
        Level.TENSOR,
        new Function("main", new Region(parameters, body, results), Location.UNKNOWN));
  }

  private static List<String> messages(Program program) {
    return Checker.check(program).stream().map(Diagnostic::message).toList();
  }

  @Test
  void aWellFormedProgramHasNoFindings() {
    assertEquals(
        List.of(), messages(program(List.of(x), List.of(new Relu(y, x, LINE)), List.of(y))));
  }

  @Test
  void useBeforeDefinition() {
    Program program =
        program(List.of(x), List.of(new Add(z, x, y, LINE), new Relu(y, x, LINE)), List.of(z));
    assertEquals(List.of("operand %y is not defined here"), messages(program));
  }

  @Test
  void useOfAValueThatNothingDefines() {
    assertEquals(
        List.of("operand %y is not defined here"),
        messages(program(List.of(x), List.of(new Relu(z, y, LINE)), List.of(z))));
    assertEquals(
        List.of("returned value %y is not defined here"),
        messages(program(List.of(x), List.of(), List.of(y))));
  }

  @Test
  void doubleDefinition() {
    Program twice =
        program(List.of(x), List.of(new Relu(y, x, LINE), new Relu(y, x, LINE)), List.of(y));
    assertEquals(List.of("result %y is already defined"), messages(twice));
    Program parameter = program(List.of(x), List.of(new Relu(x, x, LINE)), List.of(x));
    assertEquals(List.of("result %x is already defined"), messages(parameter));
    assertEquals(
        List.of("parameter %x is already defined"),
        messages(program(List.of(x, x), List.of(), List.of())));
  }

  @Test
  void anOpOfAnotherLevel() {
    Value q = new Value("q", new IntegerType(Shape.of(2), 0, 5, 1));
    Value r = new Value("r", new IntegerType(Shape.of(2), 0, 5, 1));
    Op scale = new org.zkc.ir.integer.Scale(r, q, 2, LINE);
    List<String> found = messages(program(List.of(x), List.of(scale), List.of(x)));
    assertEquals(
        List.of(
            "scale is not an operation of the tensor level",
            "operand %q is not defined here",
            "%r has a type that is not of the tensor level"),
        found);
  }

  @Test
  void valuesOfARegionEndWithIt() {
    Value condition = new Value("c", new TorchType.Simple("bool"));
    Value inner = new Value("inner", new TorchType.Tensor());
    Value result = new Value("r", new TorchType.Tensor());
    Op literal =
        new org.zkc.ir.torch.TensorConstant(
            inner, "t", TensorData.ofFloats(Shape.of(1), new float[] {1}), Location.UNKNOWN);
    Op branch =
        new If(
            List.of(result),
            condition,
            new Region(List.of(), List.of(literal), List.of(inner)),
            new Region(List.of(), List.of(), List.of(inner)),
            Location.UNKNOWN);
    Program program =
        Program.of(
            Level.TORCH,
            new Function(
                "main",
                new Region(List.of(condition), List.of(branch), List.of(result)),
                Location.UNKNOWN));
    assertEquals(List.of("returned value %inner is not defined here"), messages(program));
  }

  @Test
  void aFindingIsDrawnOnThePrintedOp() {
    Value wrong = new Value("wrong", new TensorType(DType.F32, Shape.of(3, 2)));
    Program program = program(List.of(x), List.of(new Relu(wrong, x, LINE)), List.of(wrong));
    String drawn = Diagnostics.render(Checker.check(program), program);
    assertEquals(
        """
        model.py:15: the result is 3x2:f32, the operands give 2x3:f32
            %wrong = tensor.relu(%x) : tensor<3x2:f32> loc("model.py":15 "x = self.relu(x)")
                     ^~~~~~~~~~~\
        """,
        drawn);
  }
}
