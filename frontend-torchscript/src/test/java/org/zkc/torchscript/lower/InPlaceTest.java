package org.zkc.torchscript.lower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.zkc.ir.Function;
import org.zkc.ir.Op;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.torch.Operator;
import org.zkc.torchscript.InMemoryModel;

class InPlaceTest {

  /**
   * The term that main returns, operators written as f(args), parameters by name, constants left
   * out.
   */
  private static String term(String... lines) {
    Function main = InMemoryModel.forward(lines).read().program().main();
    Map<Value, String> terms = new HashMap<>();
    main.parameters().forEach(p -> terms.put(p, p.name()));
    for (Op op : main.body()) {
      if (op instanceof Operator o) {
        List<String> arguments =
            o.arguments().stream().map(terms::get).filter(t -> t != null).toList();
        String name = o.operator().substring(o.operator().indexOf('.') + 1);
        o.results().forEach(r -> terms.put(r, name + "(" + String.join(", ", arguments) + ")"));
      }
    }
    return terms.get(main.results().get(0));
  }

  private static String refusal(String... lines) {
    return assertThrows(UserException.class, () -> InMemoryModel.forward(lines).read())
        .getMessage();
  }

  @Test
  void resultAndOldNameAreTheNewValue() {
    assertEquals("add(relu(x), relu(x))", term("y = torch.relu_(x)", "return torch.add(x, y)"));
  }

  @Test
  void valueReadBeforeTheWriteIsTheOldOne() {
    assertEquals(
        "add(relu(tanh(x)), sigmoid(tanh(x)))",
        term(
            "y = torch.tanh(x)",
            "z = torch.sigmoid(y)",
            "_0 = torch.relu_(y)",
            "return torch.add(y, z)"));
  }

  @Test
  void argumentsAreReadWhenTheOperatorRuns() {
    assertEquals("add(relu(x), relu(x))", term("return torch.add(x, torch.relu_(x))"));
  }

  @Test
  void residualAddKeepsTheOtherOperand() {
    assertEquals(
        "relu(add(tanh(x), x))",
        term("y = torch.tanh(x)", "z = torch.add_(y, x)", "return torch.relu_(z)"));
  }

  @Test
  void writeThroughAViewReachesTheBase() {
    assertEquals(
        "neg(reshape_as(clamp(view(x)), x))",
        term("v = torch.view(x, [-1])", "_0 = torch.clamp_(v, 0, 1)", "return torch.neg(x)"));
  }

  @Test
  void writeThroughAViewOfAViewReachesBoth() {
    assertEquals(
        "neg(transpose(reshape_as(relu(unsqueeze(transpose(x))), transpose(x))))",
        term(
            "a = torch.transpose(x, 0, 1)",
            "b = torch.unsqueeze(a, 0)",
            "_0 = torch.relu_(b)",
            "return torch.neg(x)"));
  }

  @Test
  void viewsOfAWrittenBaseAreTakenAgain() {
    assertEquals(
        "add(select(relu(x)), relu(x))",
        term("v = torch.select(x, 0, 0)", "_0 = torch.relu_(x)", "return torch.add(v, x)"));
  }

  @Test
  void secondWriteThroughTheSameView() {
    assertEquals(
        "neg(reshape_as(tanh(relu(view(x))), reshape_as(relu(view(x)), x)))",
        term(
            "v = torch.view(x, [4])",
            "_0 = torch.relu_(v)",
            "_1 = torch.tanh_(v)",
            "return torch.neg(x)"));
  }

  @Test
  void cloneIsNotAnAlias() {
    assertEquals(
        "add(clone(x), relu(x))",
        term("y = torch.clone(x)", "_0 = torch.relu_(x)", "return torch.add(y, x)"));
  }

  @Test
  void writeToAPartOfASplitReachesTheWholeAndTheOtherParts() {
    String parts = "_set_item(split(x), relu(__getitem__(split(x))))";
    assertEquals(
        "neg(cat(%s))".formatted(parts),
        term("p = torch.split(x, 1)", "_0 = torch.relu_(p[0])", "return torch.neg(x)"));
    assertEquals(
        "neg(__getitem__(%s))".formatted(parts),
        term(
            "p = torch.split(x, 1)",
            "v = p[0]",
            "w = p[1]",
            "_0 = torch.relu_(v)",
            "return torch.neg(w)"));
  }

  @Test
  void writeThroughAPermutationIsPutBackByItsInverse() {
    assertEquals(
        "neg(movedim(relu(permute(x)), rangelist(len())))",
        term("v = torch.permute(x, [1, 0])", "_0 = torch.relu_(v)", "return torch.neg(x)"));
  }

  @Test
  void writeThroughAPartIsAcceptedWhenTheWholeIsNotRead() {
    assertEquals(
        "neg(relu(select(x)))",
        term("v = torch.select(x, 0, 0)", "_0 = torch.relu_(v)", "return torch.neg(v)"));
  }

  @Test
  void reinterpretedBitsCannotBePutBack() {
    assertTrue(
        refusal("v = torch.view(x, 3)", "_0 = torch.relu_(v)", "return torch.neg(x)")
            .contains("in-place"));
  }

