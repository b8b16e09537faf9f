package org.zkc.passes.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.Location;
import org.zkc.ir.Region;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.ir.torch.Call;
import org.zkc.ir.torch.For;
import org.zkc.ir.torch.If;
import org.zkc.ir.torch.Operator;
import org.zkc.ir.torch.Raise;
import org.zkc.ir.torch.While;
import org.zkc.passes.Fault;

/** All faults at once, and none that is the consequence of another. */
final class FaultCollectorTest {
  private static List<String> at(List<Fault> faults) {
    return faults.stream().map(f -> f.location() + " " + f.why()).toList();
  }

  private static String unknown(int line, String operator) {
    return "model.py:%d operator %s cannot be proved".formatted(line, operator);
  }

  private static Value operator(TorchCase c, String name, Value... operands) {
    Value result = c.builder.fresh("r", TorchCase.TENSOR);
    c.builder.append(new Operator(List.of(result), name, "", List.of(operands), c.next()));
    return result;
  }

  private static Region region(TorchCase c, List<Value> parameters, Value... results) {
    return new Region(parameters, c.builder.build(List.of(results)).body(), List.of(results));
  }

  @Test
  void aProgramWithoutFaultsHasNone() {
    TorchCase c = new TorchCase();
    Value unused = c.op("aten.special_bessel_j0", c.x);
    assertEquals(List.of(), c.check(Shape.of(4), c.op("aten.relu", c.op("aten.tanh", c.x))));
    assertTrue(unused.name().startsWith("r"), "a fault of which nothing depends is none");
  }

  /** Line 3 reads what is not known, and is proved elsewhere; line 4 is refused for what it is. */
  @Test
  void whatReadsAnUnknownValueIsNoFaultUnlessItIsOneItself() {
    TorchCase c = new TorchCase();
    Value first = c.op("aten.special_bessel_j0", c.x);
    Value relu = c.op("aten.relu", first);
    Value second = c.op("aten.polygamma", 2, relu);
    Value sum = c.op("aten.add", second, c.op("aten.dropout", c.x, 0.5, true), 1);
    List<Fault> faults = c.check(Shape.of(4), sum);
    assertEquals(
        List.of(unknown(2, "aten.special_bessel_j0"), unknown(4, "aten.polygamma")),
        at(faults).subList(0, 2));
    assertEquals(3, faults.size());
    assertTrue(faults.get(2).why().contains("model.eval()"), faults.get(2).why());
    assertEquals("`zkc ops` lists those that can", faults.get(0).remedy());
  }

  @Test
  void faultsInListsAndInSeveralOutputsAreFound() {
    TorchCase c = new TorchCase();
    Value a = c.op("aten.special_bessel_j0", c.x);
    Value b = c.op("aten.polygamma", 1, c.x);
    Value joined = c.op("aten.cat", List.of(a, c.x, b), 0);
    Value other = c.op("aten.igamma", c.x, c.x);
    assertEquals(
        List.of(
            unknown(2, "aten.special_bessel_j0"),
            unknown(3, "aten.polygamma"),
            unknown(5, "aten.igamma")),
        at(c.check(Shape.of(4), c.tuple(joined, other))));
  }

  /** The mended model computes both arms, so the faults of both are certain. */
  @Test
  void bothArmsOfABranchOnTheInputAreWalkedThrough() {
    TorchCase c = new TorchCase();
    Value condition = c.op("aten.Bool", c.op("aten.sum", c.x));
    Value out = c.builder.fresh("out", TorchCase.TENSOR);
    c.builder.append(branch(c, condition, out));
    List<Fault> faults = c.check(Shape.of(4), c.op("aten.igamma", out, out));
    assertEquals(4, faults.size(), at(faults).toString());
    assertTrue(faults.getFirst().why().contains("depends on the values"), faults.getFirst().why());
    assertTrue(faults.getFirst().remedy().contains("data-dependent"), faults.toString());
    assertTrue(faults.stream().allMatch(Fault::certain), faults.toString());
  }

