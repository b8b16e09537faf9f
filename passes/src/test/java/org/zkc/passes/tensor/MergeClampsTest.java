package org.zkc.passes.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.zkc.ir.Program;
import org.zkc.ir.tensor.Clamp;

final class MergeClampsTest {
  private static final String X = "%x: tensor<9:f32>";

  @Test
  void overlappingBounds() {
    Program after =
        RewriteCase.of(
                X,
                """
                %a = tensor.clamp(%x) {low = -1.0, high = 2.0} : tensor<9:f32>
                %b = tensor.clamp(%a) {low = -0.5, high = 6.0} : tensor<9:f32>
                return %b
                """)
            .becomes(new MergeClamps(), "clamp");
    Clamp clamp = (Clamp) after.main().body().getFirst();
    assertEquals(-0.5, clamp.low());
    assertEquals(2.0, clamp.high());
  }

  @Test
  void disjointBoundsLeaveOnePoint() {
    RewriteCase.of(
            X,
            """
            %a = tensor.clamp(%x) {low = -2.0, high = -1.0} : tensor<9:f32>
            %b = tensor.relu(%a) : tensor<9:f32>
            return %b
            """)
        .becomes(new MergeClamps(), "clamp");
  }

  @Test
  void aReluOfAReluGoesEvenWhereTheFirstIsReadAgain() {
    RewriteCase.of(
            X,
            """
            %a = tensor.relu(%x) : tensor<9:f32>
            %b = tensor.relu(%a) : tensor<9:f32>
            return %a, %b
            """)
        .becomes(new MergeClamps(), "relu");
  }

  @Test
  void threeInARow() {
    RewriteCase.of(
            X,
            """
            %a = tensor.relu(%x) : tensor<9:f32>
            %b = tensor.clamp(%a) {low = -1.0, high = 3.0} : tensor<9:f32>
            %c = tensor.clamp(%b) {low = 0.25, high = inf} : tensor<9:f32>
            return %c
            """)
        .becomes(new MergeClamps(), "clamp");
  }

  @Test
  void notWhereBothAreNeeded() {
    RewriteCase.of(
            X,
            """
            %a = tensor.relu(%x) : tensor<9:f32>
            %b = tensor.clamp(%a) {low = 0.0, high = 1.0} : tensor<9:f32>
            return %a, %b
            """)
        .staysWith(new MergeClamps());
  }

  @Test
  void notWithOtherFunctionsBetween() {
    RewriteCase.of(
            X,
            """
            %a = tensor.relu(%x) : tensor<9:f32>
            %b = tensor.tanh(%a) : tensor<9:f32>
            %c = tensor.relu(%b) : tensor<9:f32>
            return %c
            """)
        .staysWith(new MergeClamps());
  }
}
