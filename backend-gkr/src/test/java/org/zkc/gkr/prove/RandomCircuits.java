package org.zkc.gkr.prove;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.circuit.InvalidCircuit;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.ViewSemantics;
import org.zkc.gkr.circuit.ViewStep;

/**
 * Circuits of 2 to 10 relations of all kinds on small tensors of up to 7 axes, seen through random
 * views of up to 3 steps; every tensor that nothing reads is an output, and some others. A seed
 * always gives the same one.
 */
public final class RandomCircuits {
  private static final int MOST_AXES = 7;
  private static final int MOST_ELEMENTS = 400;

  private final Random random;
  private final CircuitBuilder b;
  private final List<Integer> made = new ArrayList<>();

  private RandomCircuits(long seed) {
    random = new Random(seed);
    b = new CircuitBuilder(seed);
  }

  /**
   * The circuit of a seed, still in its builder.
   *
   * @throws InvalidCircuit when the values of what the seed draws grow too large
   */
  public static CircuitBuilder of(long seed) {
    RandomCircuits c = new RandomCircuits(seed);
    c.made.add(c.b.input(-5, 5, c.shape(c.random.nextInt(5))));
    c.made.add(c.b.input(-5, 5, c.shape(1 + c.random.nextInt(4))));
    for (int k = 2 + c.random.nextInt(9); k > 0; k--) {
      c.relation();
    }
    return c.withOutputs();
  }

  private CircuitBuilder withOutputs() {
    Circuit unfinished = b.circuit();
    Set<Integer> read = new HashSet<>();
    unfinished.relations().forEach(r -> read.addAll(r.sources()));
    for (Relation r : unfinished.relations()) {
      if (!read.contains(r.result()) || random.nextInt(6) == 0) {
        b.output(r.result());
      }
    }
    return b;
  }

  private Integer[] shape(int rank) {
    return IntStream.range(0, rank)
        .mapToObj(k -> random.nextInt(5) == 0 ? 1 : 1 + random.nextInt(7))
        .toArray(Integer[]::new);
  }

  private static int count(List<Integer> shape) {
    return shape.stream().reduce(1, Math::multiplyExact);
  }

  /** One of the tensors so far, rather a late one. */
  private int pick() {
    return made.get(Math.max(random.nextInt(made.size()), random.nextInt(made.size())));
  }

  // ---- views

  private ViewStep step(List<Integer> shape) {
    if (shape.isEmpty()) {
      return new ViewStep.Reshape(List.of(1));
    }
    int axis = random.nextInt(shape.size());
    int n = shape.get(axis);
    return switch (random.nextInt(6)) {
      case 0 -> {
        List<Integer> order = new ArrayList<>(IntStream.range(0, shape.size()).boxed().toList());
        Collections.shuffle(order, random);
        yield new ViewStep.Permute(order);
      }
      case 1 -> new ViewStep.Reshape(factors(count(shape)));
      case 2 ->
          new ViewStep.Window(
              axis,
              1 + random.nextInt(6),
              random.nextInt(4),
              random.nextInt(3),
              random.nextInt(2 * n + 3) - n - 1,
              1 + random.nextInt(4));
      case 3 -> {
        ArrayList<Integer> starts = new ArrayList<>();
        ArrayList<Integer> lengths = new ArrayList<>();
        ArrayList<Integer> factors = new ArrayList<>();
        for (int k = 1 + random.nextInt(5); k > 0; k--) {
          int start = random.nextInt(n);
          starts.add(start);
          lengths.add(1 + random.nextInt(n - start));
          factors.add(random.nextInt(7) - 3);
        }
        yield new ViewStep.Ranges(axis, starts, lengths, factors);
      }
      case 4 ->
          shape.size() < MOST_AXES - 1
              ? new ViewStep.Unfold(
                  axis,
                  1 + random.nextInt(5),
                  1 + random.nextInt(4),
                  random.nextInt(3),
                  random.nextInt(3),
                  random.nextInt(2 * n + 1) - n)
              : new ViewStep.Reshape(factors(count(shape)));
      default -> new ViewStep.Window(axis, n, 1, 1, 0, 1);
    };
  }

  /** A shape of n elements, with axes of one element here and there. */
  private List<Integer> factors(int n) {
    ArrayList<Integer> out = new ArrayList<>();
    int rest = n;
    while (rest > 1) {
      int left = rest;
      List<Integer> divisors =
          out.size() == 5
              ? List.of(left)
              : IntStream.rangeClosed(2, left).filter(d -> left % d == 0).boxed().toList();
      int d = divisors.get(random.nextInt(divisors.size()));
      out.add(d);
      rest /= d;
    }
    while (out.size() < MOST_AXES && random.nextInt(3) == 0) {
      out.add(random.nextInt(out.size() + 1), 1);
    }
    return out;
  }

  private List<ViewStep> steps(List<Integer> shape, int most) {
    ArrayList<ViewStep> out = new ArrayList<>();
    List<Integer> current = shape;
    for (int k = random.nextInt(most + 1); k > 0; k--) {
      ViewStep step = step(current);
      List<Integer> next = ViewSemantics.outcomeShape(current, step);
      if (next.size() <= MOST_AXES && count(next) <= MOST_ELEMENTS) {
        out.add(step);
        current = next;
      }
    }
    return out;
  }

