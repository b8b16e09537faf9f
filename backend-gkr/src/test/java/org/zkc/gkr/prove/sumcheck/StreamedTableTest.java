package org.zkc.gkr.prove.sumcheck;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.Weight;
import org.zkc.gkr.weight.WeightRows;

/** Every state of a streamed table is that of whole tables to which the kernels do the same. */
class StreamedTableTest {
  private final Kernels kernels = Kernels.best();
  private final Random random = new Random(7);

  private record Whole(TensorLayout layout, int[] real, List<Weight> summands, Ext scale)
      implements StreamedTable.Source {
    @Override
    public List<WeightRows> weights() {
      return summands.stream().map(w -> w.rows(scale)).toList();
    }

    @Override
    public int length() {
      return layout.storedLength();
    }

    @Override
    public int copy(int from, int count, int[] out, int at) {
      return layout.copyStored(
          (first, n, to, toAt) -> System.arraycopy(real, first, to, toAt, n), from, count, out, at);
    }
  }

  private Ext element() {
    return new Ext(random.nextInt(M31.P), random.nextInt(M31.P), random.nextInt(M31.P), 5);
  }

  private Weight eq(TensorLayout layout) {
    return Weight.eq(
        layout.shape(),
        Stream.generate(this::element).limit(layout.variables()).toArray(Ext[]::new));
  }

  /** A weight that is eq on no axis. */
  private Weight vectors(TensorLayout layout) {
    List<ExtVector> axes =
        layout.shape().stream()
            .map(n -> ExtVector.of(Stream.generate(this::element).limit(n).toArray(Ext[]::new)))
            .toList();
    return Weight.ofAxes(axes, element());
  }

  static List<List<Integer>> shapes() {
    return List.of(
        List.of(2),
        List.of(3, 5),
        List.of(1, 7, 1),
        List.of(600),
        List.of(3, 700),
        List.of(5, 3, 9, 11),
        List.of(64, 7, 7),
        List.of(3, 1025));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void agreesWithWholeTables(List<Integer> shape) {
    TensorLayout layout = new TensorLayout(shape);
    int[] real = random.ints(layout.elementCount(), 0, M31.P).toArray();
    Whole source = new Whole(layout, real, List.of(eq(layout), vectors(layout)), element());
    ExtVector weights = new ExtVector(layout.storedLength());
    source.summands.forEach(w -> w.addTo(weights, source.scale));
    ExtVector values = ExtVector.ofBase(layout.pad(real), layout.storedLength());
    ExtVector boundWeights = weights;
    ExtVector boundValues = values;
    StreamedTable table = new StreamedTable(layout.variables(), source);
    for (int left = layout.variables(); left > 0; left--) {
      int half = 1 << left - 1;
      Ext[] expected = kernels.roundOfTwo(boundValues, boundWeights, half);
      int cut = half / 3;
      assertSums(expected, table.message(0, cut), table.message(cut, half));
      assertStored(table, boundValues, boundWeights, expected, cut, half);
      Ext challenge = element();
      boundWeights = kernels.bind(boundWeights, half, challenge);
      boundValues = kernels.bind(boundValues, half, challenge);
      table.bind(challenge);
    }
    assertStored(table, boundValues, boundWeights, new Ext[] {Ext.ZERO, Ext.ZERO}, 1, 1);
  }

  private static void assertSums(Ext[] expected, Ext[] first, Ext[] second) {
    assertEquals(expected[0], first[0].add(second[0]));
    assertEquals(expected[1], first[1].add(second[1]));
  }

  private static void assertStored(
      StreamedTable table, ExtVector values, ExtVector weights, Ext[] sums, int cut, int half) {
    ExtVector storedValues = new ExtVector(table.length());
    ExtVector storedWeights = new ExtVector(table.length());
    Ext[] first = table.store(storedValues, storedWeights, 0, cut);
    Ext[] second = table.store(storedValues, storedWeights, cut, half);
    assertSums(sums, first, second);
    assertArrayEquals(values.toArray(), storedValues.toArray());
    assertArrayEquals(weights.toArray(), storedWeights.toArray());
  }
}
