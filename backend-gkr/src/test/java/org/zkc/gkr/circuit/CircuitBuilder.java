package org.zkc.gkr.circuit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Builds small circuits with random weights for tests: declares each result with the bounds that
 * the check finds, by declaring the widest first and narrowing them afterwards.
 */
public final class CircuitBuilder {
  private static final long WIDE = Interval.BOUND - 1;

  private final Random random;
  private final List<TensorDeclaration> tensors = new ArrayList<>();
  private final List<Table> tables = new ArrayList<>();
  private final List<Relation> relations = new ArrayList<>();
  private final List<Integer> inputs = new ArrayList<>();
  private final List<Integer> outputs = new ArrayList<>();
  private final TreeMap<Integer, int[]> given = new TreeMap<>();

  public CircuitBuilder(long seed) {
    random = new Random(seed);
  }

  public int input(int low, int high, Integer... shape) {
    tensors.add(TensorDeclaration.input(List.of(shape), low, high));
    int t = tensors.size() - 1;
    inputs.add(t);
    given.put(t, randoms(count(List.of(shape)), low, high));
    return t;
  }

  /**
   * A MODEL tensor of random elements, those of every third and second channel multiples of 4 and
   * 2; its channel sums are its own.
   */
  public int model(int low, int high, Integer... shape) {
    List<Integer> s = List.of(shape);
    int[] values = randoms(count(s), low, high);
    int rest = values.length / s.get(0);
    for (int k = 0; k < values.length; k++) {
      values[k] = Math.max(low, values[k] >> k / rest % 3 << k / rest % 3);
    }
    tensors.add(null);
    declareModel(tensors.size() - 1, s, low, high, values);
    return tensors.size() - 1;
  }

  /** Declares a bound on the 2-norms of a MODEL tensor's channels. */
  public void boundNorms(int tensor, long norm) {
    TensorDeclaration d = tensors.get(tensor);
    tensors.set(
        tensor,
        new TensorDeclaration(
            d.role(), d.shape(), d.low(), d.high(), d.positive(), d.negative(), norm));
  }

  /** Gives a MODEL tensor other elements within its bounds. */
  public void setModel(int tensor, IntUnaryOperator element) {
    TensorDeclaration d = tensors.get(tensor);
    int[] values = IntStream.range(0, count(d.shape())).map(element).toArray();
    declareModel(tensor, d.shape(), d.low(), d.high(), values);
  }

  private void declareModel(int tensor, List<Integer> shape, long low, long high, int[] values) {
    long positive = 0;
    long negative = 0;
    int rest = values.length / shape.get(0);
    for (int o = 0; o < shape.get(0); o++) {
      int[] channel = Arrays.copyOfRange(values, o * rest, (o + 1) * rest);
      positive = Math.max(positive, Arrays.stream(channel).mapToLong(v -> Math.max(0, v)).sum());
      negative = Math.max(negative, Arrays.stream(channel).mapToLong(v -> Math.max(0, -v)).sum());
    }
    tensors.set(
        tensor,
        new TensorDeclaration(TensorDeclaration.Role.MODEL, shape, low, high, positive, negative));
    given.put(tensor, values);
  }

  private int[] randoms(int count, int low, int high) {
    return random.ints(count, low, high + 1).toArray();
  }

  private int witness(List<Integer> shape) {
    tensors.add(TensorDeclaration.witness(shape, -WIDE, WIDE));
    return tensors.size() - 1;
  }

  private int virtual(List<Integer> shape) {
    tensors.add(TensorDeclaration.virtual(shape, -WIDE, WIDE));
    return tensors.size() - 1;
  }

  public List<Integer> shape(int tensor) {
    return tensors.get(tensor).shape();
  }

  public int conv(int source, int weight, int stride, int padding, int dilation, int groups) {
    List<Integer> x = shape(source);
    List<Integer> w = shape(weight);
    int height = (x.get(2) + 2 * padding - dilation * (w.get(2) - 1) - 1) / stride + 1;
    int width = (x.get(3) + 2 * padding - dilation * (w.get(3) - 1) - 1) / stride + 1;
    Conv attributes =
        new Conv(
            -1,
            source,
            weight,
            List.of(stride, stride),
            List.of(padding, padding),
            List.of(dilation, dilation),
            groups);
    return conv(attributes, List.of(height, width));
  }