  @Test
  void possibleAliasIsRefusedWhenRead() {
    assertTrue(
        refusal("r = torch.reshape(x, [4])", "_0 = torch.relu_(r)", "return torch.neg(x)")
            .contains("in-place"));
    assertTrue(
        refusal("r = torch.dropout(x, 0.5, False)", "_0 = torch.relu_(r)", "return torch.neg(x)")
            .contains("in-place"));
  }

  @Test
  void listHoldingAWrittenTensorIsRefusedWhenRead() {
    assertTrue(
        refusal("l = [x, x]", "_0 = torch.relu_(x)", "return torch.cat(l, 0)")
            .contains("tensor or list"));
  }

  @Test
  void elementsOfASplitShareMemory() {
    assertTrue(
        term("a, b, = torch.chunk(x, 2)", "_0 = torch.relu_(a)", "return torch.neg(x)")
            .startsWith("neg(cat(_set_item(chunk(x), relu("));
  }

  @Test
  void parameterOfTheModelMayNotBeWritten() {
    assertTrue(
        refusal("w = self.w", "_0 = torch.add_(w, 1)", "return torch.add(x, w)")
            .contains("model's own 'w'"));
    assertTrue(
        refusal("w = self.w", "v = torch.view(w, [4])", "_0 = torch.add_(v, 1)", "return x")
            .contains("model's own 'w'"));
    assertTrue(
        refusal("il = self.il", "_0 = torch.append(il, 1)", "return x")
            .contains("model's own 'il'"));
    assertTrue(refusal("self.k = 2", "return x").contains("'k'"));
  }

  @Test
  void listWritesAreFunctional() {
    String text =
        InMemoryModel.forward(
                "l = [1, 2]",
                "_0 = torch.append(l, 3)",
                "_1 = torch._set_item(l, 0, 5)",
                "n = torch.pop(l)",
                "return torch.view(x, l)")
            .text();
    assertTrue(
        text.contains("%l_1 = torch.aten.append(") || text.contains("torch.aten.append(%list"),
        text);
    assertFalse(text.contains("view(%x, %list)"), text);
    assertTrue(text.matches("(?s).*%n, %list_\\d+ = torch.aten.pop\\(.*"), text);
  }

  @Test
  void assignmentToAPart() {
    assertEquals(
        "neg(slice_scatter(clone(x), copy(slice(clone(x)), x)))",
        term(
            "y = torch.clone(x)",
            "_0 = torch.copy_(torch.slice(y, 0, 0, 1), x)",
            "return torch.neg(y)"));
  }

  @Test
  void assignmentToAPartOfAPart() {
    assertEquals(
        "neg(slice_scatter(y, select_scatter(slice(y), fill(select(slice(y))))))",
        term(
                "y = torch.clone(x)",
                "_0 = torch.fill_(torch.select(torch.slice(y, 0), 1, 0), 2)",
                "return torch.neg(y)")
            .replace("clone(x)", "y"));
  }

  @Test
  void partTakenBeforeIsTakenAgain() {
    assertEquals(
        "add(select(select_scatter(y, mul(select(y)))), mul(select(y)))",
        term(
                "y = torch.clone(x)",
                "a = torch.select(y, 0, 0)",
                "b = torch.select(y, 0, 0)",
                "_0 = torch.mul_(b, 2)",
                "return torch.add(a, b)")
            .replace("clone(x)", "y"));
  }

  @Test
  void narrowedPart() {
    String text =
        InMemoryModel.forward(
                "y = torch.clone(x)",
                "_0 = torch.zero_(torch.narrow(y, 0, 1, 2))",
                "return torch.neg(y)")
            .text();
    assertTrue(
        text.matches(
            "(?s).*%end = torch.aten.add\\(%c_2, %c_3\\).*slice_scatter\\(%y, %_0, %c_1, %c_2,"
                + " %end\\).*"),
        text);
  }

  @Test
  void partsWrittenThroughAnExpandedViewAreRefused() {
    assertTrue(
        refusal(
                "y = torch.clone(x)",
                "_0 = torch.relu_(torch.expand(y, [2, 2, 2]))",
                "return torch.neg(y)")
            .contains("torch.cat or torch.stack"));
  }

  @Test
  void writesToManyViewsEnd() {
    List<String> lines = new ArrayList<>(List.of("y = torch.clone(x)"));
    for (int i = 0; i < 1000; i++) {
      lines.add("v%d = torch.expand(y, [2, 2])".formatted(i));
    }
    for (int i = 0; i < 1000; i++) {
      lines.add("_%d = torch.relu_(y)".formatted(i));
    }
    lines.add("return y");
    assertTrue(refusal(lines.toArray(String[]::new)).contains("too many others are views of"));
  }

  @Test
  void operatorWithoutFunctionalForm() {
    assertTrue(
        refusal("_0 = torch.shallow_copy_data_(x, x)", "return x")
            .contains("torch.shallow_copy_data_"));
  }

