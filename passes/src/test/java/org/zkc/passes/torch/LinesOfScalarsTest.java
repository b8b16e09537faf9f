package org.zkc.passes.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.torch.Operator;

/** A tensor without axes is a line of one element to what works along an axis. */
final class LinesOfScalarsTest {
  private static final TensorData X = TorchCase.data(Shape.of(), -2.5);

  private static Stream<List<Object>> calls() {
    return Stream.of(
        List.of("aten.max/dim", 0, false),
        List.of("aten.min/dim", -1, true),
        List.of("aten.median/dim", 0, false),
        List.of("aten.kthvalue", 1, 0, false),
        List.of("aten.sort", 0, true),
        List.of("aten.topk", 1, 0, true, true),
        List.of("aten.cummax", 0),
        List.of("aten.cummin", 0));
  }

  @ParameterizedTest
  @MethodSource("calls")
  void theElementIsFoundAtIndexZero(List<Object> call) {
    TorchCase c = new TorchCase();
    List<Value> arguments = new ArrayList<>(List.of(c.x));
    call.subList(1, call.size()).forEach(a -> arguments.add(c.value(a)));
    String[] name = ((String) call.getFirst()).split("/");
    Value element = c.builder.fresh("element", TorchCase.TENSOR);
    Value index = c.builder.fresh("index", TorchCase.TENSOR);
    c.builder.append(
        new Operator(
            List.of(element, index),
            name[0],
            name.length == 1 ? "" : name[1],
            arguments,
            c.next()));
    // What does not depend on the input is no result: the index is added to the element.
    TensorData found = c.run(X, c.op("aten.add/Tensor", element, index, 1));
    assertEquals(Shape.of(), found.shape());
    assertEquals(-2.5, found.getDouble(0));
  }
}
