package org.zkc.torchscript.lower;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.zkc.ir.UserException;
import org.zkc.torchscript.InMemoryModel;
import org.zkc.torchscript.pickle.PickleBytes;

/** Objects whose attributes are made of the argument of their own __setstate__. */
final class PackedObjectsTest {
  private static final String PACKED = "__torch__.torch.classes.quantized";

  private static PickleBytes weight(PickleBytes p) {
    return p.tensor("FloatStorage", "0", 4, 0, new int[] {2, 2}, new int[] {2, 1});
  }

  /** A model with a further attribute {@code q} of a class with a state. */
  private static InMemoryModel model(
      String module, String name, UnaryOperator<PickleBytes> state, String... lines) {
    return InMemoryModel.code(
            InMemoryModel.CLASS
                + "  q : "
                + module
                + "."
                + name
                + "\n"
                + InMemoryModel.FORWARD
                + "    "
                + String.join("\n    ", lines)
                + "\n")
        .attributes(p ->
            state.apply(p.text("q").global(module, name).op(')').op(0x81).mark()).tuple().op('b'));
  }

  @Test
  void aPackedLinearLayerIsWeightAndBias() {
    String text =
        model(
                PACKED,
                "LinearPackedParamsBase",
                p -> weight(p).none(),
                "q = self.q",
                "return ops.quantized.linear_dynamic(x, q, False)")
            .text();
    assertTrue(text.contains("torch.tuple_construct(%w, %c)"), text);
    assertTrue(text.contains("quantized.linear_dynamic"), text);
  }

  @Test
  void aLayerTakesTheAttributesThatItsMethodTakes() {
    InMemoryModel model =
        model(
            "__torch__.layers",
            "Scaled",
            p -> weight(p).integer(3),
            "q = self.q",
            "factor = q.factor",
            "return torch.mul(torch.mul(x, factor), q.weight)");
    String text =
        model
            .record(
                "code/__torch__/layers.py",
                """
                class Scaled(Module):
                  weight : Tensor
                  factor : int
                  def __setstate__(self: __torch__.layers.Scaled,
                    state: Tuple[Tensor, int]) -> NoneType:
                    self.weight = (state)[0]
                    self.factor = (state)[1]
                    return None
                """)
            .text();
    assertTrue(text.contains("torch.constant() {literal = \"3\"}"), text);
  }

  @Test
  void otherStatesAreRefused() {
    refused(model(PACKED, "LinearPackedParamsBase", PackedObjectsTest::weight, "return x"));
    refused(model(PACKED, "Conv2dPackedParamsBase", p -> p.text("1").none().none(), "return x"));
    refused(model(PACKED, "Conv2dPackedParamsBase", p -> p.text("2").none().none(), "return x"));
    refused(model(PACKED, "EmbeddingPackedParamsBase", p -> p.integer(1).none(), "return x"));
    refused(model("__torch__.torch.classes.rnn", "CellParamsBase", p -> p.none(), "return x"));
    refused(model("__torch__", "M", p -> p.integer(7), "return x"));
  }

  private static void refused(InMemoryModel model) {
    UserException e = assertThrows(UserException.class, model::read);
    assertTrue(e.getMessage().contains("__setstate__"), e.getMessage());
  }
}
