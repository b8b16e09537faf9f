package org.zkc.passes.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.tensor.Composition;
import org.zkc.ir.tensor.Gelu;
import org.zkc.passes.PassContext;

/** Formulas in place of chains: the same values, for chains of any form. */
final class ComposeFunctionsTest {
  private static final String X = "%x: tensor<2x8:f32>";
  private static final String TYPE = " : tensor<2x8:f32>\n";

  private static String number(String name, double value) {
    return """
    %%%1$s0 = tensor.constant() {name = "", data = dense<scalar:f32 [%2$s]>} : tensor<scalar:f32>
    %%%1$s = tensor.broadcast(%%%1$s0) : tensor<2x8:f32>
    """
        .formatted(name, (float) value);
  }

  @Test
  void theActivationOfGpt2IsOneOp() {
    Program after =
        RewriteCase.of(
                X,
                number("half", 0.5)
                    + number("cubic", 0.044715)
                    + number("root", Math.sqrt(2 / Math.PI))
                    + number("one", 1)
                    + "%h = tensor.multiply(%x, %half)"
                    + TYPE
                    + "%q = tensor.multiply(%x, %x)"
                    + TYPE
                    + "%c = tensor.multiply(%q, %x)"
                    + TYPE
                    + "%d = tensor.multiply(%c, %cubic)"
                    + TYPE
                    + "%s = tensor.add(%x, %d)"
                    + TYPE
                    + "%a = tensor.multiply(%s, %root)"
                    + TYPE
                    + "%t = tensor.tanh(%a)"
                    + TYPE
                    + "%g = tensor.add(%t, %one)"
                    + TYPE
                    + "%y = tensor.multiply(%h, %g)"
                    + TYPE
                    + "return %y")
            .becomes(new ComposeFunctions(), "gelu");
    assertTrue(after.main().body().stream().anyMatch(op -> op instanceof Gelu g && g.tanh()));
  }

  @Test
  void randomChainsHaveTheSameValues() {
    Random random = new Random(11);
    int composed = 0;
    for (int run = 0; run < 150; run++) {
      StringBuilder body = new StringBuilder(number("k", 0.25 + random.nextInt(8) / 4.0));
      int count = 3 + random.nextInt(12);
      for (int i = 0; i < count; i++) {
        body.append("%v").append(i).append(" = ").append(op(random, i)).append(TYPE);
      }
      body.append("return %v").append(count - 1).append(", %v").append(random.nextInt(count));
      RewriteCase c = RewriteCase.of(X + ", %z: tensor<2x8:f32>", body.toString());
      Program after = new ComposeFunctions().run(c.program(), new PassContext());
      RewriteCase.assertSameResults(c.program(), after);
      for (Op op : after.main().body()) {
        composed += op instanceof Composition ? 1 : 0;
      }
    }
    assertTrue(composed > 20, () -> "few formulas were made");
  }

  private static String op(Random random, int index) {
    return switch (random.nextInt(8)) {
      case 0 -> "tensor.add(%s, %s)".formatted(any(random, index), any(random, index));
      case 1 -> "tensor.subtract(%s, %s)".formatted(any(random, index), any(random, index));
      case 2 -> "tensor.multiply(%s, %s)".formatted(bounded(random, index), any(random, index));
      case 3 -> "tensor.tanh(%s)".formatted(any(random, index));
      case 4 -> "tensor.sigmoid(%s)".formatted(any(random, index));
      case 5 -> "tensor.clamp(%s) {low = -1.5, high = 1.0}".formatted(any(random, index));
      case 6 ->
          "tensor.pointwise(%s) {function = sin, parameters = []}".formatted(any(random, index));
      default -> "tensor.multiply(%s, %%k)".formatted(any(random, index));
    };
  }

  private static String any(Random random, int index) {
    return switch (random.nextInt(24)) {
      case 0 -> "%z";
      case 1, 2, 3 -> "%x";
      case 4, 5 -> "%k";
      default -> index == 0 ? "%x" : "%v" + random.nextInt(index);
    };
  }

  /** Products of many factors would lose the digits that are compared. */
  private static String bounded(Random random, int index) {
    return random.nextBoolean() || index == 0 ? "%x" : "%v" + random.nextInt(index);
  }

  @Test
  void interpretersAgreeOnAFormula() {
    Program after =
        RewriteCase.of(
                X,
                "%e = tensor.sigmoid(%x)"
                    + TYPE
                    + "%s = tensor.pointwise(%e) {function = sin, parameters = []}"
                    + TYPE
                    + "return %s")
            .becomes(new ComposeFunctions(), "composition");
    Composition made = (Composition) after.main().body().getFirst();
    assertEquals(List.of("sigmoid x", "sin s0"), made.steps());
  }
}
