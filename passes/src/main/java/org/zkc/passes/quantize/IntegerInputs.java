package org.zkc.passes.quantize;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.zkc.ir.DType;
import org.zkc.ir.Function;
import org.zkc.ir.Interval;
import org.zkc.ir.Op;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Cast;
import org.zkc.ir.tensor.Clamp;
import org.zkc.ir.tensor.IndexWrap;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.UnaryView;

/**
 * The intervals of inputs that hold integers or booleans. An input outside its interval has no
 * proof, so the interval holds everything that the program can take, where that is known: 0 and 1
 * for booleans, the values of a byte, the rows of the smallest table that the input is an index of,
 * also where indices out of range are moved into it and no sample has any (StableHLO's gather moves
 * those of every embedding). Otherwise the interval is the least power of two that holds the
 * samples. Few samples may miss the extremes of an input, so powers up to 2^10 are four times as
 * large for fewer than 4 samples, and twice as large for fewer than 16. An input that holds 0 and 1
 * alone stays a mask.
 */
public final class IntegerInputs {
  /** Intervals up to here cost no more where they are wider. */
  private static final long MOST_WIDENED = 1 << 10;

  private static final int FEW_SAMPLES = 4;
  private static final int SOME_SAMPLES = 16;

  private IntegerInputs() {}

  /**
   * The interval of each parameter of main that holds integers or booleans.
   *
   * @param samples each with one tensor for each parameter; may be empty
   * @throws UserException when nothing tells what an input holds
   */
  public static Map<Value, Interval> intervals(Function main, List<List<TensorData>> samples) {
    Map<Value, Interval> out = new IdentityHashMap<>();
    Uses uses = Uses.of(main);
    for (int i = 0; i < main.parameters().size(); i++) {
      Value parameter = main.parameters().get(i);
      DType dtype = parameter.tensorType().dtype();
      if (!dtype.isFloating()) {
        Interval seen = seen(i, samples);
        OptionalInt rows = rows(parameter, uses, seen);
        boolean isNegative = rows.isPresent() && seen.low() < 0 && isWrapped(parameter, uses);
        out.put(
            parameter,
            rows.isPresent()
                ? new Interval(isNegative ? -rows.getAsInt() : 0, rows.getAsInt() - 1)
                : ofType(dtype).orElse(null) instanceof Interval interval
                    ? interval
                    : ofSamples(parameter, samples.size(), seen));
      }
    }
    return out;
  }

  /** The rows of the smallest table of which the value is an index. */
  private static OptionalInt rows(Value value, Uses uses, Interval seen) {
    return uses.users(value).stream()
        .map(user -> rows(user, value, uses, seen))
        .flatMapToInt(OptionalInt::stream)
        .min();
  }

  private static OptionalInt rows(Op user, Value value, Uses uses, Interval seen) {
    return switch (user) {
      case Gather g when g.indices() == value -> OptionalInt.of(g.table().shape().extent(0));
      case IndexWrap i -> OptionalInt.of(i.extent());
      case UnaryView v -> rows(v.result(), uses, seen);
      case Cast c when !c.dtype().isFloating() && c.dtype() != DType.I1 ->
          rows(c.result(), uses, seen);
      case Clamp c when c.low() == 0 && seen.low() >= 0 && seen.high() <= c.high() ->
          rows(c.result(), uses, seen).stream()
              .map(rows -> (int) Math.min(rows, c.high() + 1))
              .findFirst();
      default -> OptionalInt.empty();
    };
  }

  /** Whether every index that the value is may count from the end of its axis. */
  private static boolean isWrapped(Value value, Uses uses) {
    return uses.users(value).stream()
        .allMatch(user ->
            switch (user) {
              case IndexWrap i -> true;
              case Gather g -> g.indices() != value;
              case UnaryView v -> isWrapped(v.result(), uses);
              case Cast c -> isWrapped(c.result(), uses);
              default -> true;
            });
  }

  /** The integers of a narrow type; empty for types of 16 bits and more. */
  private static Optional<Interval> ofType(DType dtype) {
    return switch (dtype) {
      case I1 -> Optional.of(new Interval(0, 1));
      case U8 -> Optional.of(new Interval(0, 255));
      case I8 -> Optional.of(new Interval(-128, 127));
      case I16, I32, I64, U16, U32, U64, F32, F64, F16, BF16 -> Optional.empty();
    };
  }

  private static Interval ofSamples(Value parameter, int samples, Interval seen) {
    if (samples == 0) {
      throw new UserException(
          "input %s holds integers of unknown range; give --calibration with some real inputs"
              .formatted(parameter.name()));
    }
    long low = seen.low();
    long high = seen.high();
    long most = Math.max(high, -(low + 1));
    long values = most == 0 ? 1 : 2 * Long.highestOneBit(most);
    int margin = samples < FEW_SAMPLES ? 4 : samples < SOME_SAMPLES ? 2 : 1;
    boolean isMask = values <= 2;
    long widened =
        isMask || values > MOST_WIDENED ? values : Math.min(values * margin, MOST_WIDENED);
    Interval interval = new Interval(low < 0 ? -widened : 0, widened - 1);
    if (!interval.isInsideLimit()) {
      throw new UserException(
          "input %s reaches %d and %d in the calibration samples; integers must stay inside (-2^30, 2^30)"
              .formatted(parameter.name(), low, high));
    }
    return interval;
  }

  /** The least interval that holds 0 and the samples. */
  private static Interval seen(int input, List<List<TensorData>> samples) {
    long low = 0;
    long high = 0;
    for (List<TensorData> sample : samples) {
      TensorData data = sample.get(input);
      for (long k = 0; k < data.elementCount(); k++) {
        low = Math.min(low, data.getLong(k));
        high = Math.max(high, data.getLong(k));
      }
    }
    return new Interval(low, high);
  }
}
