package org.zkc.runtime.emit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.zkc.ir.ColumnType;
import org.zkc.ir.DType;
import org.zkc.ir.FunctionBuilder;
import org.zkc.ir.Interval;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.Conv;
import org.zkc.ir.circuit.EuclideanNorm;
import org.zkc.ir.circuit.Exponentials;
import org.zkc.ir.circuit.MatMul;
import org.zkc.ir.circuit.Max;
import org.zkc.ir.circuit.Model;
import org.zkc.ir.circuit.Normalize;
import org.zkc.ir.circuit.Product;
import org.zkc.ir.circuit.Reciprocal;
import org.zkc.ir.circuit.Requantize;
import org.zkc.ir.circuit.RequantizeTable;
import org.zkc.ir.circuit.RoundedQuotient;
import org.zkc.ir.circuit.Sum;
import org.zkc.ir.circuit.Unfold;
import org.zkc.ir.circuit.WindowSum;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.integer.NormRules;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Pad;
import org.zkc.ir.view.Reshape;
import org.zkc.ir.view.Slice;
import org.zkc.ir.view.Transpose;

/**
 * Seeded circuit-level programs over every op, with correct intervals. Values are 4-dimensional
 * [1..3, 1..4, 1..6, 1..6] or views of these.
 */
final class RandomCircuitPrograms {
  private static final long LIMIT = 1L << 24;

  private final Random random;
  private final FunctionBuilder builder = new FunctionBuilder("main", Location.UNKNOWN);
  private final List<Value> values = new ArrayList<>();

  private RandomCircuitPrograms(long seed) {
    random = new Random(seed);
  }

  static Program generate(long seed, int ops) {
    return new RandomCircuitPrograms(seed).generate(ops);
  }

  private Program generate(int ops) {
    for (int i = 0; i < 2; i++) {
      Shape shape =
          Shape.of(
              1 + random.nextInt(2),
              1 + random.nextInt(4),
              1 + random.nextInt(6),
              1 + random.nextInt(6));
      values.add(
          builder.parameter(
              "in",
              new ColumnType(
                  ColumnType.Kind.PUBLIC, shape, -random.nextInt(9), random.nextInt(9))));
    }
    while (ops > 0) {
      Value added = step();
      if (added != null) {
        values.add(added);
        ops--;
      }
    }
    List<Value> results = new ArrayList<>();
    results.add(values.getLast());
    results.add(pick());
    results.add(results.getFirst());
    return Program.of(Level.CIRCUIT, builder.build(results));
  }

  /** One more op, or null when the chosen one does not fit the chosen value. */
  private Value step() {
    Value x = pick();
    return switch (random.nextInt(17)) {
      case 0, 1 -> sum(x);
      case 2 -> windowSum(x);
      case 3 -> unfold(x);
      case 4 -> slice(x);
      case 5 -> pad(x);
      case 6 -> broadcast(x);
      case 7 -> reshape(x);
      case 8 -> transpose(x);
      case 9 -> conv(x);
      case 10 -> matmul(x);
      case 11 -> product(x);
      case 12 -> max(x);
      case 13 -> requantize(x);
      case 14 -> normalize(x);
      case 15 -> exponentials(x);
      default -> quotient(x);
    };
  }

  private Value pick() {
    return values.get(random.nextInt(values.size()));
  }

  private Value sameShape(Value x) {
    List<Value> fitting = values.stream().filter(v -> v.shape().equals(x.shape())).toList();
    return fitting.get(random.nextInt(fitting.size()));
  }

  private static long low(Value v) {
    return v.columnType().low();
  }

  private static long high(Value v) {
    return v.columnType().high();
  }

  /** A fresh value, null when the interval or the size gets out of hand. */
  private Value fresh(ColumnType.Kind kind, Shape shape, long low, long high) {
    return low < -LIMIT || high > LIMIT || shape.elementCount() > 4000
        ? null
        : builder.fresh("v", new ColumnType(kind, shape, low, high));
  }

  private Value virtual(Shape shape, long low, long high) {
    return fresh(ColumnType.Kind.VIRTUAL, shape, low, high);
  }

  private Value sum(Value x) {
    Value y = sameShape(x);
    long a = random.nextInt(7) - 3;
    long b = random.nextInt(7) - 3;
    long c = random.nextInt(5) - 2;
    long low = c + Math.min(a * low(x), a * high(x)) + Math.min(b * low(y), b * high(y));
    long high = c + Math.max(a * low(x), a * high(x)) + Math.max(b * low(y), b * high(y));
    Value result = virtual(x.shape(), low, high);
    return result == null
        ? null
        : builder.value(new Sum(result, List.of(x, y), List.of(a, b), c, Location.UNKNOWN));
  }

