package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.zkc.ir.Function;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Region;
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
import org.zkc.passes.torch.TorchValue.TracedTensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/**
 * Executes a torch-level program on values of which some are known and the others are values of the
 * tensor-level program under construction.
 */
final class PartialEvaluation {
  /** Loops that run longer than any network is deep are taken for endless. */
  private static final long MAXIMAL_STEPS = 5_000_000;

  private static final int MAXIMAL_DEPTH = 400;

  /** Elements of all tensors computed on the host; a hostile archive could ask for any number. */
  private static final long MAXIMAL_HOST_ELEMENTS = 1L << 30;

  private final Map<String, Function> functions = new HashMap<>();
  private final TensorEmitter emitter;

  /**
   * Of the op being executed; where it has none, of the innermost call or statement around it that
   * has one.
   */
  private Location nearest = Location.UNKNOWN;

  private long steps;
  private long lowered;
  private long hostElements;
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
    if (++depth > MAXIMAL_DEPTH) {
      throw new UserException(
          nearest, "calls are nested more than %d deep".formatted(MAXIMAL_DEPTH));
    }
    List<TorchValue> results = new Frame().run(function.region(), arguments);
    depth--;
    return results;
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
      if (++steps > MAXIMAL_STEPS) {
        throw new UserException(
            nearest,
            "the model executes more than %d operations; does a loop end?"
                .formatted(MAXIMAL_STEPS));
      }
      Location before = nearest;
      if (op.location().isKnown()) {
        nearest = op.location();
      }
      switch ((TorchOp) op) {
        case Constant c -> values.put(c.result(), DialectLiteral.read(c));
        case TensorConstant t -> values.put(t.result(), new KnownTensor(t.data(), t.name()));
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
        List<TorchValue> arguments = new ArrayList<>();
        arguments.add(new Int(i));
        arguments.addAll(carried);
        carried = run(op.body(), arguments);
      }
      bind(op.results(), carried);
    }

    private List<TorchValue> lower(Operator op) {
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
      if (result instanceof KnownTensor k
          && (hostElements += k.data().elementCount()) > MAXIMAL_HOST_ELEMENTS) {
        throw new UserException(
            nearest,
            "the model computes constant tensors of more than 2^30 elements; store them as buffers"
                + " instead");
      }
      if (op.results().size() == 1) {
        return List.of(result);
      }
      return op.results().isEmpty() ? List.of() : elements(result);
    }
  }

  private List<TorchValue> elements(TorchValue value) {
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
