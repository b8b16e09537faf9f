package org.zkc.gkr.relation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.code.CirclePoint;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.field.RandomElements;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.Weight;

/** The product formulas that the verifier evaluates, against sums over all frequencies. */
class FftConvGeometryTest {
  private final RandomElements random = new RandomElements(31);

  private static Ext root(int size, long exponent) {
    CirclePoint p = CirclePoint.ofOrder(Integer.numberOfTrailingZeros(size));
    return new Ext(p.x(), p.y(), 0, 0).pow(Math.floorMod(exponent, size));
  }

  /** Bit reversal, because the first coordinate of a point belongs to the lowest bit. */
  private static int frequency(int k, int size) {
    return size == 1 ? 0 : Integer.reverse(k) >>> 32 - Integer.numberOfTrailingZeros(size);
  }

  @Test
  void charactersAreTheirDefinition() {
    for (int log = 0; log <= 6; log++) {
      int size = 1 << log;
      Ext[] point = random.elements(log);
      ExtVector eq = EqTable.of(point, size);
      ExtVector h = FftConvGeometry.characters(point);
      for (int t = 0; t < size; t++) {
        Ext sum = Ext.ZERO;
        Ext product = Ext.ONE;
        for (int k = 0; k < size; k++) {
          sum = sum.add(eq.get(k).mul(root(size, (long) frequency(k, size) * t)));
        }
        for (int j = 0; j < log; j++) {
          Ext turned = point[j].mul(root(size, (1L << j) * t));
          product = product.mul(Ext.ONE.sub(point[j]).add(turned));
        }
        assertEquals(sum, h.get(t), size + " points at " + t + ", " + random.seed());
        assertEquals(product, h.get(t), size + " points at " + t + ", " + random.seed());
      }
    }
  }

  private Weight weight(List<Integer> shape) {
    Weight w = Weight.ofAxes(shape.stream().map(random::vector).toList(), random.element());
    // As the relation has it: a point on the channels.
    return w.withAxis(1, random.elements(Mle.variables(shape.get(1))), shape.get(1));
  }

  private record Case(Conv conv, List<Integer> source, List<Integer> kernel, List<Integer> sizes) {}

  @Test
  void theClosingIsTheTransformsExtension() {
    Conv plain = new Conv(2, 0, 1, List.of(1, 2), List.of(1, 2), List.of(1, 1), 1);
    Conv grouped = new Conv(2, 0, 1, List.of(2, 1), List.of(0, -1), List.of(2, 3), 3);
    Conv line = new Conv(2, 0, 1, List.of(1, 1), List.of(0, 4), List.of(1, 1), 1);
    for (Case c :
        List.of(
            new Case(plain, List.of(2, 3, 4, 5), List.of(5, 3, 3, 2), List.of(8, 16)),
            new Case(grouped, List.of(1, 6, 7, 9), List.of(3, 2, 2, 2), List.of(8, 8)),
            new Case(line, List.of(1, 1, 1, 9), List.of(2, 1, 1, 5), List.of(1, 32)),
            // Longer than the transform, as negative padding allows.
            new Case(line, List.of(1, 2, 1, 9), List.of(2, 2, 1, 11), List.of(1, 8)))) {
      List<Integer> result = List.of(c.source.get(0), c.kernel.get(0), 3, 4);
      FftConvGeometry g =
          new FftConvGeometry(new ConvGeometry(c.conv, c.source, c.kernel), c.sizes);
      Weight w = weight(result);
      Ext[] channelPoint = random.elements(g.channels().variables());
      Ext[] frequencyPoint = random.elements(g.frequencyVariables());
      FftConvGeometry.Closing closing = g.closing(w, channelPoint, frequencyPoint);

      int points = c.sizes.get(0) * c.sizes.get(1);
      ExtVector eqOfFrequencies = EqTable.of(frequencyPoint, points);
      ExtVector eqOfChannels = channels(g, channelPoint);
      int[] kernel = random.residues(new TensorLayout(c.kernel).elementCount());
      int[] source = random.residues(new TensorLayout(c.source).elementCount());
      Ext kernelSum = Ext.ZERO;
      Ext sourceSum = Ext.ZERO;
      Ext positions = Ext.ZERO;
      for (int k = 0; k < points; k++) {
        int fy = frequency(k / c.sizes.get(1), c.sizes.get(0));
        int fx = frequency(k % c.sizes.get(1), c.sizes.get(1));
        Ext eq = eqOfFrequencies.get(k);
        kernelSum = kernelSum.add(eq.mul(ofKernel(g, w, kernel, eqOfChannels, fy, fx)));
        sourceSum = sourceSum.add(eq.mul(ofSource(g, w, source, eqOfChannels, fy, fx)));
        positions = positions.add(eq.mul(ofPositions(g, w, fy, fx)));
      }
      String at = c + ", " + random.seed();
      assertEquals(kernelSum, closing.kernel().dot(kernel), at);
      assertEquals(sourceSum, closing.source().dot(source), at);
      assertEquals(positions.mulBase(M31.inv(points)), closing.positions(), at);
    }
  }