  /**
   * A convolution whose result has these spatial extents.
   *
   * @param attributes its result is ignored
   */
  public int conv(Conv attributes, List<Integer> positions) {
    int t = convolved(attributes, positions);
    relations.add(defining(t, attributes));
    return t;
  }

  /** The same in FFT form. */
  public int fftConv(Conv attributes, List<Integer> positions, List<Integer> sizes) {
    int t = convolved(attributes, positions);
    relations.add(new FftConv(defining(t, attributes), sizes));
    return t;
  }

  /** The same through the smallest transforms that do. */
  public int fftConv(Conv attributes, List<Integer> positions) {
    List<Integer> sizes =
        IntStream.range(0, 2)
            .map(a ->
                (int)
                    Long.highestOneBit(
                        2
                                * FftConv.leastPoints(
                                    attributes,
                                    a,
                                    shape(attributes.source()).get(2 + a),
                                    shape(attributes.weight()).get(2 + a),
                                    positions.get(a))
                            - 1))
            .boxed()
            .toList();
    return fftConv(attributes, positions, sizes);
  }

  private int convolved(Conv c, List<Integer> positions) {
    return virtual(
        List.of(
            shape(c.source()).get(0),
            shape(c.weight()).get(0),
            positions.get(0),
            positions.get(1)));
  }

  private static Conv defining(int result, Conv c) {
    return new Conv(
        result, c.source(), c.weight(), c.strides(), c.paddingLow(), c.dilations(), c.groups());
  }

  public int matMul(int left, int right) {
    ArrayList<Integer> s = new ArrayList<>(shape(left));
    s.set(s.size() - 1, shape(right).get(shape(right).size() - 2));
    int t = virtual(s);
    relations.add(new MatMul(t, left, right));
    return t;
  }

  /** The rows of the table that the indices name. */
  public int gather(int table, int indices) {
    ArrayList<Integer> s = new ArrayList<>(shape(indices));
    s.addAll(shape(table).subList(1, shape(table).size()));
    int t = virtual(s);
    relations.add(new Gather(t, table, indices));
    return t;
  }

  public int product(int left, int right) {
    int t = virtual(shape(left));
    relations.add(new Product(t, left, right));
    return t;
  }

  public int affine(List<Integer> shape, List<Affine.Term> terms, Affine.Box... constants) {
    int t = virtual(shape);
    relations.add(new Affine(t, terms, List.of(constants)));
    return t;
  }

  public static Affine.Term term(int source, long coefficient, ViewStep... steps) {
    return new Affine.Term(source, coefficient, List.of(steps));
  }

  /** A view of one tensor. */
  public int view(int source, ViewStep... steps) {
    List<Integer> s = shape(source);
    for (ViewStep step : steps) {
      s = ViewSemantics.outcomeShape(s, step);
    }
    return affine(s, List.of(term(source, 1, steps)));
  }

  /** source + bias on axis 1 of a 4-axis tensor, or on the last of a 2-axis one. */
  public int addBias(int source, int bias) {
    List<Integer> s = shape(source);
    if (s.size() == 2) {
      return affine(
          s,
          List.of(
              term(source, 1),
              term(
                  bias,
                  1,
                  new ViewStep.Reshape(List.of(1, s.get(1))),
                  new ViewStep.Window(0, s.get(0), 0, 1, 0, 1))));
    }
    return affine(
        s,
        List.of(
            term(source, 1),
            term(
                bias,
                1,
                new ViewStep.Reshape(List.of(1, s.get(1), 1, 1)),
                new ViewStep.Window(0, s.get(0), 0, 1, 0, 1),
                new ViewStep.Window(2, s.get(2), 0, 1, 0, 1),
                new ViewStep.Window(3, s.get(3), 0, 1, 0, 1))));
  }

