package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.zkc.ir.DType;
import org.zkc.ir.Function;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Region;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.torch.Call;
import org.zkc.ir.torch.Constant;
import org.zkc.ir.torch.For;
import org.zkc.ir.torch.If;
import org.zkc.ir.torch.ListConstruct;
import org.zkc.ir.torch.Operator;
import org.zkc.ir.torch.Raise;
import org.zkc.ir.torch.TensorConstant;
import org.zkc.ir.torch.TorchOp;
import org.zkc.ir.torch.TupleConstruct;
import org.zkc.ir.torch.TupleUnpack;
import org.zkc.ir.torch.While;
import org.zkc.passes.torch.TorchValue.Bool;
import org.zkc.passes.torch.TorchValue.DataDependent;
import org.zkc.passes.torch.TorchValue.Int;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.ListOf;
import org.zkc.passes.torch.TorchValue.Refused;
import org.zkc.passes.torch.TorchValue.TracedTensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/**
 * Executes a torch-level program on values of which some are known and the others are values of the
 * tensor-level program under construction.
 */
final class PartialEvaluation {
  /**
   * The most operations, calls and passes through loops: a run longer than any network is deep is
   * taken for endless.
   */
  private static final long MAXIMAL_STEPS = 1_000_000;

  /** Operations of the tensor level; the largest real networks have some thousands. */
  private static final int MAXIMAL_OPERATIONS = 100_000;

  private static final int MAXIMAL_DEPTH = 400;

  private static final String COMBINE = "compute both sides and combine them";
  private static final String FIX = "make a fixed number of passes";

  /**
   * Elements of all tensors computed on the host, besides those in proportion to what the archive
   * holds; a hostile archive could ask for any number.
   */
  private static final long MAXIMAL_HOST_ELEMENTS = 1L << 25;

  private static final long COMPUTED_FOR_ONE_STORED = 16;

  private final Map<String, Function> functions = new HashMap<>();
  private final TensorEmitter emitter;

  /**
   * The location of the op being executed. An op without one has that of the innermost call or
   * statement around it that has one.
   */
  private Location nearest = Location.UNKNOWN;

  private long steps;
  private long lowered;
  private long hostElements;

  /** Elements of the tensors of the archive that were read. */
  private long stored;

  private final Set<TensorData> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private int depth;

  private final Optional<FaultCollector> faults;

  /** Stops at the first fault that something depends on. */
  PartialEvaluation(Program program, TensorEmitter emitter) {
    this(program, emitter, Optional.empty());
  }

  /**
   * @param faults where given, the walk puts faults there and goes on: what is not known because of
   *     one is refused, and both arms of a branch that cannot be decided are walked through
   */
  PartialEvaluation(Program program, TensorEmitter emitter, Optional<FaultCollector> faults) {
    program.functions().forEach(f -> functions.put(f.name(), f));
    this.emitter = emitter;
    this.faults = faults;
  }

  /** A fault after which no walk goes on. */
  private static final class Ended extends UserException {
    private static final long serialVersionUID = 1;

    Ended(Location location, String message) {
      super(location, message);
    }
  }

  /** Operators that were looked up in the table, one count per execution. */
  long operatorsLowered() {
    return lowered;
  }

  List<TorchValue> call(Function function, List<TorchValue> arguments) {
    if (arguments.size() != function.parameters().size()) {
      throw new UserException(
          nearest,
          "%s takes %d arguments, %d are given: the archive is damaged"
              .formatted(function.name(), function.parameters().size(), arguments.size()));
    }
    step();
    if (++depth > MAXIMAL_DEPTH) {
      throw new Ended(nearest, "calls are nested more than %d deep".formatted(MAXIMAL_DEPTH));
    }
    List<TorchValue> results = new Frame().run(function.region(), arguments);
    depth--;
    return results;
  }

  /** Counts work, so that programs without end are refused. */
  private void step() {
    if (++steps > MAXIMAL_STEPS) {
      throw new Ended(
          nearest,
          "the model executes more than %d operations; does a loop end?".formatted(MAXIMAL_STEPS));
    }
    if (emitter.operations() > MAXIMAL_OPERATIONS) {
      throw new Ended(
          nearest,
          "the model has more than %d tensor operations; zkc does not prove it"
              .formatted(MAXIMAL_OPERATIONS));
    }
  }

