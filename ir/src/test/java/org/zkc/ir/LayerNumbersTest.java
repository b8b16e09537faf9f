package org.zkc.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.text.IrSyntaxException;
import org.zkc.ir.text.OpText;
import org.zkc.ir.text.Parser;
import org.zkc.ir.text.Printer;
import org.zkc.ir.text.SidecarReader;

final class LayerNumbersTest {
  private static final String TEXT =
      """
      program tensor {
        func @main(%x: tensor<1x4:f32>) {
          %w = tensor.constant() {name = "fc.weight", data = dense<1x4:f32 [1.0, 2.0, 3.0, 4.0]>} : tensor<1x4:f32>
          %y = tensor.relu(%x) : tensor<1x4:f32> loc("model.py":7 "return torch.relu(x)")
          %z = tensor.add(%y, %w) : tensor<1x4:f32>
          return %z
        }
      }
      """;

  private static Program parse(String text) {
    return Parser.parse(text, "model.zkir", SidecarReader.NONE);
  }

  @Test
  void everyOpButConstantsHasANumber() {
    Program program = parse(TEXT);
    Program numbered = LayerNumbers.number(program);
    assertEquals(
        List.of(0, 1, 2),
        numbered.main().body().stream().map(op -> op.location().layer()).toList());
    assertEquals(
        new Location("model.py", 7, "return torch.relu(x)", 1),
        numbered.main().body().get(1).location());
    assertSame(program.main().results().getFirst(), numbered.main().results().getFirst());
  }

  @Test
  void textKeepsTheNumbers() {
    Program numbered = LayerNumbers.number(parse(TEXT));
    String text = Printer.print(numbered);
    assertTrue(text.contains("loc(\"model.py\":7 \"return torch.relu(x)\" layer 1)"), text);
    assertTrue(text.contains("loc(\"\":0 layer 2)"), text);
    assertTrue(Programs.equal(numbered, parse(text)));
    assertThrows(IrSyntaxException.class, () -> parse(text.replace("layer 2", "layer 0")));
  }

  @Test
  void textOfOneOpHasNoLocation() {
    Program numbered = LayerNumbers.number(parse(TEXT));
    Op relu = numbered.main().body().get(1);
    assertEquals("%y = tensor.relu(%x) : tensor<1x4:f32>", OpText.of(numbered).of(relu));
    assertFalse(OpText.of(numbered).of(numbered.main().body().get(2)).contains("loc("));
  }
}
