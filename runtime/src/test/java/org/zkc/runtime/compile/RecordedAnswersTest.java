package org.zkc.runtime.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.text.Parser;

class RecordedAnswersTest {
  private static final Program DOUBLED =
      Parser.parse(
          """
          program tensor {
            func @main(%x: tensor<2:f32>) {
              %y = tensor.add(%x, %x) : tensor<2:f32> loc("model.py":7)
              return %y
            }
          }
          """,
          "m.zkir",
          name -> {
            throw new AssertionError("there is no sidecar");
          });

  private static TensorData data(Shape shape, float... elements) {
    return TensorData.ofFloats(shape, elements);
  }

  private static void check(TensorData x, TensorData y) {
    check(x, y, AnswerPrecision.SINGLE);
  }

  private static void check(TensorData x, TensorData y, AnswerPrecision precision) {
    RecordedAnswers.check(DOUBLED, List.of("output"), List.of(x, y), "--reference", precision);
  }

  private static UserException refused(TensorData x, TensorData y) {
    return assertThrows(UserException.class, () -> check(x, y));
  }

  @Test
  void equalAnswersPassWithAndWithoutAnAxisOfSamples() {
    check(data(Shape.of(2), 1, 2), data(Shape.of(2), 2, 4));
    check(data(Shape.of(2, 2), 1, 2, 3, 4), data(Shape.of(2, 2), 2, 4, 6, 8));
    check(data(Shape.of(2), 1, 2), data(Shape.of(2), 2.0001f, 4));
  }

  @Test
  void anAnswerThatDiffersIsToldAtTheLineOfItsOutput() {
    UserException e =
        refused(data(Shape.of(2, 2), 1, 2, 3, 4), data(Shape.of(2, 2), 2, 4, 6, 8.1f));
    assertEquals("model.py:7", e.location().toString());
    assertTrue(
        e.getMessage().startsWith("output output is 8.0 at element 1 where the model answered 8.1"),
        e.getMessage());
    refused(data(Shape.of(2), 1, 2), data(Shape.of(2), Float.NaN, 4));
  }

  @Test
  void arraysThatDoNotFitAreToldApartFromAnswersThatDiffer() {
    assertTrue(
        refused(data(Shape.of(3), 1, 2, 3), data(Shape.of(2), 2, 4))
            .getMessage()
            .contains("an array of shape 3 where the model has 2"));
    assertTrue(
        refused(data(Shape.of(2, 2), 1, 2, 3, 4), data(Shape.of(2), 2, 4))
            .getMessage()
            .contains("2 samples for the first input and 1"));
    assertFalse(RecordedAnswers.fit(DOUBLED, List.of(data(Shape.of(3), 1, 2, 3))));
    assertTrue(RecordedAnswers.fit(DOUBLED, List.of(data(Shape.of(1, 2), 1, 2))));
  }
}
