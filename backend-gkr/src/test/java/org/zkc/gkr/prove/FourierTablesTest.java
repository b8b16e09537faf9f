package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.circuit.FftConv;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.RandomElements;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.relation.ConvGeometry;
import org.zkc.gkr.relation.FftConvGeometry;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.Weight;

/** The prover's tables against the direct convolution's. */
class FourierTablesTest {
  private final RandomElements random = new RandomElements(41);

  /** The extents of source, kernel and result, and the attributes. */
  private record Case(
      List<Integer> source, List<Integer> kernel, List<Integer> positions, Conv conv) {}

  private static Conv conv(
      List<Integer> strides, List<Integer> padding, List<Integer> dilations, int groups) {
    return new Conv(2, 0, 1, strides, padding, dilations, groups);
  }

  private static final List<Case> CASES =
      List.of(
          new Case(
              List.of(1, 3, 1, 50),
              List.of(2, 3, 1, 17),
              List.of(1, 50),
              conv(List.of(1, 1), List.of(0, 8), List.of(1, 1), 1)),
          new Case(
              List.of(2, 4, 6, 7),
              List.of(6, 2, 3, 2),
              List.of(3, 4),
              conv(List.of(2, 1), List.of(1, 0), List.of(1, 3), 2)),
          new Case(
              List.of(1, 1, 9, 20),
              List.of(1, 1, 2, 5),
              List.of(4, 3),
              conv(List.of(1, 3), List.of(-2, -4), List.of(2, 1), 1)),
          // Taps and positions that read padding only.
          new Case(
              List.of(1, 2, 2, 3),
              List.of(1, 2, 5, 4),
              List.of(9, 7),
              conv(List.of(1, 1), List.of(6, 5), List.of(1, 1), 1)));

  @Test
  void bothWaysToTheWindowsAgreeAndBothSumcheckTheSame() {
    for (Case c : CASES) {
      List<Integer> result =
          List.of(c.source.get(0), c.kernel.get(0), c.positions.get(0), c.positions.get(1));
      ConvGeometry direct = new ConvGeometry(c.conv, c.source, c.kernel);
      List<Integer> sizes =
          IntStream.range(0, 2)
              .map(a ->
                  (int)
                      Long.highestOneBit(
                          2
                                  * FftConv.leastPoints(
                                      c.conv,
                                      a,
                                      c.source.get(2 + a),
                                      c.kernel.get(2 + a),
                                      c.positions.get(a))
                              - 1))
              .boxed()
              .toList();
      FftConvGeometry g = new FftConvGeometry(direct, sizes);
      Weight w = Weight.ofAxes(result.stream().map(random::vector).toList(), random.element());
      int[] source = random.residues(new TensorLayout(c.source).elementCount());
      FourierTables tables = new FourierTables(g, w, source);
      ExtVector windows = ConvWindows.of(direct, w, source, Workers.callerOnly());
      String at = c + ", " + random.seed();
      assertEquals(
          Arrays.asList(windows.toArray()),
          Arrays.asList(tables.transformedWindows().toArray()),
          at);

      // Sums over taps are sums over frequencies.
      int taps = c.kernel.get(2) * c.kernel.get(3);
      ExtVector kernel = random.vector(taps);
      TensorLayout channels = g.channels();
      Ext[] point = random.elements(channels.variables());
      ExtVector eq = EqTable.of(point, channels.storedLength());
      Ext[] overTaps = {Ext.ZERO};
      channels.forEachRun((real, stored, count) -> {
        for (int k = 0; k < count; k++) {
          for (int d = 0; d < taps; d++) {
            Ext window = windows.get((real + k) * taps + d).mul(eq.get(stored + k));
            overTaps[0] = overTaps[0].add(kernel.get(d).mul(window));
          }
        }
      });
      ExtVector ofPositions = tables.g();
      ExtVector ofKernel = tables.kernel(kernel);
      ExtVector ofSource = tables.source(point);
      Ext overFrequencies = Ext.ZERO;
      for (int f = 0; f < ofPositions.length(); f++) {
        Ext term = ofPositions.get(f).mul(ofKernel.get(f)).mul(ofSource.get(f));
        overFrequencies = overFrequencies.add(term);
      }
      assertEquals(overTaps[0], overFrequencies, at);
    }
  }
}
