package org.zkc.passes.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.zkc.ir.Level;
import org.zkc.ir.Program;
import org.zkc.ir.tensor.Constant;
import org.zkc.passes.EliminateCommonSubexpressions;
import org.zkc.passes.EliminateDeadCode;

final class CommonSubexpressionsAndDeadCodeTest {
  private static final EliminateCommonSubexpressions CSE =
      new EliminateCommonSubexpressions(Level.TENSOR);
  private static final EliminateDeadCode DCE = new EliminateDeadCode(Level.TENSOR);

  @Test
  void equalOpsOnEqualConstantsAreComputedOnce() {
    Program after =
        RewriteCase.of(
                "%x: tensor<2:f32>",
                """
                %c = tensor.constant() {name = "first", data = dense<2:f32 [1.0, 2.0]>} : tensor<2:f32>
                %d = tensor.constant() {name = "second", data = dense<2:f32 [1.0, 2.0]>} : tensor<2:f32>
                %a = tensor.add(%x, %c) : tensor<2:f32> loc("model.py":1)
                %b = tensor.add(%x, %d) : tensor<2:f32> loc("model.py":2)
                %y = tensor.multiply(%a, %b) : tensor<2:f32>
                return %y, %b
                """)
            .becomes(CSE, "add", "multiply");
    assertEquals(1, after.main().body().stream().filter(Constant.class::isInstance).count());
  }

  @Test
  void opsThatDifferInAnAttributeOrAnOperandAreNotEqual() {
    RewriteCase.of(
            "%x: tensor<2:f32>, %z: tensor<2:f32>",
            """
            %a = tensor.clamp(%x) {low = 0.0, high = 1.0} : tensor<2:f32>
            %b = tensor.clamp(%x) {low = 0.0, high = 2.0} : tensor<2:f32>
            %c = tensor.clamp(%z) {low = 0.0, high = 1.0} : tensor<2:f32>
            %s = tensor.subtract(%a, %b) : tensor<2:f32>
            %t = tensor.subtract(%b, %a) : tensor<2:f32>
            return %s, %t, %c
            """)
        .staysWith(CSE);
  }

  @Test
  void theTorchLevelHasEffects() {
    assertThrows(
        IllegalArgumentException.class, () -> new EliminateCommonSubexpressions(Level.TORCH));
  }

  @Test
  void unreadChainsGo() {
    RewriteCase.of(
            "%x: tensor<2:f32>",
            """
            %a = tensor.relu(%x) : tensor<2:f32>
            %b = tensor.tanh(%a) : tensor<2:f32>
            %c = tensor.sigmoid(%b) : tensor<2:f32>
            return %a
            """)
        .becomes(DCE, "relu");
  }

  @Test
  void readOpsStay() {
    RewriteCase.of("%x: tensor<2:f32>", "%a = tensor.relu(%x) : tensor<2:f32>\nreturn %a")
        .staysWith(DCE);
  }
}
