package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Clamp;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Divide;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Reshape;
import org.zkc.passes.torch.Choices.Choice;
import org.zkc.passes.torch.Choices.Fill;
import org.zkc.passes.torch.TorchValue.KnownTensor;

/**
 * A softmax of scores from which computed masks take elements: what {@link Choices} and fills add
 * of huge numbers becomes the mask of the softmax, what else they add stays.
 */
final class MaskedSoftmax {
  /** Sums are looked through to this depth. */
  private static final int MOST_DEPTH = 64;

  private final OperatorCall call;
  private final TensorEmitter emit;

  private MaskedSoftmax(OperatorCall call) {
    this.call = call;
    this.emit = call.emit();
  }

  /**
   * A value without masks.
   *
   * @param rest the value without its masks; empty where nothing remains
   * @param included i1, each broadcast to the value's shape
   */
  private record Parts(Optional<Value> rest, List<Value> included) {}

  /** The softmax of the input over an axis. */
  static Value of(OperatorCall call, Value input, int axis) {
    MaskedSoftmax softmax = new MaskedSoftmax(call);
    TensorEmitter emit = call.emit();
    if (!softmax.hasComputedMask(input, 0)) {
      return emit.softmax(input, axis); // constants are left to a pass
    }
    Parts parts = softmax.parts(input, axis == input.shape().rank() - 1, 0);
    if (parts.included.isEmpty()) {
      return emit.softmax(input, axis);
    }
    Value all = parts.included.getFirst();
    for (Value mask : parts.included.subList(1, parts.included.size())) {
      all = emit.multiply(all, mask);
    }
    Value scores = emit.broadcast(parts.rest.orElseGet(() -> emit.scalar(0)), input.shape());
    return emit.softmax(scores, all, axis);
  }

  private boolean hasComputedMask(Value value, int depth) {
    if (emit.choices().of(value).isPresent() || emit.choices().fillOf(value).isPresent()) {
      return true;
    }
    TensorOp op = emit.definition(value).orElse(null);
    boolean isThrough =
        op instanceof Add
            || op instanceof Subtract
            || op instanceof Broadcast
            || op instanceof Reshape
            || op instanceof Multiply
            || op instanceof Divide
            || op instanceof Clamp;
    return op != null
        && isThrough
        && depth < MOST_DEPTH
        && op.operands().stream().anyMatch(v -> hasComputedMask(v, depth + 1));
  }

  /**
   * @param isLast whether the softmax is over the last axis, which some reshapes leave alone
   */
  private Parts parts(Value value, boolean isLast, int depth) {
    Parts whole = new Parts(Optional.of(value), List.of());
    if (depth > MOST_DEPTH) {
      return whole;
    }
    Optional<Choice> choice = emit.choices().of(value);
    if (choice.isPresent()) {
      return vanishing(choice.get()).orElse(whole);
    }
    Optional<Fill> fill = emit.choices().fillOf(value);
    if (fill.isPresent()) {
      Parts kept = parts(fill.get().kept(), isLast, depth + 1);
      List<Value> included = new ArrayList<>(kept.included);
      included.add(fill.get().included());
      return new Parts(kept.rest, included);
    }
    Optional<TensorOp> op = emit.definition(value);
    return op.isEmpty() ? whole : parts(op.get(), isLast, depth, whole);
  }

  private Parts parts(TensorOp op, boolean isLast, int depth, Parts whole) {
    return switch (op) {
      case Add a -> {
        Optional<Parts> constant = vanishing(a.right());
        Parts left =
            parts(
                constant.isPresent() ? withoutFactor(a.left(), a.right()) : a.left(),
                isLast,
                depth + 1);
        Parts right = constant.orElseGet(() -> parts(a.right(), isLast, depth + 1));
        List<Value> included = new ArrayList<>(left.included);
        included.addAll(right.included);
        yield included.isEmpty() ? whole : new Parts(sum(left.rest, right.rest), included);
      }
      case Subtract s -> {
        Parts left = parts(s.left(), isLast, depth + 1);
        Value taken =
            emit.definition(s.right()).orElse(null) instanceof Broadcast b ? b.input() : s.right();
        Optional<Parts> right =
            emit.choices().of(taken).flatMap(c -> vanishing(c.with(minus(c.yes()), minus(c.no()))));
        List<Value> included = new ArrayList<>(left.included);
        right.ifPresent(r -> included.addAll(r.included));
        if (included.isEmpty()) {
          yield whole;
        }
        Value rest = left.rest.orElseGet(() -> emit.scalar(0));
        yield new Parts(
            right.isPresent()
                ? sum(Optional.of(rest), right.get().rest)
                : Optional.of(emit.subtract(rest, s.right())),
            included);
      }
      case Broadcast b -> {
        Parts of = parts(b.input(), isLast, depth + 1);
        yield of.included.isEmpty() ? whole : of;
      }
      case Reshape r when isLast && leavesLastAxis(r) -> {
        Parts of = parts(r.input(), true, depth + 1);
        yield of.included.isEmpty()
            ? whole
            : new Parts(
                of.rest.map(v -> reshaped(v, r)),
                of.included.stream().map(v -> reshaped(v, r)).toList());
      }
      case Multiply m -> scaled(m.left(), m.right(), true, isLast, depth, whole);
      case Divide d -> scaled(d.left(), d.right(), false, isLast, depth, whole);
      // The least number of the type, in fear of what lies below.
      case Clamp c when SelectionOperators.isHuge(c.low()) && Double.isInfinite(c.high()) -> {
        Parts of = parts(c.input(), isLast, depth + 1);
        yield of.included.isEmpty() ? whole : of;
      }
      default -> whole;
    };
  }

