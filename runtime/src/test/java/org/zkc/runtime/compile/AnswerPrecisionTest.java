package org.zkc.runtime.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.ImportedModel;
import org.zkc.ir.ModelInput;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.text.Parser;

class AnswerPrecisionTest {
  /** A model that casts its input to an element type, by ATen's number. */
  private static AnswerPrecision ofCast(long type, DType input) {
    Program program =
        parsed(
            """
            program torch {
              func @main(%x: Tensor) {
                %type = torch.constant() {literal = "TYPE"} : int
                %no = torch.constant() {literal = "False"} : bool
                %none = torch.constant() {literal = "None"} : NoneType
                %y = torch.aten.to(%x, %type, %no, %no, %none) {overload = "dtype"} : Tensor
                return %y
              }
            }
            """
                .replace("TYPE", Long.toString(type)));
    ModelInput x = new ModelInput("x", Optional.of(Shape.of(2)), Optional.of(input));
    return AnswerPrecision.of(
        new ImportedModel(
            program,
            List.of(x),
            Optional.empty(),
            Optional.empty(),
            "0".repeat(64),
            Optional.empty()));
  }

  private static Program parsed(String text) {
    return Parser.parse(
        text,
        "m.zkir",
        name -> {
          throw new AssertionError("there is no sidecar");
        });
  }

  @Test
  void theCoarsestFormatOfInputsAndCastsCounts() {
    assertEquals(AnswerPrecision.SINGLE, ofCast(6, DType.F32));
    assertEquals(AnswerPrecision.SINGLE, ofCast(7, DType.F64));
    assertEquals(AnswerPrecision.HALF, ofCast(5, DType.F32));
    assertEquals(AnswerPrecision.BRAIN, ofCast(15, DType.F32));
    assertEquals(AnswerPrecision.BRAIN, ofCast(6, DType.BF16));
    assertEquals(AnswerPrecision.BRAIN, ofCast(5, DType.BF16));
  }

  @Test
  void anAnswerMayDifferBySixteenRoundingsOfItsFormat() {
    Program same =
        parsed(
            """
            program tensor {
              func @main(%x: tensor<2:f32>) {
                %y = tensor.add(%x, %x) : tensor<2:f32>
                return %y
              }
            }
            """);
    TensorData x = TensorData.ofFloats(Shape.of(2), new float[] {1, 2});
    record Case(AnswerPrecision precision, float within, float beyond) {}
    for (Case c :
        List.of(
            new Case(AnswerPrecision.SINGLE, 2.0019f, 2.0021f),
            new Case(AnswerPrecision.HALF, 2.031f, 2.032f),
            new Case(AnswerPrecision.BRAIN, 2.249f, 2.251f))) {
      check(same, x, c.within(), c.precision());
      assertThrows(UserException.class, () -> check(same, x, c.beyond(), c.precision()));
    }
  }

  /** The largest element of the answer is 4. */
  private static void check(Program program, TensorData x, float first, AnswerPrecision precision) {
    RecordedAnswers.check(
        program,
        List.of("output"),
        List.of(x, TensorData.ofFloats(Shape.of(2), new float[] {first, 4})),
        "--reference",
        precision);
  }
}
