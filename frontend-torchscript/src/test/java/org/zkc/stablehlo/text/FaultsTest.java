package org.zkc.stablehlo.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.zkc.ir.UserException;

/** What a person reads who gives a text that is no program: the place, the reason, a remedy. */
final class FaultsTest {

  private static String fault(String text) {
    return assertThrows(HloSyntaxException.class, () -> ProgramText.read(text)).describe();
  }

  private static String inFunction(String operation) {
    return fault(
        "func.func @f(%a: tensor<2xf32>, %n: tensor<i32>) {\n  " + operation + "\n  return\n}\n");
  }

  @Test
  void aSignThatDoesNotFit() {
    assertEquals(
        """
        m.mlir:2:25: ']' is not expected here; write the file with its exporter again, or mend this line
          %0 = stablehlo.abs %a ] : tensor<2xf32>
                                ^\
        """,
        inFunction("%0 = stablehlo.abs %a ] : tensor<2xf32>"));
  }

  @Test
  void aValueThatIsNotDefined() {
    assertEquals(
        """
        m.mlir:2:22: the value %b is not defined before this use; define it in this block or one around it
          %0 = stablehlo.abs %b : tensor<2xf32>
                             ^\
        """,
        inFunction("%0 = stablehlo.abs %b : tensor<2xf32>"));
  }

  @Test
  void aTypeThatIsNotTheValues() {
    assertEquals(
        """
        m.mlir:2:25: operand %a is tensor<2xf32>, and is called tensor<3xf32> here; write the type that the value has
          %0 = stablehlo.abs %a : tensor<3xf32>
                                ^\
        """,
        inFunction("%0 = stablehlo.abs %a : tensor<3xf32>"));
  }

  @Test
  void aPlaceInsideALiteral() {
    assertEquals(
        """
        m.mlir:3:5: '3x' is no number; write the literal again as its type says
            3x]> : tensor<3xf32>
            ^\
        """,
        inFunction("%0 = stablehlo.constant dense<[1.0, 2.0,\n    3x]> : tensor<3xf32>"));
  }

  @Test
  void aPlaceAfterALongLiteralIsThatOfTheFile() {
    String literal = "0x" + "00".repeat(4 * 200);
    assertEquals(
        """
        m.mlir:2:1690: 'oops' is no type that zkc reads; export the model with the types of StableHLO
        %s"> : tensor<200xf32> loc("x") %%1 = stablehlo.abs %%0 : oops
        %s^\
        """
            .formatted("0".repeat(6), " ".repeat(60)),
        inFunction(
            "%%0 = stablehlo.constant dense<\"%s\"> : tensor<200xf32> loc(\"x\") %%1 = stablehlo.abs %%0 : oops"
                .formatted(literal)));
  }

  @Test
  void faultsByTheirSentence() {
    assertSentence(
        "stablehlo.iota has no part 'dims'; write the operation in the generic form",
        "%0 = stablehlo.iota dims = 0 : tensor<2xf32>");
    assertSentence(
        "stablehlo.abs stands without its types; write them after a colon",
        "%0 = stablehlo.abs %a");
    assertSentence(
        "the operation has 1 results, 2 are named; name as many as there are",
        "%0:2 = stablehlo.abs %a : tensor<2xf32>");
    assertSentence(
        "the value %a is defined twice; give the values two names",
        "%a = stablehlo.abs %a : tensor<2xf32>");
    assertSentence(
        "the function @g is not in this module; write the file with all functions that it calls",
        "%0 = call @g(%a) : (tensor<2xf32>) -> tensor<2xf32>");
    assertSentence(
        "the region has several blocks, which StableHLO does not have; use stablehlo.if,"
            + " stablehlo.case or stablehlo.while for control flow",
        "\"x.y\"() ({ ^a: \"x.z\"() : () -> () ^b: \"x.z\"() : () -> () }) : () -> ()");
    assertSentence("the attribute #x is not defined; define it", "\"x.y\"() {v = #x} : () -> ()");
    assertSentence(
        "the attribute v stands twice; remove one", "\"x.y\"() <{v = 1}> {v = 2} : () -> ()");
    assertSentence(
        "these are no dimensions of a convolution; name b, f and the spatial dimensions from 0",
        "\"x.y\"() {v = #stablehlo.conv<[b, 0, 2, f]x[0, 1, i, o]->[b, 0, 1, f]>} : () -> ()");
    assertSentence(
        "the attribute has no field x; remove the field",
        "\"x.y\"() {v = #stablehlo.gather<x = [1]>} : () -> ()");
    assertSentence(
        "a function stands inside the body of a function; write it on the level of the module",
        "func.func private @h()");
  }

  private static void assertSentence(String sentence, String operation) {
    String text = inFunction(operation);
    String first = text.substring(0, text.indexOf('\n')).replaceFirst("^m\\.mlir:\\d+:\\d+: ", "");
    assertEquals(sentence, first);
  }

  @Test
  void textsThatEndTooEarly() {
    assertEquals(
        "m.mlir:1:12: the text ends too early",
        fault("module @m {").lines().findFirst().orElseThrow().replaceAll("; .*", ""));
    assertEquals(
        "m.mlir:1:20: this string does not end in its line; close it with a quote",
        fault("module attributes {\"a = 1} {}\n").lines().findFirst().orElseThrow());
    assertEquals(
        "m.mlir:1:24: this literal does not end; the file is incomplete: write it again",
        fault("module attributes {a = dense<[1, 2").lines().findFirst().orElseThrow());
  }

  @Test
  void bytecodeIsNamed() {
    MemorySegment bytes = MemorySegment.ofArray(new byte[] {'M', 'L', (byte) 0xef, 'R', 13});
    UserException e =
        assertThrows(UserException.class, () -> StablehloText.read("m.mlirbc", bytes));
    assertEquals(
        "m.mlirbc is MLIR bytecode, which zkc does not read; print the program as text, as"
            + " exported.mlir_module() or get_stablehlo_text() does.",
        e.getMessage());
  }

  @Test
  void otherFormsAreNamed() {
    assertEquals(
        "m.mlir is compressed by gzip; unpack it first, as gunzip does.", form(0x1f, 0x8b, 8));
    assertEquals("m.mlir is text of UTF-16; save it as UTF-8.", form(0xff, 0xfe, 'm', 0));
    assertTrue(form(0, 1, 2, 3).startsWith("m.mlir is no text: its first bytes are binary; "));
    assertTrue(
        form("HloModule jit_f, entry_computation_layout={()->f32[]}\n".chars().toArray())
            .startsWith("m.mlir is HLO, which XLA prints after StableHLO; "));
    assertTrue(
        form("\"builtin.module\"() ({\n  \"vhlo.func_v1\"() ({\n".chars().toArray())
            .startsWith("m.mlir is VHLO, the form that StableHLO is stored in; "));
  }

  private static String form(int... letters) {
    byte[] bytes = new byte[letters.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) letters[i];
    }
    MemorySegment text = MemorySegment.ofArray(bytes);
    return assertThrows(UserException.class, () -> StablehloText.read("m.mlir", text)).getMessage();
  }

  @Test
  void aByteOrderMarkIsPassedOver() {
    assertEquals(1, ProgramText.read("\ufeffmodule {}\r\n").modules().size());
  }
}
