package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.zkc.ir.DType;
import org.zkc.passes.torch.TorchValue.ComplexTensor;
import org.zkc.passes.torch.TorchValue.Int;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.ListOf;
import org.zkc.passes.torch.TorchValue.None;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/**
 * Operators on complex tensors, as operators on their real and imaginary parts. An operator that
 * moves elements or adds them up acts on each part alone. One that is linear in each of its
 * operands is taken apart operand by operand, f(a + bi) = f(a) + i f(b).
 */
final class ComplexTensors {
  /** PyTorch's number of complex64 (c10::ScalarType); that of complex128 is the next. */
  static final int COMPLEX64 = 9;

  private static final int COMPLEX128 = 10;
  private static final int FLOAT32 = 6;

  /** Operators of linear maps that move, repeat or add up elements of one tensor or of several. */
  private static final Set<String> BY_PARTS =
      names(
          "add sub neg positive alias clone contiguous copy detach lift_fresh resolve_conj"
              + " resolve_neg view reshape view_as reshape_as flatten ravel unflatten squeeze"
              + " unsqueeze permute transpose swapaxes swapdims movedim moveaxis t numpy_T mT"
              + " expand expand_as broadcast_to broadcast_tensors flip fliplr flipud rot90 roll"
              + " repeat_interleave repeat tile unfold diagonal diag diag_embed trace tril triu"
              + " slice select narrow split split_with_sizes unsafe_split unsafe_split_with_sizes"
              + " chunk unsafe_chunk tensor_split hsplit vsplit dsplit unbind index index_select"
              + " gather take_along_dim cat concat concatenate stack hstack vstack row_stack dstack"
              + " column_stack atleast_1d atleast_2d atleast_3d slice_scatter select_scatter"
              + " index_put constant_pad_nd pad mean sum cumsum diff where zeros_like new_zeros"
              + " empty_like new_empty zero fft_fftshift fft_ifftshift dropout _unsafe_view"
              + " view_copy _reshape_copy expand_copy permute_copy transpose_copy t_copy"
              + " squeeze_copy unsqueeze_copy slice_copy select_copy split_copy"
              + " split_with_sizes_copy unbind_copy diagonal_copy unfold_copy narrow_copy"
              + " alias_copy detach_copy lift_fresh_copy");

  /** Operators that are linear in each of their tensors. */
  private static final Set<String> MULTILINEAR =
      names("mul mm bmm mv dot matmul einsum outer ger inner tensordot kron linear vdot");

  /** Questions about a tensor that its elements do not answer. */
  private static final Set<String> OF_ITS_SHAPE =
      Set.of(
          "aten.size",
          "aten.sym_size",
          "aten.dim",
          "aten.numel",
          "aten.sym_numel",
          "aten.len",
          "aten.is_contiguous",
          "aten._assert_tensor_metadata",
          "prim.device",
          "prim.layout",
          "prim.is_cuda",
          "prim.is_nested",
          "prim.requires_grad");

  private static final Set<String> CREATIONS =
      names(
          "zeros ones full empty zeros_like ones_like full_like empty_like new_zeros new_ones"
              + " new_full new_empty to _to_copy");

  /** Operators whose own lowering takes complex tensors. */
  private static final Set<String> TAKES_COMPLEX =
      names(
          "fft_fft fft_ifft fft_irfft fft_fft2 fft_ifft2 fft_irfft2 fft_fftn fft_ifftn fft_irfftn"
              + " fft_rfft fft_rfft2 fft_rfftn _fft_r2c _fft_c2c _fft_c2r istft");

  private static Set<String> names(String list) {
    return Set.copyOf(Stream.of(list.split(" ")).map(name -> "aten." + name).toList());
  }

  private final OperatorCall call;
  private final Function<OperatorCall, TorchValue> evaluate;

  private ComplexTensors(OperatorCall call, Function<OperatorCall, TorchValue> evaluate) {
    this.call = call;
    this.evaluate = evaluate;
  }