  private static List<Integer> outcome(List<Integer> shape, List<ViewStep> steps) {
    List<Integer> current = shape;
    for (ViewStep step : steps) {
      current = ViewSemantics.outcomeShape(current, step);
    }
    return current;
  }

  // ---- relations

  private void relation() {
    int t = pick();
    switch (random.nextInt(15)) {
      case 13 -> norm(t);
      case 14 -> exponentials(t);
      case 0, 1 -> affine(t);
      case 2 -> matMul(t);
      case 9 -> matMulOfTensors(t);
      case 10 -> gather(t);
      case 11 -> signedQuotient(t);
      case 12 -> withComputedKernel(t);
      case 3, 4 -> convolution(t);
      case 5 -> made.add(small(t));
      case 6 -> {
        int left = small(t);
        int right = random.nextBoolean() ? left : small(t);
        made.add(b.product(left, right));
        made.add(left);
      }
      case 7 -> {
        int first = small(t);
        int second = small(t);
        made.add(
            b.max(
                7,
                random.nextBoolean()
                    ? new Integer[] {first, second}
                    : new Integer[] {first, second, first}));
      }
      default -> {
        int numerator = b.requantize(t, random.nextInt(5), 1, 0, 20);
        List<Integer> shape = b.shape(numerator);
        Affine.Box more =
            new Affine.Box(1 + random.nextInt(5), shape.stream().map(e -> 0).toList(), shape);
        int denominator = b.affine(shape, List.of(CircuitBuilder.term(numerator, 1)), more);
        made.add(b.quotient(numerator, denominator, 1 + random.nextInt(6)));
      }
    }
  }

  private void affine(int t) {
    List<ViewStep> view = steps(b.shape(t), 3);
    List<Integer> shape = outcome(b.shape(t), view);
    ArrayList<Affine.Term> terms =
        new ArrayList<>(List.of(new Affine.Term(t, random.nextInt(5) + 1, view)));
    for (int k = random.nextInt(3); k > 0; k--) {
      int other = pick();
      boolean found = false;
      for (int trial = 0; trial < 40 && !found; trial++) {
        ArrayList<ViewStep> steps = new ArrayList<>(steps(b.shape(other), 2));
        List<Integer> is = outcome(b.shape(other), steps);
        if (!is.equals(shape) && count(is) == count(shape)) {
          steps.add(new ViewStep.Reshape(shape));
          is = shape;
        }
        if (is.equals(shape)) {
          terms.add(new Affine.Term(other, -(random.nextInt(5) + 1), steps));
          found = true;
        }
      }
    }
    ArrayList<Affine.Box> boxes = new ArrayList<>();
    for (int k = random.nextInt(3); k > 0; k--) {
      ArrayList<Integer> starts = new ArrayList<>();
      ArrayList<Integer> limits = new ArrayList<>();
      for (int extent : shape) {
        int start = random.nextInt(extent);
        starts.add(start);
        limits.add(start + 1 + random.nextInt(extent - start));
      }
      boxes.add(new Affine.Box(random.nextInt(41) - 20, starts, limits));
    }
    made.add(b.affine(shape, terms, boxes.toArray(Affine.Box[]::new)));
  }

  private void matMul(int t) {
    List<Integer> shape = b.shape(t);
    if (!shape.isEmpty()) {
      // Enough output channels for several rows of the commitment, now and then.
      int outputs = (1 + random.nextInt(9)) * (random.nextInt(3) == 0 ? 8 : 1);
      made.add(b.matMul(t, b.model(-3, 3, outputs, shape.getLast())));
    }
  }

  /** A product along shared axes of a tensor and itself, a view of itself, or a parameter. */
  private void matMulOfTensors(int t) {
    int left = small(withAxes(t, 2 + random.nextInt(3)));
    List<Integer> shape = b.shape(left);
    int rank = shape.size();
    int right =
        switch (random.nextInt(3)) {
          case 0 -> left;
          case 1 -> {
            int outputs = 1 + random.nextInt(4);
            int step = random.nextInt(3);
            yield b.view(left, new ViewStep.Window(rank - 2, outputs, step, 1, 0, 2));
          }
          default -> {
            Integer[] s = shape.toArray(Integer[]::new);
            s[rank - 2] = 1 + random.nextInt(4);
            yield b.model(-3, 3, s);
          }
        };
    // A parameter may be on either side.
    boolean turned = random.nextBoolean();
    made.add(turned ? b.matMul(right, left) : b.matMul(left, right));
  }

  /** Rows of a tensor or a parameter by a public tensor of indices. */
  private void gather(int t) {
    int table = b.shape(t).isEmpty() || random.nextInt(3) == 0 ? b.model(-3, 3, 5, 3) : t;
    int rows = b.shape(table).getFirst();
    if (b.shape(table).size() <= 4) {
      int indices = b.input(0, rows - 1, shape(random.nextInt(3)));
      if (count(b.shape(indices)) * count(b.shape(table)) / rows <= MOST_ELEMENTS) {
        made.add(b.gather(table, indices));
      }
    }
  }

