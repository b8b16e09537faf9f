package org.zkc.runtime.reference;

import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import java.nio.file.Path;

/**
 * One forward pass in DJL. Loaded by {@link ReferenceEngine} in a class loader that has the engine;
 * speaks JDK types only.
 */
public final class DjlForward {
  private DjlForward() {}

  /**
   * Runs {@code forward}; gives a pair of float[] elements and long[] shape for each output.
   *
   * @param integers whether an input is i64
   */
  public static Object[] run(
      String archive, float[][] elements, long[][] shapes, boolean[] integers) throws Exception {
    Path file = Path.of(archive);
    try (Model model = Model.newInstance("reference", "PyTorch")) {
      model.load(file.getParent(), file.getFileName().toString());
      try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator())) {
        NDList inputs = new NDList();
        for (int i = 0; i < elements.length; i++) {
          NDArray array = model.getNDManager().create(elements[i], new Shape(shapes[i]));
          inputs.add(integers[i] ? array.toType(DataType.INT64, false) : array);
        }
        NDList outputs = predictor.predict(inputs);
        Object[] results = new Object[outputs.size()];
        for (int i = 0; i < results.length; i++) {
          NDArray output = outputs.get(i).toType(DataType.FLOAT32, false);
          results[i] = new Object[] {output.toFloatArray(), output.getShape().getShape()};
        }
        return results;
      }
    }
  }
}
