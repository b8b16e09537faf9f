package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.TensorInterpreter;

class VariantSelectionTest {
  private static final int[] SHAPE = {1, 2, 8, 8};

  /** x + 1000 relu(x - limit): calm within the range of its data, wild outside. */
  private static Program wildAbove(float limit) {
    TensorProgramBuilder b = new TensorProgramBuilder(1);
    Value x = b.input(SHAPE);
    Value outside = b.relu(b.subtract(x, b.filled(x.shape(), limit)));
    return b.build(b.add(x, b.multiply(outside, b.filled(x.shape(), 1000))));
  }

  private static List<List<TensorData>> sample() {
    float[] elements = new float[128];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) Math.sin(i);
    }
    return List.of(List.of(TensorData.ofFloats(Shape.of(SHAPE), elements)));
  }

  private static double largest(List<TensorData> variant) {
    float largest = Float.NEGATIVE_INFINITY;
    for (float e : variant.getFirst().toFloats()) {
      largest = Math.max(largest, e);
    }
    return largest;
  }

  @Test
  void variantsThatLeaveTheRangeOfTheDataAreLeftOut() {
    TensorInterpreter network = new TensorInterpreter(wildAbove(1.7f));
    List<List<TensorData>> samples = sample();
    List<List<TensorData>> outputs = new ArrayList<>();
    samples.forEach(s -> outputs.add(network.run(s, (value, elements) -> {})));
    List<List<TensorData>> variants = ContrastVariants.of(samples, 24);
    long calm = variants.stream().filter(v -> largest(v) <= 1.7).count();
    assertTrue(calm >= 7 && calm <= 20, calm + " of 24 stay in the range");

    List<List<TensorData>> kept = VariantSelection.of(network, outputs, variants, 4);

    assertEquals(4, kept.size());
    kept.forEach(v -> assertTrue(largest(v) <= 1.71, "kept one that reaches " + largest(v)));
  }

  @Test
  void networksWithoutWildVariantsKeepTheFirst() {
    TensorInterpreter network = new TensorInterpreter(wildAbove(100));
    List<List<TensorData>> samples = sample();
    List<List<TensorData>> outputs = List.of(network.run(samples.getFirst(), (v, e) -> {}));
    List<List<TensorData>> variants = ContrastVariants.of(samples, 1);
    assertEquals(variants, VariantSelection.of(network, outputs, variants, 4));
  }
}
