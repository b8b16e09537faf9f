package org.zkc.ir.integer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.kernel.TaskRunner;

final class IntegerWeightsTest {
  private static IntegerWeights weights(DType dtype, List<Integer> shifts) {
    return IntegerWeights.of(
        TensorData.ofLongs(dtype, Shape.of(3, 2), new long[] {1, -2, 3, -4, 5, -6}), shifts);
  }

  @Test
  void anyRunOfElementsHasTheShiftsOfItsChannels() {
    for (DType dtype : List.of(DType.I8, DType.I16, DType.I32, DType.I64)) {
      IntegerWeights weights = weights(dtype, List.of(0, 2, 1));
      long[] all = {1, -2, 12, -16, 10, -12};
      assertArrayEquals(all, weights.toLongs());
      for (int first = 0; first < all.length; first++) {
        for (int count = 0; count <= all.length - first; count++) {
          int[] found = new int[count + 2];
          weights.copyElements(first, found, 1, count);
          for (int i = 0; i < count; i++) {
            assertEquals(all[first + i], found[1 + i], "from " + first);
          }
          assertEquals(0, found[0]);
          assertEquals(0, found[count + 1]);
        }
      }
    }
  }

  @Test
  void furtherChannelsRepeatTheFirst() {
    IntegerWeights stored = weights(DType.I8, List.of(1, 2, 0));
    IntegerWeights rounded =
        IntegerWeights.rounded(
            TensorData.ofFloats(Shape.of(3, 2), new float[] {2, -4, 12, -16, 5, -6}),
            1,
            DType.I8,
            List.of(1, 2, 0),
            (channel, first, reals, mantissas, count) -> {},
            TaskRunner.CALLER);
    long[] all = {2, -4, 12, -16, 5, -6, 2, -4, 2, -4};
    for (IntegerWeights weights : List.of(stored, rounded)) {
      IntegerWeights longer = weights.continuedByFirst(5);
      assertEquals(Shape.of(5, 2), longer.shape());
      for (int first = 0; first < all.length; first++) {
        for (int count = 0; count <= all.length - first; count++) {
          int[] found = new int[count];
          longer.copyElements(first, found, 0, count);
          for (int i = 0; i < count; i++) {
            assertEquals(all[first + i], found[i]);
          }
        }
      }
      assertArrayEquals(all, longer.toLongs());
      assertArrayEquals(new long[] {2, 12, 5, 2, 2}, longer.sums().positive());
      assertArrayEquals(new long[] {4, 16, 6, 4, 4}, longer.sums().negative());
      assertEquals(weights.sums().elements(), longer.sums().elements());
    }
  }

  @Test
  void sumsAreMadeOnceAndGoWithAReshape() {
    IntegerWeights weights = weights(DType.I8, List.of(0, 2, 1));
    WeightSums sums = weights.sums();
    assertSame(sums, weights.sums());
    assertSame(sums, weights.reshape(Shape.of(3, 1, 2)).sums());
    assertArrayEquals(
        new long[] {1, 12, 10}, weights.reshape(Shape.of(3, 1, 1, 2)).sums().positive());
  }

  @Test
  void areEqualByContent() {
    IntegerWeights weights = weights(DType.I8, List.of(0, 2, 1));
    assertEquals(weights, weights(DType.I8, List.of(0, 2, 1)));
    assertEquals(weights.hashCode(), weights(DType.I8, List.of(0, 2, 1)).hashCode());
    assertNotEquals(weights, weights(DType.I8, List.of(0, 2, 2)));
    assertNotEquals(weights, weights(DType.I16, List.of(0, 2, 1)));
    assertNotEquals(weights, weights(DType.I8, List.of()));
  }

  /** A file with a hole: no disk and no memory hold what is not written. */
  @Test
  void elementsBeyondTheReachOfAnInt(@TempDir Path folder) throws IOException {
    int channels = 3;
    int size = 1 << 30;
    long count = (long) channels * size;
    Path file = folder.resolve("weights");
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      channel.write(ByteBuffer.wrap(new byte[] {5, -7}), count - 2);
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, count, Arena.ofAuto());
      IntegerWeights weights =
          IntegerWeights.of(
              new TensorData(DType.I8, Shape.of(channels, size), bytes), List.of(0, 0, 4));
      assertEquals(count, weights.elementCount());
      assertEquals(count, weights.byteSize());
      int[] last = new int[4];
      weights.copyElements(count - 4, last, 0, 4);
      assertArrayEquals(new int[] {0, 0, 80, -112}, last);
      int[] over = new int[2];
      weights.reshape(Shape.of(channels, 1, size)).copyElements(2L * size - 1, over, 0, 2);
      assertArrayEquals(new int[2], over);
    }
  }

  @Test
  void roundedWeightsAreThoseThatWouldBeStored() throws IOException {
    Random random = new Random(11);
    for (DType dtype : List.of(DType.I8, DType.I16)) {
      Shape shape = Shape.of(3, 5000);
      float[] reals = new float[15000];
      for (int i = 0; i < reals.length; i++) {
        reals[i] = i % 7 == 0 ? (i % 200 - 100) / 2f : 30 * random.nextFloat() - 15;
      }
      List<Integer> shifts = List.of(0, 2, 1);
      long[] expected = new long[reals.length];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = (long) Math.rint(reals[i] * 2.0 / (1 << shifts.get(i / 5000)));
      }
      IntegerWeights stored = IntegerWeights.of(TensorData.ofLongs(dtype, shape, expected), shifts);
      long[] seen = new long[reals.length];
      IntegerWeights rounded =
          IntegerWeights.rounded(
              TensorData.ofFloats(shape, reals),
              2.0,
              dtype,
              shifts,
              (channel, first, weights, mantissas, count) -> {
                for (int i = 0; i < count; i++) {
                  seen[channel * 5000 + (int) first + i] = mantissas[i];
                  assertEquals(reals[channel * 5000 + (int) first + i], weights[i]);
                }
              },
              TaskRunner.CALLER);
      assertArrayEquals(expected, seen);
      assertEquals(stored, rounded);
      assertEquals(rounded, stored);
      assertEquals(stored.hashCode(), rounded.hashCode());
      assertArrayEquals(stored.toLongs(), rounded.toLongs());
      assertArrayEquals(stored.sums().positive(), rounded.sums().positive());
      assertArrayEquals(stored.sums().negative(), rounded.sums().negative());
      assertEquals(stored.sums().elements(), rounded.sums().elements());
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      rounded.writeMantissas(Channels.newChannel(bytes));
      assertArrayEquals(
          stored.mantissas().bytes().toArray(ValueLayout.JAVA_BYTE), bytes.toByteArray());
    }
  }

  @Test
  void shiftsMustFit() {
    assertThrows(IllegalArgumentException.class, () -> weights(DType.I8, List.of(0, 1)));
    assertThrows(IllegalArgumentException.class, () -> weights(DType.I8, List.of(0, 1, 31)));
    assertThrows(IllegalArgumentException.class, () -> weights(DType.I8, List.of(0, -1, 0)));
    TensorData reals = TensorData.ofFloats(Shape.of(1), new float[] {1});
    assertThrows(IllegalArgumentException.class, () -> IntegerWeights.of(reals));
  }
}