  /** Which arm is taken is not known because of another fault: the arms' own are not certain. */
  @Test
  void faultsInArmsThatAnotherFaultHidesAreNotCertain() {
    TorchCase c = new TorchCase();
    Value size = c.op("aten.size/int", c.op("aten.special_bessel_j0", c.x), 0);
    Value condition = c.op("aten.Bool", size);
    Value out = c.builder.fresh("out", TorchCase.TENSOR);
    c.builder.append(branch(c, condition, out));
    List<Fault> faults = c.check(Shape.of(4), out);
    assertEquals(3, faults.size(), at(faults).toString());
    assertEquals(unknown(2, "aten.special_bessel_j0"), at(faults).getFirst());
    assertTrue(faults.getFirst().certain());
    assertFalse(faults.get(1).certain() || faults.get(2).certain());
  }

  /** One arm takes aten.polygamma, the other raises nothing that would be told of. */
  private static If branch(TorchCase c, Value condition, Value out) {
    TorchCase yes = new TorchCase("yes");
    Region then = region(yes, List.of(), operator(yes, "aten.polygamma", c.x));
    TorchCase no = new TorchCase("no");
    no.builder.append(new Raise("never", no.next()));
    Region otherwise = region(no, List.of(), operator(no, "aten.erfcinv", c.x));
    return new If(List.of(out), condition, then, otherwise, c.next());
  }

  @Test
  void loopsOfUnknownLengthAreWalkedThroughOnce() {
    TorchCase c = new TorchCase();
    Value count = c.op("aten.Int", c.op("aten.sum", c.x));
    TorchCase body = new TorchCase("body");
    Value i = c.builder.fresh("i", TorchCase.any());
    Value carried = c.builder.fresh("carried", TorchCase.TENSOR);
    Region region = region(body, List.of(i, carried), operator(body, "aten.erfcinv", carried));
    Value out = c.builder.fresh("out", TorchCase.TENSOR);
    c.builder.append(new For(List.of(out), count, List.of(c.x), region, c.next()));
    TorchCase again = new TorchCase("again");
    Value more = again.op("aten.Bool", again.op("aten.sum", carried));
    Region whileBody =
        region(again, List.of(carried), more, operator(again, "aten.igamma", carried));
    Value end = c.builder.fresh("end", TorchCase.TENSOR);
    Value start = c.op("aten.Bool", c.op("aten.mean", c.x));
    c.builder.append(new While(List.of(end), start, List.of(c.x), whileBody, c.next()));
    List<Fault> faults = c.check(Shape.of(4), c.tuple(out, end));
    assertEquals(4, faults.size(), at(faults).toString());
  }

  @Test
  void oneLineThatIsMetOftenIsOneFault() {
    TorchCase c = new TorchCase();
    TorchCase body = new TorchCase("body");
    Value i = c.builder.fresh("i", TorchCase.any());
    Value carried = c.builder.fresh("carried", TorchCase.TENSOR);
    Region region = region(body, List.of(i, carried), operator(body, "aten.erfcinv", carried));
    Value out = c.builder.fresh("out", TorchCase.TENSOR);
    c.builder.append(new For(List.of(out), c.value(7), List.of(c.x), region, c.next()));
    List<Fault> faults = c.check(Shape.of(4), out);
    assertEquals(List.of(unknown(2, "aten.erfcinv")), at(faults));
    assertEquals(7, faults.getFirst().times());
  }

  /** After an exception that is sure to be raised nothing more is known. */
  @Test
  void exceptionsAndEndlessProgramsEndTheWalk() {
    TorchCase c = new TorchCase();
    Value a = c.op("aten.special_bessel_j0", c.x);
    c.builder.append(new Raise("ValueError: no", c.next()));
    List<Fault> faults = c.check(Shape.of(4), a);
    assertEquals(1, faults.size());
    assertTrue(faults.getFirst().why().contains("ValueError: no"));
    TorchCase self = new TorchCase();
    Value result = self.builder.fresh("r", TorchCase.TENSOR);
    self.builder.append(new Call(List.of(result), "main", List.of(self.x), Location.UNKNOWN));
    List<Fault> endless = self.check(Shape.of(4), result);
    assertTrue(endless.getFirst().why().contains("nested more than"), endless.toString());
  }

  /** The work is in proportion to the program, also where every value is unknown. */
  @Test
  void longChainsOfUnknownValuesAreNoDeepRecursion() {
    TorchCase c = new TorchCase();
    Value y = c.op("aten.special_bessel_j0", c.x);
    for (int i = 0; i < 50_000; i++) {
      y = c.op("aten.add", y, y, 1);
    }
    assertEquals(List.of(unknown(2, "aten.special_bessel_j0")), at(c.check(Shape.of(4), y)));
  }
}