  /** The result of an operator with complex operands or elements; empty where it has none. */
  static Optional<TorchValue> apply(
      OperatorCall call, Function<OperatorCall, TorchValue> evaluate) {
    ComplexTensors complex = new ComplexTensors(call, evaluate);
    if (CREATIONS.contains(call.operator()) && complex.namesComplexType()) {
      return Optional.of(complex.created());
    }
    boolean isDirect = call.arguments().stream().anyMatch(ComplexTensor.class::isInstance);
    boolean isElement =
        (BY_PARTS.contains(call.operator()) || MULTILINEAR.contains(call.operator()))
            && call.arguments().stream().anyMatch(ComplexTensors::holdsComplex);
    boolean isOfContainer =
        !call.arguments().isEmpty()
            && (call.arguments().getFirst().sequence().isPresent()
                || call.arguments().getFirst() instanceof TorchValue.DictOf);
    if (isElement || (isDirect && !isOfContainer && isOfTensors(call.operator()))) {
      return Optional.of(complex.result());
    }
    return Optional.empty();
  }

  /** Whether an operator reads its operands, rather than puts them into containers. */
  private static boolean isOfTensors(String operator) {
    return !operator.startsWith("prim.")
        || OF_ITS_SHAPE.contains(operator)
        || operator.equals("prim.dtype");
  }

  private static boolean holdsComplex(TorchValue value) {
    return value instanceof ComplexTensor
        || (value instanceof ListOf list
            && list.elements().stream().anyMatch(ComplexTensors::holdsComplex))
        || (value instanceof Tuple t
            && t.elements().stream().anyMatch(ComplexTensors::holdsComplex));
  }

  private TorchValue result() {
    String name = call.operator();
    if (OF_ITS_SHAPE.contains(name)) {
      return evaluate.apply(with(call.arguments(), ComplexTensor::real));
    }
    if (BY_PARTS.contains(name)) {
      return byParts();
    }
    if (MULTILINEAR.contains(name)) {
      return name.equals("aten.linear") && !call.isNone(2) ? linear() : expanded(call);
    }
    return switch (name) {
      case "prim.dtype" -> new Int(COMPLEX64);
      case "aten.is_complex" -> new TorchValue.Bool(true);
      case "aten.is_floating_point" -> new TorchValue.Bool(false);
      case "aten.view_as_real" -> {
        ComplexTensor z = operand(0);
        yield plain("stack", new ListOf(List.of(z.real(), z.imaginary())), new Int(-1));
      }
      case "aten.real" -> operand(0).real();
      case "aten.imag" -> operand(0).imaginary();
      case "aten.conj", "aten._conj", "aten.conj_physical" -> conjugate(operand(0));
      case "aten.adjoint", "aten.mH" ->
          conjugate((ComplexTensor) evaluate.apply(named("mT", operand(0))));
      case "aten.abs", "aten.absolute" -> root(squaredLength(operand(0)));
      case "aten.angle" -> plain("atan2", operand(0).imaginary(), operand(0).real());
      case "aten.div", "aten.divide", "aten.true_divide" -> quotient();
      case "aten.reciprocal" -> overLength(conjugate(operand(0)), squaredLength(operand(0)));
      case "aten.square" -> evaluate.apply(named("mul", operand(0), operand(0)));
      case "aten.pow" -> power();
      case "aten.exp" -> {
        ComplexTensor z = operand(0);
        yield ComplexOperators.polar(call, evaluate, real("exp", z.real()), z.imaginary());
      }
      case "aten.to", "aten._to_copy", "aten.type_as" -> operand(0);
      default -> {
        if (TAKES_COMPLEX.contains(name)) {
          yield TorchOperatorTable.find(name).orElseThrow().lowering().lower(call);
        }
        throw call.refuse(
            "it computes with complex numbers; compute with their real and imaginary parts");
      }
    };
  }

