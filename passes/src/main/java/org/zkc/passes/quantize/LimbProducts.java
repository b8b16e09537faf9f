package org.zkc.passes.quantize;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.zkc.ir.Interval;
import org.zkc.ir.Value;
import org.zkc.ir.view.Pad;
import org.zkc.ir.view.UnaryView;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * Products whose factors keep all their bits where the exact result has no room below 2^30. One
 * factor is taken in {@link TwoLimbs}, x = 2^k h + l, and the product is
 *
 * <pre>
 *   x y 2^-k = h y + (l y) 2^-k
 * </pre>
 *
 * with both partial products below 2^30. The second is requantised, so that the result is off by
 * its last bits alone. A factor that is narrowed instead is off by 2^(k-1) of its own steps.
 */
final class LimbProducts {
  /** The bits, sign included, down to which results are exact: more than any class has. */
  private static final int KEPT_BITS = 24;

  /** Integers that are split are smaller, so that the table of the upper limb is no longer. */
  private static final long LARGEST = 1L << 20;

  private final IntegerBuilder out;
  private final Map<Key, TwoLimbs> split = new HashMap<>();

  private record Key(Value value, int bits) {}

  LimbProducts(IntegerBuilder out) {
    this.out = out;
  }

  /**
   * The product of two values with all the bits that fit; empty where two limbs do not suffice.
   *
   * @param terms of each sum of products
   * @param product appends the op
   */
  Optional<Value> of(Value left, Value right, long terms, BinaryOperator<Value> product) {
    if ((double) magnitude(left) * magnitude(right) * terms < TwoLimbs.ROOM) {
      return Optional.of(product.apply(left, right));
    }
    boolean leftFirst = base(left).shape().elementCount() <= base(right).shape().elementCount();
    for (boolean ofLeft : new boolean[] {leftFirst, !leftFirst}) {
      Value x = ofLeft ? left : right;
      Value y = ofLeft ? right : left;
      int bits = lowBits(x, (double) magnitude(y) * terms);
      if (bits > 0) {
        TwoLimbs limbs = limbs(x, bits);
        BinaryOperator<Value> of = ofLeft ? product : (a, b) -> product.apply(b, a);
        return Optional.of(carried(of.apply(limbs.high(), y), of.apply(limbs.low(), y), bits));
      }
    }
    return Optional.empty();
  }

  /**
   * The bits of x's lower limb with which both partial products have room; 0 where none has.
   *
   * @param y the greatest sum of magnitudes of the other factor
   */
  private int lowBits(Value x, double y) {
    Value base = base(x);
    long most = magnitude(base);
    Optional<TwoLimbs> known = TwoLimbs.of(base, out);
    int from = known.map(TwoLimbs::bits).orElse(1);
    for (int bits = from; most < LARGEST && most >> bits > 0; bits++) {
      if (((most >> bits) + 1) * y < TwoLimbs.ROOM && (1L << bits - 1) * y < TwoLimbs.ROOM) {
        return bits;
      }
      if (known.isPresent()) {
        return 0;
      }
    }
    return 0;
  }

  /** Sums plus what is finer by {@code bits}, rounded to a step that is small beside the sums. */
  private Value carried(Value sums, Value finer, int bits) {
    int signed = Long.SIZE + 1 - Long.numberOfLeadingZeros(magnitude(sums));
    int spare = Math.max(0, signed - KEPT_BITS);
    Interval reached = IntegerBuilder.interval(finer).shiftRounded(bits + spare);
    Value carry = out.requantize(finer, bits + spare, reached.low(), reached.high());
    return out.add(
        sums, spare == 0 ? carry : out.scale(carry, 1L << spare, sums.integerType().scale()));
  }

  /** The value that another is a view of, as far as its limbs can be viewed alike. */
  private Value base(Value value) {
    Value at = value;
    for (Optional<UnaryView> v = view(at); v.isPresent(); v = view(at)) {
      at = v.get().input();
    }
    return at;
  }

  private Optional<UnaryView> view(Value value) {
    return out.definition(value)
        .filter(op -> op instanceof UnaryView && !(op instanceof Pad))
        .map(UnaryView.class::cast);
  }

  private TwoLimbs limbs(Value x, int bits) {
    Key key = new Key(x, bits);
    TwoLimbs known = split.get(key);
    if (known == null) {
      known =
          view(x)
              .map(v -> viewed(v, bits))
              .or(() -> TwoLimbs.of(x, out))
              .orElseGet(() -> TwoLimbs.split(x, bits, out));
      split.put(key, known);
    }
    return known;
  }

  private TwoLimbs viewed(UnaryView view, int bits) {
    TwoLimbs of = limbs(view.input(), bits);
    return new TwoLimbs(viewed(view, of.high()), viewed(view, of.low()), bits);
  }

  private Value viewed(UnaryView view, Value of) {
    return out.lower(view, List.of(of), UnaryOperator.identity());
  }

  private static long magnitude(Value value) {
    return IntegerBuilder.interval(value).magnitude();
  }
}
