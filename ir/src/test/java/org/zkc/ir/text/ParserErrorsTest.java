package org.zkc.ir.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** The form of parse errors; tests/filetests has one case for each error. */
final class ParserErrorsTest {
  private static final String TEXT =
      """
      program tensor {
        func @main(%x: tensor<4:f32>) {
      \t%y = tensor.relu(%x) : tensor<5:f32>
          return %z
        }
      }
      """;

  @Test
  void aSyntaxErrorIsDrawnBelowItsToken() {
    IrSyntaxException e =
        assertThrows(
            IrSyntaxException.class, () -> Parser.parse(TEXT, "a.zkir", SidecarReader.NONE));
    assertEquals(
        """
        a.zkir:4:12: value %z is not defined here
            return %z
                   ^~\
        """,
        e.describe());
    assertEquals(new Span(4, 12, 2), e.span());
  }

  @Test
  void findingsOfTheCheckerAreDrawnBelowTheOpAndTabsKept() {
    String text = TEXT.replace("%z", "%y");
    IllFormedTextException e =
        assertThrows(
            IllFormedTextException.class,
            () -> Parser.parseChecked(text, "a.zkir", SidecarReader.NONE));
    assertEquals(
        """
        a.zkir:3:7: the result is 5:f32, the operands give 4:f32
        \t%y = tensor.relu(%x) : tensor<5:f32>
        \t     ^~~~~~~~~~~\
        """,
        e.describe());
    assertEquals("a.zkir:3", e.location().toString());
  }

  @Test
  void aTextWithoutAProgramIsAnError() {
    for (String text : new String[] {"", "// nothing\n", "\u0000", "program", "program tensor"}) {
      assertThrows(
          IrSyntaxException.class, () -> Parser.parse(text, "empty", SidecarReader.NONE), text);
    }
  }
}
