package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.ModelInput;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.stablehlo.program.HloElementType;
import org.zkc.stablehlo.program.HloFunction;
import org.zkc.stablehlo.program.HloLocation;
import org.zkc.stablehlo.program.HloModule;
import org.zkc.stablehlo.program.HloProgram;
import org.zkc.stablehlo.program.HloType;
import org.zkc.stablehlo.weights.ArgumentBinding;
import org.zkc.torchscript.lower.Binding;
import org.zkc.torchscript.lower.FunctionWriter;
import org.zkc.torchscript.schema.StaticTypes;

/** Lowers one function of a StableHLO module, with all that it calls, to the operator level. */
public final class ModuleLowering {
  /** Operations, counted as often as calls and composites repeat them. */
  private static final int MAX_OPERATIONS = 1 << 18;

  private static final int MAX_CALL_DEPTH = 100;

  /** Evaluations of operations at a point: an activation of ten operations takes some thousand. */
  private static final long MAX_SEARCHED = 1 << 23;

  /** Elements of all constants that a text asks for in a few words. */
  static final int MOST_COUNTED = 1 << 21;

  /** Inputs; what is measured of each takes some 80 kB. */
  private static final int MOST_INPUTS = 4096;

  private final HloProgram program;
  private final HloModule module;
  private final Optional<List<UserException>> faults;
  private final List<Function> functions = new ArrayList<>();
  private final Set<String> functionNames = new HashSet<>(Set.of("main"));

  /** How often each name was asked for: searching from the first would take the square of that. */
  private final Map<String, Integer> asked = new HashMap<>();

  private final Map<TensorData, String> constants = new IdentityHashMap<>();
  private final Map<Binding, HloCall> definitions = new IdentityHashMap<>();
  private int operations;
  private long searched;
  private long counted;
  private int depth;

  private ModuleLowering(
      HloProgram program, HloModule module, Optional<List<UserException>> faults) {
    this.program = program;
    this.module = module;
    this.faults = faults;
  }

  /** A program and the inputs of its main. */
  public record Lowered(Program program, List<ModelInput> inputs) {
    public Lowered {
      inputs = List.copyOf(inputs);
    }
  }

  /**
   * Lowers a function.
   *
   * @param arguments what each argument of the function is
   * @param faults where given, what cannot be lowered is put there and the lowering goes on, with
   *     {@link org.zkc.ir.torch.Operator#UNKNOWN} in place of its results
   * @throws UserException at the user's line for what cannot be lowered
   */
  public static Lowered lower(
      HloProgram program,
      HloModule module,
      HloFunction function,
      List<ArgumentBinding> arguments,
      Optional<List<UserException>> faults) {
    return new ModuleLowering(program, module, faults).lower(function, arguments);
  }

