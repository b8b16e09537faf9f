package org.zkc.torchscript.lower;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.zkc.ir.UserException;
import org.zkc.torchscript.InMemoryModel;

/** The values that torch.jit.load(file)(x) computes of a root module with hooks. */
class HooksTest {
  private static final String HOOKS =
      "  __forward_pre_hooks__ = [\"before\", \"quiet\", ]\n"
          + "  __forward_hooks__ = [\"after\", \"seen\", ]\n";
  private static final String FORWARD = InMemoryModel.FORWARD + "    return torch.relu(x)\n";
  private static final String QUIET =
      "  def quiet(self: __torch__.M,\n"
          + "    inputs: Tuple[Tensor]) -> NoneType:\n"
          + "    return None\n"
          + "  def seen(self: __torch__.M,\n"
          + "    inputs: Tuple[Tensor],\n"
          + "    output: Tensor) -> NoneType:\n"
          + "    return None\n";

  private static final String MAYBE =
      "    if bool(torch.sum(output)):\n"
          + "      a = annotate(Optional[Tensor], output)\n"
          + "    else:\n"
          + "      a = None\n";

  private static String before(String returns, String value) {
    return "  def before(self: __torch__.M,\n    inputs: Tuple[Tensor]) -> %s:\n    return %s\n"
        .formatted(returns, value);
  }

  private static String after(String returns, String value) {
    return "  def after(self: __torch__.M,\n    inputs: Tuple[Tensor],\n    output: Tensor) -> %s:\n    return %s\n"
        .formatted(returns, value);
  }

  private static String text(String before, String after) {
    return InMemoryModel.code(InMemoryModel.CLASS + HOOKS + FORWARD + QUIET + before + after)
        .text();
  }

  @Test
  void preHooksChangeTheInputAndHooksTheResult() {
    String text =
        text(
            before("Tuple[Tensor]", "(torch.neg((inputs)[0]),)"),
            after("Tensor", "torch.add(output, (inputs)[0])"));
    assertTrue(
        text.matches(
            "(?s).*@main.*call\\(%\\w+\\) \\{callee ="
                + " \"before\"\\}.*relu\\(%input\\).*call\\(%\\w+, %\\w+\\) \\{callee ="
                + " \"after\"\\}.*"),
        text);
  }

  @Test
  void aPreHookMayReturnTheOneInputItself() {
    String text =
        text(before("Tensor", "torch.neg((inputs)[0])"), after("Tensor", "torch.tanh(output)"));
    assertTrue(text.matches("(?s).*%self = torch.call.*relu\\(%self\\).*"), text);
  }

  @Test
  void aHookThatMayReturnNothingIsRefused() {
    UserException e =
        assertThrows(
            UserException.class,
            () ->
                text(
                    before("Tensor", "(inputs)[0]"),
                    after("Optional[Tensor]", "a")
                        .replace("    return a", MAYBE + "    return a")));
    assertTrue(e.getMessage().contains("make it return one of them always"), e.getMessage());
  }
}