  private Value windowSum(Value x) {
    int axis = random.nextInt(x.shape().rank());
    int extent = x.shape().extent(axis);
    int count = 1 + random.nextInt(3);
    boolean regular = random.nextBoolean();
    List<Integer> starts = new ArrayList<>();
    List<Integer> lengths = new ArrayList<>();
    List<Integer> factors = new ArrayList<>();
    int length = 1 + random.nextInt(extent);
    int factor = 1 + random.nextInt(3);
    for (int j = 0; j < count; j++) {
      int l = regular ? length : 1 + random.nextInt(extent);
      starts.add(regular ? Math.min(j, 0) : random.nextInt(extent - l + 1));
      lengths.add(l);
      factors.add(regular ? factor : 1 + random.nextInt(3));
    }
    long most = 3L * extent;
    Value result =
        virtual(
            x.shape().with(axis, count), Math.min(0, most * low(x)), Math.max(0, most * high(x)));
    return result == null
        ? null
        : builder.value(new WindowSum(result, x, axis, starts, lengths, factors, Location.UNKNOWN));
  }

  private Value unfold(Value x) {
    if (x.shape().rank() > 4) {
      return null;
    }
    int axis = random.nextInt(x.shape().rank());
    int positions = 1 + random.nextInt(4);
    int taps = 1 + random.nextInt(3);
    List<Integer> extents = new ArrayList<>(x.shape().extents());
    extents.set(axis, positions);
    extents.add(axis + 1, taps);
    Value result = virtual(new Shape(extents), Math.min(0, low(x)), Math.max(0, high(x)));
    return result == null
        ? null
        : builder.value(
            new Unfold(
                result,
                x,
                axis,
                positions,
                taps,
                1 + random.nextInt(2),
                1 + random.nextInt(2),
                random.nextInt(3),
                Location.UNKNOWN));
  }

  private Value slice(Value x) {
    List<Integer> starts = new ArrayList<>();
    List<Integer> limits = new ArrayList<>();
    List<Integer> strides = new ArrayList<>();
    List<Integer> extents = new ArrayList<>();
    for (int extent : x.shape().extents()) {
      int start = random.nextInt(extent);
      int limit = start + 1 + random.nextInt(extent - start);
      int stride = 1 + random.nextInt(2);
      starts.add(start);
      limits.add(limit);
      strides.add(stride);
      extents.add((limit - start + stride - 1) / stride);
    }
    Value result = virtual(new Shape(extents), low(x), high(x));
    return result == null
        ? null
        : builder.value(new Slice(result, x, starts, limits, strides, Location.UNKNOWN));
  }

  private Value pad(Value x) {
    List<Integer> low = new ArrayList<>();
    List<Integer> high = new ArrayList<>();
    List<Integer> extents = new ArrayList<>();
    for (int extent : x.shape().extents()) {
      low.add(random.nextInt(2));
      high.add(random.nextInt(2));
      extents.add(extent + low.getLast() + high.getLast());
    }
    long value = random.nextInt(5) - 2;
    Value result = virtual(new Shape(extents), Math.min(value, low(x)), Math.max(value, high(x)));
    return result == null
        ? null
        : builder.value(new Pad(result, x, low, high, value, Location.UNKNOWN));
  }

  private Value broadcast(Value x) {
    List<Integer> extents = new ArrayList<>(x.shape().extents());
    for (int axis = 0; axis < extents.size(); axis++) {
      if (extents.get(axis) == 1) {
        extents.set(axis, 1 + random.nextInt(3));
      }
    }
    if (extents.size() < 5 && random.nextBoolean()) {
      extents.addFirst(2);
    }
    Value result = virtual(new Shape(extents), low(x), high(x));
    return result == null ? null : builder.value(new Broadcast(result, x, Location.UNKNOWN));
  }

