package org.zkc.passes.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;

/** Complex numbers and Fourier transforms, by values worked out by hand. */
final class ComplexTensorsTest {
  /** 1 + 2i and 3 - i. */
  private static final TensorData X = TorchCase.data(Shape.of(2, 2), 1, 2, 3, -1);

  private static Value complex(TorchCase c) {
    return c.op("aten.view_as_complex", c.x);
  }

  private static void check(TorchCase c, TensorData x, Value y, double... expected) {
    float[] floats = new float[expected.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) expected[i];
    }
    assertArrayEquals(floats, c.run(x, y).toFloats(), 1e-5f);
  }

  private static void checkPairs(TorchCase c, Value z, double... expected) {
    check(c, X, c.op("aten.view_as_real", z), expected);
  }

  private static void refused(TorchCase c, Value y, String why) {
    UserException e = assertThrows(UserException.class, () -> c.run(X, y));
    assertTrue(e.getMessage().contains(why), e.getMessage());
  }

  @Test
  void productsAndQuotients() {
    TorchCase product = new TorchCase();
    Value z = complex(product);
    checkPairs(product, product.op("aten.mul/Tensor", z, z), -3, 4, 8, -6);
    TorchCase quotient = new TorchCase();
    Value i = quotient.op("aten.view_as_complex", TorchCase.data(Shape.of(2), 0, 1));
    checkPairs(quotient, quotient.op("aten.div/Tensor", complex(quotient), i), 2, -1, -1, -3);
    TorchCase matrix = new TorchCase();
    Value line = complex(matrix);
    checkPairs(matrix, matrix.op("aten.matmul", line, line), 5, -2);
    TorchCase conjugates = new TorchCase();
    Value w = complex(conjugates);
    checkPairs(
        conjugates,
        conjugates.op("aten.mul/Tensor", w, conjugates.op("aten.conj", w)),
        5,
        0,
        10,
        0);
  }

  @Test
  void realNumbersAmongComplexOnes() {
    TorchCase sum = new TorchCase();
    checkPairs(sum, sum.op("aten.add/Scalar", complex(sum), 10, 1), 11, 2, 13, -1);
    TorchCase joined = new TorchCase();
    Value ones = joined.value(TorchCase.data(Shape.of(1), 1));
    checkPairs(joined, joined.op("aten.cat", List.of(complex(joined), ones), 0), 1, 2, 3, -1, 1, 0);
  }

  @Test
  void lengthsAnglesAndParts() {
    TorchCase length = new TorchCase();
    check(length, X, length.op("aten.abs", complex(length)), Math.sqrt(5), Math.sqrt(10));
    TorchCase angle = new TorchCase();
    check(angle, X, angle.op("aten.angle", complex(angle)), Math.atan2(2, 1), Math.atan2(-1, 3));
    TorchCase imaginary = new TorchCase();
    check(imaginary, X, imaginary.op("aten.imag", complex(imaginary)), 2, -1);
  }

  @Test
  void aTransformAndItsInverse() {
    TorchCase forward = new TorchCase();
    checkPairs(forward, forward.op("aten.fft_fft", complex(forward), null, -1, null), 4, 1, -2, 3);
    TorchCase real = new TorchCase();
    TensorData samples = TorchCase.data(Shape.of(4), 1, 2, 3, 5);
    Value half = real.op("aten.fft_rfft", real.x, null, -1, null);
    check(real, samples, real.op("aten.view_as_real", half), 11, 0, -2, 3, -3, 0);
    TorchCase back = new TorchCase();
    Value spectrum = back.op("aten.fft_rfft", back.x, null, -1, "ortho");
    check(back, samples, back.op("aten.fft_irfft", spectrum, 4, -1, "ortho"), 1, 2, 3, 5);
  }

  @Test
  void shortTimeTransformsAreUndone() {
    TorchCase c = new TorchCase();
    TensorData samples = TorchCase.data(Shape.of(8), 1, 2, 3, 5, 8, 13, 21, 34);
    TensorData window = TorchCase.data(Shape.of(4), 1, 2, 2, 1);
    Value z = c.op("aten.stft", c.x, 4, 2, null, window, false, true, true, null);
    Value y = c.op("aten.istft", z, 4, 2, null, window, false, false, true, null, false);
    check(c, samples, y, 1, 2, 3, 5, 8, 13, 21, 34);
  }

  @Test
  void whatHasNoRealFormIsRefused() {
    TorchCase output = new TorchCase();
    refused(output, complex(output), "torch.view_as_real");
    TorchCase sine = new TorchCase();
    refused(sine, sine.op("aten.sin", complex(sine)), "real and imaginary parts");
    TorchCase odd = new TorchCase();
    refused(
        odd, odd.op("aten.view_as_complex", odd.op("aten.reshape", odd.x, List.of(4, 1))), "two");
    TorchCase half = new TorchCase();
    refused(half, half.op("aten.fft_rfft", complex(half), null, -1, null), "half a spectrum");
    TorchCase norm = new TorchCase();
    refused(norm, norm.op("aten.fft_fft", complex(norm), null, -1, "other"), "norm 'other'");
  }
}
