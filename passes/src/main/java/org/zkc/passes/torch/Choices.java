package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Cast;
import org.zkc.ir.tensor.Comparison;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.UnaryView;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;

/**
 * Tensors whose every element is one of two constants, by a boolean that is computed from the
 * input. Masks of attention are made of such tensors: 1 - mask times the least number of the type,
 * where(mask, 0, -inf), sums and comparisons of these. A function of a choice is again a choice,
 * between its values at both constants, so no operation on huge numbers is ever part of the
 * program.
 */
final class Choices {

  /**
   * The elements of a tensor.
   *
   * @param mask i1; broadcast, with the constants, to the tensor's shape
   * @param yes where the mask is 1
   * @param no where it is 0
   * @param isAssumed whether that holds only for a mask of zeros and ones, which an input may not
   *     be
   */
  record Choice(Value mask, KnownTensor yes, KnownTensor no, boolean isAssumed) {
    Choice with(KnownTensor newYes, KnownTensor newNo) {
      return new Choice(mask, newYes, newNo, isAssumed);
    }
  }

  /**
   * Elements of a computed tensor replaced by a constant.
   *
   * @param kept the tensor
   * @param included i1, 1 where the tensor's elements stay
   */
  record Fill(Value kept, Value included) {}

  /** Functions of each element. */
  private static final Set<String> POINTWISE =
      Set.of(
          "aten.add",
          "aten.sub",
          "aten.rsub",
          "aten.mul",
          "aten.div",
          "aten.neg",
          "aten.eq",
          "aten.ne",
          "aten.lt",
          "aten.le",
          "aten.gt",
          "aten.ge",
          "aten.where",
          "aten.masked_fill",
          "aten.logical_not",
          "aten.logical_and",
          "aten.logical_or",
          "aten.bitwise_not",
          "aten.bitwise_and",
          "aten.bitwise_or",
          "aten.__and__",
          "aten.__or__",
          "aten.minimum",
          "aten.maximum",
          "aten.to",
          "aten.type_as",
          "aten.clone",
          "aten.contiguous");

  /** Functions that move elements; the first argument is the tensor. */
  static final Set<String> VIEWS =
      Set.of(
          "aten.unsqueeze",
          "aten.squeeze",
          "aten.expand",
          "aten.slice",
          "aten.select",
          "aten.transpose",
          "aten.permute",
          "aten.view",
          "aten.reshape",
          "aten.repeat",
          "aten.expand_as",
          "aten.flatten",
          "aten.unflatten",
          "aten.narrow",
          "aten.swapaxes",
          "aten.movedim",
          "aten.broadcast_to",
          "aten.tile",
          "aten.flip",
          "aten.roll");

  private final Map<Value, Choice> choices = new IdentityHashMap<>();
  private final Map<Value, Fill> fills = new IdentityHashMap<>();

  /** Masks as booleans. */
  private final Map<Value, Value> truths = new IdentityHashMap<>();

  /** The choice that a value of the program was made of. */
  Optional<Choice> of(Value value) {
    return Optional.ofNullable(choices.get(value));
  }

  /** The computed tensor of which a value was made by a fill. */
  Optional<Fill> fillOf(Value value) {
    return Optional.ofNullable(fills.get(value));
  }

  /** Whether the elements of a choice are not 0. */
  TracedTensor truth(OperatorCall call, TracedTensor tensor) {
    Choice choice = Objects.requireNonNull(choices.get(tensor.value()), "the tensor is a choice");
    return made(call, choice.with(truth(choice.yes), truth(choice.no)));
  }

  private static KnownTensor truth(KnownTensor constant) {
    return new KnownTensor(HostTensors.cast(constant.data(), DType.I1), "");
  }

  void note(Value value, Fill fill) {
    fills.put(value, fill);
  }

  /** One of PyTorch's operators, evaluated. */
  @FunctionalInterface
  interface Evaluation {
    TorchValue of(OperatorCall call);
  }

  /**
   * The result of a call whose computed arguments are choices by one mask; empty for other calls,
   * and where the ordinary lowering is as good.
   */
  Optional<TorchValue> apply(OperatorCall call, Evaluation evaluation) {
    if (VIEWS.contains(call.operator())) {
      return moved(call, evaluation);
    }
    if (!POINTWISE.contains(call.operator())) {
      return Optional.empty();
    }
    Value mask = null;
    boolean isAssumed = false;
    List<TorchValue> ifTrue = new ArrayList<>();
    List<TorchValue> ifFalse = new ArrayList<>();
    for (TorchValue argument : call.arguments()) {
      Choice choice = null;
      if (argument instanceof TracedTensor t) {
        choice = choice(t);
        if (choice == null) {
          choice = assumed(t, call.emit());
        }
        isAssumed |= choice != null && choice.isAssumed;
        if (choice == null || !isOneMask(mask, choice)) {
          return Optional.empty();
        }
        mask = choice.mask;
      }
      ifTrue.add(choice == null ? argument : choice.yes);
      ifFalse.add(choice == null ? argument : choice.no);
    }
    if (mask == null) {
      return Optional.empty();
    }
    Optional<KnownTensor> yes = known(call, ifTrue, evaluation);
    Optional<KnownTensor> no = known(call, ifFalse, evaluation);
    if (yes.isEmpty() || no.isEmpty() || yes.get().dtype() != no.get().dtype()) {
      return Optional.empty();
    }
    Choice result = new Choice(mask, finite(yes.get()), finite(no.get()), isAssumed);
    boolean isHuge = isHuge(result.yes) || isHuge(result.no);
    if (isAssumed || !isHuge && result.yes.dtype() != DType.I1) {
      return ordinary(call, result, evaluation);
    }
    return Optional.of(made(call, result));
  }

