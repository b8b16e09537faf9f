package org.zkc.passes.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.MatMul;

/**
 * Matrix products over random shapes give what PyTorch gives: {@code
 * tests/archives/matrix_products.py} recorded the cases. Every factor is once computed from the
 * input and once constant.
 */
final class MatrixProductsTest {
  /** One line of the record. */
  record Case(
      String operator, String remark, List<Shape> operands, Shape shape, double[] elements) {
    @Override
    public String toString() {
      return operator + " " + remark + " " + operands;
    }
  }

  static Stream<Case> cases() throws IOException {
    try (InputStream in = MatrixProductsTest.class.getResourceAsStream("matrix-products.txt")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      List<Case> cases = text.lines().map(MatrixProductsTest::read).toList();
      assertTrue(cases.size() > 100);
      return cases.stream();
    }
  }

  private static Case read(String line) {
    String[] fields = line.split(" \\| ", -1);
    return new Case(
        fields[0],
        fields[1],
        Arrays.stream(fields[2].split(" ")).map(MatrixProductsTest::shape).toList(),
        shape(fields[3]),
        Arrays.stream(fields[4].split(" "))
            .mapToDouble(e -> Double.parseDouble(e) + 0.0)
            .toArray());
  }

  private static Shape shape(String text) {
    return text.equals("scalar")
        ? Shape.of()
        : new Shape(Arrays.stream(text.split("x")).map(Integer::valueOf).toList());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void productsAreThoseOfPyTorch(Case recorded) {
    int factors = recorded.operands().size();
    // The factors come last, but for a bilinear map's weight and bias, which must be constant.
    boolean isBilinear = recorded.operator().equals("bilinear");
    int bothFactors = isBilinear ? 3 : 3 << (factors - 2);
    for (int constants = 0; constants < 1 << factors; constants++) {
      if ((constants & bothFactors) == bothFactors) {
        continue; // nothing, or self alone, would depend on the input
      }
      if (isBilinear && (constants >> 2) != (1 << (factors - 2)) - 1) {
        continue;
      }
      TorchCase c = new TorchCase();
      List<Object> arguments = new ArrayList<>();
      List<double[]> inputs = new ArrayList<>();
      int at = 0;
      for (int k = 0; k < factors; k++) {
        Shape shape = recorded.operands().get(k);
        double[] elements = elements(k, shape);
        if ((constants >> k & 1) == 1) {
          arguments.add(TorchCase.data(shape, elements));
        } else {
          Value part = c.op("aten.slice", c.x, 0, at, at + elements.length, 1);
          arguments.add(c.op("aten.reshape", part, shape.extents()));
          inputs.add(elements);
          at += elements.length;
        }
      }
      double[] input = inputs.stream().flatMapToDouble(Arrays::stream).toArray();
      TensorData out =
          c.run(TorchCase.data(Shape.of(input.length), input), op(c, recorded, arguments));
      assertEquals(recorded.shape(), out.shape());
      assertArrayEquals(
          recorded.elements(),
          Arrays.stream(out.toDoubles()).map(e -> e + 0.0).toArray(),
          "constants " + constants);
    }
  }

  private static Value op(TorchCase c, Case recorded, List<Object> arguments) {
    List<Object> all = new ArrayList<>(arguments);
    if (recorded.operator().equals("einsum")) {
      return c.op("aten.einsum", recorded.remark(), arguments, null);
    }
    if (!recorded.remark().isEmpty()) {
      Arrays.stream(recorded.remark().split(" ")).map(Integer::valueOf).forEach(all::add);
    }
    return c.op("aten." + recorded.operator(), all.toArray());
  }

  private static double[] elements(int operand, Shape shape) {
    double[] out = new double[Math.toIntExact(shape.elementCount())];
    for (int i = 0; i < out.length; i++) {
      out[i] = (7 * i + 5 * operand + 3) % 11 - 5;
    }
    return out;
  }

  @Test
  void aConstantMatrixIsTheWeightOfALinearMap() {
    TorchCase c = new TorchCase();
    Program program =
        c.lower(Shape.of(2, 3, 4), c.op("aten.matmul", c.x, TorchCase.counting(4, 5)));
    assertEquals(1, program.main().body().stream().filter(Linear.class::isInstance).count());
    assertEquals(0, program.main().body().stream().filter(MatMul.class::isInstance).count());
  }

  /** Queries times keys: the transposition of the user and that of the lowering cancel out. */
  @Test
  void oneMatrixForAllBatchesIsNotRepeated() {
    TorchCase c = new TorchCase();
    Value matrix = c.op("aten.reshape", c.op("aten.slice", c.x, 0, 0, 1, 1), List.of(3, 4));
    Program program = c.lower(Shape.of(2, 3, 4), c.op("aten.matmul", c.x, c.op("aten.t", matrix)));
    MatMul product =
        program.main().body().stream()
            .filter(MatMul.class::isInstance)
            .map(MatMul.class::cast)
            .findFirst()
            .orElseThrow();
    assertEquals(Shape.of(3, 4), product.right().shape());
    assertEquals(Shape.of(2, 3, 3), product.result().shape());
  }

  /** Of x = (1, 2), (3, 4): diagonals, sums over one tensor, more than two tensors. */
  @Test
  void einsumsOfOneAndOfManyTensors() {
    einsum("ii->i", c -> List.of(c.x), 1, 4);
    einsum("ii->", c -> List.of(c.x), 5);
    einsum("ij->j", c -> List.of(c.x), 4, 6);
    einsum("ij,jk,kl", c -> List.of(c.x, c.x, c.x), 37, 54, 81, 118);
    einsum("ii,ij->j", c -> List.of(c.x, c.x), 13, 18);
    einsum("ij,jk->k", c -> List.of(c.x, c.x), 22, 32);
    einsum("ij,kl->", c -> List.of(c.x, c.x), 100);
  }

  private static void einsum(
      String equation, Function<TorchCase, List<Value>> of, double... expected) {
    TorchCase c = new TorchCase();
    Value result = c.op("aten.einsum", equation, of.apply(c), null);
    double[] out = c.run(TorchCase.data(Shape.of(2, 2), 1, 2, 3, 4), result).toDoubles();
    assertArrayEquals(expected, out, equation);
  }

  @Test
  void otherEinsumsAreRefused() {
    refused("index z of the result", "ij,jk->z", c -> List.of(c.x, c.x));
    refused("indices ijk for a tensor of shape 3x3", "ijk,jk->i", c -> List.of(c.x, c.x));
  }

  private static void refused(
      String sentence, String equation, Function<TorchCase, List<Value>> of) {
    TorchCase c = new TorchCase();
    Value result = c.op("aten.einsum", equation, of.apply(c), null);
    UserException e = assertThrows(UserException.class, () -> c.lower(Shape.of(3, 3), result));
    assertTrue(e.getMessage().contains(sentence), e.getMessage());
  }

  @Test
  void factorsThatDoNotFitAreRefusedAtTheUsersLine() {
    TorchCase c = new TorchCase();
    Value result = c.op("aten.matmul", c.x, c.x);
    UserException e = assertThrows(UserException.class, () -> c.lower(Shape.of(3, 4), result));
    assertTrue(e.getMessage().contains("the last axis of 3x4 has 4 elements, that of 4x3 has 3"));
  }
}
