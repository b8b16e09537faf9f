package org.zkc.passes.quantize;

import java.util.OptionalLong;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.zkc.ir.DType;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Interval;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.integer.IntegerRules;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.tensor.BitOperation;
import org.zkc.ir.tensor.Comparison;
import org.zkc.ir.tensor.DivisionPart;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * Divisions and bits of integers, exactly. Functions of few pairs of integers are tables.
 * Otherwise, with n the dividend and d > 0 the divisor,
 *
 * <pre>
 * floor(n / d) = rounded_quotient(2 n - d, 2 d) = floor((2 (2 n - d) + 2 d) / (4 d))
 * n - d floor(n / d), shown in [0, d - 1] as rounded_quotient(., 1)
 * </pre>
 *
 * and other signs are taken out before and put back behind. A quotient is the one integer with a
 * remainder in range, so both are unique. Bits are looked up eight at a time.
 */
final class IntegerArithmetic {
  /** Pairs of integers whose function is one table. */
  private static final long MOST_PAIRS = 1 << 16;

  /** Bits of each of two numbers that one table takes. */
  private static final int CHUNK = 8;

  private final IntegerValues values;
  private final ComparisonLowering comparisons;
  private final IndexRange range;

  IntegerArithmetic(IntegerValues values) {
    this.values = values;
    this.comparisons = new ComparisonLowering(values);
    this.range = new IndexRange(values);
  }

  private static Interval interval(Value value) {
    return IntegerBuilder.interval(value);
  }

  /** Part of n / d. */
  Value division(Value n, Value d, OptionalLong divisor, DivisionPart part, Location location) {
    Interval divisors = interval(d);
    if (divisors.low() == 0 && divisors.high() == 0 || divisor.orElse(1) == 0) {
      throw new UserException(location, "a division of integers by 0 has no result");
    }
    if (divisor.isPresent() && interval(n).size() <= MOST_PAIRS) {
      return table(n, x -> part.of(x, divisor.getAsLong()));
    }
    Value quotient = quotient(n, d, divisor, part.isTruncated(), location);
    if (part.isQuotient()) {
      return quotient;
    }
    IntegerBuilder out = values.out();
    Value rest =
        out.subtract(
            n,
            divisor.isPresent()
                ? out.scale(quotient, divisor.getAsLong(), 1)
                : out.multiply(quotient, d));
    return range.within(rest, remainders(interval(n), divisors, part));
  }

  /** The interval of remainders. */
  private static Interval remainders(Interval n, Interval d, DivisionPart part) {
    long most = d.magnitude() - 1;
    Interval signs = part.isTruncated() ? n : d;
    return new Interval(signs.low() < 0 ? -most : 0, signs.high() > 0 ? most : 0);
  }

  private Value quotient(
      Value n, Value d, OptionalLong divisor, boolean isTruncated, Location location) {
    Interval divisors = interval(d);
    if (divisor.orElse(1) < 0) {
      long positive = -divisor.getAsLong();
      Value negated = values.out().scale(n, -1, 1);
      OptionalLong by = OptionalLong.of(positive);
      return quotient(negated, constant(n, positive), by, isTruncated, location);
    }
    if (divisors.low() < 0) {
      // n / d = (n s) / |d| for the sign s of d; a divisor of 0 has none, and no quotient.
      Value sign = sign(d);
      return quotient(
          values.out().multiply(n, sign), magnitude(d, sign), divisor, isTruncated, location);
    }
    if (isTruncated && interval(n).low() < 0) {
      Value sign = signOrOne(n);
      Value whole = floor(magnitude(n, sign), d, divisor, location);
      return values.out().multiply(whole, sign);
    }
    return floor(n, d, divisor, location);
  }

  /** 1, 0 or -1. */
  private Value sign(Value x) {
    return values
        .out()
        .subtract(comparisons.of(x, Comparison.GREATER), comparisons.of(x, Comparison.LESS));
  }

  /** 1 or -1. */
  private Value signOrOne(Value x) {
    Value isNotNegative = comparisons.of(x, Comparison.GREATER_EQUAL);
    return comparisons.plus(values.out().scale(isNotNegative, 2, 1), -1);
  }

  private Value magnitude(Value x, Value sign) {
    Value product = values.out().multiply(x, sign);
    return range.within(product, new Interval(0, interval(x).magnitude()));
  }

