package org.zkc.stablehlo.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.zkc.stablehlo.program.HloLocation;
import org.zkc.stablehlo.program.HloProgram;
import org.zkc.stablehlo.program.Operation;

/** Texts made to cost much end in a sentence, or cost what their length is worth. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HostileTextTest {

  private static void refused(String sentence, String text) {
    HloSyntaxException e = assertThrows(HloSyntaxException.class, () -> ProgramText.read(text));
    assertTrue(e.getMessage().contains(sentence), e.getMessage());
    assertTrue(e.describe().length() < 1000);
  }

  private static String lines(int from, int to, String format) {
    return IntStream.range(from, to)
        .mapToObj(i -> format.formatted(i, i - 1, i - 1))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void deepNesting() {
    refused("nested more than 200 deep", "(".repeat(1_000_000));
    refused("nested more than 200 deep", "\"a.b\"() ({".repeat(10_000));
    refused("nested more than 200 deep", "func.func @f(" + "tensor<".repeat(1_000));
    refused("nested more than 200 deep", "module loc(" + "callsite(".repeat(1_000));
  }

  @Test
  void nestingBelowTheBoundIsRead() {
    String open = "\"a.b\"() ({ ".repeat(90);
    String close = "}) : () -> () ".repeat(90);
    assertEquals(1, ProgramText.operations("func.func @f() {" + open + close + "}").size());
  }

  @Test
  void aliasesThatUnfoldExponentially() {
    String types = "!t0 = tensor<f32>\n" + lines(1, 80, "!t%d = tuple<!t%d, !t%d>") + "\n";
    refused("stands for more than", types + "func.func private @f(!t79)");
    String attributes = "#a0 = 1\n" + lines(1, 80, "#a%d = [#a%d, #a%d]") + "\n";
    refused("stands for more than", attributes + "module attributes {x = #a79} {}");
    // Of a location the first name and line are kept, so that there is nothing to unfold.
    String locations =
        "#loc0 = loc(unknown)\n" + lines(1, 80, "#loc%d = loc(callsite(#loc%d at #loc%d))") + "\n";
    assertEquals(1, ProgramText.read(locations + "module {} loc(#loc79)").modules().size());
  }

  @Test
  void aliasesThatLeadNowhere() {
    refused("refers to itself", "#l1 = loc(\"x\"(#l2))\n#l2 = loc(\"y\"(#l1))\nmodule {} loc(#l1)");
    refused("refers to itself", "#a = [#b]\n#b = [#a]\nmodule attributes {x = #a} {}");
    refused("refers to itself", "!a = tuple<!a>\nfunc.func private @f(!a)");
    String chain = "#a0 = 1\n" + lines(1, 100_000, "#a%d = [#a%d]") + "\n";
    refused("aliases lead from one to the next", chain + "module attributes {x = #a99999} {}");
  }

  @Test
  void literalsThatClaimMoreThanTheyHold() {
    refused("fewer elements", "module attributes {x = dense<[1.0]> : tensor<1000000000xf32>} {}");
    refused(
        "more elements than 64 bits count",
        "module attributes {x = dense<1.0> : tensor<10000000000x10000000000xf32>} {}");
    refused(
        "the literal has 4 bytes",
        "module attributes {x = dense<\"0x00000000\"> : tensor<1000000000000xf64>} {}");
    refused(
        "zkc reads 64 at most", "func.func private @f(tensor<" + "2x".repeat(100_000) + "f32>)");
  }

  @Test
  void texts() {
    refused("more than 2000000 words", "%a = ".repeat(1_000_000));
    refused("longer than zkc reads", "//" + "x".repeat(TextLimits.MAX_TEXT));
    refused("does not end in its line", "\"\\".repeat(5_000_000));
    refused(
        "is not defined",
        "func.func @f() { \"a.b\"(" + "%x, ".repeat(300_000) + "%x) : () -> () }");
    refused("exceeds 64 bits", "module attributes {x = " + "9".repeat(5_000_000) + "} {}");
    refused(
        "results, 2000000000 are named", "func.func @f() { %r:2000000000 = \"a.b\"() : () -> () }");
  }

  @Test
  void aLongTextOnOneLineIsReadInOrder() {
    String operations =
        IntStream.range(0, 20_000)
            .mapToObj(
                i -> "%%a%d = stablehlo.constant dense<[\n%d.0]> : tensor<1xf32>".formatted(i, i))
            .collect(Collectors.joining(" "));
    List<Operation> body = ProgramText.operations("func.func @f() { " + operations + "}");
    assertEquals(20_000, body.size());
    assertEquals(20_000, body.getLast().location().line());
  }

  @Test
  void theLineOfEveryOperationIsFoundAmongLiteralsOfManyLines() {
    StringBuilder text = new StringBuilder("func.func @f() {\n");
    SplittableRandom random = new SplittableRandom(3);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      String breaks = "\n".repeat(random.nextInt(3));
      text.append(
          "%%a%d = stablehlo.constant dense%s<[%s%d.0%s]> : tensor<1xf32>"
              .formatted(i, breaks, breaks, i, breaks));
      text.append(random.nextInt(3) == 0 ? " " : "\n\n");
    }
    text.append("}");
    text.toString().lines().forEach(lines::add);
    HloProgram program = ProgramText.read(text.toString());
    List<Operation> body =
        program.modules().getFirst().functions().getFirst().body().orElseThrow().operations();
    for (int i = 0; i < body.size(); i++) {
      HloLocation at = body.get(i).location();
      String line = lines.get(at.line() - 1);
      assertTrue(line.startsWith("%%a%d = ".formatted(i), at.column() - 1), line);
      // Long lines are shortened.
      assertEquals(
          line.substring(0, Math.min(160, line.length())).strip(), program.origin(at).text());
    }
  }
}