  /**
   * Requantizes by {@code shift} with a clamp to [low, high], its table as large as the source
   * needs.
   */
  public int requantize(int source, int shift, int limbs, long low, long high) {
    Interval x = intervals().get(source);
    long half = shift == 0 ? 0 : 1L << (shift - 1);
    long first = x.low() + half >> shift;
    long last = x.high() + half >> shift;
    tables.add(new Table.Clamp(first, (int) (last - first + 1), low, high));
    return requantize(source, shift, limbs, tables.size() - 1);
  }

  public int requantize(int source, int shift, int limbs, int table) {
    int t = witness(shape(source));
    relations.add(new Requantize(t, source, shift, limbs(shift, limbs), table));
    return t;
  }

  /** Exponentials of the source, with a table of the given entries as long as the source needs. */
  public int exponentials(int source, int axis, int shift, int limbs, int... entries) {
    Interval x = intervals().get(source);
    int rows = (int) (x.high() - x.low() >> shift) + 1;
    int[] kept = Arrays.copyOf(entries, Math.min(rows, entries.length));
    return exponentials(source, axis, shift, limbs, table(new Table.Entries(0, 0, kept, rows)));
  }

  public int exponentials(int source, int axis, int shift, int limbs, int table) {
    int t = witness(shape(source));
    relations.add(new Exponentials(t, source, axis, shift, limbs(shift, limbs), table));
    return t;
  }

  private static List<Integer> limbs(int shift, int limbs) {
    ArrayList<Integer> bits = new ArrayList<>();
    for (int k = 0; k < limbs; k++) {
      bits.add(shift * (k + 1) / limbs - shift * k / limbs);
    }
    return bits;
  }

  public int table(Table table) {
    tables.add(table);
    return tables.size() - 1;
  }

  public int max(int bits, Integer... sources) {
    int t = witness(shape(sources[0]));
    relations.add(new Max(t, List.of(sources), bits));
    return t;
  }

  public int quotient(int numerator, int denominator, int bits) {
    return quotient(numerator, denominator, bits, 0, 1L << bits);
  }

  public int quotient(int numerator, int denominator, int bits, long low, long high) {
    int t = witness(shape(numerator));
    relations.add(new RoundedQuotient(t, numerator, denominator, bits, low, high));
    return t;
  }

  public int euclideanNorm(int source, long constant, Integer... exponents) {
    int t = witness(EuclideanNorm.withLast(shape(source), 1));
    relations.add(new EuclideanNorm(t, source, constant, List.of(exponents)));
    return t;
  }

  public int reciprocal(int source, int bits) {
    int t = witness(shape(source));
    relations.add(new Reciprocal(t, source, bits));
    return t;
  }

  public int normalize(int source, int reciprocal, Integer... exponents) {
    int t = virtual(shape(source));
    relations.add(new Normalize(t, source, reciprocal, List.of(exponents)));
    return t;
  }

  public CircuitBuilder output(int tensor) {
    outputs.add(tensor);
    return this;
  }

  private List<Interval> intervals() {
    return CircuitCheck.stateOf(new Circuit(tensors, tables, relations, inputs, outputs))
        .intervals();
  }

  /** The circuit, every result declared with the bounds that the check finds. */
  public Circuit circuit() {
    List<Interval> found = intervals();
    ArrayList<TensorDeclaration> narrow = new ArrayList<>();
    for (int t = 0; t < tensors.size(); t++) {
      TensorDeclaration d = tensors.get(t);
      narrow.add(
          new TensorDeclaration(
              d.role(),
              d.shape(),
              found.get(t).low(),
              found.get(t).high(),
              d.positive(),
              d.negative(),
              d.norm()));
    }
    return new Circuit(narrow, tables, relations, inputs, outputs);
  }

  /** The elements of the INPUT and MODEL tensors. */
  public TreeMap<Integer, int[]> given() {
    return given;
  }

  private static int count(List<Integer> shape) {
    int n = 1;
    for (int e : shape) {
      n *= e;
    }
    return n;
  }
}