  /** floor(n / d) for d that is not negative; 0 has no quotient. */
  private Value floor(Value n, Value d, OptionalLong divisor, Location location) {
    IntegerBuilder out = values.out();
    Interval dividends = interval(n);
    if (divisor.isPresent() && Long.bitCount(divisor.getAsLong()) == 1) {
      int shift = Long.numberOfTrailingZeros(divisor.getAsLong());
      if (shift == 0) {
        return n;
      }
      Value moved = comparisons.plus(n, -(1L << (shift - 1)));
      Interval results = interval(moved).shiftRounded(shift);
      if (results.size() <= FieldBounds.MAX_TABLE_ROWS) {
        return rescaled(out.requantize(moved, shift, results.low(), results.high()));
      }
    }
    Interval divisors = new Interval(Math.max(1, interval(d).low()), interval(d).high());
    Interval quotients =
        new Interval(
            Math.floorDiv(dividends.low(), dividends.low() < 0 ? divisors.low() : divisors.high()),
            Math.floorDiv(
                dividends.high(), dividends.high() < 0 ? divisors.high() : divisors.low()));
    Value twice = out.scale(d, 2, 1);
    Value numerator = out.subtract(out.scale(n, 2, 1), d);
    boolean fits =
        quotients.size() <= 1L << FieldBounds.MAX_QUOTIENT_BITS
            && IntegerRules.isUniqueQuotient(interval(numerator), interval(twice), 0, quotients);
    if (!fits) {
      throw new UserException(
          location,
          "integers in [%d, %d] divided by those in [%d, %d] do not fit the 31-bit field; bound both, by .clamp or smaller inputs"
              .formatted(dividends.low(), dividends.high(), divisors.low(), divisors.high()));
    }
    return out.roundedQuotient(numerator, twice, 0, quotients.low(), quotients.high(), 1);
  }

  /** The same integers, which stand for themselves. */
  private Value rescaled(Value x) {
    return values.out().scale(x, 1, 1);
  }

  private Value table(Value x, LongUnaryOperator function) {
    Interval all = interval(x);
    long[] entries = LongStream.rangeClosed(all.low(), all.high()).map(function).toArray();
    return values
        .out()
        .table(x, all.low(), TensorData.ofLongs(DType.I32, Shape.of(entries.length), entries), 1);
  }

  /** A function of the bits of two integers. */
  Value bits(Value x, Value y, OptionalLong constant, BitOperation operation, Location location) {
    Interval left = interval(x);
    Interval right = interval(y);
    if (constant.isPresent() && left.size() <= MOST_PAIRS) {
      return table(x, k -> operation.of(k, constant.getAsLong()));
    }
    if (left.size() * right.size() <= MOST_PAIRS) {
      IntegerBuilder out = values.out();
      Value row = out.scale(comparisons.plus(x, -left.low()), right.size(), 1);
      Value pair = out.add(row, comparisons.plus(y, -right.low()));
      return table(
          pair, k -> operation.of(left.low() + k / right.size(), right.low() + k % right.size()));
    }
    // Bits from CHUNK on, and those below, by themselves.
    Value highX = high(x, location);
    Value highY = high(y, location);
    OptionalLong highConstant =
        constant.isPresent() ? OptionalLong.of(constant.getAsLong() >> CHUNK) : constant;
    Value high = bits(highX, highY, highConstant, operation, location);
    Value low = bits(low(x, highX), low(y, highY), OptionalLong.empty(), operation, location);
    return values.out().add(values.out().scale(high, 1 << CHUNK, 1), low);
  }

  private Value high(Value x, Location location) {
    return floor(x, constant(x, 1 << CHUNK), OptionalLong.of(1 << CHUNK), location);
  }

  private Value low(Value x, Value high) {
    Value rest = values.out().subtract(x, values.out().scale(high, 1 << CHUNK, 1));
    return range.within(rest, new Interval(0, (1 << CHUNK) - 1));
  }

  private Value constant(Value like, long number) {
    IntegerBuilder out = values.out();
    Value one =
        out.parameter(
            values.parameters().unique("divisor"),
            IntegerWeights.of(TensorData.ofLongs(DType.I32, Shape.of(1), new long[] {number})),
            1);
    return out.broadcast(out.reshape(one, Shape.of()), like.shape());
  }
}
