package org.zkc.ir.view;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.Type;
import org.zkc.ir.Value;

/** Kernels of views against the sentence of each record, index by index, for random shapes. */
final class ViewKernelTest {
  private static final int CASES = 200;
  private final Random random = new Random(41);

  @Test
  void transposeMovesAxes() {
    for (int n = 0; n < CASES; n++) {
      Value x = input();
      List<Integer> permutation =
          new ArrayList<>(IntStream.range(0, x.shape().rank()).boxed().toList());
      Collections.shuffle(permutation, random);
      Value y = result(Shapes.transpose(x.shape(), permutation));
      compare(
          new Transpose(y, x, permutation, Location.UNKNOWN),
          index -> {
            int[] source = new int[index.length];
            for (int k = 0; k < index.length; k++) {
              source[permutation.get(k)] = index[k];
            }
            return element(x, source);
          });
    }
  }

  @Test
  void sliceStepsFromStart() {
    for (int n = 0; n < CASES; n++) {
      Value x = input();
      List<Integer> starts = new ArrayList<>();
      List<Integer> limits = new ArrayList<>();
      List<Integer> strides = new ArrayList<>();
      for (int extent : x.shape().extents()) {
        starts.add(random.nextInt(extent + 1));
        limits.add(starts.getLast() + random.nextInt(extent - starts.getLast() + 1));
        strides.add(1 + random.nextInt(3));
      }
      Value y = result(Shapes.slice(x.shape(), starts, limits, strides));
      compare(
          new Slice(y, x, starts, limits, strides, Location.UNKNOWN),
          index -> {
            int[] source = new int[index.length];
            for (int k = 0; k < index.length; k++) {
              source[k] = starts.get(k) + index[k] * strides.get(k);
            }
            return element(x, source);
          });
    }
  }

  @Test
  void padFillsTheBorder() {
    for (int n = 0; n < CASES; n++) {
      Value x = input();
      List<Integer> low = new ArrayList<>();
      List<Integer> high = new ArrayList<>();
      for (int axis = 0; axis < x.shape().rank(); axis++) {
        low.add(random.nextInt(3));
        high.add(random.nextInt(3));
      }
      Value y = result(Shapes.pad(x.shape(), low, high));
      compare(
          new Pad(y, x, low, high, -7L, Location.UNKNOWN),
          index -> {
            int[] source = new int[index.length];
            for (int k = 0; k < index.length; k++) {
              source[k] = index[k] - low.get(k);
              if (source[k] < 0 || source[k] >= x.shape().extent(k)) {
                return -7L;
              }
            }
            return element(x, source);
          });
    }
  }

  @Test
  void broadcastRepeats() {
    for (int n = 0; n < CASES; n++) {
      Shape to = shape();
      int added = random.nextInt(to.rank() + 1);
      Value x =
          value(
              new Shape(
                  to.extents().subList(added, to.rank()).stream()
                      .map(extent -> random.nextBoolean() ? 1 : extent)
                      .toList()));
      compare(
          new Broadcast(result(to), x, Location.UNKNOWN),
          index -> {
            int[] source = new int[index.length - added];
            for (int k = 0; k < source.length; k++) {
              source[k] = x.shape().extent(k) == 1 ? 0 : index[added + k];
            }
            return element(x, source);
          });
    }
  }

  @Test
  void concatenateJoins() {
    for (int n = 0; n < CASES; n++) {
      Shape shape = shape();
      if (shape.rank() == 0) {
        continue;
      }
      int axis = random.nextInt(shape.rank());
      List<Value> inputs = new ArrayList<>();
      for (int k = 1 + random.nextInt(3); k > 0; k--) {
        inputs.add(value(shape.with(axis, random.nextInt(4))));
      }
      Value y = result(Shapes.concatenate(inputs.stream().map(Value::shape).toList(), axis));
      compare(
          new Concatenate(y, inputs, axis, Location.UNKNOWN),
          index -> {
            int[] source = index.clone();
            for (int k = 0; ; k++) {
              if (source[axis] < inputs.get(k).shape().extent(axis)) {
                return element(inputs.get(k), source) + 1000L * k;
              }
              source[axis] -= inputs.get(k).shape().extent(axis);
            }
          });
    }
  }

  @Test
  void reshapeSharesTheElements() {
    long[] x = {1, 2, 3, 4, 5, 6};
    View reshape = new Reshape(result(Shape.of(3, 2)), value(Shape.of(2, 3)), Location.UNKNOWN);
    assertSame(x, ViewKernel.LONGS.apply(reshape, List.of(x)));
  }

  private void compare(View view, Function<int[], Long> expected) {
    Shape shape = view.result().shape();
    long[] want = new long[(int) shape.elementCount()];
    long[] strides = shape.strides();
    for (int i = 0; i < want.length; i++) {
      int[] index = new int[shape.rank()];
      for (int axis = 0; axis < index.length; axis++) {
        index[axis] = (int) (i / strides[axis] % shape.extent(axis));
      }
      want[i] = expected.apply(index);
    }
    List<long[]> operands = new ArrayList<>();
    for (int k = 0; k < view.operands().size(); k++) {
      long offset = 1000L * k;
      operands.add(
          IntStream.range(0, (int) view.operands().get(k).shape().elementCount())
              .mapToLong(i -> i + offset)
              .toArray());
    }
    String message = view.toString();
    assertArrayEquals(want, ViewKernel.LONGS.apply(view, operands), message);
    int[] ints =
        ViewKernel.INTS.apply(
            view,
            operands.stream()
                .map(x -> IntStream.range(0, x.length).map(i -> (int) x[i]).toArray())
                .toList());
    assertArrayEquals(want, IntStream.of(ints).asLongStream().toArray(), message);
    float[] floats =
        ViewKernel.FLOATS.apply(view, operands.stream().map(ViewKernelTest::floats).toList());
    assertArrayEquals(floats(want), floats, message);
  }

  private static float[] floats(long[] x) {
    float[] out = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      out[i] = x[i];
    }
    return out;
  }

  /** Elements count from 0. */
  private static long element(Value x, int[] index) {
    long at = 0;
    for (int axis = 0; axis < index.length; axis++) {
      at = at * x.shape().extent(axis) + index[axis];
    }
    return at;
  }

  private Shape shape() {
    return new Shape(
        IntStream.range(0, random.nextInt(5)).mapToObj(axis -> random.nextInt(1, 5)).toList());
  }

  private Value input() {
    return value(shape());
  }

  private static Value result(Shape shape) {
    return value(shape);
  }

  private static Value value(Shape shape) {
    Type type = new IntegerType(shape, 0, 1, 1);
    return new Value("v", type);
  }
}
