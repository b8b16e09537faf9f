package org.zkc.runtime.execute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.ViewStep;

/** Chains of random view steps, against the definitions in {@link ViewStep} index by index. */
final class StridedViewTest {
  private record Tensor(int[] elements, List<Integer> shape) {
    int at(int[] index) {
      int flat = 0;
      for (int axis = 0; axis < index.length; axis++) {
        if (index[axis] < 0 || index[axis] >= shape.get(axis)) {
          return 0;
        }
        flat = flat * shape.get(axis) + index[axis];
      }
      return elements[flat];
    }
  }

  private static int size(List<Integer> shape) {
    return shape.stream().reduce(1, Math::multiplyExact);
  }

  private static int[] index(int flat, List<Integer> shape) {
    int[] out = new int[shape.size()];
    for (int axis = out.length - 1; axis >= 0; axis--) {
      out[axis] = flat % shape.get(axis);
      flat /= shape.get(axis);
    }
    return out;
  }

  private static List<Integer> with(List<Integer> shape, int axis, int extent) {
    List<Integer> out = new ArrayList<>(shape);
    out.set(axis, extent);
    return out;
  }

  private static int[] moved(int[] index, int axis, int position) {
    int[] out = index.clone();
    out[axis] = position;
    return out;
  }

  private static Tensor apply(Tensor x, ViewStep step) {
    List<Integer> shape =
        switch (step) {
          case ViewStep.Permute p -> p.permutation().stream().map(x.shape()::get).toList();
          case ViewStep.Reshape r -> r.shape();
          case ViewStep.Window w -> with(x.shape(), w.axis(), w.extent());
          case ViewStep.Ranges r -> with(x.shape(), r.axis(), r.starts().size());
          case ViewStep.Unfold u -> {
            List<Integer> out = with(x.shape(), u.axis(), u.positions());
            out.add(u.axis() + 1, u.taps());
            yield out;
          }
        };
    int[] out = new int[size(shape)];
    for (int i = 0; i < out.length; i++) {
      int[] at = index(i, shape);
      out[i] =
          switch (step) {
            case ViewStep.Permute p -> {
              int[] source = new int[at.length];
              for (int axis = 0; axis < at.length; axis++) {
                source[p.permutation().get(axis)] = at[axis];
              }
              yield x.at(source);
            }
            case ViewStep.Reshape r -> x.elements()[i];
            case ViewStep.Window w ->
                IntStream.range(0, w.taps())
                    .map(t -> at[w.axis()] * w.stride() + t * w.dilation() + w.offset())
                    .map(s -> x.at(moved(at, w.axis(), s)))
                    .sum();
            case ViewStep.Ranges r -> {
              int j = at[r.axis()];
              yield r.factors().get(j)
                  * IntStream.range(0, r.lengths().get(j))
                      .map(s -> x.at(moved(at, r.axis(), r.starts().get(j) + s)))
                      .sum();
            }
            case ViewStep.Unfold u -> {
              int[] source = new int[at.length - 1];
              for (int axis = 0; axis < source.length; axis++) {
                source[axis] = at[axis <= u.axis() ? axis : axis + 1];
              }
              source[u.axis()] =
                  at[u.axis()] * u.stride() + at[u.axis() + 1] * u.dilation() + u.offset();
              yield x.at(source);
            }
          };
    }
    return new Tensor(out, shape);
  }

  private static ViewStep step(Random random, List<Integer> shape) {
    int axis = random.nextInt(shape.size());
    int n = shape.get(axis);
    return switch (random.nextInt(7)) {
      case 0 -> {
        List<Integer> permutation =
            new ArrayList<>(IntStream.range(0, shape.size()).boxed().toList());
        Collections.shuffle(permutation, random);
        yield new ViewStep.Permute(permutation);
      }
      case 1 -> {
        List<Integer> merged = new ArrayList<>(shape);
        if (axis + 1 < shape.size()) {
          merged.set(axis, n * merged.remove(axis + 1));
        } else {
          merged.add(random.nextInt(shape.size() + 1), 1);
        }
        yield new ViewStep.Reshape(merged);
      }
      case 2 -> new ViewStep.Window(axis, 1 + random.nextInt(5), 0, 1, random.nextInt(n), 1);
      case 3 -> {
        List<Integer> starts = random.ints(3, 0, n).boxed().toList();
        List<Integer> lengths = starts.stream().map(s -> 1 + random.nextInt(n - s)).toList();
        yield new ViewStep.Ranges(axis, starts, lengths, random.ints(3, -4, 5).boxed().toList());
      }
      case 4 ->
          new ViewStep.Unfold(
              axis,
              1 + random.nextInt(4),
              1 + random.nextInt(3),
              1 + random.nextInt(2),
              1 + random.nextInt(2),
              random.nextInt(5) - 2);
      default ->
          new ViewStep.Window(
              axis,
              1 + random.nextInt(8),
              random.nextInt(3),
              1 + random.nextInt(2),
              random.nextInt(7) - 3,
              random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 1);
    };
  }

  @Test
  void chainsOfStepsMeanWhatTheirDefinitionsSay() {
    for (long seed = 0; seed < 2000; seed++) {
      Random random = new Random(seed);
      List<Integer> shape = random.ints(1 + random.nextInt(4), 1, 6).boxed().toList();
      Tensor expected = new Tensor(random.ints(size(shape)).toArray(), shape);
      StridedView view = StridedView.of(expected.elements(), shape);
      List<ViewStep> steps = new ArrayList<>();
      for (int k = random.nextInt(5); k >= 0 && size(expected.shape()) < 5000; k--) {
        ViewStep step = step(random, expected.shape());
        steps.add(step);
        expected = apply(expected, step);
        view = view.apply(step);
      }
      String message = "seed " + seed + ": " + shape + " " + steps;
      assertArrayEquals(expected.elements(), view.toArray(), message);
      int[] sum = new int[expected.elements().length];
      Arrays.fill(sum, 5);
      view.addTo(sum, -3);
      int[] expectedSum = Arrays.stream(expected.elements()).map(e -> 5 - 3 * e).toArray();
      assertArrayEquals(expectedSum, sum, message);
    }
  }
}
