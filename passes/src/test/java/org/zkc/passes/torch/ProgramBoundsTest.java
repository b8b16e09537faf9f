package org.zkc.passes.torch;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.Region;
import org.zkc.ir.Shape;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.torch.Call;
import org.zkc.ir.torch.For;

/** Short programs that describe endless work end by counts of steps. */
final class ProgramBoundsTest {
  private static UserException refused(TorchCase c, Shape shape, Object result) {
    return assertThrows(UserException.class, () -> c.lower(shape, result));
  }

  private static Region region(TorchCase c, List<Value> parameters, List<Value> results) {
    return new Region(parameters, c.builder.build(List.of()).body(), results);
  }

  @Test
  void passesThroughALoopWithoutOperationsAreCounted() {
    // for i in range(10^15): pass
    TorchCase c = new TorchCase();
    Region region =
        region(new TorchCase("body"), List.of(c.builder.fresh("i", TorchCase.any())), List.of());
    c.builder.append(
        new For(List.of(), c.value(1_000_000_000_000_000L), List.of(), region, c.next()));
    assertTrue(refused(c, Shape.of(1), c.x).getMessage().contains("does a loop end?"));
  }

  @Test
  void operationsOfTheTensorLevelAreLimited() {
    // Two calls of the function before, 17 times: 2^17 products.
    TorchCase c = new TorchCase();
    for (int i = 0; i < 17; i++) {
      TorchCase f = new TorchCase("f" + i);
      Value y = f.x;
      for (int k = 0; k < 2; k++) {
        Value next = f.builder.fresh("y", TorchCase.TENSOR);
        if (i == 0) {
          next = f.op("aten.mul", y, 3);
        } else {
          f.builder.append(new Call(List.of(next), "f" + (i - 1), List.of(y), f.next()));
        }
        y = next;
      }
      c.add(f.builder.build(List.of(y)));
    }
    Value out = c.builder.fresh("out", TorchCase.TENSOR);
    c.builder.append(new Call(List.of(out), "f16", List.of(c.x), c.next()));
    assertTrue(refused(c, Shape.of(1), out).getMessage().contains("tensor operations"));
  }

  @Test
  void constantsComputedOnTheHostAreLimitedByWhatTheArchiveHolds() {
    TorchCase c = new TorchCase();
    Value all = c.value(List.of());
    for (int i = 0; i < 20; i++) {
      all = c.op("aten.append", all, c.op("aten.zeros", List.of(1 << 23), 6, null, null, null));
    }
    assertTrue(refused(c, Shape.of(1), c.x).getMessage().contains("computes constant tensors"));
  }

  @Test
  void productsOfConstantsAreLimited() {
    TorchCase c = new TorchCase();
    Value square = c.op("aten.zeros", List.of(3000, 3000), 6, null, null, null);
    assertRefused(c, c.op("aten.matmul", square, square), "constants are multiplied");
  }

  @Test
  void stringsAndListsThatDoubleAreLimited() {
    for (Object first : List.of("ab", List.of(1))) {
      TorchCase c = new TorchCase();
      Value all = c.value(first);
      for (int i = 0; i < 50; i++) {
        all = c.op("aten.add", all, all);
      }
      UserException e = refused(c, Shape.of(1), c.op("aten.mul", c.x, c.op("aten.len", all)));
      assertTrue(e.getMessage().contains("of more than 65536"), e.getMessage());
    }
  }

  /** Each of these would list more elements than a process holds. */
  @Test
  void positionsThatAreWrittenOutAreLimited() {
    TorchCase c = new TorchCase();
    Value classes = c.op("aten.zeros", List.of(30_000), 4, null, null, null);
    assertRefused(c, c.op("aten.one_hot", classes, 30_000), "30000 classes of 30000 elements");
    c = new TorchCase();
    assertRefused(c, c.op("aten.unfold", c.x, 0, 20_000, 1), "400020000 elements along one axis");
    c = new TorchCase();
    assertRefused(
        c,
        c.op("aten.repeat_interleave", c.x, 1_000_000, 0, null),
        "40000000000 elements along one axis");
    c = new TorchCase();
    Value square = c.op("aten.expand", c.x, List.of(5000, 40_000));
    assertRefused(c, c.op("aten.triu", square, 0), "a triangle of 5000 by 40000");
    c = new TorchCase();
    Value line = c.op("aten.repeat", c.x, List.of(100));
    assertRefused(c, c.op("aten.unbind", line, 0), "4000000 parts");
    assertRefused(c, c.op("aten.chunk", line, 2_000_000, 0), "2000000 parts");
  }

  private static void assertRefused(TorchCase c, Value result, String found) {
    UserException e = refused(c, Shape.of(40_000), result);
    assertTrue(e.getMessage().contains(found), e.getMessage());
  }
}
