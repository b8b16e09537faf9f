package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /**
   * Elements of all tensors computed on the host, besides those in proportion to what the archive
   * holds; a hostile archive could ask for any number.
   */
  private static final long MAXIMAL_HOST_ELEMENTS = 1L << 27;

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

  PartialEvaluation(Program program, TensorEmitter emitter) {
    program.functions().forEach(f -> functions.put(f.name(), f));
    this.emitter = emitter;
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
      throw new UserException(
          nearest, "calls are nested more than %d deep".formatted(MAXIMAL_DEPTH));
    }
    List<TorchValue> results = new Frame().run(function.region(), arguments);
    depth--;
    return results;
  }

  /** Counts work, so that programs without end are refused. */
  private void step() {
    if (++steps > MAXIMAL_STEPS) {
      throw new UserException(
          nearest,
          "the model executes more than %d operations; does a loop end?".formatted(MAXIMAL_STEPS));
    }
    if (emitter.operations() > MAXIMAL_OPERATIONS) {
      throw new UserException(
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
      switch ((TorchOp) op) {
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
        case Raise r -> throw new UserException(nearest, raised(r));
      }
      nearest = before;
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
      boolean condition =
          truth(
              get(op.condition()),
              location,
              "the model branches on it, and only the branch taken would be proved");
      bind(op.results(), run(condition ? op.then() : op.otherwise(), List.of()));
    }

    private void loop(While op) {
      Location location = nearest;
      String why = "the number of passes through a loop depends on it";
      List<TorchValue> carried = get(op.initial());
      boolean more = truth(get(op.condition()), location, why);
      while (more) {
        step();
        List<TorchValue> next = run(op.body(), carried);
        more = truth(next.getFirst(), location, why);
        carried = next.subList(1, next.size());
      }
      bind(op.results(), carried);
    }

    private void count(For op) {
      long count =
          switch (get(op.count())) {
            case Int i -> i.value();
            case KnownTensor k when k.data().elementCount() == 1 && !k.dtype().isFloating() ->
                k.data().getLong(0);
            case TorchValue other ->
                throw dataDependent(
                    other, nearest, "the number of passes through a loop depends on it");
          };
      List<TorchValue> carried = get(op.initial());
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
      List<TorchValue> results;
      try {
        results = lowerChecked(op);
      } catch (UserException e) {
        return Collections.nCopies(op.results().size(), new Refused(e));
      }
      results.forEach(this::countElements);
      return results;
    }

    private void countElements(TorchValue result) {
      if (result instanceof KnownTensor k) {
        hostElements += k.data().elementCount();
      }
      if (hostElements + emitter.computedElements()
          > MAXIMAL_HOST_ELEMENTS + COMPUTED_FOR_ONE_STORED * stored) {
        throw new UserException(
            nearest,
            "the model computes constant tensors of more than %d elements, far more than it holds; store them as buffers instead"
                .formatted(MAXIMAL_HOST_ELEMENTS));
      }
    }

    private List<TorchValue> lowerChecked(Operator op) {
      TorchOperator operator =
          TorchOperatorTable.find(op.operator())
              .orElseThrow(() ->
                  new UserException(
                      nearest,
                      "operator %s cannot be proved%s"
                          .formatted(op.operator(), Remedies.of(op.operator()))));
      lowered++;
      emitter.at(nearest, op.results().isEmpty() ? "x" : op.results().getFirst().name());
      OperatorCall call =
          new OperatorCall(op.operator(), op.overload(), get(op.arguments()), nearest, emitter);
      TorchValue result;
      try {
        result = operator.lowering().lower(call);
      } catch (ArithmeticException | IllegalArgumentException | IndexOutOfBoundsException e) {
        // Arguments that PyTorch itself would refuse; archives can hold anything.
        throw call.refuse("its arguments do not fit (%s)".formatted(e.getMessage()));
      }
      if (op.results().size() == 1) {
        return List.of(result);
      }
      return op.results().isEmpty() ? List.of() : elements(result);
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

  private static boolean truth(TorchValue value, Location location, String why) {
    return switch (value) {
      case Bool b -> b.value();
      case Int i -> i.value() != 0;
      case TorchValue.Float f -> f.value() != 0;
      case KnownTensor k when k.data().elementCount() == 1 -> k.data().getDouble(0) != 0;
      case TorchValue other -> throw dataDependent(other, location, why);
    };
  }

  private static UserException dataDependent(TorchValue value, Location location, String why) {
    return switch (value) {
      case Refused r -> r.reason();
      case DataDependent d ->
          new UserException(
              location.isKnown() ? location : d.location(),
              "%s depends on the values of the input, and %s: a data-dependent branch cannot be proved; compute both sides and combine them"
                  .formatted(d.operator(), why));
      case TracedTensor t ->
          new UserException(
              location,
              "this condition or count is computed from the input, and %s: a data-dependent branch cannot be proved; compute both sides and combine them"
                  .formatted(why));
      default -> new UserException(location, "%s is no condition or count".formatted(value.kind()));
    };
  }

  private static String raised(Raise op) {
    return "the model raises an exception for this input shape: %s".formatted(op.message());
  }
}