  private Value reshape(Value x) {
    List<Integer> factors = new ArrayList<>();
    int n = (int) x.shape().elementCount();
    for (int p = 2; n > 1; p++) {
      while (n % p == 0) {
        factors.add(p);
        n /= p;
      }
    }
    Collections.shuffle(factors, random);
    List<Integer> extents = new ArrayList<>(List.of(1, 1, 1));
    for (int f : factors) {
      int axis = random.nextInt(extents.size());
      extents.set(axis, extents.get(axis) * f);
    }
    Value result = virtual(new Shape(extents), low(x), high(x));
    return result == null ? null : builder.value(new Reshape(result, x, Location.UNKNOWN));
  }

  private Value transpose(Value x) {
    List<Integer> permutation = new ArrayList<>();
    for (int axis = 0; axis < x.shape().rank(); axis++) {
      permutation.add(axis);
    }
    Collections.shuffle(permutation, random);
    Shape shape = new Shape(permutation.stream().map(x.shape()::extent).toList());
    Value result = virtual(shape, low(x), high(x));
    return result == null
        ? null
        : builder.value(new Transpose(result, x, permutation, Location.UNKNOWN));
  }

  private Value model(Shape shape) {
    byte[] bytes = new byte[(int) shape.elementCount()];
    long most = 1;
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (random.nextInt(15) - 7);
    }
    List<Integer> shifts = new ArrayList<>();
    for (int o = 0; o < shape.extent(0) && random.nextInt(2) == 0 | o > 0; o++) {
      shifts.add(random.nextInt(3));
    }
    if (shifts.size() != shape.extent(0)) {
      shifts = List.of();
    }
    most = 7L << 2;
    Value result = fresh(ColumnType.Kind.MODEL, shape, -most, most);
    long[] elements = new long[bytes.length];
    Arrays.setAll(elements, i -> bytes[i]);
    TensorData data =
        TensorData.ofLongs(random.nextBoolean() ? DType.I8 : DType.I16, shape, elements);
    return builder.value(
        new Model(result, "w" + values.size(), IntegerWeights.of(data, shifts), Location.UNKNOWN));
  }

  private Value conv(Value x) {
    if (x.shape().rank() != 4) {
      return null;
    }
    int channels = x.shape().extent(1);
    int groups = random.nextBoolean() ? channels : 1;
    int outputs = groups * (1 + random.nextInt(3));
    int kh = 1 + random.nextInt(3);
    int kw = 1 + random.nextInt(3);
    List<Integer> strides = List.of(1 + random.nextInt(2), 1 + random.nextInt(2));
    List<Integer> low = List.of(random.nextInt(3), random.nextInt(3));
    List<Integer> high = List.of(random.nextInt(3), random.nextInt(3));
    List<Integer> dilations = List.of(1 + random.nextInt(2), 1 + random.nextInt(2));
    int spanH = x.shape().extent(2) + low.get(0) + high.get(0) - dilations.get(0) * (kh - 1) - 1;
    int spanW = x.shape().extent(3) + low.get(1) + high.get(1) - dilations.get(1) * (kw - 1) - 1;
    if (spanH < 0 || spanW < 0) {
      return null;
    }
    Shape shape =
        Shape.of(
            x.shape().extent(0), outputs, spanH / strides.get(0) + 1, spanW / strides.get(1) + 1);
    long most = 28L * (channels / groups) * kh * kw * Math.max(-low(x), high(x));
    Value result = virtual(shape, -most, most);
    if (result == null) {
      return null;
    }
    Value w = model(Shape.of(outputs, channels / groups, kh, kw));
    return builder.value(
        new Conv(result, x, w, strides, low, high, dilations, groups, Location.UNKNOWN));
  }

  private Value matmul(Value x) {
    int depth = x.shape().extent(x.shape().rank() - 1);
    int outputs = 1 + random.nextInt(4);
    long most = 28L * depth * Math.max(-low(x), high(x));
    Value result = virtual(x.shape().with(x.shape().rank() - 1, outputs), -most, most);
    return result == null
        ? null
        : builder.value(new MatMul(result, x, model(Shape.of(outputs, depth)), Location.UNKNOWN));
  }

  private Value product(Value x) {
    Value y = sameShape(x);
    long most = Math.max(-low(x), high(x)) * Math.max(-low(y), high(y));
    Value result = virtual(x.shape(), -most, most);
    return result == null ? null : builder.value(new Product(result, x, y, Location.UNKNOWN));
  }

  private Value max(Value x) {
    Value y = sameShape(x);
    Value result =
        fresh(
            ColumnType.Kind.WITNESS,
            x.shape(),
            Math.max(low(x), low(y)),
            Math.max(high(x), high(y)));
    return result == null ? null : builder.value(new Max(result, List.of(x, y), Location.UNKNOWN));
  }

  private Value requantize(Value x) {
    int shift = random.nextInt(9);
    long half = shift == 0 ? 0 : 1L << (shift - 1);
    long first = (low(x) + half) >> shift;
    long last = (high(x) + half) >> shift;
    int size = (int) (last - first + 1);
    if (size > 1 << 12) {
      return null;
    }
    List<Integer> limbs = shift == 0 ? List.of() : List.of(shift);
    if (random.nextBoolean()) {
      Value result = fresh(ColumnType.Kind.WITNESS, x.shape(), -8, 7);
      return result == null
          ? null
          : builder.value(
              new Requantize(result, x, shift, limbs, first, size, -8, 7, Location.UNKNOWN));
    }
    long[] entries = new long[size];
    for (int i = 0; i < size; i++) {
      entries[i] = (first + i) * (first + i) % 23;
    }
    Value result = fresh(ColumnType.Kind.WITNESS, x.shape(), 0, 22);
    return result == null
        ? null
        : builder.value(
            new RequantizeTable(
                result,
                x,
                shift,
                limbs,
                first,
                TensorData.ofLongs(DType.I32, Shape.of(size), entries),
                Location.UNKNOWN));
  }

  private Value exponentials(Value x) {
    int axis = random.nextInt(Math.max(1, x.shape().rank()));
    int shift = random.nextInt(9);
    long rows = (high(x) - low(x) >> shift) + 1;
    if (x.shape().rank() == 0 || x.shape().extent(axis) < 2 || rows > 1 << 12) {
      return null;
    }
    int size = (int) rows;
    long[] entries = random.longs(1 + random.nextInt(Math.min(size, 9)), 0, 20).toArray();
    Value result = fresh(ColumnType.Kind.WITNESS, x.shape(), 0, 20);
    return result == null
        ? null
        : builder.value(
            new Exponentials(
                result,
                x,
                axis,
                shift,
                shift == 0 ? List.of() : List.of(shift),
                size,
                TensorData.ofLongs(DType.I32, Shape.of(entries.length), entries),
                Location.UNKNOWN));
  }

  /** x over its norm, whose squares add up to less or more than one element of the field holds. */
  private Value normalize(Value x) {
    long constant = random.nextBoolean() ? 1 : 1L << 30;
    int extent = x.shape().extent(x.shape().rank() - 1);
    long most = Math.max(-low(x), high(x));
    if (most > 1000) {
      return null;
    }
    List<Integer> exponents = exponents(extent);
    Interval root = NormRules.norm(new Interval(-most, most), extent, constant, exponents);
    Shape shape = NormRules.shape(x.shape());
    Value norm = column(ColumnType.Kind.WITNESS, shape, root);
    builder.append(new EuclideanNorm(norm, x, constant, exponents, Location.UNKNOWN));
    Interval inverse = NormRules.reciprocal(root, 28);
    Value reciprocal = column(ColumnType.Kind.WITNESS, shape, inverse);
    builder.append(new Reciprocal(reciprocal, norm, 28, Location.UNKNOWN));
    Interval range = NormRules.normalized(root, 28);
    Value result = column(ColumnType.Kind.VIRTUAL, x.shape(), range);
    values.add(norm);
    return builder.value(
        new Normalize(result, x, norm, reciprocal, 28, exponents, Location.UNKNOWN));
  }

  /** None, or one for each channel. */
  private List<Integer> exponents(int extent) {
    return random.nextBoolean()
        ? List.of()
        : IntStream.range(0, extent).mapToObj(i -> random.nextInt(8)).toList();
  }

  private Value column(ColumnType.Kind kind, Shape shape, Interval interval) {
    return builder.fresh("v", new ColumnType(kind, shape, interval.low(), interval.high()));
  }

  /** x / (x + c) for x made non-negative by a requantisation. */
  private Value quotient(Value x) {
    if (low(x) < 0 || high(x) > 1000) {
      return null;
    }
    Value d = virtual(x.shape(), low(x) + 1, high(x) + 1);
    if (d == null) {
      return null;
    }
    builder.append(new Sum(d, List.of(x), List.of(1L), 1, Location.UNKNOWN));
    Value result = fresh(ColumnType.Kind.WITNESS, x.shape(), 0, 16);
    return builder.value(new RoundedQuotient(result, x, d, 4, 0, 16, Location.UNKNOWN));
  }
}
