package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.CircuitEvaluator;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.circuit.FftConv;

/** Convolutions in FFT form prove what the direct ones prove, on random shapes. */
class FftConvTest {
  @TempDir Path directory;

  /** A random convolution: attributes, and the extents of source, kernel and result. */
  private record Shape(
      int batch,
      int channels,
      int outputs,
      int groups,
      int[] source,
      int[] kernel,
      int[] stride,
      int[] padding,
      int[] dilation,
      int[] positions) {
    static Shape random(Random r) {
      int groups = r.nextInt(3) == 0 ? 1 + r.nextInt(3) : 1;
      int[] source = new int[2];
      int[] kernel = new int[2];
      int[] stride = new int[2];
      int[] padding = new int[2];
      int[] dilation = new int[2];
      int[] positions = new int[2];
      boolean line = r.nextInt(3) == 0;
      for (int a = 0; a < 2; a++) {
        boolean single = line && a == 0;
        source[a] = single ? 1 : 1 + r.nextInt(12);
        kernel[a] = single ? 1 : 1 + r.nextInt(8);
        stride[a] = 1 + r.nextInt(3);
        dilation[a] = 1 + r.nextInt(3);
        // Padding may be negative, and positions may read nothing but padding.
        padding[a] = single ? 0 : r.nextInt(9) - 2;
        positions[a] = single ? 1 : 1 + r.nextInt(8);
      }
      return new Shape(
          1 + r.nextInt(2),
          groups * (1 + r.nextInt(4)),
          groups * (1 + r.nextInt(4)),
          groups,
          source,
          kernel,
          stride,
          padding,
          dilation,
          positions);
    }

    CircuitBuilder build(long seed, boolean fft, int extraBits) {
      CircuitBuilder b = new CircuitBuilder(seed);
      int x = b.input(-100, 100, batch, channels, source[0], source[1]);
      int w = b.model(-60, 60, outputs, channels / groups, kernel[0], kernel[1]);
      Conv c = new Conv(-1, x, w, list(stride), list(padding), list(dilation), groups);
      if (!fft) {
        return b.output(b.conv(c, list(positions)));
      }
      List<Integer> sizes =
          IntStream.range(0, 2)
              .map(a -> leastPoints(c, a) << (extraBits >> a & 1))
              .boxed()
              .toList();
      return b.output(b.fftConv(c, list(positions), sizes));
    }

    private int leastPoints(Conv c, int axis) {
      long n = FftConv.leastPoints(c, axis, source[axis], kernel[axis], positions[axis]);
      return (int) Long.highestOneBit(2 * n - 1);
    }

    private static List<Integer> list(int[] values) {
      return IntStream.of(values).boxed().toList();
    }
  }

  @Test
  void randomShapes() throws Exception {
    for (long seed = 1; seed <= 60; seed++) {
      Shape shape = Shape.random(new Random(seed));
      String at = "seed " + seed;
      CircuitBuilder direct = shape.build(seed, false, 0);
      CircuitBuilder fourier = shape.build(seed, true, (int) seed & 3);
      int[][] expected =
          CircuitEvaluator.evaluate(CircuitCheck.check(direct.circuit()), direct.given());
      CheckedCircuit circuit = CircuitCheck.check(fourier.circuit());
      int[][] elements = CircuitEvaluator.evaluate(circuit, fourier.given());
      assertArrayEquals(expected, elements, at);
      try (WeakProof weak = new WeakProof(fourier, directory)) {
        byte[] proof = weak.prove();
        weak.verify(weak.statement(elements), proof);
        int[] output = elements[2].clone();
        output[output.length / 2] += output[output.length / 2] > 0 ? -1 : 1;
        assertNotNull(weak.rejection(weak.statement(weak.withTensor(2, output)), proof), at);
      }
    }
  }

  @Test
  void leastPoints() {
    Conv same = new Conv(2, 0, 1, List.of(1, 1), List.of(0, 2), List.of(1, 1), 1);
    // "same" padding of 5 taps over 8 elements: indices -2 .. 9.
    assertEquals(10, FftConv.leastPoints(same, 1, 8, 5, 8));
    Conv valid = new Conv(2, 0, 1, List.of(1, 1), List.of(0, 0), List.of(1, 1), 1);
    // Nothing outside the source is read: a cyclic convolution of its own length does.
    assertEquals(8, FftConv.leastPoints(valid, 1, 8, 5, 4));
  }
}