  private Lowered lower(HloFunction function, List<ArgumentBinding> arguments) {
    Location at = origin(function.location());
    FunctionWriter main = new FunctionWriter();
    BlockLowering block = new BlockLowering(this, main);
    List<Optional<Held>> held = new ArrayList<>();
    List<ModelInput> inputs = new ArrayList<>();
    List<ArgumentBinding.Input> ordered =
        arguments.stream()
            .filter(ArgumentBinding.Input.class::isInstance)
            .map(ArgumentBinding.Input.class::cast)
            .sorted(Comparator.comparingInt(ArgumentBinding.Input::position))
            .toList();
    if (ordered.size() > MOST_INPUTS) {
      throw new UserException(
          at,
          "the program has %d inputs, and at most %d can be proved"
              .formatted(ordered.size(), MOST_INPUTS),
          "give its weights with --weights, or join inputs to one tensor");
    }
    Map<ArgumentBinding, Integer> places = new IdentityHashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      places.put(arguments.get(i), i);
    }
    Map<ArgumentBinding, Held> byInput = new IdentityHashMap<>();
    for (ArgumentBinding.Input input : ordered) {
      int place = Objects.requireNonNull(places.get(input), "each input is an argument");
      HloType.TensorOf type = type(function, place, at);
      byInput.put(input, Held.whole(main.parameter(input.name(), StaticTypes.TENSOR), type));
      inputs.add(
          new ModelInput(
              input.name(), Optional.of(shape(type.extents(), at)), type.element().dtype()));
    }
    List<Held> values = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      switch (arguments.get(i)) {
        case ArgumentBinding.Input input -> values.add(byInput.get(input));
        case ArgumentBinding.Weight weight ->
            values.add(
                Held.whole(main.tensor(weight.name(), weight.data(), at), type(function, i, at)));
      }
    }
    List<Held> results = block.call(function, values, at);
    List<Binding> outputs = new ArrayList<>();
    for (Held result : results) {
      if (result.type().element() instanceof HloElementType.Quantized) {
        throw new UserException(
            at,
            "a result, %s, is quantised".formatted(result.type().text()),
            "return what stablehlo.uniform_dequantize makes of it");
      }
      outputs.add(
          result.isWhole()
              ? result.binding()
              : main.call(
                  "aten.expand",
                  List.of(
                      result.binding(),
                      main.list(
                          StaticTypes.INT,
                          result.type().extents().stream()
                              .<Binding>map(Binding.Literal::of)
                              .toList(),
                          at)),
                  "output",
                  at));
    }
    List<Function> all = new ArrayList<>();
    all.add(main.finish("main", outputs, at));
    all.addAll(functions);
    return new Lowered(new Program(Level.TORCH, all), inputs);
  }

  private HloType.TensorOf type(HloFunction function, int index, Location at) {
    HloFunction.Argument argument = function.arguments().get(index);
    if (!(argument.value().type() instanceof HloType.TensorOf type)) {
      throw new UserException(at, "the argument %s is no tensor".formatted(argument.value()));
    }
    if (!type.isStatic()) {
      throw new UserException(
          at,
          "the argument %s has extents that are not known; export the model with fixed shapes"
              .formatted(argument.value()));
    }
    if (type.element() instanceof HloElementType.Quantized) {
      throw new UserException(
          at,
          "the argument %s is quantised".formatted(argument.value()),
          "take real numbers, and quantise them in the program (stablehlo.uniform_quantize)");
    }
    if (type.element().dtype().isEmpty()) {
      throw new UserException(
          at,
          "the argument %s has elements that cannot be proved; integers of 8, 16, 32 and 64 bits, i1, f16, bf16, f32 and f64 can"
              .formatted(argument.value()));
    }
    return type;
  }

  /** The user's line. */
  Location origin(HloLocation location) {
    return program.origin(location);
  }

  /** The function of a symbol. */
  HloFunction function(String symbol, Location at) {
    return module
        .function(symbol)
        .orElseThrow(() -> new UserException(at, "there is no function @%s".formatted(symbol)));
  }

  /** A function of the program that is made of a region. */
  void add(Function function) {
    functions.add(function);
  }

  /**
   * Counts the elements of constants that an operation writes out, which are no part of the text.
   *
   * @return whether the whole text writes out no more than {@value #MOST_COUNTED}
   */
  boolean counts(long elements) {
    counted += elements;
    return counted <= MOST_COUNTED;
  }

  /** A name for a function. */
  String functionName(String base) {
    String name;
    do {
      int times = asked.merge(base, 1, Integer::sum);
      name = times == 1 ? base : base + "." + times;
    } while (!functionNames.add(name));
    return name;
  }

  /** A name for a constant, the same for the same data. */
  String constantName(TensorData data) {
    return constants.computeIfAbsent(data, _ -> "constant." + constants.size());
  }

  Shape shape(List<Long> extents, Location at) {
    if (extents.stream().anyMatch(e -> e < 0 || e > Integer.MAX_VALUE)) {
      throw new UserException(at, "a tensor of extents %s is too large".formatted(extents));
    }
    return new Shape(extents.stream().map(Long::intValue).toList());
  }

  /** Notes the operation that a tensor is a result of, unless it only hands another's result on. */
  void define(Held result, HloCall call) {
    if (!call.handsOn(result)) { // an input that is handed on has no operation behind it
      definitions.putIfAbsent(result.binding(), call);
    }
  }

  /** The operation that a tensor is a result of; of calls, the one inside. */
  Optional<HloCall> definition(Binding binding) {
    return Optional.ofNullable(definitions.get(binding));
  }

  /** Takes note of a fault, or throws it where none are collected. */
  void fault(UserException fault) {
    faults.orElseThrow(() -> fault).add(fault);
  }

  /**
   * Whether a search for functions that are written out may evaluate so many operations once more.
   * Chains of thousands of elementwise operations, in which each operation ends a candidate as long
   * as the chain, are lowered as they stand after a while.
   */
  boolean searches(int evaluated) {
    searched += evaluated;
    return searched <= MAX_SEARCHED;
  }

  /** The number of operations counted. */
  int operations() {
    return operations;
  }

  /** Counts one operation. */
  void count(Location at) {
    if (++operations > MAX_OPERATIONS) {
      throw new UserException(
          at,
          "the program has more than %d operations with its calls written out"
              .formatted(MAX_OPERATIONS));
    }
  }

  /** Enters a call. */
  void enter(Location at) {
    if (++depth > MAX_CALL_DEPTH) {
      throw new UserException(
          at,
          "calls are nested more than %d deep; a function that calls itself cannot be proved"
              .formatted(MAX_CALL_DEPTH));
    }
  }

  void leave() {
    depth--;
  }
}