  @Test
  void writeInOneArmOfABranch() {
    String text =
        InMemoryModel.forward(
                "if torch.gt(torch.dim(x), 2):",
                "  _0 = torch.relu_(x)",
                "else:",
                "  pass",
                "return torch.neg(x)")
            .text();
    assertTrue(
        text.matches(
            "(?s).*%x_\\d = torch.if\\(%\\w+\\) then\\(\\) \\{.*return %\\w+\\s+\\} otherwise\\(\\)"
                + " \\{\\s+return %x\\s+\\}.*neg\\(%x_\\d\\).*"),
        text);
  }

  @Test
  void writeInALoopIsCarried() {
    String text =
        InMemoryModel.forward("for i in range(3):", "  _0 = torch.relu_(x)", "return torch.neg(x)")
            .text();
    assertTrue(
        text.matches(
            "(?s).*%x_\\d = torch.for\\(%\\w+, \\[%x\\]\\) body\\(%\\w+: int, %x_\\d:"
                + " Tensor\\).*neg\\(%x_\\d\\).*"),
        text);
  }

  @Test
  void staleInALoopIsRefusedFromItsStart() {
    assertTrue(
        refusal(
                "v = torch.reshape(x, [4])",
                "for i in range(3):",
                "  y = torch.neg(v)",
                "  _0 = torch.relu_(x)",
                "return torch.neg(x)")
            .contains("in-place"));
  }

  @Test
  void writeInACalledFunctionReachesTheCaller() {
    String code =
        InMemoryModel.CLASS
            + InMemoryModel.FORWARD
            + "    _0 = __torch__.f(x, )\n"
            + "    return torch.neg(x)\n"
            + "def f(a: Tensor) -> NoneType:\n"
            + "  _1 = torch.relu_(a)\n"
            + "  return None\n";
    String text = InMemoryModel.code(code).text();
    assertTrue(
        text.matches("(?s).*%f = torch.call\\(%x\\) \\{callee = \"f\"\\}.*neg\\(%f\\).*"), text);
  }

  @Test
  void writtenArgumentThatAnotherArgumentSharesIsRefused() {
    String code =
        InMemoryModel.CLASS
            + InMemoryModel.FORWARD
            + "    return __torch__.f(x, x, )\n"
            + "def f(a: Tensor,\n"
            + "    b: Tensor) -> Tensor:\n"
            + "  _1 = torch.relu_(a)\n"
            + "  return torch.add(a, b)\n";
    assertTrue(
        assertThrows(UserException.class, () -> InMemoryModel.code(code).read())
            .getMessage()
            .contains("shares its memory"));
  }

  @Test
  void writeToAListInAListReachesIt() {
    assertEquals(
        "view(x, __getitem__(_set_item(append(__getitem__()))))",
        term("l = [[1, 2], [5]]", "_0 = torch.append(l[0], 3)", "return torch.view(x, l[0])"));
    assertEquals(
        "view(x, append(__getitem__()))",
        term(
            "l = [[1, 2], [5]]", "a = l[0]", "_0 = torch.append(a, 3)", "return torch.view(x, a)"));
  }

  @Test
  void listThatWasTakenOutIsNoLongerInItsPlace() {
    String[] lines = {
      "l = [[1, 2], [5]]",
      "a = l[0]",
      "_0 = torch._set_item(l, 0, [7])",
      "_1 = torch.append(a, 3)",
      "return torch.view(x, l[0])"
    };
    assertTrue(refusal(lines).contains("tensor or list"));
  }

  @Test
  void listThatIsInAListTwiceIsRefusedWhenRead() {
    for (String twice : List.of("l = [a, a]", "l = torch.mul([a], 2)", "l = torch.add([a], [a])")) {
      assertTrue(
          refusal("a = [1]", twice, "_0 = torch.append(l[0], 3)", "return torch.view(x, l[1])")
              .contains("tensor or list"),
          twice);
    }
  }

  @Test
  void tensorOfAListThatExtendedAnotherIsRefusedWhenRead() {
    assertTrue(
        refusal(
                "y = torch.clone(x)",
                "l = [x]",
                "_0 = torch.extend(l, [y])",
                "_1 = torch.relu_(l[1])",
                "return torch.neg(y)")
            .contains("tensor or list"));
  }

  @Test
  void writeIntoAnArgumentThatReachesAnotherIsRefused() {
    String code =
        InMemoryModel.CLASS
            + InMemoryModel.FORWARD
            + "    return __torch__.f([x], x, )\n"
            + "def f(a: List[Tensor],\n"
            + "    b: Tensor) -> Tensor:\n"
            + "  _1 = torch.relu_(a[0])\n"
            + "  return torch.neg(b)\n";
    assertTrue(
        assertThrows(UserException.class, () -> InMemoryModel.code(code).read())
            .getMessage()
            .contains("shares its memory"));
  }

  @Test
  void writesToPartsInBothArmsOfABranch() {
    String text =
        InMemoryModel.forward(
                "if bool(torch.gt(torch.sum(x), 0)):",
                "  _0 = torch.relu_(torch.select(x, 0, 0))",
                "else:",
                "  _1 = torch.tanh_(torch.select(x, 0, 1))",
                "return torch.neg(x)")
            .text();
    assertEquals(2, text.split("aten.select_scatter", -1).length - 1, text);
  }
}