  /** eq(point, .) for every real (g, c). */
  private static ExtVector channels(FftConvGeometry g, Ext[] point) {
    TensorLayout layout = g.channels();
    ExtVector stored = EqTable.of(point, layout.storedLength());
    ExtVector real = new ExtVector(layout.elementCount());
    layout.forEachRun((to, from, n) -> real.slice(to, n).copyFrom(stored.slice(from, n)));
    return real;
  }

  private static Ext omega(FftConvGeometry g, int fy, long ty, int fx, long tx) {
    return root(g.size(0), fy * ty).mul(root(g.size(1), fx * tx));
  }

  private static Ext ofKernel(
      FftConvGeometry g, Weight w, int[] kernel, ExtVector channels, int fy, int fx) {
    List<Integer> shape = g.direct().kernel();
    List<Integer> dilations = g.direct().conv().dilations();
    Ext sum = Ext.ZERO;
    for (int k = 0; k < kernel.length; k++) {
      int dx = k % shape.get(3);
      int dy = k / shape.get(3) % shape.get(2);
      int c = k / (shape.get(3) * shape.get(2)) % shape.get(1);
      int o = k / (shape.get(3) * shape.get(2) * shape.get(1));
      int group = o / g.direct().outputsPerGroup();
      Ext turn = omega(g, fy, -(long) dy * dilations.get(0), fx, -(long) dx * dilations.get(1));
      Ext value = w.axisValues(1).get(o).mul(channels.get(group * shape.get(1) + c));
      sum = sum.add(value.mul(turn).mulBase(kernel[k]));
    }
    return sum;
  }

  private static Ext ofSource(
      FftConvGeometry g, Weight w, int[] source, ExtVector channels, int fy, int fx) {
    List<Integer> shape = g.direct().source();
    Ext sum = Ext.ZERO;
    for (int k = 0; k < source.length; k++) {
      int x = k % shape.get(3);
      int y = k / shape.get(3) % shape.get(2);
      int c = k / (shape.get(3) * shape.get(2)) % shape.get(1);
      int n = k / (shape.get(3) * shape.get(2) * shape.get(1));
      Ext value = w.scale().mul(w.axisValues(0).get(n)).mul(channels.get(c));
      sum = sum.add(value.mul(omega(g, fy, y, fx, x)).mulBase(source[k]));
    }
    return sum;
  }

  private static Ext ofPositions(FftConvGeometry g, Weight w, int fy, int fx) {
    Ext sum = Ext.ZERO;
    for (int y = 0; y < w.axisValues(2).length(); y++) {
      for (int x = 0; x < w.axisValues(3).length(); x++) {
        Ext value = w.axisValues(2).get(y).mul(w.axisValues(3).get(x));
        long ty = -g.direct().sourceIndex(0, y, 0);
        long tx = -g.direct().sourceIndex(1, x, 0);
        sum = sum.add(value.mul(omega(g, fy, ty, fx, tx)));
      }
    }
    return sum;
  }

  @Test
  void indicesAreTakenModuloThePoints() {
    Conv conv = new Conv(2, 0, 1, List.of(1, 3), List.of(0, 5), List.of(1, 2), 1);
    FftConvGeometry g =
        new FftConvGeometry(
            new ConvGeometry(conv, List.of(1, 1, 1, 20), List.of(1, 1, 1, 9)), List.of(1, 16));
    int[] taps = new int[9];
    int[] positions = new int[4];
    Arrays.setAll(taps, d -> g.ofTap(1, d));
    Arrays.setAll(positions, y -> g.ofPosition(1, y));
    assertEquals("[0, 14, 12, 10, 8, 6, 4, 2, 0]", Arrays.toString(taps));
    assertEquals("[5, 2, 15, 12]", Arrays.toString(positions));
    assertEquals(3, g.ofSource(1, 19));
    assertEquals(0, g.ofSource(0, 0) | g.ofTap(0, 0) | g.ofPosition(0, 0));
  }
}