  /** A tensor over its norm, or the reciprocal or the norm alone. */
  private void norm(int t) {
    int source = b.shape(t).isEmpty() ? withAxes(t, 1) : t;
    int extent = b.shape(source).getLast();
    Integer[] exponents = new Integer[random.nextBoolean() ? extent : 0];
    for (int i = 0; i < exponents.length; i++) {
      exponents[i] = random.nextInt(8);
    }
    int norm = b.euclideanNorm(source, 1L + random.nextInt(1000), exponents);
    made.add(norm);
    if (random.nextInt(4) > 0) {
      int reciprocal = b.reciprocal(norm, 10 + random.nextInt(8));
      made.add(random.nextBoolean() ? b.normalize(source, reciprocal, exponents) : reciprocal);
    }
  }

  /** Exponentials along an axis that has two elements at least. */
  private void exponentials(int t) {
    List<Integer> shape = b.shape(t);
    List<Integer> axes =
        IntStream.range(0, shape.size()).filter(a -> shape.get(a) > 1).boxed().toList();
    if (!axes.isEmpty()) {
      int axis = axes.get(random.nextInt(axes.size()));
      int shift = random.nextInt(6);
      int limbs = shift == 0 ? 0 : 1 + random.nextInt(Math.min(3, shift));
      int[] entries = random.ints(1 + random.nextInt(9), -20, 21).toArray();
      made.add(b.exponentials(t, axis, shift, limbs, entries));
    }
  }

  private void signedQuotient(int t) {
    int numerator = small(t);
    List<Integer> shape = b.shape(numerator);
    int square = b.product(numerator, numerator);
    Affine.Box more =
        new Affine.Box(1 + random.nextInt(9), shape.stream().map(e -> 0).toList(), shape);
    int denominator = b.affine(shape, List.of(CircuitBuilder.term(square, 1)), more);
    int bits = random.nextInt(4);
    made.add(b.quotient(numerator, denominator, bits, -(20L << bits), 20L << bits));
  }

  /** A convolution whose kernel is made of the source. */
  private void withComputedKernel(int t) {
    int source = small(withFourAxes(t));
    List<Integer> shape = b.shape(source);
    int kernel =
        b.view(
            source,
            new ViewStep.Window(0, 1 + random.nextInt(2), 1, 1, 0, 1),
            new ViewStep.Window(2, 1 + random.nextInt(2), 1, 1, random.nextInt(2), 1),
            new ViewStep.Window(3, 1 + random.nextInt(3), 1, 1, 0, 1));
    Conv conv =
        new Conv(
            -1,
            source,
            kernel,
            List.of(1 + random.nextInt(2), 1),
            List.of(random.nextInt(3) - 1, random.nextInt(3) - 1),
            List.of(1, 1 + random.nextInt(2)),
            1);
    List<Integer> positions = List.of(1 + random.nextInt(4), 1 + shape.get(3) / 2);
    made.add(random.nextBoolean() ? b.conv(conv, positions) : b.fftConv(conv, positions));
  }

  /** A convolution, in either form, with strides, dilations, groups, and padding of both signs. */
  private void convolution(int t) {
    int source = withFourAxes(t);
    int channels = b.shape(source).get(1);
    List<Integer> divisors =
        IntStream.rangeClosed(1, channels).filter(g -> channels % g == 0).boxed().toList();
    int groups = divisors.get(random.nextInt(divisors.size()));
    int kernel =
        b.model(
            -3,
            3,
            groups * (1 + random.nextInt(3)),
            channels / groups,
            1 + random.nextInt(3),
            1 + random.nextInt(3));
    Conv conv =
        new Conv(
            -1,
            source,
            kernel,
            List.of(1 + random.nextInt(3), 1 + random.nextInt(3)),
            List.of(random.nextInt(7) - 3, random.nextInt(7) - 3),
            List.of(1 + random.nextInt(3), 1 + random.nextInt(3)),
            groups);
    List<Integer> positions = List.of(1 + random.nextInt(5), 1 + random.nextInt(5));
    made.add(random.nextBoolean() ? b.conv(conv, positions) : b.fftConv(conv, positions));
  }

  private int withFourAxes(int t) {
    return withAxes(t, 4);
  }

  private int withAxes(int t, int rank) {
    List<Integer> shape = b.shape(t);
    if (shape.size() == rank) {
      return t;
    }
    ArrayList<Integer> axes = new ArrayList<>(factors(count(shape)));
    while (axes.size() > rank) {
      int last = axes.removeLast();
      axes.set(axes.size() - 1, axes.getLast() * last);
    }
    while (axes.size() < rank) {
      axes.add(random.nextInt(axes.size() + 1), 1);
    }
    return b.view(t, new ViewStep.Reshape(axes));
  }

  private int small(int t) {
    int shift = random.nextInt(6);
    int limbs = shift == 0 ? 0 : 1 + random.nextInt(Math.min(3, shift));
    return b.requantize(t, shift, limbs, -random.nextInt(20), random.nextInt(20));
  }
}