  /** The values of one activation of a function. */
  private final class Frame {
    private final Map<Value, TorchValue> values = new IdentityHashMap<>();

    List<TorchValue> run(Region region, List<TorchValue> arguments) {
      bind(region.parameters(), arguments);
      region.body().forEach(this::execute);
      return region.results().stream().map(this::get).toList();
    }

    private void bind(List<Value> names, List<TorchValue> bound) {
      if (names.size() != bound.size()) {
        throw new UserException(
            nearest,
            "%d values where %d are named: the archive is damaged"
                .formatted(bound.size(), names.size()));
      }
      for (int i = 0; i < names.size(); i++) {
        values.put(names.get(i), bound.get(i));
      }
    }

    private TorchValue get(Value value) {
      TorchValue bound = values.get(value);
      if (bound == null) {
        throw new IllegalStateException(value + " is read before it is defined");
      }
      return bound;
    }

    private List<TorchValue> get(List<Value> read) {
      return read.stream().map(this::get).toList();
    }

    private void execute(Op op) {
      step();
      Location before = nearest;
      if (op.location().isKnown()) {
        nearest = op.location();
      }
      try {
        perform((TorchOp) op);
      } catch (Ended e) {
        throw e;
      } catch (UserException e) {
        FaultCollector collector = faults.orElseThrow(() -> e);
        List<TorchValue> operands =
            op.operands().stream().map(values::get).filter(Objects::nonNull).toList();
        bind(
            op.definitions(),
            Collections.nCopies(op.definitions().size(), collector.refused(e, operands)));
      }
      nearest = before;
    }

    private void perform(TorchOp op) {
      switch (op) {
        case Constant c -> values.put(c.result(), DialectLiteral.read(c));
        case TensorConstant t -> {
          if (seen.add(t.data())) {
            stored += t.data().elementCount();
          }
          values.put(t.result(), new KnownTensor(t.data(), t.name()));
        }
        case ListConstruct l -> values.put(l.result(), new ListOf(get(l.elements())));
        case TupleConstruct t -> values.put(t.result(), new Tuple(get(t.elements())));
        case TupleUnpack t -> bind(t.results(), elements(get(t.tuple())));
        case Operator o -> bind(o.results(), lower(o));
        case Call c -> call(c);
        case If i -> branch(i);
        case While w -> loop(w);
        case For f -> count(f);
        case Raise r -> {
          // A branch that cannot be decided need not be the one taken.
          if (faults.isEmpty() || !faults.get().isInOpenArm()) {
            throw new Ended(nearest, raised(r));
          }
        }
      }
    }

    private void call(Call call) {
      Function callee = functions.get(call.callee());
      if (callee == null) {
        throw new IllegalStateException("no function is named " + call.callee());
      }
      bind(call.results(), PartialEvaluation.this.call(callee, get(call.arguments())));
    }

    private void branch(If op) {
      Location location = nearest;
      TorchValue condition = get(op.condition());
      if (condition instanceof TracedTensor t
          && t.dtype() == DType.I1
          && Stream.of(op.then(), op.otherwise())
              .noneMatch(r -> r.body().stream().anyMatch(Raise.class::isInstance))) {
        List<TorchValue> then = run(op.then(), List.of());
        bind(op.results(), chosen(t, then, run(op.otherwise(), List.of())));
        return;
      }
      boolean taken;
      try {
        taken =
            truth(
                condition,
                location,
                "the model branches on it, and only the branch taken would be proved",
                COMBINE);
      } catch (UserException e) {
        FaultCollector collector = faults.orElseThrow(() -> e);
        List<TorchValue> then = open(collector, condition, e, op.then(), List.of());
        List<TorchValue> otherwise = open(collector, condition, e, op.otherwise(), List.of());
        bind(op.results(), collector.merged(then, otherwise, e));
        return;
      }
      bind(op.results(), run(taken ? op.then() : op.otherwise(), List.of()));
    }

