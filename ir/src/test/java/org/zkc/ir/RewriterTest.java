package org.zkc.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Relu;
import org.zkc.ir.text.Parser;
import org.zkc.ir.text.Printer;
import org.zkc.ir.text.SidecarReader;

/** {@link FunctionBuilder}, {@link Rewriter}, {@link Uses} and {@link DeadOps}. */
final class RewriterTest {
  private static Program parse(String text) {
    return Parser.parse(text, "test", SidecarReader.NONE);
  }

  private static final Program TENSOR =
      parse(
          """
          program tensor {
            func @main(%x: tensor<2:f32>) {
              %a = tensor.relu(%x) : tensor<2:f32>
              %b = tensor.relu(%a) : tensor<2:f32>
              %c = tensor.add(%b, %a) : tensor<2:f32>
              %d = tensor.tanh(%x) : tensor<2:f32>
              return %c
            }
          }
          """);

  private static final Program TORCH =
      parse(
          """
          program torch {
            func @main(%c: bool, %x: Tensor) {
              %a = torch.aten.relu(%x) {overload = ""} : Tensor
              %unused = torch.aten.neg(%x) {overload = ""} : Tensor
              %r = torch.if(%c) then() {
                %t = torch.aten.add(%a, %x) {overload = "Tensor"} : Tensor
                return %t
              } otherwise() {
                return %a
              } : Tensor
              %checked = torch.if(%c) then() {
                return %x
              } otherwise() {
                torch.raise() {message = "no"}
                return %x
              } : Tensor
              return %r
            }
          }
          """);

  @Test
  void replacedValuesAreReplacedInLaterOpsAndResults() {
    // relu(relu(x)) is relu(x)
    Uses uses = Uses.of(TENSOR.main());
    Program after =
        Rewriter.rewrite(
            TENSOR,
            (op, out) -> {
              if (op instanceof Relu r
                  && uses.definition(r.input()).orElse(null) instanceof Relu inner) {
                out.replace(r.result(), inner.result());
              } else {
                out.keep(op);
              }
            });
    Add add = (Add) after.main().body().get(1);
    assertSame(add.left(), add.right());
    assertEquals(3, after.main().body().size());
    assertEquals(List.of(), Checker.check(after));
  }

  @Test
  void capturesOfNestedRegionsAreReplaced() {
    Program after =
        Rewriter.rewrite(
            TORCH,
            (op, out) -> {
              if (op.definitions().stream().anyMatch(v -> v.name().equals("a"))) {
                out.replace(op.definitions().getFirst(), op.operands().getFirst());
              } else {
                out.keep(op);
              }
            });
    String text = Printer.print(after);
    assertTrue(text.contains("torch.aten.add(%x, %x)"), text);
    assertTrue(text.contains("otherwise() {\n      return %x"), text);
    assertEquals(List.of(), Checker.check(after));
  }

  @Test
  void freshNamesDifferFromThoseThereAre() {
    Program after =
        Rewriter.rewrite(
            TENSOR,
            (op, out) -> {
              out.keep(op);
              if (op instanceof Add add) {
                Value copy =
                    out.value(
                        new Relu(
                            out.fresh("c", add.result().type()), add.result(), add.location()));
                out.replace(add.result(), copy);
              }
            });
    assertEquals("c_1", after.main().results().getFirst().name());
    assertEquals(List.of(), Checker.check(after));
  }

  @Test
  void usesAreCountedWithNestedRegionsAndResults() {
    Uses uses = Uses.of(TORCH.main());
    Value a = TORCH.main().body().getFirst().definitions().getFirst();
    assertEquals(2, uses.count(a), "the add in one arm and the result of the other");
    assertEquals(1, uses.users(a).size());
    assertTrue(uses.isYielded(a));
    assertEquals(Optional.of(TORCH.main().body().getFirst()), uses.definition(a));
    assertEquals(Optional.empty(), uses.definition(TORCH.main().parameters().getFirst()));
  }

  @Test
  void deadOpsGoAndExceptionsStay() {
    assertEquals(3, DeadOps.remove(TENSOR.main()).body().size());
    Function torch = DeadOps.remove(TORCH.main());
    assertEquals(3, torch.body().size(), "neg goes, the check that may raise stays");
    assertEquals(List.of(), Checker.check(Program.of(Level.TORCH, torch)));
  }
}