  /**
   * The choice that a mask of zeros and ones, an input of integers, stands for, and 1 less such a
   * mask, of integers or of real numbers. It is an assumption that the input holds nothing else.
   * The masks of softmaxes, where no other elements have a meaning, rest on it, and so do results
   * that could not be computed without it. Null for other tensors.
   */
  private @Nullable Choice assumed(TracedTensor tensor, TensorEmitter emit) {
    if (!tensor.dtype().isFloating()) {
      return isInput(tensor.value(), emit)
          ? new Choice(truth(tensor.value(), emit), number(tensor, 1), number(tensor, 0), true)
          : null;
    }
    if (!(emit.definition(tensor.value()).orElse(null) instanceof Subtract s)) {
      return null;
    }
    boolean isComplement = isOne(s.left(), emit);
    if (!isComplement && !isOne(s.right(), emit)) {
      return null;
    }
    Value of = withoutBroadcast(isComplement ? s.right() : s.left(), emit);
    if (emit.definition(of).orElse(null) instanceof Cast c && isInput(c.input(), emit)) {
      of = c.input();
    } else if (!of.tensorType().dtype().isFloating() || !isInput(of, emit)) {
      return null;
    }
    return new Choice(
        truth(of, emit), number(tensor, 0), number(tensor, isComplement ? 1 : -1), true);
  }

  private static boolean isInput(Value value, TensorEmitter emit) {
    Value at = value;
    while (emit.definition(at).orElse(null) instanceof UnaryView v) {
      at = v.input();
    }
    return emit.definition(at).isEmpty();
  }

  private static boolean isOne(Value value, TensorEmitter emit) {
    return emit.known(withoutBroadcast(value, emit))
        .filter(c -> isAll(new KnownTensor(c.data(), ""), 1))
        .isPresent();
  }

  private static Value withoutBroadcast(Value value, TensorEmitter emit) {
    return emit.definition(value).orElse(null) instanceof Broadcast b ? b.input() : value;
  }

  /** Whether a mask's elements are 1 rather than 0; one value for each mask. */
  private Value truth(Value mask, TensorEmitter emit) {
    Value known = truths.get(mask);
    if (known == null) {
      known =
          mask.tensorType().dtype().isFloating()
              ? emit.compareZero(emit.subtract(mask, emit.scalar(0.5)), Comparison.GREATER)
              : emit.cast(mask, DType.I1);
      truths.put(mask, known);
    }
    return known;
  }

  private static boolean isOneMask(@Nullable Value mask, Choice other) {
    return mask == null || mask == other.mask;
  }

  /** The choice that a tensor is; null for one that is none. */
  private @Nullable Choice choice(TracedTensor tensor) {
    Choice known = choices.get(tensor.value());
    if (known != null) {
      return known.yes.dtype() == tensor.dtype() ? known : null;
    }
    return tensor.dtype() == DType.I1
        ? new Choice(tensor.value(), number(tensor, 1), number(tensor, 0), false)
        : null;
  }

  /** A number of a tensor's type and of as many axes, which count in PyTorch's promotion. */
  private static KnownTensor number(TracedTensor like, long value) {
    TensorData data = HostTensors.cast(HostTensors.scalar(value), like.dtype());
    return new KnownTensor(data.reshape(ones(like.shape().rank())), "");
  }

  private static Shape ones(int rank) {
    return new Shape(Collections.nCopies(rank, 1));
  }

  private static Optional<KnownTensor> known(
      OperatorCall call, List<TorchValue> arguments, Evaluation evaluation) {
    try {
      TorchValue result =
          evaluation.of(
              new OperatorCall(
                  call.operator(), call.overload(), arguments, call.location(), call.emit()));
      return result instanceof KnownTensor k ? Optional.of(k) : Optional.empty();
    } catch (UserException e) {
      return Optional.empty(); // the ordinary lowering tells
    }
  }

  private static KnownTensor finite(KnownTensor data) {
    return SelectionOperators.finite(data);
  }