    /** The results of both arms, chosen from element by element. */
    private List<TorchValue> chosen(
        TracedTensor condition, List<TorchValue> then, List<TorchValue> otherwise) {
      emitter.at(nearest, "chosen");
      TorchValue scalar = applied("aten.reshape", condition, new ListOf(List.of()));
      List<TorchValue> out = new ArrayList<>();
      for (int i = 0; i < then.size(); i++) {
        out.add(
            then.get(i) == otherwise.get(i)
                ? then.get(i)
                : applied("aten.where", scalar, then.get(i), otherwise.get(i)));
      }
      return out;
    }

    private TorchValue applied(String operator, TorchValue... arguments) {
      return applied(new OperatorCall(operator, "self", List.of(arguments), nearest, emitter));
    }

    /** Walks through a region of which it is not known whether, or how often, it is executed. */
    private List<TorchValue> open(
        FaultCollector collector,
        TorchValue decision,
        UserException reason,
        Region region,
        List<TorchValue> arguments) {
      collector.enter(decision, reason);
      List<TorchValue> results = run(region, arguments);
      collector.leave();
      return results;
    }

    private void loop(While op) {
      Location location = nearest;
      String why = "the number of passes through a loop depends on it";
      List<TorchValue> carried = get(op.initial());
      TorchValue condition = get(op.condition());
      while (true) {
        boolean more;
        try {
          more = truth(condition, location, why, FIX);
        } catch (UserException e) {
          FaultCollector collector = faults.orElseThrow(() -> e);
          List<TorchValue> next = open(collector, condition, e, op.body(), carried);
          bind(op.results(), collector.merged(carried, next.subList(1, next.size()), e));
          return;
        }
        if (!more) {
          break;
        }
        step();
        List<TorchValue> next = run(op.body(), carried);
        condition = next.getFirst();
        carried = next.subList(1, next.size());
      }
      bind(op.results(), carried);
    }

    private void count(For op) {
      List<TorchValue> carried = get(op.initial());
      TorchValue known = get(op.count());
      long count;
      switch (known) {
        case Int i -> count = i.value();
        case KnownTensor k when k.data().elementCount() == 1 && !k.dtype().isFloating() ->
            count = k.data().getLong(0);
        case TorchValue other -> {
          UserException e =
              dataDependent(
                  other, nearest, "the number of passes through a loop depends on it", FIX);
          FaultCollector collector = faults.orElseThrow(() -> e);
          List<TorchValue> arguments = new ArrayList<>();
          arguments.add(new DataDependent("the number of a pass through a loop", nearest));
          arguments.addAll(carried);
          List<TorchValue> next = open(collector, other, e, op.body(), arguments);
          bind(op.results(), collector.merged(carried, next, e));
          return;
        }
      }
      for (long i = 0; i < count; i++) {
        step();
        List<TorchValue> arguments = new ArrayList<>();
        arguments.add(new Int(i));
        arguments.addAll(carried);
        carried = run(op.body(), arguments);
      }
      bind(op.results(), carried);
    }

    private List<TorchValue> lower(Operator op) {
      if (op.operator().equals(Operator.UNKNOWN)) {
        // The reader has told of the reason.
        UserException reason = new UserException(nearest, "this value could not be read");
        return List.of(FaultCollector.consequence(reason, get(op.arguments())));
      }
      List<TorchValue> results;
      try {
        results = lowerChecked(op);
      } catch (UserException e) {
        if (op.results().isEmpty()) { // an assertion, which the model is not to pass unproved
          throw e;
        }
        Refused refused =
            faults
                .map(f -> f.refused(e, get(op.arguments())))
                .orElseGet(() -> new Refused(firstReason(op, e)));
        return Collections.nCopies(op.results().size(), refused);
      }
      results.forEach(this::countElements);
      return results;
    }

    /** Why an argument was refused, where one was, rather than why its use is. */
    private UserException firstReason(Operator op, UserException own) {
      return get(op.arguments()).stream()
          .flatMap(a -> a.sequence().map(List::stream).orElseGet(() -> Stream.of(a)))
          .filter(Refused.class::isInstance)
          .map(a -> ((Refused) a).reason())
          .findFirst()
          .orElse(own);
    }

