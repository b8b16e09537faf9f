package org.zkc.ir.circuit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.zkc.ir.ColumnType;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Interval;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.SpectrumType;
import org.zkc.ir.Value;

/**
 * Shapes, kinds and intervals of the ops on spectra. Every method throws {@link
 * IllegalArgumentException} with one sentence when operands, attributes and result do not fit
 * together.
 */
final class SpectrumRules {

  private SpectrumRules() {}

  /** The spectra of {@link ForwardTransform} and {@link ModelSpectrum}. */
  static SpectrumType forward(
      Value input, List<Integer> sizes, List<Integer> dilations, ColumnType.Kind kind) {
    Shape shape = column(input).shape();
    require(shape.rank() >= 2, "a transform needs planes, the input has shape %s", shape);
    require(
        sizes.size() == 2 && dilations.size() == 2,
        "sizes and dilations name rows and columns, they name %d and %d axes",
        sizes.size(),
        dilations.size());
    Shape expected = shape;
    for (int k = 0; k < 2; k++) {
      int axis = shape.rank() - 2 + k;
      int size = sizes.get(k);
      require(
          size >= 1 && Integer.bitCount(size) == 1,
          "the sizes of a transform are powers of two, got %s",
          sizes);
      require(dilations.get(k) >= 1, "dilations must be at least 1, got %s", dilations);
      require(
          shape.extent(axis) >= 1 && (shape.extent(axis) - 1L) * dilations.get(k) < size,
          "axis %d of %s, dilated by %d, does not fit %d points",
          axis,
          shape,
          dilations.get(k),
          size);
      expected = expected.with(axis, size);
    }
    Interval interval = Interval.of(column(input));
    return type(kind, expected, expected.equals(shape) ? interval : interval.withZero());
  }

  /**
   * The spectra of a product.
   *
   * @param isGiven whether the declared interval is taken as it is
   */
  static SpectrumType product(SpectralProduct p, boolean isGiven) {
    SpectrumType left = spectrum(p.left());
    SpectrumType right = spectrum(p.right());
    require(
        left.sizes().equals(right.sizes()),
        "spectra of %s and %s points have no product",
        left.sizes(),
        right.sizes());
    long points = (long) left.sizes().get(0) * left.sizes().get(1);
    return type(
        ColumnType.Kind.VIRTUAL,
        Shapes.broadcast(left.shape(), right.shape()),
        isGiven
            ? Interval.of(spectrum(p.result()))
            : Interval.of(left).times(Interval.of(right)).times(points));
  }

  /**
   * The spectra of a sum.
   *
   * @param isGiven as for {@link #product}
   */
  static SpectrumType sum(SpectralSum s, boolean isGiven) {
    SpectrumType input = spectrum(s.input());
    require(
        s.axis() >= 0 && s.axis() < input.shape().rank() - 2,
        "axis %d is not a batch axis of %s",
        s.axis(),
        input.shape());
    return type(
        ColumnType.Kind.VIRTUAL,
        input.shape().with(s.axis(), 1),
        isGiven
            ? Interval.of(spectrum(s.result()))
            : Interval.of(input).times(input.shape().extent(s.axis())));
  }

  static ColumnType inverse(InverseTransform t) {
    SpectrumType input = spectrum(t.input());
    require(
        t.starts().size() == 2 && t.strides().size() == 2,
        "starts and strides name rows and columns, they name %d and %d axes",
        t.starts().size(),
        t.strides().size());
    Shape shape = column(t.result()).shape();
    int rank = input.shape().rank();
    List<Integer> batch = input.shape().extents().subList(0, rank - 2);
    require(
        shape.rank() == rank && shape.extents().subList(0, rank - 2).equals(batch),
        "the result has shape %s, the spectra are %s",
        shape,
        input.shape());
    for (int k = 0; k < 2; k++) {
      long first = t.starts().get(k);
      long last = first + (shape.extent(rank - 2 + k) - 1L) * t.strides().get(k);
      require(
          t.strides().get(k) >= 1
              && first > -FieldBounds.MAX_POINTS
              && last < FieldBounds.MAX_POINTS,
          "the points %d to %d are out of range or have no positive stride",
          first,
          last);
    }
    return new ColumnType(ColumnType.Kind.VIRTUAL, shape, input.low(), input.high());
  }

  /** The points of an {@link FftConv} are enough that nothing wraps around into the source. */
  static void points(FftConv c) {
    require(
        c.sizes()
            .equals(
                raised(
                    c.sizes(),
                    Shapes.transformSizes(
                        c.input().shape(),
                        c.weight().shape(),
                        c.result().shape(),
                        c.strides(),
                        c.paddingLow(),
                        c.dilations()))),
        "transforms of %s points are too small for this convolution",
        c.sizes());
  }

  /** The larger number on each axis. */
  private static List<Integer> raised(List<Integer> left, List<Integer> right) {
    List<Integer> out = new ArrayList<>();
    for (int k = 0; k < left.size(); k++) {
      out.add(Math.max(left.get(k), right.get(k)));
    }
    return out;
  }

  private static ColumnType column(Value value) {
    require(value.type() instanceof ColumnType, "%s is a spectrum, it must be a column", value);
    return value.columnType();
  }

  private static SpectrumType spectrum(Value value) {
    require(value.type() instanceof SpectrumType, "%s is a column, it must be a spectrum", value);
    return value.spectrumType();
  }

  private static SpectrumType type(ColumnType.Kind kind, Shape shape, Interval interval) {
    return new SpectrumType(kind, shape, interval.low(), interval.high());
  }

  /** Checks what a result declares against what the rules infer. */
  static void compare(Value result, SpectrumType type) {
    SpectrumType found = spectrum(result);
    require(
        found.kind() == type.kind() && found.shape().equals(type.shape()),
        "the result is a %s spectrum of shape %s, it must be %s of shape %s",
        name(found.kind()),
        found.shape(),
        name(type.kind()),
        type.shape());
    require(
        Interval.of(found).contains(Interval.of(type)),
        "the result's interval [%d, %d] does not hold [%d, %d], which the operands allow",
        found.low(),
        found.high(),
        type.low(),
        type.high());
  }

  private static String name(ColumnType.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static void require(boolean condition, String sentence, Object... values) {
    if (!condition) {
      throw new IllegalArgumentException(sentence.formatted(values));
    }
  }
}