  private static boolean isHuge(KnownTensor data) {
    for (long i = 0; i < data.data().elementCount(); i++) {
      if (SelectionOperators.isHuge(data.data().getDouble(i))) {
        return true;
      }
    }
    return false;
  }

  /** The program's own form of a choice between ordinary numbers, with the choice noted. */
  private Optional<TorchValue> ordinary(OperatorCall call, Choice choice, Evaluation evaluation) {
    TorchValue result;
    try {
      result = evaluation.of(call);
    } catch (UserException e) {
      return Optional.of(made(call, choice)); // real numbers that become integers, for instance
    }
    if (result instanceof TracedTensor t && t.dtype() == choice.yes.dtype()) {
      choices.put(t.value(), choice);
    }
    return Optional.of(result);
  }

  /** A view of a choice, where it is noted; booleans are choices of their own. */
  private Optional<TorchValue> moved(OperatorCall call, Evaluation evaluation) {
    if (!(call.arguments().getFirst() instanceof TracedTensor t)) {
      return Optional.empty();
    }
    Choice choice = choices.get(t.value());
    if (choice == null) {
      return Optional.empty();
    }
    TorchValue result = evaluation.of(call);
    TorchValue mask =
        evaluation.of(
            with(call, new TracedTensor(call.emit().broadcast(choice.mask, t.shape()), DType.I1)));
    if (result instanceof TracedTensor r && mask instanceof TracedTensor m) {
      Optional<KnownTensor> yes = moved(call, choice.yes, t, r, evaluation);
      Optional<KnownTensor> no = moved(call, choice.no, t, r, evaluation);
      if (yes.isPresent() && no.isPresent()) {
        choices.put(r.value(), new Choice(m.value(), yes.get(), no.get(), choice.isAssumed));
      }
    }
    return Optional.of(result);
  }

  private static Optional<KnownTensor> moved(
      OperatorCall call,
      KnownTensor constant,
      TracedTensor from,
      TracedTensor to,
      Evaluation evaluation) {
    if (constant.shape().elementCount() == 1) {
      return Optional.of(new KnownTensor(constant.data().reshape(ones(to.shape().rank())), ""));
    }
    TensorData all = HostTensors.broadcast(constant.data(), from.shape());
    return evaluation.of(with(call, new KnownTensor(all, ""))) instanceof KnownTensor k
        ? Optional.of(k)
        : Optional.empty();
  }

  private static OperatorCall with(OperatorCall call, TorchValue first) {
    List<TorchValue> arguments = new ArrayList<>(call.arguments());
    arguments.set(0, first);
    return new OperatorCall(
        call.operator(), call.overload(), arguments, call.location(), call.emit());
  }

  /** The tensor: mask (yes - no) + no, or of booleans what the mask makes of them. */
  TracedTensor made(OperatorCall call, Choice choice) {
    DType dtype = choice.yes.dtype();
    Value value =
        dtype == DType.I1 ? chosenBooleans(call, choice) : chosenNumbers(call, choice, dtype);
    Shape shape =
        Shapes.broadcast(
            choice.mask.shape(), Shapes.broadcast(choice.yes.shape(), choice.no.shape()));
    Value all = call.emit().broadcast(value, shape);
    if (dtype != DType.I1) {
      choices.put(all, choice);
    }
    return new TracedTensor(all, dtype);
  }

  private static Value chosenNumbers(OperatorCall call, Choice choice, DType dtype) {
    TensorEmitter emit = call.emit();
    DType held = dtype.isFloating() ? DType.F32 : dtype;
    TensorData difference =
        HostTensors.zip(
            choice.yes.data(), choice.no.data(), held, (y, n) -> y - n, (y, n) -> y - n);
    Value one = emit.cast(choice.mask, held);
    Value part = emit.multiply(one, call.in(dtype, new KnownTensor(difference, "")));
    return isAll(choice.no, 0) ? part : emit.add(part, call.in(dtype, choice.no));
  }

  private static Value chosenBooleans(OperatorCall call, Choice choice) {
    Value yes = both(call, choice.mask, choice.yes);
    if (isAll(choice.no, 0)) {
      return yes;
    }
    Value other = not(call, choice.mask);
    Value no = both(call, other, choice.no);
    if (isAll(choice.yes, 0)) {
      return no;
    }
    return call.in(
        DType.I1,
        LogicOperators.or(call, new TracedTensor(yes, DType.I1), new TracedTensor(no, DType.I1)));
  }

  private static Value both(OperatorCall call, Value mask, KnownTensor constant) {
    return isAll(constant, 1) ? mask : call.emit().multiply(mask, call.in(DType.I1, constant));
  }

  static Value not(OperatorCall call, Value mask) {
    return call.emit().subtract(call.in(DType.I1, new TorchValue.Int(1)), mask);
  }

  static boolean isAll(KnownTensor constant, double value) {
    for (long i = 0; i < constant.data().elementCount(); i++) {
      if (constant.data().getDouble(i) != value) {
        return false;
      }
    }
    return true;
  }
}