  /** A masked value times, or divided by, a positive number. */
  private Parts scaled(
      Value value, Value factor, boolean isProduct, boolean isLast, int depth, Parts whole) {
    OptionalDouble number = number(factor);
    if (number.isEmpty() || number.getAsDouble() <= 0) {
      return whole;
    }
    Parts of = parts(value, isLast, depth + 1);
    Value by = emit.scalar(number.getAsDouble());
    return of.included.isEmpty()
        ? whole
        : new Parts(
            of.rest.map(v -> isProduct ? emit.multiply(v, by) : emit.divide(v, by)), of.included);
  }

  private OptionalDouble number(Value value) {
    Optional<Constant> constant = constant(value).filter(c -> c.data().elementCount() == 1);
    return constant.isPresent()
        ? OptionalDouble.of(constant.get().data().getDouble(0))
        : OptionalDouble.empty();
  }

  private Optional<Value> sum(Optional<Value> left, Optional<Value> right) {
    return left.isPresent() && right.isPresent()
        ? Optional.of(emit.add(left.get(), right.get()))
        : left.or(() -> right);
  }

  private static boolean leavesLastAxis(Reshape op) {
    Shape from = op.input().shape();
    Shape to = op.result().shape();
    return from.rank() > 0
        && to.rank() > 0
        && from.extent(from.rank() - 1) == to.extent(to.rank() - 1);
  }

  private Value reshaped(Value value, Reshape op) {
    return emit.reshape(emit.broadcast(value, op.input().shape()), op.result().shape());
  }

  /** The mask of a choice that makes elements vanish, and the addend for the other elements. */
  private Optional<Parts> vanishing(Choice choice) {
    KnownTensor yes = included(choice.yes());
    KnownTensor no = included(choice.no());
    boolean excludes = !Choices.isAll(yes, 1) || !Choices.isAll(no, 1);
    boolean includes = !Choices.isAll(yes, 0) || !Choices.isAll(no, 0);
    if (!excludes || !includes) {
      return Optional.empty();
    }
    Value mask = emit.choices().made(call, choice.with(yes, no)).value();
    KnownTensor addYes = kept(choice.yes(), yes);
    KnownTensor addNo = kept(choice.no(), no);
    Optional<Value> rest = Optional.empty();
    if (!Choices.isAll(addYes, 0) || !Choices.isAll(addNo, 0)) {
      rest = Optional.of(emit.choices().made(call, choice.with(addYes, addNo)).value());
    }
    return Optional.of(new Parts(rest, List.of(mask)));
  }

  /** The mask of a constant that makes elements vanish, and what else it adds. */
  private Optional<Parts> vanishing(Value addend) {
    Optional<Constant> constant = constant(addend);
    if (constant.isEmpty()) {
      return Optional.empty();
    }
    KnownTensor all = new KnownTensor(constant.get().data(), "");
    KnownTensor included = included(all);
    if (Choices.isAll(included, 1) || Choices.isAll(included, 0)) {
      return Optional.empty();
    }
    KnownTensor rest = kept(all, included);
    return Optional.of(
        new Parts(
            Choices.isAll(rest, 0) ? Optional.empty() : Optional.of(call.value(rest)),
            List.of(emit.integers(included.data(), ""))));
  }

  /** A value without a constant factor that is 1 where an addend leaves it. */
  private Value withoutFactor(Value value, Value addend) {
    Optional<Constant> factor =
        emit.definition(value).orElse(null) instanceof Multiply m
            ? constant(m.right())
            : Optional.empty();
    TensorData by = constant(addend).orElseThrow().data();
    if (factor.isEmpty() || !factor.get().data().shape().equals(by.shape())) {
      return value;
    }
    for (long i = 0; i < by.elementCount(); i++) {
      if (!SelectionOperators.vanishes(by.getDouble(i)) && factor.get().data().getDouble(i) != 1) {
        return value;
      }
    }
    return ((Multiply) emit.definition(value).orElseThrow()).left();
  }

  private Optional<Constant> constant(Value value) {
    Value at = emit.definition(value).orElse(null) instanceof Broadcast b ? b.input() : value;
    return emit.known(at);
  }

  private static KnownTensor minus(KnownTensor constant) {
    return new KnownTensor(
        HostTensors.map(constant.data(), constant.dtype(), x -> -x, x -> -x), "");
  }

  private static KnownTensor included(KnownTensor addend) {
    TensorData wide = HostTensors.cast(addend.data(), DType.F64);
    TensorData kept =
        HostTensors.map(wide, DType.F64, x -> x, x -> SelectionOperators.vanishes(x) ? 0 : 1);
    return new KnownTensor(HostTensors.cast(kept, DType.I1), "");
  }

  private static KnownTensor kept(KnownTensor addend, KnownTensor included) {
    return new KnownTensor(
        HostTensors.zip(
            included.data(),
            addend.data(),
            addend.dtype(),
            (i, x) -> i == 0 ? 0 : x,
            (i, x) -> i == 0 ? 0 : x),
        "");
  }
}
