package org.zkc.stablehlo.check;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.zkc.ir.Location;
import org.zkc.ir.UserException;
import org.zkc.stablehlo.program.Block;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloElementType;
import org.zkc.stablehlo.program.HloFunction;
import org.zkc.stablehlo.program.HloLocation;
import org.zkc.stablehlo.program.HloModule;
import org.zkc.stablehlo.program.HloProgram;
import org.zkc.stablehlo.program.HloType;
import org.zkc.stablehlo.program.HloValue;
import org.zkc.stablehlo.program.Operation;
import org.zkc.stablehlo.weights.BoundProgram;
import org.zkc.stablehlo.weights.WeightBinding;

/**
 * A function, mostly {@code @main}, that has no arguments, takes its inputs from constants of a
 * function {@code @inputs}, or of its own where there is none, and compares its results with
 * constants by {@code check.expect_...}. It is turned into a model: the inputs become arguments,
 * the values that are compared become results.
 *
 * @param program the text
 * @param module the module of the function
 * @param main the function as it stands in the text
 * @param inputs the values that stand for inputs
 * @param expectations in the order of the text
 * @param rest main's operations but those that read inputs and expectations, or compare
 */
public record SelfCheckingProgram(
    HloProgram program,
    HloModule module,
    HloFunction main,
    List<Input> inputs,
    List<Expectation> expectations,
    List<Operation> rest) {
  public SelfCheckingProgram {
    inputs = List.copyOf(inputs);
    expectations = List.copyOf(expectations);
    rest = List.copyOf(rest);
  }

  /** An input with the elements that the text gives. */
  public record Input(HloValue value, HloAttribute.Dense elements, HloLocation location) {}

  /**
   * Reads the self-checking programs of a text: {@code @main}, or where there is none every
   * function without arguments that compares.
   *
   * @throws UserException when there is none
   */
  public static List<SelfCheckingProgram> of(HloProgram program) {
    List<SelfCheckingProgram> out = new ArrayList<>();
    boolean hasMain = program.modules().stream().anyMatch(m -> m.function("main").isPresent());
    for (HloModule module : program.modules()) {
      for (HloFunction function : module.functions()) {
        if (hasMain ? function.symbol().equals("main") : checks(function)) {
          out.add(of(program, module, function));
        }
      }
    }
    if (out.isEmpty()) {
      throw none(
          program,
          Location.UNKNOWN,
          "no function without arguments calls check.expect_..., and there is no @main");
    }
    return out;
  }

  private static boolean checks(HloFunction function) {
    return function.arguments().isEmpty()
        && function.body().stream()
            .flatMap(b -> b.operations().stream())
            .anyMatch(o -> Parts.check(o).isPresent());
  }

  private static SelfCheckingProgram of(
      HloProgram program, HloModule module, HloFunction function) {
    Location at = program.origin(function.location());
    String name = "@" + function.symbol();
    if (!function.arguments().isEmpty()) {
      throw none(program, at, name + " takes arguments");
    }
    Block body = function.body().orElseThrow(() -> none(program, at, name + " has no body"));
    return new Parts(program, module).read(function, body);
  }

  private static UserException none(HloProgram program, Location at, String why) {
    return new UserException(
        at,
        "%s is no program that checks itself: %s".formatted(program.file(), why),
        "compile it instead");
  }

  /** The parts of main, by what its operations are for. */
  private static final class Parts {
    private final HloProgram program;
    private final HloModule module;
    private final Map<HloValue, HloAttribute.Dense> known = new IdentityHashMap<>();
    private final List<Input> inputs = new ArrayList<>();
    private final List<Expectation> expectations = new ArrayList<>();
    private final List<Operation> rest = new ArrayList<>();

    private Parts(HloProgram program, HloModule module) {
      this.program = program;
      this.module = module;
    }

    private SelfCheckingProgram read(HloFunction main, Block body) {
      boolean hasInputs = module.function("inputs").isPresent();
      List<HloValue> expected = expectedValues(body);
      for (Operation operation : body.operations()) {
        Optional<String> callee = callee(operation);
        Optional<String> check = check(operation);
        if (callee.filter(c -> c.equals("inputs") || c.equals("expected")).isPresent()) {
          constants(operation, callee.get());
        } else if (check.isPresent()) {
          expectations.add(expectation(operation, check.get()));
        } else if (elements(operation).isPresent()
            && !hasInputs
            && !expected.contains(operation.results().getFirst())) {
          known.put(operation.results().getFirst(), elements(operation).get());
          inputs.add(
              new Input(
                  operation.results().getFirst(), elements(operation).get(), operation.location()));
        } else if (!operation.name().equals("func.return")) {
          elements(operation).ifPresent(e -> known.put(operation.results().getFirst(), e));
          rest.add(operation);
        }
      }
      if (expectations.isEmpty()) {
        throw none(
            program,
            program.origin(main.location()),
            "@%s calls no check.expect_...".formatted(main.symbol()));
      }
      return new SelfCheckingProgram(program, module, main, inputs, expectations, rest);
    }

    /** The values that main compares with. */
    private static List<HloValue> expectedValues(Block body) {
      return body.operations().stream()
          .filter(o -> check(o).isPresent() && o.operands().size() > 1)
          .map(o -> o.operands().get(1))
          .toList();
    }

    private static Optional<String> callee(Operation operation) {
      return operation.name().equals("func.call")
              && operation.attributes().get("callee") instanceof HloAttribute.SymbolReference s
          ? Optional.of(s.root())
          : Optional.empty();
    }

    /** The name of a comparison, {@code check.expect_close}. */
    private static Optional<String> check(Operation operation) {
      String name =
          operation.attributes().get("call_target_name") instanceof HloAttribute.StringValue s
              ? s.value()
              : operation.name();
      return name.startsWith("check.expect_") ? Optional.of(name) : Optional.empty();
    }

    private static Optional<HloAttribute.Dense> elements(Operation operation) {
      return operation.name().equals("stablehlo.constant")
              && operation.attributes().get("value") instanceof HloAttribute.Dense dense
          ? Optional.of(dense)
          : Optional.empty();
    }

    /** Takes the results of a call of a function of constants. */
    private void constants(Operation call, String callee) {
      Location at = program.origin(call.location());
      Block body =
          module
              .function(callee)
              .flatMap(HloFunction::body)
              .orElseThrow(() -> none(program, at, "@%s has no body".formatted(callee)));
      Map<HloValue, HloAttribute.Dense> inside = new IdentityHashMap<>();
      for (Operation operation : body.operations()) {
        elements(operation).ifPresent(e -> inside.put(operation.results().getFirst(), e));
        if (!operation.name().equals("func.return")) {
          continue;
        }
        for (int i = 0; i < operation.operands().size(); i++) {
          HloAttribute.Dense elements = inside.get(operation.operands().get(i));
          if (elements == null) {
            throw none(program, at, "@%s computes what it returns".formatted(callee));
          }
          HloValue result = call.results().get(i);
          known.put(result, elements);
          if (callee.equals("inputs")) {
            inputs.add(new Input(result, elements, call.location()));
          }
        }
      }
    }

    private Expectation expectation(Operation operation, String check) {
      Location at = program.origin(operation.location());
      Optional<HloAttribute.Dense> expected =
          operation.operands().size() > 1
              ? Optional.ofNullable(known.get(operation.operands().get(1)))
              : operation.attributes().get("value") instanceof HloAttribute.Dense dense
                  ? Optional.of(dense)
                  : Optional.empty();
      if (expected.isEmpty()) {
        throw none(program, at, "it compares with what is no constant");
      }
      Expectation.Nearness nearness =
          check.startsWith("check.expect_close")
              ? Expectation.Nearness.CLOSE
              : check.startsWith("check.expect_almost_eq")
                  ? Expectation.Nearness.ALMOST
                  : Expectation.Nearness.EQUAL;
      return new Expectation(operation.operands().getFirst(), expected.get(), nearness, at);
    }
  }

  /**
   * The program as a model. Where no input is an argument, the compiler computes all results; as a
   * model has inputs, each result then has one more element, behind the others, that is an
   * argument.
   *
   * @param isArgument whether an input is an argument; the others stay constants
   */
  public BoundProgram model(Predicate<Input> isArgument) {
    List<HloFunction.Argument> arguments = new ArrayList<>();
    List<Operation> operations = new ArrayList<>();
    for (Input input : inputs) {
      if (isArgument.test(input)) {
        arguments.add(new HloFunction.Argument(input.value(), Map.of(), input.location()));
      } else {
        operations.add(
            new Operation(
                "stablehlo.constant",
                List.of(),
                List.of(input.value()),
                Map.of("value", input.elements()),
                List.of(),
                input.location()));
      }
    }
    operations.addAll(rest);
    List<HloValue> found = expectations.stream().map(Expectation::found).toList();
    List<HloValue> compared =
        arguments.isEmpty() ? lengthened(found, arguments, operations) : found;
    operations.add(
        new Operation("func.return", compared, List.of(), Map.of(), List.of(), main.location()));
    HloFunction model =
        new HloFunction(
            "main",
            false,
            arguments,
            compared.stream().map(v -> new HloFunction.Result(v.type(), Map.of())).toList(),
            main.attributes(),
            Optional.of(
                new Block(
                    arguments.stream().map(HloFunction.Argument::value).toList(), operations)),
            main.location());
    return new BoundProgram(program, module, model, WeightBinding.inputs(model), "");
  }

  /** Each value as a line, behind which an argument of one element stands. */
  private List<HloValue> lengthened(
      List<HloValue> values, List<HloFunction.Argument> arguments, List<Operation> operations) {
    List<HloValue> out = new ArrayList<>();
    for (HloValue value : values) {
      if (!(value.type() instanceof HloType.TensorOf type) || !type.isStatic()) {
        throw none(program, program.origin(main.location()), "it compares what is no tensor");
      }
      long count = type.elementCount();
      String name = "line" + out.size();
      HloValue line = new HloValue(name, new HloType.TensorOf(List.of(count), type.element()));
      HloValue end =
          new HloValue("end" + out.size(), new HloType.TensorOf(List.of(1L), type.element()));
      HloValue both =
          new HloValue(
              "long" + out.size(), new HloType.TensorOf(List.of(count + 1), type.element()));
      arguments.add(new HloFunction.Argument(end, Map.of(), main.location()));
      operations.add(operation("reshape", List.of(value), line, Map.of()));
      HloElementType index = new HloElementType.IndexElement();
      operations.add(
          operation(
              "concatenate",
              List.of(line, end),
              both,
              Map.of("dimension", new HloAttribute.IntegerValue(0, index))));
      out.add(both);
    }
    return out;
  }

  private Operation operation(
      String name, List<HloValue> operands, HloValue result, Map<String, HloAttribute> attributes) {
    return new Operation(
        "stablehlo." + name, operands, List.of(result), attributes, List.of(), main.location());
  }
}
