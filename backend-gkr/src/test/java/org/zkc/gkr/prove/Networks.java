package org.zkc.gkr.prove;

import java.util.List;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.ViewStep;

/** Networks of the size of the benchmarks, with random weights, for measuring the backend alone. */
public final class Networks {
  private Networks() {}

  /** LeNet-5 on 1x1x32x32: two convolutions with average pooling, three fully connected layers. */
  public static CircuitBuilder leNet() {
    CircuitBuilder b = new CircuitBuilder(5);
    int x = b.input(-128, 127, 1, 1, 32, 32);
    int c1 =
        act(
            b,
            b.addBias(
                b.conv(x, b.model(-127, 127, 6, 1, 5, 5), 1, 0, 1, 1), b.model(-9999, 9999, 6)),
            11);
    int p1 = pool(b, c1);
    int c2 =
        act(
            b,
            b.addBias(
                b.conv(p1, b.model(-127, 127, 16, 6, 5, 5), 1, 0, 1, 1), b.model(-9999, 9999, 16)),
            12);
    int p2 = pool(b, c2);
    int flat = b.view(p2, new ViewStep.Reshape(List.of(1, 400)));
    int f1 =
        act(
            b,
            b.addBias(b.matMul(flat, b.model(-127, 127, 120, 400)), b.model(-9999, 9999, 120)),
            12);
    int f2 =
        act(b, b.addBias(b.matMul(f1, b.model(-127, 127, 84, 120)), b.model(-9999, 9999, 84)), 11);
    return b.output(b.addBias(b.matMul(f2, b.model(-127, 127, 10, 84)), b.model(-9999, 9999, 10)));
  }

  /** VGG-16 for 1x3x32x32 with 512-512-512-10 fully connected layers: 15.2 M weights. */
  public static CircuitBuilder vgg16() {
    CircuitBuilder b = new CircuitBuilder(16);
    int x = b.input(-128, 127, 1, 3, 32, 32);
    int channels = 3;
    for (int width :
        new int[] {64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0}) {
      if (width == 0) {
        x = max(b, x);
        continue;
      }
      int acc =
          b.addBias(
              b.conv(x, b.model(-127, 127, width, channels, 3, 3), 1, 1, 1, 1),
              b.model(-9999, 9999, width));
      x = act(b, acc, channels == 3 ? 11 : 14);
      channels = width;
    }
    int v = b.view(x, new ViewStep.Reshape(List.of(1, 512)));
    for (int width : new int[] {512, 512}) {
      v =
          act(
              b,
              b.addBias(b.matMul(v, b.model(-127, 127, width, 512)), b.model(-9999, 9999, width)),
              13);
    }
    return b.output(b.addBias(b.matMul(v, b.model(-127, 127, 10, 512)), b.model(-9999, 9999, 10)));
  }

  private static int act(CircuitBuilder b, int acc, int shift) {
    return b.requantize(acc, shift, shift > 12 ? 2 : 1, 0, 127);
  }

  private static int pool(CircuitBuilder b, int x) {
    int sum =
        b.view(
            x,
            new ViewStep.Window(2, b.shape(x).get(2) / 2, 2, 1, 0, 2),
            new ViewStep.Window(3, b.shape(x).get(3) / 2, 2, 1, 0, 2));
    return b.requantize(sum, 2, 1, 0, 127);
  }

  private static int max(CircuitBuilder b, int x) {
    Integer[] corners = new Integer[4];
    for (int k = 0; k < 4; k++) {
      corners[k] =
          b.view(
              x,
              new ViewStep.Window(2, b.shape(x).get(2) / 2, 2, 1, k / 2, 1),
              new ViewStep.Window(3, b.shape(x).get(3) / 2, 2, 1, k % 2, 1));
    }
    return b.max(7, corners);
  }
}
