package org.zkc.torchscript.lower;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.zkc.ir.UserException;
import org.zkc.torchscript.InMemoryModel;

/** Archives of some hundred bytes that describe far more than they hold. */
class UnfoldingTest {
  private static String refusal(InMemoryModel model) {
    return assertThrows(UserException.class, model::read).getMessage();
  }

  @Test
  void tuplesOfSharedParts() {
    InMemoryModel model =
        InMemoryModel.code(
                InMemoryModel.CLASS
                    + "  big : Tuple[int, int]\n"
                    + InMemoryModel.FORWARD
                    + "    _0 = self.big\n    return torch.relu(x)\n")
            .attributes(p -> {
              p.text("big").integer(1).integer(1).op(0x86);
              for (int i = 0; i < 60; i++) {
                p.op('q').op(100 + i).op('h').op(100 + i).op(0x86);
              }
              return p;
            });
    assertTrue(refusal(model).contains("nested too deeply") || refusal(model).contains("parts"));
  }

  @Test
  void typesOfTuplesThatHoldOneValueTwice() {
    StringBuilder code = new StringBuilder("    t0 = (x, x)\n");
    for (int i = 1; i < 40; i++) {
      code.append("    t%d = (t%d, t%d)\n".formatted(i, i - 1, i - 1));
    }
    code.append("    return torch.relu(x)\n");
    String text = InMemoryModel.CLASS + InMemoryModel.FORWARD + code;
    assertTrue(refusal(InMemoryModel.code(text)).contains("more than 2000 parts"));
    String dictionaries = text.replaceAll("\\((t\\d+|x), (t\\d+|x)\\)", "{\"a\": ($1, $2)}");
    assertTrue(refusal(InMemoryModel.code(dictionaries)).contains("more than 2000 parts"));
  }

  @Test
  void depthAndRecursionAreTwoThings() {
    StringBuilder deep = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      deep.append(
          "def f%d(x: Tensor) -> Tensor:\n  return __torch__.f%d(x, )\n".formatted(i, i + 1));
    }
    deep.append("def f200(x: Tensor) -> Tensor:\n  return torch.relu(x)\n");
    String head = InMemoryModel.CLASS + InMemoryModel.FORWARD + "    return __torch__.f0(x, )\n";
    assertTrue(refusal(InMemoryModel.code(head + deep)).contains("nested more than 128 deep"));
    String loop = "def f0(x: Tensor) -> Tensor:\n  return __torch__.f0(x, )\n";
    assertTrue(refusal(InMemoryModel.code(head + loop)).contains("calls itself"));
  }
}