    private void countElements(TorchValue result) {
      if (result instanceof KnownTensor k) {
        hostElements += k.data().elementCount();
      }
      if (hostElements + emitter.computedElements()
          > MAXIMAL_HOST_ELEMENTS + COMPUTED_FOR_ONE_STORED * stored) {
        throw new Ended(
            nearest,
            "the model computes constant tensors of more than %d elements, far more than it holds; store them as buffers instead"
                .formatted(MAXIMAL_HOST_ELEMENTS));
      }
    }

    private List<TorchValue> lowerChecked(Operator op) {
      lowered++;
      emitter.at(nearest, op.results().isEmpty() ? "x" : op.results().getFirst().name());
      OperatorCall call =
          Einsum.simplified(
              new OperatorCall(
                  CompositeOperators.canonical(op.operator()),
                  op.overload(),
                  get(op.arguments()),
                  nearest,
                  emitter));
      TorchValue result = applied(call);
      if (op.results().size() == 1) {
        return List.of(result);
      }
      return op.results().isEmpty() ? List.of() : elements(result);
    }

    private TorchValue applied(OperatorCall call) {
      try {
        return emitter
            .choices()
            .apply(call, PartialEvaluation::evaluate)
            .or(() -> emitter.infinities().apply(call, PartialEvaluation::evaluate))
            .orElseGet(() -> evaluate(call));
      } catch (ArithmeticException | IllegalArgumentException | IndexOutOfBoundsException e) {
        // Arguments that PyTorch itself would refuse; archives can hold anything.
        throw call.refuse("its arguments do not fit (%s)".formatted(e.getMessage()));
      }
    }
  }

  /** An operator's result: computed here where everything is known, else by its lowering. */
  static TorchValue evaluate(OperatorCall call) {
    Optional<TorchValue> quantized = QuantizedTensors.apply(call, PartialEvaluation::evaluate);
    if (quantized.isPresent()) {
      return quantized.get();
    }
    Optional<TorchValue> complex = ComplexTensors.apply(call, PartialEvaluation::evaluate);
    if (complex.isPresent()) {
      return complex.get();
    }
    try {
      Optional<TorchValue> known = HostFunctions.apply(call);
      return known.isPresent()
          ? known.get()
          : TorchOperatorTable.find(call.operator())
              .orElseThrow(() -> Remedies.refusal(call.operator(), call.location()))
              .lowering()
              .lower(call);
    } catch (UserException e) {
      boolean located = e.location().isKnown() || e instanceof DataDependence;
      throw located || e instanceof Ended ? e : call.refuse(e.getMessage());
    }
  }

  private List<TorchValue> elements(TorchValue value) {
    if (value instanceof Refused r) {
      throw r.reason();
    }
    return value
        .sequence()
        .orElseThrow(() ->
            new UserException(
                nearest, "%s is unpacked where a tuple is needed".formatted(value.kind())));
  }

  private static boolean truth(TorchValue value, Location location, String why, String remedy) {
    return switch (value) {
      case Bool b -> b.value();
      case Int i -> i.value() != 0;
      case TorchValue.Float f -> f.value() != 0;
      case KnownTensor k when k.data().elementCount() == 1 -> k.data().getDouble(0) != 0;
      case TorchValue other -> throw dataDependent(other, location, why, remedy);
    };
  }

  private static UserException dataDependent(
      TorchValue value, Location location, String why, String remedy) {
    return switch (value) {
      case Refused r -> r.reason();
      case DataDependent d ->
          new DataDependence(
              location.isKnown() ? location : d.location(),
              "%s depends on the values of the input, and %s: a data-dependent branch cannot be proved"
                  .formatted(d.operator(), why),
              remedy);
      case TracedTensor t ->
          new DataDependence(
              location,
              "this condition or count is computed from the input, and %s: a data-dependent branch cannot be proved"
                  .formatted(why),
              remedy);
      default -> new UserException(location, "%s is no condition or count".formatted(value.kind()));
    };
  }

  private static String raised(Raise op) {
    return "the model raises an exception for this input shape: %s".formatted(op.message());
  }
}
