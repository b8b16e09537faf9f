package org.zkc.gkr.prove.fourier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.code.CirclePoint;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.field.RandomElements;
import org.zkc.gkr.kernel.AllocationProbe;

class FourierTransformTest {
  private static final List<FourierLoops> TWINS =
      List.of(new PlainFourierLoops(), new VectorFourierLoops());

  private final RandomElements random = new RandomElements(5);

  private static Ext power(int size, long exponent) {
    CirclePoint root = CirclePoint.ofOrder(Integer.numberOfTrailingZeros(size));
    return new Ext(root.x(), root.y(), 0, 0).pow(Math.floorMod(exponent, size));
  }

  private static int reversed(int k, int size) {
    return size == 1 ? 0 : Integer.reverse(k) >>> 32 - Integer.numberOfTrailingZeros(size);
  }

  @Test
  void forwardIsTheDefinition() {
    for (FourierLoops loops : TWINS) {
      for (int rows : new int[] {1, 2, 4, 16}) {
        for (int columns : new int[] {1, 2, 8, 64}) {
          FourierTransform transform = FourierTransform.of(rows, columns, loops);
          int at = 3;
          int[] re = random.residues(at + rows * columns + 2);
          int[] im = random.residues(re.length);
          int[] oldRe = re.clone();
          int[] oldIm = im.clone();
          transform.forward(re, im, at);
          for (int k = 0; k < rows * columns; k++) {
            Ext sum = Ext.ZERO;
            for (int j = 0; j < rows * columns; j++) {
              Ext root =
                  power(rows, (long) reversed(k / columns, rows) * (j / columns))
                      .mul(power(columns, (long) reversed(k % columns, columns) * (j % columns)));
              sum = sum.add(new Ext(oldRe[at + j], oldIm[at + j], 0, 0).mul(root));
            }
            assertEquals(sum, new Ext(re[at + k], im[at + k], 0, 0), rows + " x " + columns);
          }
          assertArrayEquals(Arrays.copyOf(oldRe, at), Arrays.copyOf(re, at), "nothing before");
          assertEquals(oldIm[im.length - 2], im[im.length - 2], "nothing behind");
        }
      }
    }
  }

  @Test
  void theTwinsAgreeAndInverseUndoesForward() {
    for (int log = 0; log <= 15; log++) {
      for (int logRows : new int[] {0, Math.min(3, log), log / 2, log}) {
        int rows = 1 << logRows;
        int columns = 1 << log - logRows;
        int[] re = random.residues(1 << log);
        int[] im = random.residues(1 << log);
        if (log > 2) {
          // The ends of the range.
          Arrays.fill(re, 0, 2, M31.P - 1);
          Arrays.fill(im, 1, 3, M31.P - 1);
        }
        int[][] first = null;
        for (FourierLoops loops : TWINS) {
          FourierTransform transform = FourierTransform.of(rows, columns, loops);
          int[] r = re.clone();
          int[] i = im.clone();
          transform.forward(r, i, 0);
          int[][] out = {r.clone(), i.clone()};
          if (first != null) {
            assertArrayEquals(first, out, rows + " x " + columns);
          }
          first = out;
          transform.inverse(r, i, 0);
          assertArrayEquals(re, r, rows + " x " + columns);
          assertArrayEquals(im, i, rows + " x " + columns);
        }
      }
    }
  }

  @Test
  void allExtremes() {
    for (FourierLoops loops : TWINS) {
      FourierTransform transform = FourierTransform.of(1, 256, loops);
      int[] re = new int[256];
      int[] im = new int[256];
      Arrays.fill(re, M31.P - 1);
      Arrays.fill(im, M31.P - 1);
      transform.forward(re, im, 0);
      assertEquals(M31.P - 256, re[0]);
      assertEquals(M31.P - 256, im[0]);
      for (int k = 1; k < 256; k++) {
        assertEquals(0, re[k] | im[k]);
      }
    }
  }

  @Test
  void productsAreElementwise() {
    for (FourierLoops loops : TWINS) {
      for (int points : new int[] {1, 8, 32, 64}) {
        FourierTransform transform = FourierTransform.of(1, points, loops);
        int[][] v = new int[6][];
        for (int j = 0; j < 6; j++) {
          v[j] = random.residues(points + 5);
          v[j][4] = M31.P - 1;
        }
        int[] re = v[4].clone();
        int[] im = v[5].clone();
        transform.multiplyAdd(v[0], v[1], 1, v[2], v[3], 2, re, im, 3);
        int[] productRe = v[4].clone();
        int[] productIm = v[5].clone();
        transform.multiply(v[0], v[1], 1, v[2], v[3], 2, productRe, productIm, 3);
        for (int k = 0; k < points; k++) {
          Ext product =
              new Ext(v[0][1 + k], v[1][1 + k], 0, 0).mul(new Ext(v[2][2 + k], v[3][2 + k], 0, 0));
          assertEquals(product, new Ext(productRe[3 + k], productIm[3 + k], 0, 0));
          assertEquals(
              product.add(new Ext(v[4][3 + k], v[5][3 + k], 0, 0)),
              new Ext(re[3 + k], im[3 + k], 0, 0));
        }
        assertEquals(v[4][2], re[2]);
        assertEquals(v[4][points + 3], re[points + 3]);
      }
    }
  }

  @Test
  void vectorsOverTheExtension() {
    FourierTransform transform = FourierTransform.of(4, 8);
    ExtVector v = random.vector(40);
    ExtVector before = v.copy();
    transform.forward(v.slice(5, 32));
    Ext sum = Ext.ZERO;
    for (int j = 0; j < 32; j++) {
      // Frequencies (1, 2) lie at (2, 2) in bit-reversed order.
      sum = sum.add(before.get(5 + j).mul(power(4, j / 8)).mul(power(8, 2L * (j % 8))));
    }
    assertEquals(sum, v.get(5 + 2 * 8 + 2));
    transform.inverse(v.slice(5, 32));
    assertEquals(List.of(before.toArray()), List.of(v.toArray()));
  }

  /** As {@code BoxingTest}: a loop that is not compiled whole allocates every vector. */
  @Test
  void compiledVectorLoopsAllocateNextToNothing() throws IOException, InterruptedException {
    Map<String, AllocationProbe.Found> found =
        AllocationProbe.inAFreshJvm(TransformAllocations.class, List.of());
    assertEquals(1, found.size(), found.toString());
    found.forEach(
        (name, bytes) -> assertTrue(bytes.allocated() <= bytes.allowed(), name + ": " + bytes));
  }

  @Test
  void sizes() {
    assertThrows(IllegalArgumentException.class, () -> FourierTransform.of(3, 4));
    assertThrows(IllegalArgumentException.class, () -> FourierTransform.of(0, 4));
    assertThrows(IllegalArgumentException.class, () -> FourierTransform.of(1 << 13, 1 << 12));
  }
}