  /** Real tensors among complex ones have the imaginary part 0. */
  private TorchValue byParts() {
    List<TorchValue> arguments = call.arguments();
    List<TorchValue> widened = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      widened.add(takesElements(i) ? widened(arguments.get(i)) : arguments.get(i));
    }
    return joined(
        evaluate.apply(with(widened, ComplexTensor::real)),
        evaluate.apply(with(widened, ComplexTensor::imaginary)));
  }

  /**
   * Whether an argument has elements of the result, rather than indices or the condition of a
   * choice.
   */
  private boolean takesElements(int index) {
    return switch (call.operator()) {
      case "aten.add", "aten.sub" -> index < 2;
      case "aten.where" -> index > 0;
      case "aten.index_put" -> index != 1;
      case "aten.slice_scatter", "aten.select_scatter", "aten.copy" -> index < 2;
      default -> index == 0;
    };
  }

  /** A value with real numbers and tensors as complex ones. */
  private TorchValue widened(TorchValue value) {
    return switch (value) {
      case Tensor t -> new ComplexTensor(real(t), zerosLike(t));
      case Int i -> ofNumber(i.value());
      case TorchValue.Float f -> ofNumber(f.value());
      case TorchValue.Bool b -> ofNumber(b.value() ? 1 : 0);
      case ListOf l when l.elements().stream().allMatch(ComplexTensors::isTensor) ->
          new ListOf(l.elements().stream().map(this::widened).toList());
      default -> value;
    };
  }

  private static boolean isTensor(TorchValue value) {
    return value instanceof Tensor || value instanceof ComplexTensor;
  }

  private static ComplexTensor ofNumber(double value) {
    return new ComplexTensor(
        new KnownTensor(HostTensors.cast(HostTensors.scalar(value), DType.F32), ""),
        new KnownTensor(HostTensors.cast(HostTensors.scalar(0.0), DType.F32), ""));
  }

  private Tensor real(Tensor tensor) {
    return tensor.dtype() == DType.F32 ? tensor : (Tensor) plain("to", tensor, new Int(FLOAT32));
  }

  static KnownTensor zerosLike(Tensor tensor) {
    return new KnownTensor(
        HostTensors.broadcast(HostTensors.cast(HostTensors.scalar(0.0), DType.F32), tensor.shape()),
        "");
  }

  /** The call's result, linear in each complex operand, the first of which is taken apart. */
  private TorchValue expanded(OperatorCall now) {
    List<TorchValue> arguments = now.arguments();
    for (int i = 0; i < arguments.size(); i++) {
      Optional<ComplexTensor> first = first(arguments.get(i));
      if (first.isPresent()) {
        TorchValue real = expanded(replaced(now, i, first.get(), first.get().real()));
        TorchValue imaginary = expanded(replaced(now, i, first.get(), first.get().imaginary()));
        return sum(real, timesI(imaginary));
      }
    }
    return evaluate.apply(now);
  }

  private static Optional<ComplexTensor> first(TorchValue value) {
    return switch (value) {
      case ComplexTensor z -> Optional.of(z);
      case ListOf l ->
          l.elements().stream()
              .filter(ComplexTensor.class::isInstance)
              .map(ComplexTensor.class::cast)
              .findFirst();
      default -> Optional.empty();
    };
  }

  @SuppressWarnings("ReferenceEquality") // one operand may stand twice; the first is replaced
  private static OperatorCall replaced(
      OperatorCall now, int index, ComplexTensor operand, Tensor part) {
    List<TorchValue> arguments = new ArrayList<>(now.arguments());
    if (arguments.get(index) instanceof ListOf list) {
      List<TorchValue> elements = new ArrayList<>(list.elements());
      for (int k = 0; k < elements.size(); k++) {
        if (elements.get(k) == operand) {
          elements.set(k, part);
          break;
        }
      }
      arguments.set(index, new ListOf(elements));
    } else {
      arguments.set(index, part);
    }
    return new OperatorCall(now.operator(), now.overload(), arguments, now.location(), now.emit());
  }

  private ComplexTensor timesI(TorchValue value) {
    return value instanceof ComplexTensor z
        ? new ComplexTensor(real("neg", z.imaginary()), z.real())
        : new ComplexTensor(zerosLike(call.tensorOf(value)), call.tensorOf(value));
  }

  private ComplexTensor sum(TorchValue left, ComplexTensor right) {
    return left instanceof ComplexTensor z
        ? new ComplexTensor(added(z.real(), right.real()), added(z.imaginary(), right.imaginary()))
        : new ComplexTensor(added(call.tensorOf(left), right.real()), right.imaginary());
  }

  /** A sum of which constant zeros are left out. */
  private Tensor added(Tensor left, Tensor right) {
    if (isZero(right)) {
      return left;
    }
    return isZero(left) ? right : (Tensor) plain("add", left, right);
  }

  private static boolean isZero(Tensor tensor) {
    return tensor instanceof KnownTensor k
        && DoubleStream.of(k.data().toDoubles()).allMatch(each -> each == 0);
  }

  private TorchValue linear() {
    TorchValue product =
        expanded(
            new OperatorCall(
                call.operator(),
                call.overload(),
                List.of(call.argument(0), call.argument(1), None.NONE),
                call.location(),
                call.emit()));
    return evaluate.apply(named("add", product, call.argument(2)));
  }

  private TorchValue quotient() {
    if (!(call.argument(1) instanceof ComplexTensor divisor)) {
      ComplexTensor z = operand(0);
      return new ComplexTensor(
          (Tensor) plain("div", z.real(), call.argument(1)),
          (Tensor) plain("div", z.imaginary(), call.argument(1)));
    }
    TorchValue product =
        evaluate.apply(named("mul", widened(call.argument(0)), conjugate(divisor)));
    return overLength((ComplexTensor) product, squaredLength(divisor));
  }

  private ComplexTensor overLength(ComplexTensor z, Tensor length) {
    return new ComplexTensor(
        (Tensor) plain("div", z.real(), length), (Tensor) plain("div", z.imaginary(), length));
  }

  private TorchValue power() {
    if (call.argument(1).number().orElse(0) == 2 && call.argument(0) instanceof ComplexTensor z) {
      return evaluate.apply(named("mul", z, z));
    }
    throw call.refuse("powers of complex numbers other than squares");
  }

  private ComplexTensor conjugate(ComplexTensor z) {
    return new ComplexTensor(z.real(), real("neg", z.imaginary()));
  }

  private Tensor squaredLength(ComplexTensor z) {
    return added(
        (Tensor) plain("mul", z.real(), z.real()),
        (Tensor) plain("mul", z.imaginary(), z.imaginary()));
  }

  private Tensor root(Tensor tensor) {
    return real("sqrt", tensor);
  }

  private Tensor real(String operator, Tensor tensor) {
    return (Tensor) plain(operator, tensor);
  }

  /** An operator on real values. */
  private TorchValue plain(String operator, TorchValue... arguments) {
    return evaluate.apply(named(operator, arguments));
  }

  private OperatorCall named(String operator, TorchValue... arguments) {
    return new OperatorCall(
        "aten." + operator, "", List.of(arguments), call.location(), call.emit());
  }

  private ComplexTensor operand(int index) {
    if (call.argument(index) instanceof ComplexTensor z) {
      return z;
    }
    throw call.refuse("argument %d is %s".formatted(index + 1, call.argument(index).kind()));
  }

  /** The call with each complex operand replaced by one of its parts. */
  private OperatorCall with(List<TorchValue> arguments, Function<ComplexTensor, Tensor> part) {
    return new OperatorCall(
        call.operator(),
        call.overload(),
        arguments.stream().map(a -> part(a, part)).toList(),
        call.location(),
        call.emit());
  }

  private static TorchValue part(TorchValue value, Function<ComplexTensor, Tensor> part) {
    return switch (value) {
      case ComplexTensor z -> part.apply(z);
      case ListOf l -> new ListOf(l.elements().stream().map(e -> part(e, part)).toList());
      case Tuple t -> new Tuple(t.elements().stream().map(e -> part(e, part)).toList());
      default -> value;
    };
  }

  /** Two results of the same form, element by element. */
  private TorchValue joined(TorchValue real, TorchValue imaginary) {
    if (real instanceof Tensor re && imaginary instanceof Tensor im) {
      return new ComplexTensor(re, im);
    }
    List<TorchValue> left = real.sequence().orElseThrow(() -> call.refuse("its results"));
    List<TorchValue> right = imaginary.sequence().orElseThrow(() -> call.refuse("its results"));
    List<TorchValue> out = new ArrayList<>();
    for (int i = 0; i < left.size(); i++) {
      out.add(joined(left.get(i), right.get(i)));
    }
    return real instanceof ListOf ? new ListOf(out) : new Tuple(out);
  }

  private boolean namesComplexType() {
    return call.arguments().stream().skip(1).limit(3).anyMatch(ComplexTensors::isComplexType);
  }

  private static boolean isComplexType(TorchValue value) {
    return value instanceof Int i && (i.value() == COMPLEX64 || i.value() == COMPLEX128);
  }

  /** A tensor that is made or converted with a complex element type. */
  private TorchValue created() {
    List<TorchValue> arguments = new ArrayList<>(call.arguments());
    for (int i = 1; i < Math.min(4, arguments.size()); i++) {
      if (isComplexType(arguments.get(i))) {
        arguments.set(i, new Int(FLOAT32));
      }
    }
    return call.arguments().getFirst() instanceof ComplexTensor z
            && (call.operator().equals("aten.to") || call.operator().equals("aten._to_copy"))
        ? z
        : widened(evaluate.apply(with(arguments, ComplexTensor::real)));
  }
}
