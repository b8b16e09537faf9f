package org.zkc.torchscript.lower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.zkc.ir.DType;
import org.zkc.ir.ImportedModel;
import org.zkc.ir.ModelInput;
import org.zkc.ir.Shape;
import org.zkc.ir.UserException;
import org.zkc.ir.torch.Constant;
import org.zkc.ir.torch.Operator;
import org.zkc.ir.torch.Raise;
import org.zkc.torchscript.InMemoryModel;
import org.zkc.torchscript.pickle.PickleBytes;

@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CodeLoweringTest {

  private static String text(String... lines) {
    return InMemoryModel.forward(lines).text();
  }

  private static String refusal(String... lines) {
    return assertThrows(UserException.class, () -> InMemoryModel.forward(lines).read())
        .getMessage();
  }

  private static List<String> literals(String... lines) {
    return InMemoryModel.forward(lines).read().program().main().body().stream()
        .filter(Constant.class::isInstance)
        .map(o ->
            ((Constant) o).literal()
                + ":"
                + ((org.zkc.ir.TorchType.Simple) ((Constant) o).result().type()).name())
        .toList();
  }

  private static Operator last(String... lines) {
    return (Operator) InMemoryModel.forward(lines).read().program().main().body().getLast();
  }

  @Test
  void aLineWithoutNumberOfStepsHasAHundred() {
    for (String steps : new String[] {"", ", None"}) {
      String text =
          InMemoryModel.forward("return torch.mul(x, torch.linspace(0, 1%s))".formatted(steps))
              .text();
      assertTrue(text.contains("literal = \"100\""), text);
    }
  }

  @Test
  void overloadByType() {
    assertEquals("Tensor", last("return torch.add(x, x)").overload());
    assertEquals("Scalar", last("return torch.add(x, 1)").overload());
    assertEquals("self", last("return torch.where(torch.gt(x, 0), x, x)").overload());
    assertEquals("", last("return torch.max(x)").overload());
    assertEquals("using_ints", last("return torch.flatten(x, 1)").overload());
  }

  @Test
  void integralFloatsFromTenBillionOn() {
    assertEquals(List.of("1.0e10:float"), literals("return torch.mul(x, 10000000000)"));
    assertEquals(
        List.of("-1.0e15:float", "1:int"), literals("return torch.add(x, -1000000000000000)"));
    assertEquals(List.of("9999999999:int"), literals("return torch.mul(x, 9999999999)"));
    assertEquals(
        List.of("1.0e10:float", "0.5:float", "None:NoneType", "False:bool"),
        literals("a = [10000000000, 0.5]", "return torch.tensor(a)"));
  }

  @Test
  void specialFloats() {
    assertEquals(List.of("inf:float"), literals("return torch.mul(x, inf)"));
    assertEquals(List.of("-inf:float"), literals("return torch.mul(x, -inf)"));
    assertEquals(List.of("nan:float"), literals("return torch.mul(x, nan)"));
    assertEquals(List.of("0.1:float"), literals("return torch.mul(x, 0.10000000000000001)"));
  }

  @Test
  void defaultsAndKeywordsAreFilledIn() {
    Operator softmax = last("return torch.softmax(x, -1)");
    assertEquals(3, softmax.arguments().size());
    Operator conv = last("return torch.conv2d(x, self.w, None, [1, 1], [0, 0], [1, 1])");
    assertEquals(7, conv.arguments().size());
    assertEquals("aten.gelu", last("return torch.gelu(x, approximate=\"tanh\")").operator());
  }

  @Test
  void tensorInIntPositionIsConverted() {
    String text =
        text(
            "n = ops.prim.NumToTensor(torch.size(x, 0))",
            "return torch.select(x, 0, annotate(int, n))");
    assertTrue(text.contains("aten.IntImplicit"), text);
    assertTrue(
        text("n = ops.prim.NumToTensor(torch.size(x, 0))", "return torch.select(x, 0, n)")
            .contains("aten.IntImplicit"));
  }

  @Test
  void staticConditionsTakeOneArm() {
    String text =
        text(
            "if self.training:",
            "  y = torch.nonsense(x)",
            "else:",
            "  y = torch.relu(x)",
            "return y");
    assertFalse(text.contains("torch.if"), text);
    assertTrue(text.contains("aten.relu"));
  }

  @Test
  void modelsRewrittenForOneProcessorAreToldFrom() {
    UserException e =
        assertThrows(
            UserException.class,
            () -> text("return torch.add(x, ops.prim.ConstantMKLDNNTensor())"));
    assertTrue(
        e.getMessage().contains("torch.jit.optimize_for_inference has rewritten the model"),
        e.getMessage());
  }

  /** As torchvision's IntermediateLayerGetter asks which layers' results to keep. */
  @Test
  void keysOfAttributesDecideConditions() {
    String text =
        InMemoryModel.code(
                InMemoryModel.CLASS
                    + "  kept : Dict[str, str]\n"
                    + InMemoryModel.FORWARD
                    + """
                        out = torch.dict()
                        y = torch.relu(x)
                        if torch.__contains__(self.kept, "other"):
                          torch._set_item(out, "a", y)
                        else:
                          pass
                        z = torch.neg_(y)
                        if torch.__contains__(self.kept, "layer"):
                          torch._set_item(out, (self.kept)["layer"], z)
                        else:
                          pass
                        return out["out"]
                    """)
            .attributes(p -> p.text("kept").op('}').mark().text("layer").text("out").op('u'))
            .text();
    assertFalse(text.contains("torch.if"), text);
  }

  @Test
  void branchResultsAreThoseNamesThatDiffer() {
    String text =
        text(
            "z = torch.neg(x)",
            "if torch.gt(torch.dim(x), 2):",
            "  y = torch.relu(x)",
            "  t = torch.tanh(x)",
            "else:",
            "  y = z",
            "return torch.add(y, z)");
    assertTrue(text.contains("%y = torch.if"), text);
    assertFalse(text.contains("%t, "), text);
  }

  @Test
  void whileCarriesConditionAndValues() {
    String text =
        text(
            "i, y, c = 0, x, True",
            "while c:",
            "  y0 = torch.relu(y)",
            "  i0 = torch.add(i, 1)",
            "  c, y, i = torch.lt(i0, 3), y0, i0",
            "return y");
    assertTrue(
        text.matches(
            "(?s).*torch.while\\(%\\w+, \\[%\\w+, %\\w+, %\\w+\\]\\) body\\(%c\\w*: bool, %y\\w*:"
                + " Tensor, %i\\w*: int\\).*"),
        text);
  }

  @Test
  void simultaneousAssignmentReadsFirst() {
    String text =
        text("a, b = torch.neg(x), torch.relu(x)", "a, b = b, a", "return torch.sub(a, b)");
    assertTrue(
        text.matches(
            "(?s).*%(\\w+) = torch.aten.neg.*%(\\w+) = torch.aten.relu.*sub\\(%\\2, %\\1, .*"),
        text);
  }

  @Test
  void raiseKeepsItsMessage() {
    ImportedModel model =
        InMemoryModel.forward(
                "ops.prim.RaiseException(torch.add(\"AssertionError: \", torch.format(\"got {}\","
                    + " torch.dim(x))))",
                "return x")
            .read();
    Raise raise =
        model.program().main().body().stream()
            .filter(Raise.class::isInstance)
            .map(Raise.class::cast)
            .findFirst()
            .orElseThrow();
    assertEquals("AssertionError: got {}", raise.message());
  }

  @Test
  void sharedWeightOfALiftedSignature() {
    String code =
        InMemoryModel.CLASS
            + "  sub : __torch__.S\n"
            + InMemoryModel.FORWARD
            + "    sub = self.sub\n"
            + "    w = self.w\n"
            + "    _0, _1, = (sub).forward(w, x, )\n"
            + "    return torch.add(_0, (sub).forward1(_1, ))\n"
            + "class S(Module):\n"
            + "  training : bool\n"
            + "  def forward(self: __torch__.S,\n"
            + "    weight: Tensor,\n"
            + "    argument_2: Tensor) -> Tuple[Tensor, Tensor]:\n"
            + "    return (torch.mul(argument_2, weight), argument_2)\n"
            + "  def forward1(self: __torch__.S,\n"
            + "    argument_1: Tensor) -> Tensor:\n"
            + "    return torch.neg(argument_1)\n";
    String text =
        InMemoryModel.code(code)
            .attributes(p ->
                p.text("sub").object("__torch__", "S").text("training").bool(false).endObject())
            .text();
    assertTrue(text.contains("torch.call(%w, %x) {callee = \"sub.forward\"}"), text);
    assertTrue(text.contains("{callee = \"sub.forward1\"}"), text);
  }

  @Test
  void namedTuple() {
    String code =
        InMemoryModel.CLASS
            + InMemoryModel.FORWARD
            + "    p = __torch__.P(x, 4)\n"
            + "    return torch.mul(p.a, p.b)\n"
            + "class P(NamedTuple):\n"
            + "  a : Tensor\n"
            + "  b : int\n";
    String text = InMemoryModel.code(code).text();
    assertTrue(text.contains("torch.tuple_construct(%x, "), text);
    assertTrue(text.contains("torch.tuple_unpack"), text);
  }

  @Test
  void tupleOfOutputsBecomesSeveralResults() {
    assertEquals(
        2,
        InMemoryModel.forward("return (x, torch.neg(x))").read().program().main().results().size());
  }

  @Test
  void aComplexLiteralIsAPairReadAsANumber() {
    String text =
        text("return torch.view_as_real(torch.mul(torch.view_as_complex(x), 1.-2.5e-1j))");
    assertEquals(3, text.split("view_as_complex", -1).length, text);
    assertTrue(text.contains("1.0, -0.25") || text.contains("view_as_complex(%complex"), text);
  }

  @Test
  void gradientGuardsAndWarningsVanish() {
    String text =
        text(
            "_0 = __torch__.torch.autograd.grad_mode.no_grad.__new__(__torch__.torch.autograd.grad_mode.no_grad)",
            "_1 = (_0).__init__()",
            "torch.warn(\"slow\", 2)",
            "print(\"x\", x)",
            "_2 = __torch__.torch.autograd.profiler.record_function.__new__(__torch__.torch.autograd.profiler.record_function)",
            "_3 = (_2).__init__(\"part\", None)",
            "with _0:",
            "  with _2:",
            "    y = torch.relu(x)",
            "return y");
    assertEquals(1, text.split("torch\\.aten", -1).length - 1, text);
  }

  @Test
  void inputsFromTracedRecordAndExporter() {
    byte[] traced =
        new PickleBytes()
            .op('}')
            .mark()
            .text("forward")
            .mark()
            .tensor("FloatStorage", "0", 6, 0, new int[] {2, 3}, new int[] {3, 1})
            .tuple()
            .op('u')
            .bytes();
    ImportedModel model =
        InMemoryModel.forward("return x").record("traced_inputs.pkl", traced).read();
    assertEquals(
        List.of(new ModelInput("x", Optional.of(Shape.of(2, 3)), Optional.of(DType.F32))),
        model.inputs());
    ImportedModel exported =
        InMemoryModel.forward("return x")
            .record("traced_inputs.pkl", traced)
            .record(
                "extra/zkpytorch.json",
                "{\"format\": 1, \"method\": \"traced\", \"torch\": \"2.15.0\", \"inputs\":"
                    + " [{\"name\": \"x\", \"shape\": [1, 4], \"dtype\": \"i64\"}], \"reference\":"
                    + " \"ab\"}")
            .record("extra/zkpytorch/calibration.npz", "npz bytes")
            .read();
    assertEquals(
        List.of(new ModelInput("x", Optional.of(Shape.of(1, 4)), Optional.of(DType.I64))),
        exported.inputs());
    assertEquals(9, exported.calibration().orElseThrow().byteSize());
    assertEquals(Optional.of("torch 2.15.0"), exported.producer());
  }

  @Test
  void damagedExporterRecords() {
    for (String json :
        List.of(
            "{",
            "[]",
            "{\"format\": 2}",
            "{\"format\": 1, \"inputs\": [{\"shape\": [1]}]}",
            "{\"format\": 1, \"inputs\": [{\"name\": \"x\", \"shape\": [-1]}]}",
            "[".repeat(100_000))) {
      assertThrows(
          UserException.class,
          () -> InMemoryModel.forward("return x").record("extra/zkpytorch.json", json).read(),
          json);
    }
  }

  @Test
  void refusals() {
    assertTrue(
        refusal("return torch.no_such_operator(x)")
            .contains("operator aten.no_such_operator cannot be proved"));
    assertTrue(
        refusal("return ops.torchvision.nms(x, x, 0.5)")
            .contains("operator torchvision.nms cannot be proved; which boxes it keeps depends"));
    assertTrue(
        refusal("return torch.relu(x, x, x)")
            .contains("No form of the operator torch.relu takes (Tensor, Tensor, Tensor)"));
    assertTrue(refusal("return y").contains("reads 'y'"));
    assertTrue(refusal("return self.nothing").contains("no attribute 'nothing'"));
    assertTrue(refusal("return (self).nothing(x, )").contains("no method 'nothing'"));
    assertTrue(refusal("return CONSTANTS.c0").contains("no constant CONSTANTS.c0"));
    assertTrue(refusal("return __torch__.gone(x, )").contains("no code for gone"));
    assertTrue(refusal("return (self).forward(x, )").contains("recursion"));
    assertTrue(refusal("a, b, = (x, x, x)", "return a").contains("do not fit"));
    assertTrue(refusal("y = self", "return torch.relu(y)").contains("No form"));
    assertTrue(refusal("return torch.wait(fork(gone))").contains("'gone'"));
  }

  @Test
  void forwardWithOtherThanTensorsIsRefused() {
    String code =
        InMemoryModel.CLASS
            + "  def forward(self: __torch__.M,\n"
            + "    x: Dict[str, Tensor]) -> Tensor:\n"
            + "    return self.w\n";
    assertTrue(
        assertThrows(UserException.class, () -> InMemoryModel.code(code).read())
            .getMessage()
            .contains("Dict[str, Tensor]"));
  }

  @Test
  void optionalArgumentsTakeTheirDefaults() {
    String code =
        InMemoryModel.CLASS
            + "  def forward(self: __torch__.M,\n"
            + "    x: Tensor,\n"
            + "    bias: Optional[Tensor]=None,\n"
            + "    scale: float=10000000000) -> Tensor:\n"
            + "    if torch.__isnot__(bias, None):\n"
            + "      y = torch.add(x, unchecked_cast(Tensor, bias))\n"
            + "    else:\n"
            + "      y = x\n"
            + "    return torch.mul(y, scale)\n";
    ImportedModel model = InMemoryModel.code(code).read();
    assertEquals(1, model.inputs().size());
    assertFalse(InMemoryModel.code(code).text().contains("torch.if"));
    assertTrue(InMemoryModel.code(code).text().contains("1.0e10"));
    String named = "{\"format\": 1, \"inputs\": [{\"name\": \"x\"}, {\"name\": \"bias\"}]}";
    assertEquals(
        1, InMemoryModel.code(code).record("extra/zkpytorch.json", named).read().inputs().size());
    String given = named.replace("\"bias\"", "\"bias\", \"shape\": [2], \"dtype\": \"f32\"");
    assertEquals(
        2, InMemoryModel.code(code).record("extra/zkpytorch.json", given).read().inputs().size());
  }

  @Test
  void explosionIsBounded() {
    StringBuilder code =
        new StringBuilder(
            InMemoryModel.CLASS + InMemoryModel.FORWARD + "    return __torch__.f0(x, )\n");
    for (int i = 0; i < 200; i++) {
      code.append(
          "def f%d(x: Tensor) -> Tensor:\n  return torch.add(__torch__.f%d(x, ), __torch__.f%d(x, ))\n"
              .formatted(i, i + 1, i + 1));
    }
    code.append("def f200(x: Tensor) -> Tensor:\n  return x\n");
    assertThrows(UserException.class, () -> InMemoryModel.code(code.toString()).read());
  }

  @Test
  void nestedLoopsThatLearnManyTimesAreBounded() {
    StringBuilder body = new StringBuilder();
    int depth = 40;
    for (int i = 0; i < depth; i++) {
      body.append("    ").append("  ".repeat(i)).append("for i%d in range(2):\n".formatted(i));
    }
    body.append("    ").append("  ".repeat(depth)).append("_0 = torch.relu_(x)\n");
    String code = InMemoryModel.CLASS + InMemoryModel.FORWARD + body + "    return x\n";
    assertThrows(UserException.class, () -> InMemoryModel.code(code).read());
  }
}
