package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.Function;
import org.zkc.ir.Interval;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.TensorBuilder;

class IntegerInputsTest {
  private static Interval of(int samples, long... elements) {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value x = b.parameter("x", new TensorType(DType.I64, Shape.of(elements.length)));
    Function main = b.build(List.of(x));
    TensorData data = TensorData.ofLongs(DType.I64, Shape.of(elements.length), elements);
    return IntegerInputs.intervals(main, Collections.nCopies(samples, List.of(data))).get(x);
  }

  @Test
  void fewSamplesHaveRoomForWhatTheyMiss() {
    assertEquals(new Interval(0, 31), of(1, 5, 2));
    assertEquals(new Interval(0, 15), of(4, 5, 2));
    assertEquals(new Interval(0, 7), of(16, 5, 2));
    assertEquals(new Interval(-32, 31), of(3, -5, 2));
  }

  @Test
  void masksAndLongIntervalsStayAsTheyAre() {
    assertEquals(new Interval(0, 1), of(1, 0, 1));
    assertEquals(new Interval(0, 1023), of(1, 700));
    assertEquals(new Interval(0, 4095), of(1, 3000));
  }
}
